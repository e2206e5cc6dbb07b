"""Things with flat sides: soap, boxes, books, boards; seen from the front and a little from above and the right."""

from math import hypot
from random import Random

from shop.demo.drawing.canvas import Drawing, Point, number, polygon, trail
from shop.demo.drawing.lettering import lettering, pressed, sprig
from shop.demo.drawing.palette import CHALK, INK, UMBER, WARM_LIGHT, Colour, lit, mix, shadow_of
from shop.demo.drawing.turned import speckles

LEAN = (0.46, 0.4)  # how far the depth of a box goes to the right and up


def faces(
    x: float, base: float, width: float, depth: float, height: float
) -> tuple[list[Point], list[Point], list[Point]]:
    """The corners of front, top and right side of a box whose front stands centred on (x, base)."""
    left, right, top = x - width / 2, x + width / 2, base - height
    dx, dy = depth * LEAN[0], -depth * LEAN[1]
    front = [(left, top), (right, top), (right, base), (left, base)]
    upper = [(left, top), (left + dx, top + dy), (right + dx, top + dy), (right, top)]
    side = [(right, top), (right + dx, top + dy), (right + dx, base + dy), (right, base)]
    return front, upper, side


def box(
    drawing: Drawing,
    x: float,
    base: float,
    width: float,
    depth: float,
    height: float,
    colour: Colour,
    *,
    soft: float = 10,
    cast: float = 1.0,
    upper_colour: Colour | None = None,
) -> None:
    """A box with softened edges and its shadow."""
    front, upper, side = faces(x, base, width, depth, height)
    dx, dy = depth * LEAN[0], -depth * LEAN[1]
    if cast:
        reach = min(height * 0.6, 200) + 30
        ground = [
            front[3],
            (front[2][0] + reach * 0.4, base + 14),
            (side[2][0] + reach, base + dy * 0.45),
            (side[2][0], base + dy),
        ]
        drawing.path(polygon(ground), UMBER, f'opacity="{0.34 * cast:.2f}" {drawing.blur(18)}')
        drawing.path(
            polygon([front[3], front[2], side[2], (front[3][0] + dx, base + dy)]),
            UMBER,
            f'opacity="{0.5 * cast:.2f}" transform="translate(4 9)" {drawing.blur(7)}',
        )
    lid = upper_colour or colour
    whole = [front[3], front[0], upper[1], upper[2], side[2], front[2]]
    drawing.path(
        inset(whole, soft),
        lit(colour, 0.55),
        f'stroke="{lit(colour, 0.55)}" stroke-width="{number(soft * 2)}" stroke-linejoin="round"',
    )
    looks = (
        (side, drawing.linear([(0, lit(colour, 0.26)), (1, lit(colour, 0.06))])),
        (upper, drawing.linear([(0, lit(lid, 1.0)), (1, lit(lid, 0.76))])),
        (front, drawing.linear([(0, lit(colour, 0.66)), (0.6, lit(colour, 0.5)), (1, lit(colour, 0.34))], 0.7, 1.0)),
    )
    for corners, fill in looks:
        drawing.path(
            inset(corners, soft), fill, f'stroke="{fill}" stroke-width="{number(soft * 2)}" stroke-linejoin="round"'
        )
    (ax, ay), (bx, by) = front[0], front[1]
    glint = f"M{number(ax + soft)} {number(ay + soft * 0.2)}L{number(bx - soft)} {number(by + soft * 0.2)}"
    drawing.line(glint, WARM_LIGHT, max(2.0, soft * 0.6), f'opacity="0.55" {drawing.blur(max(1.0, soft * 0.22))}')
    edge = f"M{number(bx)} {number(by + soft)}V{number(base - soft)}"
    drawing.line(edge, lit(colour, 0.75), max(1.5, soft * 0.4), f'opacity="0.4" {drawing.blur(max(1.0, soft * 0.2))}')


def inset(corners: list[Point], by: float) -> str:
    """The path data of a face a little smaller on all sides, for a round outline to bring it back to size."""
    turn = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(corners, corners[1:] + corners[:1], strict=True))
    sides = []
    for (ax, ay), (bx, by_) in zip(corners, corners[1:] + corners[:1], strict=True):
        length = hypot(bx - ax, by_ - ay) or 1.0
        nx, ny = (ay - by_) / length, (bx - ax) / length
        push = by if turn > 0 else -by
        sides.append(((ax + nx * push, ay + ny * push), (bx - ax, by_ - ay)))
    points = []
    for index, (start, way) in enumerate(sides):
        before, past = sides[index - 1]
        cross = past[0] * way[1] - past[1] * way[0] or 1.0
        reach = ((start[0] - before[0]) * way[1] - (start[1] - before[1]) * way[0]) / cross
        points.append((before[0] + past[0] * reach, before[1] + past[1] * reach))
    return polygon(points)


