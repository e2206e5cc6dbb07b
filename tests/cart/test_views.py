"""The cart as visitors and customers use it."""

import pytest
from sqlalchemy import event, func, select, update

from shop.cart.models import Cart, CartLine
from shop.catalogue.models import Product, Variant
from shop.core.db import db
from shop.people.models import Browser as BrowserRow
from tests.factories import make_customer, make_product, make_shipping, sign_in
from tests.page import Browser

EMPTY = "Je winkelwagen is leeg."


def ask(question):
    """The rows as they are now, past what the test's own session remembers."""
    db.session.rollback()
    return db.session.execute(question).all()


def article(**values):
    """The number of a variant of a new product."""
    return make_product(**values).variants[0].id


def change(model, key, **values):
    """Change a row behind everybody's back."""
    db.session.rollback()
    db.session.execute(update(model).where(model.id == key).values(**values))
    db.session.commit()


def lines():
    return dict(tuple(row) for row in ask(select(CartLine.variant_id, CartLine.quantity)))


def version():
    return ask(select(Cart.version))[0].version


def line_id():
    return ask(select(CartLine.id))[0].id


def test_looking_around_sets_no_cookie_and_writes_nothing(visitor):
    product = make_product()
    for path in ("/cart", f"/products/{product.slug}", "/checkout", "/cart?notice=changed"):
        page = visitor.get(path)
        assert "Set-Cookie" not in page.headers
    assert visitor.cookies == set()
    assert db.session.scalar(select(func.count(BrowserRow.id))) == 0


@pytest.mark.both_databases
def test_putting_something_in_the_cart_sets_the_one_cookie(visitor):
    teapot = article(price_cents=1250)
    page = visitor.post("/cart/lines", variant=teapot, quantity=2, _follow=True)
    assert page.heading == "Winkelwagen"
    assert "Het zit in je winkelwagen." in page.text
    assert "€ 25,00" in page.text
    assert visitor.cookies == {"cart"}
    assert lines() == {teapot: 2}


def test_the_cookie_is_kept_from_scripts_and_lasts_a_week(visitor):
    page = visitor.post("/cart/lines", variant=article(), quantity=1)
    cookie = page.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Max-Age=604800" in cookie
    token = visitor.client.get_cookie("cart").value
    assert db.session.scalar(select(BrowserRow.token_hash)) != token


def test_a_change_renews_the_cookie_and_raises_the_version(visitor):
    teapot = article()
    visitor.post("/cart/lines", variant=teapot, quantity=1)
    before = version()
    page = visitor.post(f"/cart/lines/{line_id()}", quantity=3)
    assert "Max-Age=604800" in page.headers["Set-Cookie"]
    assert version() == before + 1
    assert lines() == {teapot: 3}


@pytest.mark.both_databases
def test_asking_for_more_than_the_stock_says_how_many_are_left(visitor):
    teapot = article(stock=3)
    page = visitor.post("/cart/lines", variant=teapot, quantity=5)
    assert page.status == 422
    assert page.heading.startswith("Theepot")
    assert "Nog maar 3 op voorraad." in page.text
    assert page.form("/cart/lines")["quantity"] == "5"
    assert visitor.cookies == set()
    assert EMPTY in visitor.get("/cart").text


def test_adding_counts_what_is_in_the_cart_already(visitor):
    teapot = article(stock=3)
    visitor.post("/cart/lines", variant=teapot, quantity=2)
    page = visitor.post("/cart/lines", variant=teapot, quantity=2)
    assert page.status == 422
    assert lines() == {teapot: 2}


def test_a_line_holds_ninety_nine_at_most(visitor):
    download = article(stock=None, kind="download")
    page = visitor.post("/cart/lines", variant=download, quantity=100)
    assert page.status == 422
    assert "hoogstens 99" in page.text
    assert visitor.post("/cart/lines", variant=download, quantity=99).status == 303


