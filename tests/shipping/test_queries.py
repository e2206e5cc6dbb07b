"""Which ways of delivery there are."""

import pytest

from shop.core.db import db
from shop.shipping.queries import choices, countries
from tests.factories import make_shipping


def offered(*args):
    return [(choice.code, choice.price_cents) for choice in choices(*args)]


@pytest.mark.both_databases
def test_ways_of_delivery_by_country_weight_and_amount(app):
    make_shipping()
    assert offered("NL", 500, 1000) == [("parcel", 495), ("pickup", 0)]
    assert offered("NL", 15_000, 1000) == [("parcel", 795), ("pickup", 0)]
    assert offered("BE", 500, 1000) == [("parcel", 895), ("pickup", 0)]
    assert offered("NL", 500, 6000) == [("parcel", 0), ("pickup", 0)]
    assert offered("BE", 15_000, 1000) == [("pickup", 0)]
    assert offered("FR", 500, 1000) == []


def test_a_way_that_was_switched_off_is_not_offered(app):
    parcel, _pickup = make_shipping()
    parcel.is_active = False
    db.session.commit()
    assert [choice.is_pickup for choice in choices("NL", 500, 1000)] == [True]
    assert countries() == []


def test_countries_are_those_that_parcels_go_to(app):
    make_shipping()
    assert countries() == ["BE", "DE", "NL"]
