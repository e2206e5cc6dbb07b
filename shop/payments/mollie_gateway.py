"""The one place that knows the Mollie client: what goes out is the least, what comes back is a white-list.

Whatever happens, a call ends in an answer or in one of three problems: Mollie refused it, it never got there, or
nobody knows. Names, account numbers and card data in Mollie's answers stop here.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import requests
import structlog
from flask import current_app
from mollie.api.client import Client
from mollie.api.error import RequestError, RequestSetupError, ResponseError
from mollie.api.objects.payment import Payment
from urllib3.exceptions import MaxRetryError

from shop.core.errors import ShopError
from shop.core.money import mollie_value
from shop.payments.mollie_answers import (
    ID,
    MOVEMENT_ID,
    Answer,
    Chargeback,
    Movement,
    read_cents,
    read_moment,
    read_movement,
    read_payment,
    short_text,
)

TIMEOUT = (2, 5)  # seconds to connect, seconds between bytes
SHORT_TIMEOUT = (1, 2)  # where a visitor waits and the answer can be done without
FAILURES, PAUSE = 5, 30.0  # after so many failures in a row Mollie is left alone for so many seconds
NOT_CARRIED_OUT = 429  # too many calls: this one did nothing
LIST_PAGES = 8
MOVE_PAGES = 80  # of 250: twenty thousand refunds in a year

log = structlog.get_logger()
logging.getLogger().addHandler(logging.NullHandler())  # the client warns on the root logger and would set one up itself

T = TypeVar("T")

EVERYTHING = "refunds,captures,chargebacks"

__all__ = ["ID", "Answer", "Chargeback", "Movement"]


class MollieProblem(ShopError):
    """A call to Mollie gave no answer that can be used."""


class Refused(MollieProblem):
    """Mollie said no, and why; nothing was done."""

    def __init__(self, status: int, field: str | None, detail: str) -> None:
        super().__init__(f"{status} {field or ''}".strip())
        self.status = status
        self.field = field
        self.detail = detail


class NotReached(MollieProblem):
    """The call never got to Mollie; nothing was done."""


class Unknown(MollieProblem):
    """The call left and no usable answer came: it may have been carried out."""


@dataclass(frozen=True)
class Method:
    """A way to pay, as Mollie offers it."""

    id: str
    name: str
    min_cents: int
    max_cents: int | None


class Breaker:
    """Leaves Mollie alone for a while after failures in a row, so that no visitor waits for what will not come."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._until = 0.0

    def lets_through(self) -> bool:
        """Whether a call may be tried now; after the pause one may, and its outcome decides."""
        with self._lock:
            if self._failures < FAILURES:
                return True
            if time.monotonic() < self._until:
                return False
            self._until = time.monotonic() + PAUSE
            return True

    def note(self, *, is_well: bool) -> None:
        """Remember how a call went."""
        with self._lock:
            self._failures = 0 if is_well else self._failures + 1
            if not is_well:
                self._until = time.monotonic() + PAUSE

    def reset(self) -> None:
        """Forget what went wrong."""
        self.note(is_well=True)


breaker = Breaker()
_kept = threading.local()


def mode() -> str:
    """Which payments the shop's key makes: "test" or "live"."""
    return "live" if current_app.config["MOLLIE_API_KEY"].startswith("live_") else "test"


def create(body: Mapping[str, Any], *, idempotency_key: str) -> Answer:
    """Make a payment; the same key with the same body makes it once."""
    return _ask(
        "create", lambda client: read_payment(client.payments.create(dict(body), idempotency_key=idempotency_key))
    )


def fetch(mollie_id: str, *, is_waited_for: bool = False) -> Answer:
    """A payment as it is now; shorter patience where somebody waits for the page."""
    if not ID.match(mollie_id):
        raise Refused(404, "id", "not an id")
    patience = SHORT_TIMEOUT if is_waited_for else TIMEOUT
    answer = _ask(
        "get", lambda client: read_payment(client.payments.get(mollie_id, embed=EVERYTHING)), timeout=patience
    )
    if answer.id != mollie_id:
        raise Unknown
    return answer


