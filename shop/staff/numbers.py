"""Numbers in a query string, which anybody can type."""

from flask import abort, request

from shop.core.security import MAX_ID


def number_from_query(name: str) -> int | None:
    """A row's number in the query string; None when it is not there, 400 when it is no such number."""
    text = request.args.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 16 and int(text) <= MAX_ID):
        abort(400)
    return int(text)
