"""What the database really has and what the register says are the same, in both directions."""

import pytest
from flask import Flask
from sqlalchemy import inspect

from shop.core.cookies import _declared
from shop.core.db import Model, db
from shop.core.forms import ShopForm, _all_forms
from shop.core.personal_data import ROOTS, Medium, declaration_of, path_to_subject, personal_columns, register
from shop.people.rules import PERMISSIONS


@pytest.mark.both_databases
def test_every_column_of_the_database_is_declared_and_every_declared_one_is_there(app: Flask) -> None:
    told = inspect(db.engine)
    live = {(table, column["name"]) for table in told.get_table_names() for column in told.get_columns(table)}
    declared = {(t.name, c.name) for t in Model.metadata.sorted_tables for c in t.columns if declaration_of(c)}
    assert live == declared


def test_every_personal_row_leads_to_a_person_or_a_browser(app: Flask) -> None:
    for table, column, _told in personal_columns(Model.metadata):
        ways = path_to_subject(table)
        assert ways, f"{table.name}.{column.name}"
        for way in ways:
            (last,) = (key.column.table.name for key in way[-1].foreign_keys)
            assert last in ROOTS


def test_every_personal_column_says_everything(app: Flask) -> None:
    for table, column, declared in personal_columns(Model.metadata):
        name = f"{table.name}.{column.name}"
        assert declared.category is not None, name
        assert declared.purpose is not None, name
        assert str(declared.label), name


def test_no_column_can_hold_what_may_never_be_known(app: Flask) -> None:
    never = ("ip", "address_ip", "remote_addr", "user_agent", "iban", "card", "birth", "gender", "salutation", "bsn")
    for table in Model.metadata.sorted_tables:
        for column in table.columns:
            assert not set(column.name.split("_")) & set(never), f"{table.name}.{column.name}"


def test_the_cookies_that_can_be_set_are_those_of_the_register(app: Flask) -> None:
    assert set(_declared) == {s.name for s in register.stores.values() if s.medium is Medium.COOKIE}


def test_every_form_names_only_fields_that_it_has(app: Flask) -> None:
    for form in _all_forms(ShopForm):
        fields = {name for name in dir(form) if hasattr(getattr(form, name), "field_class")}
        assert set(form.binds) <= fields | {"csrf_token"}, form


def test_every_role_that_may_see_a_column_can_sign_in(app: Flask) -> None:
    known = set().union(*PERMISSIONS.values())
    for _table, _column, declared in personal_columns(Model.metadata):
        assert set(declared.roles) <= known
