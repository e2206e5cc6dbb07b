"""The home page and the statements as a visitor reads them."""

import re

import pytest
from babel.dates import format_date
from PIL import Image

from shop.catalogue import actions
from shop.core import clock
from shop.core.db import Model, db
from shop.core.personal_data import Category, Event, personal_columns, register
from tests.catalogue.shelf import picture, put_in_collection, put_on_shelf
from tests.factories import make_shipping

STATEMENTS = (
    *("/privacy", "/cookies", "/terms", "/returns", "/shipping", "/disclaimer"),
    *("/accessibility", "/parents", "/guarantee", "/licences"),
)


@pytest.fixture
def shelf(app):
    """Two products, one put forward, in a collection."""
    one, _v = put_on_shelf(name_nl="Kaars", name_en="Candle", is_featured=True)
    two, _w = put_on_shelf(name_nl="Kom", name_en="Bowl")
    put_in_collection("Voor de avond", one, two, name_en="For the evening")


def test_home_shows_collections_and_what_is_put_forward(shelf, visitor):
    page = visitor.get("/")
    assert page.heading == "Mooie dingen voor een rustige avond"
    assert {"/collections/voor-de-avond", "/products/kaars", "/search", "/returns", "/shipping"} <= set(page.links())
    assert "14 dagen bedenktijd" in page.text
    assert "/products/kom" not in page.links()


def test_home_shows_the_newest_when_nothing_is_put_forward(app, visitor):
    put_on_shelf(name_nl="Kom")
    assert "/products/kom" in visitor.get("/").links()


def test_home_of_an_empty_shop_is_still_a_page(app, visitor):
    page = visitor.get("/")
    assert page.status == 200
    assert page.soup.find("ul", class_="cards") is None


