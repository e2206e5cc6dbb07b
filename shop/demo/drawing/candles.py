"""Wax and light: dinner candles, pillars, rolled beeswax, tea lights and filled jars."""

from shop.demo.drawing.canvas import Drawing, Point, number, polygon, smooth, trail
from shop.demo.drawing.ceramics import pot, scaled
from shop.demo.drawing.lettering import label
from shop.demo.drawing.palette import CHALK, CREAM, HONEY, UMBER, WARM_LIGHT, Colour, lit, mix, shadow_of
from shop.demo.drawing.turned import TILT, Paint, hollow, oval, shadow, silhouette, turned


def flame(drawing: Drawing, x: float, y: float, size: float, *, glow: bool = True) -> None:
    """A steady flame above a wick that starts at (x, y)."""
    if glow:
        halo = drawing.radial(
            [(0, "#ffe2a0", 0.75), (0.25, "#ffd98c", 0.33), (1, "#ffd98c", 0.0)], x, y - size, size * 3.6
        )
        drawing.ellipse(x, y - size, size * 3.6, size * 3.6, halo)
    tip, wide = y - size * 1.75, size * 0.36
    data = smooth(
        [
            (x, tip),
            (x + wide * 0.55, y - size * 0.95),
            (x + wide * 0.8, y - size * 0.5),
            (x, y - size * 0.08),
            (x - wide * 0.8, y - size * 0.5),
            (x - wide * 0.45, y - size * 1.0),
        ],
        closed=True,
    )
    fire = drawing.linear([(0, "#fff1bf"), (0.5, "#ffdd85"), (0.85, "#f3a94c"), (1, "#c98a52", 0.75)], 0, 1)
    drawing.path(data, "#ffcf74", f'opacity="0.8" {drawing.blur(size * 0.1)}')
    drawing.path(data, fire)
    drawing.ellipse(
        x, y - size * 0.62, wide * 0.32, size * 0.34, "#fffbe8", f'opacity="0.9" {drawing.blur(size * 0.06)}'
    )


def wick(drawing: Drawing, x: float, y: float, length: float, thick: float, *, burnt: bool = False) -> None:
    """A cotton wick; black where it has burned."""
    data = smooth([(x, y), (x + thick * 0.3, y - length * 0.5), (x + length * 0.12, y - length)])
    drawing.line(data, UMBER if burnt else "#e9dcc0", thick)
    drawing.line(data, WARM_LIGHT, thick * 0.35, 'opacity="0.4" transform="translate(-1 0)"')


def wax(colour: Colour, height: float, burning: bool) -> Paint:
    """Wax lets a little light through: paler near a burning wick."""

    def paint(level: float) -> Colour:
        if not burning:
            return colour
        near = max(0.0, 1 - (height - level) / (height * 0.45))
        return mix(colour, "#ffe3ae", round(0.55 * near, 1))

    return paint


def cylinder(radius: float, height: float, edge: float) -> list[Point]:
    """A straight round profile with softened edges above and below."""
    half = [(radius - edge, 0.0), (radius - edge * 0.3, edge * 0.3), (radius, edge), (radius, edge * 2)]
    return half + [(across, height - level) for across, level in reversed(half)]


def pillar(
    drawing: Drawing, x: float, base: float, radius: float, height: float, colour: Colour, *, burning: bool = False
) -> None:
    """A pillar candle with a soft shoulder and a shallow pool around its wick."""
    shadow(drawing, x, base, radius * 2, height)
    edge = radius * 0.1
    profile = cylinder(radius, height, edge)
    turned(drawing, x, base, profile, wax(colour, height, burning), gloss=0.1)
    y, inner = base - height, radius - edge
    top = mix(colour, "#ffdf9f", 0.6) if burning else colour
    drawing.ellipse(x, y, inner, inner * TILT, drawing.linear([(0, lit(top, 1.0)), (1, lit(top, 0.7))]))
    pool = drawing.linear([(0, lit(top, 0.38)), (0.6, lit(top, 0.75)), (1, lit(top, 1.0))])
    drawing.ellipse(x, y + 2, inner * 0.72, inner * 0.7 * TILT, pool)
    length = max(26, radius * 0.3)
    wick(drawing, x, y + 4, length, max(5, radius * 0.055), burnt=burning)
    if burning:
        flame(drawing, x + length * 0.12, y + 8 - length * 0.8, max(58, radius * 0.62))


