"""Commands of this room."""

from flask import Flask


def init_commands(app: Flask) -> None:
    """Hang the commands in the app."""
