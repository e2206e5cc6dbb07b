"""The vault: documents that the law has the shop keep, each sealed with a key of its own (envelope encryption).

A document's key stands in its row, itself sealed with the shop's vault key; its file has a random name, and nobody but
this process's user may read it. When the row goes, the file is noise: what is left of it is swept.
"""

import os
import re
import secrets
from collections.abc import Collection
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import current_app
from flask_babel import lazy_gettext as _l

from shop.core.personal_data import Category, Medium, Purpose, Store, register

_NAME = re.compile(r"[0-9a-f]{32}")

register.declare(
    Store(
        "vault folder",
        Medium.FILE,
        Purpose.BOOKKEEPING,
        _l("Invoices and credit notes, each encrypted with a key of its own"),
        _l("7 years after the end of the financial year; 10 years for sales reported by OSS"),
        (Category.NAME, Category.LOCATION, Category.PROVIDED),
    )
)


class CannotOpen(Exception):
    """A sealed document cannot be opened: its key or its file is gone, or was changed."""


def new_name() -> str:
    """A random name for a document's file; it tells nothing."""
    return secrets.token_hex(16)


def new_key() -> str:
    """A new document's key, sealed with the vault key."""
    return _vault().encrypt(Fernet.generate_key()).decode()


def rewrapped(key: str) -> str:
    """A document's key, sealed anew with the newest vault key."""
    return _vault().rotate(key.encode()).decode()


def seal(content: bytes, key: str) -> bytes:
    """A document as it may be kept."""
    return _document(key).encrypt(content)


def unseal(sealed: bytes, key: str) -> bytes:
    """The document that was sealed; CannotOpen when the key does not fit or a bit of it was changed."""
    try:
        return _document(key).decrypt(sealed)
    except InvalidToken as problem:
        raise CannotOpen from problem


def save(name: str, content: bytes, key: str) -> None:
    """Seal a document into its file: whole or not at all, whatever happens meanwhile."""
    path = _path(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{secrets.token_hex(8)}.part")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(seal(content, key))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read(name: str, key: str) -> bytes:
    """The document in a file; CannotOpen when it is gone or does not fit its key."""
    try:
        sealed = _path(name).read_bytes()
    except FileNotFoundError as problem:
        raise CannotOpen from problem
    return unseal(sealed, key)


def is_there(name: str) -> bool:
    """Whether a document has its file."""
    return _path(name).is_file()


def left_over(known: Collection[str], *, before: float) -> list[Path]:
    """Files that belong to no document any more, last written before a moment (seconds since 1970)."""
    return [
        file
        for file in sorted(folder().glob("*"))
        if file.name not in known and file.is_file() and file.stat().st_mtime < before
    ]


def folder() -> Path:
    """Where the files are."""
    return Path(current_app.config["INSTANCE_PATH"]) / "vault"


def _path(name: str) -> Path:
    if _NAME.fullmatch(name) is None:
        raise ValueError("not a name of the vault")
    return folder() / name


def _vault() -> MultiFernet:
    keys = [current_app.config["VAULT_KEY"], *current_app.config["VAULT_KEY_FALLBACKS"]]
    return MultiFernet([Fernet(key) for key in keys])


def _document(key: str) -> Fernet:
    try:
        return Fernet(_vault().decrypt(key.encode()))
    except InvalidToken as problem:
        raise CannotOpen from problem
