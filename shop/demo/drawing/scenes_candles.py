"""The pictures of the candles."""

from shop.demo.drawing import candles, ceramics, gifts, grounds, solids
from shop.demo.drawing.canvas import Drawing
from shop.demo.drawing.gallery import close_up, far, picture, twig
from shop.demo.drawing.palette import (
    BLUSH,
    CHALK,
    CLAY,
    CREAM,
    HONEY,
    INK,
    OAK,
    OCHRE,
    SAGE,
    SAND,
    SLATE,
    TERRACOTTA,
    WALNUT,
)

GROUND = "#e6d7c1"
AMBER = "#8a5a34"
EVENING = "#a48f7d"
SETS = (SAND, CLAY, SAGE, OCHRE)


def bundle(d: Drawing, x: float, y: float, colour: str, scale: float = 1.0) -> None:
    """Four dinner candles side by side."""
    for index in range(4):
        candles.lying_taper(d, x + index * 7 * scale, y + index * 72 * scale, 1.06 * scale, colour, -7, 900)


@picture("dinerkaarsen-1")
def dinner_alone(d: Drawing) -> None:
    grounds.studio(d, GROUND, 0.5)
    bundle(d, 150, 790, SAGE)


@picture("dinerkaarsen-2")
def dinner_burning(d: Drawing) -> None:
    grounds.wall(d, "#d9c8b3")
    grounds.window_light(d, 560, 60, 620, 720, 0.4)
    grounds.table(d, 1090)
    for x, base, colour, height, glaze in (
        (330, 1240, CLAY, 600, CHALK),
        (640, 1330, SAND, 760, TERRACOTTA),
        (960, 1250, SAGE, 500, SAND),
    ):
        foot = ceramics.holder(d, x, base, 0.9, glaze)
        candles.taper(d, x, foot, 1, colour, height=height, burning=True, cast=False)


@picture("dinerkaarsen-3")
def dinner_colours(d: Drawing) -> None:
    grounds.studio(d, "#e9ddca", 0.4)
    for index, colour in enumerate(SETS):
        for pair in range(2):
            candles.lying_taper(d, 170 + index * 12, 420 + index * 240 + pair * 76, 1.0, colour, -4, 930)


@picture("stompkaars-1")
def pillar_alone(d: Drawing) -> None:
    grounds.studio(d, GROUND)
    candles.pillar(d, 620, 1230, 190, 700, CREAM)


@picture("stompkaars-2")
def pillar_burning(d: Drawing) -> None:
    grounds.wall(d, EVENING)
    grounds.table(d, 1040, WALNUT)
    candles.pillar(d, 360, 1220, 135, 660, CREAM, burning=True)
    candles.pillar(d, 900, 1240, 135, 330, CREAM, burning=True)
    candles.pillar(d, 640, 1370, 135, 480, CREAM, burning=True)


@picture("stompkaars-3")
def pillar_colours(d: Drawing) -> None:
    grounds.studio(d, "#e9ddca")
    for x, base, colour in ((320, 1160, SAGE), (960, 1160, BLUSH), (640, 1260, CREAM)):
        candles.pillar(d, x, base, 150, 540, colour)


@picture("geurkaars-vijg-1")
def fig_alone(d: Drawing) -> None:
    grounds.studio(d, GROUND)
    candles.jar_candle(d, 620, 1210, 1.55, AMBER)


@picture("geurkaars-vijg-2")
def fig_on_sill(d: Drawing) -> None:
    grounds.window(d, 1000)
    with far(d, 3):
        ceramics.bottle_vase(d, 1010, 1120, 0.95, CHALK, CLAY)
        twig(d, 1010, 470, 420, -120)
    candles.jar_candle(d, 500, 1300, 1.3, AMBER, burning=True)


@picture("geurkaars-vijg-3")
def fig_detail(d: Drawing) -> None:
    grounds.studio(d, "#d8c3a8", 0.8)
    with close_up(d, 2.5, (600, 940)):
        candles.jar_candle(d, 620, 1210, 1.2, AMBER, burning=True)


@picture("geurkaars-ceder-1")
def cedar_alone(d: Drawing) -> None:
    grounds.studio(d, GROUND)
    candles.pot_candle(d, 620, 1180, 1.65, SAGE)


@picture("geurkaars-ceder-2")
def cedar_on_shelf(d: Drawing) -> None:
    grounds.wall(d, "#ddd0bd")
    grounds.window_light(d, 420, 40, 700, 640, 0.5)
    grounds.shelf(d, 1180)
    for index, tone in enumerate((INK, TERRACOTTA, SAND)):
        solids.book(d, 330 + 14 * (index % 2), 1185 - index * 80, 0.82, tone, thick=92)
    candles.pot_candle(d, 890, 1190, 1.1, SAGE, burning=True)


