"""Keeping something longer than its term."""

from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, HiddenField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from shop.core import clock
from shop.core.forms import ShopForm, TextField
from shop.core.personal_data import transient
from shop.privacy.models.retention import Hold
from shop.staff.forms.returns import names_nobody

LONGEST = timedelta(days=366)


class HoldForm(ShopForm):
    """Which row is kept, why, and until when."""

    binds = {
        "row": transient("names a row of the table that it stands in"),
        "reason": Hold.reason,
        "until": Hold.ends_at,
    }

    row = HiddenField(validators=[InputRequired(), Length(max=110)])
    reason = TextField(
        _l("Why it is kept"), [DataRequired(_l("Say why: a dispute, a claim.")), Length(max=200), names_nobody]
    )
    until = DateField(_l("Until and including"), [InputRequired(_l("Fill in a day."))])

    def validate_until(self, field: Field) -> None:
        """A hold has an end, within a year; it can be made anew."""
        if field.data is not None and not clock.today() < field.data <= clock.today() + LONGEST:
            raise ValidationError(_("Choose a day after today and within a year."))
