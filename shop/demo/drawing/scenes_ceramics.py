"""The pictures of the ceramics."""

from shop.demo.drawing import botany, ceramics, cloths, grounds, prints, solids
from shop.demo.drawing.canvas import Drawing
from shop.demo.drawing.gallery import close_up, far, picture, twig
from shop.demo.drawing.palette import CHALK, CLAY, CREAM, INK, LINEN, OAK, OCHRE, SAGE, SAND, SLATE, TERRACOTTA

GROUND = "#e6dccc"
COFFEE = "#5a3723"


@picture("mok-1")
def mug_alone(d: Drawing) -> None:
    grounds.studio(d, GROUND)
    ceramics.mug(d, 590, 1180, 2.0, SAGE)


@picture("mok-2")
def mug_at_breakfast(d: Drawing) -> None:
    grounds.wall(d, "#ded3c2")
    grounds.window_light(d, 480, 50, 640, 680)
    grounds.table(d, 1000)
    ceramics.jug(d, 960, 1130, 0.86, CHALK)
    solids.book(d, 330, 1190, 0.84, TERRACOTTA, thick=76)
    ceramics.mug(d, 620, 1370, 1.22, SAGE, drink=COFFEE)


@picture("mok-3")
def mug_colours(d: Drawing) -> None:
    grounds.studio(d, "#eae1d2")
    ceramics.mug(d, 340, 1060, 1.12, SAND)
    ceramics.mug(d, 880, 1080, 1.12, INK)
    ceramics.mug(d, 600, 1330, 1.22, SAGE)


@picture("espressokopjes-1")
def cups_alone(d: Drawing) -> None:
    grounds.studio(d, "#e2d6c5")
    ceramics.cup(d, 450, 1090, 1.9, OCHRE, seed=4)
    ceramics.cup(d, 850, 1210, 1.9, OCHRE, seed=8)


@picture("espressokopjes-2")
def cups_on_table(d: Drawing) -> None:
    grounds.wall(d, "#d8ccbb")
    grounds.window_light(d, 110, 40, 620, 700)
    grounds.table(d, 980)
    ceramics.round_vase(d, 970, 1110, 0.82, CLAY, CREAM)
    twig(d, 970, 690, 420, 110)
    ceramics.plate(d, 470, 1300, 1.05, CHALK)
    ceramics.cup(d, 380, 1270, 1.0, OCHRE, drink=COFFEE, seed=4)
    ceramics.cup(d, 760, 1410, 1.1, OCHRE, drink=COFFEE, seed=8)


@picture("ontbijtkom-1")
def bowl_alone(d: Drawing) -> None:
    grounds.studio(d, "#e8dfd0")
    ceramics.bowl(d, 640, 1120, 1.8, INK)


@picture("ontbijtkom-2")
def bowl_on_cloth(d: Drawing) -> None:
    grounds.wall(d, "#d9cfbf")
    grounds.cloth(d, 860, "#e9e1d1")
    ceramics.jug(d, 950, 1020, 0.78, CHALK)
    cloths.napkin(d, 900, 1290, 0.8, CLAY)
    ceramics.bowl(d, 460, 1330, 1.25, INK)


@picture("ontbijtkom-3")
def bowl_sizes(d: Drawing) -> None:
    grounds.studio(d, "#eae1d3", 0.5)
    ceramics.bowl(d, 470, 820, 1.2, CHALK)
    ceramics.bowl(d, 880, 1080, 0.9, INK)
    ceramics.bowl(d, 480, 1330, 1.2, INK)


@picture("bolle-vaas-1")
def vase_alone(d: Drawing) -> None:
    grounds.studio(d, GROUND)
    ceramics.round_vase(d, 640, 1230, 1.55, CLAY, CREAM)


