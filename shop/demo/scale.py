"""Very many products and orders, written in large strokes, to measure how the shop carries them."""

import random
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select

from shop.catalogue.models import PriceChange, Product, StockMovement, Variant
from shop.catalogue.rules import search_text
from shop.core import clock
from shop.core.db import db
from shop.core.outbox import OutboxRow
from shop.core.statements import current_version
from shop.orders.models import COMPLETED, Order, OrderAddress, OrderEvent, OrderLine
from shop.people.models import Person

BATCH = 2_000
THINGS = ("kaars", "zeep", "kom", "mok", "vaas", "theedoek", "prent", "schaal", "kussen", "plaid")
WORDS = ("zand", "klei", "salie", "oker", "inkt", "linnen", "rond", "hoog", "klein", "groot", "mat", "glanzend")


def _batches(total: int) -> Iterator[range]:
    for start in range(0, total, BATCH):
        yield range(start, min(start + BATCH, total))


def _next_id(column: Any) -> int:
    return int(db.session.scalar(select(func.coalesce(func.max(column), 0))) or 0) + 1


def load_products(total: int, *, at: datetime) -> int:
    """Add so many products with one variant each; how many were added. The caller commits."""
    draw = random.Random(1)
    first = _next_id(Product.id)
    for numbers in _batches(total):
        products, variants, prices, moves = [], [], [], []
        for n in numbers:
            name = f"{draw.choice(THINGS)} {draw.choice(WORDS)} {draw.choice(WORDS)} {n}"
            key, price = first + n, draw.randrange(250, 15_000, 5)
            products.append(
                {
                    "id": key,
                    "slug": f"schaal-{key}",
                    "name_nl": name.capitalize(),
                    "name_en": name.capitalize(),
                    "summary_nl": name,
                    "summary_en": name,
                    "search_nl": search_text(name, (), "nl"),
                    "search_en": search_text(name, (), "en"),
                    "maker_name": "Schaal",
                    "maker_address": "Harderwijk",
                    "maker_email": "schaal@voorbeeld.invalid",
                    "is_published": True,
                    "published_at": at,
                    "updated_at": at,
                    "rank": -key,
                }
            )
            variants.append({"product_id": key, "sku": f"SCHAAL-{key}", "price_cents": price, "stock": 20})
        db.session.execute(insert(Product), products)
        ids = db.session.scalars(insert(Variant).returning(Variant.id, sort_by_parameter_order=True), variants).all()
        for variant_id, row in zip(ids, variants, strict=True):
            prices.append({"variant_id": variant_id, "price_cents": row["price_cents"], "from_at": at})
            key_of = f"start:{variant_id}"
            moves.append({"variant_id": variant_id, "delta": 20, "reason": "counted", "key": key_of, "at": at})
        db.session.execute(insert(PriceChange), prices)
        db.session.execute(insert(StockMovement), moves)
    return total


def load_orders(total: int, *, at: datetime) -> int:
    """Add so many completed orders by guests, over the past three years; how many were added. The caller commits."""
    draw = random.Random(2)
    terms = current_version("terms", at=at)
    first = _next_id(Order.id)
    for numbers in _batches(total):
        people, orders, lines, addresses, events, mails = [], [], [], [], [], []
        for n in numbers:
            key, person = first + n, secrets.token_hex(16)
            placed_at = at - timedelta(minutes=draw.randrange(1, 3 * 365 * 1440))
            cents = draw.randrange(500, 20_000, 5)
            people.append({"id": person, "language": "nl", "created_on": clock.local_date(placed_at)})
            orders.append({**_order(key, person, placed_at, cents), "terms_version": terms})
            lines.append(
                {
                    "order_id": key,
                    "kind": "download",
                    "sku": "SCHAAL",
                    "name": draw.choice(THINGS),
                    "quantity": 1,
                    "unit_price_cents": cents,
                    "total_cents": cents,
                    "vat_basis_points": 2100,
                }
            )
            addresses.append(_address(key, n, draw))
            events.append({"order_id": key, "kind": "placed", "at": placed_at, "is_for_customer": True})
            mails.append(_sent_confirmation(key, person, placed_at))
        for model, rows in (
            (Person, people),
            (Order, orders),
            (OrderLine, lines),
            (OrderAddress, addresses),
            (OrderEvent, events),
            (OutboxRow, mails),
        ):
            db.session.execute(insert(model), rows)
    return total


def _order(key: int, person: str, placed_at: datetime, cents: int) -> dict[str, Any]:
    return {
        "id": key,
        "number": f"S-{key:09d}",
        "person_id": person,
        "return_token": secrets.token_urlsafe(32),
        "language": "nl",
        "status": COMPLETED,
        "pays_by": "pickup",
        "email": f"klant{key}@voorbeeld.invalid",
        "items_cents": cents,
        "shipping_cents": 0,
        "discount_cents": 0,
        "total_cents": cents,
        "placed_at": placed_at,
        "confirmed_at": placed_at,
        "delivered_at": placed_at + timedelta(days=2),
        "ended_at": placed_at + timedelta(days=2),
    }


def _address(key: int, n: int, draw: random.Random) -> dict[str, Any]:
    return {
        "order_id": key,
        "kind": "shipping",
        "given_name": draw.choice(("Noor", "Sem", "Lotte", "Daan", "Fatima", "Jan")),
        "family_name": draw.choice(("Bakker", "de Boer", "Visser", "Smit", "Meijer")),
        "street": "Voorbeeldstraat",
        "house_number": str(n % 300 + 1),
        "addition": "",
        "postcode": f"{draw.randrange(1000, 9999)} AB",
        "town": "Voorbeeld",
        "country": "NL",
    }


def _sent_confirmation(key: int, person: str, placed_at: datetime) -> dict[str, Any]:
    return {
        "kind": "mail",
        "key": f"order_confirmation:{key}",
        "person_id": person,
        "reference": "order_confirmation",
        "created_at": placed_at,
        "due_at": placed_at,
        "attempts": 1,
        "done_at": placed_at,
        "last_error": "",
    }
