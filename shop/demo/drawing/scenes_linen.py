"""The pictures of the linen."""

from shop.demo.drawing import ceramics, cloths, grounds, linen, solids
from shop.demo.drawing.canvas import Drawing
from shop.demo.drawing.gallery import close_up, picture, twig
from shop.demo.drawing.palette import CHALK, CLAY, CREAM, INK, LINEN, OCHRE, SAGE, SAND, SLATE, TERRACOTTA, WALNUT

GROUND = "#dfd6c7"
FLAX = "#dccdb2"


@picture("theedoek-1")
def towel_alone(d: Drawing) -> None:
    grounds.studio(d, GROUND)
    linen.folded(d, 580, 1130, 780, [FLAX, FLAX, FLAX], layer=86, stripe=INK, depth=460)


@picture("theedoek-2")
def towel_hanging(d: Drawing) -> None:
    grounds.wall(d, "#e0d8c9")
    grounds.window_light(d, 560, 260, 620, 760, 0.5)
    linen.rail(d, 250, 120, 1160)
    linen.drape(d, 250, 246, 620, 1120, FLAX, stripes=(0.8, 0.84, 0.9), stripe=INK, folds=3)
    linen.drape(d, 720, 246, 1020, 980, SAGE, stripes=(0.84, 0.88), stripe=CHALK, folds=3, seed=2)
    grounds.shelf(d, 1400)


@picture("theedoek-3")
def towel_colours(d: Drawing) -> None:
    grounds.studio(d, "#e9e1d3")
    linen.folded(d, 580, 1240, 760, [OCHRE, OCHRE, SAGE, SAGE, FLAX, FLAX], layer=96, stripe=INK, depth=430)


@picture("tafelkleed-1")
def tablecloth_folded(d: Drawing) -> None:
    grounds.studio(d, "#e4dbcb")
    linen.folded(d, 580, 1140, 840, [CREAM] * 4, layer=82, depth=480)


@picture("tafelkleed-2")
def tablecloth_laid(d: Drawing) -> None:
    grounds.wall(d, "#d9d2c2")
    grounds.window_light(d, 640, 20, 520, 560)
    d.rect(0, 1330, d.width, 270, d.linear([(0, "#b9946c"), (1, "#8d6a4a")], 0, 1))
    cloths.laid_table(d, 640, 880, 1080, 530, CREAM)
    twig(d, 620, 480, 330, 60)
    twig(d, 610, 480, 300, -100, berries=True)
    ceramics.round_vase(d, 610, 880, 0.72, CLAY, CREAM)
    ceramics.plate(d, 890, 960, 0.6, CHALK)
    ceramics.mug(d, 330, 960, 0.5, SAGE)


@picture("tafelkleed-3")
def tablecloth_hem(d: Drawing) -> None:
    grounds.wall(d, "#cfc3b1")
    linen.drape(d, -60, -40, 860, 1180, CREAM, folds=4, thread=16)
    linen.drape(d, 640, -40, 1420, 1320, SLATE, folds=3, seed=1.5, thread=16)


@picture("servetten-1")
def napkins_alone(d: Drawing) -> None:
    grounds.studio(d, "#e7decf", 0.45)
    for y, x in ((600, 600), (850, 690), (1100, 600), (1350, 690)):
        cloths.napkin(d, x, y, 1.35, CLAY)


@picture("servetten-2")
def napkins_at_table(d: Drawing) -> None:
    grounds.cloth(d, 0, "#e8dfcf")
    ceramics.plate(d, 560, 760, 1.6, CHALK, tilt=0.5)
    cloths.napkin(d, 540, 740, 1.05, CLAY)
    ceramics.cup(d, 1040, 480, 1.0, SLATE)
    linen.folded(d, 700, 1420, 640, [SAGE, LINEN, CLAY], layer=62)


@picture("schort-1")
def apron_alone(d: Drawing) -> None:
    grounds.wall(d, "#e3dacb")
    cloths.apron(d, 640, 200, 1.18, SLATE)


@picture("schort-2")
def apron_in_kitchen(d: Drawing) -> None:
    grounds.wall(d, "#ddd4c4")
    grounds.shelf(d, 420, left=-20, right=640)
    ceramics.jug(d, 190, 424, 0.56, CHALK)
    ceramics.bowl(d, 470, 424, 0.5, OCHRE)
    cloths.apron(d, 910, 240, 1.0, SLATE)
    grounds.table(d, 1280)
    solids.book(d, 330, 1400, 0.7, TERRACOTTA, thick=80)
    ceramics.mug(d, 330, 1345, 0.66, SAND)


@picture("schort-3")
def apron_detail(d: Drawing) -> None:
    grounds.wall(d, "#e0d7c8")
    with close_up(d, 2.4, (640, 980)):
        cloths.apron(d, 640, 200, 1.18, SLATE)


@picture("kussenhoes-1")
def cushion_alone(d: Drawing) -> None:
    grounds.studio(d, GROUND)
    linen.cushion(d, 640, 780, 800, LINEN, stripe=INK)


@picture("kussenhoes-2")
def cushion_on_bench(d: Drawing) -> None:
    grounds.wall(d, "#ddd5c6")
    grounds.window_light(d, 380, 20, 680, 620)
    solids.box(d, 620, 1420, 1500, 360, 150, WALNUT, soft=8)
    linen.cushion(d, 380, 1000, 560, OCHRE, turn=-5)
    linen.cushion(d, 840, 1060, 520, LINEN, stripe=INK, turn=6)


@picture("kussenhoes-3")
def cushion_colours(d: Drawing) -> None:
    grounds.studio(d, "#e8e0d2", 0.3)
    linen.cushion(d, 480, 460, 520, OCHRE, turn=-3)
    linen.cushion(d, 830, 790, 520, SAGE, turn=4)
    linen.cushion(d, 460, 1130, 540, LINEN, stripe=INK, turn=-2)


@picture("collection-linnen", (1600, 900))
def linen_wide(d: Drawing) -> None:
    grounds.wall(d, "#ddd5c6")
    linen.rail(d, 130, 90, 780)
    linen.drape(d, 190, 126, 430, 650, FLAX, stripes=(0.82, 0.87), stripe=INK, folds=3)
    linen.drape(d, 480, 126, 690, 560, SAGE, stripes=(0.84,), stripe=CHALK, folds=3, seed=2)
    grounds.window_light(d, 860, -80, 560, 520, 0.5)
    grounds.table(d, 690)
    linen.folded(d, 1020, 790, 440, [OCHRE, SAND, SLATE, FLAX, CREAM], layer=58, stripe=None)
    cloths.napkin(d, 660, 850, 0.6, CLAY)
    ceramics.jug(d, 1400, 800, 0.6, CHALK)
