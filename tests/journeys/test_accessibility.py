"""Every page before axe, and on the narrowest screen: in both languages, by day and by evening, on phone and desk."""

import itertools
import re
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from shutil import copyfile

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, StorageState
from sqlalchemy import select

from shop import create_app
from shop.accounts import actions as accounts
from shop.accounts.models import Address
from shop.aftersale import changing, withdrawing
from shop.catalogue.models import Variant
from shop.config import ROOT
from shop.contact import actions as contact
from shop.core import clock
from shop.core.db import db
from shop.core.outbox import OutboxRow
from shop.core.statements import current_version
from shop.operations import reconciling
from shop.operations.models import Difference, ReconciliationRun
from shop.orders import fulfilment, missing
from shop.orders.emails import new_link
from shop.orders.queries import order_with_all
from shop.payments import attention
from shop.payments.queries import attempts_of
from shop.payments.refunding import decide, propose
from shop.privacy.actions import erasing, id_copies, requests, transfers
from shop.shipping.models import Carrier
from tests.catalogue.shelf import put_in_collection
from tests.conftest import settings
from tests.endurance.conftest import IS_LONG
from tests.factories import (
    PASSWORD,
    STAFF_PASSWORD,
    TOTP_SECRET,
    make_attempt,
    make_customer,
    make_order,
    make_product,
    make_staff,
)
from tests.papers.orders import booked, invoiced

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.parametrize("street", ["sqlite"], indirect=True, scope="session"),
]

PHONE = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 800}

# Each language, light and screen; `make endurance` looks at every combination of them.
SOME = (("", "light", PHONE), ("/en", "dark", DESK))
ALL = tuple(itertools.product(("", "/en"), ("light", "dark"), (PHONE, DESK)))
WAYS = pytest.mark.parametrize(
    ("language", "scheme", "screen"),
    ALL if IS_LONG else SOME,
    ids=lambda value: {"": "nl", "/en": "en"}.get(value, value) if isinstance(value, str) else str(value["width"]),
)
STATEMENTS = (
    *("/privacy", "/cookies", "/terms", "/returns", "/shipping", "/disclaimer", "/accessibility", "/parents"),
    *("/guarantee", "/licences", "/contact", "/security/report"),
)
ADDRESS = {
    "given_name": "Sanne",
    "family_name": "de Vries",
    "country": "NL",
    "postcode": "3841 CD",
    "house_number": "52",
    "addition": "",
    "street": "Donkerstraat",
    "town": "Harderwijk",
}

PAPER_PAGES = ("", "/credit", "/correct")

axe = Axe()


@dataclass
class Sights:
    """What there is to look at in this shop."""

    to_buy: list[int]
    for_anybody: list[str]
    for_customers: list[str]
    for_staff: list[str]
    customer: StorageState
    member: StorageState


