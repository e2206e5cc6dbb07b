"""Invoices and credit notes: their numbers and sums in the open, what they say sealed; and the shop's book of sales."""

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
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
    personal,
    plain,
    register,
    secret,
    subject,
)
from shop.orders.models import AFTER_ORDER

IN_THE_VAULT = Keep(Event.FINANCIAL_YEAR, years=7, law="AWR 52, BW 2:10")
BOOKKEEPER = (Role.BOOKKEEPING,)


class InvoiceCounter(Model):
    """The last number of a year: whoever issues a paper holds this row until all of it is written."""

    __tablename__ = "invoice_counters"
    __table_args__ = (CheckConstraint("last >= 0", name="last_positive"),)

    year: Mapped[int] = plain(primary_key=True, autoincrement=False)
    last: Mapped[int] = plain()
    last_at: Mapped[datetime | None] = plain()


class Invoice(Model):
    """An invoice or a credit note that was issued; who it is for stands only in the sealed document."""

    __tablename__ = "invoices"
    __events__ = {Event.FINANCIAL_YEAR: "counts_from", Event.CREATED: "issued_at"}
    __label__ = _l("invoice")
    __named_by__ = "number"
    __table_args__ = (
        UniqueConstraint("year", "sequence"),
        CheckConstraint("kind IN ('invoice', 'credit_note')", name="kind"),
        CheckConstraint("sequence >= 1", name="sequence_positive"),
        CheckConstraint("total_cents = net_cents + vat_cents", name="total_adds_up"),
        CheckConstraint("kind = 'invoice' OR refers_to <> ''", name="credit_note_refers"),
        Index("ix_invoices_issued_on", "issued_on"),
    )

    id: Mapped[int] = plain(primary_key=True)
    order_id: Mapped[int] = subject("orders.id", erase=Erase.KEEP, index=True)
    year: Mapped[int] = plain()
    sequence: Mapped[int] = plain()
    number: Mapped[str] = personal(
        Category.NAME,
        Purpose.BOOKKEEPING,
        String(20),
        keep=IN_THE_VAULT,
        erase=Erase.KEEP,
        label=_l("Invoice with your name and billing address, sealed in the fiscal vault"),
        recipients=[Recipient.BOOKKEEPER],
        roles=BOOKKEEPER,
        unique=True,
    )
    kind: Mapped[str] = plain(String(12))
    cause: Mapped[str] = plain(String(60), unique=True)  # the same cause issues one paper
    refers_to_id: Mapped[int | None] = plain(ForeignKey("invoices.id"), index=True)
    refers_to: Mapped[str] = plain(String(20), default="")  # stays when the other one's term is over
    language: Mapped[str] = plain(String(2))
    is_business: Mapped[bool] = plain(default=False)
    is_oss: Mapped[bool] = plain(default=False)
    net_cents: Mapped[int] = plain()
    vat_cents: Mapped[int] = plain()
    total_cents: Mapped[int] = plain()
    issued_on: Mapped[date] = plain()  # in Dutch time
    issued_at: Mapped[datetime] = plain()
    counts_from: Mapped[datetime | None] = plain()  # the legal term counts from here; empty while a hold keeps it
    held_until: Mapped[date | None] = plain()
    vies: Mapped[str] = plain(String(12), default="")  # what VIES said of the VAT number: valid, unknown, or nothing
    document_key: Mapped[str] = secret(String(400))  # sealed with the vault key
    file_name: Mapped[str] = secret(String(32), unique=True)
    sealed: Mapped[bytes | None] = secret(LargeBinary)  # what it says, until the file with its drawing is there
    stored_at: Mapped[datetime | None] = plain()

    rates: Mapped[list["InvoiceRate"]] = relationship(lazy="raise", order_by="InvoiceRate.basis_points.desc()")


