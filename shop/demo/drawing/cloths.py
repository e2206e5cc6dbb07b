"""Linen in use: an apron on its peg, a napkin in its ring, a laid table."""

from collections.abc import Sequence
from math import sin

from shop.demo.drawing.canvas import Drawing, Point, number, rounded, smooth, trail
from shop.demo.drawing.grounds import weave
from shop.demo.drawing.linen import stitches, woven
from shop.demo.drawing.palette import OAK, UMBER, WARM_LIGHT, Colour, lit, mix, shadow_of
from shop.demo.drawing.turned import TILT


def apron(drawing: Drawing, x: float, top: float, scale: float, colour: Colour) -> None:
    """An apron on a peg, with its ties and its pocket."""

    def at(points: Sequence[Point]) -> list[Point]:
        return [(x + a * scale, top + b * scale) for a, b in points]

    body = at(
        [
            (-118, 170),
            (118, 170),
            (140, 300),
            (250, 430),
            (270, 1000),
            (120, 1022),
            (0, 1010),
            (-130, 1024),
            (-270, 1000),
            (-250, 430),
            (-140, 300),
        ]
    )
    data = smooth(body[1:], closed=False) + f"L{number(body[0][0])} {number(body[0][1])}Z"
    for loop in ([(-112, 176), (-70, 60), (0, 10), (70, 60), (112, 176)],):
        drawing.line(smooth(at(loop)), shadow_of(colour), 24 * scale)
        drawing.line(smooth(at(loop)), lit(colour, 0.6), 18 * scale, 'transform="translate(-2 -2)"')
    peg = at([(0, 12)])[0]
    drawing.ellipse(peg[0] + 10, peg[1] + 12, 26 * scale, 26 * scale, UMBER, f'opacity="0.3" {drawing.blur(8)}')
    drawing.ellipse(
        *peg,
        26 * scale,
        26 * scale,
        drawing.radial([(0, lit(OAK, 1.0)), (1, lit(OAK, 0.2))], peg[0] - 8, peg[1] - 9, 40 * scale),
    )
    for tie in ([(246, 440), (300, 560), (286, 720), (318, 880)], [(-246, 440), (-292, 580), (-276, 760), (-306, 900)]):
        drawing.line(smooth(at(tie)), shadow_of(colour), 22 * scale)
        drawing.line(smooth(at(tie)), lit(colour, 0.62), 17 * scale, 'transform="translate(-2 -1)"')
    drawing.path(data, UMBER, f'opacity="0.3" transform="translate(26 20)" {drawing.blur(18)}')
    stops = [(t / 20, lit(colour, 0.52 + 0.3 * sin(t * 0.9 + 1.2) - 0.012 * t)) for t in range(21)]
    woven(drawing, data, drawing.linear(stops), colour)
    left, upper, right, lower = x - 150 * scale, top + 540 * scale, x + 150 * scale, top + 770 * scale
    pocket = rounded(left, upper, right, lower, 30)
    drawing.path(pocket, UMBER, f'opacity="0.3" transform="translate(6 8)" {drawing.blur(6)}')
    woven(drawing, pocket, drawing.linear([(0, lit(colour, 0.75)), (1, lit(colour, 0.45))]), colour)
    stitches(drawing, f"M{number(left + 14)} {number(upper + 26)}H{number(right - 14)}", colour, 3.6 * scale)
    seam = trail("M", left + 12, upper + 40, "V", lower - 26, "M", right - 12, upper + 40, "V", lower - 26)
    seam += trail("M", left + 30, lower - 12, "H", right - 30)
    stitches(drawing, seam, colour, 3 * scale)
    stitches(
        drawing,
        f"M{number(x - 100 * scale)} {number(top + 196 * scale)}H{number(x + 100 * scale)}",
        colour,
        3.6 * scale,
    )


