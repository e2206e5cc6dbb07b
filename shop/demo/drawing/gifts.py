"""Presents, and the tools of the workshop."""

from shop.demo.drawing.candles import jar_candle, pillar
from shop.demo.drawing.canvas import Drawing, polygon, smooth
from shop.demo.drawing.care import crystals
from shop.demo.drawing.ceramics import dipped, handle, scaled
from shop.demo.drawing.lettering import lettering
from shop.demo.drawing.palette import (
    CHALK,
    CLAY,
    CREAM,
    INK,
    MOSS,
    SAGE,
    SAND,
    UMBER,
    WALNUT,
    WARM_LIGHT,
    Colour,
    lit,
    mix,
    shadow_of,
)
from shop.demo.drawing.solids import box, faces, soap, straw
from shop.demo.drawing.turned import TILT, hollow, oval, shadow, turned


def present(
    drawing: Drawing, x: float, base: float, scale: float, paper: Colour, ribbon: Colour, *, height: float = 300
) -> None:
    """A closed gift box with a linen ribbon."""
    width, depth, tall = 560 * scale, 420 * scale, height * scale
    box(drawing, x, base, width, depth, tall, paper, soft=6 * scale)
    box(
        drawing,
        x - 6 * scale,
        base - tall * 0.74,
        width + 16 * scale,
        depth + 22 * scale,
        tall * 0.3,
        paper,
        soft=6 * scale,
        cast=0,
    )
    front, upper, side = faces(x - 6 * scale, base - tall * 0.74, width + 16 * scale, depth + 22 * scale, tall * 0.3)
    wide, top = 56 * scale, front[0][1]
    drawing.rect(x - wide / 2, top, wide, base - top, drawing.linear([(0, lit(ribbon, 0.8)), (1, lit(ribbon, 0.35))]))
    dx, dy = upper[1][0] - upper[0][0], upper[1][1] - upper[0][1]
    drawing.path(
        polygon(
            [(x - wide / 2, top), (x - wide / 2 + dx, top + dy), (x + wide / 2 + dx, top + dy), (x + wide / 2, top)]
        ),
        lit(ribbon, 0.95),
    )
    across = [
        (upper[0][0] + dx * 0.42, top + dy * 0.42),
        (upper[0][0] + dx * 0.58, top + dy * 0.58),
        (upper[3][0] + dx * 0.58, top + dy * 0.58),
        (upper[3][0] + dx * 0.42, top + dy * 0.42),
    ]
    drawing.path(polygon(across), lit(ribbon, 0.85))
    down = [
        (side[0][0] + dx * 0.42, top + dy * 0.42),
        (side[0][0] + dx * 0.58, top + dy * 0.58),
        (side[0][0] + dx * 0.58 - 4, base + dy * 0.58),
        (side[0][0] + dx * 0.42 - 4, base + dy * 0.42),
    ]
    drawing.path(polygon(down), lit(ribbon, 0.12))
    bow(drawing, x + dx * 0.5, top + dy * 0.5, scale, ribbon)


def bow(drawing: Drawing, x: float, y: float, scale: float, ribbon: Colour) -> None:
    """A bow of two loops and two ends."""
    loops = (
        (-1, [(0, 0), (-70, -96), (-180, -110), (-190, -40), (-90, -6)]),
        (1, [(0, 0), (74, -90), (184, -96), (190, -30), (90, 0)]),
    )
    for side, tail in ((-1, [(0, 0), (-60, 40), (-110, 96)]), (1, [(0, 0), (80, 30), (130, 90)])):
        data = smooth([(x + a * scale, y + b * scale) for a, b in tail])
        drawing.line(data, UMBER, 40 * scale, f'opacity="0.25" transform="translate(8 12)" {drawing.blur(7)}')
        drawing.line(data, lit(ribbon, 0.6 if side < 0 else 0.4), 40 * scale)
    for side, points in loops:
        data = smooth([(x + a * scale, y + b * scale) for a, b in points], closed=True)
        drawing.path(data, UMBER, f'opacity="0.3" transform="translate(8 16)" {drawing.blur(8)}')
        drawing.path(
            data, drawing.linear([(0, lit(ribbon, 0.95)), (0.6, lit(ribbon, 0.55)), (1, lit(ribbon, 0.2))], 0, 1)
        )
        hole = smooth(
            [(x + (a * 0.62 + side * 34) * scale, y + (b * 0.5 - 26) * scale) for a, b in points[1:]], closed=True
        )
        drawing.path(hole, lit(ribbon, 0.06), 'opacity="0.65"')
    knot = drawing.radial([(0, lit(ribbon, 1.0)), (1, lit(ribbon, 0.25))], x - 8 * scale, y - 20 * scale, 52 * scale)
    drawing.ellipse(x, y - 8 * scale, 34 * scale, 30 * scale, knot)


