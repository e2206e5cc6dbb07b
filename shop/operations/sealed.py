"""Sealed files: encrypted piece by piece with a key of their own, so that a wrong key, a changed or a cut file shows.

Each piece is AES-256-GCM with a counter in its nonce and a mark on the last one (the STREAM construction).
"""

import os
import struct
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"SHOPSEAL1\n"
PIECE = 64 * 1024
TAG = 16


class SealBroken(Exception):
    """The file cannot be opened: another key, another kind of file, or not as it was made."""


def _cipher(key: str, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt, b"shop backup").derive(key.encode()))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return struct.pack(">7xIB", number, is_last)


class SealedWriter:
    """Takes bytes and writes them sealed; `close` writes the last piece, without which the file is not whole."""

    def __init__(self, file: BinaryIO, key: str) -> None:
        salt = os.urandom(32)
        self._file, self._cipher, self._number, self._held = file, _cipher(key, salt), 0, bytearray()
        file.write(MAGIC + salt)

    def write(self, data: bytes) -> int:
        """Take some bytes."""
        self._held += data
        while len(self._held) > PIECE:
            self._put(bytes(self._held[:PIECE]), is_last=False)
            del self._held[:PIECE]
        return len(data)

    def _put(self, piece: bytes, *, is_last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, is_last=is_last), piece, None))
        self._number += 1

    def close(self) -> None:
        """Write what is left, marked as the last."""
        self._put(bytes(self._held), is_last=True)
        self._held.clear()


class SealedReader:
    """Gives the bytes of a sealed file; SealBroken at the first piece that is not right."""

    def __init__(self, file: BinaryIO, key: str) -> None:
        if file.read(len(MAGIC)) != MAGIC:
            raise SealBroken("this is no backup of the shop")
        self._file, self._cipher, self._number = file, _cipher(key, file.read(32)), 0
        self._ahead, self._held, self._is_done = file.read(PIECE + TAG), bytearray(), False

    def read(self, size: int = -1) -> bytes:
        """So many bytes, or all that are left."""
        while not self._is_done and (size < 0 or len(self._held) < size):
            piece, self._ahead = self._ahead, self._file.read(PIECE + TAG)
            is_last = not self._ahead
            try:
                self._held += self._cipher.decrypt(_nonce(self._number, is_last=is_last), piece, None)
            except InvalidTag:
                why = "it was made with another key" if self._number == 0 else "it was changed, or cut off"
                raise SealBroken(f"the backup cannot be opened: {why}") from None
            self._number += 1
            self._is_done = is_last
        end = len(self._held) if size < 0 else size
        given = bytes(self._held[:end])
        del self._held[:end]
        return given
