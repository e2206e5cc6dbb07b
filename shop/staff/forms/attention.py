"""Deciding about money."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length

from shop.core.forms import ShopForm
from shop.payments.models import AttentionItem


class DecideForm(ShopForm):
    """What somebody chose; each choice is a button."""

    binds = {"choice": AttentionItem.choice}

    choice = HiddenField(_l("Choice"), [InputRequired(), Length(max=30)])
