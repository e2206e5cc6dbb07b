"""Sensible rows, every value replaceable. Each is committed, as if somebody had made it on a screen."""

import itertools
import secrets
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pyotp import TOTP
from sqlalchemy import select, update

from shop.accounts.models import Account
from shop.accounts.passwords import hash_password
from shop.catalogue.models import PriceChange, Product, StockMovement, Variant
from shop.core import clock
from shop.core.db import db
from shop.orders import actions as order_actions
from shop.orders.models import Order
from shop.orders.placing import Draft, DraftAddress, DraftDelivery, DraftLine, place
from shop.payments.models import AppliedPayment, PaymentAttempt
from shop.people.models import Person, StaffMember
from shop.shipping.models import Carrier, ShippingMethod, ShippingRate
from shop.staff.actions import Credentials, create_member, new_credentials
from tests.page import Browser

_number = itertools.count(1)


def make_product(
    *,
    price_cents: int = 1250,
    stock: int | None = 10,
    variants: int = 1,
    weight_grams: int = 300,
    **values: Any,
) -> Product:
    """A published product with one variant or more."""
    n = next(_number)
    now = clock.now()
    product = Product(
        **{
            "slug": f"theepot-{n}",
            "name_nl": f"Theepot {n}",
            "name_en": f"Teapot {n}",
            "summary_nl": "Een theepot van steengoed.",
            "summary_en": "A stoneware teapot.",
            "description_html_nl": "<p>Draait rond de middag.</p>",
            "description_html_en": "<p>Thrown around noon.</p>",
            "search_nl": f"theepot {n} steengo",
            "search_en": f"teapot {n} stonewar",
            "maker_name": "Atelier Voorbeeld",
            "maker_address": "Voorbeeldstraat 1, 3841 AA Harderwijk",
            "maker_email": "atelier@example.com",
            "is_published": True,
            "published_at": now,
            "updated_at": now,
            "rank": n,
            **values,
        }
    )
    product.options, product.pictures = [], []
    product.variants = [
        Variant(
            sku=f"SKU-{n}-{i}",
            position=i,
            label_nl=f"maat {i + 1}" if variants > 1 else "",
            label_en=f"size {i + 1}" if variants > 1 else "",
            price_cents=price_cents,
            stock=stock,
            weight_grams=weight_grams,
        )
        for i in range(variants)
    ]
    db.session.add(product)
    db.session.flush()
    for variant in product.variants:
        db.session.add(
            PriceChange(variant_id=variant.id, price_cents=price_cents, from_at=datetime(2026, 1, 1, tzinfo=UTC))
        )
        if stock:
            db.session.add(
                StockMovement(variant_id=variant.id, delta=stock, reason="counted", key=f"start:{variant.id}", at=now)
            )
    db.session.commit()
    return product


def make_shipping() -> tuple[ShippingMethod, ShippingMethod]:
    """A parcel by carrier (NL € 4.95, BE and DE € 8.95, free from € 60) and picking up in Harderwijk."""
    parcel = ShippingMethod(
        code="parcel", kind="parcel", name_nl="Bezorgen", name_en="Delivery", free_from_cents=6000, position=1
    )
    parcel.rates = [
        ShippingRate(country=country, max_weight_grams=weight, price_cents=price)
        for country, weight, price in (
            ("NL", 10_000, 495),
            ("NL", 23_000, 795),
            ("BE", 10_000, 895),
            ("DE", 10_000, 895),
        )
    ]
    pickup = ShippingMethod(code="pickup", kind="pickup", name_nl="Ophalen", name_en="Pick up", position=2)
    pickup.rates = [
        ShippingRate(country=country, max_weight_grams=100_000, price_cents=0) for country in ("NL", "BE", "DE")
    ]
    db.session.add_all([parcel, pickup, Carrier(code="postnl", name="PostNL", tracking_url="")])
    db.session.commit()
    return parcel, pickup


TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STAFF_PASSWORD = "wachtwoord-van-het-magazijn"


@cache
def _staff_credentials() -> Credentials:
    return new_credentials(password=STAFF_PASSWORD, totp_secret=TOTP_SECRET)


def make_staff(*roles: str, **values: Any) -> StaffMember:
    """A member of staff with these roles (owner, when none are named), whose password and second factor tests know."""
    n = next(_number)
    member = create_member(
        email=values.pop("email", f"medewerker-{n}@example.com"),
        name=values.pop("name", f"Medewerker {n}"),
        roles=roles or ("owner",),
        credentials=_staff_credentials(),
        at=clock.now(),
    )
    for name, value in values.items():
        setattr(member, name, value)
    db.session.commit()
    return member


