"""Every picture of the demo shop by its file name, and how its stage is set."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from shop.demo.drawing import grounds
from shop.demo.drawing.botany import leaf
from shop.demo.drawing.canvas import Drawing, Point, smooth
from shop.demo.drawing.palette import INK, MOSS, SAGE, TERRACOTTA, Colour, mix

Scene = Callable[[Drawing], None]
WIDE = (1600, 900)
HERO = (2000, 1200)
PORTRAIT = (1280, 1600)

GALLERY: dict[str, tuple[tuple[int, int], Scene]] = {}


def picture(name: str, size: tuple[int, int] = PORTRAIT) -> Callable[[Scene], Scene]:
    """Hang a scene in the gallery under its file name."""

    def hang(scene: Scene) -> Scene:
        GALLERY[name] = (size, scene)
        return scene

    return hang


def drawn(name: str) -> Drawing:
    """A picture of the gallery, finished."""
    size, scene = GALLERY[name]
    drawing = Drawing(*size)
    scene(drawing)
    grounds.finish(drawing)
    return drawing


@contextmanager
def close_up(drawing: Drawing, scale: float, focus: Point) -> Iterator[None]:
    """What is drawn inside comes nearer; the focus lands in the middle of the picture."""
    x, y = drawing.width / 2 - focus[0] * scale, drawing.height / 2 - focus[1] * scale
    with drawing.group(drawing.placed(x, y, scale)):
        yield


@contextmanager
def far(drawing: Drawing, softness: float = 7) -> Iterator[None]:
    """What is drawn inside lies behind the point of focus."""
    with drawing.group(drawing.blur(softness)):
        yield


def twig(
    drawing: Drawing, x: float, y: float, height: float, lean: float, *, colour: Colour = MOSS, berries: bool = False
) -> None:
    """A branch in a vase, from its mouth at (x, y) upward."""
    path = [
        (x, y + 40),
        (x + lean * 0.2, y - height * 0.35),
        (x + lean * 0.6, y - height * 0.7),
        (x + lean, y - height),
    ]
    drawing.line(smooth(path), mix(colour, INK, 0.4), 6)
    count = int(height / 52)
    for index in range(1, count + 1):
        t = index / count
        px, py = x + lean * t**1.25, y - height * t
        size = 112 - 46 * t
        for side in (-1, 1):
            angle = -90 + side * (54 - 18 * t) + lean * 0.05
            tone = (colour, mix(colour, SAGE, 0.6), mix(colour, INK, 0.16))[(index + side) % 3]
            drawing.path(leaf(px, py + (14 if side > 0 else 0), size, angle, size * 0.2), tone)
        if berries and index % 2:
            drawing.ellipse(px + 18, py + 14, 13, 13, TERRACOTTA)
            drawing.ellipse(px + 14, py + 9, 4, 4, "#f0cbae", 'opacity="0.8"')