def cancel(mollie_id: str) -> None:
    """Take back a payment that nobody has paid yet; Refused when that can't be done any more."""
    _ask("cancel", lambda client: bool(client.payments.delete(_id(mollie_id))))


def refund(mollie_id: str, cents: int, *, token: str, text: str, idempotency_key: str) -> Movement:
    """Ask for money of a payment to go back; the same key asks once."""
    body = {"amount": amount(cents), "metadata": token, "description": text}
    return _ask(
        "refund",
        lambda client: read_movement(_known(client, mollie_id).refunds.create(body, idempotency_key=idempotency_key)),
    )


def cancel_refund(mollie_id: str, refund_id: str) -> None:
    """Take back a refund that is not on its way to the bank yet; Refused when that can't be done any more."""
    if not MOVEMENT_ID.match(refund_id):
        raise Refused(404, "id", "not an id")
    _ask("cancel_refund", lambda client: _known(client, mollie_id).refunds.delete(refund_id))


def capture(mollie_id: str, cents: int, *, token: str, text: str, idempotency_key: str) -> Movement:
    """Take in money that was set aside; the same key takes it once."""
    body = {"amount": amount(cents), "metadata": token, "description": text}
    return _ask(
        "capture",
        lambda client: read_movement(_known(client, mollie_id).captures.create(body, idempotency_key=idempotency_key)),
    )


def release(mollie_id: str, *, idempotency_key: str) -> None:
    """Give up what was set aside and not taken in; Mollie does it some time later."""

    def ask(client: Client) -> None:
        client.payments.release_authorization(_id(mollie_id), idempotency_key=idempotency_key)

    _ask("release", ask)


@dataclass(frozen=True)
class Move:
    """Money that was asked back of a payment, whether by us, in the dashboard, or by a bank, as a list tells of it."""

    payment: str
    id: str
    status: str  # of a refund; a chargeback's is empty, or "reversed"


def moves_since(since: datetime) -> list[Move]:
    """All refunds and chargebacks that were made since a moment, each as it is now."""

    def ask(client: Client) -> list[Move]:
        refunds = [
            Move(_id(raw["paymentId"]), short_text(raw["id"]), short_text(raw["status"]))
            for raw in _newest_since(client.refunds.list(limit=250), since, pages=MOVE_PAGES)
            if _is_of(raw, since)
        ]
        return refunds + [
            Move(_id(raw["paymentId"]), short_text(raw["id"]), "reversed" if raw.get("reversedAt") else "")
            for raw in _newest_since(client.chargebacks.list(limit=250), since, pages=MOVE_PAGES)
            if _is_of(raw, since)
        ]

    return _ask("moves", ask)


def payments_since(since: datetime) -> list[Answer]:
    """The payments that were made since a moment, newest first, as Mollie has them now."""

    def ask(client: Client) -> list[Answer]:
        found = [read_payment(raw) for raw in _newest_since(client.payments.list(limit=250), since)]
        return [one for one in found if one.created_at is None or one.created_at >= since]

    return _ask("list", ask)


def find_by_token(token: str, *, since: datetime) -> Answer | None:
    """The payment with our token in its metadata, among those made since a moment; None when there is none."""
    for raw in _ask("list", lambda client: list(_newest_since(client.payments.list(limit=250), since))):
        if raw.get("metadata") == token:
            return _ask("list", lambda _client, found=raw: read_payment(found))  # type: ignore[misc]
    return None


