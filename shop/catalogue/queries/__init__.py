"""The questions of the catalogue, for screens and for the rooms above."""

from shop.catalogue.queries.browsing import (
    PAGE,
    SORTS,
    CollectionLink,
    CollectionPage,
    Listing,
    Wish,
    collection_page,
    collections,
    featured,
    newest,
    own_words,
    search,
)
from shop.catalogue.queries.products import ProductPage, ShownVariant, product_page
from shop.catalogue.queries.related import Related, related_products
from shop.catalogue.queries.rows import Card
from shop.catalogue.queries.selling import CartVariant, variant_for_sale, variants_for_cart

__all__ = [
    "PAGE",
    "SORTS",
    "Card",
    "CartVariant",
    "CollectionLink",
    "CollectionPage",
    "Listing",
    "ProductPage",
    "Related",
    "ShownVariant",
    "Wish",
    "collection_page",
    "collections",
    "featured",
    "newest",
    "own_words",
    "product_page",
    "related_products",
    "search",
    "variant_for_sale",
    "variants_for_cart",
]
