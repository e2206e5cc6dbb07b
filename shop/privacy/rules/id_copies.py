"""What a redacted copy of an identity document must be before it is kept: plain pixels and boxes."""

from dataclasses import dataclass

from shop.core.errors import ShopError

PARTS = ("photo", "mrz", "number", "bsn")
ABSENT = "absent"
MOST_BOXES = 12
SMALLEST_SIDE = 8  # pixels; a smaller box covers nothing
FULL = 1_000_000  # boxes are told in millionths of the picture's width and height


class WrongBoxes(ShopError):
    """What was said about the covered parts is not complete, or is no description of boxes."""


@dataclass(frozen=True)
class Box:
    """A covered part: where it begins, how wide and how high, in pixels of the picture that was sent."""

    part: str
    left: int
    top: int
    width: int
    height: int


def read_boxes(text: str, *, width: int, height: int) -> tuple[list[Box], set[str]]:
    """The boxes in "photo:x,y,w,h;mrz:absent;…" (pixels), and the parts that are not on the document; WrongBoxes."""
    boxes: list[Box] = []
    absent: set[str] = set()
    for entry in text.split(";"):
        part, colon, told = entry.partition(":")
        if part not in (*PARTS, "more") or not colon or len(boxes) >= MOST_BOXES:
            raise WrongBoxes
        if told == ABSENT:
            absent.add(part)
            continue
        numbers = told.split(",")
        if len(numbers) != 4 or not all(n.isascii() and n.isdecimal() and len(n) < 6 for n in numbers):
            raise WrongBoxes
        box = Box(part, *(int(n) for n in numbers))
        if box.width < SMALLEST_SIDE or box.height < SMALLEST_SIDE:
            raise WrongBoxes
        if box.left + box.width > width or box.top + box.height > height:
            raise WrongBoxes
        boxes.append(box)
    covered = {box.part for box in boxes}
    if covered & absent or not set(PARTS) <= covered | absent or not boxes:
        raise WrongBoxes
    return boxes, absent