@pytest.fixture(scope="module")
def sights(street, chrome) -> Sights:
    """A shop with something of everything in it, a customer who ordered, and the owner behind the counter."""
    folder = street.folder / "instance"
    identity = folder / "shop.toml"
    identity.write_text(identity.read_text().replace('vat_number = ""', 'vat_number = "NL860999002B01"'))
    street.end("site-0")
    street.start_site()
    street.wait_for_sites()
    app = create_app({**settings(folder, street.database, street.simulator.base_url), "PUBLIC_URL": street.urls[0]})
    with app.app_context():
        bowl = make_product(
            variants=3, stock=20, name_nl="Kom", name_en="Bowl", warnings_nl="Heet.", warnings_en="Hot."
        )
        gone = make_product(stock=0)
        evening = make_product(kind="service", stock=None, weight_grams=0)
        put_in_collection("Keramiek", bowl, gone, name_en="Ceramics", description_nl="Van klei.")
        account = make_customer(email="sanne@example.com")
        accounts.save_address(account.person_id, ADDRESS, is_default=True)
        paid = make_order((bowl, 2), status="confirmed", account=account)
        unpaid = make_order((bowl, 1))
        unpaid_own = make_order((bowl, 1), status="confirmed", account=account, telephone="0612345678")
        make_attempt(unpaid, status="failed")
        link = new_link(paid, clock.now()).removeprefix(street.urls[0])
        owner = make_staff("owner", "bookkeeping", email="eigenaar@example.com")
        invoice = invoiced(booked(paid))
        unasked = booked(make_order((bowl, 1), status="confirmed", account=account)).number
        invoice_id = invoice.id
        db.session.commit()
        bowl_at, gone_at, number = f"/products/{bowl.slug}", f"/products/{gone.slug}", paid.number
        by_token = [f"/orders/{order.return_token}" for order in (unpaid, paid)]
        customer, member = account.email, owner.email
        asked = contact.ask(
            contact.Question("order", "Mijn BSN is 111222333.", "nl", account.email, person_id=account.person_id),
            receipt="q" * 43,
            is_mailed=False,
            at=clock.now(),
        )
        contact.note_past(asked, "telephone", "Gebeld.", staff_id=owner.id, at=clock.now())
        current_version("terms", at=clock.now())
        db.session.commit()
        reference, talk = asked.reference, asked.id
        mailed = _mailed_about_rights(account, owner.id, street.urls[0])
        leaving = make_customer(email="weg@example.com")
        gone_for_good = erasing.accept([leaving.person_id], language="nl", at=clock.now()).code
        db.session.commit()
        address_id = db.session.scalars(select(Address.id).where(Address.person_id == account.person_id)).one()
        parts = (f"addresses/{address_id}", f"orders/{unpaid_own.id}", f"accounts/{account.id}")
        (folder / "statements").mkdir()
        copyfile(ROOT / "shop/demo/statements/privacy.nl.txt", folder / "statements" / "privacy.nl.txt")
        desk = _on_the_desk(bowl, owner.id)
        choices = db.session.query(Variant.id).filter(Variant.product_id.in_((bowl.id, evening.id))).all()
        to_buy = [choice.id for choice in choices]
        db.session.remove()  # the shop's own processes write from here on
        db.engine.dispose()
        return Sights(
            to_buy=to_buy,
            for_anybody=[
                *("/", "/collections/keramiek", bowl_at, gone_at),
                *("/search", "/search?q=kom", "/search?q=xyzzy", "/search?from=900", "/cart", *STATEMENTS),
                *(
                    "/orders/find",
                    "/withdraw",
                    *by_token,
                    link,
                    f"{link}/receipt",
                    f"{link}/contact",
                    f"{link}/change",
                    f"{link}/withdraw",
                    "/contact/" + "q" * 43,
                ),
                *("/terms/versions", f"/terms/versions/{clock.today().isoformat()}"),
                *("/account/sign-in", "/account/sign-up", "/account/reset", "/data-request", "/no-such-page"),
                *("/data-request/form", "/parents/request", "/erasures", f"/erasures/{gone_for_good}", *mailed),
            ],
            for_customers=[
                *("/account", "/account/orders", f"/account/orders/{number}", "/account/addresses"),
                *(f"/account/orders/{number}/receipt", f"/account/orders/{number}/invoice"),
                f"/account/orders/{unasked}/invoice",
                f"/account/orders/{number}/change",
                *("/account/addresses/new", "/account/security", "/account/messages", f"/account/messages/{reference}"),
                *("/account/data", "/account/data/take", "/account/data/confirm", "/account/data/email"),
                *("/account/data/all/orders", "/account/data/all/payment_attempts", "/account/data/all/outbox"),
                *("/account/data/objection", "/account/data/transfer", "/account/data/delete", "/erasures"),
                *(f"/account/data/correct/{part}" for part in parts),
            ],
            for_staff=[
                *("/staff/books/quarters", *(f"/staff/books/papers/{invoice_id}{end}" for end in PAPER_PAGES)),
                *(
                    "/staff",
                    f"/staff/orders/{number}",
                    f"/staff/orders/{number}/slip",
                    f"/staff/orders/{number}/refund",
                ),
                *desk,
                *(f"/staff/messages/{talk}", "/staff/messages/new", "/staff/messages/templates/new"),
            ],
            customer=_signed_in(chrome, street, "/account/sign-in", customer, PASSWORD),
            member=_signed_in(chrome, street, "/staff/sign-in", member, STAFF_PASSWORD),
        )


