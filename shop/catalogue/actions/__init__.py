"""The verbs of the catalogue, for staff and for the demo shop; the caller commits."""

from shop.catalogue.actions.collections import (
    CollectionDetails,
    save_collection,
    set_collection_picture,
    set_collection_products,
    set_collections_of,
)
from shop.catalogue.actions.pictures import add_picture, describe_picture, move_picture, remove_picture
from shop.catalogue.actions.products import (
    ProductDetails,
    create_product,
    publish,
    set_download,
    unpublish,
    update_product,
)
from shop.catalogue.actions.variants import (
    VariantDetails,
    add_option,
    add_variant,
    count_stock,
    set_price,
    update_option,
    update_variant,
)
from shop.catalogue.version import raise_version

__all__ = [
    "CollectionDetails",
    "ProductDetails",
    "VariantDetails",
    "add_option",
    "add_picture",
    "add_variant",
    "count_stock",
    "create_product",
    "describe_picture",
    "move_picture",
    "publish",
    "raise_version",
    "remove_picture",
    "save_collection",
    "set_collection_picture",
    "set_collection_products",
    "set_collections_of",
    "set_download",
    "set_price",
    "unpublish",
    "update_option",
    "update_product",
    "update_variant",
]
