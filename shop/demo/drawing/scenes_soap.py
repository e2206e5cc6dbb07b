"""The pictures of soap and care."""

from shop.demo.drawing import care, ceramics, grounds, linen, solids
from shop.demo.drawing.canvas import Drawing
from shop.demo.drawing.gallery import close_up, far, picture, twig
from shop.demo.drawing.palette import (
    BLUSH,
    CHALK,
    CLAY,
    CREAM,
    LINEN,
    MOSS,
    OCHRE,
    SAGE,
    SAND,
    SLATE,
    TERRACOTTA,
    WALNUT,
)

GROUND = "#dedccd"
OAT, RED = "#ead8b2", "#c08468"
GREEN = "#aab597"
AMBER = "#8a5a34"


@picture("zeep-haver-honing-1")
def oat_alone(d: Drawing) -> None:
    grounds.studio(d, "#e8decb")
    solids.soap(d, 570, 1080, 1.55, OAT, bits=WALNUT, swirl=CREAM, seed=3)


@picture("zeep-haver-honing-2")
def oat_on_shelf(d: Drawing) -> None:
    grounds.wall(d, "#dcd8c8")
    grounds.window_light(d, 460, 40, 700, 640, 0.5)
    grounds.shelf(d, 1160)
    linen.folded(d, 340, 1150, 430, [CHALK, SAND, LINEN], layer=74, stripe=OCHRE)
    ceramics.dish(d, 900, 1170, 0.86, CHALK)
    solids.soap(d, 860, 1128, 0.72, OAT, bits=WALNUT, swirl=CREAM, seed=3)


@picture("zeep-haver-honing-3")
def oat_detail(d: Drawing) -> None:
    grounds.studio(d, "#e2d3b8", 0.8)
    with close_up(d, 2.3, (640, 1010)):
        solids.soap(d, 600, 1120, 1.5, OAT, bits=WALNUT, swirl=CREAM, seed=3)


@picture("zeep-salie-rozemarijn-1")
def sage_alone(d: Drawing) -> None:
    grounds.studio(d, GROUND)
    solids.soap(d, 570, 1080, 1.55, GREEN, bits=MOSS, seed=5)


@picture("zeep-salie-rozemarijn-2")
def sage_on_sill(d: Drawing) -> None:
    grounds.window(d, 980)
    ceramics.bottle_vase(d, 980, 1120, 0.8, CHALK)
    twig(d, 980, 575, 380, 90, colour=SAGE)
    solids.soap(d, 480, 1330, 1.1, GREEN, bits=MOSS, seed=5)
    solids.soap(d, 520, 1160, 0.92, GREEN, bits=MOSS, seed=6, stamp=False, cast=0.3)


@picture("zeep-salie-rozemarijn-3")
def sage_detail(d: Drawing) -> None:
    grounds.studio(d, "#c9ccb8", 0.8)
    with close_up(d, 2.3, (640, 1010)):
        solids.soap(d, 600, 1120, 1.5, GREEN, bits=MOSS, seed=5)


@picture("zeep-rode-klei-1")
def clay_alone(d: Drawing) -> None:
    grounds.studio(d, "#ead9c8")
    solids.soap(d, 570, 1080, 1.55, RED, swirl=BLUSH)


@picture("zeep-rode-klei-2")
def clay_pile(d: Drawing) -> None:
    grounds.wall(d, "#e0d3c4")
    grounds.cloth(d, 900, "#ece4d6")
    solids.soap(d, 540, 1290, 1.15, OAT, bits=WALNUT, seed=3, stamp=False)
    solids.soap(d, 570, 1076, 1.1, GREEN, bits=MOSS, seed=5, stamp=False, cast=0.25)
    solids.soap(d, 535, 872, 1.08, RED, swirl=BLUSH, cast=0.25)


@picture("handzeep-1")
def hand_soap_alone(d: Drawing) -> None:
    grounds.studio(d, GROUND)
    care.pump_bottle(d, 640, 1230, 1.7, AMBER)


