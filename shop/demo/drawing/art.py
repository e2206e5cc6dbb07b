"""What is on the prints: flat shapes in the manner of a linocut, each 800 by 1000, the corner at the origin."""

from math import sin

from shop.demo.drawing.canvas import Drawing, polygon, smooth
from shop.demo.drawing.palette import (
    CHALK,
    HONEY,
    INK,
    SLATE,
    TERRACOTTA,
    Colour,
)

SHEET = "M0 0H800V1000H0Z"


def harbour(drawing: Drawing) -> None:
    """A fishing boat with brown sails off the old town by the water."""
    with drawing.group(drawing.clip(SHEET)):
        drawing.rect(0, 0, 800, 1000, "#e9d9bb")
        drawing.ellipse(575, 250, 108, 108, "#dc9a56")
        for y, x, length in ((170, 60, 260), (205, 140, 300), (330, 480, 300), (365, 420, 200)):
            drawing.rect(x, y, length, 12, CHALK, 'rx="6" opacity="0.8"')
        town: list[tuple[float, float, float, Colour]] = [
            (0, 90, 150, "#a9795f"),
            (84, 70, 190, "#8c6350"),
            (150, 96, 140, "#b98a6a"),
            (330, 90, 130, "#9a6c55"),
            (416, 70, 176, "#b07f63"),
            (482, 110, 120, "#8c6350"),
            (588, 80, 160, "#a9795f"),
            (664, 150, 118, "#98705a"),
        ]
        for left, width, height, tone in town:
            top = 620 - height
            drawing.path(
                polygon(
                    [
                        (left, 620),
                        (left, top),
                        (left + width / 2, top - width * 0.5),
                        (left + width, top),
                        (left + width, 620),
                    ]
                ),
                tone,
            )
            for column in range(2):
                for row in range(int(height / 50)):
                    drawing.rect(
                        left + width * (0.24 + 0.36 * column),
                        top + 18 + row * 48,
                        width * 0.16,
                        24,
                        "#f0d9a6",
                        'opacity="0.85"',
                    )
        drawing.path(
            polygon([(248, 620), (248, 360), (264, 340), (272, 240), (280, 340), (296, 360), (296, 620)]), SLATE
        )
        drawing.path(polygon([(242, 400), (272, 366), (302, 400)]), INK)
        drawing.rect(0, 612, 800, 388, "#5f7a80")
        for index in range(26):
            level = 634 + index * 14.5
            x = 40 + (index * 197) % 620
            drawing.rect(
                x,
                level,
                70 + (index * 53) % 150,
                5 + index * 0.22,
                "#86a0a1" if index % 3 else "#e3c99b",
                'rx="3" opacity="0.7"',
            )
        drawing.path("M190 782Q420 846 640 770L604 868Q410 908 226 864Z", INK)
        drawing.path("M190 782Q420 846 640 770L636 790Q420 864 194 800Z", HONEY)
        drawing.rect(402, 300, 13, 510, "#3d2b22")
        drawing.path("M420 318Q560 460 612 716Q520 752 420 744Z", "#a4573a")
        drawing.path("M420 318Q500 470 520 742Q470 750 420 744Z", "#b9694a")
        drawing.path("M396 350Q300 520 240 742Q330 764 396 752Z", "#c67d58")
        drawing.path("M396 350Q350 560 340 758Q372 760 396 752Z", "#a4573a")
        drawing.line("M408 300L196 782M416 306L632 768", "#3d2b22", 3)
        drawing.path("M416 300Q446 290 474 306Q446 312 416 322Z", TERRACOTTA)
        drawing.line("M200 900Q300 884 400 900T600 896", "#d7e0da", 6, 'opacity="0.7"')
        for x, y in ((160, 300), (216, 262), (660, 430)):
            drawing.line(f"M{x} {y}q14-16 26 0q12-16 26 0", INK, 5)


def heath(drawing: Drawing) -> None:
    """The heath in August, with pines and a sandy path."""
    with drawing.group(drawing.clip(SHEET)):
        drawing.rect(0, 0, 800, 1000, "#ecdfc6")
        drawing.ellipse(250, 260, 92, 92, "#e3b777")
        hills = (
            (430, 26, "#c7cdb9"),
            (500, 34, "#a9b59c"),
            (570, 30, "#a58aa0"),
            (640, 40, "#8f7390"),
            (730, 36, "#a27d93"),
            (840, 40, "#7c6079"),
        )
        for index, (level, swell, tone) in enumerate(hills):
            points = [(x * 80.0, level + swell * sin(x * 0.8 + index * 1.7)) for x in range(-1, 12)]
            drawing.path(smooth(points) + "L900 1000H-80Z", tone)
        path = "M430 1000C520 880 300 800 420 700C480 650 470 620 452 586"
        path += "C470 620 500 660 470 706C430 790 700 870 690 1000Z"
        drawing.path(path, "#e8cf9f")
        for x, y, size in ((96, 560, 1.0), (176, 548, 0.7), (668, 600, 1.25), (742, 590, 0.9), (590, 566, 0.6)):
            with drawing.group(drawing.placed(x, y, size)):
                drawing.rect(-6, -30, 12, 70, "#5b4034")
                for level, half in ((0, 62), (-46, 52), (-90, 40), (-130, 27)):
                    drawing.path(
                        f"M{-half} {level}Q0 {level - 30} {half} {level}L0 {level - 74}Z",
                        "#4f6152" if level % 4 else "#5c6f5c",
                    )
        for index in range(90):
            x, y = (index * 233) % 800, 700 + (index * 97) % 300
            if 400 < x < 640 and y > 690:
                continue
            tone = ("#c79bb0", "#66506a", "#d8b4bf", "#8b9a77")[index % 4]
            drawing.line(f"M{x} {y}q-4-14-10-20M{x} {y}q0-16 2-26M{x} {y}q6-12 12-18", tone, 4.5, 'opacity="0.85"')


