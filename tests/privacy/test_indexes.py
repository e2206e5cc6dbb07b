"""However large the shop, what is asked about one person is found by an index: no table is ever read through."""

import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import event

from shop.core.db import Model, db
from shop.privacy.queries import held
from shop.privacy.queries.overview import overview, page_of
from shop.privacy.queries.people import people_with_address
from tests.factories import make_customer, make_order
from tests.page import Browser

MOST_STATEMENTS = 12


def asked_by(work: Callable[[], Any]) -> list[tuple[str, Any]]:
    """The questions that some work asks the database."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return [(statement, parameters) for statement, parameters in asked if statement.startswith("SELECT")]


def test_no_question_about_one_person_reads_a_whole_table(app: Flask) -> None:
    account = make_customer()
    make_order(account=account, status="confirmed")
    people = [account.person_id]
    questions = asked_by(lambda: list(held.items(people)))
    questions += asked_by(lambda: overview(people))
    questions += asked_by(lambda: [page_of(holding.table.name, people) for holding in held.holdings()])
    questions += asked_by(lambda: people_with_address(account.email))
    tables = set(Model.metadata.tables)
    read_through = set()
    db.session.rollback()
    with db.engine.connect() as connection:
        for statement, parameters in questions:
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters):
                found = re.match(r"SCAN (\w+)", str(row[3]))
                if found and found[1] in tables:
                    read_through.add((found[1], statement[:300]))
    assert read_through == set()


def test_the_page_asks_few_questions_however_much_is_held(app: Flask, customer: Browser) -> None:
    for _turn in range(8):
        make_order(account=customer.account, status="confirmed")
    for path in ("/account/data", "/account/data/all/orders"):
        assert len(asked_by(lambda path=path: customer.get(path))) <= MOST_STATEMENTS, path
