"""Cloth: folded piles, towels on a rail, cushions, an apron, napkins and a laid table."""

from math import sin

from shop.demo.drawing.canvas import Drawing, Point, number, polygon, smooth
from shop.demo.drawing.grounds import weave
from shop.demo.drawing.palette import OAK, UMBER, WALNUT, WARM_LIGHT, Colour, lit, mix, shadow_of
from shop.demo.drawing.solids import LEAN
from shop.demo.drawing.turned import TILT


def woven(drawing: Drawing, data: str, fill: str, colour: Colour, thread: float = 8, strength: float = 0.16) -> None:
    """A shape of linen: its colour, and the threads over it."""
    drawing.path(data, fill)
    drawing.path(data, weave(drawing, colour, thread, strength))


def stitches(drawing: Drawing, data: str, colour: Colour, size: float = 4) -> None:
    """A row of stitches along a line."""
    drawing.line(
        data, shadow_of(colour), size, f'stroke-dasharray="{number(size * 3)} {number(size * 2.4)}" opacity="0.5"'
    )
    drawing.line(data, lit(colour, 1.0), size * 0.6,
                 f'stroke-dasharray="{number(size * 3)} {number(size * 2.4)}" opacity="0.9" transform="translate(-1 -2)"')  # fmt: skip


def folded(drawing: Drawing, x: float, base: float, width: float, colours: list[Colour], *, layer: float = 58,
           stripe: Colour | None = None, depth: float = 300) -> None:  # fmt: skip
    """A pile of folded cloths, their folds to the front; the first colour lies at the bottom."""
    dx, dy = depth * LEAN[0] * 0.5, -depth * LEAN[1]
    left, right = x - width / 2, x + width / 2
    ground = [(left + 10, base), (right + 60, base + 12), (right + dx + 130, base + dy * 0.5), (right + dx, base + dy)]
    drawing.path(polygon(ground), UMBER, f'opacity="0.36" {drawing.blur(18)}')
    drawing.rect(left + 4, base - 24, width, 34, UMBER, f'opacity="0.45" {drawing.blur(8)}')
    for index, colour in enumerate(colours):
        wide = width - 10 * (index % 3) + 6 * sin(index * 2.1)
        left, right = x - wide / 2 + 5 * sin(index * 1.7), x + wide / 2 + 4 * sin(index * 2.3)
        bottom = base - index * layer * 1.02
        top, round_by = bottom - layer, layer * 0.48
        side = polygon(
            [(right - 8, top + 3), (right + dx, top + dy + 10), (right + dx, bottom + dy), (right - 8, bottom)]
        )
        woven(drawing, side, drawing.linear([(0, lit(colour, 0.22)), (1, lit(colour, 0.1))]), colour)
        for share in (0.33, 0.66):
            y = top + layer * share
            drawing.line(f"M{number(right)} {number(y)}L{number(right + dx - 4)} {number(y + dy + 6)}", shadow_of(shadow_of(colour)), 2.5,
                         'opacity="0.45"')  # fmt: skip
        if index == len(colours) - 1:
            upper = f"M{number(left + 10)} {number(top + 4)}Q{number(left)} {number(top - 4)} {number(left + 18)} {number(top - 16)}"
            upper += f"L{number(left + dx)} {number(top + dy)}L{number(right + dx)} {number(top + dy)}L{number(right)} {number(top + 8)}Z"
            woven(drawing, upper, drawing.linear([(0, lit(colour, 0.95)), (1, lit(colour, 0.66))]), colour)
            if stripe:
                for share in (0.12, 0.17, 0.2):
                    start = left + wide * share
                    mark = [
                        (start, top + 6),
                        (start + dx, top + dy),
                        (start + dx + 12, top + dy),
                        (start + 12, top + 6),
                    ]
                    drawing.path(polygon(mark), stripe, 'opacity="0.7"')
        front = (
            f"M{number(left + round_by)} {number(top)}H{number(right - round_by * 0.5)}Q{number(right)} {number(top)} {number(right)} "
            f"{number(top + round_by)}V{number(bottom - round_by)}Q{number(right)} {number(bottom)} {number(right - round_by)} "
            f"{number(bottom)}H{number(left + round_by)}Q{number(left)} {number(bottom)} {number(left)} {number(bottom - round_by)}"
            f"V{number(top + round_by)}Q{number(left)} {number(top)} {number(left + round_by)} {number(top)}Z"
        )
        roll = [(0, lit(colour, 0.92)), (0.32, lit(colour, 0.7)), (0.7, lit(colour, 0.42)), (1, lit(colour, 0.12))]
        woven(drawing, front, drawing.linear(roll, 0, 1), colour)
        if stripe:
            for share in (0.12, 0.17, 0.2):
                drawing.rect(left + wide * share, top + 2, 12, layer - 4, stripe, 'opacity="0.62"')
        drawing.path(front, drawing.linear([(0, WARM_LIGHT, 0.16), (0.5, WARM_LIGHT, 0.0), (1, UMBER, 0.2)]))


