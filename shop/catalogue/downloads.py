"""The files that download products are: kept beside the pictures' folder, never served by their name."""

import os
import re
import secrets
from pathlib import Path

from flask import current_app

from shop.core.errors import ShopError

MOST_BYTES = 10 * 1024 * 1024
_KEY = re.compile(r"[0-9a-f]{32}")
_PDF = b"%PDF-"


class NotADownload(ShopError):
    """What was sent cannot be sold as a download; `reason` is a code: "large" or "kind"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def save_download(content: bytes) -> str:
    """Keep a PDF under a random key; NotADownload when it is too large or something else."""
    if len(content) > MOST_BYTES:
        raise NotADownload("large")
    if not content.startswith(_PDF):
        raise NotADownload("kind")
    key = secrets.token_hex(16)
    path = download_path(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return key


def download_path(key: str) -> Path:
    """Where the file of a key is; ValueError for anything that is not a key of ours."""
    if _KEY.fullmatch(key) is None:
        raise ValueError("not a key")
    return Path(current_app.config["INSTANCE_PATH"]) / "downloads" / f"{key}.pdf"
