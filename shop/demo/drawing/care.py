"""Soap by the tap, cream in its tin, salt in its jar."""

from shop.demo.drawing.candles import cylinder
from shop.demo.drawing.canvas import Drawing, number, polygon, smooth
from shop.demo.drawing.lettering import label, lettering, sprig
from shop.demo.drawing.palette import CHALK, INK, MOSS, OAK, UMBER, WARM_LIGHT, Colour, lit, mix, shadow_of
from shop.demo.drawing.turned import TILT, hollow, shadow, silhouette, turned


def pump_bottle(drawing: Drawing, x: float, base: float, scale: float, glass: Colour, *, height: float = 430) -> None:
    """A bottle of hand soap with a pump."""
    radius, tall = 130 * scale, height * scale
    shadow(drawing, x, base, radius * 2, tall)
    profile = cylinder(radius, tall * 0.86, 10 * scale)[:-3]
    profile += [
        (radius * 0.96, tall * 0.87),
        (radius * 0.7, tall * 0.94),
        (radius * 0.36, tall * 0.98),
        (radius * 0.34, tall * 1.06),
    ]
    turned(drawing, x, base, profile, glass, gloss=0.75)
    neck = base - tall * 1.05
    turned(drawing, x, neck, cylinder(radius * 0.4, 44 * scale, 4 * scale), INK, gloss=0.5, step=2)
    turned(drawing, x, neck - 40 * scale, cylinder(13 * scale, 66 * scale, 2), INK, gloss=0.5, step=2)
    nozzle = smooth(
        [
            (x + 4 * scale, neck - 112 * scale),
            (x - 70 * scale, neck - 114 * scale),
            (x - 116 * scale, neck - 96 * scale),
        ]
    )
    drawing.line(nozzle, lit(INK, 0.2), 20 * scale)
    turned(drawing, x, neck - 98 * scale, cylinder(44 * scale, 24 * scale, 5 * scale), INK, gloss=0.5, step=2)
    drawing.line(nozzle, lit(INK, 0.8), 5 * scale, f'transform="translate(0 {number(-5 * scale)})" {drawing.blur(2)}')
    label(drawing, x, base - 60 * scale, radius, min(220, height * 0.5) * scale, 0.72)
    gleam = f"M{number(x - radius * 0.8)} {number(base - tall * 0.8)}V{number(base - 30 * scale)}"
    drawing.line(gleam, WARM_LIGHT, 11 * scale, f'opacity="0.45" {drawing.blur(5 * scale)}')


def tin(
    drawing: Drawing, x: float, base: float, scale: float, colour: Colour = "#cfc8ba", *, is_open: bool = False
) -> None:
    """A flat tin of hand cream."""
    radius, height = 180 * scale, 96 * scale
    shadow(drawing, x, base, radius * 2, height)
    turned(drawing, x, base, cylinder(radius, height, 5 * scale), colour, gloss=0.8, step=2)
    y = base - height
    if is_open:
        hollow(drawing, x, base, radius, height, colour, wall=8 * scale, depth=0.4, rim="#e4dfd2")
        cream = drawing.linear([(0, lit(CHALK, 0.5)), (1, CHALK)])
        drawing.ellipse(x, y + 5 * scale, radius * 0.93, radius * 0.9 * TILT, cream)
        swirl = [
            (x + a * radius, y + 5 * scale + b * radius * TILT)
            for a, b in ((-0.6, 0.1), (-0.2, -0.5), (0.45, -0.3), (0.4, 0.35), (-0.1, 0.4), (-0.2, 0.0), (0.1, -0.1))
        ]
        drawing.line(smooth(swirl), shadow_of(CHALK), 13 * scale, f'opacity="0.35" {drawing.blur(4)}')
        drawing.line(
            smooth(swirl), "#ffffff", 9 * scale, f'opacity="0.8" transform="translate(-4 -4)" {drawing.blur(3)}'
        )
        return
    lid = cylinder(radius * 1.03, 44 * scale, 6 * scale)
    turned(drawing, x, base - height + 34 * scale, lid, colour, gloss=0.9, step=2)
    top = base - height - 10 * scale
    drawing.ellipse(
        x, top, radius * 0.99, radius * TILT, drawing.linear([(0, lit(colour, 1.0)), (1, lit(colour, 0.6))], 1, 1)
    )
    drawing.ellipse(x, top, radius * 0.84, radius * 0.84 * TILT, CHALK)
    with drawing.group(f'transform="translate({number(x)} {number(top)}) scale(1 0.3)"'):
        lettering(drawing, 0, 0, 34 * scale, INK)


