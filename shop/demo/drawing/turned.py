"""Round things with real volume: pots, candles and jars, shaded slice by slice under one window."""

from collections.abc import Callable
from itertools import pairwise
from math import atan2, cos, hypot, sin, sqrt
from random import Random

from shop.demo.drawing.canvas import Drawing, Point, number
from shop.demo.drawing.palette import UMBER, WARM_LIGHT, Colour, lit, mix, shadow_of

TILT = 0.2  # how far the eye looks down on a circle: its height against its width
LIGHT = (-0.63, 0.5, 0.59)  # from the upper left and a little in front
Paint = Colour | Callable[[float], Colour]


def along(profile: list[Point], step: float = 3.0) -> list[tuple[float, float, float]]:
    """The outline (radius, height) as many close points, each with the outline's direction there."""
    gaps = [hypot(b[0] - a[0], b[1] - a[1]) or 0.1 for a, b in pairwise(profile)]
    last = len(profile) - 1
    ways = []
    for index in range(last + 1):
        before, after = profile[max(index - 1, 0)], profile[min(index + 1, last)]
        run = sum(gaps[max(index - 1, 0) : index + 1])
        ways.append(((after[0] - before[0]) / run, (after[1] - before[1]) / run))
    dense: list[Point] = []
    for index, gap in enumerate(gaps):
        pieces = max(2, int(gap / step))
        for piece in range(pieces + (index == last - 1)):
            t = piece / pieces
            dense.append(
                (
                    _between(t, gap, profile[index][0], profile[index + 1][0], ways[index][0], ways[index + 1][0]),
                    _between(t, gap, profile[index][1], profile[index + 1][1], ways[index][1], ways[index + 1][1]),
                )
            )
    result = []
    for index, (radius, height) in enumerate(dense):
        before, after = dense[max(index - 1, 0)], dense[min(index + 1, len(dense) - 1)]
        result.append((max(radius, 0.1), height, atan2(after[1] - before[1], after[0] - before[0])))
    return result


def _between(t: float, gap: float, start: float, end: float, leaving: float, arriving: float) -> float:
    """A point of a Hermite curve, its slopes given per unit of length."""
    square, cube = t * t, t * t * t
    ends = (2 * cube - 3 * square + 1) * start + (3 * square - 2 * cube) * end
    return ends + gap * ((cube - 2 * square + t) * leaving + (cube - square) * arriving)


def brightness(across: float, direction: float, gloss: float) -> tuple[float, float]:
    """Light and shine on a turned surface: `across` is -1 at the left edge, 1 at the right."""
    level, up = sin(direction), -cos(direction)
    depth = sqrt(max(0.0, 1 - across * across))
    normal = (level * across, up, level * depth)
    facing = sum(a * b for a, b in zip(normal, LIGHT, strict=True))
    soft = max(0.0, facing * 0.62 + 0.38) ** 1.15
    bounce = 0.13 * max(0.0, across) ** 5 + 0.05 * max(0.0, -up)
    half = (-0.36, 0.38, 0.85)
    mirrored = max(0.0, sum(a * b for a, b in zip(normal, half, strict=True)))
    return min(1.0, 0.06 + 0.92 * soft + bounce), gloss * mirrored**26


def turned(
    drawing: Drawing,
    x: float,
    base: float,
    profile: list[Point],
    paint: Paint,
    *,
    gloss: float = 0.0,
    rings: float = 0.0,
    tilt: float = TILT,
    step: float = 3.0,
) -> None:
    """A thing from the potter's wheel, standing at (x, base); the profile runs from the foot up."""
    spots = (-1.0, -0.94, -0.8, -0.62, -0.42, -0.2, 0.05, 0.3, 0.55, 0.78, 0.92, 1.0)
    for index, (radius, height, direction) in enumerate(along(profile, step)):
        colour = paint(height) if callable(paint) else paint
        ripple = rings * (sin(index * 0.83) + 0.6 * sin(index * 0.31 + 1.7))
        stops = []
        for spot in spots:
            light, shine = brightness(spot, round(direction + ripple, 2), gloss)
            tone = mix(lit(colour, round(light, 2)), WARM_LIGHT, round(shine, 2))
            stops.append(((spot + 1) / 2, tone))
        drawing.ellipse(x, base - height, radius, max(radius * tilt, 0.6), drawing.linear(stops))