@picture("handzeep-2")
def hand_soap_by_sink(d: Drawing) -> None:
    grounds.wall(d, "#d9d9ca")
    linen.rail(d, 210, 700, 1200)
    linen.drape(d, 770, 206, 1110, 900, CHALK, stripes=(0.82, 0.86), stripe=SLATE, folds=3)
    grounds.shelf(d, 1180)
    care.pump_bottle(d, 420, 1190, 1.2, AMBER)
    ceramics.dish(d, 900, 1196, 0.72, SAGE)
    solids.soap(d, 868, 1160, 0.6, OAT, bits=WALNUT, seed=3)


@picture("handzeep-3")
def hand_soap_sizes(d: Drawing) -> None:
    grounds.studio(d, "#e6e0d0")
    care.pump_bottle(d, 420, 1180, 1.35, AMBER, height=590)
    care.pump_bottle(d, 880, 1220, 1.25, AMBER, height=410)


@picture("handcreme-1")
def cream_alone(d: Drawing) -> None:
    grounds.studio(d, "#e4ddcf", 0.3)
    care.tin_front(d, 640, 800, 380)


@picture("handcreme-2")
def cream_open(d: Drawing) -> None:
    grounds.wall(d, "#ddd6c6")
    grounds.window_light(d, 380, 20, 640, 620)
    grounds.cloth(d, 880, "#e9e2d2")
    with far(d, 2):
        solids.soap(d, 880, 1040, 0.8, GREEN, bits=MOSS, seed=5)
    care.tin(d, 520, 1240, 1.5, is_open=True)
    care.tin(d, 900, 1390, 1.1)


@picture("badzout-1")
def salt_alone(d: Drawing) -> None:
    grounds.studio(d, "#eaddd0")
    care.salt_jar(d, 640, 1210, 1.7, "#e0b7a2")


@picture("badzout-2")
def salt_on_sill(d: Drawing) -> None:
    grounds.window(d, 1010)
    linen.folded(d, 900, 1150, 460, [SAGE, CHALK, BLUSH], layer=76)
    care.salt_jar(d, 380, 1270, 1.3, "#e0b7a2")
    ceramics.bowl(d, 860, 1400, 0.62, CHALK)


@picture("badzout-3")
def salt_detail(d: Drawing) -> None:
    grounds.studio(d, "#e3cfc0", 0.8)
    with close_up(d, 2.3, (600, 980)):
        care.salt_jar(d, 640, 1210, 1.5, "#e0b7a2")


@picture("zeepschaaltje-1")
def dish_alone(d: Drawing) -> None:
    grounds.studio(d, "#e7dfd1", 0.6)
    ceramics.dish(d, 640, 1060, 1.6, SAGE)


@picture("zeepschaaltje-2")
def dish_with_soap(d: Drawing) -> None:
    grounds.wall(d, "#dcd7c8")
    grounds.window_light(d, 100, 40, 620, 680)
    grounds.table(d, 980)
    care.pump_bottle(d, 1010, 1130, 0.95, AMBER)
    ceramics.dish(d, 540, 1300, 1.3, SAGE)
    solids.soap(d, 480, 1245, 1.0, OAT, bits=WALNUT, swirl=CREAM, seed=3)


@picture("zeepschaaltje-3")
def dish_colours(d: Drawing) -> None:
    grounds.studio(d, "#ebe3d5", 0.4)
    for y, x, glaze in ((640, 560, CHALK), (950, 720, SAGE), (1270, 580, TERRACOTTA)):
        ceramics.dish(d, x, y, 1.25, glaze)


@picture("collection-zeep-verzorging", (1600, 900))
def care_wide(d: Drawing) -> None:
    grounds.wall(d, "#d6d7c6")
    grounds.window_light(d, 560, -60, 640, 560, 0.5)
    grounds.shelf(d, 690)
    linen.folded(d, 250, 680, 360, [CHALK, SAND, SAGE], layer=62)
    care.pump_bottle(d, 560, 700, 0.86, AMBER)
    solids.soap(d, 820, 706, 0.66, OAT, bits=WALNUT, swirl=CREAM, seed=3)
    solids.soap(d, 850, 580, 0.6, RED, swirl=BLUSH, stamp=False, cast=0.3)
    care.salt_jar(d, 1150, 700, 0.8, "#e0b7a2")
    care.tin(d, 1380, 712, 0.62)
    ceramics.cup(d, 1390, 645, 0.5, CLAY)
