"""The owner's other screens: team, delivery, attention, outbox, register; and the command for the first member."""

import pytest
from sqlalchemy import func, select

from shop.accounts.models import SignInSession
from shop.core import clock
from shop.core.db import db
from shop.core.outbox import OutboxRow
from shop.orders.models import Order
from shop.payments.models import AttentionItem, PaymentAttempt, Refund
from shop.people.models import StaffMember
from shop.shipping.models import Carrier, ShippingMethod, ShippingRate
from tests.factories import STAFF_PASSWORD, make_order, make_shipping, make_staff
from tests.page import Browser


def test_a_new_member_gets_a_password_and_a_second_factor_once(app, staff):
    browser = staff("owner")
    browser.get("/staff/team/new")
    page = browser.send("/staff/team/new", name="Noor", email="Noor@Example.com", roles="fulfilment")
    password, secret = (code.get_text() for code in page.soup.find_all("code"))
    made = db.session.scalars(select(StaffMember).where(StaffMember.email == "noor@example.com")).one()
    assert made.role_names == {"fulfilment"}
    assert secret not in made.totp_secret
    assert page.headers["Cache-Control"] == "no-store"
    visitor = Browser(app)
    visitor.get("/staff/sign-in")
    door = visitor.send("/staff/sign-in", email="noor@example.com", password=password)
    assert door.location.startswith("/staff/second-factor")
    assert password not in browser.get(f"/staff/team/{made.id}").text


@pytest.mark.parametrize(
    ("field", "typed"), [("email", "geen adres"), ("email", ""), ("name", ""), ("roles", "keizer"), ("roles", None)]
)
def test_what_a_member_cannot_be(app, staff, field, typed):
    browser = staff("owner")
    browser.get("/staff/team/new")
    values = {"name": "Noor", "email": "noor@example.com", "roles": "owner", field: typed}
    assert browser.send("/staff/team/new", **values).status == 422
    assert db.session.scalar(select(func.count(StaffMember.id))) == 1


def test_the_last_owner_stays(app, staff):
    browser = staff("owner")
    path = f"/staff/team/{browser.account.id}"
    browser.get(path)
    assert "minstens één eigenaar" in browser.send(f"{path}/roles", roles="privacy").text
    browser.get(path)
    assert "minstens één eigenaar" in browser.send(f"{path}/leave").text
    assert browser.get(path).status == 200


def test_who_leaves_is_signed_out_everywhere(app, staff):
    owner, packer = staff("owner"), staff("fulfilment")
    owner.get(f"/staff/team/{packer.account.id}")
    owner.send(f"/staff/team/{packer.account.id}/leave")
    assert packer.get("/staff").status == 303
    assert db.session.scalar(select(func.count(SignInSession.id))) == 1


def test_a_renewed_sign_in_ends_the_old_one(app, staff):
    owner, packer = staff("owner"), staff("fulfilment")
    email = packer.account.email
    owner.get(f"/staff/team/{packer.account.id}")
    page = owner.send(f"/staff/team/{packer.account.id}/renew")
    assert page.soup.find("code")
    assert packer.get("/staff").status == 303
    visitor = Browser(app)
    visitor.get("/staff/sign-in")
    assert visitor.send("/staff/sign-in", email=email, password=STAFF_PASSWORD).status == 422


def test_a_member_changes_their_own_password(app, staff):
    browser = staff("fulfilment")
    browser.get("/staff/password")
    page = browser.send("/staff/password", current="fout", new="zeven paarse olifanten")
    assert page.errors()["current"]
    page = browser.send("/staff/password", current=STAFF_PASSWORD, new="password1234")
    assert page.errors()["new"]
    page = browser.send("/staff/password", current=STAFF_PASSWORD, new="zeven paarse olifanten", _follow=True)
    assert "Je wachtwoord is gewijzigd" in page.text
    visitor = Browser(app)
    visitor.get("/staff/sign-in")
    values = {"email": browser.account.email, "password": "zeven paarse olifanten"}
    assert visitor.send("/staff/sign-in", **values).status == 303


def test_prices_of_delivery_are_changed(app, staff):
    parcel, _pickup = make_shipping()
    path = f"/staff/shipping/methods/{parcel.id}"
    browser = staff("owner")
    browser.get(path)
    page = browser.send(path, free_from="75,00", _follow=True)
    assert "€ 75,00" in browser.get("/staff/shipping").text
    browser.get(path)
    page = browser.send(f"{path}/rates", country="NL", max_weight="10000", price="1")
    assert page.errors()["max_weight"]
    browser.send(f"{path}/rates", country="DE", max_weight="20000", price="14,95")
    added = db.session.scalars(select(ShippingRate).where(ShippingRate.price_cents == 1495)).one()
    rate_id = added.id
    assert "€ 14,95 tot en met 20 kg" in browser.get("/staff/shipping").text
    browser.get(path)
    browser.get(path)
    browser.send(f"{path}/rates/{rate_id}/remove")
    db.session.rollback()
    assert db.session.get(ShippingRate, rate_id) is None
    assert db.session.get(ShippingMethod, parcel.id).free_from_cents == 7500


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)//{code}",
        "data:text/html,{code}",
        "https://volg.example/",
        "https://{code}.example/",
        "https://volg.example/{code}/{email}",
        "https://volg.example/{code.__class__}",
        "//volg.example/{code}",
        "https://volg.example/{code} x",
    ],
)
def test_a_strange_tracking_address_is_refused(app, staff, address):
    make_shipping()
    carrier = db.session.scalars(select(Carrier)).one()
    browser = staff("owner")
    browser.get(f"/staff/shipping/carriers/{carrier.id}")
    page = browser.send(f"/staff/shipping/carriers/{carrier.id}", tracking_url=address)
    assert page.status == 422
    assert page.errors()["tracking_url"]
    db.session.rollback()
    assert db.session.scalars(select(Carrier)).one().tracking_url == ""