def soap(
    drawing: Drawing,
    x: float,
    base: float,
    scale: float,
    colour: Colour,
    *,
    bits: Colour | None = None,
    swirl: Colour | None = None,
    seed: int = 1,
    stamp: bool = True,
    cast: float = 1.0,
) -> None:
    """A bar of soap cut from the block, with the name pressed in and what is in it showing."""
    width, depth, height = 460 * scale, 300 * scale, 190 * scale
    box(drawing, x, base, width, depth, height, colour, soft=20 * scale, cast=cast)
    front, upper, _ = faces(x, base, width, depth, height)
    if swirl:
        with drawing.group(f'{drawing.clip(polygon(front))} opacity="0.5"'):
            for index in range(4):
                y = base - height * (0.16 + 0.22 * index)
                wave = f"M{number(x - width / 2)} {number(y)}c{number(width * 0.2)} {number(-46 * scale)} "
                wave += f"{number(width * 0.3)} {number(46 * scale)} {number(width * 0.5)} 0s"
                wave += f"{number(width * 0.3)} {number(-40 * scale)} {number(width * 0.5)} {number(10 * scale)}"
                drawing.line(wave, swirl, (13 - 2 * index) * scale, drawing.blur(2))
    if bits:
        pad = 14 * scale
        limits = (x - width / 2 + pad, base - height + pad, x + width / 2 - pad, base - pad)
        speckles(drawing, polygon(front), seed, bits, int(110 * scale), limits, 5.2 * scale)
        top = (upper[0][0], upper[1][1], upper[2][0], upper[0][1])
        speckles(drawing, polygon(upper), seed + 1, bits, int(120 * scale), top, 4.6 * scale)
    if stamp:
        pressed(drawing, x, base - height * 0.5, 52 * scale, colour)


def band(
    drawing: Drawing,
    x: float,
    base: float,
    width: float,
    depth: float,
    height: float,
    share: float,
    paper: Colour = CHALK,
) -> None:
    """A paper band around a box, with the mark of the shop."""
    grown = 4.0
    front, upper, _ = faces(x, base + 1, width * share, depth, height + grown)
    drawing.path(polygon(upper), drawing.linear([(0, lit(paper, 1.0)), (1, lit(paper, 0.8))]))
    drawing.path(polygon(front), drawing.linear([(0, paper), (1, shadow_of(paper, 0.3))]))
    size = height * 0.14
    sprig(drawing, x, base - height * 0.62, height * 0.4, INK)
    lettering(drawing, x, base - height * 0.22, size, INK)


def book(drawing: Drawing, x: float, base: float, scale: float, cover: Colour, *, thick: float = 66) -> None:
    """A book lying down, its cloth spine to the front."""
    width, depth, height = 560 * scale, 420 * scale, thick * scale
    box(drawing, x, base, width, depth, height, cover, soft=7 * scale)
    front, _, side = faces(x, base, width, depth, height)
    pad = 8 * scale
    pages = [
        (side[0][0] - 1, side[0][1] + pad),
        (side[1][0], side[1][1] + pad),
        (side[2][0], side[2][1] - pad),
        (side[3][0] - 1, side[3][1] - pad),
    ]
    drawing.path(polygon(pages), drawing.linear([(0, lit(CHALK, 0.3)), (1, lit(CHALK, 0.1))]))
    for index in range(1, 6):
        share = index / 6
        start, end = (
            pages[0][1] + (pages[3][1] - pages[0][1]) * share,
            pages[1][1] + (pages[2][1] - pages[1][1]) * share,
        )
        drawing.line(
            f"M{number(pages[0][0])} {number(start)}L{number(pages[1][0])} {number(end)}", UMBER, 1, 'opacity="0.25"'
        )
    lettering(drawing, x, base - height * 0.5, 24 * scale, lit(cover, 1.0), weight=0.12)
    drawing.rect(
        front[0][0] + 36 * scale, base - height + pad, 5 * scale, height - 2 * pad, lit(cover, 1.0), 'opacity="0.5"'
    )


def standing_book(drawing: Drawing, x: float, base: float, scale: float, cover: Colour, ink: Colour) -> None:
    """A book standing with its cover to the front: a candle in a circle."""
    width, height = 560 * scale, 760 * scale
    box(drawing, x, base, width, 76 * scale, height, cover, soft=6 * scale, upper_colour=CHALK)
    left, top = x - width / 2, base - height
    drawing.rect(left + 34 * scale, top, 5 * scale, height, shadow_of(cover), 'opacity="0.5"')
    drawing.rect(left + 39 * scale, top, 3 * scale, height, WARM_LIGHT, 'opacity="0.35"')
    cx, cy, radius = x + 18 * scale, top + height * 0.42, 170 * scale
    drawing.ellipse(cx, cy, radius, radius, mix(cover, WARM_LIGHT, 0.55))
    with drawing.group(drawing.placed(cx, cy, scale)):
        drawing.rect(-46, -30, 92, 160, ink)
        drawing.path("M0-128C30-92 36-66 0-44C-36-66-26-96 0-128Z", mix(ink, "#f0b45c", 0.8))
        drawing.line("M0-30V-50", ink, 7)
        drawing.line("M-110 130H110", ink, 8)
    lettering(drawing, cx, top + height * 0.8, 46 * scale, ink, weight=0.09)
    drawing.line(f"M{number(cx - 60 * scale)} {number(top + height * 0.88)}h{number(120 * scale)}", ink, 4 * scale)


def straw(
    drawing: Drawing, left: float, top: float, right: float, bottom: float, colour: Colour, seed: int = 4
) -> None:
    """Curled paper shreds, to bed a present on."""
    chance = Random(seed)
    for index in range(150):
        x, y = chance.uniform(left, right), chance.uniform(top, bottom)
        bend, turn = chance.uniform(-40, 40), chance.uniform(-60, 60)
        tone = lit(colour, chance.choice((0.2, 0.45, 0.6, 0.8, 1.0)))
        curl = trail("M", x - turn, y, "q", bend, -30 - index % 20, turn, bend * 0.3)
        drawing.line(f"{curl}t{number(turn * 0.6)} {number(-bend * 0.4)}", tone, 5)
