"""Leaves, and the two prints that live of them: three branches, and pots in a row."""

from math import cos, pi, sin

from shop.demo.drawing.art import SHEET
from shop.demo.drawing.canvas import Drawing, number, smooth, trail
from shop.demo.drawing.palette import (
    BLUSH,
    CLAY,
    CREAM,
    HONEY,
    INK,
    MOSS,
    OCHRE,
    PAPER,
    SAGE,
    SAND,
    SLATE,
    TERRACOTTA,
    mix,
)


def leaf(x: float, y: float, length: float, angle: float, wide: float) -> str:
    """The path data of a leaf that grows from (x, y) at an angle in degrees."""
    way, side = (cos(angle * pi / 180), sin(angle * pi / 180)), (-sin(angle * pi / 180), cos(angle * pi / 180))
    tip = (x + way[0] * length, y + way[1] * length)

    def off(along: float, across: float) -> str:
        return trail(
            x + way[0] * length * along + side[0] * wide * across, y + way[1] * length * along + side[1] * wide * across
        )

    return trail("M", x, y, "C", off(0.25, 1), off(0.7, 0.9), *tip, "C", off(0.7, -0.9), off(0.25, -1), x, y, "Z")


def branches(drawing: Drawing) -> None:
    """Three twigs side by side: olive, eucalyptus and rowan."""
    with drawing.group(drawing.clip(SHEET)):
        drawing.rect(0, 0, 800, 1000, "#f1e6d2")
        for x, lean, tone in ((190, -16, MOSS), (400, 10, "#7d9088"), (610, 22, "#6f7a4e")):
            drawing.line(
                smooth([(x, 900), (x + lean, 640), (x - lean, 380), (x + lean * 0.6, 120)]), mix(tone, INK, 0.35), 7
            )
        for index in range(9):
            y = 800 - index * 78
            size = 120 - index * 7
            stem = 190 - 14 * sin(index * 0.7)
            for side in (-1, 1):
                angle = -90 + side * 52
                data = leaf(stem, y + 24 * (side > 0), size, angle, 21)
                drawing.path(data, MOSS if (index + side) % 3 else SAGE)
                tip = (
                    stem + cos(angle * pi / 180) * size * 0.8,
                    y + 24 * (side > 0) + sin(angle * pi / 180) * size * 0.8,
                )
                drawing.line(
                    f"M{number(stem)} {number(y + 24 * (side > 0))}L{number(tip[0])} {number(tip[1])}",
                    "#eef0dc",
                    2,
                    'opacity="0.55"',
                )
        for index in range(8):
            y, size = 810 - index * 88, 60 - index * 4
            for side in (-1, 1):
                tone = ("#8fa39b", "#a9b8ae", "#7c918a")[(index + side) % 3]
                drawing.ellipse(
                    400 + side * (size * 0.95),
                    y - 10,
                    size,
                    size * 0.82,
                    tone,
                    f'transform="rotate({side * -24} 400 {y})"',
                )
                drawing.line(
                    f"M400 {y}L{number(400 + side * size * 1.5)} {number(y - 34)}", "#f0f2e6", 2, 'opacity="0.55"'
                )
        for index in range(6):
            y = 790 - index * 112
            for side in (-1, 1):
                for step in range(4):
                    along = 26 + step * 27
                    drawing.path(
                        leaf(612 + side * along, y - along * 0.62, 52, -90 + side * 20, 13),
                        "#6f7a4e" if step % 2 else "#8a9462",
                    )
                    drawing.path(leaf(612 + side * along, y - along * 0.62, 46, -90 + side * 118, 12), "#7c8756")
                drawing.line(f"M612 {y}l{side * 132}-82", "#5d6640", 4)
        for index, (x, y) in enumerate(
            ((620, 210), (654, 196), (640, 232), (674, 226), (600, 236), (628, 258), (662, 262), (690, 250))
        ):
            drawing.ellipse(x, y - 60, 19, 19, TERRACOTTA if index % 2 else "#c0603d")
            drawing.ellipse(x - 6, y - 67, 5, 5, "#f0c9a6", 'opacity="0.8"')


def vessels(drawing: Drawing) -> None:
    """Pots as flat shapes that overlap, the colours of clay."""
    with drawing.group(drawing.clip(SHEET)):
        drawing.rect(0, 0, 800, 1000, PAPER)
        drawing.path("M0 0H800V640Q400 600 0 650Z", "#ead3b4")
        drawing.ellipse(560, 300, 190, 190, "#e2a877")
        drawing.path(
            "M180 860C80 780 70 600 170 520C200 490 190 420 184 380H280"
            "C274 420 266 490 296 520C400 600 390 780 290 860Z",
            CLAY,
        )
        drawing.path(
            "M236 860C250 780 250 600 236 520C200 490 190 420 184 380H232C240 480 300 500 236 520Z",
            TERRACOTTA,
            'opacity="0.55"',
        )
        drawing.path("M470 880C400 850 370 760 372 640H690C692 760 664 850 594 880Z", SLATE)
        drawing.path("M532 880C640 850 660 760 690 640H560C560 760 560 850 532 880Z", INK, 'opacity="0.5"')
        drawing.path("M330 890C290 880 280 800 290 720H420C432 800 424 880 384 890Z", CREAM)
        drawing.path("M357 890C400 880 410 800 420 720H380C384 800 380 870 357 890Z", SAND)
        drawing.line(smooth([(232, 384), (224, 260), (260, 140), (244, 60)]), MOSS, 8)
        for index in range(5):
            drawing.path(leaf(232 + 8 * index % 20, 330 - index * 56, 110 - index * 9, -35 - 8 * index, 24), SAGE)
            drawing.path(leaf(232 + 8 * index % 20, 312 - index * 56, 104 - index * 9, 214 + 6 * index, 23), MOSS)
        drawing.rect(0, 880, 800, 120, BLUSH, 'opacity="0.8"')
        drawing.rect(0, 880, 800, 5, CLAY, 'opacity="0.5"')
        drawing.ellipse(120, 872, 42, 38, OCHRE)
        drawing.ellipse(196, 878, 34, 30, HONEY)
