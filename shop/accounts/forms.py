"""What visitors and customers fill in about their account."""

from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, PasswordField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from shop.accounts.address_fields import AddressFields, address_binds
from shop.accounts.models import Account, Address
from shop.accounts.passwords import problem_with
from shop.accounts.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD, PasswordProblem, normalise_email
from shop.core.access import local_path
from shop.core.forms import ShopForm, TextField
from shop.core.personal_data import transient

_HASHED = transient("a password on its way to a hash")
_LEADS_ON = transient("where to go on afterwards")

_PROBLEMS = {
    PasswordProblem.TOO_SHORT: _l("Choose a password of at least %(n)s characters.", n=SHORTEST_PASSWORD),
    PasswordProblem.TOO_LONG: _l("Choose a password of at most %(n)s characters.", n=LONGEST_PASSWORD),
    PasswordProblem.COMMON: _l("Many people use this password, so it is easy to guess. Choose another one."),
    PasswordProblem.GUESSABLE: _l("The shop's name or your e-mail address is in this password. Choose another one."),
}


def check_new_password(password: str, email: str) -> None:
    """Refuse a password that is too short, too long, too common or too easy to guess."""
    identity = current_app.extensions["identity"]
    site = identity.site.removeprefix("www.").partition(".")[0]
    problem = problem_with(password, email=email, names=(identity.name, site))
    if problem is not None:
        raise ValidationError(str(_PROBLEMS[problem]))


class EmailField(TextField):
    """An e-mail address; kept in small letters, without spaces around it."""

    def pre_validate(self, form: Any) -> None:
        """Bring the address into the form that the shop keeps."""
        try:
            self.data: str | None = normalise_email(self.data or "")
        except ValueError:
            raise ValidationError(_("Fill in an e-mail address, such as name@example.com.")) from None


class NextForm(ShopForm):
    """A form after which the visitor goes on to where they were."""

    binds = {"next": _LEADS_ON}

    next = HiddenField()

    @property
    def goes_on_to(self) -> str | None:
        """The page of this site to go on to, if there is one."""
        return local_path(self.next.data)


class SignUpForm(NextForm):
    """An e-mail address and a password; nothing else is needed for an account."""

    binds = {**NextForm.binds, "email": Account.email, "password": _HASHED}

    email = EmailField(_l("E-mail address"), [DataRequired(_l("Fill in your e-mail address."))])
    password = PasswordField(_l("Password"), [InputRequired(_l("Choose a password."))])

    def validate_password(self, field: Field) -> None:
        """The password must be fit to be chosen."""
        check_new_password(field.data, self.email.data or "")


class SignInForm(NextForm):
    """How a customer signs in."""

    binds = {**NextForm.binds, "email": Account.email, "password": _HASHED}

    email = TextField(_l("E-mail address"), [DataRequired(_l("Fill in your e-mail address."))])
    password = PasswordField(_l("Password"), [InputRequired(_l("Fill in your password."))])


class AskResetForm(NextForm):
    """Which account's password is to be replaced."""

    binds = {**NextForm.binds, "email": Account.email}

    email = EmailField(_l("E-mail address"), [DataRequired(_l("Fill in your e-mail address."))])


class CodeForm(NextForm):
    """The code that was mailed."""

    binds = {
        **NextForm.binds,
        "email": Account.email,
        "binding": transient("ties the code to the page that asked for it"),
        "code": transient("a code that works once"),
    }

    email = HiddenField()
    binding = HiddenField()
    code = TextField(_l("Code"), [DataRequired(_l("Fill in the code from the e-mail."))])


class ResetForm(CodeForm):
    """The code that was mailed, and the new password."""

    binds = {**CodeForm.binds, "password": _HASHED}

    password = PasswordField(_l("New password"), [InputRequired(_l("Choose a password."))])

    def validate_password(self, field: Field) -> None:
        """The password must be fit to be chosen."""
        check_new_password(field.data, self.email.data or "")


class ChangePasswordForm(ShopForm):
    """Another password, by somebody who knows the present one."""

    binds = {"email": Account.email, "current_password": _HASHED, "password": _HASHED}

    email = HiddenField()  # for password managers: whose password it is
    current_password = PasswordField(_l("Current password"), [InputRequired(_l("Fill in your current password."))])
    password = PasswordField(_l("New password"), [InputRequired(_l("Choose a password."))])

    def validate_password(self, field: Field) -> None:
        """The password must be fit to be chosen."""
        check_new_password(field.data, self.email.data or "")


class NameForm(ShopForm):
    """What the shop may call a customer."""

    binds = {"given_name": Account.given_name, "family_name": Account.family_name}

    given_name = TextField(_l("First name"), [Length(max=60)])
    family_name = TextField(_l("Last name"), [Length(max=80)])


class AddressForm(AddressFields, ShopForm):
    """An address in the address book."""

    binds = {**address_binds(Address), "is_default": Address.is_default}

    is_default = BooleanField(_l("Use this as my usual address"))
