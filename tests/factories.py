"""Sensible rows, every value replaceable. Each is committed, as if somebody had made it on a screen."""

import itertools
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pyotp import TOTP
from sqlalchemy import update

from shop.accounts.models import Account
from shop.accounts.passwords import hash_password
from shop.catalogue.models import PriceChange, Product, StockMovement, Variant
from shop.core import clock
from shop.core.db import db
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
        db.session.add(PriceChange(variant_id=variant.id, price_cents=price_cents, from_at=datetime(2026, 1, 1, tzinfo=UTC)))
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
