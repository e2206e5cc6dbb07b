"""What a visitor may allow."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from shop.core.forms import ShopForm
from shop.core.personal_data import Purpose
from shop.people.models import Consent

CONSENT_BOXES = {"analysis": Purpose.ANALYSIS, "preferences": Purpose.PREFERENCES}
"""The boxes of the form, by the purpose that each allows."""


class ConsentForm(ShopForm):
    """Two boxes, both empty until the visitor ticks them."""

    binds = {"analysis": Consent.choice, "preferences": Consent.choice}

    analysis = BooleanField(_l("Analysis"))
    preferences = BooleanField(_l("Preferences"))

    @property
    def purposes(self) -> frozenset[Purpose]:
        """What is ticked."""
        return frozenset(purpose for name, purpose in CONSENT_BOXES.items() if self[name].data)
