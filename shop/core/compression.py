"""Pages travel small: those that are the same for everybody, and no others.

A page of somebody's own stays as it is: beside a secret, what was typed could betray it by the page's size (BREACH).
"""

from flask import Flask, Response
from flask_compress import Compress

compress = Compress()


def init_compression(app: Flask) -> None:
    """Compress what may be kept; open this before the guards at the door, which say what may be kept."""
    app.config.setdefault("COMPRESS_REGISTER", False)
    app.config.setdefault("COMPRESS_ALGORITHM", ["br", "gzip"])
    app.config.setdefault("COMPRESS_BR_LEVEL", 5)
    compress.init_app(app)

    @app.after_request
    def smaller(response: Response) -> Response:
        is_for_all = response.headers.get("Cache-Control") == "no-cache"
        return compress.after_request(response) if is_for_all else response
