"""Forms: every field says where its value goes, and the notice under the form follows from that (GDPR art. 13)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import has_request_context, request, session
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from sqlalchemy.orm import InstrumentedAttribute
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import Field, FileField, StringField
from wtforms.form import BaseForm

from shop.core.personal_data import Category, Keep, Purpose, Transient, declaration_of

Bound = InstrumentedAttribute[Any] | Transient


def has_session() -> bool:
    """Whether this visitor is inside a session; only then a form carries a token."""
    return has_request_context() and bool(getattr(session, "is_started", False))


class ShopForm(FlaskForm):
    """A form of the shop; `binds` names for each field the column it fills, or says why it is never stored."""

    binds: ClassVar[Mapping[str, Bound]] = {}

    class Meta(FlaskForm.Meta):
        """Inside a session a form carries Flask-WTF's token; elsewhere Origin and Sec-Fetch-Site protect it."""

        @property
        def csrf(self) -> bool:
            """Whether this form carries a token."""
            return has_session()

        def wrap_formdata(self, form: BaseForm, formdata: Any) -> Any:
            """What was sent; a file counts only for a field that takes files, elsewhere it is nothing typed."""
            sent = super().wrap_formdata(form, formdata)
            if formdata is not _Auto or sent is None or not request.files:
                return sent
            takes = {field.name for field in form if isinstance(field, FileField)}
            files = MultiDict((name, file) for name, file in request.files.items(multi=True) if name in takes)
            return CombinedMultiDict([files, request.form])


@dataclass(frozen=True)
class Notice:
    """What a form's data is for, how long it is kept and by which right: one line under the form."""

    purpose: Purpose
    categories: tuple[Category, ...]
    keeps: tuple[Keep, ...]


def notices(form: type[ShopForm] | ShopForm) -> list[Notice]:
    """The notices of a form, one for each purpose, from what its fields are bound to."""
    found: dict[Purpose, tuple[dict[Category, None], dict[Keep, None]]] = {}
    for bound in form.binds.values():
        told = None if isinstance(bound, Transient) else declaration_of(bound)
        if told is None or told.purpose is None or told.category is None:
            continue
        categories, keeps = found.setdefault(told.purpose, ({}, {}))
        categories[told.category] = None
        keeps[told.keep] = None
    return [Notice(purpose, tuple(cs), tuple(ks)) for purpose, (cs, ks) in found.items()]


def _all_forms(base: type[ShopForm]) -> Iterator[type[ShopForm]]:
    for form in base.__subclasses__():
        yield form
        yield from _all_forms(form)


def form_problems() -> list[str]:
    """Every field of every form that is bound to nothing declared, named."""
    found = []
    for form in _all_forms(ShopForm):
        name = f"{form.__module__}.{form.__qualname__}"
        fields = [n for n in dir(form) if not n.startswith("_") and hasattr(getattr(form, n), "field_class")]
        for field in fields:
            bound = form.binds.get(field)
            if bound is None:
                found.append(f"field {name}.{field} is bound to no declared column and is not transient()")
            elif not isinstance(bound, Transient) and declaration_of(bound) is None:
                found.append(f"field {name}.{field} is bound to a column that is not declared")
    return found


def strip(value: str | None) -> str | None:
    """Take the white space around a typed value away, and characters that print nothing."""
    if value is None:
        return None
    return "".join(sign for sign in value.strip() if sign.isprintable() or sign in "\r\n")


class TextField(StringField):
    """One line of text, without the spaces around it and without control characters."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        kwargs["filters"] = (*kwargs.get("filters", ()), strip)
        super().__init__(label, validators, **kwargs)


def add_error(field: Field, text: str) -> None:
    """Put a message beside a field after the form itself was found right."""
    field.errors = [*field.errors, text]
