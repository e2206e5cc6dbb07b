"""Delivery methods, their rates, and carriers."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from shop.accounts.address_fields import country_choices
from shop.core.forms import ShopForm, TextField
from shop.core.money import MAX_CENTS
from shop.payments.rules import SHOP_COUNTRIES
from shop.shipping.models import Carrier, ShippingMethod, ShippingRate
from shop.shipping.rules import PLACES, tracking_link
from shop.staff.forms.fields import EurosField, whole_number

_FILL_IN_A_NAME = _l("Fill in a name.")
_WHOLE = _l("Fill in a whole number.")


class MethodForm(ShopForm):
    """What customers read of a delivery method, and from which amount it is free."""

    binds = {
        "name_nl": ShippingMethod.name_nl,
        "name_en": ShippingMethod.name_en,
        "text_nl": ShippingMethod.text_nl,
        "text_en": ShippingMethod.text_en,
        "free_from": ShippingMethod.free_from_cents,
        "position": ShippingMethod.position,
        "is_active": ShippingMethod.is_active,
    }

    name_nl = TextField(_l("Name in Dutch"), [InputRequired(_FILL_IN_A_NAME), Length(max=80)])
    name_en = TextField(_l("Name in English"), [InputRequired(_FILL_IN_A_NAME), Length(max=80)])
    text_nl = TextField(_l("Explanation in Dutch"), [Optional(), Length(max=200)])
    text_en = TextField(_l("Explanation in English"), [Optional(), Length(max=200)])
    free_from = EurosField(_l("Free from (euros)"), [Optional()])
    position = whole_number(_l("Place in the list"), [Optional()], low=0, high=999, message=_WHOLE, default=0)
    is_active = BooleanField(_l("Customers can choose this"))


def _countries() -> list[SelectChoice]:
    return [SelectChoice(code, name) for code, name in country_choices(SHOP_COUNTRIES).items()]


class RateForm(ShopForm):
    """What a method costs to one country up to a weight."""

    binds = {
        "country": ShippingRate.country,
        "max_weight": ShippingRate.max_weight_grams,
        "price": ShippingRate.price_cents,
    }

    country = SelectField(_l("Country"), [InputRequired()], choices=_countries)
    max_weight = whole_number(_l("Up to (grams)"), [InputRequired(_WHOLE)], low=1, high=1_000_000, message=_WHOLE)
    price = EurosField(_l("Price (euros)"), [InputRequired(_l("Fill in a price."))])

    def validate_price(self, field: Field) -> None:
        """Refuse what can only be a mistake."""
        if field.data is not None and field.data > MAX_CENTS // 1000:
            raise ValidationError(_("This price is too high to be right."))


class CarrierForm(ShopForm):
    """Who brings parcels, and where a parcel can be followed."""

    binds = {
        "name": Carrier.name,
        "tracking_url": Carrier.tracking_url,
        "usual_days": Carrier.usual_days,
        "is_active": Carrier.is_active,
    }

    name = TextField(_l("Name"), [InputRequired(_FILL_IN_A_NAME), Length(max=60)])
    tracking_url = TextField(_l("Address for following a parcel"), [Optional(), Length(max=200)])
    usual_days = whole_number(_l("Usual days on the way"), [Optional()], low=1, high=60, message=_WHOLE)
    is_active = BooleanField(_l("We send with this carrier"), default=True)

    def validate_tracking_url(self, field: Field) -> None:
        """Accept only a web address in which known places are filled in."""
        if not field.data:
            return
        rest = field.data
        for place in PLACES:
            rest = rest.replace("{" + place + "}", "")
        if "{" in rest or "}" in rest or "{code}" not in field.data:
            raise ValidationError(_("Use {code}, and if needed {postcode} and {country}, and no other braces."))
        if tracking_link(field.data, code="X") is None or any(sign.isspace() for sign in field.data):
            raise ValidationError(_("This is not a web address that starts with https:// or http://."))
