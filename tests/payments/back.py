"""Money that goes back, as tests do and see it: accepted by somebody, carried out by the worker, moved on by Mollie."""

from typing import Any

from sqlalchemy import select, update

from shop.core import clock, outbox
from shop.core.db import db, writing
from shop.core.outbox import OutboxRow
from shop.orders.models import Order
from shop.orders.queries import order_for_change
from shop.payments import jobs
from shop.payments.models import Capture, PaymentAttempt, Refund
from shop.payments.queries import Balance, balance_of
from shop.payments.refunding import decide, propose
from tests.factories import make_staff
from tests.payments.till import Till


class Back:
    """The till after the sale."""

    def __init__(self, till: Till) -> None:
        self.till = till
        self.control = till.control
        self.member = make_staff("owner").id

    def paid(self, **values: Any) -> tuple[int, str]:
        """A paid order and its payment at Mollie."""
        order_id, mollie_id = self.till.started(**values)
        self.till.pay(mollie_id)
        assert self.till.state(order_id).status == "confirmed"
        return order_id, mollie_id

    def accept(self, order_id: int, cents: int, *, key: str = "k", final: int | None = None, **values: Any) -> int:
        """Propose and accept, as a member of staff does in one step; the refund's number."""
        with writing():
            order = order_for_change(order_id)
            assert order is not None
            refund = propose(order, cents=cents, origin="staff", key=key, at=clock.now(), **values)
            decide(refund.id, accept=True, reason="Beschadigd", cents=final, staff_id=self.member, at=clock.now())
            db.session.commit()
            return refund.id

    def send(self) -> int:
        """Let the worker ask what is due."""
        db.session.rollback()
        done = outbox.carry_out_due()
        db.session.rollback()
        return done

    def send_again(self) -> int:
        """Let time pass until the worker tries again what did not go well."""
        db.session.rollback()
        db.session.execute(update(OutboxRow).where(OutboxRow.done_at.is_(None)).values(due_at=clock.now()))
        db.session.commit()
        return self.send()

    def refunds(self, order_id: int) -> list[tuple[str, int]]:
        """Where the refunds of an order stand, oldest first."""
        return [(row.status, row.amount_cents) for row in self._rows(Refund, order_id)]

    def refund(self, order_id: int) -> Refund:
        """The newest refund."""
        found: Refund = self._rows(Refund, order_id)[-1]
        return found

    def captures(self, order_id: int) -> list[tuple[str, int]]:
        """Where the captures of an order stand, oldest first."""
        return [(row.status, row.amount_cents) for row in self._rows(Capture, order_id)]

    def capture_rows(self, order_id: int) -> list[Capture]:
        """The captures of an order, oldest first."""
        return self._rows(Capture, order_id)

    def _rows(self, kind: Any, order_id: int) -> list[Any]:
        db.session.rollback()
        question = select(kind).where(kind.order_id == order_id).order_by(kind.id)
        rows = list(db.session.scalars(question.execution_options(populate_existing=True)))
        for row in rows:
            db.session.expunge(row)
        db.session.rollback()
        return rows

    def balance(self, order_id: int) -> Balance:
        """The money of an order."""
        db.session.rollback()
        found = balance_of(db.session.get_one(Order, order_id, populate_existing=True))
        db.session.rollback()
        return found

    def asked(self, what: str = "refunds") -> list[dict[str, Any]]:
        """What Mollie was asked for so far."""
        return [call for call in self.till.calls("POST") if call["path"].endswith(f"/{what}")]

    def look(self, order_id: int) -> None:
        """Let the time come to ask Mollie, and ask as the job does."""
        self.till.change(PaymentAttempt, self.till.attempt(order_id).id, next_ask_at=clock.now())
        jobs.reconcile_due()
        db.session.rollback()

    def mails(self, message: str) -> int:
        """How many messages of a kind were asked for."""
        db.session.rollback()
        question = select(OutboxRow.id).where(OutboxRow.kind == "mail", OutboxRow.reference == message)
        return len(db.session.scalars(question).all())
