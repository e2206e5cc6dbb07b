"""Signing in to the back office: password first, then the code of an authenticator app."""

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField
from wtforms.validators import InputRequired, Length

from shop.core.forms import ShopForm, TextField
from shop.core.personal_data import transient


class StaffSignInForm(ShopForm):
    """The first step: who, and the password."""

    binds = {
        "email": transient("compared with the e-mail addresses of staff"),
        "password": transient("checked against its hash"),
    }

    email = TextField(_l("E-mail address"), [InputRequired(_l("Fill in your e-mail address.")), Length(max=254)])
    password = PasswordField(_l("Password"), [InputRequired(_l("Fill in your password.")), Length(max=256)])


class SecondFactorForm(ShopForm):
    """The second step: the code of this half minute."""

    binds = {"code": transient("compared with the code of this half minute")}

    code = TextField(_l("Code"), [InputRequired(_l("Fill in the code of your app.")), Length(max=12)])
