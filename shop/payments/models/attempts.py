"""Every try to pay is a row, written before Mollie is asked; what was paid is applied to an order once."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, relationship

from shop.core.db import Model
from shop.core.personal_data import (
    Category,
    Erase,
    Event,
    Keep,
    Purpose,
    Recipient,
    Role,
    Source,
    personal,
    plain,
    secret,
    subject,
)
from shop.orders.models import AFTER_ORDER, Order
from shop.payments.words import METHODS, PAYMENT_WORDS

BOOKS = Keep(Event.FINANCIAL_YEAR, years=7, law="AWR 52, BW 2:10")

CREATING = "creating"  # not yet known at Mollie, or the answer was lost
REFUSED = "refused"  # Mollie would not make the payment


class PaymentAttempt(Model):
    """One try to pay one order: our own token and idempotency key first, Mollie's id when it is known."""

    __tablename__ = "payment_attempts"
    __label__ = _l("Payment")
    __named_by__ = "mollie_id"
    __events__ = {Event.FINANCIAL_YEAR: "created_at", Event.CREATED: "created_at"}
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        CheckConstraint("refunded_cents >= 0 AND charged_back_cents >= 0", name="back_positive"),
        CheckConstraint("claimed_cents >= 0 AND claimed_cents <= amount_cents", name="claimed_range"),
        CheckConstraint("capturing_cents >= 0 AND capturing_cents <= amount_cents", name="capturing_range"),
        Index("ix_payment_attempts_next_ask", "next_ask_at"),
    )

    id: Mapped[int] = plain(primary_key=True)
    order_id: Mapped[int] = subject("orders.id", erase=Erase.KEEP, index=True)
    token: Mapped[str] = secret(String(64), unique=True)  # in the webhook's address and in the metadata
    idempotency_key: Mapped[str] = secret(String(64), unique=True)
    mollie_id: Mapped[str | None] = plain(String(64), unique=True, label=_l("Number of the payment at Mollie"))
    mode: Mapped[str] = plain(String(4))  # test or live: the key it was made with
    method: Mapped[str | None] = personal(
        Category.ACTIVITY,
        Purpose.PAYMENT,
        String(40),
        keep=BOOKS,
        erase=Erase.KEEP,
        label=_l("How you paid"),
        words=METHODS.get,
        source=Source.MOLLIE,
        recipients=[Recipient.MOLLIE],
        roles=[Role.OWNER, Role.BOOKKEEPING],
    )
    status: Mapped[str] = personal(
        Category.ACTIVITY,
        Purpose.PAYMENT,
        String(20),
        keep=BOOKS,
        erase=Erase.KEEP,
        label=_l("Status of your payment"),
        words=PAYMENT_WORDS.get,
        source=Source.MOLLIE,
        roles=[Role.OWNER, Role.BOOKKEEPING],
    )
    amount_cents: Mapped[int] = plain(label=_l("Amount"))
    currency: Mapped[str] = plain(String(3), default="EUR")
    refunded_cents: Mapped[int] = plain(default=0)
    charged_back_cents: Mapped[int] = plain(default=0)
    checkout_url: Mapped[str | None] = secret(String(1023))
    is_cancelable: Mapped[bool] = plain(default=False)
    created_at: Mapped[datetime] = plain()
    expires_at: Mapped[datetime | None] = plain()  # Mollie's own word
    paid_at: Mapped[datetime | None] = plain(label=_l("Paid"))
    asked_at: Mapped[datetime | None] = plain()  # when Mollie's last applied answer was asked for
    next_ask_at: Mapped[datetime | None] = plain()  # when the reconciliation job asks again; None: never
    asks: Mapped[int] = plain(default=0)
    left_out: Mapped[str] = plain(String(40), default="")  # optional parts of the request that Mollie refused
    last_webhook_at: Mapped[datetime | None] = plain()
    claimed_cents: Mapped[int] = plain(
        default=0, server_default="0"
    )  # by refunds that were accepted, all but lost ones
    is_captured_later: Mapped[bool] = plain(default=False, server_default=false())  # set aside first, taken on shipping
    capturing_cents: Mapped[int] = plain(default=0, server_default="0")  # asked for by captures, all but failed ones
    captured_cents: Mapped[int] = plain(default=0, server_default="0")  # came in by captures
    capture_before: Mapped[datetime | None] = plain()  # Mollie's own word
    released_at: Mapped[datetime | None] = plain()  # when what is set aside was given up by us

    order: Mapped[Order] = relationship(lazy="raise")


class AppliedPayment(Model):
    """Money of one attempt, applied to its order: once for each attempt, and at most one settles an order.

    What was changed to cost more is paid by supplements; what came beyond that is surplus.
    """

    __tablename__ = "applied_payments"
    __table_args__ = (
        CheckConstraint("role IN ('settles', 'surplus', 'supplement')", name="role"),
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        Index(
            "uq_applied_payments_settles",
            "order_id",
            unique=True,
            sqlite_where=text("role = 'settles'"),
            postgresql_where=text("role = 'settles'"),
        ),
    )

    id: Mapped[int] = plain(primary_key=True)
    attempt_id: Mapped[int] = plain(ForeignKey("payment_attempts.id"), unique=True)
    order_id: Mapped[int] = subject("orders.id", erase=Erase.KEEP, index=True)
    role: Mapped[str] = plain(String(10))
    amount_cents: Mapped[int] = plain()
    at: Mapped[datetime] = plain()


class AttentionItem(Model):
    """Something about money that a person must decide: what happened, what is proposed, who decided."""

    __tablename__ = "attention_items"
    __label__ = _l("Decision about your payment")
    __table_args__ = (Index("ix_attention_open", "resolved_at", "created_at"),)

    id: Mapped[int] = plain(primary_key=True)
    order_id: Mapped[int] = subject("orders.id", erase=Erase.KEEP, index=True)
    attempt_id: Mapped[int | None] = plain(ForeignKey("payment_attempts.id"), index=True)
    key: Mapped[str] = plain(String(80), unique=True)  # the same thing is told once
    kind: Mapped[str] = plain(String(30))
    amount_cents: Mapped[int] = plain(default=0)
    created_at: Mapped[datetime] = plain()
    resolved_at: Mapped[datetime | None] = plain()
    resolved_by: Mapped[int | None] = plain(ForeignKey("staff_members.id"), index=True)
    choice: Mapped[str] = plain(String(30), default="")
    reason: Mapped[str | None] = personal(
        Category.PROVIDED,
        Purpose.PAYMENT,
        String(300),
        keep=AFTER_ORDER,
        erase=Erase.BLANK,
        label=_l("Why we decided as we did about your payment"),
        source=Source.STAFF,
        roles=[Role.OWNER, Role.BOOKKEEPING],
    )


class OfferedMethods(Model):
    """What Mollie last said it offers to a country, kept so that a slow Mollie never keeps a customer waiting."""

    __tablename__ = "offered_methods"

    country: Mapped[str] = plain(String(2), primary_key=True)
    content: Mapped[str] = plain(Text)
    fetched_at: Mapped[datetime] = plain()