def taper(
    drawing: Drawing,
    x: float,
    base: float,
    scale: float,
    colour: Colour,
    *,
    height: float = 760,
    burning: bool = False,
    cast: bool = True,
) -> None:
    """A slim dinner candle."""
    tall = height * scale
    profile = [
        (34 * scale, 0.0),
        (34 * scale, 20 * scale),
        (29 * scale, tall * 0.7),
        (25 * scale, tall - 26 * scale),
        (17 * scale, tall - 5 * scale),
        (5 * scale, tall),
    ]
    if cast:
        shadow(drawing, x, base, 80 * scale, tall * 0.7)
    turned(drawing, x, base, profile, wax(colour, tall, burning), gloss=0.22)
    wick(drawing, x, base - tall + 4 * scale, 38 * scale, 6 * scale, burnt=burning)
    if burning:
        flame(drawing, x + 4 * scale, base - tall - 20 * scale, 78 * scale)


def lying_taper(
    drawing: Drawing, x: float, y: float, scale: float, colour: Colour, turn: float, length: float = 760
) -> None:
    """A dinner candle that lies on the table, its wick to the right."""
    fill = drawing.linear(
        [(0, lit(colour, 0.95)), (0.3, lit(colour, 0.75)), (0.75, lit(colour, 0.35)), (1, lit(colour, 0.2))], 0, 1
    )
    data = f"M0-32C-10-32-14 32 0 32L{length - 50} 26C{length - 20} 22 {length - 4} 10 {length} 0"
    data += f"C{length - 4}-10 {length - 20}-22 {length - 50}-26Z"
    with drawing.group(drawing.placed(x, y, scale, turn)):
        drawing.path(data, UMBER, f'opacity="0.34" transform="translate(10 30)" {drawing.blur(13)}')
        wick(drawing, length - 6, 1, 1, 7)
        drawing.line(f"M{length - 6} 0C{length + 14}-2 {length + 26} 4 {length + 44}-8", "#e9dcc0", 7)
        drawing.path(data, fill)
        drawing.line(f"M14-16L{length - 70}-12", WARM_LIGHT, 6, f'opacity="0.5" {drawing.blur(3)}')


def rolled(
    drawing: Drawing,
    x: float,
    base: float,
    radius: float,
    height: float,
    colour: Colour = HONEY,
    *,
    burning: bool = False,
) -> None:
    """A candle rolled from a sheet of beeswax, with its honeycomb and its seam."""
    shadow(drawing, x, base, radius * 2, height)
    profile = [(radius, 0.0), (radius, height / 2), (radius, height)]
    turned(drawing, x, base, profile, wax(colour, height, burning))
    area, cell = silhouette(x, base, profile), radius * 0.2
    with drawing.group(drawing.clip(area)):
        for row in range(int(height / (cell * 0.86)) + 3):
            for column in range(-9, 10):
                angle = (column + 0.5 * (row % 2)) / 9.5
                if abs(angle) >= 0.98:
                    continue
                across = angle * (1.5 - 0.5 * angle * angle)
                squeeze = max(0.12, (1 - across * across) ** 0.5)
                sag = radius * TILT * squeeze
                cx, cy = x + across * radius, base + sag - row * cell * 0.86
                six = [
                    (cx + dx * cell * 0.5 * squeeze, cy + dy * cell * 0.5)
                    for dx, dy in ((0, -1), (0.87, -0.5), (0.87, 0.5), (0, 1), (-0.87, 0.5), (-0.87, -0.5))
                ]
                drawing.path(polygon(six), shadow_of(colour), 'opacity="0.2"')
                drawing.line(polygon(six), lit(colour, 1.0), 1.6, 'opacity="0.4"')
    seam = x + radius * 0.42
    drop = radius * TILT * 0.9
    drawing.line(
        f"M{number(seam)} {number(base + drop)}V{number(base - height + drop)}",
        shadow_of(shadow_of(colour)),
        4,
        'opacity="0.55"',
    )
    y = base - height
    drawing.ellipse(x, y, radius, radius * TILT, drawing.linear([(0, lit(colour, 1.0)), (1, lit(colour, 0.6))]))
    for turn in (0.82, 0.62, 0.42, 0.22):
        look = f'stroke="{shadow_of(colour)}" stroke-width="3" opacity="0.6"'
        drawing.ellipse(x + radius * 0.03, y, radius * turn, radius * turn * TILT, "none", look)
    wick(drawing, x, y + 3, radius * 0.5, max(5, radius * 0.09), burnt=burning)
    if burning:
        flame(drawing, x + radius * 0.06, y - radius * 0.35, radius * 0.95)


def tealight(
    drawing: Drawing, x: float, base: float, scale: float, colour: Colour = CREAM, *, burning: bool = False
) -> None:
    """A small light in a clear cup."""
    radius, height = 78 * scale, 56 * scale
    shadow(drawing, x, base, radius * 2, height)
    turned(
        drawing,
        x,
        base,
        [(radius * 0.94, 0.0), (radius, height * 0.5), (radius, height)],
        mix(colour, "#b9b2a4", 0.35),
        gloss=0.8,
        step=2,
    )
    hollow(drawing, x, base, radius, height, colour, wall=5 * scale, depth=0.4, rim="#cfc8b8")
    y = base - height + 5 * scale
    top = mix(colour, "#ffdf9f", 0.5) if burning else colour
    drawing.ellipse(x, y, radius * 0.9, radius * 0.9 * TILT, drawing.linear([(0, lit(top, 0.75)), (1, lit(top, 1.0))]))
    wick(drawing, x, y + 2, 22 * scale, 5 * scale, burnt=burning)
    if burning:
        flame(drawing, x + 2, y - 14 * scale, 46 * scale)