def hollow(
    drawing: Drawing,
    x: float,
    base: float,
    radius: float,
    height: float,
    paint: Colour,
    *,
    wall: float = 9.0,
    depth: float = 1.0,
    tilt: float = TILT,
    rim: Colour | None = None,
) -> str:
    """The open mouth of a pot: rim and shaded inside; answers the path of the opening."""
    y, inner = base - height, radius - wall
    edge = rim or paint
    rim_fill = drawing.linear([(0, lit(edge, 0.86)), (0.35, lit(edge, 0.95)), (1, lit(edge, 0.42))])
    drawing.ellipse(x, y, radius, radius * tilt, rim_fill)
    opening = oval(x, y, inner, inner * tilt)
    dark = shadow_of(shadow_of(paint, depth), depth * 0.6)
    inside = drawing.linear([(0, dark), (0.45, lit(paint, 0.22)), (0.85, lit(paint, 0.62)), (1, lit(paint, 0.5))])
    drawing.path(opening, inside)
    deep = drawing.linear([(0, UMBER, 0.0), (1, UMBER, 0.42 * depth)], 0, 1)
    with drawing.group(drawing.clip(opening)):
        drawing.ellipse(
            x + inner * 0.1, y + inner * tilt * 0.75, inner * 0.95, inner * tilt * 1.1, deep, drawing.blur(5)
        )
    return opening


def oval(x: float, y: float, rx: float, ry: float) -> str:
    """The path data of an ellipse."""
    arc = f"a{number(rx)} {number(ry)} 0 1 "
    return f"M{number(x - rx)} {number(y)}{arc}0 {number(2 * rx)} 0{arc}0 {number(-2 * rx)} 0Z"


def shadow(drawing: Drawing, x: float, base: float, width: float, height: float, strength: float = 1.0) -> None:
    """The shadow of something standing on the ground: close and dark, and a long soft one to the right."""
    half = width / 2
    reach = min(height * 0.42, 300) + half * 0.4
    fade = drawing.linear(
        [(0, UMBER, 0.5 * strength), (0.45, UMBER, 0.24 * strength), (1, UMBER, 0.0)], x, base, x + half + reach, base
    )
    tip = half * TILT
    body = (
        f"M{number(x - half * 0.75)} {number(base + tip * 0.5)}"
        f"Q{number(x + half)} {number(base + tip * 1.9)} {number(x + half + reach)} {number(base + tip * 0.4)}"
        f"Q{number(x + half + reach * 1.1)} {number(base - tip * 1.2)} {number(x + half + reach * 0.7)} "
        f"{number(base - tip * 1.3)}L{number(x)} {number(base - tip * 0.8)}Z"
    )
    drawing.path(body, fade, drawing.blur(14))
    drawing.ellipse(
        x + half * 0.12,
        base + tip * 0.35,
        half * 1.04,
        tip * 1.15 + 4,
        UMBER,
        f'opacity="{0.34 * strength:.2f}" {drawing.blur(9)}',
    )


def speckles(
    drawing: Drawing,
    area: str,
    seed: int,
    colour: Colour,
    count: int,
    box: tuple[float, float, float, float],
    size: float = 2.2,
) -> None:
    """Small dots of iron in the clay, inside a shape; the same seed gives the same dots."""
    left, top, right, bottom = box
    with drawing.group(drawing.clip(area)):
        chance = Random(seed)
        for _ in range(count):
            x, y = left + chance.random() * (right - left), top + chance.random() * (bottom - top)
            dot = size * (0.3 + 0.8 * chance.random() ** 3)
            drawing.ellipse(x, y, dot, dot * 0.9, colour, 'opacity="0.38"')


def silhouette(x: float, base: float, profile: list[Point], tilt: float = TILT) -> str:
    """The path data of the outline of a turned thing, for what is painted on it."""
    dense = along(profile, 8.0)
    foot, mouth = dense[0], dense[-1]
    path = f"M{number(x - foot[0])} {number(base - foot[1])}"
    path += f"A{number(foot[0])} {number(foot[0] * tilt)} 0 0 0 {number(x + foot[0])} {number(base - foot[1])}"
    path += "".join(f"L{number(x + r)} {number(base - h)}" for r, h, _ in dense)
    path += f"A{number(mouth[0])} {number(mouth[0] * tilt)} 0 0 1 {number(x - mouth[0])} {number(base - mouth[1])}"
    path += "".join(f"L{number(x - r)} {number(base - h)}" for r, h, _ in reversed(dense))
    return path + "Z"