def open_box(drawing: Drawing, x: float, base: float, scale: float, card: Colour) -> None:
    """An open gift box with a candle in glass, a bar of soap and a pillar bedded in paper."""
    width, depth, height = 860 * scale, 420 * scale, 250 * scale
    box(drawing, x, base, width, depth, height, card, soft=6 * scale, upper_colour=shadow_of(card))
    front, upper, _ = faces(x, base, width, depth, height)
    well = [
        (upper[0][0] + 16, upper[0][1] - 8),
        (upper[1][0] + 10, upper[1][1] + 8),
        (upper[2][0] - 16, upper[2][1] + 8),
        (upper[3][0] - 10, upper[3][1] - 8),
    ]
    drawing.path(polygon(well), shadow_of(shadow_of(card)))
    top = upper[1][1]
    straw(drawing, well[1][0], top + 34, well[2][0] - 30, top + 120 * scale, SAND, 9)
    pillar(drawing, x + 300 * scale, base - height - 20 * scale, 88 * scale, 300 * scale, CREAM)
    jar_candle(drawing, x - 120 * scale, base - height + 30 * scale, 0.86 * scale, "#8a5a34")
    soap(drawing, x + 150 * scale, base - height + 60 * scale, 0.62 * scale, SAGE, bits=MOSS, cast=0.5)
    straw(drawing, front[0][0] + 60, front[0][1] - 30, front[1][0] - 30, front[0][1] + 4, SAND, 5)
    x1, y1, x2, y2 = front[0][0], front[0][1], front[1][0], front[2][1]
    lip = drawing.linear([(0, lit(card, 0.68)), (0.6, lit(card, 0.5)), (1, lit(card, 0.34))], 0.7, 1.0)
    drawing.rect(x1, y1 + 3, x2 - x1, y2 - y1 - 6, lip)
    drawing.rect(x1, y1 + 2, x2 - x1, 5, WARM_LIGHT, 'opacity="0.55"')
    lettering(drawing, x, base - height * 0.46, 46 * scale, mix(INK, card, 0.15))


def pouring_jug(drawing: Drawing, x: float, base: float, scale: float, metal: Colour = "#aeb0ab") -> None:
    """A steel jug to melt and pour wax."""
    profile = scaled([(128, 0), (136, 10), (132, 120), (126, 260), (130, 340)], scale)
    shadow(drawing, x, base, 290 * scale, 330 * scale)
    ear = [(124, 300), (214, 312), (246, 220), (224, 110), (130, 70)]
    handle(drawing, [(x + a * scale, base - b * scale) for a, b in ear], WALNUT, 30 * scale)
    lip = smooth(
        [
            (x + a * scale, base - b * scale)
            for a, b in ((-110, 270), (-150, 320), (-192, 368), (-120, 352), (-60, 330))
        ],
        closed=True,
    )
    drawing.path(lip, lit(metal, 0.8))
    turned(drawing, x, base, profile, metal, gloss=0.9)
    hollow(drawing, x, base, 130 * scale, 340 * scale, metal, wall=6 * scale)
    with drawing.group(drawing.clip(oval(x, base - 340 * scale, 124 * scale, 124 * scale * TILT))):
        drawing.ellipse(
            x, base - 326 * scale, 122 * scale, 122 * scale * TILT, drawing.linear([(0, lit(CREAM, 0.4)), (1, CREAM)])
        )


def thermometer(drawing: Drawing, x: float, y: float, length: float, turn: float) -> None:
    """A glass thermometer."""
    with drawing.group(drawing.placed(x, y, 1, turn)):
        drawing.rect(6, 12, length, 14, UMBER, f'opacity="0.35" rx="7" {drawing.blur(5)}')
        drawing.rect(0, -11, length, 22, drawing.linear([(0, "#ffffff"), (1, "#cdd2cc")], 0, 1), 'rx="11"')
        drawing.rect(16, -3, length * 0.6, 6, CLAY, 'rx="3"')
        drawing.ellipse(14, 0, 13, 13, CLAY)
        for index in range(12):
            drawing.rect(60 + index * (length - 100) / 12, -10, 2, 8, INK, 'opacity="0.5"')


def flakes(drawing: Drawing, x: float, base: float, scale: float) -> None:
    """A bowl of wax flakes."""
    profile = scaled([(92, 0), (92, 20), (128, 34), (196, 82), (238, 150), (250, 206)], scale)
    shadow(drawing, x, base, 380 * scale, 200 * scale)
    turned(drawing, x, base, profile, dipped(SLATE_BLUE, 24 * scale), gloss=0.4, rings=0.03)
    hollow(drawing, x, base, 250 * scale, 206 * scale, SLATE_BLUE, wall=11 * scale)
    heap = smooth(
        [
            (x - 232 * scale, base - 200 * scale),
            (x - 120 * scale, base - 262 * scale),
            (x + 10 * scale, base - 286 * scale),
            (x + 140 * scale, base - 258 * scale),
            (x + 232 * scale, base - 200 * scale),
            (x + 120 * scale, base - 168 * scale),
            (x, base - 160 * scale),
            (x - 120 * scale, base - 168 * scale),
        ],
        closed=True,
    )
    drawing.path(heap, drawing.linear([(0, CHALK), (1, lit(CREAM, 0.35))], 1, 1))
    crystals(
        drawing, heap, (x - 240 * scale, base - 290 * scale, x + 240 * scale, base - 160 * scale), CREAM, 24 * scale
    )


SLATE_BLUE = "#5e707a"