def methods(country: str, locale: str) -> list[Method]:
    """The ways to pay that are offered in a country, by their names in a language."""

    def ask(client: Client) -> list[Method]:
        found = client.methods.list(billingCountry=country, locale=locale, resource="payments")
        return [
            Method(
                id=short_text(raw["id"]),
                name=short_text(raw["description"]),
                min_cents=read_cents(raw.get("minimumAmount")),
                max_cents=read_cents(raw["maximumAmount"]) if raw.get("maximumAmount") else None,
            )
            for raw in found
        ]

    return _ask("methods", ask, timeout=SHORT_TIMEOUT)


def amount(cents: int) -> dict[str, str]:
    """An amount as Mollie wants it."""
    return {"currency": "EUR", "value": mollie_value(cents)}


def _client(timeout: tuple[int, int]) -> Client:
    """This thread's client: no retries, nothing from the environment, and not the name of this machine."""
    wanted = (current_app.config["MOLLIE_API_URL"], current_app.config["MOLLIE_API_KEY"])
    if getattr(_kept, "made_for", None) != wanted:
        client = Client(api_endpoint=wanted[0], timeout=TIMEOUT, retry=0)
        session = requests.Session()
        session.trust_env = False
        client._client = session
        client.UNAME = "redacted"
        client.set_user_agent_component("SoSera", "1.0")
        client.set_api_key(wanted[1])
        _kept.client, _kept.made_for = client, wanted
    kept: Client = _kept.client
    kept.set_timeout(timeout)
    return kept


def _ask(what: str, call: Callable[[Client], T], *, timeout: tuple[int, int] | None = None) -> T:
    if not breaker.lets_through():
        raise NotReached("Mollie is left alone for a moment")
    try:
        found = call(_client(timeout or TIMEOUT))
    except Exception as raised:  # the client raises KeyError and the like on answers it does not expect
        problem = _sorted_out(raised)
        breaker.note(is_well=isinstance(problem, Refused))
        log.warning("mollie.problem", call=what, outcome=type(problem).__name__, error=type(raised).__name__)
        raise problem from None
    breaker.note(is_well=True)
    return found


def _sorted_out(raised: Exception) -> MollieProblem:
    """Which of the three outcomes an exception of the client stands for."""
    if isinstance(raised, ResponseError) and isinstance(raised.status, int):
        if raised.status == NOT_CARRIED_OUT:
            return NotReached()
        if 400 <= raised.status < 500:
            field = raised.field if isinstance(raised.field, str) else None
            return Refused(raised.status, field[:80] if field else None, str(raised)[:200])
        return Unknown()
    if isinstance(raised, RequestSetupError):
        return NotReached()
    if isinstance(raised, RequestError):
        return NotReached() if _never_connected(raised.__context__) else Unknown()
    return Unknown()


def _never_connected(cause: BaseException | None) -> bool:
    """Whether the connection itself could not be made; only then it is certain that nothing was sent."""
    if isinstance(cause, requests.exceptions.ConnectTimeout):
        return True
    inner = cause.args[0] if isinstance(cause, requests.exceptions.ConnectionError) and cause.args else None
    return isinstance(inner, MaxRetryError)


def _newest_since(page: Any, since: datetime, *, pages: int = LIST_PAGES) -> Iterator[Mapping[str, Any]]:
    """What a list holds, newest first, back to a moment."""
    for _turn in range(pages):
        for raw in page:
            made_at = read_moment(raw.get("createdAt"))
            yield raw
            if made_at is not None and made_at < since:
                return
        if not page.has_next():
            return
        page = page.get_next()
    raise ValueError("more than can be looked through")


def _is_of(raw: Mapping[str, Any], since: datetime) -> bool:
    """Whether something was made since a moment, or does not say when."""
    made_at = read_moment(raw.get("createdAt"))
    return made_at is None or made_at >= since


def _known(client: Client, mollie_id: str) -> Payment:
    """A payment that need not be asked for first."""
    return Payment({"id": _id(mollie_id)}, client)  # type: ignore[no-untyped-call]


def _id(value: str) -> str:
    """An id of a payment, which goes into an address as it is."""
    if not ID.match(value):
        raise ValueError("not an id of a payment")
    return value
