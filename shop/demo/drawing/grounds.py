"""Where things stand: a calm studio, a table by the window, a shelf, a sill, a cloth."""

from math import sin

from shop.demo.drawing.canvas import Drawing, number, polygon, smooth
from shop.demo.drawing.palette import CHALK, OAK, SAND, UMBER, WARM_LIGHT, Colour, lit, mix, shadow_of


def studio(drawing: Drawing, colour: Colour, floor: float = 0.68) -> None:
    """A seamless paper backdrop with a soft bend where wall becomes floor."""
    width, height = drawing.width, drawing.height
    wall = drawing.linear(
        [(0, mix(colour, WARM_LIGHT, 0.45)), (0.55, colour), (1, shadow_of(colour, 0.28))],
        0,
        0,
        width * 1.05,
        height * 0.62,
    )
    drawing.rect(0, 0, width, height, wall)
    y = height * floor
    ground = drawing.linear(
        [(0, colour, 0.0), (0.3, mix(colour, WARM_LIGHT, 0.28), 0.85), (1, mix(colour, WARM_LIGHT, 0.12), 1.0)],
        0,
        y - height * 0.13,
        0,
        height,
    )
    drawing.rect(0, y - height * 0.13, width, height * (1.13 - floor) + 4, ground)


def wall(drawing: Drawing, colour: Colour) -> None:
    """A limed wall, lighter towards the window on the left."""
    width, height = drawing.width, drawing.height
    fill = drawing.linear(
        [(0, mix(colour, WARM_LIGHT, 0.4)), (0.5, colour), (1, shadow_of(colour, 0.34))], 0, 0, width, height * 0.75
    )
    drawing.rect(0, 0, width, height, fill)


def window_light(drawing: Drawing, x: float, y: float, width: float, height: float, strength: float = 0.55) -> None:
    """The slanted light of a window with six panes on the wall."""
    pane_width, pane_height, lean = width / 2.25, height / 3.4, width * 0.34
    with drawing.group(f'opacity="{strength}" {drawing.blur(7)}'):
        for column in range(2):
            for row in range(3):
                left = x + column * (pane_width * 1.12) + row * lean / 3
                top = y + row * (pane_height * 1.1) + column * pane_width * 0.2
                corners = [
                    (left, top),
                    (left + pane_width, top + pane_width * 0.18),
                    (left + pane_width + lean / 3, top + pane_width * 0.18 + pane_height),
                    (left + lean / 3, top + pane_height),
                ]
                drawing.path(polygon(corners), WARM_LIGHT)


def table(drawing: Drawing, top: float, colour: Colour = OAK) -> None:
    """A wooden table top from `top` down to the lower edge of the picture, with its grain."""
    width, height = drawing.width, drawing.height
    fill = drawing.linear(
        [(0, lit(colour, 0.78)), (0.45, lit(colour, 0.55)), (1, lit(colour, 0.34))], 0, top, width, height
    )
    drawing.rect(0, top, width, height - top + 2, fill)
    grain = shadow_of(colour)
    deep = height - top
    for index in range(16):
        share = (index + 0.5) / 16
        y = top + deep * share**1.5
        swing = 3 + 7 * share
        points = [(px, y + swing * sin(px / (210 + 23 * (index % 5)) + index * 1.9)) for px in _steps(width, 12)]
        drawing.line(smooth(points), grain, 1.2 + 2.2 * share, f'opacity="{0.1 + 0.1 * (index % 3):.2f}"')
    for board in (0.2, 0.62):
        y = top + deep * board
        drawing.rect(0, y, width, 3 + 3 * board, shadow_of(grain), 'opacity="0.45"')
        drawing.rect(0, y + 3 + 3 * board, width, 2, lit(colour, 0.9), 'opacity="0.5"')
    drawing.rect(0, top, width, 5, lit(colour, 0.95), 'opacity="0.7"')
    shade = drawing.linear([(0, UMBER, 0.2), (1, UMBER, 0.0)], 0, 1)
    drawing.rect(0, top, width, 46, shade)


def shelf(drawing: Drawing, y: float, colour: Colour = OAK, *, left: float = -20, right: float | None = None) -> None:
    """A plank on the wall: its upper side at `y`, its front edge and its shadow below."""
    right = drawing.width + 20 if right is None else right
    width = right - left
    drawing.rect(left + 14, y + 78, width, 90, UMBER, f'opacity="0.2" {drawing.blur(22)}')
    upper = drawing.linear([(0, lit(colour, 0.85)), (0.6, lit(colour, 0.62)), (1, lit(colour, 0.45))])
    drawing.path(polygon([(left + 22, y - 44), (right - 22, y - 44), (right, y + 34), (left, y + 34)]), upper)
    front = drawing.linear([(0, lit(colour, 0.5)), (0.2, lit(colour, 0.4)), (1, lit(colour, 0.18))], 0, 1)
    drawing.rect(left, y + 34, width, 50, front)
    drawing.rect(left, y + 34, width, 4, lit(colour, 0.95), 'opacity="0.6"')
    for index in range(3):
        points = [(px + left, y + 46 + index * 13 + 3 * sin(px / 170 + index * 2)) for px in _steps(width, 10)]
        drawing.line(smooth(points), shadow_of(colour), 1.6, 'opacity="0.3"')


