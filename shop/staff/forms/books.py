"""What bookkeeping fills in: why a sealed paper is opened, and until when one is kept."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, Field, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from shop.accounts.address_fields import normalise_postcode
from shop.core.forms import ShopForm, TextField
from shop.core.personal_data import transient
from shop.papers import rules
from shop.papers.models import Invoice, InvoiceRate, InvoiceRequest
from shop.people.models import AuditEntry
from shop.staff.forms.fields import EurosField, whole_number
from shop.staff.forms.returns import names_nobody

PDF, UBL = "pdf", "xml"
ALL_RATES = "all"


class OpenPaperForm(ShopForm):
    """Why an invoice is opened, and as what."""

    binds = {"reason": AuditEntry.reason, "kind": transient("as which file it is opened")}

    reason = TextField(
        _l("Reason"),
        [
            InputRequired(_l("Fill in why you open it.")),
            Length(min=5, max=200, message=_l("Write between 5 and 200 characters.")),
        ],
    )
    kind = RadioField(
        _l("As"), [InputRequired()], choices=[SelectChoice(PDF, "PDF"), SelectChoice(UBL, "UBL")], default=PDF
    )


class HoldForm(ShopForm):
    """Until when one document is kept, whatever its legal term."""

    binds = {"until": Invoice.held_until}

    until = DateField(_l("Keep until"), [Optional()])


_REASON = [
    InputRequired(_l("Fill in a reason.")),
    Length(min=5, max=200, message=_l("Write between 5 and 200 characters.")),
    names_nobody,
]
_NOT_MORE = _l("Fill in a whole number.")


class CreditForm(ShopForm):
    """How much of an invoice is credited, at which rate, and why."""

    binds = {
        "amount": Invoice.total_cents,
        "rate": InvoiceRate.basis_points,
        "left": transient("what was left of the invoice when the page was shown, so that it is credited once"),
        "reason": AuditEntry.reason,
    }

    amount = EurosField(_l("Amount incl. VAT (euros)"), [InputRequired(_l("Fill in an amount, such as 4,95."))])
    rate = SelectField(_l("Of which VAT rate"), [InputRequired()], default=ALL_RATES)
    left = whole_number("", [InputRequired()], low=0, high=10**12, message=_NOT_MORE)
    reason = TextField(_l("Reason"), _REASON)

    def validate_amount(self, field: Field) -> None:
        """Something is credited, or nothing is issued."""
        if not field.data:
            raise ValidationError(_("Fill in an amount, such as 4,95."))


class WriteOffForm(ShopForm):
    """Why money that a bank took back is written off, or booked again."""

    binds = {"reason": AuditEntry.reason}

    reason = TextField(_l("Reason"), _REASON)


class CorrectForm(ShopForm):
    """What is to be otherwise on an invoice; what stays empty stays as it is."""

    binds = {
        "name": InvoiceRequest.name,
        "company": InvoiceRequest.company,
        "vat_number": InvoiceRequest.vat_number,
        "street": InvoiceRequest.street,
        "postcode": InvoiceRequest.postcode,
        "town": InvoiceRequest.town,
        "country": InvoiceRequest.country,
        "is_consumer": transient("that company and VAT number are taken off the invoice"),
        "reason": AuditEntry.reason,
    }

    name = TextField(_l("Name"), [Length(max=120)])
    company = TextField(_l("Company"), [Length(max=120)])
    vat_number = TextField(_l("VAT number"), [Length(max=30)])
    is_consumer = BooleanField(_l("Without company and VAT number"))
    street = TextField(_l("Street and house number"), [Length(max=120)])
    postcode = TextField(_l("Postcode"), [Length(max=12)])
    town = TextField(_l("Town"), [Length(max=80)])
    country = SelectField(_l("Country"), [Optional()])
    reason = TextField(_l("Reason"), _REASON)

    def validate_vat_number(self, field: Field) -> None:
        """A VAT number has its country's form and check digit."""
        if field.data:
            found = rules.vat_number(str(field.data))
            if found is None:
                raise ValidationError(_("This is not a VAT number; one looks like NL123456789B01 or BE0123456789."))
            field.data = found

    def validate_postcode(self, field: Field) -> None:
        """A postcode is one of the country that is chosen beside it."""
        if not field.data:
            return
        if not self.country.data:
            raise ValidationError(_("Choose the country of this postcode too."))
        try:
            field.data = normalise_postcode(str(self.country.data), str(field.data))
        except ValueError:
            raise ValidationError(_("This is not a postcode there.")) from None

    def validate_is_consumer(self, field: Field) -> None:
        """Who takes the company off gives no other one."""
        if field.data and (self.company.data or self.vat_number.data):
            raise ValidationError(_("Fill in a company and VAT number, or take them off: not both."))

    def validate(self, extra_validators: Any = None) -> bool:
        """At least one thing is to be otherwise."""
        is_valid = bool(super().validate(extra_validators))
        if is_valid and not any(self.changes().values()) and not self.is_consumer.data:
            self.name.errors = [_("Fill in at least one thing that has to be different.")]
            return False
        return is_valid

    def changes(self) -> dict[str, str]:
        """What was filled in, by the name that the papers room gives it."""
        named = ("name", "company", "vat_number", "street", "postcode", "town", "country")
        return {name: str(self[name].data or "") for name in named}
