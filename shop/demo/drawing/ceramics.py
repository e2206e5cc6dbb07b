"""Stoneware from the wheel: mugs, bowls, vases, jugs, plates; each stands at (x, base) with a scale of its own."""

from shop.demo.drawing.canvas import Drawing, Point, number, smooth
from shop.demo.drawing.palette import CREAM, UMBER, WALNUT, WARM_LIGHT, Colour, lit, mix, shadow_of
from shop.demo.drawing.turned import TILT, Paint, hollow, oval, shadow, silhouette, speckles, turned

RAW = "#c4a182"  # the unglazed clay that shows at the foot


def scaled(profile: list[Point], scale: float) -> list[Point]:
    """A profile, larger or smaller."""
    return [(radius * scale, height * scale) for radius, height in profile]


def dipped(glaze: Colour, line: float, second: Colour | None = None, change: float = 1e9, soft: float = 30.0) -> Paint:
    """Glaze down to a line above the foot, and from `change` upward flowing into a second glaze."""

    def paint(height: float) -> Colour:
        if height < line:
            return mix(RAW, glaze, 0.12)
        if height < line + 5:
            return shadow_of(glaze, 0.5)
        return glaze if second is None else mix(glaze, second, round((height - change) / soft, 1))

    return paint


def pot(
    drawing: Drawing,
    x: float,
    base: float,
    profile: list[Point],
    paint: Paint,
    inside: Colour,
    *,
    wall: float = 10,
    gloss: float = 0.4,
    rings: float = 0.03,
    dots: int = 60,
    seed: int = 1,
    cast: bool = True,
) -> None:
    """A thrown pot with shadow, glaze, mouth and iron speckles."""
    widest = max(radius for radius, _ in profile)
    mouth, height = profile[-1]
    if cast:
        shadow(drawing, x, base, max(profile[0][0] * 2.2, widest * 1.5), height)
    turned(drawing, x, base, profile, paint, gloss=gloss, rings=rings)
    if dots:
        area = silhouette(x, base, profile)
        speckles(drawing, area, seed, UMBER, dots, (x - widest, base - height, x + widest, base), 2.4)
    hollow(drawing, x, base, mouth, height, inside, wall=wall)


def handle(drawing: Drawing, points: list[Point], colour: Colour, thick: float) -> None:
    """A pulled handle: a rounded strap with light on its upper side."""
    data = smooth(points)
    drawing.line(data, lit(colour, 0.22), thick)
    with drawing.group('transform="translate(-1.5 -2)"'):
        drawing.line(data, lit(colour, 0.42), thick * 0.86)
    with drawing.group('transform="translate(-4 -6)"'):
        drawing.line(data, lit(colour, 0.82), thick * 0.28, f'opacity="0.8" {drawing.blur(3)}')


def mug(
    drawing: Drawing, x: float, base: float, scale: float, glaze: Colour, *, drink: Colour | None = None, seed: int = 3
) -> None:
    """A mug with a round belly and a thumb-wide ear."""
    profile = scaled([(112, 0), (128, 12), (146, 70), (152, 140), (146, 220), (140, 270), (142, 292)], scale)
    shadow(drawing, x + 20 * scale, base, 300 * scale, 290 * scale)
    ear = [(132, 232), (196, 246), (240, 198), (226, 128), (176, 84), (132, 74)]
    handle(drawing, [(x + a * scale, base - b * scale) for a, b in ear], glaze, 36 * scale)
    pot(
        drawing,
        x,
        base,
        profile,
        dipped(glaze, 34 * scale),
        mix(glaze, CREAM, 0.5),
        wall=9 * scale,
        seed=seed,
        dots=int(90 * scale),
        cast=False,
    )
    if drink:
        filled(drawing, x, base - 292 * scale, 133 * scale, drink, 0.86)


def filled(drawing: Drawing, x: float, y: float, inner: float, drink: Colour, level: float) -> None:
    """Coffee, tea or soup in a mouth of a pot."""
    tall = inner * TILT
    with drawing.group(drawing.clip(oval(x, y, inner, tall))):
        surface = drawing.linear([(0, shadow_of(drink, 0.7)), (0.6, drink), (1, lit(drink, 0.8))])
        drawing.ellipse(x, y + tall * (1 - level) * 2.4, inner * 0.98, tall * 0.96, surface)
        drawing.ellipse(
            x - inner * 0.2,
            y + tall * (1 - level) * 2 - tall * 0.3,
            inner * 0.36,
            tall * 0.16,
            WARM_LIGHT,
            f'opacity="0.4" {drawing.blur(4)}',
        )