@picture("geurkaars-ceder-3")
def cedar_detail(d: Drawing) -> None:
    grounds.studio(d, "#cfc3ae", 0.8)
    with close_up(d, 2.5, (630, 860)):
        candles.pot_candle(d, 620, 1180, 1.3, SAGE, burning=True)


@picture("bijenwaskaarsen-1")
def beeswax_alone(d: Drawing) -> None:
    grounds.studio(d, "#eadfca")
    candles.rolled(d, 500, 1180, 105, 720)
    candles.rolled(d, 800, 1230, 105, 720)


@picture("bijenwaskaarsen-2")
def beeswax_burning(d: Drawing) -> None:
    grounds.wall(d, "#dccbb0")
    grounds.window_light(d, 120, 60, 620, 700, 0.45)
    grounds.table(d, 1080)
    ceramics.plate(d, 560, 1300, 1.25, CHALK)
    candles.rolled(d, 460, 1250, 84, 560, burning=True)
    candles.rolled(d, 690, 1280, 84, 430, burning=True)
    ceramics.cup(d, 1060, 1330, 0.8, INK)


@picture("bijenwaskaarsen-3")
def beeswax_detail(d: Drawing) -> None:
    grounds.studio(d, "#e3d2b0", 0.8)
    with close_up(d, 2.6, (590, 650)):
        candles.rolled(d, 500, 1180, 120, 560)
        candles.rolled(d, 740, 1210, 120, 560)


@picture("theelichten-1")
def tealights_alone(d: Drawing) -> None:
    grounds.studio(d, GROUND, 0.5)
    for row in range(4):
        for column in range(3):
            candles.tealight(d, 350 + column * 280 - row * 8, 780 + row * 190, 1.4)


@picture("theelichten-2")
def tealights_burning(d: Drawing) -> None:
    grounds.wall(d, "#8f7d6e")
    grounds.table(d, 960, WALNUT)
    with far(d, 3):
        ceramics.round_vase(d, 950, 1090, 0.85, SLATE)
    for x, base, size in ((330, 1080, 1.0), (620, 1130, 1.1), (240, 1290, 1.25), (560, 1360, 1.3), (900, 1290, 1.25)):
        candles.tealight(d, x, base, size, burning=True)


@picture("kandelaar-1")
def holder_alone(d: Drawing) -> None:
    grounds.studio(d, "#e6dccd")
    foot = ceramics.holder(d, 630, 1260, 1.8, TERRACOTTA)
    candles.taper(d, 630, foot, 1.7, CREAM, height=430, cast=False)


@picture("kandelaar-2")
def holder_on_table(d: Drawing) -> None:
    grounds.wall(d, "#dcd0bf")
    grounds.window_light(d, 520, 60, 600, 680)
    grounds.cloth(d, 1060, "#e8dfcf")
    for x, base, glaze, wax, height in (
        (340, 1200, SAGE, CHALK, 560),
        (920, 1210, CHALK, OCHRE, 640),
        (620, 1370, TERRACOTTA, SAND, 500),
    ):
        foot = ceramics.holder(d, x, base, 1.05, glaze)
        candles.taper(d, x, foot, 1.08, wax, height=height, burning=True, cast=False)


@picture("kandelaar-3")
def holder_colours(d: Drawing) -> None:
    grounds.studio(d, "#ebe2d4", 0.45)
    for x, base, glaze in ((420, 740, CHALK), (840, 1000, SAGE), (420, 1270, TERRACOTTA)):
        ceramics.holder(d, x, base, 1.75, glaze)


@picture("collection-kaarsen", (1600, 900))
def candles_wide(d: Drawing) -> None:
    grounds.wall(d, "#d8c6af")
    grounds.window_light(d, 620, -40, 620, 560, 0.45)
    grounds.table(d, 640)
    candles.rolled(d, 240, 740, 62, 420, HONEY)
    candles.pillar(d, 470, 760, 92, 350, CREAM, burning=True)
    candles.jar_candle(d, 780, 790, 0.78, AMBER, burning=True)
    for x, tone, height in ((1040, CLAY, 500), (1180, SAGE, 420)):
        foot = ceramics.holder(d, x, 770 - (x % 100) * 0.5, 0.66, OAK if x > 1100 else CHALK)
        candles.taper(d, x, foot, 0.8, tone, height=height, burning=True, cast=False)
    candles.pot_candle(d, 1400, 780, 0.7, SLATE)
    gifts.flakes(d, 1210, 880, 0.3)
