"""Pictures of identity documents: checked pixel by pixel, made anew, and kept under a key of their own.

The file stands outside the database and its backups; its key stands in the database, wrapped with the shop's. Taking
away either destroys the copy, and both go (PRIVACY.md F-11).
"""

import base64
import os
import secrets
import warnings
from datetime import datetime
from io import BytesIO
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from flask_babel import lazy_gettext as _l
from PIL import Image

from shop.core.errors import ShopError
from shop.core.personal_data import Category, Medium, Purpose, Store, register
from shop.privacy.rules.id_copies import Box

MOST_BYTES = 4 * 1024 * 1024
MOST_PIXELS = 6_000_000
SMALLEST, LARGEST = 200, 3000
FOLDER = "id-copies"
SIGNATURES = {"PNG": b"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8\xff"}
TRAILERS = {"PNG": b"IEND\xaeB`\x82", "JPEG": b"\xff\xd9"}

register.declare(
    Store(
        "id-copies folder",
        Medium.FILE,
        Purpose.RIGHTS,
        _l("Redacted copy of an identity document, encrypted with a key of its own; never in a backup"),
        _l("until the decision about the request, 28 days at most"),
        (Category.PROVIDED,),
    )
)


class NotACopy(ShopError):
    """What was sent cannot be kept; `reason` is a code: "large", "kind", "pixels", "broken", "more" or "visible"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def checked(content: bytes) -> Image.Image:
    """The picture in these bytes as plain pixels; NotACopy for anything but one flat PNG or JPEG of a sensible size."""
    if len(content) > MOST_BYTES:
        raise NotACopy("large")
    kind = next((name for name, first in SIGNATURES.items() if content.startswith(first)), None)
    if kind is None:
        raise NotACopy("kind")
    if not content.endswith(TRAILERS[kind]):
        raise NotACopy("more")  # something follows the picture: two files in one
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=[kind]) as image:
                _check_size(image)
                image.load()
                if getattr(image, "n_frames", 1) != 1:
                    raise NotACopy("more")
                return _flat(image)
    except NotACopy:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise NotACopy("pixels") from None
    except Exception:  # a file that was made to break a decoder breaks each in its own way
        raise NotACopy("broken") from None


def _check_size(image: Image.Image) -> None:
    """Refuse by what the header says, before a pixel is unpacked."""
    width, height = image.size
    if width * height > MOST_PIXELS or max(width, height) > LARGEST or min(width, height) < SMALLEST:
        raise NotACopy("pixels")
    if image.getexif() or image.info.get("icc_profile") or image.info.get("comment") or getattr(image, "text", None):
        raise NotACopy("more")  # the shop's own page sends nothing but pixels


def _flat(image: Image.Image) -> Image.Image:
    through = image.convert("RGBA")
    plain = Image.new("RGB", through.size, "white")
    plain.paste(through, mask=through.getchannel("A"))
    return plain


def check_covered(image: Image.Image, boxes: list[Box]) -> None:
    """Refuse a picture in which one pixel of a box that is said to be black is not #000000.

    The shop's own page sends a PNG for that reason: a JPEG lets colours of the edge run into the black.
    """
    for box in boxes:
        inner = image.crop((box.left, box.top, box.left + box.width, box.top + box.height))
        if inner.getbbox() is not None:  # the smallest part that is not pure black
            raise NotACopy("visible")


def encoded(image: Image.Image, boxes: list[Box]) -> bytes:
    """The picture made anew, the boxes painted once more in pure black, with nothing else in the file."""
    anew = image.copy()
    for box in boxes:
        anew.paste((0, 0, 0), (box.left, box.top, box.left + box.width, box.top + box.height))
    out = BytesIO()
    anew.save(out, format="PNG", optimize=False)
    return out.getvalue()


def keep(picture: bytes) -> tuple[str, str]:
    """Encrypt a picture with a key of its own; the file's name and the wrapped key."""
    key = Fernet.generate_key()
    name = f"{secrets.token_hex(16)}.bin"
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(Fernet(key).encrypt(picture))
        file.flush()
        os.fsync(file.fileno())
    return name, _box().encrypt(key).decode("ascii")


def opened(name: str, wrapped_key: str) -> bytes | None:
    """The picture in a file, or None when it cannot be opened any more."""
    try:
        return Fernet(_box().decrypt(wrapped_key.encode("ascii"))).decrypt((_folder() / name).read_bytes())
    except (InvalidToken, FileNotFoundError, ValueError):
        return None


def destroy(name: str) -> None:
    """Overwrite a file and take it away; gone already is gone."""
    file = _folder() / Path(name).name
    try:
        with file.open("r+b") as open_file:
            open_file.write(b"\x00" * file.stat().st_size)
            open_file.flush()
            os.fsync(open_file.fileno())
        file.unlink()
    except FileNotFoundError:
        return


def is_old(name: str, at: datetime) -> bool:
    """Whether a file has been there for more than an hour: long enough to have been noted in a row."""
    try:
        return (_folder() / name).stat().st_mtime < at.timestamp() - 3600
    except FileNotFoundError:
        return False


def files() -> list[str]:
    """The names of all files that are kept."""
    folder = _folder()
    return sorted(file.name for file in folder.glob("*.bin")) if folder.exists() else []


def _folder() -> Path:
    return Path(current_app.config["INSTANCE_PATH"]) / FOLDER


def _box() -> MultiFernet:
    """The shop's key around the files' keys; it follows from the secret key, older ones still open."""
    keys = [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]
    derived = [
        HKDF(SHA256(), length=32, salt=None, info=b"shop/privacy/id-copies").derive(key.encode()) for key in keys
    ]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(one)) for one in derived])
