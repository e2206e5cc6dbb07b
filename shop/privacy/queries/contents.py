"""How much of what kind is held of somebody: what a download holds, counted in one question."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, literal, select, union_all

from shop.core.db import db
from shop.core.personal_data import row_words
from shop.privacy.queries.held import holdings


@dataclass(frozen=True)
class Content:
    """So many rows of a kind, with the names of what is told of each."""

    label: Any
    rows: int
    fields: tuple[Any, ...]


def contents_of(person_ids: Iterable[str]) -> list[Content]:
    """Every kind of row that is held of these people, with how many there are."""
    roots = {"people": tuple(person_ids), "browsers": ()}
    known = {holding.table.name: holding for holding in holdings()}
    asked = [
        select(literal(name), func.count()).select_from(holding.table).where(condition)
        for name, holding in known.items()
        if (condition := holding.rows_of(roots)) is not None
    ]
    found = []
    for name, rows in db.session.execute(union_all(*asked)):
        if rows:
            holding = known[name]
            words = row_words(holding.table)
            labels = tuple(dict.fromkeys(str(field.declared.label) for field in holding.fields))
            found.append(Content(words.label if words else name, int(rows), labels))
    return found
