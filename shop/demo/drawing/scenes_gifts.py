"""The pictures of the workshop, presents, book and kit, and the wide pictures of the home page."""

from shop.demo.drawing import art, candles, ceramics, cloths, gifts, grounds, linen, prints, solids
from shop.demo.drawing.canvas import Drawing
from shop.demo.drawing.gallery import HERO, close_up, far, picture, twig
from shop.demo.drawing.palette import (
    BLUSH,
    CHALK,
    CLAY,
    CREAM,
    INK,
    MOSS,
    OAK,
    OCHRE,
    SAGE,
    SAND,
    SLATE,
    TERRACOTTA,
    WALNUT,
)

AMBER = "#8a5a34"


@picture("workshop-kaarsen-gieten-1")
def workshop_table(d: Drawing) -> None:
    grounds.wall(d, "#dccfbc")
    grounds.window_light(d, 560, 30, 600, 640, 0.5)
    cloths.apron(d, 330, 90, 0.72, SLATE)
    grounds.table(d, 960)
    candles.pillar(d, 800, 1070, 84, 330, CREAM)
    candles.pillar(d, 1010, 1080, 84, 250, BLUSH)
    gifts.pouring_jug(d, 420, 1270, 0.95)
    gifts.flakes(d, 880, 1350, 0.78)
    gifts.thermometer(d, 180, 1430, 400, -6)
    candles.tealight(d, 640, 1470, 0.9)


@picture("workshop-kaarsen-gieten-2")
def workshop_results(d: Drawing) -> None:
    grounds.wall(d, "#d8cab6")
    grounds.shelf(d, 640)
    for x, radius, height, tone in (
        (200, 80, 330, CREAM),
        (420, 80, 250, SAGE),
        (640, 80, 380, BLUSH),
        (860, 80, 290, OCHRE),
        (1080, 80, 340, CLAY),
    ):
        candles.pillar(d, x, 650, radius, height, tone)
    grounds.table(d, 1120)
    candles.jar_candle(d, 330, 1330, 0.86, AMBER, burning=True)
    candles.jar_candle(d, 700, 1380, 0.86, "#6f7d6a")
    gifts.pouring_jug(d, 1060, 1320, 0.78)


@picture("workshop-kaarsen-gieten-3")
def workshop_detail(d: Drawing) -> None:
    grounds.wall(d, "#d6c6b0")
    grounds.table(d, 900)
    with far(d, 5):
        candles.pillar(d, 1030, 1000, 110, 420, BLUSH)
    with close_up(d, 1.55, (560, 1040)):
        gifts.flakes(d, 660, 1330, 1.0)
        gifts.pouring_jug(d, 420, 1120, 1.0)


@picture("cadeauset-avondrust-1")
def gift_open(d: Drawing) -> None:
    grounds.studio(d, "#e5d9c7")
    gifts.open_box(d, 560, 1210, 1.08, "#d6c2a3")


@picture("cadeauset-avondrust-2")
def gift_closed(d: Drawing) -> None:
    grounds.wall(d, "#dccfbd")
    grounds.window_light(d, 480, 30, 640, 620, 0.5)
    grounds.table(d, 960)
    gifts.present(d, 520, 1300, 1.15, SAGE, CREAM)
    candles.pillar(d, 1110, 1330, 74, 260, CREAM, burning=True)


@picture("boek-thuis-kaarsen-maken-1")
def book_alone(d: Drawing) -> None:
    grounds.studio(d, "#e4d8c8")
    solids.standing_book(d, 610, 1230, 1.22, TERRACOTTA, CHALK)


@picture("boek-thuis-kaarsen-maken-2")
def book_on_table(d: Drawing) -> None:
    grounds.wall(d, "#d9cdbc")
    grounds.window_light(d, 80, 30, 640, 660, 0.5)
    grounds.table(d, 1000)
    solids.standing_book(d, 820, 1130, 0.72, TERRACOTTA, CHALK)
    gifts.flakes(d, 340, 1230, 0.66)
    solids.book(d, 480, 1440, 0.96, TERRACOTTA, thick=90)
    candles.tealight(d, 990, 1390, 1.1, burning=True)


@picture("kaarsenmaakset-1")
def kit_alone(d: Drawing) -> None:
    grounds.studio(d, "#e7dbc8")
    solids.box(d, 520, 930, 620, 420, 260, "#cdb48f", soft=6)
    solids.band(d, 520, 930, 620, 420, 260, 0.42)
    gifts.pouring_jug(d, 960, 1250, 0.78)
    gifts.flakes(d, 420, 1290, 0.62)
    gifts.thermometer(d, 560, 1390, 330, -5)


@picture("kaarsenmaakset-2")
def kit_in_use(d: Drawing) -> None:
    grounds.window(d, 940)
    gifts.pouring_jug(d, 360, 1180, 1.0)
    candles.jar_candle(d, 830, 1150, 0.74, "#c9a57c")
    candles.jar_candle(d, 1060, 1260, 0.74, "#c9a57c")
    gifts.flakes(d, 480, 1410, 0.56)


@picture("collection-workshops-cadeau", (1600, 900))
def gifts_wide(d: Drawing) -> None:
    grounds.wall(d, "#dccfbb")
    grounds.window_light(d, 640, -60, 620, 560, 0.5)
    grounds.table(d, 610)
    gifts.present(d, 330, 780, 0.74, SAGE, CREAM)
    gifts.pouring_jug(d, 800, 760, 0.66)
    candles.pillar(d, 1010, 730, 62, 260, CREAM, burning=True)
    solids.standing_book(d, 1250, 730, 0.5, TERRACOTTA, CHALK)
    gifts.flakes(d, 1060, 860, 0.4)
    gifts.thermometer(d, 640, 850, 210, -6)


@picture("hero", HERO)
def hero(d: Drawing) -> None:
    grounds.wall(d, "#e0d4c1")
    grounds.window_light(d, 760, -80, 860, 820, 0.6)
    prints.framed(d, 1660, 360, 400, art.harbour, OAK)
    grounds.table(d, 850)
    twig(d, 380, 470, 300, -120)
    twig(d, 390, 470, 360, 60, berries=True)
    ceramics.round_vase(d, 380, 1000, 1.0, CLAY, CREAM)
    ceramics.jug(d, 1200, 960, 0.82, CHALK)
    candles.pillar(d, 740, 960, 92, 420, CREAM, burning=True)
    linen.folded(d, 1600, 1010, 430, [SAGE, SAND, SLATE, CREAM], layer=56, stripe=INK)
    candles.jar_candle(d, 960, 1060, 0.72, AMBER, burning=True)
    solids.soap(d, 640, 1130, 0.56, "#ead8b2", bits=WALNUT, swirl=CREAM, seed=3)
    ceramics.mug(d, 1280, 1130, 0.62, OCHRE, drink="#5a3723")
    ceramics.cup(d, 1560, 1140, 0.56, INK)


@picture("story", (1600, 1200))
def story(d: Drawing) -> None:
    grounds.window(d, 700, left=90, right=1510)
    linen.folded(d, 1240, 820, 380, [SAND, SAGE, CHALK], layer=60)
    gifts.pouring_jug(d, 420, 880, 0.86)
    candles.pillar(d, 730, 830, 78, 330, CREAM)
    candles.pillar(d, 930, 860, 78, 250, BLUSH, burning=True)
    gifts.flakes(d, 760, 1050, 0.56)
    gifts.thermometer(d, 220, 1040, 320, -6)
    solids.soap(d, 1150, 1030, 0.6, "#aab597", bits=MOSS, seed=5)
