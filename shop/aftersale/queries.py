"""Questions about what customers may still do with an order."""

from sqlalchemy import select

from shop.catalogue.models import DOWNLOAD, Product, Variant
from shop.core.db import db
from shop.orders.models import OrderLine


def files_of(order_id: int) -> dict[int, str]:
    """The downloads of an order: the key of each line's file, where there is one."""
    question = (
        select(OrderLine.id, Product.download_key)
        .join(Variant, Variant.id == OrderLine.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .where(OrderLine.order_id == order_id, OrderLine.kind == DOWNLOAD, Product.download_key != "")
    )
    return {row.id: row.download_key for row in db.session.execute(question)}