def napkin(drawing: Drawing, x: float, base: float, scale: float, colour: Colour, ring: Colour = OAK) -> None:
    """A rolled napkin drawn through a wooden ring."""
    left, right, half = x - 250 * scale, x + 250 * scale, 56 * scale
    y = base - half
    fan_left = smooth(
        [
            (left, y - 96 * scale),
            (left + 130 * scale, y - 62 * scale),
            (x, y - 44 * scale),
            (right - 130 * scale, y - 62 * scale),
            (right, y - 90 * scale),
        ]
    )
    data = fan_left + trail(
        "L", right + 16 * scale, y + 78 * scale, "Q", x, y + 30 * scale, left - 10 * scale, y + 84 * scale, "Z"
    )
    drawing.path(data, UMBER, f'opacity="0.4" transform="translate(14 22)" {drawing.blur(13)}')
    roll = [
        (0, lit(colour, 0.95)),
        (0.25, lit(colour, 0.6)),
        (0.4, lit(colour, 0.85)),
        (0.62, lit(colour, 0.4)),
        (0.75, lit(colour, 0.62)),
        (1, lit(colour, 0.1)),
    ]
    woven(drawing, data, drawing.linear(roll, 0, 1), colour)
    for offset in (-0.4, 0.05, 0.45):
        crease = smooth(
            [(left, y + offset * 150 * scale), (x, y + offset * 60 * scale), (right, y + offset * 140 * scale)]
        )
        drawing.line(crease, shadow_of(colour), 6 * scale, f'opacity="0.5" {drawing.blur(3)}')
    band = drawing.linear([(0, lit(ring, 1.0)), (0.4, lit(ring, 0.6)), (1, lit(ring, 0.05))], 0, 1)
    drawing.rect(x - 44 * scale, y - 66 * scale, 88 * scale, 136 * scale, band, f'rx="{number(22 * scale)}"')
    drawing.rect(
        x - 30 * scale, y - 58 * scale, 8 * scale, 118 * scale, WARM_LIGHT, f'opacity="0.35" {drawing.blur(3)}'
    )


def laid_table(
    drawing: Drawing, x: float, y: float, width: float, drop: float, colour: Colour, stripe: Colour | None = None
) -> None:
    """A round table under a cloth that falls to the floor in folds; its top is centred on (x, y)."""
    half, flat = width / 2, width / 2 * TILT * 1.35
    count, lower = 9, []
    for index in range(121):
        t = -1 + 2 * index / 120
        lower.append((x + t * half * 1.1, y + drop + flat * 0.8 * (1 - t * t) ** 0.5 + 9 * sin(t * count * 3.1)))
    data = f"M{number(x - half)} {number(y)}" + "".join(f"L{number(px)} {number(py)}" for px, py in lower)
    data += f"L{number(x + half)} {number(y)}Z"
    drawing.ellipse(x + 90, y + drop + 20, half * 1.2, flat * 1.1, UMBER, f'opacity="0.4" {drawing.blur(30)}')
    stops = [
        (t / 54, lit(colour, 0.5 + 0.32 * sin(t / 54 * 18.6 * 1.5 + 0.6) - 0.34 * max(0.0, t / 54 - 0.4)))
        for t in range(55)
    ]
    woven(drawing, data, drawing.linear(stops), colour, 9)
    if stripe:
        with drawing.group(drawing.clip(data)):
            for offset, thick in ((60, 22), (92, 7)):
                drawing.line(smooth([(px, py - offset) for px, py in lower]), stripe, thick, 'opacity="0.65"')
    top = drawing.linear([(0, lit(colour, 1.0)), (1, lit(colour, 0.62))])
    drawing.ellipse(x, y, half, flat, top)
    drawing.ellipse(x, y, half, flat, weave(drawing, colour, 9, 0.12))
    drawing.ellipse(
        x,
        y + 3,
        half,
        flat,
        "none",
        f'stroke="{mix(lit(colour, 1.0), "#ffffff", 0.2)}" stroke-width="6" opacity="0.35"',
    )