def tin_front(drawing: Drawing, x: float, y: float, radius: float, colour: Colour = "#cfc8ba") -> None:
    """The same tin from above, its round label to the eye."""
    drawing.ellipse(
        x + radius * 0.08, y + radius * 0.1, radius, radius, UMBER, f'opacity="0.45" {drawing.blur(radius * 0.07)}'
    )
    drawing.ellipse(
        x, y, radius, radius, drawing.linear([(0, lit(colour, 1.0)), (0.5, colour), (1, lit(colour, 0.1))], 1, 1)
    )
    drawing.ellipse(
        x, y, radius * 0.94, radius * 0.94, drawing.linear([(0, lit(colour, 0.3)), (1, lit(colour, 1.0))], 1, 1)
    )
    drawing.ellipse(
        x, y, radius * 0.91, radius * 0.91, drawing.linear([(0, lit(colour, 1.0)), (1, lit(colour, 0.55))], 1, 1)
    )
    drawing.ellipse(x, y, radius * 0.74, radius * 0.74, CHALK)
    look = f'stroke="{INK}" stroke-width="{number(radius * 0.008)}" opacity="0.7"'
    drawing.ellipse(x, y, radius * 0.68, radius * 0.68, "none", look)
    sprig(drawing, x, y - radius * 0.18, radius * 0.5, MOSS)
    lettering(drawing, x, y + radius * 0.28, radius * 0.12, INK)


def salt_jar(drawing: Drawing, x: float, base: float, scale: float, salt: Colour, *, corked: bool = True) -> None:
    """A glass jar of bath salt with a cork."""
    radius, height = 150 * scale, 380 * scale
    shadow(drawing, x, base, radius * 2, height)
    profile = cylinder(radius, height * 0.84, 12 * scale)[:-2]
    profile += [
        (radius * 0.97, height * 0.86),
        (radius * 0.82, height * 0.93),
        (radius * 0.74, height * 0.97),
        (radius * 0.75, height),
    ]
    body = silhouette(x, base, profile)
    drawing.path(body, "#dfe3d8", 'opacity="0.55"')
    level = height * 0.72
    turned(drawing, x, base - 8 * scale, cylinder(radius * 0.93, level, 10 * scale), salt)
    y = base - 8 * scale - level
    drawing.ellipse(x, y, radius * 0.9, radius * 0.9 * TILT, lit(salt, 0.9))
    crystals(
        drawing,
        silhouette(x, base - 8 * scale, cylinder(radius * 0.93, level, 10 * scale)),
        (x - radius, y - 30 * scale, x + radius, base + 20 * scale),
        salt,
        13 * scale,
    )
    if corked:
        turned(
            drawing,
            x,
            base - height + 26 * scale,
            [(radius * 0.68, 0.0), (radius * 0.72, 40 * scale), (radius * 0.76, 92 * scale)],
            OAK,
            step=2,
        )
        top = base - height - 66 * scale
        drawing.ellipse(x, top, radius * 0.76, radius * 0.76 * TILT, lit(OAK, 0.92))
    drawing.path(
        body,
        drawing.linear(
            [
                (0, "#7c8a84", 0.5),
                (0.1, "#ffffff", 0.12),
                (0.5, "#ffffff", 0.0),
                (0.88, "#7c8a84", 0.12),
                (1, "#5d6a66", 0.55),
            ]
        ),
    )
    drawing.line(
        f"M{number(x - radius * 0.8)} {number(base - height * 0.78)}V{number(base - 40 * scale)}",
        "#ffffff",
        13 * scale,
        f'opacity="0.6" {drawing.blur(4)}',
    )
    label(drawing, x, base - 70 * scale, radius, 150 * scale, 0.64)


def crystals(
    drawing: Drawing, area: str, limits: tuple[float, float, float, float], colour: Colour, size: float
) -> None:
    """Coarse salt: small grains, each with a light and a dark side."""
    left, top, right, bottom = limits
    count = int((right - left) * (bottom - top) / (size * size * 1.3))
    with drawing.group(drawing.clip(area)):
        for index in range(count):
            u, v = (index * 0.754877666) % 1, (index * 0.569840291) % 1
            cx, cy = left + u * (right - left), top + v * (bottom - top)
            half = size * (0.35 + 0.4 * ((index * 0.381966) % 1))
            grain = [
                (cx - half, cy),
                (cx - half * 0.2, cy - half),
                (cx + half, cy - half * 0.3),
                (cx + half * 0.4, cy + half),
            ]
            tone = lit(colour, (0.3, 0.95, 0.7, 1.0)[index % 4])
            drawing.path(polygon(grain), mix(tone, "#ffffff", 0.25), 'opacity="0.6"')