ODD = ["-1", "0", "1.5", "1,5", "", "abc", "9223372036854775808", "9" * 5000, "٣", "1e9", "NaN"]


@pytest.mark.parametrize("quantity", ODD)
def test_an_odd_quantity_is_refused_beside_its_field(visitor, quantity):
    teapot = article()
    page = visitor.post("/cart/lines", variant=teapot, quantity=quantity)
    assert page.status == 422
    assert page.errors().get("quantity")
    assert lines() == {}


@pytest.mark.parametrize("variant", ["", "0", "-1", "999999", "9223372036854775808", "1 or 1=1", "9" * 5000])
def test_an_unknown_variant_is_a_page_that_is_not_there(visitor, variant):
    make_product()
    assert visitor.post("/cart/lines", variant=variant, quantity=1).status == 404
    assert lines() == {}


def test_a_nul_in_a_field_is_answered_with_400(visitor):
    assert visitor.post("/cart/lines", variant="1\x00", quantity=1).status == 400


def test_an_unpublished_article_cannot_be_put_in(visitor):
    hidden = article(is_published=False)
    assert visitor.post("/cart/lines", variant=hidden, quantity=1).status == 404


def test_a_sent_price_counts_for_nothing(visitor):
    teapot = article(price_cents=1250)
    page = visitor.post("/cart/lines", variant=teapot, quantity=1, price_cents=1, price=0, _follow=True)
    assert "€ 12,50" in page.text


def test_a_form_from_another_site_is_refused(visitor):
    teapot = article()
    page = visitor.post("/cart/lines", variant=teapot, quantity=1, _headers_too={"Sec-Fetch-Site": "cross-site"})
    assert page.status == 403
    assert lines() == {}


def test_zero_takes_a_line_out_and_twice_is_once(visitor):
    visitor.post("/cart/lines", variant=article(), quantity=2)
    address = f"/cart/lines/{line_id()}"
    assert visitor.post(address, quantity=0, _follow=True).status == 200
    assert EMPTY in visitor.get("/cart").text
    assert visitor.post(address, quantity=0).status == 303


def test_too_many_in_the_cart_keeps_what_was_typed(visitor):
    teapot = article(stock=3)
    visitor.post("/cart/lines", variant=teapot, quantity=1)
    page = visitor.post(f"/cart/lines/{line_id()}", quantity=7)
    assert page.status == 422
    assert "Nog maar 3 op voorraad." in page.errors()["quantity"]
    assert page.soup.find("input", attrs={"type": "number"})["value"] == "7"
    assert lines() == {teapot: 1}


@pytest.mark.parametrize("quantity", ["-1", "1.5", "", "x", "9" * 30])
def test_an_odd_quantity_in_the_cart_changes_nothing(visitor, quantity):
    visitor.post("/cart/lines", variant=article(), quantity=2)
    before = version()
    page = visitor.post(f"/cart/lines/{line_id()}", quantity=quantity)
    assert page.status == 422
    assert page.errors()["quantity"]
    assert version() == before


def test_somebody_elses_line_is_out_of_reach(app, visitor):
    visitor.post("/cart/lines", variant=article(), quantity=2)
    other = Browser(app)
    assert other.post(f"/cart/lines/{line_id()}", quantity=5).status == 404
    assert other.post(f"/cart/lines/{line_id()}", quantity=0).status == 303
    assert list(lines().values()) == [2]


def test_a_line_that_sold_out_or_was_taken_down_is_explained_and_not_counted(visitor):
    gone, hidden, fine = article(), make_product(), article(price_cents=999)
    hidden_id = hidden.id
    hidden_variant = hidden.variants[0].id
    for variant in (gone, hidden_variant, fine):
        visitor.post("/cart/lines", variant=variant, quantity=1)
    change(Variant, gone, stock=0)
    change(Product, hidden_id, is_published=False)
    page = visitor.get("/cart")
    assert "Dit artikel is uitverkocht en blijft buiten je bestelling." in page.text
    assert "Dit artikel is niet meer te koop en blijft buiten je bestelling." in page.text
    assert "Subtotaal € 9,99" in page.text


