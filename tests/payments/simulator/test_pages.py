"""The pages in the browser."""

import re
from urllib.parse import urljoin

import pytest
import requests
from mollie.api.client import Client

from shop.payments.simulator import SimulatorServer
from tests.payments.simulator.conftest import SHOP, Shop, euro, order


class Window:
    """A browser window: opens an address, sends the form that is on the page."""

    def __init__(self, url: str) -> None:
        self.session = requests.Session()
        self.open(url)

    def open(self, url: str) -> None:
        """Go to an address."""
        self.url = urljoin(getattr(self, "url", url), url)
        self.show(self.session.get(self.url, timeout=5))

    def show(self, answer: requests.Response) -> None:
        """Look at a page."""
        self.answer, self.status, self.text, self.url = answer, answer.status_code, answer.text, answer.url

    def send(self, path: str = "", **fields: str) -> str:
        """Send a form of the page; gives where the answer leads."""
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.text))
        self.sent = hidden | fields
        answer = self.session.post(
            urljoin(self.url, path or self.url), data=self.sent, allow_redirects=False, timeout=5
        )
        self.show(answer)
        return urljoin(self.url, answer.headers.get("Location", ""))

    def radios(self) -> list[str]:
        """The outcomes to choose from."""
        return re.findall(r'<input type="radio" name="final_state" value="(\w+)"', self.text)

    def methods(self) -> list[str]:
        """The ways to pay to choose from."""
        return re.findall(r'class="method" href="\?method=(\w+)', self.text)


def status_of(mollie: Client, payment_id: str) -> str:
    """How a payment stands."""
    return str(mollie.payments.get(payment_id).status)


def test_the_page_shows_what_is_paid_and_that_it_is_no_real_payment(mollie: Client) -> None:
    payment = mollie.payments.create(order(description="<b>Order & 1</b>", locale="nl_NL"))
    page = Window(payment.checkout_url)
    assert '<html lang="nl">' in page.text
    assert "Simulator: dit is niet Mollie." in page.text
    assert '<p class="header__info">&lt;b&gt;Order &amp; 1&lt;/b&gt;</p>' in page.text
    assert '<p class="header__merchant-name">127.0.0.1:9</p>' in page.text
    assert '"><script>' not in Window(f'{payment.checkout_url}?locale="><script>').text
    assert '<p class="header__amount">€\N{NO-BREAK SPACE}10,00</p>' in page.text
    assert 'id="select-locale"' in page.text
    page.open("?locale=en_US")
    assert "Note: this is a testmode payment." in page.text
    policy = page.answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert f"form-action 'self' {SHOP}" in policy


@pytest.mark.parametrize("status", ["paid", "pending", "failed", "canceled", "expired", "open"])
def test_with_a_fixed_method_the_choice_is_final(mollie: Client, sim: SimulatorServer, shop: Shop, status: str) -> None:
    payment = mollie.payments.create(order(cancelUrl=f"{SHOP}/cancel"))
    page = Window(payment.checkout_url)
    assert set(page.radios()) == {"paid", "pending", "failed", "canceled", "expired", "open"}
    assert page.send(final_state=status) == f"{SHOP}/{'cancel' if status == 'canceled' else 'return'}"
    assert page.status == 303
    assert status_of(mollie, payment.id) == status
    sim.control.settle()
    assert shop.heard == ([] if status in {"open", "pending"} else [payment.id])


@pytest.mark.parametrize("status", ["failed", "canceled", "expired", "open"])
def test_with_a_free_method_what_goes_wrong_leads_back_to_the_methods(
    mollie: Client, sim: SimulatorServer, shop: Shop, status: str
) -> None:
    payment = mollie.payments.create(order(method=None))
    page = Window(payment.checkout_url)
    assert page.radios() == []
    assert "ideal" in page.methods()
    page.open("?method=ideal")
    assert page.send(final_state=status) == payment.checkout_url
    assert status_of(mollie, payment.id) == "open"
    sim.control.settle()
    assert shop.heard == []


def test_with_a_free_method_paying_takes_the_chosen_method(mollie: Client, sim: SimulatorServer, shop: Shop) -> None:
    payment = mollie.payments.create(order(method=["ideal", "paypal"]))
    page = Window(payment.checkout_url)
    assert page.methods() == ["ideal", "paypal"]
    page.open("?method=paypal")
    assert page.send(final_state="paid") == f"{SHOP}/return"
    found = mollie.payments.get(payment.id)
    assert (found.status, found.method) == ("paid", "paypal")
    sim.control.settle()
    assert shop.heard == [payment.id]


def test_going_back_to_the_website_cancels(mollie: Client, sim: SimulatorServer, shop: Shop) -> None:
    payment = mollie.payments.create(order(method=None))
    page = Window(payment.checkout_url)
    assert page.send(f"{payment.checkout_url}/cancel") == f"{SHOP}/return"
    assert status_of(mollie, payment.id) == "canceled"
    sim.control.settle()
    assert shop.heard == [payment.id]


def test_a_pending_payment_can_still_be_paid_on_its_page(mollie: Client) -> None:
    payment = mollie.payments.create(order(method=None))
    page = Window(payment.checkout_url)
    page.open("?method=ideal")
    page.send(final_state="pending")
    page.open(payment.checkout_url)
    assert page.radios() == ["paid", "failed", "canceled", "expired"]
    page.send(final_state="paid")
    assert status_of(mollie, payment.id) == "paid"


