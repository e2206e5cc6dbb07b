"""Orders keep their own copy of names, prices, VAT rates and addresses; what happens to them is a timeline."""

from datetime import datetime

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
from shop.people.models import Person

PLACED, CONFIRMED, COMPLETED, EXPIRED, CANCELED = "placed", "confirmed", "completed", "expired", "canceled"
STATUSES = (PLACED, CONFIRMED, COMPLETED, EXPIRED, CANCELED)

PACKED, SHIPPED, DELIVERED, READY, COLLECTED = "packed", "shipped", "delivered", "ready", "collected"
LOST, GIVEN_UP = "lost", "given_up"  # lost: its pieces are sent again; given up: they are paid back instead

WAIT, RESEND, REFUND, ARRIVED = "wait", "resend", "refund", "arrived"  # what staff decide when nothing arrived

AFTER_DELIVERY = Keep(Event.DELIVERED, days=30)
AFTER_ORDER = Keep(Event.ORDER_ENDED, days=74)  # the fourteen days of withdrawal, and sixty more
DESK = (Role.OWNER, Role.FULFILMENT)


class Order(Model):
    """One purchase by one person; amounts are whole cents, VAT included."""

    __tablename__ = "orders"
    __label__ = _l("Order")
    __named_by__ = "number"
    __events__ = {
        Event.CREATED: "placed_at",
        Event.DELIVERED: ("delivered_at", "ended_at"),  # what was never delivered ends as well
        Event.ORDER_ENDED: "ended_at",
        Event.FINANCIAL_YEAR: "placed_at",
    }
    __table_args__ = (
        CheckConstraint("status IN ('placed', 'confirmed', 'completed', 'expired', 'canceled')", name="status"),
        CheckConstraint("pays_by IN ('mollie', 'pickup', 'free')", name="pays_by"),
        CheckConstraint("items_cents >= 0 AND shipping_cents >= 0 AND discount_cents >= 0", name="amounts_positive"),
        CheckConstraint("total_cents = items_cents + shipping_cents - discount_cents", name="total_adds_up"),
        CheckConstraint("total_cents >= 0", name="total_positive"),
        Index("ix_orders_status_placed", "status", "placed_at"),
    )

    id: Mapped[int] = plain(primary_key=True)
    number: Mapped[str] = plain(
        String(20), unique=True, label=_l("Order number")
    )  # random, so that it tells nothing and cannot be guessed
    person_id: Mapped[str | None] = subject("people.id", erase=Erase.BLANK, index=True)
    placement_key: Mapped[str | None] = secret(String(64), unique=True)  # cart and its version: placing twice is once
    cart_id: Mapped[int | None] = plain()
    return_token: Mapped[str] = secret(String(64), unique=True)  # status, amount and "pay again"; Mollie knows it
    language: Mapped[str] = plain(String(2))
    terms_version: Mapped[str] = plain(String(20))
    status: Mapped[str] = plain(String(12), default=PLACED)
    pays_by: Mapped[str] = plain(String(10))
    email: Mapped[str | None] = personal(
        Category.EMAIL,
        Purpose.DELIVERY,
        String(254),
        keep=AFTER_ORDER,
        erase=Erase.BLANK,
        label=_l("E-mail address for messages about the order"),
        recipients=[Recipient.MAIL_RELAY],
        roles=DESK,
        correct=True,
        identifies=True,
        index=True,
    )
    telephone: Mapped[str | None] = personal(
        Category.TELEPHONE,
        Purpose.SERVICE_CONTACT,
        String(20),
        keep=AFTER_DELIVERY,
        erase=Erase.BLANK,
        label=_l("Telephone number, for questions about the delivery"),
        roles=DESK,
        correct=True,
    )
    note: Mapped[str | None] = personal(
        Category.PROVIDED,
        Purpose.DELIVERY,
        String(500),
        keep=AFTER_DELIVERY,
        erase=Erase.BLANK,
        label=_l("Your note with the order"),
        roles=DESK,
        correct=True,
    )
    express_request: Mapped[str | None] = personal(
        Category.PROVIDED,
        Purpose.DELIVERY,
        String(500),
        keep=UNTIL_ERASED,
        erase=Erase.KEEP,
        label=_l("Your request to start within the withdrawal period"),
    )
    express_request_at: Mapped[datetime | None] = plain()
    shipping_method_id: Mapped[int | None] = plain(ForeignKey("shipping_methods.id"))
    shipping_kind: Mapped[str] = plain(String(10), default="")  # parcel, pickup, or empty when nothing is sent
    shipping_name: Mapped[str] = plain(String(80), default="")
    shipping_vat_basis_points: Mapped[int] = plain(default=0)
    items_cents: Mapped[int] = plain()
    shipping_cents: Mapped[int] = plain(default=0)
    discount_cents: Mapped[int] = plain(default=0)
    total_cents: Mapped[int] = plain(label=_l("Total"))
    placed_at: Mapped[datetime] = personal(
        Category.ACTIVITY,
        Purpose.DELIVERY,
        keep=UNTIL_ERASED,
        erase=Erase.KEEP,
        label=_l("When you ordered"),
        source=Source.USE,
    )
    expires_at: Mapped[datetime | None] = plain()  # until then its stock is kept for an unpaid order
    confirmed_at: Mapped[datetime | None] = plain()
    delivered_at: Mapped[datetime | None] = plain()
    ended_at: Mapped[datetime | None] = plain()
    delivery_stopped_at: Mapped[datetime | None] = plain()  # money was taken back: nothing leaves, unless staff says so
    version: Mapped[int] = plain(default=1, server_default="1")  # goes up with each change by staff
    privacy_version: Mapped[str | None] = plain(String(20), label=_l("Version of the privacy statement then"))

    person: Mapped[Person | None] = relationship(lazy="raise")
    lines: Mapped[list["OrderLine"]] = relationship(lazy="raise", order_by="OrderLine.id", back_populates="order")
    addresses: Mapped[list["OrderAddress"]] = relationship(lazy="raise")
    events: Mapped[list["OrderEvent"]] = relationship(lazy="raise", order_by="OrderEvent.id")
    shipments: Mapped[list["Shipment"]] = relationship(lazy="raise", order_by="Shipment.id", back_populates="order")


