"""What forms of the rooms above ask of a business."""

from flask_babel import gettext as _
from wtforms import Field
from wtforms.validators import ValidationError

from shop.papers import rules


def check_vat_number(field: Field, company: Field) -> None:
    """Keep a VAT number as it is written officially; refuse one with a wrong form, and one without a company."""
    if not field.data:
        return
    found = rules.vat_number(str(field.data))
    if found is None:
        raise ValidationError(_("This is not a VAT number; one looks like NL123456789B01 or BE0123456789."))
    if not company.data:
        raise ValidationError(_("Fill in the company too, or leave the VAT number empty."))
    field.data = found
