"""Statements: versions that stay, the owner's own words, measures that are really on, one identity everywhere."""

import dataclasses
import re
from pathlib import Path

import pytest
from flask import Flask

from shop import create_app
from shop.config import ROOT
from shop.core import clock, statements
from shop.core.db import Model, db
from shop.core.i18n import LANGUAGES
from shop.pages.listeners import keep_versions
from shop.pages.owner_text import privacy_text
from shop.pages.versions import changes, plain_text
from tests.conftest import settings
from tests.factories import make_order, make_product, make_shipping
from tests.page import Browser

POLICY = ROOT / "shop" / "demo" / "statements" / "privacy.nl.txt"


@pytest.fixture
def fresh(app):
    """Statements that are written anew in this test, and again after it."""
    app.extensions.pop("statements", None)
    yield
    app.extensions.pop("statements", None)


def become(app, monkeypatch, **facts):
    """Let the shop be somebody else from now on, as after a restart."""
    monkeypatch.setitem(app.extensions, "identity", dataclasses.replace(app.extensions["identity"], **facts))
    app.extensions.pop("statements", None)


@pytest.fixture
def policy(app, fresh):
    """The owner's published policy in the instance folder."""
    file = Path(app.config["INSTANCE_PATH"]) / "statements" / "privacy.nl.txt"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(POLICY.read_bytes())
    yield file
    file.unlink()


@pytest.mark.both_databases
def test_a_changed_text_is_a_new_version_and_the_old_one_stays(app, visitor, fresh, monkeypatch, at):
    at("2026-11-01 10:00")
    keep_versions()
    keep_versions()
    assert [row.version for row in statements.versions_of("terms")] == ["2026-11-01"]
    become(app, monkeypatch, street="Havendam 1")
    at("2026-11-20 10:00")
    keep_versions()
    become(app, monkeypatch, street="Havendam 2")
    keep_versions()
    assert [row.version for row in statements.versions_of("terms")] == ["2026-11-20.2", "2026-11-20", "2026-11-01"]
    page = visitor.get("/terms/versions")
    assert {"/terms/versions/2026-11-01", "/terms/versions/2026-11-20/changes"} <= set(page.links())
    assert "Triasplein 121" in visitor.get("/terms/versions/2026-11-01").soup.main.get_text()
    changed = visitor.get("/terms/versions/2026-11-20/changes")
    assert "Triasplein 121" in changed.soup.find("del").get_text()
    assert "Havendam 1" in changed.soup.find("ins").get_text()
    assert len(changed.soup.find_all(["ins", "del"])) == 2
    assert "20 november 2026 (2)" in visitor.get("/terms").text
    for path in ("/terms/versions/2025-01-01", "/terms/versions/x", "/terms/versions/2026-11-01/changes"):
        assert visitor.get(path).status == 404, path


@pytest.mark.both_databases
def test_an_order_shows_the_terms_it_was_placed_under(app, visitor, fresh, monkeypatch, at):
    from shop.orders.emails import new_link

    at("2026-11-01 10:00")
    order = make_order((make_product(), 1), status="confirmed")
    link = new_link(order, clock.now()).removeprefix("http://localhost")
    db.session.commit()
    version = statements.latest_version("terms").version
    become(app, monkeypatch, street="Havendam 1")
    at("2026-11-20 10:00")
    keep_versions()
    address = f"/terms/versions/{version}"
    assert address in visitor.get(link).links()
    assert "Triasplein 121" in visitor.get(address).soup.main.get_text()
    assert "Havendam 1" in visitor.get("/terms").soup.main.get_text()


def test_looking_stores_nothing(app, visitor, fresh):
    for path in ("/privacy", "/terms", "/terms/versions", "/terms/download"):
        assert visitor.get(path).status == 200
    assert statements.versions_of("terms") == []


@pytest.mark.parametrize("lang", ["", "/en"])
def test_the_terms_can_be_saved_before_ordering(app, visitor, fresh, lang):
    page = visitor.get(f"{lang}/terms/download")
    assert page.response.mimetype == "text/plain"
    assert re.fullmatch(
        r"attachment; filename=terms-\d{4}-\d\d-\d\d\.(nl|en)\.txt", page.headers["Content-Disposition"]
    )
    assert "SO SERA B.V." in page.text
    assert "<" not in page.text
    words = set(re.findall(r"\w{4,}", visitor.get(f"{lang}/terms").soup.select_one("main .prose").get_text(" ")))
    assert words <= set(re.findall(r"\w{4,}", page.text))


