"""Signing in and out."""

from tests.factories import make_customer, sign_in
from tests.page import Browser


def test_a_customer_signs_in_and_comes_where_they_wanted(visitor: Browser) -> None:
    account = make_customer(given_name="Noor")
    page = visitor.get("/account/addresses")
    assert page.status == 303
    visitor.get(page.location)
    answer = visitor.send("/account/sign-in", email=f" {account.email.upper()} ", password="een-lang-wachtwoord-1")
    assert (answer.status, answer.location) == (303, "/account/addresses")
    assert "Noor" in visitor.get("/account").text


def test_signed_in_pages_work(visitor: Browser) -> None:
    sign_in(visitor, make_customer())
    for path in ("/account", "/account/addresses", "/account/addresses/new", "/account/security"):
        assert visitor.get(path).status == 200