def _mailed_about_rights(account, owner_id: int, base: str) -> list[str]:
    """What opens by a link in an e-mail: a request, its mailbox, a copy of an identity document, data to fetch."""
    at = clock.now()
    asked = requests.take_in(
        requests.Asked("access", "form", "nl", clock.today(), email="nieuw@example.com", known_email=account.email),
        at=at,
    )
    requests.ask_for_mailbox(asked.id, staff_id=owner_id, at=at)
    id_copies.ask(asked.id, reason="Geen andere weg.", staff_id=owner_id, at=at)
    transfers.start(
        [account.person_id], organisation="Elders", email="ander@example.com", key="t" * 43, language="nl", at=at
    )
    texts = [
        message_from_bytes(row.content, policy=default).get_body(("plain",)).get_content()
        for row in db.session.scalars(select(OutboxRow).where(OutboxRow.content.is_not(None)))
    ]
    links = {link for text in texts for link in re.findall(rf"{base}(/(?:data-request|transfer)/\S+)", text)}
    kinds = {"/".join(link.split("/")[:3]) for link in links if link.startswith("/data-request")}
    assert kinds == {f"/data-request/{one}" for one in ("status", "mailbox", "id-copy")}
    assert any(link.startswith("/transfer/") for link in links)
    return sorted(links)


def _on_the_desk(product, owner_id: int) -> list[str]:
    """Pages of staff with something to decide: a change, a parcel, a return, refunds, a difference; what was too."""
    at = clock.now()
    asked, missed, back = (make_order((product, 2), status="confirmed") for _order in range(3))
    line = order_with_all(asked.id).lines[0].id
    fewer = changing.ask_for_fewer(asked.id, {line: 1}, at=at)
    attention.flag(missed, "chargeback", key="axe", at=at, cents=missed.total_cents)
    carrier = Carrier(code="axe", name="PostNL", tracking_url="https://carrier.example/{code}")
    db.session.add(carrier)
    db.session.flush()
    for order in (missed, back):
        shipment = fulfilment.pack(order.id, staff_id=owner_id, at=at)
        fulfilment.ship(shipment.id, carrier, tracking_code="3SABC", staff_id=owner_id, at=at)
    report = missing.report(missed.id, shipment_of(missed.id), at=at + timedelta(days=2))
    fulfilment.deliver(shipment_of(back.id), staff_id=owner_id, at=at)
    stated = withdrawing.declare(
        withdrawing.Statement("Sanne", back.number, "sanne@example.com", "nl", order_id=back.id),
        receipt="a" * 43,
        is_mailed=False,
        at=at,
    )
    proposed = propose(back, cents=500, origin="staff", key="axe", at=at)
    decided = propose(back, cents=600, origin="staff", key="no", at=at)
    decide(decided.id, accept=False, reason="Al omgeruild", staff_id=owner_id, at=at)
    run = ReconciliationRun(started_at=at, finished_at=at)
    db.session.add(run)
    db.session.flush()
    kinds = (reconciling.UNKNOWN, reconciling.DIFFERS, reconciling.ONLY_OURS, reconciling.BALANCE, reconciling.STOCK)
    attempt = attempts_of(asked.id)[0].id
    for kind in (*kinds, reconciling.PAPERS, reconciling.PAPER_TOTAL):
        db.session.add(Difference(run_id=run.id, kind=kind, detail="status: paid / open", attempt_id=attempt))
    db.session.commit()
    return [
        *("/staff/changes?decided=yes", f"/staff/changes/{fewer.id}", f"/staff/orders/{asked.number}/edit"),
        *("/staff/parcels?decided=yes", f"/staff/parcels/{report.id}", f"/staff/orders/{missed.number}"),
        *("/staff/returns?tab=settled", f"/staff/returns/{stated.id}", f"/staff/orders/{back.number}"),
        *("/staff/refunds?tab=not_made", f"/staff/refunds/{proposed.id}", f"/staff/refunds/{decided.id}"),
        "/staff/attention?decided=yes",
    ]