def test_a_carrier_is_added(app, staff):
    browser = staff("owner")
    browser.get("/staff/shipping/carriers/new")
    address = "https://volg.example/{code}?p={postcode}&c={country}"
    browser.send("/staff/shipping/carriers/new", name="Fietskoerier", tracking_url=address)
    made = db.session.scalars(select(Carrier)).one()
    assert (made.code, made.name, made.tracking_url) == ("fietskoerier", "Fietskoerier", address)


def attention(order: Order, kind: str = "paid_twice") -> str:
    attempt = db.session.scalars(select(PaymentAttempt).where(PaymentAttempt.order_id == order.id)).first()
    attempt_id = attempt.id if attempt else None
    item = AttentionItem(
        order_id=order.id, attempt_id=attempt_id, key=f"{kind}:1", kind=kind, amount_cents=1745, created_at=clock.now()
    )
    db.session.add(item)
    db.session.commit()
    return f"/staff/attention/{item.id}/decide"


def test_a_decision_is_noted_with_who_took_it_and_once(app, staff):
    action = attention(make_order(status="confirmed"))
    one, other = staff("owner"), staff("owner")
    one.get("/staff/attention")
    other.get("/staff/attention")
    assert one.send(action, choice="refund", reason="dubbel betaald").status == 303
    assert other.send(action, choice="keep").status == 409
    page = one.get("/staff/attention?decided=yes")
    assert f"Beslist door {one.account.name}" in page.text
    assert "Betaal het geld terug" in page.text or "Geld terugbetalen" in page.text
    item = db.session.scalars(select(AttentionItem)).one()
    assert (item.choice, item.resolved_by) == ("refund", one.account.id)
    refund = db.session.scalars(select(Refund)).one()
    assert (refund.status, refund.amount_cents, refund.decided_by) == ("queued", 1745, one.account.id)


def test_bookkeeping_reads_the_list_and_decides_nothing(app, staff):
    action = attention(make_order(status="confirmed"))
    browser = staff("bookkeeping")
    page = browser.get("/staff/attention")
    assert "17,45" in page.text
    assert action not in page.actions
    assert browser.post(action, choice="keep").status == 403


@pytest.mark.parametrize("choice", ["refunded_by_hand", "destroy", "", "seen"])
def test_only_what_is_offered_can_be_chosen(app, staff, choice):
    action = attention(make_order(status="confirmed"))
    browser = staff("owner")
    browser.get("/staff/attention")
    assert browser.send(action, choice=choice).status == 400
    assert db.session.scalars(select(AttentionItem)).one().resolved_at is None


def test_an_order_is_canceled_from_the_list(app, staff):
    order = make_order(status="confirmed")
    action = attention(order, "chargeback")
    browser = staff("owner")
    browser.get("/staff/attention")
    browser.send(action, choice="cancel_order")
    db.session.rollback()
    assert db.session.get(Order, order.id).status == "canceled"


def test_what_could_not_go_out_is_tried_again_and_its_text_is_not_shown(app, staff, outbox):
    make_order(status="confirmed")
    row = outbox.rows("mail")[0]
    row.failed_at, row.attempts, row.last_error = clock.now(), 9, "ConnectionRefusedError"
    db.session.commit()
    browser = staff("owner")
    page = browser.get("/staff/outbox")
    assert "ConnectionRefusedError" in page.text
    assert "Sanne" not in page.text
    assert "@example.com" not in page.text
    browser.send(f"/staff/outbox/{row.id}/try-again")
    db.session.rollback()
    assert db.session.get(OutboxRow, row.id).failed_at is None
    assert browser.post(f"/staff/outbox/{row.id}/try-again").status == 409
    assert outbox.carry_out() >= 1


def test_the_register_shows_every_table_and_every_cookie(app, staff):
    from shop.core.db import Model

    page = staff("privacy").get("/staff/register")
    assert {code.get_text() for code in page.soup.select("summary code")} == set(Model.metadata.tables)
    assert "staff" in page.text


def test_the_first_member_is_made_by_a_command(app):
    result = app.test_cli_runner().invoke(
        args=[
            "staff",
            "create",
            "--email",
            "baas@example.com",
            "--name",
            "Baas",
            "--role",
            "owner",
            "--role",
            "privacy",
        ]
    )
    assert result.exit_code == 0, result.output
    assert "otpauth://totp/" in result.output
    assert "█" in result.output
    made = db.session.scalars(select(StaffMember)).one()
    assert made.role_names == {"owner", "privacy"}
    again = app.test_cli_runner().invoke(
        args=["staff", "create", "--email", "BAAS@example.com", "--name", "X", "--role", "owner"]
    )
    assert again.exit_code == 1
    assert "in use" in again.output


def test_no_one_member_can_be_found_by_a_strange_number(app, staff):
    browser = staff("owner")
    for number in ("0", "999999", "9" * 16, "9" * 30, "x"):
        assert browser.get(f"/staff/team/{number}").status == 404


def test_staff_stays_within_its_part_of_the_site(app, staff):
    browser = staff("owner")
    assert "/account/sign-in" in browser.get("/account").location
    assert make_staff("owner").name not in browser.get("/").text
