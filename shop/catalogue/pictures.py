"""Pictures: checked, made anew without what a camera wrote in them, and derived in the widths that pages ask for."""

import os
import re
import secrets
import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from flask import current_app
from PIL import Image, ImageOps, UnidentifiedImageError

from shop.core.errors import ShopError

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
MOST_SIDE = 2400  # of the master: more is never shown
WIDTHS = (320, 640, 960, 1280)
FORMATS = ("avif", "webp", "jpeg")  # best first, as browsers choose
ACCEPTED = ("JPEG", "PNG", "WEBP", "AVIF")
TILE = (1200, 800)  # a collection's picture is always this size

_SAVE = {
    "avif": {"format": "AVIF", "quality": 60, "speed": 6},
    "webp": {"format": "WEBP", "quality": 80, "method": 4},
    "jpeg": {"format": "JPEG", "quality": 82, "optimize": True, "progressive": True},
}
_ENDINGS = {"avif": "avif", "webp": "webp", "jpeg": "jpg"}
TYPES = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
KEY_LENGTH = 24
_NAME = re.compile(r"[0-9a-f]{24}(?:-(?:320|640|960|1280))?\.(avif|webp|jpg)")

Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class NotAPicture(ShopError):
    """What was sent cannot become a picture of the shop; `reason` is a code: "large", "kind", "pixels" or "broken"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Master:
    """The one picture that all widths are derived from."""

    key: str
    width: int
    height: int


@dataclass(frozen=True)
class ShownPicture:
    """A picture as components/picture.html shows it."""

    sources: tuple[tuple[str, str], ...]
    src: str
    width: int
    height: int
    alt: str


def media_folder() -> Path:
    """Where the shop keeps its pictures."""
    return Path(current_app.config["MEDIA_PATH"])


def type_of(name: str) -> str | None:
    """The media type of a picture's file by its name, or None when the shop makes no files of that name."""
    found = _NAME.fullmatch(name)
    return TYPES[found.group(1)] if found else None


def opened(content: bytes) -> Image.Image:
    """The picture in these bytes, upright, in plain colours and with nothing but its pixels; NotAPicture otherwise."""
    if len(content) > MOST_BYTES:
        raise NotAPicture("large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=ACCEPTED) as image:
                image.load()
                return _plain(ImageOps.exif_transpose(image))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise NotAPicture("pixels") from None
    except UnidentifiedImageError:
        raise NotAPicture("kind") from None
    except Exception:  # a file that was made to break a decoder breaks each in its own way
        raise NotAPicture("broken") from None


def _plain(image: Image.Image) -> Image.Image:
    """The pixels on white, in a new picture that carries nothing else along."""
    through = image.convert("RGBA")
    plain = Image.new("RGB", through.size, "white")
    plain.paste(through, mask=through.getchannel("A"))
    return plain


def save_master(content: bytes) -> Master:
    """Check what was sent and keep it as a new master with a random name."""
    image = opened(content)
    image.thumbnail((MOST_SIDE, MOST_SIDE), Image.Resampling.LANCZOS)
    return _kept(image)


def save_tile(content: bytes) -> Master:
    """Keep a collection's picture, cut to the size of all tiles, with its smaller widths at once."""
    image = ImageOps.fit(opened(content), TILE, Image.Resampling.LANCZOS)
    master = _kept(image)
    derive(master.key, formats=("webp",))
    return master


def _kept(image: Image.Image) -> Master:
    key = secrets.token_hex(KEY_LENGTH // 2)
    _write(media_folder() / f"{key}.webp", image, {"format": "WEBP", "quality": 92, "method": 2})
    return Master(key, image.width, image.height)


def _write(path: Path, image: Image.Image, options: dict[str, object]) -> None:
    """Put a file in place whole and on the disk, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("wb") as file:
            image.save(file, **options)  # type: ignore[arg-type]
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def derive(key: str, formats: tuple[str, ...] = FORMATS) -> tuple[int, ...]:
    """Make a picture's smaller widths in each format; the widths, never wider than the master."""
    with Image.open(media_folder() / f"{key}.webp", formats=("WEBP",)) as file:
        master = file.convert("RGB")
    widths = widths_of(master.width)
    for width in widths:
        height = max(1, round(master.height * width / master.width))
        smaller = master.resize((width, height), Image.Resampling.LANCZOS)
        for name in formats:
            _write(media_folder() / f"{key}-{width}.{_ENDINGS[name]}", smaller, dict(_SAVE[name]))
    return widths


def widths_of(master_width: int) -> tuple[int, ...]:
    """The widths that are derived from a master: those it can fill."""
    return tuple(width for width in WIDTHS if width <= master_width)


def remove_files(key: str) -> None:
    """Take a picture's files off the disk."""
    for file in media_folder().glob(f"{key}*"):
        if type_of(file.name):
            file.unlink(missing_ok=True)


def remove_strays(keys: set[str], *, older_than: float) -> int:
    """Remove files that were last written before a moment (seconds since 1970) and belong to none of these pictures."""
    removed = 0
    for file in media_folder().glob("*"):
        is_known = type_of(file.name) is not None and file.name[:KEY_LENGTH] in keys
        if not is_known and file.is_file() and file.stat().st_mtime < older_than:
            file.unlink(missing_ok=True)
            removed += 1
    return removed


def shown(key: str, *, width: int, height: int, alt: str, formats: str = "", widths: str = "") -> ShownPicture:
    """A picture as pages show it: the derived files, or the master until they are there."""
    made = tuple(int(one) for one in widths.split(",") if one)
    if not made:
        return ShownPicture((), f"/media/{key}.webp", width, height, alt)
    kinds = [name for name in formats.split(",") if name in _ENDINGS]
    sources = tuple(
        (TYPES[_ENDINGS[name]], ", ".join(f"/media/{key}-{one}.{_ENDINGS[name]} {one}w" for one in made))
        for name in kinds
        if name != "jpeg"
    )
    middle = min(made, key=lambda one: abs(one - 640))
    return ShownPicture(sources, f"/media/{key}-{middle}.{_ENDINGS[kinds[-1]]}", width, height, alt)


def shown_tile(key: str) -> ShownPicture | None:
    """A collection's picture; it stands beside the collection's name and says nothing more, so its text is empty."""
    if not key:
        return None
    files = ", ".join(f"/media/{key}-{width}.webp {width}w" for width in widths_of(TILE[0]))
    return ShownPicture((("image/webp", files),), f"/media/{key}.webp", TILE[0], TILE[1], "")
