"""Which rows of somebody a member of staff may leave out of an erasure that is granted in part."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from shop.core.personal_data import Erase, path_to_subject
from shop.privacy.models import RightsRequest
from shop.privacy.models.retention import Hold
from shop.privacy.queries import held
from shop.privacy.queries.erasing import plan_for
from shop.privacy.queries.retention import PEOPLE

MOST = 100
NEVER = {RightsRequest.__tablename__, Hold.__tablename__}  # the request itself, and reasons that others gave


@dataclass(frozen=True)
class Keepable:
    """A row that may be left out: how it is named in a form, and what people call it."""

    item: str
    label: Any
    name: str


def rows_to_keep(person_ids: Iterable[str]) -> list[Keepable]:
    """The first rows that belong to these people themselves and that an erasure would take, or take values from."""
    people = tuple(person_ids)
    return list(islice(_found(people), MOST)) if people else []


def _found(people: tuple[str, ...]) -> Iterator[Keepable]:
    plan = plan_for(people)
    for item in held.items(people):
        table = item.table
        is_own = any(len(path) == 1 and path[0].references(PEOPLE.c.id) for path in path_to_subject(table))
        if not is_own or table.name in NEVER or len(item.key) != 1:
            continue
        fate = plan.fate_of(table, item.key)
        is_touched = fate == "goes" or (fate == "stays" and any(v.erase is Erase.BLANK for v in item.filled))
        if is_touched:
            yield Keepable(f"{table.name}:{item.key_text}", item.words.label, item.name)
