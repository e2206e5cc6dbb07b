"""Fields of the back office's own: amounts in euros, and numbers that fit the database."""

import re
from typing import Any

from flask_babel import gettext as _
from wtforms import Field, IntegerField
from wtforms.validators import NumberRange
from wtforms.widgets import TextInput

from shop.core.i18n import language

_WHOLE = re.compile(r"^-?\d{1,15}$", re.ASCII)
_AMOUNT = re.compile(r"^(\d{1,7})(?:[.,](\d{1,2}))?$", re.ASCII)


class EurosField(Field):
    """An amount typed in euros ("4,95" or "4.95"), kept in cents."""

    widget = TextInput()
    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; an empty field is None."""
        self.typed = valuelist[0].strip().removeprefix("€").strip() if valuelist else ""
        self.data = None
        if not self.typed:
            return
        found = _AMOUNT.match(self.typed)
        if found is None:
            raise ValueError(_("Fill in an amount, such as 4,95."))
        self.data = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))

    def _value(self) -> str:
        if self.raw_data:
            return self.typed
        if self.data is None:
            return ""
        comma = "," if language() == "nl" else "."
        return f"{self.data // 100}{comma}{self.data % 100:02d}"


class WholeNumberField(IntegerField):
    """A whole number; what is none is left to the range to refuse, in one sentence."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed; None for what is no whole number."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data = int(typed) if _WHOLE.match(typed) else None


def whole_number(
    label: Any, validators: list[Any], *, low: int, high: int, message: Any, **kwargs: Any
) -> WholeNumberField:
    """A field for a whole number between two others."""
    return WholeNumberField(label, [*validators, NumberRange(min=low, max=high, message=message)], **kwargs)
