"""Whose data a form of staff is about, by the row that its address names: what a restriction is asked of.

Asked for every form of the back office before its view begins, so that a new one obeys without saying anything.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Column, Select, Table, select, union

from shop.core.db import Model, db
from shop.core.personal_data import path_to_subject
from shop.people.models import Person

PEOPLE = Person.metadata.tables[Person.__tablename__]

ROWS: Mapping[str, tuple[str, str]] = {
    "number": ("orders", "number"),
    "shipment_id": ("shipments", "id"),
    "item_id": ("attention_items", "id"),
    "request_id": ("change_requests", "id"),
    "report_id": ("parcel_reports", "id"),
    "refund_id": ("refunds", "id"),
    "invoice_id": ("invoices", "id"),
    "thread_id": ("contact_threads", "id"),
    "message_id": ("contact_messages", "id"),
    "withdrawal_id": ("withdrawals", "id"),
    "task_id": ("correction_tasks", "id"),
    "hold_id": ("holds", "id"),
    "row_id": ("outbox", "id"),
    "rights_id": ("rights_requests", "id"),
    "copy_id": ("id_copies", "id"),
}
"""The row that an argument of an address names, by table and column."""

NOBODY = {
    "breach_id": "what went wrong in the shop; whom it touched is told, restricted or not (GDPR art. 34)",
    "carrier_id": "who carries parcels",
    "collection_id": "what is sold",
    "difference_id": "asks Mollie again what is true of a payment; nobody's data is changed by hand",
    "line_id": "stands beside the order or the return that it belongs to",
    "member_id": "a colleague at work, not a customer",
    "method_id": "a way of delivery",
    "option_id": "what is sold",
    "picture_id": "what is sold",
    "product_id": "what is sold",
    "rate_id": "a price of delivery",
    "recipient": "who receives data from the shop",
    "taken_id": "books what a bank took back from the shop; nothing of a customer's is used or changed",
    "template_id": "a text that answers begin with",
    "variant_id": "what is sold",
}
"""Arguments that name nobody's data, and why."""


def people_named_in(arguments: Mapping[str, Any]) -> list[str]:
    """Whose data the rows are that an address names."""
    questions = [
        question for name in sorted(arguments) if name in ROWS for question in _questions(*ROWS[name], arguments[name])
    ]
    return sorted(set(db.session.scalars(union(*questions)))) if questions else []


def _questions(name: str, key: str, value: Any) -> Iterator[Select[tuple[str]]]:
    table = Model.metadata.tables[name]
    for path in _ways(table):
        *between, last = path
        if last.references(PEOPLE.c.id):
            links = [column == found.column for column in between for found in column.foreign_keys]
            yield select(last).where(table.c[key] == value, last.is_not(None), *links)


def _ways(table: Table) -> list[list[Column[Any]]]:
    """The register's ways to a person; a statement that is about an order is also about who placed it."""
    orders = Model.metadata.tables["orders"]
    ordered = [column for column in table.columns if table is not orders and column.references(orders.c.id)]
    found = path_to_subject(table)
    more = [[column, *rest] for column in ordered for rest in path_to_subject(orders)]
    return found + [way for way in more if way not in found]
