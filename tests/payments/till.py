"""What tests of payments do and look at: an order to pay, Mollie's side of it, and what became of both."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from shop.catalogue.models import Product, Variant
from shop.core import clock
from shop.core.db import db, writing
from shop.core.outbox import OutboxRow
from shop.operations.queries import broken_invariants
from shop.orders.models import Order, OrderEvent
from shop.orders.queries import order_for_change
from shop.payments import flows
from shop.payments.models import AppliedPayment, AttentionItem, PaymentAttempt
from shop.payments.simulator import SimulatorServer
from tests.factories import make_order, make_product


@dataclass(frozen=True)
class State:
    """What the database says about one order, without an open transaction."""

    status: str
    attempts: tuple[str, ...]
    applied: tuple[str, ...]
    mails: tuple[str, ...]
    attention: tuple[str, ...]
    events: tuple[str, ...]


class Till:
    """An order of one teapot from a shelf of ten, and everything around paying it."""

    def __init__(self, app: Flask, mollie: SimulatorServer) -> None:
        self.app = app
        self.mollie = mollie
        self.control = mollie.control

    def order(self, *, stock: int = 10, quantity: int = 1, product: Product | None = None, **values: Any) -> int:
        """A placed order that waits for payment."""
        self.product = product or make_product(stock=stock)
        order_id = make_order((self.product, quantity), **values).id
        db.session.rollback()
        return order_id

    def start(self, order_id: int, method: str = "ideal") -> str:
        """Start a payment; Mollie's id of it."""
        found = flows.start_payment(order_id, method=method).mollie_id
        db.session.rollback()
        assert found is not None
        return found

    def started(self, **values: Any) -> tuple[int, str]:
        """An order with an open payment."""
        order_id = self.order(**values)
        return order_id, self.start(order_id)

    def pay(self, mollie_id: str) -> None:
        """The customer pays, and whatever Mollie has to tell arrives."""
        self.control.pay(mollie_id)
        self.control.settle()

    def state(self, order_id: int) -> State:
        """What has become of an order."""
        db.session.rollback()
        order = db.session.get_one(Order, order_id, populate_existing=True)
        attempts = select(PaymentAttempt.status).where(PaymentAttempt.order_id == order_id).order_by(PaymentAttempt.id)
        applied = select(AppliedPayment.role).where(AppliedPayment.order_id == order_id).order_by(AppliedPayment.id)
        flags = select(AttentionItem.kind).where(AttentionItem.order_id == order_id).order_by(AttentionItem.id)
        events = select(OrderEvent.kind).where(OrderEvent.order_id == order_id).order_by(OrderEvent.id)
        keys = select(OutboxRow.reference).where(OutboxRow.kind == "mail", OutboxRow.key.like(f"%:{order_id}"))
        found = State(
            order.status,
            *(tuple(db.session.scalars(question)) for question in (attempts, applied, keys, flags, events)),
        )
        db.session.rollback()
        return found

    def attempts(self, order_id: int) -> list[PaymentAttempt]:
        """The rows of an order's tries, oldest first."""
        db.session.rollback()
        question = select(PaymentAttempt).where(PaymentAttempt.order_id == order_id).order_by(PaymentAttempt.id)
        found = list(db.session.scalars(question.execution_options(populate_existing=True)))
        for row in found:
            db.session.expunge(row)
        db.session.rollback()
        return found

    def attempt(self, order_id: int) -> PaymentAttempt:
        """The newest try."""
        return self.attempts(order_id)[-1]

    def change(self, row: type[Any], row_id: int, **values: Any) -> None:
        """Let time have passed, or something else have happened, for one row."""
        db.session.rollback()
        found = db.session.get_one(row, row_id)
        for name, value in values.items():
            setattr(found, name, value)
        db.session.commit()

    def do(self, verb: Callable[..., bool], order_id: int, **values: Any) -> None:
        """Let the shop do something with an order, as it does: its row held, then committed."""
        with writing():
            order = order_for_change(order_id)
            assert order is not None
            assert verb(order, clock.now(), **values)
            db.session.commit()

    def stock(self) -> int | None:
        """How many teapots are left."""
        db.session.rollback()
        left = db.session.scalar(select(Variant.stock).where(Variant.product_id == self.product.id))
        db.session.rollback()
        return left

    def reconcile(self, order_id: int) -> bool:
        """Ask Mollie about an order's newest try."""
        return flows.reconcile(self.attempt(order_id).id)

    def post(self, path: str, **kwargs: Any) -> int:
        """Call the shop from outside; the status of its answer."""
        return self.app.test_client().post(path, **kwargs).status_code

    def webhook(self, order_id: int, mollie_id: str) -> int:
        """Call the webhook of an order's newest try about some payment."""
        return self.post(f"/webhooks/mollie/{self.attempt(order_id).token}", data={"id": mollie_id})

    def webhook_from_elsewhere(self, order_id: int, mollie_id: str) -> int:
        """As `webhook`, from another thread."""
        with self.app.app_context():
            return self.webhook(order_id, mollie_id)

    def calls(self, method: str = "GET") -> list[dict[str, Any]]:
        """What the shop asked Mollie about payments so far, with this verb."""
        return [
            call
            for call in self.mollie.requests()
            if call["method"] == method and call["path"].startswith("/v2/payments")
        ]

    def orders(self) -> int:
        """How many orders there are."""
        db.session.rollback()
        found = db.session.scalar(select(func.count(Order.id))) or 0
        db.session.rollback()
        return found

    def nothing_is_broken(self) -> bool:
        """Whether every invariant of the shop holds."""
        db.session.rollback()
        broken = broken_invariants()
        db.session.rollback()
        assert broken == []
        return True
