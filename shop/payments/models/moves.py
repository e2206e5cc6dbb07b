"""Money that moves after an order was paid: back to the customer, or in from what was only set aside.

A refund begins as a proposal and goes nowhere before a named member of staff accepted it: the database itself refuses
one that nobody decided about, and one beyond what its payment brought.
"""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, relationship

from shop.core.db import Model
from shop.core.personal_data import (
    Category,
    Erase,
    Event,
    Keep,
    Purpose,
    Role,
    Source,
    personal,
    plain,
    secret,
    subject,
)
from shop.payments.models.attempts import BOOKS
from shop.payments.refund_rules import CANCELABLE
from shop.payments.words import REFUND_WORDS

EXPLAINED = Keep(Event.CREATED, months=6)
MONEY = (Role.OWNER, Role.FULFILMENT, Role.BOOKKEEPING)


class Refund(Model):
    """Money that is to go back: proposed, decided about by staff, asked of Mollie, and followed until it is final."""

    __tablename__ = "refunds"
    __events__ = {Event.FINANCIAL_YEAR: "created_at", Event.CREATED: "created_at"}
    __keep__ = BOOKS
    __label__ = _l("refund")
    __table_args__ = (
        CheckConstraint(
            "status IN ('proposed', 'queued', 'pending', 'processing', 'refunded', 'failed', 'canceled', 'declined')",
            name="status",
        ),
        CheckConstraint(
            "origin IN ('withdrawal', 'cancellation', 'change', 'attention', 'staff', 'mollie')", name="origin"
        ),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("shipping_cents >= 0 AND shipping_cents <= amount_cents", name="shipping_range"),
        CheckConstraint("status = 'proposed' OR origin = 'mollie' OR decided_by IS NOT NULL", name="decided"),
        CheckConstraint("cancel_asked_at IS NULL OR cancel_asked_by IS NOT NULL", name="cancel_by_somebody"),
        UniqueConstraint("order_id", "origin", "origin_key"),
        Index("ix_refunds_open", "status", "created_at"),
    )

    id: Mapped[int] = plain(primary_key=True)
    order_id: Mapped[int] = subject("orders.id", erase=Erase.KEEP, index=True)
    attempt_id: Mapped[int | None] = plain(ForeignKey("payment_attempts.id"), index=True)  # whose money goes back
    first_part_id: Mapped[int | None] = plain(ForeignKey("refunds.id"), index=True)  # one decision, several payments
    origin: Mapped[str] = plain(String(12))
    origin_key: Mapped[str] = plain(String(80))  # the same thing is proposed once
    amount_cents: Mapped[int] = plain()
    shipping_cents: Mapped[int] = plain(default=0)  # the part of it that is cost of delivery
    status: Mapped[str] = personal(
        Category.ACTIVITY,
        Purpose.PAYMENT,
        String(12),
        keep=BOOKS,
        erase=Erase.KEEP,
        label=_l("Status of your refund"),
        words=REFUND_WORDS.get,
        source=Source.MOLLIE,
        roles=MONEY,
    )
    reason: Mapped[str | None] = personal(
        Category.PROVIDED,
        Purpose.PAYMENT,
        String(300),
        keep=EXPLAINED,
        erase=Erase.BLANK,
        label=_l("Why money was paid back or not"),
        source=Source.STAFF,
        roles=MONEY,
    )
    is_by_hand: Mapped[bool] = plain(default=False)  # in Mollie's dashboard, or in the shop itself
    proposed_by: Mapped[int | None] = plain(ForeignKey("staff_members.id"))
    decided_by: Mapped[int | None] = plain(ForeignKey("staff_members.id"))
    decided_at: Mapped[datetime | None] = plain()
    token: Mapped[str] = secret(String(64), unique=True)  # in the metadata, so that it is found after a lost answer
    idempotency_key: Mapped[str] = secret(String(64), unique=True)
    mollie_id: Mapped[str | None] = plain(String(64), unique=True)
    created_at: Mapped[datetime] = plain()
    sent_at: Mapped[datetime | None] = plain()  # when it was first asked with this key
    asked_at: Mapped[datetime | None] = plain()  # when Mollie's last applied answer was asked for
    settled_at: Mapped[datetime | None] = plain()  # final: paid back, failed, canceled or declined
    ends_delivery: Mapped[bool] = plain(default=False, server_default=false())  # its pieces are not sent any more
    cancel_asked_at: Mapped[datetime | None] = plain()  # when staff took it back; Mollie may have paid it already
    cancel_asked_by: Mapped[int | None] = plain(ForeignKey("staff_members.id"))
    cancel_reason: Mapped[str | None] = personal(
        Category.PROVIDED,
        Purpose.PAYMENT,
        String(300),
        keep=EXPLAINED,
        erase=Erase.BLANK,
        label=_l("Why paying back was canceled"),
        source=Source.STAFF,
        roles=MONEY,
    )
    cancel_refused_at: Mapped[datetime | None] = plain()  # Mollie did not cancel it: it was too late

    @property
    def is_being_canceled(self) -> bool:
        """Whether it was taken back and Mollie has not answered yet."""
        return self.cancel_asked_at is not None and self.cancel_refused_at is None and self.status in CANCELABLE

    lines: Mapped[list["RefundLine"]] = relationship(lazy="raise", order_by="RefundLine.id")


class RefundLine(Model):
    """For how many pieces of an order line money goes back, and how much.

    No piece, but money: the rest of a piece whose first part goes back from another payment.
    """

    __tablename__ = "refund_lines"
    __table_args__ = (
        UniqueConstraint("refund_id", "order_line_id"),
        CheckConstraint("quantity >= 0", name="quantity_positive"),
        CheckConstraint("cents >= 0", name="cents_positive"),
    )

    id: Mapped[int] = plain(primary_key=True)
    refund_id: Mapped[int] = subject("refunds.id")
    order_line_id: Mapped[int] = plain(ForeignKey("order_lines.id"), index=True)
    quantity: Mapped[int] = plain()
    cents: Mapped[int] = plain()


class Capture(Model):
    """Money that was set aside for an order and is taken in, as its pieces leave."""

    __tablename__ = "captures"
    __table_args__ = (
        CheckConstraint("status IN ('queued', 'pending', 'succeeded', 'failed')", name="status"),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        Index("ix_captures_open", "status", "created_at"),
    )

    id: Mapped[int] = plain(primary_key=True)
    order_id: Mapped[int] = subject("orders.id", erase=Erase.KEEP, index=True)
    attempt_id: Mapped[int] = plain(ForeignKey("payment_attempts.id"), index=True)
    key: Mapped[str] = plain(String(80), unique=True)  # "shipment:12": one parcel is captured once
    amount_cents: Mapped[int] = plain()
    status: Mapped[str] = plain(String(12))
    token: Mapped[str] = secret(String(64), unique=True)
    idempotency_key: Mapped[str] = secret(String(64), unique=True)
    mollie_id: Mapped[str | None] = plain(String(64), unique=True)
    created_at: Mapped[datetime] = plain()
    sent_at: Mapped[datetime | None] = plain()
    asked_at: Mapped[datetime | None] = plain()
    settled_at: Mapped[datetime | None] = plain()
