"""Deciding about money."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length, Optional

from shop.core.forms import ShopForm, TextField
from shop.payments.models import AttentionItem
from shop.staff.forms.returns import names_nobody


class DecideForm(ShopForm):
    """What somebody chose, each choice is a button, and why."""

    binds = {"choice": AttentionItem.choice, "reason": AttentionItem.reason}

    choice = HiddenField(_l("Choice"), [InputRequired(), Length(max=30)])
    reason = TextField(_l("Reason"), [Optional(), Length(max=300), names_nobody])