def cup(
    drawing: Drawing, x: float, base: float, scale: float, glaze: Colour, *, drink: Colour | None = None, seed: int = 5
) -> None:
    """A small cup without an ear."""
    profile = scaled([(72, 0), (84, 8), (104, 60), (112, 120), (110, 176), (112, 190)], scale)
    pot(
        drawing,
        x,
        base,
        profile,
        dipped(glaze, 40 * scale),
        mix(glaze, CREAM, 0.5),
        wall=8 * scale,
        seed=seed,
        dots=int(50 * scale),
    )
    if drink:
        filled(drawing, x, base - 190 * scale, 104 * scale, drink, 0.85)


def bowl(drawing: Drawing, x: float, base: float, scale: float, glaze: Colour, *, seed: int = 7) -> None:
    """A wide bowl on a small foot."""
    profile = scaled([(92, 0), (92, 20), (128, 34), (196, 82), (238, 150), (250, 206)], scale)
    pot(
        drawing,
        x,
        base,
        profile,
        dipped(glaze, 26 * scale),
        mix(glaze, CREAM, 0.55),
        wall=11 * scale,
        seed=seed,
        dots=int(120 * scale),
    )


def round_vase(
    drawing: Drawing,
    x: float,
    base: float,
    scale: float,
    glaze: Colour,
    second: Colour | None = None,
    *,
    seed: int = 11,
) -> None:
    """A full, round vase with a short neck."""
    profile = scaled(
        [(96, 0), (120, 10), (200, 90), (246, 210), (222, 330), (140, 420), (84, 462), (74, 500), (88, 530)], scale
    )
    pot(
        drawing,
        x,
        base,
        profile,
        dipped(glaze, 26 * scale, second, 250 * scale, 120 * scale),
        second or glaze,
        wall=10 * scale,
        seed=seed,
        dots=int(150 * scale),
    )


def bottle_vase(
    drawing: Drawing,
    x: float,
    base: float,
    scale: float,
    glaze: Colour,
    second: Colour | None = None,
    *,
    seed: int = 13,
) -> None:
    """A slender vase with a long neck, for a single branch."""
    profile = scaled(
        [(92, 0), (112, 10), (146, 90), (156, 190), (128, 300), (66, 400), (42, 480), (38, 640), (52, 690)], scale
    )
    pot(
        drawing,
        x,
        base,
        profile,
        dipped(glaze, 22 * scale, second, 260 * scale, 160 * scale),
        second or glaze,
        wall=8 * scale,
        seed=seed,
        dots=int(110 * scale),
    )


def jug(drawing: Drawing, x: float, base: float, scale: float, glaze: Colour, *, seed: int = 17) -> None:
    """A jug with a pulled lip and a long ear."""
    profile = scaled(
        [(112, 0), (130, 10), (172, 90), (186, 190), (160, 310), (116, 410), (108, 470), (122, 520)], scale
    )
    shadow(drawing, x, base, 320 * scale, 480 * scale)
    ear = [(108, 470), (190, 486), (246, 420), (244, 310), (212, 220), (170, 186)]
    handle(drawing, [(x + a * scale, base - b * scale) for a, b in ear], glaze, 36 * scale)
    lip = [(-96, 446), (-132, 500), (-176, 542), (-118, 540), (-60, 530), (-50, 480)]
    data = smooth([(x + a * scale, base - b * scale) for a, b in lip], closed=True)
    drawing.path(data, drawing.linear([(0, lit(glaze, 0.95)), (1, lit(glaze, 0.6))]))
    pot(
        drawing,
        x,
        base,
        profile,
        dipped(glaze, 28 * scale),
        mix(glaze, CREAM, 0.4),
        wall=10 * scale,
        seed=seed,
        dots=int(140 * scale),
        cast=False,
    )
    spout = [(-92, 524), (-130, 536), (-172, 541), (-134, 522), (-96, 506)]
    inner = smooth([(x + a * scale, base - b * scale) for a, b in spout], closed=True)
    drawing.path(inner, shadow_of(mix(glaze, CREAM, 0.4), 0.55))


