"""A cookie exists only through the register."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shop.core.cookies import UndeclaredCookie, declare_cookie
from shop.core.personal_data import Medium, Purpose, RegisterError, register


def test_a_declared_cookie_is_set_with_everything_it_needs(lab: FlaskClient, https_lab: FlaskClient) -> None:
    plain, secure = (
        lab.get("/lab/cookie/cart").headers["Set-Cookie"],
        https_lab.get("/lab/cookie/cart").headers["Set-Cookie"],
    )
    assert plain.startswith("cart=value; ")
    assert secure.startswith("__Host-cart=value; ")
    for header in (plain, secure):
        parts = {part.strip().lower() for part in header.split(";")}
        assert {"httponly", "path=/", "samesite=lax", "max-age=604800"} <= parts
        assert not any(part.startswith("domain") for part in parts)
    assert "secure" in secure.lower().split("; ")
    assert "secure" not in plain.lower().split("; ")


@pytest.mark.parametrize("name", ["visitor", "session2", "__Host-other"])
def test_an_undeclared_cookie_never_leaves_the_shop(laboratory: Flask, lab: FlaskClient, name: str) -> None:
    answer = lab.get(f"/lab/cookie/{name}")
    assert answer.status_code == 500
    assert answer.headers.getlist("Set-Cookie") == []
    laboratory.testing = True
    try:
        with pytest.raises(UndeclaredCookie, match=name.removeprefix("__Host-")):
            lab.get(f"/lab/cookie/{name}")
    finally:
        laboratory.testing = False


def test_a_cookie_stands_in_the_register_with_its_purpose(laboratory: Flask) -> None:
    cookies = {store.name: store for store in register.stores.values() if store.medium is Medium.COOKIE}
    assert {"cart", "session", "staff"} <= set(cookies)
    assert cookies["cart"].purpose is Purpose.DELIVERY


def test_a_cookie_cannot_be_declared_with_two_meanings(laboratory: Flask) -> None:
    with pytest.raises(RegisterError, match="cart"):
        declare_cookie("cart", life=None, purpose=Purpose.SECURITY, label="Other", keep_text="a year")
