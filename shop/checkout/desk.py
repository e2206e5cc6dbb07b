"""What lies on the counter: the cart as an order would have it, the forms, and how they become an order."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.cart.queries import Item
from shop.cart.rules import SOLD_OUT, TOO_MANY
from shop.checkout.forms import CheckoutForms
from shop.checkout.queries import Quote, line_name
from shop.core.i18n import in_language, language
from shop.core.templating import euros
from shop.orders.placing import Draft, DraftDelivery, DraftLine

EXPRESS_REQUEST = _l(
    "I ask you to start with the service or the download within the withdrawal period. I know that I can no longer "
    "withdraw from a service once it has been carried out completely, nor from a download once it has started."
)


@dataclass(frozen=True)
class Desk:
    """The forms and the quote that belong together."""

    SHOWN: ClassVar = ("cart_id", "cart_version", "shown_total")

    forms: CheckoutForms
    quote: Quote

    @property
    def express_request(self) -> str:
        """The exact words of the request to start early: shown, kept with the order, repeated in the mail."""
        return str(EXPRESS_REQUEST)

    def tell_too_many_unpaid(self) -> None:
        """Say that this address had its orders for today that were not paid in advance."""
        text = _("Too many orders without payment were placed with this e-mail address today. Pay online, or sign in.")
        self.forms.order.email.errors = [text]

    def tell_overtaken(self, item: Item | None) -> None:
        """Say of which article something changed at the last moment."""
        name = line_name(item) if item else _("an article")
        self.forms.form_errors.append(
            _("Somebody was just ahead of you with %(name)s, or its price changed. Nothing was ordered.", name=name)
        )


def say_what_changed(desk: Desk, shown: Mapping[str, int | None]) -> bool:
    """Put into words how the order differs from what the customer was shown; whether it does."""
    quote, said = desk.quote, []
    contents = quote.contents
    if (shown["cart_id"], shown["cart_version"]) != (contents.id, contents.version):
        said.append(_("Your cart was changed, perhaps in another window. This is how it is now."))
    said += [_too_many(item) for item in contents.items if item.problem == TOO_MANY]
    said += [_("%(name)s is sold out.", name=line_name(i)) for i in contents.items if i.problem == SOLD_OUT]
    if not quote.lines:
        said.append(_("Nothing in your cart can be ordered now."))
    total, old = quote.totals.total_cents, shown["shown_total"]
    if old is None:
        said.append(_("The total is %(new)s. Look it over and order again.", new=euros(total)))
    elif old != total:
        said.append(_("The total changed from %(old)s to %(new)s.", old=euros(old), new=euros(total)))
    if said:
        said.append(_("Nothing was ordered yet."))
    desk.forms.form_errors += said
    return bool(said)


def _too_many(item: Item) -> str:
    left = item.variant.stock
    return str(_("Of %(name)s only %(n)s are left. Change it in your cart.", name=line_name(item), n=left))


def draft_of(desk: Desk, key: str, *, person_id: str | None) -> Draft:
    """The order that was asked for, as the forms and the quote have it."""
    quote, order = desk.quote, desk.forms.order
    chosen = order.payment.data if not quote.is_free else quote.payments[0].value
    pays_by = next(choice.pays_by for choice in quote.payments if choice.value == chosen)
    wants_start = quote.needs_express_request and order.express_request.data
    return Draft(
        placement_key=key,
        cart_id=quote.contents.id,
        person_id=person_id,
        language=language(),
        email=order.email.data,
        telephone=order.telephone.data,
        note=order.note.data,
        express_request=desk.express_request if wants_start else None,
        pays_by=pays_by,
        lines=_lines(quote),
        addresses=desk.forms.addresses(quote),
        delivery=_delivery(quote),
    )


def _lines(quote: Quote) -> list[DraftLine]:
    return [
        DraftLine(
            variant_id=line.item.variant.variant_id,
            kind=line.item.variant.kind,
            sku=line.item.variant.sku,
            name=line_name(line.item),
            quantity=line.item.quantity,
            unit_price_cents=line.priced.unit_price_cents,
            vat_basis_points=line.priced.vat_basis_points,
            weight_grams=line.item.variant.weight_grams,
        )
        for line in quote.lines
    ]


def _delivery(quote: Quote) -> DraftDelivery:
    choice = quote.delivery
    if choice is None:
        return DraftDelivery()
    return DraftDelivery(
        kind=choice.kind,
        method_id=choice.method_id,
        name=in_language(choice, "name"),
        price_cents=choice.price_cents,
        vat_basis_points=quote.totals.shipping_vat_basis_points,
    )