class OrderLine(Model):
    """So many pieces of something at the price and VAT of the moment of ordering."""

    __tablename__ = "order_lines"
    __label__ = _l("Order line")
    __named_by__ = "name"
    __table_args__ = (
        CheckConstraint("quantity >= 1", name="quantity_positive"),
        CheckConstraint("total_cents = quantity * unit_price_cents", name="total_adds_up"),
        CheckConstraint("unit_price_cents >= 0", name="price_positive"),
        CheckConstraint("not_sent_quantity >= 0 AND not_sent_quantity <= quantity", name="not_sent_range"),
        {"sqlite_autoincrement": True},  # stock is taken for a line by its number: no later line may have it again
    )

    id: Mapped[int] = plain(primary_key=True)
    order_id: Mapped[int] = subject("orders.id", index=True)
    variant_id: Mapped[int | None] = plain(ForeignKey("variants.id"), index=True)
    kind: Mapped[str] = plain(String(10))
    sku: Mapped[str] = plain(String(40))
    name: Mapped[str] = personal(
        Category.ACTIVITY,
        Purpose.DELIVERY,
        String(250),
        keep=UNTIL_ERASED,
        erase=Erase.KEEP,
        label=_l("What you bought"),
        source=Source.USE,
        roles=(*DESK, Role.BOOKKEEPING),
    )
    quantity: Mapped[int] = plain(label=_l("Quantity"))
    unit_price_cents: Mapped[int] = plain()
    total_cents: Mapped[int] = plain(label=_l("Total"))
    vat_basis_points: Mapped[int] = plain()
    weight_grams: Mapped[int] = plain(default=0)
    service_at: Mapped[datetime | None] = personal(
        Category.ACTIVITY,
        Purpose.DELIVERY,
        keep=AFTER_ORDER,
        erase=Erase.BLANK,
        label=_l("When your service takes place"),
        source=Source.STAFF,
        roles=DESK,
    )
    served_at: Mapped[datetime | None] = plain()  # a service that has taken place
    not_sent_quantity: Mapped[int] = plain(default=0, server_default="0")  # pieces that will not be sent after all

    order: Mapped[Order] = relationship(lazy="raise", back_populates="lines")


