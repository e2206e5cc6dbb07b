"""Putting right what is held: a form for the row of any table, made from what its columns declare."""

from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Column, String, Table
from wtforms import Field, HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from shop.accounts.address_fields import ADDRESS_FIELDS, AddressFields, normalise_telephone
from shop.accounts.forms import EmailField
from shop.accounts.models import MailboxProof
from shop.core.forms import ShopForm, TextField, strip
from shop.core.personal_data import Category, Declaration, declaration_of, transient

LONG = 200  # signs; a longer text gets a field of several lines


def correctable(table: Table, *, with_address: bool) -> dict[str, tuple[Column[Any], Declaration]]:
    """The columns of a table that somebody may put right; their own address has a way of its own."""
    told = ((column, declaration_of(column)) for column in table.columns)
    return {
        column.name: (column, declared)
        for column, declared in told
        if declared is not None and declared.is_correctable and (with_address or not declared.identifies)
    }


@lru_cache(maxsize=128)
def form_for(table: Table, *, with_address: bool) -> type[ShopForm]:
    """The form with which a row of a table is put right: the checks of an address where it is one."""
    columns = correctable(table, with_address=with_address)
    is_address = set(ADDRESS_FIELDS) <= set(columns)
    own = {name: told for name, told in columns.items() if not (is_address and name in ADDRESS_FIELDS)}
    body: dict[str, Any] = {name: _field(column, declared) for name, (column, declared) in own.items()}
    body["binds"] = {name: column for name, (column, _declared) in columns.items()}
    body["__doc__"] = "What may be put right of one row."
    bases = (AddressFields, ShopForm) if is_address else (ShopForm,)
    return type(f"Correct_{table.name}", bases, body)


def _field(column: Column[Any], declared: Declaration) -> Field:
    length = column.type.length if isinstance(column.type, String) else None
    is_needed = not column.nullable and column.default is None
    checks: list[Any] = [DataRequired(_l("Fill this in."))] if is_needed else [Optional()]
    if length:
        checks.append(Length(max=length))
    if declared.category is Category.EMAIL:
        return EmailField(declared.label, checks)
    if declared.category is Category.TELEPHONE:
        return TextField(declared.label, [*checks, _check_telephone])
    if length is None or length > LONG:
        return TextAreaField(declared.label, checks, filters=(strip,))
    return TextField(declared.label, checks)


def _check_telephone(form: Any, field: Field) -> None:
    try:
        field.data = normalise_telephone(field.data)
    except ValueError:
        raise ValidationError(_("This is not a telephone number. Leave it empty or fill in all of it.")) from None


class ChangeEmailForm(ShopForm):
    """Another e-mail address, which a code then proves."""

    binds = {"email": MailboxProof.email}

    email = EmailField(_l("New e-mail address"), [DataRequired(_l("Fill in your e-mail address."))])


class NewEmailCodeForm(ShopForm):
    """The code that was mailed to the new address."""

    binds = {
        "email": MailboxProof.email,
        "binding": transient("ties the code to the page that asked for it"),
        "code": transient("a code that works once"),
    }

    email = HiddenField()
    binding = HiddenField()
    code = TextField(_l("Code"), [DataRequired(_l("Fill in the code from the e-mail."))])
