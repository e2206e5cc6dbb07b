"""A product in the words that search engines read (schema.org), the same facts that the page shows."""

from typing import Any

from shop.catalogue.queries import ProductPage, ShownVariant
from shop.core.i18n import public_url
from shop.core.money import as_decimal

SCHEMA = "https://schema.org"


def structured_data(product: ProductPage) -> dict[str, Any]:
    """The product with its maker and, for each variant, the offer."""
    url = public_url("catalogue.product", slug=product.slug)
    site = public_url("pages.home", "nl").rstrip("/")
    return {
        "@context": SCHEMA,
        "@type": "Product",
        "name": product.name,
        "description": product.summary or product.name,
        "url": url,
        "image": [site + picture.src for picture in product.pictures],
        "brand": {"@type": "Brand", "name": product.maker_name},
        "offers": [_offer(variant, url) for variant in product.variants],
    }


def _offer(variant: ShownVariant, url: str) -> dict[str, Any]:
    return {
        "@type": "Offer",
        "sku": variant.sku,
        "price": f"{as_decimal(variant.price_cents):.2f}",
        "priceCurrency": "EUR",
        "availability": f"{SCHEMA}/{'OutOfStock' if variant.is_sold_out else 'InStock'}",
        "url": url,
    }