class OrderAddress(Model):
    """Where an order goes ("shipping") or who is named on its papers ("billing"): the order's own copy."""

    __tablename__ = "order_addresses"
    __label__ = _l("Address of an order")
    __named_by__ = "street"
    __table_args__ = (
        UniqueConstraint("order_id", "kind"),
        CheckConstraint("kind IN ('shipping', 'billing')", name="kind"),
    )

    id: Mapped[int] = plain(primary_key=True)
    order_id: Mapped[int] = subject("orders.id")
    kind: Mapped[str] = plain(String(10))
    given_name: Mapped[str] = personal(
        Category.NAME,
        Purpose.DELIVERY,
        String(60),
        keep=AFTER_ORDER,
        label=_l("First name on the parcel"),
        recipients=[Recipient.CARRIER],
        roles=DESK,
        correct=True,
    )
    family_name: Mapped[str] = personal(
        Category.NAME,
        Purpose.DELIVERY,
        String(80),
        keep=AFTER_ORDER,
        label=_l("Last name on the parcel"),
        recipients=[Recipient.CARRIER],
        roles=DESK,
        correct=True,
    )
    street: Mapped[str] = personal(
        Category.LOCATION,
        Purpose.DELIVERY,
        String(100),
        keep=AFTER_ORDER,
        label=_l("Street"),
        recipients=[Recipient.CARRIER],
        roles=DESK,
        correct=True,
    )
    house_number: Mapped[str] = personal(
        Category.LOCATION,
        Purpose.DELIVERY,
        String(10),
        keep=AFTER_ORDER,
        label=_l("House number"),
        recipients=[Recipient.CARRIER],
        roles=DESK,
        correct=True,
    )
    addition: Mapped[str] = personal(
        Category.LOCATION,
        Purpose.DELIVERY,
        String(20),
        keep=AFTER_ORDER,
        label=_l("Addition"),
        recipients=[Recipient.CARRIER],
        roles=DESK,
        correct=True,
        default="",
    )
    postcode: Mapped[str] = personal(
        Category.LOCATION,
        Purpose.DELIVERY,
        String(12),
        keep=AFTER_ORDER,
        label=_l("Postcode"),
        recipients=[Recipient.CARRIER],
        roles=DESK,
        correct=True,
        index=True,
    )
    town: Mapped[str] = personal(
        Category.LOCATION,
        Purpose.DELIVERY,
        String(80),
        keep=AFTER_ORDER,
        label=_l("Town"),
        recipients=[Recipient.CARRIER],
        roles=DESK,
        correct=True,
    )
    country: Mapped[str] = personal(
        Category.LOCATION,
        Purpose.DELIVERY,
        String(2),
        keep=AFTER_ORDER,
        label=_l("Country"),
        recipients=[Recipient.CARRIER],
        roles=DESK,
        correct=True,
    )


class OrderLink(Model):
    """A link that was mailed to the customer: opens the order's lines; only a hash of its token is kept."""

    __tablename__ = "order_links"
    __events__ = {Event.CREATED: "created_at"}
    __keep__ = AFTER_ORDER

    id: Mapped[int] = plain(primary_key=True)
    order_id: Mapped[int] = subject("orders.id", index=True)
    token_hash: Mapped[str] = secret(String(64), unique=True)
    created_at: Mapped[datetime] = plain()


class OrderEvent(Model):
    """One thing that happened to an order: the timeline that customer and staff both see, each their part."""

    __tablename__ = "order_events"

    id: Mapped[int] = plain(primary_key=True)
    order_id: Mapped[int] = subject("orders.id", index=True)
    kind: Mapped[str] = plain(String(40))
    detail: Mapped[str] = plain(String(120), default="")  # an amount, a carrier: never a personal value
    is_for_customer: Mapped[bool] = plain(default=True)
    staff_id: Mapped[int | None] = plain()
    at: Mapped[datetime] = plain()


