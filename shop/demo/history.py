"""What happened before you came: orders in every state, for the customer and for guests."""

import random
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from shop.accounts.models import Account
from shop.catalogue import stock
from shop.catalogue.models import DOWNLOAD, GOODS, SERVICE, Product, Variant
from shop.core.db import db
from shop.core.outbox import OutboxRow
from shop.core.statements import current_version
from shop.orders.fulfilment import new_pickup_code
from shop.orders.models import (
    CANCELED,
    COLLECTED,
    COMPLETED,
    CONFIRMED,
    DELIVERED,
    EXPIRED,
    PACKED,
    PLACED,
    READY,
    SHIPPED,
    Order,
    OrderAddress,
    OrderEvent,
    OrderLine,
    Shipment,
    ShipmentLine,
)
from shop.orders.numbers import new_number
from shop.orders.rules import taken_as_delivered_after
from shop.payments.models import AppliedPayment, AttentionItem, PaymentAttempt
from shop.people.actions import new_person
from shop.shipping.models import Carrier, ShippingMethod


@dataclass(frozen=True)
class Guest:
    """Somebody invented, who ordered without an account."""

    given_name: str
    family_name: str
    street: str
    house_number: str
    postcode: str
    town: str
    country: str = "NL"

    @property
    def email(self) -> str:
        """An address that can never belong to anybody."""
        return f"{self.given_name}.{self.family_name}@voorbeeld.invalid".replace(" ", "").lower()


GUESTS = (
    Guest("Fatima", "El Idrissi", "Donkerstraat", "52", "3841 CD", "Harderwijk"),
    Guest("Jan Willem", "Brouwer", "Stationslaan", "118", "3842 LA", "Harderwijk"),
    Guest("Lotte", "van den Berg", "Kerkstraat", "9", "3851 AA", "Ermelo"),
    Guest("Marijn", "Peeters", "Lange Nieuwstraat", "77", "2000", "Antwerpen", "BE"),
    Guest("Anna", "Schneider", "Gartenweg", "3", "48143", "Münster", "DE"),
    Guest("Tom", "Visser", "Zeedijk", "240", "1012 BA", "Amsterdam"),
)
"""Invented people; the streets exist, the people do not."""


@dataclass(frozen=True)
class Story:
    """One past order: whose, how long ago, how far it came."""

    who: int  # -1 is the customer with the account, otherwise a guest
    days_ago: float
    end: str
    kinds: tuple[str, ...] = (GOODS,)
    pick_up: bool = False
    note: str = ""


STORIES = (
    Story(-1, 58, DELIVERED),
    Story(0, 41, DELIVERED),
    Story(1, 33, COLLECTED, pick_up=True),
    Story(-1, 26, DELIVERED, (SERVICE,)),
    Story(2, 19, CANCELED),
    Story(3, 12, DELIVERED),
    Story(4, 9, EXPIRED),
    Story(-1, 6, SHIPPED, (GOODS, GOODS)),
    Story(5, 4, SHIPPED),
    Story(0, 3, READY, pick_up=True),
    Story(2, 2.4, PACKED),
    Story(4, 2, CONFIRMED, (GOODS, GOODS, GOODS), note="Graag inpakken als cadeau: het is voor mijn zus."),
    Story(5, 1.5, CONFIRMED, (DOWNLOAD,)),
    Story(1, 1.2, CONFIRMED, pick_up=True),
    Story(0, 1.1, CONFIRMED, (SERVICE,)),
    Story(3, 0.8, CONFIRMED, (GOODS, GOODS)),
    Story(-1, 0.3, CONFIRMED, (GOODS,), note="Je mag het pakje bij de buren op nummer 16 afgeven."),
    Story(2, 0.01, PLACED),
)


