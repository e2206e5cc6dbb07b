"""The customer comes back from Mollie's page: before, without or instead of the webhook (rows 6 to 8, 55 to 57)."""

import pytest

from shop.core.db import db
from shop.orders.models import Order, OrderLink
from shop.orders.queries import link_hash
from shop.payments import flows
from shop.payments.models import PaymentAttempt
from tests.factories import make_order
from tests.page import Browser
from tests.payments.till import Till

pytestmark = pytest.mark.both_databases

THANKS = "Bedankt voor je bestelling"


def address(order_id: int) -> str:
    """The page that Mollie leads a customer back to."""
    token = db.session.get_one(Order, order_id).return_token
    db.session.rollback()
    return f"/orders/{token}"


@pytest.fixture
def silent(till: Till) -> Till:
    """A till whose Mollie never calls."""
    till.control.webhooks("off")
    return till


def test_row_06_return_before_the_webhook(silent: Till, visitor: Browser) -> None:
    order_id, mollie_id = silent.started()
    silent.pay(mollie_id)
    page = visitor.get(address(order_id))
    assert page.heading == THANKS
    assert "We hebben je betaling ontvangen." in page.text
    assert silent.state(order_id).status == "confirmed"


def test_row_06_when_mollie_cannot_be_asked_the_page_says_that_it_is_checking(silent: Till, visitor: Browser) -> None:
    order_id, mollie_id = silent.started()
    silent.pay(mollie_id)
    silent.control.answer_next(500, operation="payments.get")
    page = visitor.get(address(order_id))
    assert "We controleren je betaling." in page.text
    assert page.headers["Refresh"].startswith("2; url=/orders/")
    assert silent.state(order_id).status == "placed"
    assert visitor.get(page.headers["Refresh"].partition("url=")[2]).heading == THANKS


def test_row_06_the_page_stops_looking_by_itself(silent: Till, visitor: Browser) -> None:
    order_id, mollie_id = silent.started()
    silent.control.leave_pending(mollie_id)
    path, looks = address(order_id), 0
    while refresh := visitor.get(path).headers.get("Refresh"):
        path = refresh.partition("url=")[2]
        looks += 1
    assert looks == 5
    assert "Opnieuw kijken" in visitor.get(path).text


@pytest.mark.parametrize("turn", ["", "x", "10", "-1", "²", "0000000000000000000000000"])
def test_an_odd_count_of_looks_is_no_problem(silent: Till, visitor: Browser, turn: str) -> None:
    order_id, _mollie_id = silent.started()
    page = visitor.get(f"{address(order_id)}?turn={turn}")
    assert page.status == 200
    assert "Refresh" not in page.headers


@pytest.mark.parametrize("how", ["cancel", "fail"])
def test_row_07_return_after_canceling_or_failing(till: Till, visitor: Browser, how: str) -> None:
    order_id, mollie_id = till.started()
    getattr(till.control, how)(mollie_id)
    till.control.settle()
    page = visitor.get(address(order_id))
    assert page.heading == "Je bestelling"
    assert "De betaling is niet gelukt en er is niets afgeschreven." in page.text
    assert "Opnieuw betalen" in page.text
    state = till.state(order_id)
    assert state.status == "placed"
    assert "order_confirmation" not in state.mails
    assert till.stock() == 9


def test_row_08_return_while_the_payment_is_open(till: Till, visitor: Browser) -> None:
    order_id, _mollie_id = till.started()
    page = visitor.get(address(order_id))
    assert "wachten we op bericht van je bank" in page.text
    assert "niet gelukt" not in page.text
    assert "Verder met betalen" in page.text
    assert till.state(order_id).status == "placed"


def test_row_08_return_while_the_bank_decides(till: Till, visitor: Browser) -> None:
    order_id, mollie_id = till.started()
    till.control.leave_pending(mollie_id)
    page = visitor.get(address(order_id))
    assert "We controleren je betaling." in page.text
    assert "niet gelukt" not in page.text
    assert f"{address(order_id)}/pay" not in page.actions
    assert till.state(order_id).attempts == ("pending",)


