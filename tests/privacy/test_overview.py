"""All kinds of rows at a glance: the same rows as the walk finds, in one statement."""

import pytest
from flask import Flask
from sqlalchemy import event

from shop.core.db import db
from shop.privacy.queries import held
from shop.privacy.queries.overview import NEWEST, item_of, overview, page_of
from tests.factories import make_customer, make_order
from tests.page import Browser


@pytest.mark.both_databases
def test_the_newest_of_every_kind_come_in_one_statement(app: Flask) -> None:
    account = make_customer()
    for _turn in range(NEWEST + 2):
        make_order(account=account, status="confirmed")
    statements: list[str] = []

    def note(*told: object) -> None:
        statements.append(str(told[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    kinds = overview([account.person_id])
    event.remove(db.engine, "before_cursor_execute", note)
    assert len([statement for statement in statements if statement.startswith("SELECT")]) == 1
    everything = list(held.items([account.person_id]))
    assert {kind.name for kind in kinds} == {item.table.name for item in everything}
    for kind in kinds:
        rows = sorted((i for i in everything if i.table.name == kind.name), key=lambda item: item.key, reverse=True)
        assert (kind.count, list(kind.items)) == (len(rows), rows[:NEWEST]), kind.name
        for category, number in kind.filled.items():
            held_of_it = [row for row in rows if any(value.category is category for value in row.filled)]
            assert number == len(held_of_it), (kind.name, category)


@pytest.mark.both_databases
def test_what_only_an_older_row_holds_is_not_told_to_be_absent(customer: Browser) -> None:
    for turn in range(NEWEST + 2):
        make_order(account=customer.account, status="confirmed", telephone=None if turn else "0612345678")
    page = customer.get("/account/data")
    (entry,) = [one for one in page.soup.find(class_="contents").find_all("li") if "Telefoonnummer" in one.get_text()]
    assert entry.get_text(" ", strip=True) == "Telefoonnummer 1 gegeven"
    section = page.soup.find(id=entry.a["href"].removeprefix("#")).find_parent("section")
    assert "Bewaren we niet" not in section.get_text()
    assert section.find("a", href="/account/data/all/orders") is not None
    told = [one.get_text(" ", strip=True) for one in page.soup.find(class_="contents").find_all("li")]
    assert "IP-adres bewaren we niet" in told


@pytest.mark.both_databases
def test_a_long_list_goes_on_from_its_last_row(app: Flask) -> None:
    account, other = make_customer(), make_customer()
    made = [make_order(account=account).id for _turn in range(3)]
    page = page_of("orders", [account.person_id], before=str(made[2]))
    assert page is not None
    assert [item.key for item in page.items] == [(made[1],), (made[0],)]
    assert item_of("orders", str(made[0]), [account.person_id]) == page.items[1]
    for wrong in ("0", "x", "1-2", str(2**40)):
        assert item_of("orders", wrong, [account.person_id]) is None
    assert item_of("orders", str(made[0]), [other.person_id]) is None
    assert page_of("no_such_table", [account.person_id]) is None
