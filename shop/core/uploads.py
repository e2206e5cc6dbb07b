"""Files that are sent stay in memory: nothing of an upload is written to a disk before a view has decided on it."""

from io import BytesIO
from typing import IO, Any

from flask import Request


class ShopRequest(Request):
    """A request whose files are never spooled to a temporary file; the length limit keeps them small."""

    def _get_file_stream(self, *args: Any, **kwargs: Any) -> IO[bytes]:
        """Where the bytes of one file go while they come in."""
        return BytesIO()