def moon(drawing: Drawing) -> None:
    """Night over the water: a moon, reeds and a still reflection."""
    with drawing.group(drawing.clip(SHEET)):
        drawing.rect(0, 0, 800, 1000, drawing.linear([(0, "#26333d"), (0.6, "#4d636b"), (1, "#5f7579")], 0, 1))
        drawing.ellipse(470, 270, 120, 120, "#f0ddae")
        drawing.path("M0 560Q200 520 420 556T800 540V620H0Z", "#2a3a3d")
        drawing.rect(0, 600, 800, 400, "#3d545c")
        for index in range(15):
            wide = 190 - abs(index - 5) * 13
            drawing.rect(
                470 - wide / 2 + 12 * sin(index * 2.2),
                626 + index * 22,
                wide,
                9,
                "#f0ddae",
                f'rx="4" opacity="{0.9 - index * 0.045:.2f}"',
            )
        for index in range(13):
            x, tall = 20 + index * 24 + (index % 3) * 9, 300 + (index * 83) % 220
            drawing.line(f"M{x} 1000Q{x + 12} {1000 - tall / 2:.0f} {x + 34} {1000 - tall}", "#18242a", 6)
            if index % 2:
                drawing.ellipse(
                    x + 35, 1000 - tall - 10, 11, 40, "#8a5a3c", f'transform="rotate(8 {x + 35} {1000 - tall - 10})"'
                )
        for index in range(24):
            drawing.ellipse((index * 179) % 800, (index * 67) % 420, 2.6, 2.6, "#f0e6cc", 'opacity="0.7"')


def harbour_lines(drawing: Drawing) -> None:
    """The harbour as a colouring picture: outlines only."""
    drawing.rect(0, 0, 800, 1000, "#fffdf8")
    with drawing.group(drawing.clip(SHEET)):
        drawing.add(f'<g stroke="{INK}" stroke-width="6" fill="none" stroke-linejoin="round" stroke-linecap="round">')
        drawing.add('<circle cx="575" cy="230" r="92"/><circle cx="575" cy="230" r="70"/>')
        for left, width, height in (
            (0, 96, 150),
            (100, 76, 190),
            (180, 62, 140),
            (330, 90, 130),
            (424, 66, 176),
            (494, 104, 120),
            (602, 80, 160),
            (686, 130, 118),
        ):
            top = 620 - height
            drawing.add(
                f'<path d="M{left} 612V{top}L{left + width / 2} {top - width * 0.5}L{left + width} {top}V612"/>'
            )
            for column in range(2):
                for row in range(int(height / 50)):
                    drawing.add(
                        f'<rect x="{left + width * (0.2 + 0.36 * column):.0f}" y="{top + 16 + row * 46}" '
                        f'width="{width * 0.22:.0f}" height="26"/>'
                    )
        drawing.add(
            '<path d="M250 612V380L280 340L310 380V612M280 340V240M250 420H310M250 470H310"/><path d="M0 612H800"/>'
        )
        drawing.add(
            '<g fill="#fffdf8"><path d="M190 782Q420 846 640 770L604 868Q410 908 226 864Z"/>'
            '<path d="M192 800Q420 864 636 790"/>'
        )
        drawing.add(
            '<path d="M420 318Q560 460 612 716Q520 752 420 744Z"/>'
            '<path d="M396 350Q300 520 240 742Q330 764 396 752Z"/></g>'
        )
        drawing.add(
            '<path d="M408 296V820M408 300L196 782M416 306L632 768M420 430Q500 440 540 480M420 560Q520 560 588 600'
            'M396 500Q340 500 316 540M396 620Q330 610 280 640"/>'
        )
        for index in range(12):
            x, y = (index * 211) % 640 + 30, 660 + (index * 61) % 300
            if not (150 < x < 620 and 740 < y < 890):
                drawing.add(f'<path d="M{x} {y}q24-18 48 0t48 0t48 0"/>')
        drawing.add(
            '<path d="M120 220q40-60 90-20q50-30 80 20q40 0 40 40H100q-14-34 20-40Z"/>'
            '<path d="M640 400q16-18 30 0q14-18 30 0M690 440q12-14 24 0q12-14 24 0"/></g>'
        )
