"""What somebody fills in to order."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from shop.accounts.address_fields import AddressFields, address_binds, country_choices, normalise_telephone
from shop.accounts.rules import normalise_email
from shop.checkout.queries import Quote, delivery_value
from shop.core.forms import Bound, ShopForm, TextField, strip
from shop.core.i18n import in_language
from shop.core.personal_data import transient
from shop.orders.models import Order, OrderAddress
from shop.orders.placing import DraftAddress
from shop.papers.forms import check_vat_number
from shop.papers.models import InvoiceRequest
from shop.pricing.rules import HOME

NAMES = ("given_name", "family_name")
LONGEST_NOTE = 500


class OrderForm(ShopForm):
    """Everything but the addresses."""

    email = TextField(_l("E-mail address"), [InputRequired(_l("Fill in your e-mail address."))])
    telephone = TextField(_l("Telephone number"), [Length(max=40)])
    note = TextAreaField(_l("Note with your order"), [Length(max=LONGEST_NOTE)], filters=[strip])
    delivery = RadioField(_l("How do you want to receive it?"), [InputRequired()], validate_choice=False)
    has_billing = BooleanField(_l("Use another billing address"))
    wants_invoice = BooleanField(_l("I want an invoice"))
    company = TextField(_l("Company"), [Length(max=120)])
    vat_number = TextField(_l("VAT number"), [Length(max=30)])
    payment = RadioField(_l("How do you want to pay?"), [InputRequired()], validate_choice=False)
    express_request = BooleanField(_l("Request to start within the withdrawal period"))
    cart_id = HiddenField()
    cart_version = HiddenField()
    shown_total = HiddenField()

    binds = {
        "email": Order.email,
        "telephone": Order.telephone,
        "note": Order.note,
        "delivery": Order.shipping_method_id,
        "has_billing": transient("whether the fields of a billing address count"),
        "wants_invoice": transient("whether an invoice is asked for"),
        "company": InvoiceRequest.company,
        "vat_number": InvoiceRequest.vat_number,
        "payment": Order.pays_by,
        "express_request": Order.express_request,
        "cart_id": transient("which cart was shown"),
        "cart_version": transient("how the cart was when it was shown"),
        "shown_total": transient("the total that was shown, to compare with"),
    }

    def validate_email(self, field: Field) -> None:
        """An e-mail address is kept as it is written everywhere in the shop."""
        try:
            field.data = normalise_email(field.data)
        except ValueError:
            raise ValidationError(_("This is not an e-mail address; it looks like name@example.com.")) from None


class DeliveryForm(AddressFields, ShopForm):
    """Who the order is for, and where it goes."""

    binds: ClassVar[Mapping[str, Bound]] = address_binds(OrderAddress)


class BillingForm(AddressFields, ShopForm):
    """Another address for the papers."""

    binds: ClassVar[Mapping[str, Bound]] = address_binds(OrderAddress)

    class Meta(ShopForm.Meta):
        """Part of a form that carries the session's token itself."""

        csrf = False


