"""The message that a paper is there; the paper itself is never mailed, for it opens only after password or code."""

from shop.core.i18n import public_url
from shop.mail.messages import queue_mail
from shop.orders.models import Order
from shop.papers.models import Invoice


def queue_invoice_issued(invoice: Invoice, order: Order) -> bool:
    """An invoice or credit note was issued, and where it can be opened; once for each."""
    if order.email is None:
        return False
    return queue_mail(
        "invoice_issued",
        key=f"invoice_issued:{invoice.id}",
        to=order.email,
        language=order.language,
        at=invoice.issued_at,
        person_id=order.person_id,
        invoice=invoice,
        order=order,
        papers=public_url("aftersale.papers", order.language, number=order.number),
    )
