"""The pictures of prints, cards and the colouring picture."""

from shop.demo.drawing import art, botany, ceramics, grounds, prints, solids
from shop.demo.drawing.canvas import Drawing
from shop.demo.drawing.gallery import picture, twig
from shop.demo.drawing.palette import CHALK, CLAY, CREAM, INK, MOSS, OAK, OCHRE, SAGE, SAND, SLATE, TERRACOTTA, WALNUT
from shop.demo.drawing.prints import Art

WALL = "#e2d9ca"


def loose(name: str, print_: Art, ground: str) -> None:
    """First picture: the sheet on its own; third: so near that the paper shows."""

    @picture(f"{name}-1")
    def alone(d: Drawing) -> None:
        grounds.wall(d, ground)
        prints.sheet(d, 640, 790, 860, print_)

    @picture(f"{name}-3")
    def near(d: Drawing) -> None:
        grounds.wall(d, ground)
        prints.sheet(d, 880, 1010, 1640, print_, turn=-5, lift=2)


loose("prent-haven", art.harbour, "#d3cdbf")
loose("prent-heide", art.heath, "#d9cec6")
loose("prent-drie-takken", botany.branches, "#d0d0bf")
loose("prent-potten", botany.vessels, "#dccdb9")


@picture("prent-haven-2")
def harbour_on_wall(d: Drawing) -> None:
    grounds.wall(d, WALL)
    grounds.window_light(d, 420, 30, 760, 800, 0.4)
    prints.framed(d, 660, 520, 660, art.harbour, OAK)
    grounds.shelf(d, 1260)
    ceramics.bottle_vase(d, 260, 1266, 0.62, SLATE)
    solids.book(d, 720, 1272, 0.7, TERRACOTTA, thick=80)
    ceramics.cup(d, 1060, 1274, 0.72, SAND)


@picture("prent-heide-2")
def heath_on_shelf(d: Drawing) -> None:
    grounds.wall(d, "#dfd8cc")
    grounds.window_light(d, 60, 20, 660, 700, 0.5)
    grounds.shelf(d, 1210)
    prints.framed(d, 740, 700, 720, art.heath, INK)
    ceramics.round_vase(d, 290, 1226, 0.7, CLAY, CREAM)
    twig(d, 290, 866, 330, -60)


@picture("prent-drie-takken-2")
def branches_on_wall(d: Drawing) -> None:
    grounds.wall(d, "#dcdccd")
    prints.framed(d, 400, 560, 560, botany.branches, OAK)
    prints.framed(d, 970, 470, 400, botany.vessels, OAK)
    grounds.table(d, 1180)
    ceramics.jug(d, 930, 1310, 0.8, CHALK)
    twig(d, 930, 880, 260, 90)
    solids.book(d, 360, 1380, 0.8, MOSS, thick=80)


@picture("prent-potten-2")
def vessels_on_wall(d: Drawing) -> None:
    grounds.wall(d, "#e3d6c4")
    grounds.window_light(d, 460, 40, 700, 760, 0.45)
    prints.framed(d, 620, 520, 650, botany.vessels, WALNUT)
    grounds.table(d, 1180)
    ceramics.round_vase(d, 320, 1330, 0.6, TERRACOTTA)
    ceramics.bowl(d, 840, 1400, 0.72, SLATE)


@picture("ansichtkaarten-1")
def cards_alone(d: Drawing) -> None:
    grounds.wall(d, "#ded3c3")
    cards = (art.harbour, art.heath, botany.branches, botany.vessels, art.moon, art.harbour)
    places = ((330, 330, -4), (900, 300, 3), (640, 640, -2), (320, 960, 4), (950, 930, -4), (640, 1260, 2))
    for card, (x, y, turn) in zip(cards[:5], places[:5], strict=True):
        prints.sheet(d, x, y, 400, card, turn=turn, margin=0.05)
    prints.envelope(d, 640, 1330, 520, SAND, 2)


@picture("ansichtkaarten-2")
def cards_at_desk(d: Drawing) -> None:
    grounds.table(d, -5)
    prints.envelope(d, 830, 420, 640, "#d9c19d", 8)
    prints.sheet(d, 420, 620, 460, art.moon, turn=-8, margin=0.05)
    prints.sheet(d, 800, 930, 460, art.heath, turn=5, margin=0.05)
    prints.pencil(d, 180, 1290, 620, INK, -10)
    ceramics.cup(d, 1080, 1420, 0.9, OCHRE, drink="#5a3723")


@picture("kleurplaat-haven-1")
def colouring_alone(d: Drawing) -> None:
    grounds.wall(d, "#dcd6c6")
    prints.sheet(d, 640, 790, 860, art.harbour_lines)


@picture("kleurplaat-haven-2")
def colouring_at_table(d: Drawing) -> None:
    grounds.table(d, -5)
    prints.sheet(d, 560, 700, 820, art.harbour_lines, turn=-6)
    for index, tone in enumerate((TERRACOTTA, OCHRE, SAGE, SLATE, CLAY)):
        prints.pencil(d, 320 + index * 40, 1290 + index * 56, 640 - index * 26, tone, -12 + index * 3)


@picture("collection-prenten", (1600, 900))
def prints_wide(d: Drawing) -> None:
    grounds.wall(d, "#e0d7c8")
    grounds.window_light(d, 880, -60, 620, 560, 0.4)
    prints.framed(d, 330, 370, 420, art.harbour, OAK)
    prints.framed(d, 780, 340, 350, botany.branches, INK)
    prints.framed(d, 1190, 370, 420, art.heath, OAK)
    grounds.shelf(d, 770)
    ceramics.round_vase(d, 780, 776, 0.34, CLAY, CREAM)
    ceramics.bottle_vase(d, 1470, 780, 0.5, CHALK, SLATE)
    ceramics.cup(d, 560, 782, 0.45, SAND)