def test_row_55_return_without_cookie_shows_status_and_amount_and_nothing_of_the_person(
    silent: Till, visitor: Browser
) -> None:
    order_id, mollie_id = silent.started(email="geheim@example.com", telephone="0612345678", note="Achterom")
    silent.pay(mollie_id)
    page = visitor.get(address(order_id))
    assert "€ 17,45" in page.text
    for hidden in ("geheim@example.com", "0612345678", "Achterom", "Sanne", "de Vries", "Donkerstraat", "Theepot"):
        assert hidden not in page.body.decode()
    assert visitor.cookies == set()
    assert page.headers["Cache-Control"] == "no-store"


def test_row_55_the_mailed_link_shows_lines_but_no_address(till: Till, visitor: Browser) -> None:
    order = make_order(email="geheim@example.com")
    db.session.add(OrderLink(order_id=order.id, token_hash=link_hash("m" * 43), created_at=order.placed_at))
    db.session.commit()
    page = visitor.get(f"/orders/{'m' * 43}")
    assert page.heading == f"Bestelling {order.number}"
    assert "Theepot" in page.text
    for hidden in ("geheim@example.com", "Sanne", "Donkerstraat", "3841 CD"):
        assert hidden not in page.body.decode()


def test_row_56_after_canceling_the_order_can_be_paid_again(till: Till, visitor: Browser) -> None:
    order_id, first = till.started()
    till.control.cancel(first)
    till.control.settle()
    visitor.get(address(order_id))
    page = visitor.send(f"{address(order_id)}/pay")
    assert (page.status, page.location) == (303, f"{address(order_id)}/pay")
    second = till.attempt(order_id).mollie_id
    assert second is not None
    assert second != first
    till.pay(second)
    assert visitor.get(address(order_id)).heading == THANKS
    assert till.state(order_id).attempts == ("canceled", "paid")
    assert till.stock() == 9


def test_row_57_back_to_an_old_link_never_leads_to_a_dead_page(till: Till, visitor: Browser) -> None:
    order_id, mollie_id = till.started()
    path = address(order_id)
    till.control.expire(mollie_id)
    till.control.settle()
    assert visitor.get(f"{path}/pay").location == path
    second = till.start(order_id)
    assert visitor.get(f"{path}/pay").status == 200
    till.pay(second)
    assert visitor.get(f"{path}/pay").location == path


def test_row_57_a_link_that_is_about_to_end_is_not_used(till: Till, visitor: Browser) -> None:
    order_id, _mollie_id = till.started()
    attempt = till.attempt(order_id)
    assert attempt.expires_at is not None
    till.change(PaymentAttempt, attempt.id, expires_at=attempt.created_at)
    assert visitor.get(f"{address(order_id)}/pay").location == address(order_id)


def test_a_browser_is_led_on_by_a_page_and_a_program_at_once(till: Till, visitor: Browser) -> None:
    order_id, _mollie_id = till.started()
    target = till.attempt(order_id).checkout_url
    page = visitor.get(f"{address(order_id)}/pay")
    assert page.status == 200
    assert target in page.links()
    assert page.headers["Refresh"] == f"0; url={target}"
    answer = till.app.test_client().get(f"{address(order_id)}/pay")
    assert (answer.status_code, answer.headers["Location"]) == (303, target)


def test_an_unknown_token_is_no_page(till: Till, visitor: Browser) -> None:
    make_order()
    for path in ("", "/pay"):
        assert visitor.get(f"/orders/{'x' * 43}{path}").status == 404
    assert visitor.post(f"/orders/{'x' * 43}/pay", method="ideal").status == 404


def test_a_page_of_a_paid_order_asks_mollie_nothing(till: Till, visitor: Browser) -> None:
    order_id, mollie_id = till.started()
    till.pay(mollie_id)
    till.control.forget_requests()
    assert visitor.get(address(order_id)).heading == THANKS
    assert till.mollie.requests() == []


def test_many_looks_at_the_page_cost_a_bounded_number_of_questions(till: Till, visitor: Browser) -> None:
    order_id, _mollie_id = till.started()
    till.control.forget_requests()
    path = address(order_id)
    for _look in range(flows.ASKS_A_MINUTE + 5):
        assert visitor.get(path).status == 200
    assert len(till.calls()) == flows.ASKS_A_MINUTE