class InvoiceRate(Model):
    """What one VAT rate applies to on an invoice or credit note."""

    __tablename__ = "invoice_rates"

    invoice_id: Mapped[int] = subject("invoices.id", primary_key=True)
    basis_points: Mapped[int] = plain(primary_key=True, autoincrement=False)
    gross_cents: Mapped[int] = plain()
    vat_cents: Mapped[int] = plain()


class InvoiceRequest(Model):
    """That somebody wants an invoice, and in whose name; gone as soon as it is issued."""

    __tablename__ = "invoice_requests"
    __events__ = {Event.CREATED: "asked_at"}
    __label__ = _l("request for an invoice")

    id: Mapped[int] = plain(primary_key=True)
    order_id: Mapped[int] = subject("orders.id", unique=True)
    name: Mapped[str] = personal(
        Category.NAME,
        Purpose.BOOKKEEPING,
        String(150),
        keep=AFTER_ORDER,
        label=_l("Name on the invoice"),
        recipients=[Recipient.BOOKKEEPER],
        correct=True,
    )
    company: Mapped[str] = personal(
        Category.PROVIDED,
        Purpose.BOOKKEEPING,
        String(120),
        keep=AFTER_ORDER,
        label=_l("Company"),
        recipients=[Recipient.BOOKKEEPER],
        correct=True,
        default="",
    )
    vat_number: Mapped[str] = personal(
        Category.PROVIDED,
        Purpose.BOOKKEEPING,
        String(20),
        keep=AFTER_ORDER,
        label=_l("VAT number"),
        recipients=[Recipient.BOOKKEEPER],
        correct=True,
        default="",
    )
    street: Mapped[str] = personal(
        Category.LOCATION,
        Purpose.BOOKKEEPING,
        String(140),
        keep=AFTER_ORDER,
        label=_l("Street and house number on the invoice"),
        recipients=[Recipient.BOOKKEEPER],
        correct=True,
    )
    postcode: Mapped[str] = personal(
        Category.LOCATION,
        Purpose.BOOKKEEPING,
        String(12),
        keep=AFTER_ORDER,
        label=_l("Postcode on the invoice"),
        recipients=[Recipient.BOOKKEEPER],
        correct=True,
    )
    town: Mapped[str] = personal(
        Category.LOCATION,
        Purpose.BOOKKEEPING,
        String(80),
        keep=AFTER_ORDER,
        label=_l("Town on the invoice"),
        recipients=[Recipient.BOOKKEEPER],
        correct=True,
    )
    country: Mapped[str] = personal(
        Category.LOCATION,
        Purpose.BOOKKEEPING,
        String(2),
        keep=AFTER_ORDER,
        label=_l("Country on the invoice"),
        recipients=[Recipient.BOOKKEEPER],
        correct=True,
    )
    vies: Mapped[str] = plain(String(12), default="")
    asked_at: Mapped[datetime] = plain()


class BookEntry(Model):
    """What one rate in one country brought in or went back, on a day: the shop's book of sales, without any name."""

    __tablename__ = "book_entries"
    __events__ = {Event.FINANCIAL_YEAR: "counts_from"}
    __keep__ = IN_THE_VAULT
    __table_args__ = (
        CheckConstraint("kind IN ('sale', 'refund', 'lost')", name="kind"),
        Index("ix_book_entries_booked_on", "booked_on", "id"),
    )

    id: Mapped[int] = plain(primary_key=True)
    order_id: Mapped[int] = subject("orders.id", erase=Erase.KEEP, index=True)
    key: Mapped[str] = plain(String(80), unique=True)  # the same money is booked once
    kind: Mapped[str] = plain(String(8))
    booked_on: Mapped[date] = plain()  # in Dutch time
    country: Mapped[str] = plain(String(2))  # whose VAT it is
    is_oss: Mapped[bool] = plain(default=False)
    basis_points: Mapped[int] = plain()
    gross_cents: Mapped[int] = plain()
    vat_cents: Mapped[int] = plain()
    counts_from: Mapped[datetime] = plain()


register.keeps_from_copies(Invoice.__tablename__, InvoiceCounter.__tablename__)  # they are nothing without the vault
