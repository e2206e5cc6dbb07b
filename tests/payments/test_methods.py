"""Which ways to pay are offered, and that no page waits for Mollie to say so (rows 34 and 37)."""

import json
from datetime import timedelta

import pytest

from shop.core import clock
from shop.core.db import db
from shop.core.i18n import speaking
from shop.payments import methods, rules
from shop.payments.models import OfferedMethods
from shop.payments.queries import offered_methods
from shop.payments.simulator.methods import ALL as AT_MOLLIE
from tests.page import Browser
from tests.payments.till import Till


def names(country: str, cents: int) -> list[str]:
    """The ids of what is offered."""
    found = [method.id for method in offered_methods(country, cents)]
    db.session.rollback()
    return found


def test_row_34_mollie_is_slow_and_the_known_list_stays(till: Till) -> None:
    assert methods.refresh() == 3
    known = names("NL", 1745)
    assert "ideal" in known
    for country in ("NL", "BE", "DE"):
        till.change(OfferedMethods, country, fetched_at=clock.now() - timedelta(hours=1))  # type: ignore[arg-type]
    till.control.answer_next(503, operation="*", times=None)
    assert methods.refresh() == 0
    assert names("NL", 1745) == known


def test_row_34_when_mollie_never_told_nothing_is_offered(till: Till) -> None:
    till.control.answer_next(503, operation="*", times=None)
    assert methods.refresh() == 0
    assert names("NL", 1745) == []


def test_a_fresh_list_is_not_asked_for_again(till: Till) -> None:
    methods.refresh()
    till.control.forget_requests()
    assert methods.refresh() == 0
    assert till.mollie.requests() == []


@pytest.mark.parametrize(
    ("method", "cents", "is_offered"),
    [
        ("creditcard", 10_000_00, True),
        ("creditcard", 10_000_01, False),
        ("klarna", 9, False),
        ("klarna", 10, True),
        ("ideal", 0, False),
    ],
)
def test_row_37_a_method_is_offered_within_its_limits_only(
    till: Till, method: str, cents: int, is_offered: bool
) -> None:
    methods.refresh()
    assert (method in names("NL", cents)) is is_offered


def test_each_country_has_its_own_methods(till: Till) -> None:
    methods.refresh()
    assert "ideal" in names("NL", 1745)
    assert "bancontact" not in names("NL", 1745)
    assert "bancontact" in names("BE", 1745)
    assert names("FR", 1745) == []


def test_what_asks_for_more_than_we_do_is_not_offered(till: Till) -> None:
    methods.refresh()
    needs = {method.id: method.needs_address for method in offered_methods("NL", 1745)}
    assert needs["klarna"] is needs["riverty"] is True
    assert needs["ideal"] is False
    offered = json.dumps(
        [{"id": "billie", "name_nl": "Billie", "name_en": "Billie", "min_cents": 1, "max_cents": None}]
    )
    till.change(OfferedMethods, "NL", content=offered)  # type: ignore[arg-type]
    assert names("NL", 1745) == []


def test_each_method_says_what_it_needs_in_one_place() -> None:
    assert {"klarna", "riverty", "billie"} == rules.CAPTURED_LATER
    assert rules.CAPTURED_LATER <= rules.LOANS <= rules.NEEDS_ADDRESS
    by_mollie = {method.id: method for method in AT_MOLLIE}
    for name, needs in rules.METHODS.items():
        if name in by_mollie and name != "voucher":
            assert (needs.address, needs.lines) == (by_mollie[name].needs_address, by_mollie[name].needs_lines), name
            assert by_mollie[name].can_authorize >= needs.is_captured_later, name


def test_a_difference_is_not_lent_to_anybody(till: Till) -> None:
    methods.refresh()
    known = {method.id for method in offered_methods("NL", 10_000)}
    assert known - {method.id for method in offered_methods("NL", 10_000, is_difference=True)} == {"klarna", "riverty"}


def test_names_are_mollies_own_in_the_language_of_the_page(till: Till) -> None:
    methods.refresh()
    for lang, name in (("nl", "Kaart"), ("en", "Card")):
        with speaking(lang):
            found = {method.id: method.name for method in offered_methods("NL", 1745)}
        assert found["creditcard"] == name
        assert found["ideal"] == "iDEAL | Wero"


def test_the_first_checkout_of_a_new_shop_asks_mollie_once(till: Till, visitor: Browser) -> None:
    visitor.get("/checkout")
    asked = len(till.mollie.requests())
    assert asked > 0
    assert "ideal" in names("NL", 1745)
    visitor.get("/checkout")
    assert len(till.mollie.requests()) == asked


def test_row_34_the_first_checkout_opens_though_mollie_is_down(till: Till, visitor: Browser) -> None:
    till.control.answer_next(503, operation="*", times=None)
    assert visitor.get("/checkout").status in (200, 303)
    assert names("NL", 1745) == []