@picture("bolle-vaas-2")
def vase_on_sill(d: Drawing) -> None:
    grounds.window(d, 1060)
    twig(d, 620, 690, 520, 200)
    twig(d, 600, 690, 560, -60, berries=True)
    twig(d, 580, 690, 440, -260)
    ceramics.round_vase(d, 600, 1290, 1.1, CLAY, CREAM)
    ceramics.cup(d, 1010, 1330, 0.8, SAND)


@picture("bolle-vaas-3")
def vase_detail(d: Drawing) -> None:
    grounds.studio(d, "#d9c7b2", 0.8)
    with close_up(d, 2.3, (600, 780)):
        ceramics.round_vase(d, 640, 1230, 1.3, CLAY, CREAM)


@picture("flesvaas-1")
def bottle_alone(d: Drawing) -> None:
    grounds.studio(d, "#dfdccd")
    ceramics.bottle_vase(d, 640, 1270, 1.45, CHALK, SLATE)


@picture("flesvaas-2")
def bottle_on_shelf(d: Drawing) -> None:
    grounds.wall(d, "#ddd3c3")
    prints.framed(d, 860, 480, 520, botany.branches, OAK)
    grounds.shelf(d, 1200)
    twig(d, 350, 500, 380, 80)
    ceramics.bottle_vase(d, 350, 1210, 1.0, CHALK, SLATE)
    ceramics.cup(d, 720, 1216, 0.86, TERRACOTTA)
    ceramics.cup(d, 960, 1216, 0.86, SAND, seed=2)


@picture("schenkkan-1")
def jug_alone(d: Drawing) -> None:
    grounds.studio(d, "#e0d2bd")
    ceramics.jug(d, 620, 1230, 1.5, CHALK)


@picture("schenkkan-2")
def jug_on_table(d: Drawing) -> None:
    grounds.wall(d, "#d7cebd")
    grounds.window_light(d, 90, 30, 640, 700)
    grounds.cloth(d, 960, "#e7decd")
    twig(d, 560, 580, 420, -150)
    twig(d, 590, 580, 460, 70, berries=True)
    ceramics.jug(d, 580, 1240, 1.22, CHALK)
    ceramics.cup(d, 1000, 1280, 0.92, SLATE)
    ceramics.cup(d, 850, 1420, 0.92, SAND, seed=2)


@picture("ontbijtbord-1")
def plate_alone(d: Drawing) -> None:
    grounds.studio(d, GROUND, 0.6)
    ceramics.plate(d, 640, 1080, 1.6, "#cdb28a", tilt=0.34)


@picture("ontbijtbord-2")
def plate_pile(d: Drawing) -> None:
    grounds.wall(d, "#dbd1c1")
    with far(d, 3):
        ceramics.round_vase(d, 1010, 1010, 0.62, CLAY, CREAM)
    grounds.shelf(d, 1140)
    for index, glaze in enumerate((SAND, SAGE, SAND, CHALK)):
        ceramics.plate(d, 500, 1150 - index * 54, 1.1, glaze, seed=index + 20, tilt=0.24)
    ceramics.bowl(d, 500, 960, 0.7, INK)
    ceramics.mug(d, 1010, 1160, 0.8, SAND)


@picture("collection-keramiek", (1600, 900))
def ceramics_wide(d: Drawing) -> None:
    grounds.wall(d, "#ded2c0")
    grounds.window_light(d, 520, -60, 680, 580, 0.55)
    grounds.table(d, 630)
    ceramics.bottle_vase(d, 250, 730, 0.78, CHALK, SLATE)
    ceramics.round_vase(d, 560, 750, 0.78, CLAY, CREAM)
    twig(d, 560, 360, 250, 70)
    ceramics.jug(d, 900, 745, 0.72, CHALK)
    ceramics.bowl(d, 1220, 790, 0.7, INK)
    ceramics.mug(d, 1460, 760, 0.56, SAGE)
    ceramics.cup(d, 1010, 850, 0.6, OCHRE)
    cloths.napkin(d, 430, 860, 0.5, LINEN)
