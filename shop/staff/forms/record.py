"""What staff types in the record: agreements, breaches, and whom to look for."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, DateTimeLocalField, Field, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from shop.core import clock
from shop.core.forms import ShopForm, TextField, strip
from shop.core.personal_data import transient
from shop.privacy.models import Breach, Processor
from shop.privacy.rules import breaches as rules
from shop.staff.forms.requests import not_in_the_future
from shop.staff.forms.returns import names_nobody

_WHEN = _l("Fill in a day and a time.")


def in_dutch_time(form: Any, field: Field) -> None:
    """Take a typed moment as one of the wall clock in Harderwijk, and refuse one that has not come."""
    if field.data is None:
        return
    field.data = field.data.replace(tzinfo=clock.AMSTERDAM)
    if field.data > clock.now():
        raise ValidationError(_("This moment has not come yet."))


class ProcessorForm(ShopForm):
    """What is agreed with somebody who receives data."""

    binds = {
        "name": Processor.name,
        "role": Processor.role,
        "region": Processor.region,
        "subprocessors": Processor.subprocessors,
        "agreement_on": Processor.agreement_on,
    }

    name = TextField(_l("Name of the company"), [DataRequired(_l("Fill in a name.")), Length(max=120)])
    role = RadioField(
        _l("Part they play"),
        [InputRequired(_l("Choose one of these."))],
        choices=[
            SelectChoice("processor", _l("Processor: works for us, by an agreement")),
            SelectChoice("controller", _l("Controller: decides for itself")),
        ],
    )
    agreement_on = DateField(_l("Date of the agreement"), [Optional(), not_in_the_future])
    region = TextField(_l("Where the data is"), [Optional(), Length(max=80)])
    subprocessors = TextField(_l("Whom they have work for them"), [Optional(), Length(max=300)])


class BreachForm(ShopForm):
    """What happened, as the authority asks it; about things and numbers, never about somebody by name."""

    binds = {
        "title": Breach.title,
        "aware_at": Breach.aware_at,
        "began_at": Breach.began_at,
        "ended_at": Breach.ended_at,
        "nature": Breach.nature,
        "what_happened": Breach.what_happened,
        "data_kinds": Breach.data_kinds,
        "people_kinds": Breach.people_kinds,
        "number_of_people": Breach.number_of_people,
        "consequences": Breach.consequences,
        "measures": Breach.measures,
    }

    title = TextField(
        _l("What it is, in a few words"), [DataRequired(_l("Fill in a title.")), Length(max=120), names_nobody]
    )
    aware_at = DateTimeLocalField(
        _l("When we became aware of it"), [InputRequired(_WHEN), in_dutch_time], format="%Y-%m-%dT%H:%M"
    )
    began_at = DateTimeLocalField(_l("When it began"), [Optional(), in_dutch_time], format="%Y-%m-%dT%H:%M")
    ended_at = DateTimeLocalField(_l("When it ended"), [Optional(), in_dutch_time], format="%Y-%m-%dT%H:%M")
    nature = SelectField(
        _l("What was harmed"),
        choices=[
            SelectChoice("confidentiality", _l("Somebody could see data who should not")),
            SelectChoice("integrity", _l("Data was changed")),
            SelectChoice("availability", _l("Data was lost, or out of reach")),
        ],
    )
    what_happened = TextAreaField(
        _l("What happened, and how"), [Optional(), Length(max=4000), names_nobody], filters=[strip]
    )
    data_kinds = TextField(_l("Which kinds of data"), [Optional(), Length(max=300), names_nobody])
    people_kinds = TextField(_l("Which kinds of people"), [Optional(), Length(max=300), names_nobody])
    number_of_people = IntegerField(_l("About how many people"), [Optional(), NumberRange(0, 10_000_000)])
    consequences = TextAreaField(
        _l("What it may mean for them"), [Optional(), Length(max=4000), names_nobody], filters=[strip]
    )
    measures = TextAreaField(
        _l("What we did, and what we will do"), [Optional(), Length(max=4000), names_nobody], filters=[strip]
    )


class DecideBreachForm(ShopForm):
    """Whether the authority was told, and why not."""

    binds = {
        "decision": Breach.decision,
        "reason": Breach.decision_reason,
        "number": Breach.authority_number,
    }

    decision = RadioField(
        _l("Decision"),
        [InputRequired(_l("Choose one of these."))],
        choices=[
            SelectChoice(rules.REPORTED, _l("Reported to the authority")),
            SelectChoice(rules.NOT_REPORTED, _l("Not reported: no risk for people is likely")),
        ],
    )
    reason = TextAreaField(
        _l("Reason"), [DataRequired(_l("Fill in a reason.")), Length(max=4000), names_nobody], filters=[strip]
    )
    number = TextField(_l("Number that the authority gave"), [Optional(), Length(max=40)])


class TouchedForm(ShopForm):
    """A table or an account of staff, and a period: who is touched."""

    binds = {
        "table": transient("a name from the register"),
        "member": transient("the number of a member of staff"),
        "since": transient("the beginning of a period"),
        "until": transient("the end of a period"),
    }

    table = SelectField(_l("Table"))
    member = SelectField(_l("Or what this account of staff opened"))
    since = DateTimeLocalField(_l("From"), [InputRequired(_WHEN), in_dutch_time], format="%Y-%m-%dT%H:%M")
    until = DateTimeLocalField(_l("Until"), [InputRequired(_WHEN), in_dutch_time], format="%Y-%m-%dT%H:%M")


class BreachLetterForm(ShopForm):
    """What everybody who was touched gets to read."""

    binds = {"text": transient("the text of a letter, queued for each and not kept")}

    text = TextAreaField(
        _l("Letter to each"), [DataRequired(_l("Write the letter.")), Length(max=4000)], filters=[strip]
    )
