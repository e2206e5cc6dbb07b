"""Who works here, and with which roles."""

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from shop.core.forms import ShopForm, TextField
from shop.core.personal_data import Role, transient
from shop.people.models import StaffMember, StaffRole

ROLE_NAMES = {
    Role.OWNER.value: _l("Owner"),
    Role.FULFILMENT.value: _l("Fulfilment"),
    Role.PRIVACY.value: _l("Privacy"),
    Role.BOOKKEEPING.value: _l("Bookkeeping"),
}
EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"


class RolesField(SelectMultipleField):
    """Boxes to tick, one for each role."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class RolesForm(ShopForm):
    """What a member of staff is there for."""

    binds = {"roles": StaffRole.role}

    roles = RolesField(
        _l("Roles"),
        [InputRequired(_l("Choose at least one role."))],
        choices=[SelectChoice(role, name) for role, name in ROLE_NAMES.items()],
    )


class MemberForm(RolesForm):
    """A new member of staff."""

    binds = {"roles": StaffRole.role, "email": StaffMember.email, "name": StaffMember.name}

    name = TextField(_l("Name"), [InputRequired(_l("Fill in a name.")), Length(max=80)])
    email = TextField(
        _l("Work e-mail address"),
        [
            InputRequired(_l("Fill in an e-mail address.")),
            Length(max=254),
            Regexp(EMAIL, message=_l("This is not an e-mail address.")),
        ],
    )


class PasswordForm(ShopForm):
    """A member's own new password."""

    binds = {
        "current": transient("checked against its hash"),
        "new": transient("only its hash is kept"),
    }

    current = PasswordField(_l("Current password"), [InputRequired(_l("Fill in your password.")), Length(max=256)])
    new = PasswordField(
        _l("New password"),
        [
            InputRequired(_l("Fill in a new password.")),
            Length(min=12, max=256, message=_l("Use at least 12 characters.")),
        ],
    )
