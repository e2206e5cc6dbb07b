"""Proving who you are: an address and its code, or the password."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField
from wtforms.validators import DataRequired, InputRequired

from shop.accounts.forms import EmailField, NextForm
from shop.accounts.models import Account, MailboxProof
from shop.core.forms import TextField
from shop.core.personal_data import transient


class AskCodeForm(NextForm):
    """To which address a code must go."""

    binds = {**NextForm.binds, "email": MailboxProof.email}

    email = EmailField(_l("E-mail address"), [DataRequired(_l("Fill in your e-mail address."))])


class TypeCodeForm(NextForm):
    """The code that was mailed."""

    binds = {
        **NextForm.binds,
        "email": MailboxProof.email,
        "binding": transient("ties the code to the page that asked for it"),
        "code": transient("a code that works once"),
    }

    email = HiddenField()
    binding = HiddenField()
    code = TextField(_l("Code"), [DataRequired(_l("Fill in the code from the e-mail."))])


class SendCodeForm(NextForm):
    """That a code may go to the address that is known; nothing but where to go on afterwards."""


class PasswordForm(NextForm):
    """The password once more, before something that a stolen session must not do."""

    binds = {**NextForm.binds, "email": Account.email, "password": transient("a password on its way to a hash")}

    email = HiddenField()  # for password managers: whose password it is
    password = PasswordField(_l("Password"), [InputRequired(_l("Fill in your password."))])
