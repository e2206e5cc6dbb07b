"""Which VAT rates hold, where and when."""

from datetime import date

import pytest

from shop.core.db import db
from shop.pricing.models import VatRate
from shop.pricing.queries import NoVatRates, vat_rates

ON = date(2026, 11, 22)


@pytest.mark.both_databases
def test_below_the_threshold_dutch_rates_hold_everywhere(app):
    for country in ("NL", "BE", "DE"):
        assert vat_rates(country, ON, oss_since=None) == {"standard": 2100, "reduced": 900, "zero": 0}


@pytest.mark.both_databases
def test_under_oss_the_rates_of_the_customers_country_hold_from_that_day(app):
    since = date(2026, 11, 22)
    assert vat_rates("DE", date(2026, 11, 21), oss_since=since)["standard"] == 2100
    assert vat_rates("DE", since, oss_since=since) == {"standard": 1900, "reduced": 700, "zero": 0}
    assert vat_rates("BE", since, oss_since=since)["reduced"] == 600


def test_a_new_rate_holds_from_its_own_day(app):
    db.session.add(VatRate(country="NL", vat_class="reduced", basis_points=2100, from_on=date(2027, 1, 1)))
    db.session.commit()
    assert vat_rates("NL", date(2026, 12, 31), oss_since=None)["reduced"] == 900
    assert vat_rates("NL", date(2027, 1, 1), oss_since=None)["reduced"] == 2100


def test_a_country_without_rates_has_no_prices(app):
    with pytest.raises(NoVatRates):
        vat_rates("FR", ON, oss_since=ON)