def test_manual_capture_offers_authorized(mollie: Client) -> None:
    payment = mollie.payments.create(order(method="creditcard", captureMode="manual"))
    page = Window(payment.checkout_url)
    assert "authorized" in page.radios()
    assert "paid" not in page.radios()
    page.send(final_state="authorized")
    assert status_of(mollie, payment.id) == "authorized"


def test_methods_that_need_more_than_was_sent_are_not_offered(mollie: Client) -> None:
    page = Window(mollie.payments.create(order(method=None)).checkout_url)
    assert not {"klarna", "riverty"} & set(page.methods())
    page = Window(mollie.payments.create(order(method=None, amount=euro("12000.00"))).checkout_url)
    assert not {"creditcard", "paypal"} & set(page.methods())
    page = Window(mollie.payments.create(order(method=None, restrictPaymentMethodsToCountry="BE")).checkout_url)
    assert "bancontact" in page.methods()
    assert "ideal" not in page.methods()


def test_a_form_is_taken_once(mollie: Client) -> None:
    payment = mollie.payments.create(order())
    page = Window(payment.checkout_url)
    form = page.text
    page.send(final_state="open")
    assert page.status == 303
    page.url, page.text = payment.checkout_url, form
    page.send(final_state="paid")
    assert page.status == 403
    assert status_of(mollie, payment.id) == "open"


def test_a_form_is_taken_for_its_own_payment_only(mollie: Client) -> None:
    payment, other = mollie.payments.create(order()), mollie.payments.create(order())
    page = Window(other.checkout_url)
    page.url = payment.checkout_url
    page.send(final_state="paid")
    assert page.status == 403
    assert status_of(mollie, payment.id) == "open"


@pytest.mark.parametrize("fields", [{"final_state": "refunded"}, {"final_state": "authorized"}, {}])
def test_an_outcome_that_is_not_offered_changes_nothing(mollie: Client, fields: dict[str, str]) -> None:
    payment = mollie.payments.create(order())
    page = Window(payment.checkout_url)
    page.send(**fields)
    assert page.status == 403
    assert status_of(mollie, payment.id) == "open"


def test_a_link_to_a_finished_or_unknown_payment_offers_nothing(mollie: Client, sim: SimulatorServer) -> None:
    payment = mollie.payments.create(order(locale="nl_NL"))
    sim.control.pay(payment.id)
    page = Window(payment.checkout_url)
    assert (page.status, page.radios()) == (410, [])
    assert f'href="{SHOP}/return"' in page.text
    assert "Status: betaald." in page.text
    assert Window(f"{sim.base_url}/checkout/{payment.id}").status == 404


def test_a_paid_payment_can_be_refunded_charged_back_and_reversed(
    mollie: Client, sim: SimulatorServer, shop: Shop
) -> None:
    payment = mollie.payments.create(order(locale="nl_NL"))
    sim.control.pay(payment.id)
    address = mollie.payments.get(payment.id)["_links"]["changePaymentState"]["href"]
    page = Window(address)
    assert page.send(action="refund", amount="4,00") == address
    page.open(address)
    assert "€\N{NO-BREAK SPACE}4,00" in page.text
    page.send(action="chargeback", amount="6.00")
    found = mollie.payments.get(payment.id)
    assert (found["amountRefunded"], found["amountChargedBack"]) == (euro("4.00"), euro("6.00"))
    page.open(address)
    page.send(action="reverse")
    assert "amountChargedBack" not in mollie.payments.get(payment.id)
    page.open(address)
    page.send(action="refund", amount="99.00")
    assert page.status == 422
    sim.control.settle()
    assert shop.heard == [payment.id] * 2


def test_a_payment_link_starts_a_payment(mollie: Client, sim: SimulatorServer, shop: Shop) -> None:
    link = mollie.payment_links.create(
        {
            "description": "Teapot",
            "amount": euro("5.00"),
            "redirectUrl": f"{SHOP}/return",
            "webhookUrl": f"{SHOP}/webhook",
        }
    )
    page = Window(link["_links"]["paymentLink"]["href"])
    page.open(page.send())
    page.open("?method=ideal")
    page.send(final_state="paid")
    started = next(iter(link.payments.list()))
    assert (started.status, started.amount) == ("paid", euro("5.00"))
    assert mollie.payment_links.get(link.id)["paidAt"] == started["paidAt"]
    assert Window(link["_links"]["paymentLink"]["href"]).status == 410
    sim.control.settle()
    assert shop.heard == [started.id]


def test_a_payment_link_without_an_amount_asks_for_one(mollie: Client) -> None:
    link = mollie.payment_links.create({"description": "Gift", "minimumAmount": euro("2.00")})
    page = Window(link["_links"]["paymentLink"]["href"])
    page.send(amount="1,00")
    assert page.status == 422
    page.open(link["_links"]["paymentLink"]["href"])
    page.send(amount="2,50")
    assert next(iter(link.payments.list())).amount == euro("2.50")


def test_pictures_and_the_front_page_are_there(mollie: Client, sim: SimulatorServer) -> None:
    picture = requests.get(mollie.methods.get("ideal")["image"]["svg"], timeout=5)
    assert picture.headers["Content-Type"].startswith("image/svg+xml")
    assert Window(f"{sim.base_url}/images/methods/none.svg").status == 404
    assert "simulator" in Window(f"{sim.base_url}/").text.lower()
