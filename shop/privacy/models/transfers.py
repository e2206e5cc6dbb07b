"""Data that a customer has handed over to an organisation of their choice."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from shop.core.db import Model
from shop.core.personal_data import Category, Event, Keep, Purpose, Recipient, Source, personal, plain, secret, subject

A_YEAR = Keep(Event.CREATED, months=12)


class Transfer(Model):
    """That somebody has their data taken elsewhere (GDPR art. 20(2)): to whom, and whether it was fetched."""

    __tablename__ = "transfers"
    __label__ = _l("transfer to another organisation")
    __named_by__ = "organisation"
    __events__ = {Event.CREATED: "asked_at"}
    __keep__ = A_YEAR
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'accepted', 'fetched', 'canceled', 'expired')", name="state"),
    )

    id: Mapped[int] = plain(primary_key=True)
    person_id: Mapped[str] = subject("people.id", index=True)
    key_hash: Mapped[str] = secret(String(64), unique=True)  # of the form that asked: sent twice is asked once
    link_hash: Mapped[str | None] = secret(String(64), unique=True)
    state: Mapped[str] = plain(String(10), default="waiting")
    organisation: Mapped[str] = personal(
        Category.PROVIDED,
        Purpose.RIGHTS,
        String(120),
        keep=A_YEAR,
        label=_l("Organisation that you had your data sent to"),
    )
    email: Mapped[str] = personal(
        Category.PROVIDED,
        Purpose.RIGHTS,
        String(254),
        keep=A_YEAR,
        label=_l("E-mail address of the organisation that you had your data sent to"),
        recipients=[Recipient.MAIL_RELAY],
    )
    stated_name: Mapped[str | None] = personal(
        Category.PROVIDED,
        Purpose.RIGHTS,
        String(120),
        keep=A_YEAR,
        label=_l("Who the organisation says it is"),
        source=Source.USE,
    )
    asked_at: Mapped[datetime] = plain()
    expires_at: Mapped[datetime] = plain()
    accepted_at: Mapped[datetime | None] = plain()
    fetched_at: Mapped[datetime | None] = personal(
        Category.ACTIVITY,
        Purpose.RIGHTS,
        keep=A_YEAR,
        label=_l("When the organisation fetched your data"),
        source=Source.USE,
    )
    canceled_at: Mapped[datetime | None] = plain()


class TransferPerson(Model):
    """Whose data a transfer holds besides its owner's: what they bought without an account, and proved to be theirs."""

    __tablename__ = "transfer_people"
    __table_args__ = (UniqueConstraint("transfer_id", "person_id"),)

    id: Mapped[int] = plain(primary_key=True)
    transfer_id: Mapped[int] = subject("transfers.id")
    person_id: Mapped[str] = subject("people.id", index=True)