def sign_in_staff(browser: Browser, member: StaffMember) -> None:
    """Sign a member in through both forms: the password, then the code of this half minute."""
    member_id, name = member.id, member.name
    browser.get("/staff/sign-in")
    browser.send("/staff/sign-in", email=member.email, password=STAFF_PASSWORD, _follow=True)
    page = browser.send("/staff/second-factor", code=TOTP(TOTP_SECRET).now(), _follow=True)
    assert name in page.text, page.text
    db.session.rollback()
    db.session.execute(update(StaffMember).where(StaffMember.id == member_id).values(totp_last_step=0))
    db.session.commit()  # so that a test can sign the same member in again within this half minute
    browser.account = member


PASSWORD = "een-lang-wachtwoord-1"


@cache
def _password_hash() -> str:
    return hash_password(PASSWORD)


def make_customer(**values: Any) -> Account:
    """Somebody with a confirmed account and the password "een-lang-wachtwoord-1"."""
    now = clock.now()
    person = Person(language=values.pop("language", "nl"), created_on=clock.local_date(now))
    db.session.add(person)
    db.session.flush()
    account = Account(
        **{
            "person_id": person.id,
            "email": f"klant-{next(_number)}@example.com",
            "given_name": "Sanne",
            "family_name": "de Vries",
            "password_hash": _password_hash(),
            "confirmed_at": now,
            "created_at": now,
            **values,
        }
    )
    db.session.add(account)
    db.session.commit()
    return account


def sign_in(browser: Browser, account: Account, password: str = PASSWORD) -> None:
    """Sign a customer in through the form, as they would."""
    browser.get("/account/sign-in")
    page = browser.send("/account/sign-in", email=account.email, password=password)
    assert page.status == 303, page.text
    browser.account = account


def make_order(
    *lines: tuple[Product, int],
    status: str = "placed",
    pays_by: str = "mollie",
    delivery: str = "parcel",
    account: Account | None = None,
    language: str = "nl",
    at: datetime | None = None,
    **values: Any,
) -> Order:
    """An order as the shop itself would have left it: stock taken, timeline, mail, and paid when it is past that.

    Without lines it is for one new teapot. `status` is one of the order's; `values` go into the draft of the order.
    """
    now = at or clock.now()
    bought = [(_first_variant(product), product, quantity) for product, quantity in lines or ((make_product(), 1),)]
    drafted = [
        DraftLine(
            variant_id=variant.id,
            kind=product.kind,
            sku=variant.sku,
            name=product.name_nl if language == "nl" else product.name_en,
            quantity=quantity,
            unit_price_cents=variant.price_cents,
            vat_basis_points=2100,
            weight_grams=variant.weight_grams,
        )
        for variant, product, quantity in bought
    ]
    names = ("Bezorgen", "Ophalen") if language == "nl" else ("Delivery", "Pick up")
    ways = {
        "parcel": DraftDelivery(kind="parcel", name=names[0], price_cents=495, vat_basis_points=2100),
        "pickup": DraftDelivery(kind="pickup", name=names[1]),
    }
    where = {"street": "Donkerstraat", "house_number": "52", "postcode": "3841 CD", "town": "Harderwijk"}
    address = DraftAddress("shipping", "Sanne", "de Vries", "NL", **(where if delivery != "pickup" else {}))
    draft = {
        "placement_key": secrets.token_hex(16),
        "language": language,
        "email": account.email if account else f"gast-{next(_number)}@example.com",
        "pays_by": pays_by,
        "lines": drafted,
        "addresses": [address],
        "delivery": ways.get(delivery, DraftDelivery()),
        "person_id": account.person_id if account else None,
    }
    order = place(Draft(**{**draft, **values}), now)
    if status == "expired":
        order_actions.expire(order, now)
    elif status == "canceled":
        order_actions.cancel(order, now)
    elif status in ("confirmed", "completed") and order.status == "placed":
        attempt = make_attempt(order, status="paid")
        db.session.add(
            AppliedPayment(
                attempt_id=attempt.id, order_id=order.id, role="settles", amount_cents=order.total_cents, at=now
            )
        )
        order_actions.confirm(order, now)
    if status == "completed":
        order_actions.complete(order, now)
    db.session.commit()
    return order


def _first_variant(product: Product) -> Variant:
    question = select(Variant).where(Variant.product_id == product.id).order_by(Variant.position)
    return db.session.scalars(question.limit(1)).one()


def make_attempt(order: Order, *, status: str = "open", method: str = "ideal", **values: Any) -> PaymentAttempt:
    """A try to pay an order, as a row alone: Mollie knows nothing of it."""
    now = clock.now()
    attempt = PaymentAttempt(
        **{
            "order_id": order.id,
            "token": secrets.token_urlsafe(32),
            "idempotency_key": secrets.token_urlsafe(32),
            "mollie_id": f"tr_{secrets.token_hex(11)}" if status not in ("creating", "refused") else None,
            "mode": "test",
            "method": method,
            "status": status,
            "amount_cents": order.total_cents,
            "created_at": now,
            "paid_at": now if status == "paid" else None,
            **values,
        }
    )
    db.session.add(attempt)
    db.session.commit()
    return attempt
