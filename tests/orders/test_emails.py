"""Every message about an order as its customer gets it, and what all of them have in common."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from shop.core import clock
from shop.core.db import db
from shop.orders import actions, emails, fulfilment, missing, services
from shop.orders.models import Order, OrderLink
from shop.orders.queries import link_hash, order_with_all
from shop.shipping.models import Carrier
from tests.conftest import Outbox
from tests.factories import make_order, make_product

GOLDEN = Path(__file__).parent.parent / "golden" / "mail"

Mailbox = Callable[[], list[EmailMessage]]


def bought(language: str, **values: Any) -> Order:
    """The order that the golden messages are about: two teapots and one bowl."""
    pot = make_product(price_cents=1250, name_nl="Theepot, zand", name_en="Teapot, sand")
    bowl = make_product(price_cents=895, name_nl="Kom & schotel", name_en="Bowl & saucer")
    return make_order((pot, 2), (bowl, 1), language=language, email="sanne@example.com", **values)


def confirmation(language: str) -> Order:
    """A confirmed order that was paid."""
    order = bought(language, note="Graag aanbellen <b>twee</b> keer")
    actions.confirm(order, clock.now())
    return order


def confirmation_at_pickup(language: str) -> Order:
    """A confirmed order to be paid at pick-up, with a request to begin at once."""
    return bought(
        language,
        pays_by="pickup",
        delivery="pickup",
        express_request="Ik vraag jullie om meteen te beginnen." if language == "nl" else "I ask you to begin at once.",
    )


def failed(language: str) -> Order:
    """An order whose payment did not succeed."""
    order = bought(language)
    emails.queue_payment_failed(order, clock.now())
    return order


def shipped(language: str) -> Order:
    """An order that is on its way."""
    order = bought(language, status="confirmed")
    carrier = Carrier(code="postnl", name="PostNL", tracking_url="https://carrier.example/{code}?p={postcode}")
    db.session.add(carrier)
    db.session.flush()
    shipment = fulfilment.pack(order.id, staff_id=1, at=clock.now())
    fulfilment.ship(shipment.id, carrier, tracking_code="3SABCD123", staff_id=1, at=clock.now())
    return order


def ready(language: str) -> Order:
    """An order that waits to be picked up."""
    order = bought(language, pays_by="pickup", delivery="pickup")
    shipment = fulfilment.pack(order.id, staff_id=1, at=clock.now())
    fulfilment.put_ready(shipment.id, staff_id=1, at=clock.now())
    return order


def dated(language: str) -> Order:
    """An order of a service for which a date was agreed."""
    lesson = make_product(kind="service", stock=None, name_nl="Workshop", name_en="Workshop")
    order = make_order((lesson, 1), status="confirmed", delivery="", language=language, email="sanne@example.com")
    line = order_with_all(order.id).lines[0]
    services.plan(line.id, clock.now() + timedelta(days=7), staff_id=1, at=clock.now())
    return order


def missed(language: str) -> Order:
    """An order of which a parcel did not arrive: it is sent again."""
    order = shipped(language)
    (shipment,) = order_with_all(order.id).shipments
    report = missing.report(order.id, shipment.id, at=clock.now() + timedelta(days=5))
    reason = "De vervoerder vindt het niet." if language == "nl" else "The carrier can't find it."
    missing.decide(report.id, "resend", reason=reason, staff_id=None, at=clock.now())
    return order


def canceled(language: str) -> Order:
    """A paid order that was called off."""
    order = bought(language, status="confirmed")
    actions.cancel(order, clock.now())
    return order


def changed(language: str) -> Order:
    """An order that was changed; too much was paid."""
    order = bought(language, status="confirmed")
    emails.queue_order_changed(order, clock.now(), due_cents=0, back_cents=895)
    return order


def difference(language: str) -> Order:
    """An order that was changed; something is still to be paid."""
    order = bought(language, status="confirmed")
    emails.queue_order_changed(order, clock.now(), due_cents=895, back_cents=0)
    return order


def link(language: str) -> Order:
    """An order whose customer asked for a new link."""
    order = bought(language)
    emails.queue_order_link(order, clock.now(), key="order_link_mail:1")
    return order


def not_sent(language: str) -> Order:
    """An order of which something will not be sent."""
    order = bought(language)
    reason = "De kom is niet meer te krijgen." if language == "nl" else "The bowl is no longer made."
    emails.queue_order_not_sent(order, clock.now(), pieces=[(2, order_with_all(order.id).lines[0].name)], reason=reason)
    return order


def refunded(language: str) -> Order:
    """An order of which money went back."""
    order = bought(language)
    reason = "Een kom kwam met een barst aan." if language == "nl" else "A bowl arrived cracked."
    emails.queue_order_refunded(order, clock.now(), refund_id=1, cents=1450, reason=reason)
    return order


MESSAGES: dict[str, Callable[[str], Order]] = {
    "order_confirmation": confirmation,
    "order_confirmation_pickup": confirmation_at_pickup,
    "payment_failed": failed,
    "order_shipped": shipped,
    "order_ready": ready,
    "order_link": link,
    "order_not_sent": not_sent,
    "order_refunded": refunded,
    "order_canceled": canceled,
    "order_changed": changed,
    "order_difference": difference,
    "service_planned": dated,
    "parcel_decision": missed,
}


def told(app: Flask, mailbox: Mailbox, at: Any, name: str, language: str) -> tuple[EmailMessage, Order]:
    """One message, at a fixed moment."""
    at("2026-03-01 12:00")
    order = MESSAGES[name](language)
    db.session.commit()
    return mailbox()[-1], order


def text_of(message: EmailMessage, kind: str) -> str:
    """The plain or the HTML part of a message."""
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def fixed(text: str, order: Order) -> str:
    """A text without what is drawn at random."""
    without_tokens = re.sub(r"/orders/[A-Za-z0-9_-]{43}", "/orders/TOKEN", text)
    named = without_tokens.replace(order.number, "26-4K7M9Q").replace(order.terms_version, "VERSION")
    coded = re.sub(r"(Noem deze code aan de balie: |Say this code at the counter: )[0-9A-Z]{5}", r"\g<1>4K7M9", named)
    return coded.replace("\r\n", "\n").replace("\xa0", " ")


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", MESSAGES)
def test_the_text_is_the_golden_one(app: Flask, mailbox: Mailbox, at: Any, name: str, language: str) -> None:
    message, order = told(app, mailbox, at, name, language)
    text = f"{message['Subject']}\n\n{text_of(message, 'plain')}"
    assert fixed(text, order) == (GOLDEN / f"{name}.{language}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", MESSAGES)
def test_the_html_says_the_same_and_asks_nothing_of_anybody(
    app: Flask, mailbox: Mailbox, at: Any, name: str, language: str
) -> None:
    message, order = told(app, mailbox, at, name, language)
    html = text_of(message, "html")
    soup = BeautifulSoup(html, "html.parser")
    assert soup.html is not None
    assert soup.html["lang"] == language
    assert len(soup.find_all("h1")) == 1
    assert not soup.find_all(["img", "script", "link", "iframe", "form", "object", "video"])
    assert "url(" not in html
    addresses = [str(a["href"]) for a in soup.find_all("a")]
    assert all(a.startswith(("http://localhost/", "https://carrier.example/")) for a in addresses)
    words = " ".join(soup.get_text(" ").split())
    for must in (order.number, "SO SERA B.V.", "Triasplein 121, 3845 GD Harderwijk", "80054811", "so.sera@outlook.com"):
        assert must in words
    assert message["To"] == "sanne@example.com"
    assert message["Auto-Submitted"] == "auto-generated"


def test_the_confirmation_alone_holds_all_that_the_law_asks(app: Flask, mailbox: Mailbox, at: Any) -> None:
    message, order = told(app, mailbox, at, "order_confirmation", "nl")
    for kind in ("plain", "html"):
        text = text_of(message, kind).replace("\xa0", " ")
        words = " ".join(BeautifulSoup(text, "html.parser").get_text(" ").split() if kind == "html" else text.split())
        for must in (
            "2 × Theepot, zand",
            "€ 25,00",
            "€ 38,90",
            "Waarvan btw 21%",
            "Betaald: € 38,90.",
            "Donkerstraat 52",
            "3841 CD Harderwijk",
            "Graag aanbellen <b>twee</b> keer",
            "binnen 14 dagen",
            "zonder reden",
            "Modelformulier voor herroeping",
            "Nederlands recht",
            "SO SERA B.V.",
            "KvK 80054811",
            order.terms_version,
        ):
            assert must in words, (kind, must)


def test_the_link_in_the_mail_opens_the_order_and_only_its_hash_is_kept(app: Flask, mailbox: Mailbox, at: Any) -> None:
    message, order = told(app, mailbox, at, "order_confirmation", "nl")
    (token,) = set(re.findall(r"/orders/([A-Za-z0-9_-]{43})", text_of(message, "plain")))
    kept = db.session.query(OrderLink).one()
    assert kept.token_hash == link_hash(token)
    assert token not in (kept.token_hash, order.return_token)


def test_each_message_is_asked_for_once(app: Flask, outbox: Outbox) -> None:
    order = make_order()
    for _time in range(3):
        emails.queue_order_confirmation(order, clock.now())
        emails.queue_payment_failed(order, clock.now())
    db.session.commit()
    assert outbox.mails() == ["order_confirmation", "payment_failed"]
    assert db.session.query(OrderLink).count() == 2
