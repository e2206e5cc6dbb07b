"""What visitors can fill in about products."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField
from wtforms.validators import InputRequired, NumberRange

from shop.catalogue.models import Variant
from shop.catalogue.queries import ShownVariant
from shop.core.forms import ShopForm
from shop.core.personal_data import transient

MOST_PIECES = 99


class ChooseVariantForm(ShopForm):
    """Which variant of a product somebody wants, and how many."""

    binds = {"variant": Variant.id, "quantity": transient("goes into the cart line that is made or changed")}

    variant = RadioField(_l("Choice"), [InputRequired(_l("Choose one of these."))], coerce=int)
    quantity = IntegerField(
        _l("Quantity"),
        [
            InputRequired(_l("Fill in a whole number.")),
            NumberRange(min=1, max=MOST_PIECES, message=_l("Fill in a number from 1 to 99.")),
        ],
        default=1,
    )

    def offer(self, variants: Sequence[ShownVariant]) -> None:
        """Let somebody choose out of these variants; sold-out ones are among them, the cart says so."""
        self.variant.choices = [(variant.id, variant.label) for variant in variants]
