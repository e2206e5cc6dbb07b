"""The page of an order by its mailed link, and the customer's own one behind sign-in."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import event

from shop.core import clock
from shop.core.db import db
from shop.core.i18n import speaking
from shop.core.templating import moment
from shop.orders import fulfilment
from shop.orders.emails import new_link
from shop.orders.models import Order
from shop.payments import methods
from shop.shipping.models import Carrier
from tests.factories import make_customer, make_order, make_product, sign_in
from tests.page import Browser
from tests.payments.fresh import FreshBrowser
from tests.payments.till import Till


def link_to(order: Order) -> str:
    """A new link to an order, as a path."""
    link = new_link(order, clock.now())
    db.session.commit()
    return link.removeprefix("http://localhost")


def test_the_link_shows_what_was_bought_where_it_is_and_what_happened(app: Flask, visitor: Browser) -> None:
    product = make_product(price_cents=1250)
    order = make_order((product, 2), status="confirmed")
    carrier = Carrier(code="postnl", name="PostNL", tracking_url="https://carrier.example/{code}")
    db.session.add(carrier)
    db.session.commit()
    shipment = fulfilment.pack(order.id, staff_id=1, at=clock.now())
    fulfilment.ship(shipment.id, carrier, tracking_code="3SABC", staff_id=1, at=clock.now())
    page = visitor.get(link_to(order))
    assert page.heading == f"Bestelling {order.number}"
    assert f"2 × {product.name_nl}" in page.text
    for text in ("€ 25,00", "€ 4,95", "€ 29,95", "Waarvan btw 21%", "€ 5,20", "Verzonden", "PostNL · 3SABC"):
        assert text in page.text, text
    assert "https://carrier.example/3SABC" in page.links()
    assert "Je bestelling is onderweg naar je." in page.text
    assert "Betaling" not in [event.get_text() for event in page.soup.select(".timeline-text")]
    assert "noindex" in page.body.decode()


def test_a_completed_order_says_so_and_a_new_one_says_what_happens_next(app: Flask, visitor: Browser) -> None:
    done = visitor.get(f"/orders/{make_order(status='completed').return_token}")
    assert "Deze bestelling is afgerond." in done.text
    assert "Zo gaat het verder" not in done.text
    parcel = visitor.get(f"/orders/{make_order(status='confirmed').return_token}")
    assert "Zo gaat het verder" in parcel.text
    assert "zodra je pakket vertrekt" in parcel.text
    pickup = visitor.get(f"/orders/{make_order(pays_by='pickup', delivery='pickup').return_token}")
    assert "We leggen alles voor je klaar in Harderwijk." in pickup.text


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"status": "confirmed"}, "We hebben je betaling ontvangen."),
        ({"pays_by": "pickup", "delivery": "pickup"}, "Je betaalt als je je bestelling ophaalt."),
        ({"pays_by": "free"}, "Er is niets te betalen."),
        ({"status": "expired"}, "De bestelling is niet op tijd betaald en is verlopen."),
        ({"status": "canceled"}, "De bestelling is geannuleerd."),
        ({}, "maar de betaling is nog niet begonnen."),
    ],
)
def test_the_page_says_how_it_stands(app: Flask, visitor: Browser, values: dict[str, str], words: str) -> None:
    order = make_order(**values)  # type: ignore[arg-type]
    for path in (f"/orders/{order.return_token}", link_to(order)):
        assert words in visitor.get(path).text


def test_the_page_speaks_english_under_en(app: Flask, visitor: Browser) -> None:
    order = make_order(status="confirmed", language="en")
    page = visitor.get(f"/en/orders/{order.return_token}")
    assert page.heading == "Thank you for your order"
    assert "We received your payment." in page.text
    assert link_to(order).startswith("/en/orders/")


def test_an_order_page_takes_few_questions(app: Flask, visitor: Browser) -> None:
    order = make_order(*[(make_product(), 1) for _line in range(8)], status="confirmed")
    path, asked = link_to(order), []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    visitor.get(path)
    event.remove(db.engine, "before_cursor_execute", note)
    assert 0 < len(asked) <= 12, "\n".join(asked)


def test_pay_again_offers_the_methods_with_the_last_one_chosen(till: Till, visitor: Browser) -> None:
    methods.refresh()
    order_id = till.order()
    till.control.fail(till.start(order_id, "creditcard"))
    till.control.settle()
    token = db.session.get_one(Order, order_id).return_token
    page = visitor.get(f"/orders/{token}")
    assert page.form(f"/orders/{token}/pay") == {"method": "creditcard"}
    with speaking("nl"):
        until = moment(db.session.get_one(Order, order_id).expires_at)
    assert f"Je bestelling blijft bewaard tot {until}" in page.text
    assert "iDEAL | Wero" in page.text
    assert "niet verplicht" not in page.text
    refused = visitor.send(f"/orders/{token}/pay", method="nonsense")
    assert refused.status == 422
    assert visitor.send(f"/orders/{token}/pay", method="ideal").status == 303
    assert till.attempt(order_id).method == "ideal"


def test_who_may_not_pay_is_sent_back_to_the_page(till: Till, visitor: Browser) -> None:
    for status in ("confirmed", "expired", "canceled"):
        token = make_order(status=status).return_token
        page = visitor.post(f"/orders/{token}/pay", method="ideal")
        assert (page.status, page.location) == (303, f"/orders/{token}")
    assert till.calls("POST") == []


def test_the_customers_own_page_has_the_address(app: Flask) -> None:
    account = make_customer()
    browser = FreshBrowser(app)
    sign_in(browser, account)
    order = make_order(account=account, status="confirmed", telephone="0612345678")
    page = browser.get(f"/account/orders/{order.number}")
    assert page.heading == f"Bestelling {order.number}"
    for text in ("Sanne de Vries", "Donkerstraat 52", "3841 CD Harderwijk", account.email, "0612345678"):
        assert text in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_somebody_elses_order_is_no_page(app: Flask) -> None:
    browser = FreshBrowser(app)
    sign_in(browser, make_customer())
    others = make_order(account=make_customer(), status="confirmed")
    guests = make_order(status="confirmed")
    for number in (others.number, guests.number, "26-XXXXXX", "x" * 500):
        assert browser.get(f"/account/orders/{number}").status == 404


def test_who_is_not_signed_in_is_asked_to(app: Flask, visitor: Browser) -> None:
    order = make_order()
    for path in ("/account/orders", f"/account/orders/{order.number}"):
        page = visitor.get(path)
        assert page.status == 303
        assert page.location.startswith("/account/sign-in")


def test_orders_are_listed_newest_first_in_pages(app: Flask) -> None:
    account = make_customer()
    browser = FreshBrowser(app)
    sign_in(browser, account)
    product = make_product(stock=50)
    numbers = [make_order((product, 1), account=account).number for _order in range(23)]
    make_order((product, 1))
    page = browser.get("/account/orders")
    first = [row.a.get_text() for row in page.soup.select("tbody tr")]
    assert first == numbers[:2:-1]
    (link,) = page.soup.select("a[rel=next]")
    page = browser.get(str(link["href"]))
    assert [row.a.get_text() for row in page.soup.select("tbody tr")] == numbers[2::-1]
    assert not page.soup.select("a[rel=next]")
    for odd in ("x", "-1", "9" * 40, "²"):
        assert browser.get(f"/account/orders?before={odd}").status == 200


def test_only_the_chosen_older_orders_join_the_account(app: Flask) -> None:
    account = make_customer(email="sanne@example.com")
    browser = FreshBrowser(app)
    sign_in(browser, account)
    wanted, other = make_order(email="sanne@example.com"), make_order(email="sanne@example.com")
    stranger = make_order(email="jan@example.com")
    accounts_own = make_order(account=make_customer(), email="sanne@example.com")
    page = browser.get("/account/orders")
    assert wanted.number in page.text
    assert other.number in page.text
    assert stranger.number not in page.text
    assert accounts_own.number not in page.text
    refused = browser.post("/account/orders/claim", orders=str(stranger.id))
    assert refused.status == 422
    assert browser.post("/account/orders/claim").status == 422
    browser.get("/account/orders")
    assert browser.send("/account/orders/claim", orders=str(wanted.id)).status == 303
    db.session.rollback()
    owners = dict(db.session.query(Order.number, Order.person_id).all())
    assert owners[wanted.number] == account.person_id
    assert account.person_id not in (owners[other.number], owners[stranger.number], owners[accounts_own.number])


def test_orders_of_staff_pages_do_not_leak_into_a_visitors_list(
    app: Flask, visitor: Browser, staff: Callable[..., Browser]
) -> None:
    order = make_order(status="confirmed")
    assert visitor.get(f"/account/orders/{order.number}").status == 303
    assert visitor.cookies == set()