def drape(drawing: Drawing, left: float, top: float, right: float, bottom: float, colour: Colour, *, folds: int = 4,
          stripes: tuple[float, ...] = (), stripe: Colour = WALNUT, seed: float = 0.0, flare: float = 0.05,
          thread: float = 8) -> None:  # fmt: skip
    """A hanging cloth: soft vertical folds, a hem, perhaps woven stripes."""
    width, tall = right - left, bottom - top
    hem = [(left - width * flare + (width * (1 + 2 * flare)) * t, bottom + 6 * sin(t * folds * 6.28 + seed + 1)) for t in
           [index / 24 for index in range(25)]]  # fmt: skip
    data = f"M{number(left)} {number(top)}L{number(right)} {number(top)}L{number(hem[-1][0])} {number(hem[-1][1])}"
    data += "".join(f"L{number(px)} {number(py)}" for px, py in reversed(hem)) + "Z"
    stops = []
    for index in range(folds * 8 + 1):
        t = index / (folds * 8)
        wave = 0.5 + 0.5 * sin(t * folds * 6.28 + seed + 0.5 * sin(t * 9 + seed))
        stops.append((t, lit(colour, 0.3 + 0.62 * wave - 0.14 * t)))
    drawing.path(data, UMBER, f'opacity="0.26" transform="translate(26 22)" {drawing.blur(20)}')
    woven(drawing, data, drawing.linear(stops), colour, thread)
    with drawing.group(drawing.clip(data)):
        for share in stripes:
            y = top + tall * share
            band = [(px, py - bottom + y) for px, py in hem]
            drawing.line(smooth(band), stripe, 15, 'opacity="0.62"')
        stitches(drawing, smooth([(px, py - 34) for px, py in hem]), colour, 3.4)
        drawing.path(
            data, drawing.linear([(0, UMBER, 0.16), (0.12, UMBER, 0.0), (0.8, UMBER, 0.0), (1, UMBER, 0.14)], 0, 1)
        )


def rail(drawing: Drawing, y: float, left: float, right: float, colour: Colour = OAK) -> None:
    """A round wooden rail on two pegs."""
    drawing.line(
        f"M{number(left + 14)} {number(y + 40)}H{number(right + 14)}", UMBER, 20, f'opacity="0.22" {drawing.blur(9)}'
    )
    look = drawing.linear(
        [(0, lit(colour, 0.95)), (0.5, lit(colour, 0.5)), (1, lit(colour, 0.1))], 0, y - 15, 0, y + 15
    )
    drawing.rect(left, y - 15, right - left, 30, look, 'rx="15"')
    for x in (left + 50, right - 50):
        drawing.ellipse(x, y, 24, 24, drawing.radial([(0, lit(colour, 1.0)), (1, lit(colour, 0.25))], x - 8, y - 9, 34))