def shipment_of(order_id: int) -> int:
    """The first package of an order."""
    db.session.expire_all()
    return order_with_all(order_id).shipments[0].id


def _signed_in(chrome, street, address: str, email: str, password: str) -> StorageState:
    """The cookies of somebody who signed in there."""
    context = chrome.new_context(base_url=street.urls[0])
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto(address)
    page.locator("[name=email]").fill(email)
    page.locator("[name=password]").fill(password)
    page.locator("main form [type=submit]").first.click()
    if "staff" in address:
        page.locator("[name=code]").fill(pyotp.TOTP(TOTP_SECRET).now())
        page.locator("main form [type=submit]").first.click()
    page.get_by_role("button", name="Uitloggen").wait_for()
    kept = context.storage_state()
    context.close()
    return kept


def complaints(page: Page) -> list[str]:
    """What axe finds on a page, and whether the page is wider than its screen."""
    page.evaluate("document.querySelectorAll('main details').forEach(folded => folded.open = true)")
    found = [
        f"{page.url}: {violation['id']} at {[node['target'] for node in violation['nodes']]}"
        for violation in axe.run(page).response["violations"]
    ]
    width, screen = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    return found + ([f"{page.url}: {width} px wide on a screen of {screen}"] if width > screen else [])


def walk(page: Page, base: str, paths: list[str]) -> list[str]:
    """The complaints about all of these pages."""
    found = []
    for path in paths:
        answer = page.goto(base + path)
        assert answer is not None
        assert answer.status == (404 if path == "/no-such-page" else 200), path
        found += complaints(page)
    return found


@WAYS
def test_what_anybody_sees(street, sights, visit, language, scheme, screen):
    page = visit(color_scheme=scheme, viewport=screen).page
    assert walk(page, street.urls[0] + language, sights.for_anybody) == []


@WAYS
def test_cart_and_checkout_with_all_that_can_be_wrong(street, sights, visit, language, scheme, screen):
    guest = visit(color_scheme=scheme, viewport=screen)
    page, shop = guest.page, street.urls[0] + language
    for variant in sights.to_buy:
        guest.context.request.post(f"{shop}/cart/lines", form={"variant": variant}, headers={"Origin": street.urls[0]})
    found = walk(page, shop, ["/cart", "/checkout"])
    page.locator("label[for=has_billing]").click()
    page.locator(".checkout .button-primary").click()
    page.locator("#error-summary").wait_for()
    page.wait_for_function("document.activeElement.id === 'error-summary'")
    found += complaints(page)
    page.goto(f"{shop}/account/sign-in")
    page.locator("main form [type=submit]").click()
    page.locator("#error-summary").wait_for()
    assert found + complaints(page) == []


@WAYS
def test_what_a_customer_sees(street, sights, visit, language, scheme, screen):
    page = visit(color_scheme=scheme, viewport=screen, storage_state=sights.customer).page
    assert walk(page, street.urls[0] + language, sights.for_customers) == []


@WAYS
def test_what_staff_sees(street, sights, visit, language, scheme, screen):
    stranger = visit(color_scheme=scheme, viewport=screen).page
    found = walk(stranger, street.urls[0] + language, ["/staff/sign-in"])
    page = visit(color_scheme=scheme, viewport=screen, storage_state=sights.member).page
    page.goto(f"{street.urls[0]}/staff")
    rooms = page.locator(".staff-nav a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert len(rooms) > 5
    paths = list(dict.fromkeys([*rooms, *sights.for_staff]))
    assert found + walk(page, street.urls[0] + language, paths) == []
