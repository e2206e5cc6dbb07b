"""The shop's name in single strokes, the same on every machine, and the paper labels that carry it."""

from shop.demo.drawing.canvas import Drawing, number
from shop.demo.drawing.palette import CHALK, INK, UMBER, WARM_LIGHT, Colour, shadow_of
from shop.demo.drawing.turned import TILT

STROKES = {
    "S": "M.56 .17C.5-.03 .09-.04 .08 .25C.08 .52 .58 .45 .58 .74C.58 1.04 .1 1.03 .03 .83",
    "O": "M.36 0C.12 0 0 .2 0 .5C0 .8 .12 1 .36 1C.6 1 .72 .8 .72 .5C.72 .2 .6 0 .36 0Z",
    "E": "M.5 0H.07V1H.5M.07 .5H.42",
    "R": "M.07 1V0H.3C.64 0 .64 .52 .3 .52H.07M.32 .52L.58 1",
    "A": "M0 1L.32 0L.64 1M.11 .66H.53",
    " ": "",
}
WIDTHS = {"S": 0.62, "O": 0.72, "E": 0.54, "R": 0.6, "A": 0.64, " ": 0.3}
NAME = "SO SERA"


def lettering(
    drawing: Drawing,
    x: float,
    y: float,
    height: float,
    colour: Colour,
    *,
    weight: float = 0.09,
    text: str = NAME,
    opacity: float = 1.0,
    space: float = 0.26,
) -> None:
    """Capitals drawn with one stroke each, centred on (x, y)."""
    total = sum(WIDTHS[letter] + space for letter in text) - space
    look = f'stroke="{colour}" stroke-width="{weight}" stroke-linecap="round" stroke-linejoin="round" fill="none"'
    place = f"translate({number(x - total * height / 2)} {number(y - height / 2)}) scale({height:.2f})"
    with drawing.group(f'transform="{place}" opacity="{opacity}" {look}'):
        at = 0.0
        for letter in text:
            drawing.add(f'<path d="{STROKES[letter]}" transform="translate({at:.3f} 0)"/>')
            at += WIDTHS[letter] + space


def pressed(drawing: Drawing, x: float, y: float, height: float, ground: Colour) -> None:
    """The name pressed into something soft: dark above, light below."""
    lettering(drawing, x + height * 0.035, y + height * 0.05, height, WARM_LIGHT, weight=0.13, opacity=0.75)
    lettering(drawing, x, y, height, shadow_of(ground, 0.9), weight=0.12, opacity=0.85)


def sprig(drawing: Drawing, x: float, y: float, size: float, colour: Colour, weight: float = 0.05) -> None:
    """A small twig, the mark of the shop."""
    with drawing.group(
        f'{drawing.placed(x, y, size)} stroke="{colour}" stroke-width="{weight}" stroke-linecap="round" fill="none"'
    ):
        drawing.add('<path d="M0 .5C.02 .2-.02-.2 0-.5"/>')
        for height, side in ((0.25, 1), (0.12, -1), (-0.02, 1), (-0.15, -1), (-0.28, 1)):
            leaf = f"M0 {height}C{0.1 * side} {height - 0.2} {0.26 * side} {height - 0.22} {0.3 * side} {height - 0.2}"
            leaf += f"C{0.28 * side} {height - 0.08} {0.14 * side} {height} 0 {height}Z"
            drawing.add(f'<path d="{leaf}" fill="{colour}" fill-opacity=".35"/>')


def label(
    drawing: Drawing,
    x: float,
    bottom: float,
    radius: float,
    height: float,
    share: float = 0.8,
    paper: Colour = CHALK,
    tilt: float = TILT,
) -> None:
    """A paper label around the front of something round: twig, name and a thin line."""
    half, sag = radius * share, radius * tilt * (1 - (1 - share**2) ** 0.5)
    top, drop = bottom - height, radius * tilt
    left, right = x - half, x + half
    curve = drop - sag
    path = (
        f"M{number(left)} {number(bottom + curve)}Q{number(x)} {number(bottom + drop + sag)} {number(right)} "
        f"{number(bottom + curve)}V{number(top + curve)}Q{number(x)} {number(top + drop + sag)} {number(left)} "
        f"{number(top + curve)}Z"
    )
    shade = [(0, shadow_of(paper, 0.15)), (0.3, paper), (0.6, shadow_of(paper, 0.12)), (1, shadow_of(paper, 0.6))]
    drawing.path(path, UMBER, f'opacity="0.25" transform="translate(3 4)" {drawing.blur(3)}')
    drawing.path(path, drawing.linear(shade))
    middle = top + drop + height * 0.5
    size = min(height * 0.12, half * 0.2)
    sprig(drawing, x, middle - height * 0.17, height * 0.3, INK)
    lettering(drawing, x, middle + height * 0.16, size, INK, weight=0.1)
    drawing.line(
        f"M{number(x - half * 0.25)} {number(middle + height * 0.32)}H{number(x + half * 0.25)}", INK, size * 0.08
    )
