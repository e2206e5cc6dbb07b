"""What delivery costs, and where a parcel can be followed."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

PLACES = ("code", "postcode", "country")


@dataclass(frozen=True)
class Rate:
    """A price up to a weight."""

    max_weight_grams: int
    price_cents: int


def price_for(rates: Sequence[Rate], *, weight_grams: int, goods_cents: int, free_from_cents: int | None) -> int | None:
    """What delivery costs: the lightest rate that carries the weight, nothing above an amount; None when too heavy."""
    carrying = [rate for rate in rates if rate.max_weight_grams >= weight_grams]
    if not carrying:
        return None
    if free_from_cents is not None and goods_cents >= free_from_cents:
        return 0
    return min(carrying, key=lambda rate: rate.max_weight_grams).price_cents


def tracking_link(template: str, *, code: str, postcode: str = "", country: str = "") -> str | None:
    """Where a parcel can be followed: the carrier's address with the code in it; None unless that is a web address."""
    try:
        parts = urlsplit(template)
    except ValueError:  # a bracket that is never closed
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "{" in parts.netloc or not code:
        return None
    link = template
    for place, value in zip(PLACES, (code, postcode, country), strict=True):
        link = link.replace("{" + place + "}", quote(value.replace(" ", ""), safe=""))
    return link
