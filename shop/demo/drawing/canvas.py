"""A picture under construction: its definitions and its marks, in painting order."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

Stops = Iterable[tuple[float, str] | tuple[float, str, float]]
Point = tuple[float, float]


def number(value: float) -> str:
    """A coordinate, short."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def trail(*parts: str | float) -> str:
    """Path data from its letters and coordinates, in the order of drawing."""
    return " ".join(part if isinstance(part, str) else number(part) for part in parts)


def rounded(left: float, top: float, right: float, bottom: float, by: float) -> str:
    """The path data of an upright rectangle with round corners."""
    return trail(
        *("M", left + by, top, "H", right - by, "Q", right, top, right, top + by, "V", bottom - by),
        *("Q", right, bottom, right - by, bottom, "H", left + by, "Q", left, bottom, left, bottom - by),
        *("V", top + by, "Q", left, top, left + by, top, "Z"),
    )


def polygon(points: Iterable[Point]) -> str:
    """The path data of a closed shape with straight sides."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + "Z"


def smooth(points: list[Point], *, closed: bool = False) -> str:
    """The path data of a soft curve through all points (Catmull-Rom)."""
    count = len(points)

    def at(index: int) -> Point:
        return points[index % count] if closed else points[min(max(index, 0), count - 1)]

    path = f"M{number(points[0][0])} {number(points[0][1])}"
    for index in range(count if closed else count - 1):
        before, start, end, after = at(index - 1), at(index), at(index + 1), at(index + 2)
        handles = (
            start[0] + (end[0] - before[0]) / 6,
            start[1] + (end[1] - before[1]) / 6,
            end[0] - (after[0] - start[0]) / 6,
            end[1] - (after[1] - start[1]) / 6,
            end[0],
            end[1],
        )
        path += "C" + " ".join(number(value) for value in handles)
    return path + ("Z" if closed else "")


class Drawing:
    """One picture; everything added later lies on top."""

    def __init__(self, width: int = 1280, height: int = 1600) -> None:
        self.width, self.height = width, height
        self._definitions: dict[str, str] = {}
        self._marks: list[str] = []

    def define(self, markup: str) -> str:
        """Keep a definition (written with the id `@`) once, and answer a reference to it."""
        name = self._definitions.setdefault(markup, f"d{len(self._definitions)}")
        return f"url(#{name})"

    def linear(self, stops: Stops, *line: float) -> str:
        """A straight gradient; without a line it runs over the shape from left to right, with (0, 1) from top down."""
        if len(line) == 4:
            x1, y1, x2, y2 = (number(value) for value in line)
            place = f'gradientUnits="userSpaceOnUse" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"'
        else:
            x2, y2 = (number(value) for value in line or (1.0, 0.0))
            place = f'x1="0" y1="0" x2="{x2}" y2="{y2}"'
        return self.define(f'<linearGradient id="@" {place}>{_stops(stops)}</linearGradient>')

    def radial(self, stops: Stops, x: float, y: float, radius: float) -> str:
        """A round gradient about a point of the picture."""
        place = f'gradientUnits="userSpaceOnUse" cx="{number(x)}" cy="{number(y)}" r="{number(radius)}"'
        return self.define(f'<radialGradient id="@" {place}>{_stops(stops)}</radialGradient>')

    def blur(self, amount: float) -> str:
        """The attribute that softens a mark."""
        reference = self.define(
            '<filter id="@" x="-60%" y="-60%" width="220%" height="220%">'
            f'<feGaussianBlur stdDeviation="{number(amount)}"/></filter>'
        )
        return f'filter="{reference}"'

    def cast(self, blur: float, opacity: float, dx: float, dy: float) -> str:
        """The attributes of a soft shadow or glint beside what casts it."""
        return f'opacity="{opacity}" transform="translate({number(dx)} {number(dy)})" {self.blur(blur)}'

    def clip(self, path: str) -> str:
        """The attribute that keeps marks inside a shape."""
        reference = self.define(f'<clipPath id="@"><path d="{path}"/></clipPath>')
        return f'clip-path="{reference}"'

    def add(self, mark: str) -> None:
        """Put finished markup on top of what is there."""
        self._marks.append(mark)

    def path(self, data: str, fill: str = "none", extra: str = "") -> None:
        """Put a shape on top of what is there."""
        self.add(f'<path d="{data}" fill="{fill}" {extra}/>')

    def line(self, data: str, colour: str, width: float, extra: str = "") -> None:
        """Put a drawn line with round ends on top of what is there."""
        look = f'stroke="{colour}" stroke-width="{number(width)}" stroke-linecap="round" stroke-linejoin="round"'
        self.add(f'<path d="{data}" fill="none" {look} {extra}/>')

    def ellipse(self, x: float, y: float, rx: float, ry: float, fill: str, extra: str = "") -> None:
        """Put an ellipse on top of what is there."""
        place = f'cx="{number(x)}" cy="{number(y)}" rx="{number(rx)}" ry="{number(ry)}"'
        self.add(f'<ellipse {place} fill="{fill}" {extra}/>')

    def rect(self, x: float, y: float, width: float, height: float, fill: str, extra: str = "") -> None:
        """Put an upright rectangle on top of what is there."""
        place = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
        self.add(f'<rect {place} fill="{fill}" {extra}/>')

    @contextmanager
    def group(self, attributes: str) -> Iterator[None]:
        """Everything added inside shares these attributes."""
        self.add(f"<g {attributes}>")
        yield
        self.add("</g>")

    def placed(self, x: float, y: float, scale: float = 1.0, turn: float = 0.0) -> str:
        """The attribute that moves a group's origin to a point, larger or smaller, turned by degrees."""
        return f'transform="translate({number(x)} {number(y)}) rotate({number(turn)}) scale({scale:.3f})"'

    def svg(self) -> str:
        """The whole picture as SVG text."""
        definitions = "".join(markup.replace('id="@"', f'id="{name}"', 1) for markup, name in self._definitions.items())
        size = f'width="{self.width}" height="{self.height}" viewBox="0 0 {self.width} {self.height}"'
        body = "".join(self._marks)
        return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><defs>{definitions}</defs>{body}</svg>'


def _stops(stops: Stops) -> str:
    text = ""
    for stop in stops:
        opacity = f' stop-opacity="{stop[2]:.3f}"' if len(stop) == 3 else ""
        text += f'<stop offset="{stop[0]:.3f}" stop-color="{stop[1]}"{opacity}/>'
    return text