def jar_candle(
    drawing: Drawing,
    x: float,
    base: float,
    scale: float,
    glass: Colour,
    colour: Colour = CREAM,
    *,
    burning: bool = False,
) -> None:
    """A scented candle in a thick tinted glass, with its label."""
    radius, height, level = 190 * scale, 440 * scale, 330 * scale
    shadow(drawing, x, base, radius * 2, height)
    outer = cylinder(radius, height, 8 * scale)
    body = silhouette(x, base, outer)
    seen = mix(glass, colour, 0.38)
    turned(drawing, x, base, cylinder(radius, level, 5 * scale), lit(seen, 0.5), gloss=0.25)
    y = base - level
    drawing.path(body, glass, 'opacity="0.18"')
    upper = trail("M", x - radius, y, "A", radius, radius * TILT, "0 0 0", x + radius, y)
    upper += f"V{number(base - height)}H{number(x - radius)}Z"
    drawing.path(
        upper,
        drawing.linear([(0, lit(glass, 0.2), 0.75), (0.25, glass, 0.4), (0.8, glass, 0.48), (1, lit(glass, 0.1), 0.8)]),
    )
    surface = mix(seen, "#ffdf9f", 0.5) if burning else mix(seen, colour, 0.35)
    drawing.ellipse(
        x, y, radius * 0.94, radius * 0.94 * TILT, drawing.linear([(0, lit(surface, 0.5)), (1, lit(surface, 0.95))])
    )
    wick(drawing, x, y + 4, 46 * scale, 9 * scale, burnt=burning)
    if burning:
        flame(drawing, x + 5 * scale, y - 34 * scale, 82 * scale)
    front = drawing.linear(
        [
            (0, lit(glass, 0.1), 0.5),
            (0.14, glass, 0.16),
            (0.5, glass, 0.1),
            (0.86, glass, 0.26),
            (1, lit(glass, 0.05), 0.6),
        ]
    )
    drawing.path(body, front)
    mouth = base - height
    look = f'stroke="{lit(glass, 0.9)}" stroke-width="{number(8 * scale)}" opacity="0.85"'
    drawing.ellipse(x, mouth, radius - 4 * scale, (radius - 4 * scale) * TILT, "none", look)
    look = f'stroke="{WARM_LIGHT}" stroke-width="{number(3 * scale)}" opacity="0.8"'
    drawing.ellipse(x, mouth - 1, radius, radius * TILT, "none", look)
    label(drawing, x, base - 70 * scale, radius, 200 * scale, 0.66)
    gleam = f"M{number(x - radius * 0.8)} {number(mouth + 60 * scale)}V{number(base - 20 * scale)}"
    drawing.line(gleam, "#fffaf0", 17 * scale, f'opacity="0.5" {drawing.blur(5 * scale)}')
    gleam = f"M{number(x + radius * 0.86)} {number(mouth + 70 * scale)}V{number(base - 60 * scale)}"
    drawing.line(gleam, "#fffaf0", 7 * scale, f'opacity="0.35" {drawing.blur(3 * scale)}')


def pot_candle(drawing: Drawing, x: float, base: float, scale: float, glaze: Colour, *, burning: bool = False) -> None:
    """A scented candle poured into a stoneware pot."""
    profile = scaled([(160, 0), (180, 12), (206, 90), (210, 190), (200, 270), (204, 290)], scale)
    pot(
        drawing,
        x,
        base,
        profile,
        glaze,
        mix(glaze, CHALK, 0.4),
        wall=13 * scale,
        seed=29,
        dots=int(140 * scale),
        gloss=0.35,
    )
    y, inner = base - 278 * scale, 186 * scale
    top = mix(CREAM, "#ffdf9f", 0.6) if burning else CREAM
    with drawing.group(drawing.clip(oval(x, base - 290 * scale, 191 * scale, 191 * scale * TILT))):
        drawing.ellipse(x, y + 6 * scale, inner, inner * TILT, drawing.linear([(0, lit(top, 0.5)), (1, lit(top, 1.0))]))
    for offset in (-62, 62):
        wick(drawing, x + offset * scale, y + 8 * scale, 42 * scale, 9 * scale, burnt=burning)
        if burning:
            flame(drawing, x + offset * scale + 4 * scale, y - 26 * scale, 72 * scale)
