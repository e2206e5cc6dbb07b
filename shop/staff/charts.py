"""Charts that the server draws: shapes with attributes alone, for the page's policy allows no style on an element."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 160


@dataclass(frozen=True)
class Bar:
    """One bar, as an SVG rectangle has it."""

    x: float
    y: float
    width: float
    height: float


def upright(values: Sequence[int], *, width: int = WIDTH, height: int = HEIGHT) -> list[Bar]:
    """Bars beside each other, the highest as high as the drawing; what is not nothing is always seen."""
    top = max(values, default=0) or 1
    slot = width / max(len(values), 1)
    gap = min(4.0, slot * 0.25)
    bars = []
    for place, value in enumerate(values):
        tall = max(value / top * height, 2.0) if value else 0.0
        bars.append(
            Bar(round(place * slot + gap / 2, 2), round(height - tall, 2), round(slot - gap, 2), round(tall, 2))
        )
    return bars


def lying(value: int, most: int, *, width: int = 240) -> float:
    """How long a lying bar is beside the longest."""
    return round(max(value / most * width, 2.0), 2) if value and most else 0.0
