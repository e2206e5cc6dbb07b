"""What the daily comparison wrote down, as the reader says it: sentences of the program, statuses and amounts."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.core.i18n import speaking
from shop.core.templating import euros
from shop.operations import reconciling
from shop.operations.models import Difference
from shop.payments.words import PAYMENT_WORDS

SENTENCES: tuple[Any, ...] = (
    _l("payment attempt %(attempt_id)s is paid, but applied to no order and told to no one"),
    _l("order %(number)s is confirmed, but no payment settles it"),
    _l("order %(number)s is paid, but still waits for payment"),
    _l("%(sku)s has stock %(counted)s, but its movements add up to %(moved)s"),
    _l("%(sku)s has a stock below zero"),
    _l("line %(line_id)s of order %(number)s (%(status)s) holds %(held)s pieces, not %(should)s"),
    _l("the amounts of order %(number)s do not add up"),
    _l("order %(number)s is confirmed, but its confirmation was never written"),
    _l("order %(number)s has no lines"),
    _l("order %(number)s has no beginning in its timeline"),
    _l("order %(number)s has ended, but not when"),
    _l("%(table)s row %(row)s points to a row of %(other)s that is not there"),
    _l("audit entry %(entry)s does not fit its seal"),
    _l("more was refunded on payment attempt %(attempt_id)s than was paid"),
    _l("the refunds of payment attempt %(attempt_id)s do not add up to what they claim of it"),
    _l("more went back of payment attempt %(attempt_id)s than it brought"),
    _l("refund %(refund_id)s was accepted, but nothing asks Mollie for it"),
    _l("nobody decided about refund %(refund_id)s"),
    _l("the lines of refund %(refund_id)s do not add up to it"),
    _l("the captures of payment attempt %(attempt_id)s do not add up to what they ask of it"),
    _l("in %(year)s number %(sequence)s follows %(before)s"),
    _l("number %(paper)s is not that of %(year)s, %(sequence)s"),
    _l("%(paper)s is dated before the one before it, or in another year"),
    _l("%(drawn)s numbers were drawn in %(year)s, but the last paper has %(last)s"),
    _l("%(year)s has papers, but no counter"),
    _l("the rates of %(paper)s do not add up to it"),
    _l("more was credited of %(paper)s than it came to"),
    _l("the document of %(paper)s cannot be opened"),
    _l("the document of %(paper)s says something else than its row"),
)
"""Every sentence of the invariants and of the papers' check, without its number; `%(number)s` is an order's."""

_ORDER_STATUSES: dict[str, Any] = {
    "placed": _l("Awaiting payment"),
    "confirmed": _l("Confirmed"),
    "completed": _l("Completed"),
    "expired": _l("Expired"),
    "canceled": _l("Canceled"),
}
_PARTS: dict[str, Any] = {
    "status": _l("Status"),
    "amount": _l("Amount"),
    "refunded": _l("Refunded"),
    "charged back": _l("Charged back"),
}


@dataclass(frozen=True)
class Told:
    """A difference in words, and the order that it is about, if it names one."""

    lines: tuple[str, ...]
    number: str = ""


def told(one: Difference) -> Told:
    """What somebody reads of a difference; what has no words yet stays as it was written down."""
    if one.kind == reconciling.ONLY_OURS:
        return Told((_("The shop says: %(status)s", status=_payment_status(one.detail)),))
    if one.kind == reconciling.DIFFERS:
        return Told(tuple(_both(part) for part in one.detail.split("; ") if part))
    if one.kind == reconciling.UNKNOWN:
        amount, _comma, status = one.detail.removeprefix("EUR ").partition(", ")
        return Told((f"{_amount(amount)}, {_payment_status(status)}",) if status else (one.detail,))
    if one.kind == reconciling.PAPER_TOTAL:
        number, _colon, sums = one.detail.partition(": ")
        papers, _slash, order = sums.partition(" / ")
        if order:
            text = _("Papers: %(papers)s. Order: %(order)s.", papers=_amount(papers), order=_amount(order))
            return Told((text,), number)
    return _sentence(one.detail)


def _sentence(written: str) -> Told:
    """A sentence of the program, in the language being spoken."""
    sentence = re.sub(r"^I\d+: ", "", written)
    for known, pattern in _patterns():
        found = pattern.fullmatch(sentence)
        if found:
            values = found.groupdict()
            number = values.get("number", "")
            if "status" in values:
                values["status"] = str(_ORDER_STATUSES.get(values["status"], values["status"])).lower()
            text = str(known) % values
            return Told((f"{text[:1].upper()}{text[1:]}.",), number)
    return Told((written,) if written else ())


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[Any, re.Pattern[str]], ...]:
    """Each sentence with how the program writes it down."""
    with speaking("en"):
        return tuple(
            (sentence, re.compile(_PLACE.sub(r"(?P<\1>.+)", re.escape(str(sentence))))) for sentence in SENTENCES
        )


_PLACE = re.compile(r"%\\\((\w+)\\\)s")


def _both(part: str) -> str:
    """One thing that Mollie and the shop say differently: "amount: 500 / 400"."""
    word, _colon, sides = part.partition(": ")
    theirs, _slash, ours = sides.partition(" / ")
    if word not in _PARTS:
        return part
    say = _payment_status if word == "status" else _cents
    values = {"what": _PARTS[word], "theirs": say(theirs), "ours": say(ours)}
    return str(_("%(what)s: Mollie says %(theirs)s, the shop %(ours)s", **values))


def _payment_status(status: str) -> str:
    return str(PAYMENT_WORDS.get(status, status)).lower()


def _cents(text: str) -> str:
    return euros(int(text)) if text.lstrip("-").isdigit() else text


def _amount(text: str) -> str:
    return _cents(text.replace(".", ""))
