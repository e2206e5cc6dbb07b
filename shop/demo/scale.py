"""Very many products and orders, written in large strokes, to measure how the shop carries them."""

import random
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, insert

from shop.catalogue.models import PriceChange, Product, StockMovement, Variant
from shop.catalogue.rules import search_text
from shop.core import clock
from shop.core.db import db, writing
from shop.core.outbox import OutboxRow
from shop.core.statements import current_versions
from shop.demo.multiplying import Block, next_id
from shop.orders.models import COMPLETED, Order, OrderAddress, OrderEvent, OrderLine
from shop.payments.models import AppliedPayment, PaymentAttempt
from shop.people.models import Person

BATCH = 2_000
TURNS = 25  # copies of a block in one transaction
THINGS = ("kaars", "zeep", "kom", "mok", "vaas", "theedoek", "prent", "schaal", "kussen", "plaid")
WORDS = ("zand", "klei", "salie", "oker", "inkt", "linnen", "rond", "hoog", "klein", "groot", "mat", "glanzend")


def _batches(total: int) -> Iterator[range]:
    for start in range(0, total, BATCH):
        yield range(start, min(start + BATCH, total))


def load_products(total: int, *, at: datetime) -> int:
    """Add so many products with one variant each; how many were added. The caller commits."""
    draw = random.Random(1)
    first = next_id(Product.id)
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
    """Add so many completed orders by guests, over the past three years; how many were added. Commits as it goes.

    Some are written out; the database writes the others from those, in large strokes, with other keys and moments.
    A new column comes along by itself.
    """
    done = 0
    while done < total:
        number = min(BATCH, total - done)
        block = _orders(number, at=at)
        copies = (total - done) // number - 1
        for start in range(1, copies + 1, TURNS):
            db.session.commit()
            with writing():
                block.write_again(range(start, min(start + TURNS, copies + 1)))
                db.session.commit()
        block.count_on()
        done += (copies + 1) * number
    return total


def _orders(number: int, *, at: datetime) -> Block:
    """Some orders, each by somebody else, with all that belongs to them."""
    draw = random.Random(2)
    first, first_row = next_id(Order.id), next_id(OutboxRow.id)
    block = Block(
        {
            "orders.number": lambda n: "S-" + cast(n + first, String),
            "orders.email": lambda n: "klant" + cast(n + first, String) + "@voorbeeld.invalid",
            "outbox.key": lambda n: "order_confirmation:" + cast(n + first, String),
        }
    )
    moments = [at - timedelta(minutes=draw.randrange(1, 3 * 365 * 1440)) for _n in range(number)]
    people: list[dict[str, Any]] = [
        {"id": secrets.token_hex(16), "language": "nl", "created_on": clock.local_date(moment)} for moment in moments
    ]
    block.add(Person, people)
    told = current_versions("terms", "privacy", at=at)
    versions = {f"{name}_version": version for name, version in told.items()}
    orders = block.add(
        Order,
        [
            {**_order(first + n, who["id"], moment, draw.randrange(500, 20_000, 5)), **versions}
            for n, (who, moment) in enumerate(zip(people, moments, strict=True))
        ],
    )
    block.add(OrderLine, [_line(order, draw) for order in orders])
    block.add(OrderAddress, [_address(order["id"], n, draw) for n, order in enumerate(orders)])
    steps = (("placed", "placed_at"), ("confirmed", "confirmed_at"), ("completed", "ended_at"))
    block.add(
        OrderEvent,
        [
            {"order_id": order["id"], "kind": kind, "at": order[moment], "is_for_customer": True}
            for order in orders
            for kind, moment in steps
        ],
    )
    paid = block.add(PaymentAttempt, [_payment(order) for order in orders])
    block.add(AppliedPayment, [_applied(attempt) for attempt in paid])
    assert next_id(OutboxRow.id) == first_row
    block.add(OutboxRow, [_sent_confirmation(order["id"], order["person_id"], order["placed_at"]) for order in orders])
    return block


def _line(order: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    return {
        "order_id": order["id"],
        "kind": "download",
        "sku": "SCHAAL",
        "name": draw.choice(THINGS),
        "quantity": 1,
        "unit_price_cents": order["total_cents"],
        "total_cents": order["total_cents"],
        "vat_basis_points": 2100,
    }


def _payment(order: dict[str, Any]) -> dict[str, Any]:
    return {
        "order_id": order["id"],
        "token": secrets.token_urlsafe(32),
        "idempotency_key": secrets.token_urlsafe(32),
        "mollie_id": f"tr_schaal{order['id']}",
        "mode": "test",
        "method": "ideal",
        "status": "paid",
        "amount_cents": order["total_cents"],
        "currency": "EUR",
        "created_at": order["placed_at"],
        "paid_at": order["confirmed_at"],
    }


def _applied(attempt: dict[str, Any]) -> dict[str, Any]:
    return {
        "attempt_id": attempt["id"],
        "order_id": attempt["order_id"],
        "role": "settles",
        "amount_cents": attempt["amount_cents"],
        "at": attempt["paid_at"],
    }


def _order(key: int, person: str, placed_at: datetime, cents: int) -> dict[str, Any]:
    return {
        "id": key,
        "number": f"S-{key}",
        "person_id": person,
        "return_token": secrets.token_urlsafe(32),
        "language": "nl",
        "status": COMPLETED,
        "pays_by": "mollie",
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