def cushion(drawing: Drawing, x: float, y: float, size: float, colour: Colour, *, stripe: Colour | None = None,
            turn: float = 0.0) -> None:  # fmt: skip
    """A full square cushion with a seam around it."""
    half, pull = size / 2, size * 0.04
    data = (
        f"M{-half:.1f} {-half:.1f}Q0 {-half + pull:.1f} {half:.1f} {-half:.1f}Q{half - pull:.1f} 0 {half:.1f} {half:.1f}"
        f"Q0 {half - pull * 0.4:.1f} {-half:.1f} {half:.1f}Q{-half + pull:.1f} 0 {-half:.1f} {-half:.1f}Z"
    )
    with drawing.group(f'{drawing.placed(x, y, 1, turn)} stroke-linejoin="round"'):
        drawing.path(
            data,
            UMBER,
            f'opacity="0.36" transform="translate({number(size * 0.05)} {number(size * 0.045)})" {drawing.blur(size * 0.04)}',
        )
        fill = drawing.radial([(0, lit(colour, 0.98)), (0.45, lit(colour, 0.7)), (0.8, lit(colour, 0.4)), (1, lit(colour, 0.1))],
                              -size * 0.16, -size * 0.2, size * 0.86)  # fmt: skip
        drawing.path(data, fill, f'stroke="{lit(colour, 0.3)}" stroke-width="{number(size * 0.03)}"')
        drawing.path(data, weave(drawing, colour, 9, 0.16))
        with drawing.group(drawing.clip(data)):
            if stripe:
                for share in (-0.3, -0.24, -0.21, 0.21, 0.24, 0.3):
                    bow = share * size
                    curve = f"M{number(bow)} {-half:.1f}Q{number(bow * 1.12)} 0 {number(bow)} {half:.1f}"
                    drawing.line(curve, stripe, size * (0.028 if abs(share) == 0.3 else 0.01), 'opacity="0.65"')
            for cx, cy, tx, ty in ((-1, -1, -0.5, -0.62), (1, -1, 0.55, -0.6), (-1, 1, -0.58, 0.5), (1, 1, 0.6, 0.52)):
                crease = f"M{number(cx * half)} {number(cy * half)}Q{number(cx * half * 0.8)} {number(cy * half * 0.72)} {number(tx * half)} {number(ty * half)}"
                drawing.line(crease, shadow_of(colour), size * 0.03, f'opacity="0.34" {drawing.blur(size * 0.014)}')
                drawing.line(crease, WARM_LIGHT, size * 0.02,
                             f'opacity="0.28" transform="translate({number(-size * 0.024)} {number(-size * 0.012)})" {drawing.blur(size * 0.012)}')  # fmt: skip
        drawing.line(
            data, lit(colour, 0.9), size * 0.008, f'opacity="0.6" transform="translate(-2 -3)" {drawing.blur(1.4)}'
        )


def apron(drawing: Drawing, x: float, top: float, scale: float, colour: Colour) -> None:
    """An apron on a peg, with its ties and its pocket."""

    def at(points: list[Point]) -> list[Point]:
        return [(x + a * scale, top + b * scale) for a, b in points]

    body = at([(-118, 170), (118, 170), (140, 300), (250, 430), (270, 1000), (120, 1022), (0, 1010), (-130, 1024), (-270, 1000),
               (-250, 430), (-140, 300)])  # fmt: skip
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
    pocket = f"M{number(left)} {number(upper)}H{number(right)}V{number(lower - 30)}Q{number(right)} {number(lower)} {number(right - 30)} {number(lower)}H{number(left + 30)}Q{number(left)} {number(lower)} {number(left)} {number(lower - 30)}Z"
    drawing.path(pocket, UMBER, f'opacity="0.3" transform="translate(6 8)" {drawing.blur(6)}')
    woven(drawing, pocket, drawing.linear([(0, lit(colour, 0.75)), (1, lit(colour, 0.45))]), colour)
    stitches(drawing, f"M{number(left + 14)} {number(upper + 26)}H{number(right - 14)}", colour, 3.6 * scale)
    seam = f"M{number(left + 12)} {number(upper + 40)}V{number(lower - 26)}M{number(right - 12)} {number(upper + 40)}V{number(lower - 26)}M{number(left + 30)} {number(lower - 12)}H{number(right - 30)}"
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
    fan_left = smooth([(left, y - 96 * scale), (left + 130 * scale, y - 62 * scale), (x, y - 44 * scale), (right - 130 * scale, y - 62 * scale),
                       (right, y - 90 * scale)])  # fmt: skip
    data = (
        fan_left
        + f"L{number(right + 16 * scale)} {number(y + 78 * scale)}Q{number(x)} {number(y + 30 * scale)} {number(left - 10 * scale)} {number(y + 84 * scale)}Z"
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