def test_home_shows_the_shops_own_picture_where_it_has_one(app, visitor, tmp_path, monkeypatch):
    (tmp_path / "img").mkdir()
    Image.new("RGB", (64, 48)).save(tmp_path / "img" / "hero.webp")
    for name in (".build/storefront.css", "img/favicon.svg", "img/touch-icon.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.setattr(app, "static_folder", str(tmp_path))
    hero = visitor.get("/").soup.find("div", class_="hero-picture").img
    assert hero["src"].startswith("/static/img/hero.webp?v=")
    assert (hero["width"], hero["height"]) == ("64", "48")


def test_english_home_is_english(shelf, visitor):
    page = visitor.get("/en")
    assert page.heading == "Things for a quiet evening"
    assert "/en/products/kaars" in page.links()


@pytest.mark.parametrize("path", STATEMENTS)
def test_statements_open_in_both_languages_for_everybody(app, visitor, path):
    make_shipping()
    dutch, english = visitor.get(path), visitor.get(f"/en{path}")
    assert (dutch.status, english.status) == (200, 200)
    assert dutch.soup.html["lang"] == "nl"
    assert english.soup.html["lang"] == "en"
    assert dutch.soup.main.get_text() != english.soup.main.get_text()
    assert dutch.headers["Cache-Control"] == "no-cache"
    assert visitor.cookies == set()


@pytest.mark.parametrize("path", STATEMENTS)
def test_statements_lead_nowhere_that_does_not_exist(app, visitor, path):
    make_shipping()
    for link in set(visitor.get(path).links()):
        if link.startswith("/"):
            assert visitor.get(link).status in (200, 303), link


@pytest.mark.parametrize("path", ["/privacy", "/terms", "/returns", "/shipping"])
def test_statements_say_who_the_shop_is(app, visitor, path):
    make_shipping()
    identity = app.extensions["identity"]
    text = visitor.get(path).soup.main.get_text(" ")
    for fact in (identity.legal_name, identity.address, identity.email, identity.kvk):
        assert fact in text


@pytest.mark.parametrize("lang", ["", "/en"])
def test_statements_are_written_in_short_sentences(app, visitor, lang):
    make_shipping()
    for path in STATEMENTS:
        soup = visitor.get(f"{lang}{path}").soup
        said = [
            tag.get_text(" ")
            for tag in soup.select("main .prose p, main .prose li")
            if not tag.find_parent("blockquote")
        ]
        sentences = [one for text in said for one in re.split(r"(?<=[.?!;:])\s+", text.strip()) if one]
        words = sum(len(one.split()) for one in sentences)
        assert words / len(sentences) <= 15, path


def test_statements_say_je_and_never_u(app, visitor):
    for path in ("/", *STATEMENTS):
        assert not re.search(r"\b(u|uw|uzelf)\b", visitor.get(path).soup.main.get_text(" "), re.IGNORECASE), path


def test_the_privacy_page_lists_the_eight_categories_in_order(app, visitor):
    page = visitor.get("/privacy")
    headings = [tag["id"] for tag in page.soup.find_all("h3", id=re.compile("^kept-"))]
    assert headings == [f"kept-{category.value.lower()}" for category in Category]


def test_the_privacy_page_names_every_column_that_is_kept_of_visitors(app, visitor):
    page = visitor.get("/privacy")
    for table, column, declared in personal_columns(Model.metadata):
        if declared.keep.event is Event.LEFT:
            assert str(declared.label) not in page.text, f"{table.name}.{column.name} is about staff"
        else:
            assert str(declared.label) in page.text, f"{table.name}.{column.name}"
            assert str(declared.keep.describe()) in page.text
            assert str(declared.purpose.label) in page.text
            assert str(declared.purpose.basis.label) in page.text
            for recipient in declared.recipients:
                assert str(recipient.label) in page.text


def test_the_privacy_page_says_that_no_ip_address_is_kept(app, visitor):
    section = visitor.get("/privacy").soup.find(id="kept-pc4").parent
    assert "Hiervan bewaren we niets." in section.get_text()


def test_rights_and_complaints_have_an_address(app, visitor):
    page = visitor.get("/privacy")
    assert "https://autoriteitpersoonsgegevens.nl/een-tip-of-klacht-indienen-bij-de-ap" in page.links()
    assert "mailto:so.sera@outlook.com" in page.links()
    for right in ("inzage", "rectificatie", "wissing", "beperking", "overdraagbaarheid", "bezwaar", "toestemming"):
        assert right in page.text
    assert "binnen vier weken" in page.text


def test_the_cookie_page_lists_every_declared_cookie_and_no_other(app, visitor):
    rows = visitor.get("/cookies").soup.find("tbody").find_all("tr")
    declared = sorted(store.name for store in register.stores.values() if store.medium.value == "cookie")
    assert [row.td.get_text() for row in rows] == declared


def test_cookies_have_their_full_name_on_https(app, visitor, monkeypatch):
    monkeypatch.setitem(app.config, "IS_HTTPS", True)
    with app.test_request_context("/cookies", base_url="https://localhost"):
        html = app.view_functions["pages.cookies"]()
    assert "__Host-cart" in html


def test_the_terms_name_their_version(app, visitor):
    version = format_date(clock.today(), "d MMMM y", locale="nl")
    assert f"Versie van {version}." in visitor.get("/terms").text


def test_the_returns_page_has_the_model_form_of_the_law(app, visitor):
    text = visitor.get("/returns").soup.find("blockquote").get_text(" ")
    assert "SO SERA B.V., Triasplein 121, 3845 GD Harderwijk, so.sera@outlook.com" in text
    for part in (
        "herroep",
        "Besteld op",
        "Naam van consument",
        "Adres van consument",
        "Handtekening",
        "Datum",
        "Doorhalen",
    ):
        assert part in text


def test_no_statement_links_to_the_closed_dispute_platform(app, visitor):
    for path in STATEMENTS:
        assert not [link for link in visitor.get(path).links() if "consumers/odr" in link]


@pytest.mark.both_databases
def test_the_shipping_page_prints_the_prices_from_the_tables(app, visitor):
    parcel, _pickup = make_shipping()
    page = visitor.get("/shipping")
    for text in ("Nederland", "België", "Duitsland", "€ 4,95", "Gratis vanaf € 60,00."):
        assert text in page.text
    parcel.rates[0].price_cents = 525
    db.session.commit()
    assert "€ 5,25" in visitor.get("/shipping").text


def test_the_shipping_page_of_a_shop_without_delivery_says_so(app, visitor):
    assert "Op dit moment kunnen we niet bezorgen." in visitor.get("/shipping").text


def test_a_collection_with_a_tile_stands_on_the_home_page_with_it(app, visitor):
    collection = put_in_collection("Zeep")
    actions.set_collection_picture(collection, picture((300, 200)), clock.now())
    db.session.commit()
    tile = visitor.get("/").soup.find("li", class_="tile")
    assert tile.img["alt"] == ""
    assert visitor.get(tile.img["src"]).status == 200
