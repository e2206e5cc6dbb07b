"""Which VAT rates hold."""

from datetime import date

from sqlalchemy import select

from shop.core.db import db
from shop.core.errors import ShopError
from shop.pricing.models import VatRate
from shop.pricing.rules import HOME


class NoVatRates(ShopError):
    """Nobody has entered the VAT rates of a country, so nothing can be priced for it."""


def vat_rates(country: str, on: date, *, oss_since: date | None) -> dict[str, int]:
    """The rate of each VAT class (hundredths of a percent) for a customer in a country on a day.

    Dutch rates until the shop is past the EU threshold and reports by OSS; from that day the customer's own.
    """
    ruled_by = country if oss_since is not None and on >= oss_since else HOME
    question = select(VatRate.vat_class, VatRate.basis_points).where(VatRate.country == ruled_by, VatRate.from_on <= on)
    rates = {row.vat_class: row.basis_points for row in db.session.execute(question.order_by(VatRate.from_on))}
    if not rates:
        raise NoVatRates(ruled_by)
    return rates