def window(drawing: Drawing, sill: float, *, left: float = 110, right: float = 1170, top: float = -60) -> None:
    """A window with garden light behind milky glass, and its painted sill."""
    wall(drawing, "#e3d9c9")
    sky = drawing.linear([(0, "#f7f3e6"), (0.55, "#e8ead9"), (1, "#c3cdb5")], 0, 1)
    drawing.rect(left, top, right - left, sill - top, sky)
    with drawing.group(f'{drawing.blur(26)} opacity="0.75"'):
        for index, (share, tone) in enumerate(
            ((0.1, "#aebc9d"), (0.42, "#bac6a8"), (0.74, "#a3b394"), (0.95, "#b4c1a3"))
        ):
            size = 150 + 40 * (index % 2)
            drawing.ellipse(left + (right - left) * share, sill - 90 - 30 * (index % 3), size, size * 0.9, tone)
    frame = drawing.linear([(0, CHALK), (1, shadow_of(CHALK, 0.3))])
    dark = shadow_of(CHALK, 0.55)
    middle = (left + right) / 2
    for x, wide in ((left - 26, 52), (middle - 17, 34), (right - 26, 52)):
        drawing.rect(x, top, wide, sill - top, frame)
        drawing.rect(x + wide - 6, top, 6, sill - top, dark, 'opacity="0.5"')
    for y in (sill - (sill - top) * 0.47,):
        drawing.rect(left, y, right - left, 26, CHALK)
        drawing.rect(left, y + 21, right - left, 6, dark, 'opacity="0.55"')
    board = drawing.linear([(0, lit(CHALK, 0.42)), (0.3, CHALK), (1, lit(SAND, 0.6))], 0, 1)
    drawing.rect(0, sill - 20, drawing.width, drawing.height - sill + 22, board)
    edge = drawing.height - 120
    drawing.rect(0, edge, drawing.width, 122, drawing.linear([(0, lit(SAND, 0.55)), (1, lit(SAND, 0.2))], 0, 1))
    drawing.rect(0, edge, drawing.width, 4, CHALK, 'opacity="0.7"')


def cloth(drawing: Drawing, top: float, colour: Colour) -> None:
    """A table under a linen cloth, from `top` down, with a weave and a few lazy folds."""
    width, height = drawing.width, drawing.height
    fill = drawing.linear([(0, lit(colour, 0.8)), (0.5, colour), (1, lit(colour, 0.3))], 0, top, width, height)
    drawing.rect(0, top, width, height - top + 2, fill)
    drawing.rect(0, top, width, height - top + 2, weave(drawing, colour, 12, 0.1))
    for index, (start, end) in enumerate(((0.3, -0.25), (0.86, 1.3))):
        points = [
            (width * (start + (end - start) * t + 0.03 * sin(t * 4 + index)), top + (height - top) * t * t)
            for t in (0.1, 0.35, 0.6, 0.85, 1.05)
        ]
        drawing.line(smooth(points), shadow_of(colour), 44, f'opacity="0.26" {drawing.blur(24)}')
        lighter = [(px - 48, py) for px, py in points]
        drawing.line(smooth(lighter), WARM_LIGHT, 36, f'opacity="0.4" {drawing.blur(20)}')
    drawing.rect(0, top, width, 60, drawing.linear([(0, UMBER, 0.17), (1, UMBER, 0.0)], 0, 1))


def weave(drawing: Drawing, colour: Colour, size: float, strength: float = 0.16) -> str:
    """A pattern of crossing threads, to lay over a plain colour."""
    dark, light, half = shadow_of(colour), lit(colour, 1.0), size / 2
    threads = "".join(
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(half * 0.86)}" height="{number(half * 0.86)}" '
        f'rx="{number(half * 0.2)}" fill="{tone}" fill-opacity="{strength:.2f}"/>'
        for x, y, tone in ((0, 0, light), (half, half, light), (half, 0, dark), (0, half, dark))
    )
    size_text = number(size)
    return drawing.define(
        f'<pattern id="@" patternUnits="userSpaceOnUse" width="{size_text}" height="{size_text}">{threads}</pattern>'
    )


def finish(drawing: Drawing, grain: float = 0.05) -> None:
    """The last wash: window light from the upper left, a darker far corner, and the tooth of the paper."""
    width, height = drawing.width, drawing.height
    light = drawing.radial([(0, WARM_LIGHT, 0.34), (1, WARM_LIGHT, 0.0)], width * 0.06, height * 0.02, height * 0.75)
    corner = drawing.radial(
        [(0, UMBER, 0.0), (0.72, UMBER, 0.0), (1, UMBER, 0.2)], width * 0.4, height * 0.4, height * 0.85
    )
    drawing.rect(0, 0, width, height, light)
    drawing.rect(0, 0, width, height, corner)
    paper = drawing.define(
        '<filter id="@" x="0" y="0" width="100%" height="100%">'
        '<feTurbulence type="fractalNoise" baseFrequency="0.35 0.42" numOctaves="2" seed="7"/>'
        '<feColorMatrix values="0 0 0 0 0.23  0 0 0 0 0.17  0 0 0 0 0.14  0.9 0.9 0 0 -0.62"/></filter>'
    )
    drawing.rect(0, 0, width, height, "#000", f'filter="{paper}" opacity="{grain}"')


def _steps(width: float, count: int) -> list[float]:
    return [width * index / count for index in range(count + 1)]
