"""A download reaches who bought it, when they may have it, and nobody else."""

import re
from io import BytesIO

import pytest

from shop.catalogue.actions import publish, set_download
from shop.catalogue.downloads import NotADownload, save_download
from shop.catalogue.rules import CannotPublish
from shop.core import clock
from shop.core.db import db
from shop.orders.emails import new_link
from shop.orders.queries import order_with_all
from tests.factories import make_customer, make_order, make_product, sign_in
from tests.page import Browser

PDF = b"%PDF-1.4 a sheet to colour"


def bought(*, asked: bool, **values):
    """A confirmed order of a download, and the path of its mailed link."""
    product = make_product(kind="download", stock=None)
    set_download(product, save_download(PDF), clock.now())
    order = make_order((product, 1), status="confirmed", **values)
    if asked:
        order.express_request, order.express_request_at = "at once, please", clock.now()
    path = "/orders/" + new_link(order, clock.now()).rsplit("/", 1)[1]
    db.session.commit()
    return order, order_with_all(order.id).lines[0].id, path


def test_who_asked_to_start_at_once_downloads_at_once_with_the_mailed_link(visitor):
    _order, line_id, path = bought(asked=True)
    page = visitor.get(path)
    assert f"{path}/downloads/{line_id}" in page.links()
    leads_on = visitor.get(f"{path}/downloads/{line_id}")
    assert leads_on.status == 303
    assert leads_on.location.startswith("/downloads/")
    file = visitor.get(leads_on.location)
    assert (file.status, file.body) == (200, PDF)
    assert file.headers["Cache-Control"] == "no-store"
    assert "attachment" in file.headers["Content-Disposition"]


def test_others_wait_until_the_withdrawal_period_is_over(visitor, at):
    at("2026-03-01 12:00")
    _order, line_id, path = bought(asked=False)
    assert "vanaf 15 maart 2026" in visitor.get(path).text
    assert visitor.get(f"{path}/downloads/{line_id}").status == 404
    at("2026-03-15 12:01")
    assert visitor.get(visitor.get(f"{path}/downloads/{line_id}").location).body == PDF


def test_the_address_that_mollie_knows_does_not_open_the_file(visitor):
    order, line_id, _path = bought(asked=True)
    assert visitor.get(f"/orders/{order.return_token}/downloads/{line_id}").status == 404


def test_the_signed_address_ends_after_an_hour_and_says_where_a_new_one_is(visitor, at):
    at("2026-03-01 12:00")
    _order, line_id, path = bought(asked=True)
    address = visitor.get(f"{path}/downloads/{line_id}").location
    at("2026-03-01 12:59")
    assert visitor.get(address).body == PDF
    at("2026-03-01 13:01")
    ended = visitor.get(address)
    assert ended.status == 410
    assert "Open de pagina van je bestelling opnieuw" in ended.text
    assert visitor.get(visitor.get(f"{path}/downloads/{line_id}").location).body == PDF


def test_no_other_address_opens_a_file(visitor):
    _order, line_id, path = bought(asked=True)
    address = visitor.get(f"{path}/downloads/{line_id}").location
    for changed in (address[:-1], address + "A", address.replace(".", "A."), "/downloads/x", f"/downloads/{line_id}"):
        assert visitor.get(changed).status == 404, changed


def test_the_mail_has_the_files_that_may_be_had_at_once_for_seven_days(visitor, mailbox, at):
    at("2026-03-01 12:00")
    product = make_product(kind="download", stock=None)
    set_download(product, save_download(PDF), clock.now())
    make_order((product, 1), status="confirmed", express_request="at once, please", delivery="")
    text = str(mailbox()[-1].get_body(("plain",)).get_content())
    address = re.search(r"http://localhost(/downloads/\S+)", text)[1]
    at("2026-03-08 11:59")
    assert visitor.get(address).body == PDF
    at("2026-03-08 12:01")
    assert visitor.get(address).status == 410


def test_who_waits_gets_no_address_in_the_mail(mailbox):
    bought(asked=False)
    assert "/downloads/" not in str(mailbox()[-1].get_body(("plain",)).get_content())


def test_a_canceled_order_gives_no_file(visitor):
    order, line_id, path = bought(asked=True)
    order.status, order.ended_at = "canceled", clock.now()
    db.session.commit()
    assert visitor.get(f"{path}/downloads/{line_id}").status == 404


def test_a_customer_downloads_only_their_own(app):
    account, other = make_customer(), make_customer()
    order, line_id, _path = bought(asked=True, account=account)
    number = order.number
    mine, theirs = Browser(app), Browser(app)
    sign_in(mine, account)
    sign_in(theirs, other)
    assert mine.get(mine.get(f"/account/orders/{number}/downloads/{line_id}").location).body == PDF
    assert theirs.get(f"/account/orders/{number}/downloads/{line_id}").status == 404


def test_a_download_without_its_file_cannot_be_published(app):
    product = make_product(kind="download", stock=None, is_published=False)
    with pytest.raises(CannotPublish) as refusal:
        publish(product, clock.now())
    assert "download" in refusal.value.reasons


@pytest.mark.parametrize(("content", "reason"), [(b"MZ not a pdf", "kind"), (b"%PDF-" + b"0" * 10_485_760, "large")])
def test_only_a_pdf_of_a_fair_size_is_kept(app, content, reason):
    with pytest.raises(NotADownload) as refusal:
        save_download(content)
    assert refusal.value.reason == reason


def test_staff_give_a_download_its_file_on_the_products_page(staff):
    owner = staff("owner")
    product_id = make_product(kind="download", stock=None).id
    page = owner.get(f"/staff/products/{product_id}")
    assert "Er is nog geen bestand." in page.text
    token = page.soup.find("input", attrs={"name": "csrf_token"})["value"]
    sent = {"csrf_token": token, "pdf": (BytesIO(PDF), "sheet.pdf")}
    address = f"/staff/products/{product_id}/download"
    assert owner.client.post(address, data=sent, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303
    assert "Er is een bestand" in owner.get(f"/staff/products/{product_id}").text
    sent = {"csrf_token": token, "pdf": (BytesIO(b"MZ"), "sheet.pdf")}
    refused = owner.client.post(address, data=sent, headers={"Sec-Fetch-Site": "same-origin"})
    assert refused.status_code == 422
    assert "Dit is geen pdf." in refused.get_data(as_text=True)
