"""What bookkeeping fills in: why a sealed paper is opened, and until when one is kept."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from shop.core.forms import ShopForm, TextField
from shop.core.personal_data import transient
from shop.papers.models import Invoice
from shop.people.models import AuditEntry

PDF, UBL = "pdf", "xml"


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
    kind = RadioField(_l("As"), choices=[SelectChoice(PDF, "PDF"), SelectChoice(UBL, "UBL")], default=PDF)


class HoldForm(ShopForm):
    """Until when one document is kept, whatever its legal term."""

    binds = {"until": Invoice.held_until}

    until = DateField(_l("Keep until"), [Optional()])
