"""Paper: prints in frames and loose, cards, and how they hang or lie."""

from collections.abc import Callable

from shop.demo.drawing.canvas import Drawing, number, polygon
from shop.demo.drawing.palette import CHALK, OAK, UMBER, WARM_LIGHT, Colour, lit, shadow_of

Art = Callable[[Drawing], None]


def framed(
    drawing: Drawing,
    x: float,
    y: float,
    width: float,
    art: Art,
    frame: Colour = OAK,
    *,
    mat: float = 0.1,
    turn: float = 0.0,
) -> None:
    """A print behind glass in a wooden frame; (x, y) is the middle, the sheet is 4 to 5."""
    height, bar = width * 1.25, width * 0.045
    with drawing.group(drawing.placed(x, y, 1, turn)):
        left, top = -width / 2, -height / 2
        drawing.rect(
            left,
            top,
            width,
            height,
            UMBER,
            drawing.cast(width * 0.03, 0.42, width * 0.04, width * 0.05),
        )
        drawing.rect(left, top, width, height, UMBER, f'opacity="0.4" transform="translate(4 6)" {drawing.blur(5)}')
        a, b, c, d = (left, top), (left + width, top), (left + width, top + height), (left, top + height)
        ai, bi, ci, di = (
            (left + bar, top + bar),
            (left + width - bar, top + bar),
            (left + width - bar, top + height - bar),
            (left + bar, top + height - bar),
        )
        for corners, light in (
            ((a, b, bi, ai), 0.95),
            ((b, c, ci, bi), 0.3),
            ((c, d, di, ci), 0.22),
            ((d, a, ai, di), 0.72),
        ):
            drawing.path(polygon(corners), lit(frame, light))
        drawing.rect(left + bar, top + bar, width - 2 * bar, height - 2 * bar, CHALK)
        drawing.rect(
            left + bar, top + bar, width - 2 * bar, bar * 0.8, drawing.linear([(0, UMBER, 0.35), (1, UMBER, 0.0)], 0, 1)
        )
        drawing.rect(
            left + bar, top + bar, bar * 0.7, height - 2 * bar, drawing.linear([(0, UMBER, 0.28), (1, UMBER, 0.0)])
        )
        edge = bar + width * mat
        scale = (width - 2 * edge) / 800
        middle = -1000 * scale / 2
        drawing.rect(left + edge - 4, middle - 4, 800 * scale + 8, 1000 * scale + 8, shadow_of(CHALK), 'opacity="0.55"')
        with drawing.group(f'transform="translate({number(left + edge)} {number(middle)}) scale({scale:.4f})"'):
            art(drawing)
        glass = [
            (left + bar, top + bar),
            (left + width * 0.5, top + bar),
            (left + width * 0.16, top + height - bar),
            (left + bar, top + height - bar),
        ]
        drawing.path(polygon(glass), drawing.linear([(0, WARM_LIGHT, 0.17), (1, WARM_LIGHT, 0.03)]))


def sheet(
    drawing: Drawing,
    x: float,
    y: float,
    width: float,
    art: Art,
    *,
    turn: float = 0.0,
    margin: float = 0.07,
    lift: float = 1.0,
    ratio: float = 1.25,
) -> None:
    """A loose print on heavy paper, its corners a little up; (x, y) is the middle."""
    height = width * ratio
    with drawing.group(drawing.placed(x, y, 1, turn)):
        left, top = -width / 2, -height / 2
        drawing.rect(
            left,
            top,
            width,
            height,
            UMBER,
            f'opacity="0.36" transform="translate({number(14 * lift)} {number(20 * lift)})" {drawing.blur(14 * lift)}',
        )
        drawing.rect(left, top, width, height, UMBER, f'opacity="0.3" transform="translate(3 4)" {drawing.blur(3)}')
        drawing.rect(left, top, width, height, drawing.linear([(0, "#fffcf4"), (1, shadow_of(CHALK, 0.16))], 1, 1))
        scale = width * (1 - 2 * margin) / 800
        with drawing.group(
            f'transform="translate({number(left + width * margin)} {number(-500 * scale)}) scale({scale:.4f})"'
        ):
            art(drawing)
        drawing.rect(
            left,
            top,
            width,
            height,
            drawing.linear([(0, WARM_LIGHT, 0.16), (0.5, WARM_LIGHT, 0.0), (1, UMBER, 0.1)], 1, 1),
        )


def tape(drawing: Drawing, x: float, y: float, turn: float, colour: Colour) -> None:
    """A strip of paper tape that holds a sheet."""
    with drawing.group(drawing.placed(x, y, 1, turn)):
        drawing.rect(-62, -20, 124, 40, colour, 'opacity="0.8"')
        drawing.rect(-62, -20, 124, 6, WARM_LIGHT, 'opacity="0.4"')


def pencil(drawing: Drawing, x: float, y: float, length: float, colour: Colour, turn: float) -> None:
    """A wooden pencil, its point to the right."""
    body, cone = length * 0.86, length * 0.95
    with drawing.group(drawing.placed(x, y, 1, turn)):
        drawing.rect(4, 14, length, 16, UMBER, f'opacity="0.4" rx="8" {drawing.blur(6)}')
        drawing.rect(0, -14, body, 9.5, lit(colour, 0.95))
        drawing.rect(0, -5, body, 10, lit(colour, 0.6))
        drawing.rect(0, 5, body, 9, lit(colour, 0.2))
        drawing.path(polygon([(body, -14), (length, 0), (body, 14)]), "#e2c193")
        drawing.path(polygon([(cone, -5), (length, 0), (cone, 5)]), colour)


def envelope(drawing: Drawing, x: float, y: float, width: float, colour: Colour, turn: float) -> None:
    """A closed envelope lying on the table."""
    height = width * 0.7
    with drawing.group(drawing.placed(x, y, 1, turn)):
        left, top = -width / 2, -height / 2
        drawing.rect(left, top, width, height, UMBER, f'opacity="0.4" transform="translate(10 14)" {drawing.blur(10)}')
        drawing.rect(left, top, width, height, drawing.linear([(0, lit(colour, 0.9)), (1, lit(colour, 0.5))], 1, 1))
        for corner in ((left, top + height), (left + width, top + height)):
            drawing.line(
                f"M{number(corner[0])} {number(corner[1])}L0 {number(height * 0.02)}",
                shadow_of(colour),
                2.5,
                'opacity="0.5"',
            )
        flap = polygon([(left, top), (left + width, top), (0, height * 0.12)])
        drawing.path(flap, UMBER, f'opacity="0.3" transform="translate(2 6)" {drawing.blur(4)}')
        drawing.path(flap, drawing.linear([(0, lit(colour, 1.0)), (1, lit(colour, 0.62))], 0, 1))
