from __future__ import annotations

import re

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired

from tests.components.conftest import Render

IMPORT = (
    '{% from "components/form.html" import form_start, form_end, field, checkbox, radio_group,'
    " error_summary, submit with context %}"
)


class LineForm(Form):
    pieces = IntegerField("Pieces", [InputRequired("How many?")])


class OrderForm(Form):
    email = StringField("E-mail address", [InputRequired("Type your e-mail address.")])
    note = TextAreaField("Note")
    password = PasswordField("Password", [InputRequired()])
    delivery = RadioField(
        "Delivery",
        [InputRequired("Choose one.")],
        choices=[SelectChoice("post", "Post"), SelectChoice("pickup", "Pick-up")],
    )
    agrees = BooleanField("I agree", [InputRequired("Tick this.")])
    lines = FieldList(FormField(LineForm), min_entries=1)


@pytest.fixture
def rejected() -> OrderForm:
    form = OrderForm(MultiDict({"email": ""}))
    assert not form.validate()
    return form


def test_a_form_inside_a_session_carries_its_token(render: Render) -> None:
    html = render(IMPORT + "{{ form_start('/cart') }}{{ form_end() }}", has_session=True)
    assert '<input type="hidden" name="csrf_token" value="the-token">' in html


def test_a_form_outside_a_session_carries_no_token(render: Render) -> None:
    assert "csrf_token" not in render(IMPORT + "{{ form_start('/cart') }}{{ form_end() }}")


def test_a_form_that_only_asks_carries_no_token_even_inside_a_session(render: Render) -> None:
    assert "csrf_token" not in render(IMPORT + "{{ form_start('/search', 'get') }}{{ form_end() }}", has_session=True)


def test_further_attributes_stand_on_the_form(render: Render) -> None:
    html = render(IMPORT + "{{ form_start('/checkout', class_='form wide', data_checkout=true, target=none) }}")
    assert '<form action="/checkout" method="post" class="form wide" data-checkout novalidate>' in html


def test_only_a_field_that_may_stay_empty_says_so(render: Render) -> None:
    form = OrderForm()
    assert "(optional)" not in render(IMPORT + "{{ field(form.email) }}", form=form)
    assert "(optional)" in render(IMPORT + "{{ field(form.note) }}", form=form)


def test_a_field_is_described_by_its_hint_and_its_error(render: Render, rejected: OrderForm) -> None:
    html = render(IMPORT + "{{ field(form.email, 'For the receipt.', autocomplete='email') }}", form=rejected)
    assert '<label for="email">' in html
    assert 'aria-describedby="email-hint email-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'autocomplete="email"' in html
    assert re.search(r'id="email-hint">For the receipt\.', html)
    assert re.search(r'id="email-error">.*Type your e-mail address\.', html, re.DOTALL)


def test_a_field_without_hint_or_error_is_described_by_nothing(render: Render) -> None:
    html = render(IMPORT + "{{ field(form.email) }}", form=OrderForm())
    assert "aria-describedby" not in html
    assert "aria-invalid" not in html


def test_the_button_that_shows_a_password_waits_for_its_script(render: Render) -> None:
    html = render(IMPORT + "{{ field(form.password) }}", form=OrderForm())
    assert re.search(r'<button [^>]*type="button" hidden [^>]*aria-controls="password"', html)


def test_a_choice_shows_its_price_and_its_description(render: Render) -> None:
    details = {"post": {"price": "€ 3.95", "description": "In two days"}}
    html = render(IMPORT + "{{ radio_group(form.delivery, details=details) }}", form=OrderForm(), details=details)
    assert "<legend>Delivery</legend>" in html
    assert '<span class="choice-price">€ 3.95</span>' in html
    assert 'aria-describedby="delivery-0-hint"' in html
    assert html.count("choice-price") == 1


def test_a_box_to_tick_has_its_label_and_error(render: Render, rejected: OrderForm) -> None:
    html = render(IMPORT + "{{ checkbox(form.agrees) }}", form=rejected)
    assert '<label for="agrees">I agree</label>' in html
    assert 'aria-describedby="agrees-error"' in html


def test_the_summary_leads_to_every_field_that_is_wrong(render: Render, rejected: OrderForm) -> None:
    html = render(IMPORT + "{{ error_summary(form) }}", form=rejected)
    assert re.findall(r'href="#([^"]+)"', html) == ["email", "password", "delivery-0", "agrees", "lines-0-pieces"]
    assert 'role="alert"' in html


def test_a_form_without_errors_has_no_summary(render: Render) -> None:
    assert render(IMPORT + "{{ error_summary(form) }}", form=OrderForm()).strip() == ""


def test_an_error_cannot_bring_markup_along(render: Render) -> None:
    form = OrderForm(MultiDict({"email": "x"}))
    form.validate()
    form.email.errors = ["<script>"]
    html = render(IMPORT + "{{ field(form.email) }}{{ error_summary(form) }}", form=form)
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") == 2


def test_a_button_sends_its_own_name(render: Render) -> None:
    html = render(IMPORT + "{{ submit('Update', 'secondary', name='update', value='1', data_update=true) }}")
    assert html == (
        '<button class="button button-secondary" type="submit" name="update" value="1" data-update>Update</button>'
    )
