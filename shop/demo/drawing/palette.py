"""The few colours that every picture is made of, and how light changes them."""

from functools import cache

CHALK = "#faf5ec"
PAPER = "#f3eadb"
CREAM = "#f2e4c9"
SAND = "#e2cfb1"
LINEN = "#d3c3a9"
BLUSH = "#dcae97"
CLAY = "#bd7654"
TERRACOTTA = "#a2533a"
OCHRE = "#cc963f"
HONEY = "#e0ad55"
SAGE = "#98a58a"
MOSS = "#64735b"
SLATE = "#66757b"
INK = "#2f3b45"
OAK = "#c69d70"
WALNUT = "#7b5439"
UMBER = "#3b2a24"
WARM_LIGHT = "#fff5e1"

Colour = str


def channels(colour: Colour) -> tuple[int, int, int]:
    """Red, green and blue of a colour, 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@cache
def mix(first: Colour, second: Colour, share: float) -> Colour:
    """The first colour with a share (0 to 1) of the second stirred in."""
    share = min(1.0, max(0.0, share))
    pairs = zip(channels(first), channels(second), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


@cache
def multiply(colour: Colour, filter_colour: Colour) -> Colour:
    """A colour seen through coloured glass."""
    pairs = zip(channels(colour), channels(filter_colour), strict=True)
    return "#" + "".join(f"{round(a * b / 255):02x}" for a, b in pairs)


def shadow_of(colour: Colour, depth: float = 1.0) -> Colour:
    """How a colour looks on the side away from the window: darker and a little warmer."""
    return mix(colour, multiply(colour, "#74605c"), depth)


def light_of(colour: Colour, strength: float = 1.0) -> Colour:
    """How a colour looks where the window light falls on it."""
    return mix(colour, WARM_LIGHT, 0.5 * strength)


@cache
def lit(colour: Colour, brightness: float) -> Colour:
    """A colour under more or less light: 0 is deep shadow, 0.5 the colour itself, 1 full window light."""
    if brightness < 0.5:
        return mix(shadow_of(colour), colour, brightness * 2)
    return mix(colour, light_of(colour), brightness * 2 - 1)
