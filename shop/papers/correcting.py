"""An issued invoice never changes: a correction of its address asks for a credit note and a new one."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from shop.core.db import db
from shop.core.personal_data import PassOn, register
from shop.orders.models import OrderAddress
from shop.papers import queries


@register.corrects("papers")
def pass_on_correction(person_id: str, name: str, key: Any, at: datetime) -> list[PassOn]:
    """The invoices that carry the old name or address."""
    table, _point, _column = name.partition(".")
    if table != OrderAddress.__tablename__:
        return []
    order_id = db.session.scalar(select(OrderAddress.order_id).where(OrderAddress.id == key))
    if order_id is None:
        return []
    papers = queries.invoices_of(order_id)
    credited = {paper.refers_to for paper in papers}
    return [PassOn("invoice", p.number) for p in papers if p.kind == "invoice" and p.number not in credited]