def test_the_owners_text_is_shown_word_for_word(app, visitor, policy):
    shown = visitor.get("/privacy").soup.select_one(".owner-text")
    shown.h2.extract()
    told = re.sub(r"^- |[<>]", "", policy.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert re.sub(r"\s+", "", re.sub("[<>]", "", shown.get_text())) == re.sub(r"\s+", "", told)
    links = {link["href"] for link in shown.find_all("a")}
    assert "mailto:so.sera@outlook.com" in links
    assert "https://support.wix.com/en/article/cookies-and-your-wix-site" in links
    assert all(link["rel"] == ["noreferrer"] for link in shown.find_all("a"))


def test_under_it_stands_how_this_website_does_it_and_what_no_longer_holds(app, visitor, policy):
    page = visitor.get("/privacy")
    assert page.soup.find(id="annex").get_text() == "Zo doet deze website het"
    stale = page.soup.find("dl", class_="stale").get_text(" ")
    for said in ("standaard WIX cookie", "Amerikaanse bedrijf Google", "advertenties", "geautomatiseerde verwerkingen"):
        assert said in stale
    for said in ("binnen vier weken", "Uw IP-adres wordt nadrukkelijk niet meegegeven"):
        assert said not in stale
    english = visitor.get("/en/privacy")
    assert english.soup.select_one(".owner-text") is None
    assert "http://localhost/privacy" in english.links()


def test_what_no_longer_holds_follows_from_the_shop(app, policy, monkeypatch):
    def said():
        with app.test_request_context("/privacy"):
            return " ".join(one.sentence for one in privacy_text().stale)

    assert "Amerikaanse bedrijf Google" in said()
    assert "beveiligde internetverbinding" in said()
    monkeypatch.setitem(app.config, "GA_MEASUREMENT_ID", "G-1234567890")
    monkeypatch.setitem(app.config, "IS_HTTPS", True)
    assert "Amerikaanse bedrijf Google" not in said()
    assert "beveiligde internetverbinding" not in said()


def test_an_owners_text_in_markdown_runs_nothing(app, fresh, visitor):
    file = Path(app.config["INSTANCE_PATH"]) / "statements" / "privacy.nl.md"
    file.parent.mkdir(exist_ok=True)
    file.write_text("# Beleid\n\nWij zijn **goed**.\n\n<script>alert(1)</script>\n", encoding="utf-8")
    try:
        shown = visitor.get("/privacy").soup.select_one(".owner-text")
        assert shown.strong.get_text() == "goed"
        assert shown.h3.get_text() == "Beleid"
        assert shown.script is None
    finally:
        file.unlink()


HSTS = "nooit zonder die beveiliging opent (HSTS)"


def test_only_measures_that_are_on_are_claimed(app, tmp_path):
    said = {}
    for hsts in (True, False):
        folder = tmp_path / str(hsts)
        folder.mkdir()
        values = settings(folder, f"sqlite:///{folder / 'shop.sqlite'}", "http://127.0.0.1:1")
        shop: Flask = create_app({**values, "PUBLIC_URL": "https://shop.example.com", "HSTS": hsts})
        with shop.app_context():
            Model.metadata.create_all(db.engine)
            answer = shop.test_client().get("/privacy", base_url="https://shop.example.com")
            said[hsts] = answer.text
            assert ("Strict-Transport-Security" in answer.headers) is hsts
    assert HSTS in said[True]
    assert HSTS not in said[False]
    for text in said.values():
        assert "beveiligde verbinding (TLS)" in text
        assert "wordt meteen overschreven" in text


def test_without_https_no_secured_connection_is_claimed(app, visitor, fresh):
    text = visitor.get("/privacy").text
    assert "(TLS)" not in text
    assert HSTS not in text
    assert "IP-adressen staan nergens in onze database." in text


PAGES = (
    "/",
    "/privacy",
    "/withdraw",
    "/terms",
    "/returns",
    "/disclaimer",
    "/contact",
    "/no-such-page",
    "/account/sign-in",
    "/cart",
)


def test_who_the_shop_is_comes_from_one_place(app, fresh, monkeypatch, mailbox):
    make_shipping()
    facts = {
        "name": "De Haven",
        "legal_name": "DE HAVEN B.V.",
        "street": "Havendam 7",
        "town": "Urk",
        "kvk": "12345678",
        "email": "hallo@dehaven.example",
        "vat_number": "NL001234567B01",
        "telephone": "0341 000 000",
    }
    become(app, monkeypatch, **facts)
    for prefix in ("", "/en"):
        for path in PAGES:
            text = Browser(app).get(prefix + path).text
            for fact in ("DE HAVEN B.V.", "Havendam 7", "12345678", "hallo@dehaven.example", "NL001234567B01"):
                assert fact in text, (prefix + path, fact)
            for old in ("SO SERA", "Triasplein", "80054811", "so.sera@", "So Sera", "Harderwijk"):
                assert old not in text, (prefix + path, old)
    visitor = Browser(app)
    visitor.get("/orders/find")
    from shop.orders.emails import queue_order_confirmation

    queue_order_confirmation(make_order((make_product(), 1), status="confirmed"), clock.now())
    db.session.commit()
    mails = mailbox()
    assert mails
    for mail in mails:
        text = mail.get_body(("plain",)).get_content()
        assert "DE HAVEN B.V." in text
        assert "12345678" in text
        assert "Triasplein" not in text
        assert "of breng ze naar Urk" in text


def test_no_name_of_the_shop_stands_in_a_template_or_a_text():
    for folder, kinds in (("templates", ("html", "txt")), ("shop/translations", ("po",))):
        for kind in kinds:
            for file in (ROOT / folder).rglob(f"*.{kind}"):
                text = file.read_text(encoding="utf-8")
                assert not re.search(r"so ?sera|triasplein|80054811|harderwijk", text, re.IGNORECASE), file


def test_the_disclaimer_is_on_no_durable_document(app, visitor, fresh):
    for lang in LANGUAGES:
        said = plain_text(statements.texts_of("terms")[lang]) + plain_text(statements.texts_of("returns")[lang])
        assert "ontlenen" not in said
        assert "claim a right" not in said
    for file in [*(ROOT / "templates/mail").rglob("*"), *(ROOT / "templates/checkout").rglob("*")]:
        if file.is_file():
            assert "pages.disclaimer" not in file.read_text(encoding="utf-8"), file


def test_children_are_thought_of_and_nobody_is_asked_an_age(app, visitor):
    make_shipping()
    page = visitor.get("/account/sign-up")
    assert "jonger dan 16" in page.text
    assert "/parents" in page.links()
    variant = make_product().variants[0].id
    visitor.post("/cart/lines", variant=variant, quantity=1)
    checkout = visitor.get("/checkout")
    assert "jonger dan 16" in checkout.text
    assert "/parents" in checkout.links()
    assert "/parents" in visitor.get("/privacy").links()
    for table in Model.metadata.sorted_tables:
        for column in table.columns:
            assert not re.search(r"\bage\b|birth|geboorte|gender|salutation", column.name), f"{table}.{column}"


def test_what_changed_is_said_by_sentence():
    found = changes("<p>Een. Twee. Drie.</p><p>Vier.</p>", "<p>Een. Drie.</p><p>Vier. Vijf.</p>")
    assert [(one.kind, one.text) for one in found if one.kind in ("gone", "new")] == [
        ("gone", "Twee."),
        ("new", "Vijf."),
    ]


def test_each_textarea_of_the_shop_asks_for_no_sensitive_data(app, visitor, customer):
    make_shipping()
    order = make_order((make_product(), 1), status="confirmed", account=customer.account)
    customer.post("/cart/lines", variant=make_product().variants[0].id, quantity=1)
    seen = 0
    for path in ("/contact", "/security/report", "/checkout", f"/account/orders/{order.number}/contact"):
        for area in customer.get(path).soup.find_all("textarea"):
            hint = customer.page.soup.find(id=str(area.get("aria-describedby")).split()[0])
            assert "gevoelige gegevens" in hint.get_text(), (path, area["name"])
            seen += 1
    assert seen >= 4


def test_the_licences_are_those_of_what_is_installed(app, visitor):
    page = visitor.get("/licences")
    names = {row.td.get_text() for row in page.soup.find("tbody").find_all("tr")}
    assert {"flask", "sqlalchemy", "babel"} <= {name.lower() for name in names}
    assert not [row for row in page.soup.find("tbody").find_all("tr") if row.find_all("td")[2].get_text() == "–"]


def test_the_sitemap_names_every_statement_and_robots_may_read_them(app, visitor):
    page = visitor.get("/sitemap.xml")
    for path in ("/privacy", "/terms", "/disclaimer", "/accessibility", "/parents", "/contact", "/guarantee"):
        assert f"<loc>http://localhost{path}</loc>" in page.text
        assert f"<loc>http://localhost/en{path}</loc>" in page.text
        assert f"Disallow: {path}" not in visitor.get("/robots.txt").text