class Shipment(Model):
    """A parcel on its way, or a package waiting to be picked up in Harderwijk."""

    __tablename__ = "shipments"
    __label__ = _l("Parcel")
    __named_by__ = "tracking_code"
    __table_args__ = (
        CheckConstraint(
            "status IN ('packed', 'shipped', 'delivered', 'ready', 'collected', 'lost', 'given_up')", name="status"
        ),
        CheckConstraint("handed_over_by IN ('', 'code', 'mail_shown', 'order_named', 'known')", name="handed_over_by"),
        Index("ix_shipments_expected", "status", "expected_by"),
    )

    id: Mapped[int] = plain(primary_key=True)
    order_id: Mapped[int] = subject("orders.id", index=True)
    status: Mapped[str] = plain(String(12))
    carrier_id: Mapped[int | None] = plain(ForeignKey("carriers.id"))
    tracking_code: Mapped[str | None] = personal(
        Category.ACTIVITY,
        Purpose.DELIVERY,
        String(40),
        keep=Keep(Event.DELIVERED, days=60),
        erase=Erase.BLANK,
        label=_l("Tracking code of your parcel"),
        source=Source.CARRIER,
        roles=DESK,
    )
    packed_at: Mapped[datetime] = plain()
    shipped_at: Mapped[datetime | None] = plain()  # or put ready for picking up
    delivered_at: Mapped[datetime | None] = plain()  # or collected
    expected_by: Mapped[datetime | None] = plain()  # from then on it is taken as delivered, unless it is missed
    pickup_code: Mapped[str | None] = secret(String(8))  # for the customer's eyes; typed by staff at hand-over
    handed_over_by: Mapped[str] = plain(String(12), default="", server_default="")  # the code, or why it went without

    order: Mapped[Order] = relationship(lazy="raise", back_populates="shipments")
    lines: Mapped[list["ShipmentLine"]] = relationship(lazy="raise")


class ShipmentLine(Model):
    """How many pieces of an order line are in a shipment."""

    __tablename__ = "shipment_lines"
    __table_args__ = (
        UniqueConstraint("shipment_id", "order_line_id"),
        CheckConstraint("quantity >= 1", name="quantity_positive"),
    )

    id: Mapped[int] = plain(primary_key=True)
    shipment_id: Mapped[int] = subject("shipments.id")
    order_line_id: Mapped[int] = plain(ForeignKey("order_lines.id"), index=True)
    quantity: Mapped[int] = plain()


class ParcelReport(Model):
    """That a customer says a parcel has not arrived, and what staff decided about it."""

    __tablename__ = "parcel_reports"
    __events__ = {Event.CREATED: "reported_at"}
    __label__ = _l("Parcel that did not arrive")
    __table_args__ = (
        CheckConstraint("decision IN ('', 'wait', 'resend', 'refund', 'arrived')", name="decision"),
        CheckConstraint("(decided_at IS NULL) = (decision = '')", name="decided_once"),
        Index(
            "uq_parcel_reports_open",
            "shipment_id",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
        Index("ix_parcel_reports_decided", "decided_at", "id"),
    )

    id: Mapped[int] = plain(primary_key=True)
    shipment_id: Mapped[int] = subject("shipments.id", index=True)
    reported_at: Mapped[datetime] = personal(
        Category.ACTIVITY,
        Purpose.DELIVERY,
        keep=UNTIL_ERASED,
        label=_l("When you told us that a parcel had not arrived"),
        roles=DESK,
    )
    decision: Mapped[str] = plain(String(10), default="")
    reason: Mapped[str | None] = personal(
        Category.PROVIDED,
        Purpose.DELIVERY,
        String(300),
        keep=AFTER_ORDER,
        erase=Erase.BLANK,
        label=_l("What we decided about a parcel that did not arrive, and why"),
        source=Source.STAFF,
        roles=DESK,
    )
    decided_at: Mapped[datetime | None] = plain()
    decided_by: Mapped[int | None] = plain(ForeignKey("staff_members.id"))
