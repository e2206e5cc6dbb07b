"""The record of processing as rows, the processors with their agreements, and the register of breaches."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from itertools import groupby
from operator import itemgetter
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from shop.core.db import Model, db
from shop.core.personal_data import Recipient, personal_columns, register, row_words
from shop.core.sheets import disarmed
from shop.people.words import ROLES
from shop.privacy.models import Breach, BreachPerson, Processor

HEADS = (
    *(_l("Place"), _l("Item"), _l("What"), _l("Category"), _l("Purpose"), _l("Basis"), _l("Kept"), _l("At erasure")),
    *(_l("Source"), _l("Recipients"), _l("Staff")),
)
AT_ERASURE: dict[str, Any] = {"delete": _l("row goes"), "blank": _l("is emptied"), "keep": _l("stays for the law")}
MEDIA: dict[str, Any] = {
    "cookie": _l("cookie"),
    "file": _l("file"),
    "log": _l("log"),
    "storage": _l("the browser's own storage"),
    "memory": _l("working memory"),
}


def record_rows() -> Iterator[tuple[str, ...]]:
    """The record of processing (GDPR art. 30), a row for each column and each store: from the register alone."""
    for table, column, told in personal_columns(Model.metadata):
        assert told.category is not None
        assert told.purpose is not None
        yield (
            table.name,
            column.name,
            str(told.label),
            f"{told.category.value} {told.category.label}",
            f"{told.purpose.value} {told.purpose.label}",
            str(told.purpose.basis.label),
            str(told.keep.describe()),
            str(AT_ERASURE[told.erase.value]),
            str(told.source.label),
            ", ".join(str(recipient.label) for recipient in told.recipients),
            ", ".join(str(ROLES[role.value]) for role in told.roles),
        )
    for store in register.stores.values():
        yield (
            str(MEDIA[store.medium.value]),
            store.name,
            str(store.label),
            ", ".join(f"{category.value} {category.label}" for category in store.categories),
            f"{store.purpose.value} {store.purpose.label}",
            str(store.purpose.basis.label),
            str(store.keep_text),
            "",
            "",
            "",
            "",
        )


def record_by_place() -> list[tuple[str, Any, list[tuple[str, ...]]]]:
    """The record as a page shows it: each table, or kind of store, with what people call it and its rows."""
    tables = Model.metadata.tables
    groups = [(place, list(rows)) for place, rows in groupby(record_rows(), key=itemgetter(0))]
    return [
        (place, words.label if place in tables and (words := row_words(tables[place])) else place, rows)
        for place, rows in groups
    ]


def record_csv() -> str:
    """The record as a CSV file, with no cell that a spreadsheet takes for a formula."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([str(head) for head in HEADS])
    for row in record_rows():
        writer.writerow(map(disarmed, row))
    return "\ufeff" + out.getvalue()


@dataclass(frozen=True)
class Party:
    """Somebody who receives personal data from the shop, and what is agreed with them."""

    recipient: str
    label: Any
    is_used: bool
    is_processor: bool
    known: Processor | None

    @property
    def agreement_on(self) -> date | None:
        """The date of the agreement, if there is one."""
        return self.known.agreement_on if self.known else None

    @property
    def lacks_agreement(self) -> bool:
        """Whether a processor is used without an agreement: that may not be (GDPR art. 28(3))."""
        is_processor = self.known.role == "processor" if self.known else self.is_processor
        return self.is_used and is_processor and self.agreement_on is None


PROCESSORS = {Recipient.MAIL_RELAY, Recipient.HOSTING, Recipient.BOOKKEEPER}
"""Who works on the shop's orders; Mollie and the carrier answer for what they do themselves."""


def parties(config: Mapping[str, Any]) -> list[Party]:
    """Everybody whom the register names as a recipient, in its order, as this shop is set up."""
    known = {row.recipient: row for row in db.session.scalars(select(Processor))}
    return [
        Party(one.value, one.label, _is_used(one, config), one in PROCESSORS, known.get(one.value)) for one in Recipient
    ]


def _is_used(recipient: Recipient, config: Mapping[str, Any]) -> bool:
    """Whether this shop, as it is set up, really hands something to a recipient."""
    if recipient is Recipient.MAIL_RELAY:
        return not str(config["MAIL_URL"]).startswith("file:")
    if recipient is Recipient.HOSTING:
        return str(config["ENVIRONMENT"]) == "production"
    return recipient in (Recipient.MOLLIE, Recipient.CARRIER)


def missing_agreements(config: Mapping[str, Any]) -> list[str]:
    """The used processors without an agreement."""
    return [party.recipient for party in parties(config) if party.lacks_agreement]


def processor(recipient: str) -> Processor | None:
    """What is known of one recipient."""
    return db.session.scalar(select(Processor).where(Processor.recipient == recipient))


def breaches(*, before: int | None = None, page: int = 50) -> Sequence[Breach]:
    """The register of breaches, newest first; one more than a page."""
    question = select(Breach).order_by(Breach.id.desc()).limit(page + 1)
    if before is not None:
        question = question.where(Breach.id < before)
    return db.session.scalars(question).all()


def breach(breach_id: int) -> Breach | None:
    """One breach, its row held until the transaction ends."""
    question = select(Breach).where(Breach.id == breach_id).with_for_update()
    return db.session.scalar(question.execution_options(populate_existing=True))


def open_breaches() -> int:
    """How many breaches wait for a decision."""
    return db.session.scalar(select(func.count(Breach.id)).where(Breach.decided_at.is_(None))) or 0


def people_of(breach_id: int) -> tuple[int, int]:
    """How many people a breach touched, and how many of them were told."""
    row = db.session.execute(
        select(func.count(BreachPerson.id), func.count(BreachPerson.told_at)).where(BreachPerson.breach_id == breach_id)
    ).one()
    return int(row[0]), int(row[1])