class CheckoutForms:
    """The three parts of the one form on the page, and what is the matter with them."""

    def __init__(self, countries: Collection[str], known: Mapping[str, Any]) -> None:
        self.order = OrderForm(data=known)
        self.delivery = DeliveryForm(data=known)
        self.billing = BillingForm(prefix="billing-")
        self.countries = country_choices(countries)
        self.delivery.country.choices = list(self.countries.items())
        self.form_errors: list[str] = []

    @property
    def country(self) -> str:
        """The country that was chosen, or the first one there is."""
        chosen = str(self.delivery.country.data)
        return chosen if chosen in self.countries else next(iter(self.countries), HOME)

    @property
    def binds(self) -> Mapping[str, Bound]:
        """Where the fields go: for the notice under the form."""
        return {**self.delivery.binds, **self.order.binds}

    def __iter__(self) -> Iterator[Field]:
        """The fields, in the order in which they stand on the page."""
        for name in ("email",):
            yield self.order[name]
        yield from self.delivery
        yield from self.billing
        for name in ("wants_invoice", "company", "vat_number", "telephone", "note", "delivery", "payment"):
            yield self.order[name]

    @property
    def errors(self) -> bool:
        """Whether anything is the matter."""
        return bool(self.form_errors) or any(field.errors for field in self)

    def show(self, quote: Quote) -> None:
        """Offer what the quote offers, and carry what it says to the next time the form is sent."""
        order = self.order
        order.delivery.choices = [(delivery_value(one), in_language(one, "name")) for one in quote.deliveries]
        order.payment.choices = [(one.value, one.name) for one in quote.payments]
        if quote.delivery is not None:
            order.delivery.data = delivery_value(quote.delivery)
        if order.payment.data not in [one.value for one in quote.payments] or quote.is_free:
            order.payment.data = quote.payments[0].value if quote.is_free else None
        self.delivery.country.data = quote.country
        order.cart_id.data = quote.contents.id
        order.cart_version.data = quote.contents.version
        order.shown_total.data = quote.totals.total_cents

    def check(self, quote: Quote) -> bool:
        """Look at every field that counts for this order; whether all is right."""
        typed_delivery, typed_payment = self.order.delivery.data, self.order.payment.data
        self.order.validate()
        self._check_delivery(quote, typed_delivery)
        self._check_payment(quote, typed_payment)
        self._check_telephone()
        if quote.is_sent:
            self.delivery.validate()
        else:
            self._check_names()
        if self.order.has_billing.data:
            self.billing.validate()
        self._check_invoice(quote)
        return not self.errors

    def _check_delivery(self, quote: Quote, typed: str | None) -> None:
        field = self.order.delivery
        field.errors = []
        if quote.needs_delivery and quote.delivery is None:
            field.errors = [_("We cannot deliver this there: it is too heavy, or too far away.")]
        elif quote.delivery is not None and typed != delivery_value(quote.delivery):
            field.errors = [_("This way of delivery is not there any more. Choose another one.")]

    def _check_payment(self, quote: Quote, typed: str | None) -> None:
        field = self.order.payment
        field.errors = []
        if quote.is_free or typed in [one.value for one in quote.payments]:
            return
        field.errors = [
            _("This way to pay is not there for this order. Choose another one.") if typed else _("Choose how to pay.")
        ]

    def _check_telephone(self) -> None:
        field = self.order.telephone
        if not field.data or field.errors:
            return
        try:
            field.data = normalise_telephone(field.data, self.country)
        except ValueError:
            field.errors = [_("This is not a telephone number. Leave it empty or fill in all of it.")]

    @property
    def wants_invoice(self) -> bool:
        """Whether an invoice is asked for: only then its other fields count, which a browser may be hiding."""
        return bool(self.order.wants_invoice.data)

    def _check_invoice(self, quote: Quote) -> None:
        if not self.wants_invoice:
            return
        if not quote.is_sent and not self.order.has_billing.data:
            text = _("An invoice needs an address: tick “Use another billing address” and fill it in.")
            self.order.wants_invoice.errors = [text]
        try:
            check_vat_number(self.order.vat_number, self.order.company)
        except ValidationError as problem:
            self.order.vat_number.errors = [str(problem)]

    def _check_names(self) -> None:
        """Without a parcel the name is all that is asked; what stands in the other fields does not count."""
        for field in self.delivery:
            if field.name in NAMES:
                field.validate(self.delivery)

    def addresses(self, quote: Quote) -> list[DraftAddress]:
        """The addresses that the order is to keep."""
        told = self.delivery.address_values()
        if not quote.is_sent:
            told = {name: told[name] for name in NAMES} | {"country": quote.country}
        found = [DraftAddress(kind="shipping", **told)]
        if self.order.has_billing.data:
            found.append(DraftAddress(kind="billing", **self.billing.address_values()))
        return found