def test_prices_are_those_of_now(visitor):
    teapot = article(price_cents=1250)
    visitor.post("/cart/lines", variant=teapot, quantity=1)
    change(Variant, teapot, price_cents=1350)
    assert "€ 13,50" in visitor.get("/cart").text


def test_a_browser_that_refuses_the_cookie_is_told_so(app):
    teapot = article()
    refusing = Browser(app)
    page = refusing.post("/cart/lines", variant=teapot, quantity=1)
    refusing.client.delete_cookie("cart")
    page = refusing.get(page.location)
    assert "Je browser heeft onze cookie geweigerd" in page.text
    assert "Het zit in je winkelwagen." not in page.text


def test_where_and_how_to_pay_and_deliver_is_told_in_the_cart(visitor):
    make_shipping()
    page = visitor.post("/cart/lines", variant=article(), quantity=1, _follow=True)
    assert "Nederland, België, Duitsland" in page.text
    assert "bij het ophalen" in page.text


def test_the_cart_speaks_english(visitor):
    page = visitor.post("/en/cart/lines", variant=article(), quantity=1, _follow=True)
    assert page.heading == "Cart"
    assert "It is in your cart." in page.text


def statements(path, browser):
    found = []

    def note(connection, cursor, statement, *rest):
        found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        browser.get(path)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return [statement for statement in found if "cart" in statement.lower()], found


def test_a_visitor_without_a_cart_costs_no_question_about_it(visitor):
    product = make_product()
    about_carts, _all = statements(f"/products/{product.slug}", visitor)
    assert about_carts == []


def test_the_cart_page_takes_few_statements_however_full(visitor):
    make_shipping()
    for _n in range(8):
        visitor.post("/cart/lines", variant=article(), quantity=1)
    _about_carts, everything = statements("/cart", visitor)
    assert len(everything) <= 12


@pytest.mark.both_databases
def test_at_sign_in_the_browsers_cart_becomes_the_customers_own(app, visitor):
    teapot, account = article(), make_customer()
    person_id = account.person_id
    visitor.post("/cart/lines", variant=teapot, quantity=2)
    sign_in(visitor, account)
    assert visitor.cookies == {"session"}
    assert "2 stuks" in visitor.get("/cart").text
    assert db.session.scalar(select(func.count(BrowserRow.id))) == 0
    assert ask(select(Cart.person_id))[0].person_id == person_id


@pytest.mark.both_databases
def test_two_carts_join_within_the_stock(app, visitor):
    scarce, plenty, sold_out = article(stock=3), article(stock=500), article(stock=2)
    account, elsewhere = make_customer(), Browser(app)
    person_id = account.person_id
    sign_in(elsewhere, account)
    for product, quantity in ((scarce, 2), (plenty, 60)):
        elsewhere.post("/cart/lines", variant=product, quantity=quantity)
    for product, quantity in ((scarce, 2), (plenty, 60), (sold_out, 2)):
        visitor.post("/cart/lines", variant=product, quantity=quantity)
    change(Variant, sold_out, stock=0)
    before = ask(select(Cart.version).where(Cart.person_id == person_id))[0].version
    sign_in(visitor, account)
    assert lines() == {scarce: 3, plenty: 99, sold_out: 1}
    assert db.session.scalar(select(func.count(Cart.id))) == 1
    assert version() == before + 1
    assert db.session.scalar(select(func.count(BrowserRow.id))) == 0


def test_a_customers_cart_follows_them_to_another_browser(app, customer):
    customer.post("/cart/lines", variant=article(), quantity=2)
    assert "cart" not in customer.cookies
    elsewhere = Browser(app)
    sign_in(elsewhere, customer.account)
    assert "2 stuks" in elsewhere.get("/cart").text
