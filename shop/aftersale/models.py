"""Withdrawals: statements that stand as they were given, and what became of them."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from shop.core.db import Model
from shop.core.personal_data import (
    UNTIL_ERASED,
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

ACCEPTED, REFUSED = "accepted", "refused"

AFTER_WITHDRAWAL = Keep(Event.WITHDRAWAL_ENDED, days=60)
DESK = (Role.OWNER, Role.FULFILMENT)


class Withdrawal(Model):
    """That somebody withdraws from an order, in their own words and at that moment (BW 6:230o, Directive 2023/2673)."""

    __tablename__ = "withdrawals"
    __label__ = _l("Withdrawal")
    __named_by__ = "order_reference"
    __events__ = {Event.CREATED: "submitted_at", Event.WITHDRAWAL_ENDED: "ended_at"}
    __table_args__ = (
        CheckConstraint("decision IN ('', 'accepted', 'refused')", name="decision"),
        CheckConstraint("proposed_cents >= 0 AND deduction_cents >= 0", name="amounts_positive"),
        Index("ix_withdrawals_open", "ended_at", "submitted_at"),
    )

    id: Mapped[int] = plain(primary_key=True)
    receipt_hash: Mapped[str] = secret(String(64), unique=True)  # of the receipt's address: sent twice is stated once
    person_id: Mapped[str | None] = subject("people.id", erase=Erase.BLANK, index=True)
    order_id: Mapped[int | None] = plain(ForeignKey("orders.id"), index=True)  # empty until it is known which it is
    is_guest: Mapped[bool] = plain(default=True)  # a person of its own, until the order of the same address is found
    language: Mapped[str] = plain(String(2))
    name: Mapped[str | None] = personal(
        Category.NAME,
        Purpose.DELIVERY,
        String(150),
        keep=AFTER_WITHDRAWAL,
        erase=Erase.BLANK,
        label=_l("Name on your withdrawal"),
        roles=DESK,
    )
    order_reference: Mapped[str | None] = personal(
        Category.PROVIDED,
        Purpose.DELIVERY,
        String(40),
        keep=AFTER_WITHDRAWAL,
        erase=Erase.BLANK,
        label=_l("Order that you named in your withdrawal"),
        roles=DESK,
    )
    email: Mapped[str | None] = personal(
        Category.EMAIL,
        Purpose.DELIVERY,
        String(254),
        keep=AFTER_WITHDRAWAL,
        erase=Erase.BLANK,
        label=_l("E-mail address for the receipt of your withdrawal"),
        recipients=[Recipient.MAIL_RELAY],
        roles=DESK,
        identifies="is_guest",  # a known order's person may have the receipt sent anywhere
        index=True,
    )
    what: Mapped[str | None] = personal(
        Category.PROVIDED,
        Purpose.DELIVERY,
        String(300),
        keep=AFTER_WITHDRAWAL,
        erase=Erase.BLANK,
        label=_l("Which products you withdraw from, in your words"),
        roles=DESK,
    )
    is_by_line: Mapped[bool] = plain(default=False)  # stated by line; otherwise in words, or all of the order
    is_mailed: Mapped[bool] = plain(default=True)  # no when too many messages went to that address that day
    submitted_at: Mapped[datetime] = personal(
        Category.ACTIVITY,
        Purpose.DELIVERY,
        keep=UNTIL_ERASED,
        erase=Erase.KEEP,
        label=_l("When you withdrew"),
        source=Source.USE,
        roles=DESK,
    )
    received_at: Mapped[datetime | None] = plain()
    judged_at: Mapped[datetime | None] = plain()
    judged_by: Mapped[int | None] = plain(ForeignKey("staff_members.id"), index=True)
    decision: Mapped[str] = plain(String(10), default="")
    reason: Mapped[str | None] = personal(
        Category.PROVIDED,
        Purpose.DELIVERY,
        String(300),
        keep=AFTER_WITHDRAWAL,
        erase=Erase.BLANK,
        label=_l("Why your withdrawal was accepted or not"),
        source=Source.STAFF,
        roles=DESK,
    )
    deduction_cents: Mapped[int] = plain(default=0)  # for loss of value by more use than trying (BW 6:230s lid 3)
    proposed_cents: Mapped[int] = plain(default=0)
    ended_at: Mapped[datetime | None] = plain()  # paid back, or judged with nothing to pay

    lines: Mapped[list["WithdrawalLine"]] = relationship(lazy="raise", order_by="WithdrawalLine.id")


class WithdrawalLine(Model):
    """How many pieces of an order line are withdrawn from, and what came back of them."""

    __tablename__ = "withdrawal_lines"
    __label__ = _l("Product in a withdrawal")
    __table_args__ = (
        UniqueConstraint("withdrawal_id", "order_line_id"),
        CheckConstraint("quantity >= 1", name="quantity_positive"),
        CheckConstraint("received_quantity >= 0 AND received_quantity <= quantity", name="received_range"),
        CheckConstraint("put_back_quantity >= 0 AND put_back_quantity <= received_quantity", name="put_back_range"),
    )

    id: Mapped[int] = plain(primary_key=True)
    withdrawal_id: Mapped[int] = subject("withdrawals.id")
    order_line_id: Mapped[int] = plain(ForeignKey("order_lines.id"), index=True)
    quantity: Mapped[int] = plain()
    received_quantity: Mapped[int] = plain(default=0)
    put_back_quantity: Mapped[int] = plain(default=0)
    condition: Mapped[str | None] = personal(
        Category.PROVIDED,
        Purpose.DELIVERY,
        String(200),
        keep=AFTER_WITHDRAWAL,
        erase=Erase.BLANK,
        label=_l("In which state your return came back"),
        source=Source.STAFF,
        roles=DESK,
    )
