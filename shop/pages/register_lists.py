"""The lists of the privacy and cookie pages, read from the register: nothing here is written a second time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import MetaData

from shop.core.personal_data import (
    Category,
    Declaration,
    Event,
    Medium,
    Purpose,
    Recipient,
    Source,
    Store,
    personal_columns,
    register,
)

IN_BROWSER = (Medium.COOKIE, Medium.STORAGE)


@dataclass(frozen=True)
class Kept:
    """Things that are kept of people for the same reason and as long: what, why, how long, and who receives it."""

    labels: tuple[str, ...]
    purpose: str
    period: str
    recipients: tuple[str, ...]


@dataclass(frozen=True)
class KeptCategory:
    """One of the policy's eight categories with what is really kept of it; perhaps nothing."""

    category: Category
    label: str
    kept: tuple[Kept, ...]
    cookies: tuple[Store, ...]


@dataclass(frozen=True)
class UsedFor:
    """A purpose with its lawful basis and the categories used for it."""

    label: str
    basis: str
    categories: tuple[str, ...]


@dataclass(frozen=True)
class ReceivedBy:
    """Somebody outside the shop, with the categories that may be handed over."""

    label: str
    categories: tuple[str, ...]


def kept_categories(metadata: MetaData) -> list[KeptCategory]:
    """The eight categories in the policy's order, each with what is kept."""
    columns = list(_about_visitors(metadata))
    return [
        KeptCategory(
            category,
            str(category.label),
            _grouped([declared for declared in columns if declared.category is category]),
            tuple(store for store in _stores() if store.medium in IN_BROWSER and category in store.categories),
        )
        for category in Category
    ]


def purposes(metadata: MetaData) -> list[UsedFor]:
    """Why data is used, by which right, and which kinds; only the purposes that this shop really has."""
    found: dict[Purpose, list[Category]] = {}
    for declared in _about_visitors(metadata):
        if declared.purpose is not None and declared.category is not None:
            found.setdefault(declared.purpose, []).append(declared.category)
    for store in _stores():
        found.setdefault(store.purpose, []).extend(store.categories)
    return [
        UsedFor(str(purpose.label), str(purpose.basis.label), _labels(found[purpose]))
        for purpose in Purpose
        if purpose in found
    ]


def recipients(metadata: MetaData) -> list[ReceivedBy]:
    """Who may receive something, and what kinds."""
    found: dict[Recipient, list[Category]] = {}
    for declared in _about_visitors(metadata):
        for recipient in declared.recipients:
            if declared.category is not None:
                found.setdefault(recipient, []).append(declared.category)
    return [
        ReceivedBy(str(recipient.label), _labels(found[recipient])) for recipient in Recipient if recipient in found
    ]


def sources(metadata: MetaData) -> list[str]:
    """Where the data comes from."""
    found = {declared.source for declared in _about_visitors(metadata)}
    return [str(source.label) for source in Source if source in found]


def cookies(full_name: Callable[[str], str]) -> list[tuple[str, Store]]:
    """Every cookie that the shop can set, under the name that the browser shows."""
    return [(full_name(store.name), store) for store in _stores() if store.medium is Medium.COOKIE]


def storages() -> list[tuple[str, Store]]:
    """Every key that scripts may use in the browser's storage."""
    return [(store.name, store) for store in _stores() if store.medium is Medium.STORAGE]


def other_places() -> list[Store]:
    """Places of the shop's own, other than tables, where something about a visitor may be: logs, memory, files."""
    return [store for store in _stores() if store.medium not in IN_BROWSER]


def _stores() -> list[Store]:
    return sorted(register.stores.values(), key=lambda store: store.name)


def _about_visitors(metadata: MetaData) -> Iterator[Declaration]:
    """What is kept of visitors and customers; what is kept of the shop's own staff is no part of this statement."""
    for _table, _column, declared in personal_columns(metadata):
        if declared.keep.event is not Event.LEFT:
            yield declared


def _grouped(columns: list[Declaration]) -> tuple[Kept, ...]:
    """One row for all that is kept for the same purpose, as long, and handed to the same."""
    found: dict[tuple[str, str, tuple[str, ...]], dict[str, None]] = {}
    for declared in columns:
        purpose = str(declared.purpose.label) if declared.purpose is not None else ""
        receivers = tuple(str(recipient.label) for recipient in declared.recipients)
        found.setdefault((purpose, str(declared.keep.describe()), receivers), {})[str(declared.label)] = None
    return tuple(Kept(tuple(labels), *key) for key, labels in found.items())


def _labels(found: list[Category]) -> tuple[str, ...]:
    return tuple(str(kind.label) for kind in Category if kind in found)
