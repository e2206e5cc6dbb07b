"""The address of a bought file: signed, so that it can't be guessed, and with an end, so that it can't be passed on."""

from datetime import datetime, timedelta

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from shop.core.errors import ShopError

FROM_PAGE = timedelta(hours=1)  # the order's page makes a new one each time
FROM_MAIL = timedelta(days=7)


class LinkEnded(ShopError):
    """This address worked once; the order's page has a new one."""


def signed(line_id: int, *, until: datetime) -> str:
    """What stands in the address of one order line's file."""
    text = _serializer().dumps([line_id, int(until.timestamp())])
    return text if isinstance(text, str) else text.decode()


def line_of(text: str, *, at: datetime) -> int | None:
    """The order line of an address; None when it is none of ours, LinkEnded when its time is over."""
    try:
        line_id, until = _serializer().loads(text)
    except (BadData, TypeError, ValueError):
        return None
    if at.timestamp() > until:
        raise LinkEnded
    return int(line_id)


def _serializer() -> URLSafeSerializer:
    keys = [*reversed(current_app.config["SECRET_KEY_FALLBACKS"]), current_app.config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt="download")
