"""The ways in which people act on their data: one list, from which every page that leads to them is made."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l


@dataclass(frozen=True)
class Way:
    """One thing that somebody can do: its page, its name, what it brings, and who can open it.

    `in_menu` names it in the account's menu. Its page is for whoever proved who they are, unless it is a `form`: that
    one anybody can fill in, without an account and without the mailbox.
    """

    endpoint: str
    name: Any
    brings: Any
    in_menu: bool = False
    form: bool = False
    child: bool = False


WAYS = (
    Way(
        "privacy.take",
        _l("Download your data"),
        _l("Everything in one file that people and programs can read."),
        in_menu=True,
    ),
    Way(
        "privacy.transfer",
        _l("Take your data to another organisation"),
        _l("You name it. It fetches your data once, within seven days."),
        in_menu=True,
    ),
    Way(
        "privacy.objection",
        _l("Object or restrict"),
        _l("Switches that stop a use of your data. They hold at once."),
        in_menu=True,
    ),
    Way(
        "privacy.erase",
        _l("Erase my data"),
        _l("You see first what goes and what must stay. Then it goes at once."),
        in_menu=True,
    ),
    Way(
        "privacy.ask",
        _l("Ask us something about your data"),
        _l("For what you can't do here yourself. A person answers within four weeks."),
        form=True,
    ),
    Way(
        "privacy.parents_request",
        _l("Have data of my child deleted"),
        _l("We stop statistics at once. A person decides within two working days."),
        form=True,
        child=True,
    ),
)


def data_ways(*, is_proved: bool | None = None, child: bool | None = None) -> Iterator[Way]:
    """The ways, or only those behind a proof, only the forms that anybody can fill in, only those about a child."""
    for way in WAYS:
        if is_proved in (None, not way.form) and child in (None, way.child):
            yield way
