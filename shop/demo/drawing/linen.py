"""Cloth: folded piles, towels on a rail, cushions, an apron, napkins and a laid table."""

from math import sin

from shop.demo.drawing.canvas import Drawing, number, polygon, rounded, smooth, trail
from shop.demo.drawing.grounds import weave
from shop.demo.drawing.palette import OAK, UMBER, WALNUT, WARM_LIGHT, Colour, lit, shadow_of
from shop.demo.drawing.solids import LEAN


def woven(drawing: Drawing, data: str, fill: str, colour: Colour, thread: float = 8, strength: float = 0.16) -> None:
    """A shape of linen: its colour, and the threads over it."""
    drawing.path(data, fill)
    drawing.path(data, weave(drawing, colour, thread, strength))


def stitches(drawing: Drawing, data: str, colour: Colour, size: float = 4) -> None:
    """A row of stitches along a line."""
    drawing.line(
        data, shadow_of(colour), size, f'stroke-dasharray="{number(size * 3)} {number(size * 2.4)}" opacity="0.5"'
    )
    drawing.line(
        data,
        lit(colour, 1.0),
        size * 0.6,
        f'stroke-dasharray="{number(size * 3)} {number(size * 2.4)}" opacity="0.9" transform="translate(-1 -2)"',
    )


def folded(
    drawing: Drawing,
    x: float,
    base: float,
    width: float,
    colours: list[Colour],
    *,
    layer: float = 58,
    stripe: Colour | None = None,
    depth: float = 300,
) -> None:
    """A pile of folded cloths, their folds to the front; the first colour lies at the bottom."""
    dx, dy = depth * LEAN[0] * 0.5, -depth * LEAN[1]
    left, right = x - width / 2, x + width / 2
    ground = [(left + 10, base), (right + 60, base + 12), (right + dx + 130, base + dy * 0.5), (right + dx, base + dy)]
    drawing.path(polygon(ground), UMBER, f'opacity="0.36" {drawing.blur(18)}')
    drawing.rect(left + 4, base - 24, width, 34, UMBER, f'opacity="0.45" {drawing.blur(8)}')
    pile = layer * 1.02 * len(colours)
    backing = [
        (right - 30, base - pile + 20),
        (right + dx - 14, base - pile + dy + 24),
        (right + dx - 14, base + dy),
        (right - 30, base),
    ]
    drawing.path(polygon(backing), shadow_of(shadow_of(colours[0])))
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
            drawing.line(
                f"M{number(right)} {number(y)}L{number(right + dx - 4)} {number(y + dy + 6)}",
                shadow_of(shadow_of(colour)),
                2.5,
                'opacity="0.45"',
            )
        if index == len(colours) - 1:
            upper = trail("M", left + 10, top + 4, "Q", left, top - 4, left + 18, top - 16)
            upper += trail("L", left + dx, top + dy, "L", right + dx, top + dy, "L", right, top + 8, "Z")
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
        front = rounded(left, top, right, bottom, round_by)
        roll = [(0, lit(colour, 0.92)), (0.32, lit(colour, 0.7)), (0.7, lit(colour, 0.42)), (1, lit(colour, 0.12))]
        woven(drawing, front, drawing.linear(roll, 0, 1), colour)
        if stripe:
            for share in (0.12, 0.17, 0.2):
                drawing.rect(left + wide * share, top + 2, 12, layer - 4, stripe, 'opacity="0.62"')
        drawing.path(front, drawing.linear([(0, WARM_LIGHT, 0.16), (0.5, WARM_LIGHT, 0.0), (1, UMBER, 0.2)]))


def drape(
    drawing: Drawing,
    left: float,
    top: float,
    right: float,
    bottom: float,
    colour: Colour,
    *,
    folds: int = 4,
    stripes: tuple[float, ...] = (),
    stripe: Colour = WALNUT,
    seed: float = 0.0,
    flare: float = 0.05,
    thread: float = 8,
) -> None:
    """A hanging cloth: soft vertical folds, a hem, perhaps woven stripes."""
    width, tall = right - left, bottom - top
    hem = [
        (left - width * flare + (width * (1 + 2 * flare)) * t, bottom + 6 * sin(t * folds * 6.28 + seed + 1))
        for t in [index / 24 for index in range(25)]
    ]
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


def cushion(
    drawing: Drawing,
    x: float,
    y: float,
    size: float,
    colour: Colour,
    *,
    stripe: Colour | None = None,
    turn: float = 0.0,
) -> None:
    """A full square cushion with a seam around it."""
    half, pull = size / 2, size * 0.04
    data = trail("M", -half, -half, "Q", 0, -half + pull, half, -half, "Q", half - pull, 0, half, half)
    data += trail("Q", 0, half - pull * 0.4, -half, half, "Q", -half + pull, 0, -half, -half, "Z")
    with drawing.group(f'{drawing.placed(x, y, 1, turn)} stroke-linejoin="round"'):
        drawing.path(
            data,
            UMBER,
            drawing.cast(size * 0.04, 0.36, size * 0.05, size * 0.045),
        )
        fill = drawing.radial(
            [(0, lit(colour, 0.98)), (0.45, lit(colour, 0.7)), (0.8, lit(colour, 0.4)), (1, lit(colour, 0.1))],
            -size * 0.16,
            -size * 0.2,
            size * 0.86,
        )
        drawing.path(data, fill, f'stroke="{lit(colour, 0.3)}" stroke-width="{number(size * 0.03)}"')
        drawing.path(data, weave(drawing, colour, 9, 0.16))
        with drawing.group(drawing.clip(data)):
            if stripe:
                for share in (-0.3, -0.24, -0.21, 0.21, 0.24, 0.3):
                    bow = share * size
                    curve = f"M{number(bow)} {-half:.1f}Q{number(bow * 1.12)} 0 {number(bow)} {half:.1f}"
                    drawing.line(curve, stripe, size * (0.028 if abs(share) == 0.3 else 0.01), 'opacity="0.65"')
            for cx, cy, tx, ty in ((-1, -1, -0.5, -0.62), (1, -1, 0.55, -0.6), (-1, 1, -0.58, 0.5), (1, 1, 0.6, 0.52)):
                crease = trail("M", cx * half, cy * half, "Q", cx * half * 0.8, cy * half * 0.72, tx * half, ty * half)
                drawing.line(crease, shadow_of(colour), size * 0.03, f'opacity="0.34" {drawing.blur(size * 0.014)}')
                drawing.line(
                    crease,
                    WARM_LIGHT,
                    size * 0.02,
                    drawing.cast(size * 0.012, 0.28, -size * 0.024, -size * 0.012),
                )
        drawing.line(
            data, lit(colour, 0.9), size * 0.008, f'opacity="0.6" transform="translate(-2 -3)" {drawing.blur(1.4)}'
        )
