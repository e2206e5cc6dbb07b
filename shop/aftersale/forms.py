"""What a customer fills in about an order."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from shop.accounts.address_fields import AddressFields, address_binds, normalise_postcode
from shop.accounts.forms import EmailField
from shop.aftersale.models import ChangeRequest, Withdrawal
from shop.core.forms import Bound, ShopForm, TextField
from shop.core.personal_data import transient
from shop.orders.models import Order
from shop.papers.forms import check_vat_number
from shop.papers.models import InvoiceRequest
from shop.payments.models import PaymentAttempt
from shop.payments.queries import OfferedMethod


class PayAgainForm(ShopForm):
    """With which method an order is to be paid."""

    binds = {"method": PaymentAttempt.method}

    method = RadioField(_l("Payment method"))

    def offer(self, methods: Sequence[OfferedMethod], *, chosen: str | None) -> None:
        """Show these methods, the one that was used last chosen already; Mollie's page asks when none are known."""
        choices = [(method.id, method.name) for method in methods] or [("", _("Choose on the payment page"))]
        self.method.choices = choices
        self.method.flags.required = True
        known = [value for value, _name in choices]
        if self.method.data not in known and not self.is_submitted():
            self.method.data = chosen if chosen in known else next(iter(known), None)


class FindOrderForm(ShopForm):
    """Which order, and whose."""

    binds = {
        "number": transient("the number of an order, compared and forgotten"),
        "email": Order.email,
    }

    number = TextField(_l("Order number"), [InputRequired(_l("Fill in the order number.")), Length(max=20)])
    email = EmailField(_l("E-mail address"), [InputRequired(_l("Fill in your e-mail address.")), Length(max=254)])


class ClaimOrdersForm(ShopForm):
    """Which older orders join the account."""

    binds = {"orders": transient("numbers of orders that join the account")}

    orders = SelectMultipleField(
        _l("Older orders"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class WithdrawForm(ShopForm):
    """Who withdraws, from which order, and where the receipt goes; nothing else is asked (Directive 2023/2673)."""

    binds = {
        "name": Withdrawal.name,
        "reference": Withdrawal.order_reference,
        "email": Withdrawal.email,
        "what": Withdrawal.what,
    }

    name = TextField(_l("Your name"), [InputRequired(_l("Fill in your name.")), Length(max=100)])
    reference = TextField(
        _l("Order number, or what you ordered and when"),
        [InputRequired(_l("Fill in which order it is about.")), Length(max=40)],
    )
    email = EmailField(
        _l("E-mail address for the receipt"), [InputRequired(_l("Fill in your e-mail address.")), Length(max=254)]
    )
    what = TextField(_l("Only a part? Which products, and how many"), [Optional(), Length(max=300)])


class InvoiceForm(ShopForm):
    """In whose name an invoice is to be."""

    binds = {
        "name": InvoiceRequest.name,
        "company": InvoiceRequest.company,
        "vat_number": InvoiceRequest.vat_number,
        "street": InvoiceRequest.street,
        "postcode": InvoiceRequest.postcode,
        "town": InvoiceRequest.town,
        "country": InvoiceRequest.country,
    }

    name = TextField(_l("Name"), [InputRequired(_l("Fill in your name.")), Length(max=120)])
    company = TextField(_l("Company"), [Length(max=120)])
    vat_number = TextField(_l("VAT number"), [Length(max=30)])
    street = TextField(_l("Street and house number"), [InputRequired(_l("Fill in the street.")), Length(max=120)])
    postcode = TextField(_l("Postcode"), [InputRequired(_l("Fill in the postcode.")), Length(max=12)])
    town = TextField(_l("Town"), [InputRequired(_l("Fill in the town.")), Length(max=80)])
    country = SelectField(_l("Country"), [InputRequired(_l("Choose a country."))], default="NL")

    def validate_vat_number(self, field: Field) -> None:
        """A VAT number has its country's form and check digit; it belongs to a company."""
        check_vat_number(field, self.company)

    def validate_postcode(self, field: Field) -> None:
        """A postcode must be one of its country."""
        try:
            field.data = normalise_postcode(str(self.country.data), str(field.data))
        except ValueError:
            raise ValidationError(_("This is not a postcode there.")) from None

    def buyer_values(self) -> dict[str, str]:
        """What was filled in, as the papers room takes it."""
        return {name: str(self[name].data or "") for name in self.binds}


class WithdrawKnownForm(ShopForm):
    """Who withdraws from an order whose page they opened."""

    binds = {"name": Withdrawal.name, "email": Withdrawal.email}

    name = TextField(_l("Your name"), [InputRequired(_l("Fill in your name.")), Length(max=100)])
    email = EmailField(
        _l("E-mail address for the receipt"), [InputRequired(_l("Fill in your e-mail address.")), Length(max=254)]
    )


class ConfirmForm(ShopForm):
    """The review of a statement: nothing is asked, the address of the receipt-to-be goes along."""

    binds = {"receipt": Withdrawal.receipt_hash}

    receipt = HiddenField(validators=[Optional(), Regexp(r"^[A-Za-z0-9_-]{43}$")])


class CancelOrderForm(ShopForm):
    """That an order is to be called off; nothing is asked, no reason either."""


class NewAddressForm(AddressFields, ShopForm):
    """Where an order is to go instead."""

    binds: ClassVar[Mapping[str, Bound]] = address_binds(ChangeRequest)


class FewerForm(ShopForm):
    """How many pieces of each line the customer wants to keep; the numbers stand beside the lines."""