def plate(
    drawing: Drawing,
    x: float,
    base: float,
    scale: float,
    glaze: Colour,
    *,
    seed: int = 19,
    tilt: float = 0.3,
    height: float = 44,
) -> None:
    """A plate with a low rim, seen a little from above."""
    radius, lift = 300 * scale, height * scale
    shadow(drawing, x, base, 420 * scale, 90 * scale)
    drawing.ellipse(
        x + radius * 0.1,
        base + radius * (tilt - TILT) * 0.55,
        radius * 0.96,
        radius * tilt * 0.78,
        UMBER,
        f'opacity="0.38" {drawing.blur(20 * scale)}',
    )
    profile = scaled([(170, 0), (190, 8), (272, height * 0.72), (300, height)], scale)
    turned(drawing, x, base, profile, dipped(glaze, 8 * scale), gloss=0.3, tilt=tilt, step=2)
    y = base - lift
    rim = drawing.linear([(0, lit(glaze, 0.95)), (0.5, lit(glaze, 0.72)), (1, lit(glaze, 0.5))])
    drawing.ellipse(x, y, radius, radius * tilt, rim)
    look = f'stroke="{shadow_of(glaze)}" stroke-width="{number(3 * scale)}" opacity="0.55"'
    drawing.ellipse(x, y + 1.5 * scale, radius, radius * tilt, "none", look)
    slope = drawing.linear([(0, lit(glaze, 0.14)), (0.4, lit(glaze, 0.5)), (1, lit(glaze, 0.88))])
    drawing.ellipse(x, y + 3 * scale, radius * 0.94, radius * tilt * 0.93, slope)
    well = drawing.linear([(0, lit(glaze, 0.55)), (0.35, lit(glaze, 0.78)), (1, lit(glaze, 0.58))])
    drawing.ellipse(x, y + 10 * scale, radius * 0.76, radius * tilt * 0.74, well)
    for ring in (0.6, 0.44, 0.29, 0.15):
        look = f'stroke="{shadow_of(glaze)}" stroke-width="{number(1.6 * scale)}" opacity="0.16"'
        drawing.ellipse(x, y + 10 * scale, radius * ring, radius * tilt * ring, "none", look)
    speckles(
        drawing,
        oval(x, y, radius, radius * tilt),
        seed,
        UMBER,
        int(110 * scale),
        (x - radius, y - radius * tilt, x + radius, y + radius * tilt),
        2.4,
    )


def dish(drawing: Drawing, x: float, base: float, scale: float, glaze: Colour, *, seed: int = 23) -> None:
    """A small oval dish with draining ridges, for a bar of soap."""
    plate(drawing, x, base, scale, glaze, seed=seed, tilt=0.26, height=60)
    y = base - 48 * scale
    for offset in (-0.5, -0.25, 0, 0.25, 0.5):
        length = 190 * scale * (1 - offset * offset)
        ridge = f"M{number(x - length)} {number(y + offset * 82 * scale)}H{number(x + length)}"
        drawing.line(ridge, lit(glaze, 0.22), 9 * scale, 'opacity="0.5"')
        drawing.line(ridge, lit(glaze, 0.95), 5 * scale, f'opacity="0.8" transform="translate(0 {number(-5 * scale)})"')


def holder(drawing: Drawing, x: float, base: float, scale: float, glaze: Colour) -> float:
    """A low candle holder with a saucer; answers the height where the candle stands."""
    shadow(drawing, x, base, 240 * scale, 90 * scale)
    saucer = scaled([(84, 0), (96, 5), (140, 26), (148, 40)], scale)
    turned(drawing, x, base, saucer, glaze, gloss=0.4, step=2)
    hollow(drawing, x, base, 148 * scale, 40 * scale, mix(glaze, CREAM, 0.3), wall=8 * scale, depth=0.55)
    stem = scaled([(62, 0), (50, 20), (44, 60), (46, 80)], scale)
    turned(drawing, x, base - 24 * scale, stem, glaze, gloss=0.45, step=2)
    hollow(drawing, x, base - 24 * scale, 46 * scale, 80 * scale, WALNUT, wall=9 * scale, rim=glaze)
    return base - 100 * scale
