"""The demo's catalogue and delivery methods, read from products.toml and put in with the shop's own actions."""

import tomllib
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from shop.catalogue import actions
from shop.catalogue.downloads import save_download
from shop.catalogue.models import Product
from shop.core.db import db
from shop.shipping.models import Carrier, ShippingMethod, ShippingRate

HERE = Path(__file__).parent
PICTURES = HERE / "pictures"
DOWNLOADS = HERE / "downloads"

REDUCED_FOR = 5  # days since the prices that went down did so

Facts = dict[str, Any]


def read_products() -> Facts:
    """Everything in products.toml."""
    return tomllib.loads((HERE / "products.toml").read_text(encoding="utf-8"))


def load_shipping() -> None:
    """A parcel to three countries by weight, and picking up in Harderwijk."""
    db.session.add_all(
        [
            Carrier(
                code="postnl",
                name="PostNL",
                tracking_url="https://postnl.nl/tracktrace/?B={code}&P={postcode}",
                usual_days=2,
            ),
            Carrier(
                code="dhl", name="DHL", tracking_url="https://www.dhl.com/nl-nl/home/tracking.html?tracking-id={code}"
            ),
        ]
    )
    parcel = ShippingMethod(
        code="parcel",
        kind="parcel",
        name_nl="Bezorgen",
        name_en="Delivery",
        text_nl="Met PostNL of DHL, meestal binnen twee werkdagen.",
        text_en="By PostNL or DHL, usually within two working days.",
        free_from_cents=6000,
        position=1,
    )
    prices = {"NL": (495, 795), "BE": (795, 1295), "DE": (895, 1495)}
    parcel.rates = [
        ShippingRate(country=country, max_weight_grams=weight, price_cents=price)
        for country, both in prices.items()
        for weight, price in zip((10_000, 23_000), both, strict=True)
    ]
    pickup = ShippingMethod(
        code="pickup",
        kind="pickup",
        name_nl="Ophalen in Harderwijk",
        name_en="Pick up in Harderwijk",
        text_nl="Je krijgt bericht zodra je bestelling klaarligt.",
        text_en="We tell you as soon as your order is ready.",
        position=2,
    )
    pickup.rates = [
        ShippingRate(country=country, max_weight_grams=100_000, price_cents=0) for country in ("NL", "BE", "DE")
    ]
    db.session.add_all([parcel, pickup])
    db.session.flush()


def load_catalogue(*, at: datetime) -> int:
    """Put every collection and product in, as staff would; how many products that made."""
    told = read_products()
    collections = {}
    for place, facts in enumerate(told["collections"]):
        texts = {name: facts.get(name, "") for name in ("name_nl", "name_en", "description_nl", "description_en")}
        details = actions.CollectionDetails(slug=facts["slug"], position=place, **texts)
        collection = actions.save_collection(details, at=at)
        picture = PICTURES / f"collection-{facts['slug']}.webp"
        if picture.exists():
            actions.set_collection_picture(collection, picture.read_bytes(), at)
        collections[facts["slug"]] = collection
    for place, facts in enumerate(told["products"]):
        product = _load_product(facts, rank=len(told["products"]) - place, at=at)
        actions.set_collections_of(product, [collections[slug].id for slug in facts["collections"]])
    return len(told["products"])


def _load_product(facts: Facts, *, rank: int, at: datetime) -> Product:
    since = at - timedelta(days=facts.get("days_online", 60))
    names = [field.name for field in fields(actions.ProductDetails) if field.name not in ("rank", "is_featured")]
    texts = {name: facts[name] for name in names if name in facts}
    details = actions.ProductDetails(**texts, rank=rank, is_featured=facts.get("featured", False))
    product = actions.create_product(details, since)
    options = [
        actions.add_option(
            product,
            option["name_nl"],
            option["name_en"],
            values=[(value["nl"], value["en"]) for value in option["values"]],
        )
        for option in facts.get("options", [])
    ]
    for place, told in enumerate(facts["variants"]):
        values = [option[chosen] for option, chosen in zip(options, told.get("values", []), strict=True)]
        before = told.get("price_history") or facts.get("price_history", [])
        first = before[0]["price_cents"] if before else told["price_cents"]
        variant = actions.add_variant(
            product,
            actions.VariantDetails(sku=told["sku"], weight_grams=told.get("weight_grams", 0), position=place),
            price_cents=first,
            stock=told.get("stock"),
            at=since,
            values=values,
        )
        for step in before[1:]:
            actions.set_price(variant, step["price_cents"], at - timedelta(days=step["days_ago"]))
        if before:
            actions.set_price(variant, told["price_cents"], at - timedelta(days=REDUCED_FOR))
    if "download" in facts:
        actions.set_download(product, save_download((DOWNLOADS / facts["download"]).read_bytes()), since)
    for picture in facts["pictures"]:
        content = (PICTURES / picture["file"]).read_bytes()
        actions.add_picture(product, content, alt_nl=picture["alt_nl"], alt_en=picture["alt_en"], at=at)
    actions.publish(product, since)
    return product