class History:
    """Writes past orders as the shop itself would have left them."""

    def __init__(self, account: Account, *, at: datetime, seed: int = 20261122) -> None:
        self.account = account
        self.at = at
        self.draw = random.Random(seed)
        rows = db.session.execute(
            select(Variant, Product).join(Product, Variant.product_id == Product.id).order_by(Variant.id)
        ).all()
        self.shelf = {
            kind: [(v, p) for v, p in rows if p.kind == kind and (v.stock is None or v.stock > 5)]
            for kind in (GOODS, SERVICE, DOWNLOAD)
        }
        methods = {method.kind: method for method in db.session.scalars(select(ShippingMethod))}
        self.parcel, self.pickup = methods["parcel"], methods["pickup"]
        self.carrier = db.session.scalars(select(Carrier).order_by(Carrier.id)).first()

    def tell(self, story: Story) -> Order:
        """Write one past order with its lines, stock, payment, parcels and timeline."""
        placed_at = self.at - timedelta(days=story.days_ago)
        guest = GUESTS[story.who] if story.who >= 0 else None
        order = self._order(story, guest, placed_at)
        self._lines(order, story)
        self._address(order, guest)
        self._event(order, "placed", placed_at)
        if story.end == PLACED:
            order.expires_at = self.at + timedelta(hours=20)
        elif story.end in (EXPIRED, CANCELED):
            self._ended(order, story.end, placed_at)
        else:
            self._confirmed(order, placed_at)
            self._fulfilled(order, story, placed_at)
        return order

    def _order(self, story: Story, guest: Guest | None, placed_at: datetime) -> Order:
        person_id = new_person("nl", at=placed_at).id if guest else self.account.person_id
        is_sent = GOODS in story.kinds
        method = (self.pickup if story.pick_up else self.parcel) if is_sent else None
        chosen = [self.draw.choice(self.shelf[kind]) for kind in story.kinds]
        self.chosen = [(variant, product, self.draw.choice((1, 1, 1, 2))) for variant, product in dict(chosen).items()]
        items = sum(variant.price_cents * quantity for variant, _product, quantity in self.chosen)
        country = guest.country if guest else "NL"
        sending = 0
        if method is not None and method.kind == "parcel" and items < (method.free_from_cents or items + 1):
            sending = min(rate.price_cents for rate in method.rates if rate.country == country)
        order = Order(
            number=new_number(placed_at),
            person_id=person_id,
            return_token=secrets.token_urlsafe(32),
            language="nl",
            terms_version=current_version("terms", at=self.at),
            privacy_version=current_version("privacy", at=self.at),
            status=PLACED,
            pays_by="pickup" if story.pick_up else "mollie",
            email=guest.email if guest else self.account.email,
            note=story.note or None,
            shipping_method_id=method.id if method else None,
            shipping_kind=method.kind if method else "",
            shipping_name=method.name_nl if method else "",
            shipping_vat_basis_points=2100 if method else 0,
            items_cents=items,
            shipping_cents=sending,
            discount_cents=0,
            total_cents=items + sending,
            placed_at=placed_at,
        )
        db.session.add(order)
        db.session.flush()
        return order

    def _lines(self, order: Order, story: Story) -> None:
        rates = {"standard": 2100, "reduced": 900, "zero": 0}
        for variant, product, quantity in sorted(self.chosen, key=lambda choice: choice[0].id):
            label = f" ({variant.label_nl})" if variant.label_nl else ""
            line = OrderLine(
                order_id=order.id,
                variant_id=variant.id,
                kind=product.kind,
                sku=variant.sku,
                name=product.name_nl + label,
                quantity=quantity,
                unit_price_cents=variant.price_cents,
                total_cents=variant.price_cents * quantity,
                vat_basis_points=rates[product.vat_class],
                weight_grams=variant.weight_grams,
            )
            db.session.add(line)
            db.session.flush()
            stock.take(variant.id, quantity, reason="order", key=f"order:{line.id}", at=order.placed_at)
            if story.end in (EXPIRED, CANCELED):
                back = order.placed_at + timedelta(minutes=31)
                stock.give_back(variant.id, quantity, reason="released", key=f"release:{line.id}", at=back)

    def _address(self, order: Order, guest: Guest | None) -> None:
        home = guest or Guest("Sanne", "de Vries", "Smeepoortstraat", "14", "3841 EK", "Harderwijk")
        is_sent = order.shipping_kind == "parcel"  # who picks up tells a name alone
        where = {
            name: getattr(home, name) if is_sent else "" for name in ("street", "house_number", "postcode", "town")
        }
        db.session.add(
            OrderAddress(
                order_id=order.id,
                kind="shipping",
                given_name=home.given_name,
                family_name=home.family_name,
                addition="",
                country=home.country,
                **where,
            )
        )

    def _ended(self, order: Order, status: str, placed_at: datetime) -> None:
        order.status = status
        order.ended_at = placed_at + timedelta(minutes=31)
        self._event(order, status, order.ended_at)

    def _confirmed(self, order: Order, placed_at: datetime) -> None:
        confirmed_at = placed_at + timedelta(minutes=2)
        order.status, order.confirmed_at = CONFIRMED, confirmed_at
        self._event(order, "confirmed", confirmed_at)
        if order.pays_by == "mollie":
            attempt = self._paid_attempt(order, placed_at, confirmed_at)
            applied = AppliedPayment(
                attempt_id=attempt.id,
                order_id=order.id,
                role="settles",
                amount_cents=order.total_cents,
                at=confirmed_at,
            )
            db.session.add(applied)
        db.session.add(
            OutboxRow(
                kind="mail",
                key=f"order_confirmation:{order.id}",
                person_id=order.person_id,
                reference="order_confirmation",
                created_at=confirmed_at,
                due_at=confirmed_at,
                attempts=1,
                done_at=confirmed_at + timedelta(seconds=2),
            )
        )

    def _paid_attempt(self, order: Order, placed_at: datetime, paid_at: datetime) -> PaymentAttempt:
        attempt = PaymentAttempt(
            order_id=order.id,
            token=secrets.token_urlsafe(32),
            idempotency_key=secrets.token_hex(16),
            mollie_id=f"tr_demo{secrets.token_hex(8)}",
            mode="test",
            method="ideal",
            status="paid",
            amount_cents=order.total_cents,
            currency="EUR",
            created_at=placed_at,
            paid_at=paid_at,
            asked_at=paid_at,
        )
        db.session.add(attempt)
        db.session.flush()
        return attempt

    def _fulfilled(self, order: Order, story: Story, placed_at: datetime) -> None:
        """Take the order as far as its story goes; each step a few hours after the one before."""
        if story.end == CONFIRMED:
            return
        steps = {
            PACKED: (PACKED,),
            SHIPPED: (PACKED, SHIPPED),
            DELIVERED: (PACKED, SHIPPED, DELIVERED),
            READY: (PACKED, READY),
            COLLECTED: (PACKED, READY, COLLECTED),
        }[story.end]
        times = [placed_at + timedelta(hours=5 + 20 * n) for n in range(len(steps))]
        if order.shipping_kind:
            shipment = Shipment(order_id=order.id, status=steps[-1], packed_at=times[0])
            if len(steps) > 1:
                shipment.shipped_at = times[1]
            if SHIPPED in steps and self.carrier is not None:
                shipment.carrier_id, shipment.tracking_code = self.carrier.id, f"3SDEMO{order.id:07d}"
                shipment.expected_by = times[1] + taken_as_delivered_after(self.carrier.usual_days)
            if steps[-1] == READY:
                shipment.pickup_code = new_pickup_code()
            if len(steps) > 2:
                shipment.delivered_at = times[2]
            db.session.add(shipment)
            db.session.flush()
            lines = db.session.scalars(select(OrderLine).where(OrderLine.order_id == order.id))
            for line in lines:
                held = ShipmentLine(shipment_id=shipment.id, order_line_id=line.id, quantity=line.quantity)
                db.session.add(held)
        for step, moment in zip(steps, times, strict=True):
            if order.shipping_kind or step == DELIVERED:
                self._event(order, step, moment)
        if steps[-1] in (DELIVERED, COLLECTED):
            order.status, order.delivered_at, order.ended_at = COMPLETED, times[-1], times[-1]
            self._event(order, "completed", times[-1])
            for line in db.session.scalars(
                select(OrderLine).where(OrderLine.order_id == order.id, OrderLine.kind == SERVICE)
            ):
                line.served_at = times[-1]

    def _event(self, order: Order, kind: str, at: datetime) -> None:
        db.session.add(OrderEvent(order_id=order.id, kind=kind, at=at))

    def pay_twice(self, order: Order) -> None:
        """Let one order have been paid a second time, so that staff have something to decide."""
        moment = order.placed_at + timedelta(minutes=6)
        attempt = self._paid_attempt(order, order.placed_at + timedelta(minutes=4), moment)
        db.session.add(
            AppliedPayment(
                attempt_id=attempt.id, order_id=order.id, role="surplus", amount_cents=order.total_cents, at=moment
            )
        )
        db.session.add(
            AttentionItem(
                order_id=order.id,
                attempt_id=attempt.id,
                key=f"paid_twice:{attempt.id}",
                kind="paid_twice",
                amount_cents=order.total_cents,
                created_at=moment,
            )
        )


def load_history(account: Account, *, at: datetime) -> int:
    """Write every story; how many orders that made."""
    history = History(account, at=at)
    orders = [history.tell(story) for story in STORIES]
    history.pay_twice(orders[-3])
    db.session.flush()
    return len(orders)
