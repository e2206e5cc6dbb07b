"""Withdrawals: statements that stand as they were given; and changes that customers ask for; what became of both."""

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
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

AFTER_ORDER = Keep(Event.ORDER_ENDED, days=74)
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


def _asked(category: Category, length: int, label: Any) -> Any:
    """A part of the address that a customer asks to send to; gone like the order's own address."""
    return personal(
        category, Purpose.DELIVERY, String(length), keep=AFTER_ORDER, erase=Erase.BLANK, label=label, roles=DESK
    )


class ChangeRequest(Model):
    """That a customer asks staff to change an order: to call it off, to send it elsewhere, or fewer pieces of it."""

    __tablename__ = "change_requests"
    __events__ = {Event.CREATED: "asked_at"}
    __label__ = _l("Change that you asked for")
    __table_args__ = (
        CheckConstraint("kind IN ('cancel', 'address', 'fewer')", name="kind"),
        CheckConstraint("decision IN ('', 'accepted', 'refused')", name="decision"),
        CheckConstraint("(decided_at IS NULL) = (decision = '')", name="decided_once"),
        Index(
            "uq_change_requests_open",
            "order_id",
            "kind",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
        Index("ix_change_requests_decided", "decided_at", "id"),
    )

    id: Mapped[int] = plain(primary_key=True)
    order_id: Mapped[int] = subject("orders.id", index=True)
    kind: Mapped[str] = plain(String(10))
    given_name: Mapped[str | None] = _asked(Category.NAME, 60, _l("First name that you asked to put on the parcel"))
    family_name: Mapped[str | None] = _asked(Category.NAME, 80, _l("Last name that you asked to put on the parcel"))
    street: Mapped[str | None] = _asked(Category.LOCATION, 100, _l("Street that you asked to send to"))
    house_number: Mapped[str | None] = _asked(Category.LOCATION, 10, _l("House number that you asked to send to"))
    addition: Mapped[str | None] = _asked(Category.LOCATION, 20, _l("Addition that you asked to send to"))
    postcode: Mapped[str | None] = _asked(Category.LOCATION, 12, _l("Postcode that you asked to send to"))
    town: Mapped[str | None] = _asked(Category.LOCATION, 80, _l("Town that you asked to send to"))
    country: Mapped[str | None] = _asked(Category.LOCATION, 2, _l("Country that you asked to send to"))
    asked_at: Mapped[datetime] = personal(
        Category.ACTIVITY,
        Purpose.DELIVERY,
        keep=UNTIL_ERASED,
        label=_l("When you asked for a change"),
        source=Source.USE,
        roles=DESK,
    )
    decision: Mapped[str] = plain(String(10), default="")
    reason: Mapped[str | None] = personal(
        Category.PROVIDED,
        Purpose.DELIVERY,
        String(300),
        keep=AFTER_ORDER,
        erase=Erase.BLANK,
        label=_l("Why the change that you asked for was made or not"),
        source=Source.STAFF,
        roles=DESK,
    )
    decided_at: Mapped[datetime | None] = plain()
    decided_by: Mapped[int | None] = plain(ForeignKey("staff_members.id"))

    lines: Mapped[list["ChangeRequestLine"]] = relationship(lazy="raise", order_by="ChangeRequestLine.id")


class ChangeRequestLine(Model):
    """How many pieces of an order line the customer wants to keep."""

    __tablename__ = "change_request_lines"
    __table_args__ = (
        UniqueConstraint("change_request_id", "order_line_id"),
        CheckConstraint("quantity >= 0", name="quantity_positive"),
    )

    id: Mapped[int] = plain(primary_key=True)
    change_request_id: Mapped[int] = subject("change_requests.id")
    order_line_id: Mapped[int] = plain()  # no key: the line may be gone once the change was made
    quantity: Mapped[int] = plain()
