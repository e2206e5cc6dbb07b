"""The small public file of what goes with what."""

import json

import pytest
from sqlalchemy import update

from shop.catalogue.models import Variant
from shop.core.db import db
from tests.catalogue.shelf import put_in_collection, put_on_shelf
from tests.page import Browser

pytestmark = pytest.mark.both_databases


def test_the_file_names_what_stands_beside_a_product(app, visitor):
    made = [put_on_shelf(name_nl=f"Kaars {n}", name_en=f"Candle {n}")[0] for n in range(6)]
    put_in_collection("Kaarsen", *made)
    alone = put_on_shelf(name_nl="Alleen")[0]
    page = visitor.get("/related.json")
    told = json.loads(page.body)
    assert page.headers["Cache-Control"] == "no-cache"
    assert page.headers["Content-Type"] == "application/json"
    assert set(told) == {one.slug for one in [*made, alone]}
    assert told[alone.slug]["related"] == []
    for one in made:
        related = told[one.slug]["related"]
        assert len(related) == len(set(related)) == 4
        assert one.slug not in related
    assert {other for one in made for other in told[one.slug]["related"]} == {one.slug for one in made}
    assert told[made[0].slug]["url"] == f"/products/{made[0].slug}"
    english = json.loads(visitor.get("/en/related.json").body)
    assert english[made[0].slug]["name"] == "Candle 0"


def test_everybody_gets_the_same_file(app, customer):
    put_on_shelf(name_nl="Kaars")
    other = Browser(app)
    other.post("/consent", choice="all")
    assert (
        Browser(app).get("/related.json").body == customer.get("/related.json").body == other.get("/related.json").body
    )


def test_what_is_sold_out_or_hidden_is_not_in_it(app, visitor):
    one, _v = put_on_shelf(name_nl="Kaars")
    gone, _w = put_on_shelf(name_nl="Vaas")
    hidden, _x = put_on_shelf(name_nl="Kom")
    db.session.execute(update(Variant).where(Variant.product_id == gone.id).values(stock=0))
    hidden.is_published = False
    db.session.commit()
    assert set(json.loads(visitor.get("/related.json").body)) == {one.slug}


def test_only_pages_of_those_who_allow_it_have_the_script(app, visitor):
    one, _v = put_on_shelf(name_nl="Kaars")
    for choice, has_it in ((None, False), ("none", False), ("all", True)):
        if choice:
            visitor.post("/consent", choice=choice)
        for path in ("/", f"/products/{one.slug}"):
            page = visitor.get(path)
            assert (b"preferences.js" in page.body) is has_it, (choice, path)
            assert page.soup.body.get("data-keeps") == ("viewed" if has_it else None)
            assert page.headers["Cache-Control"] == "no-cache"


def test_only_one_script_touches_what_a_browser_keeps():
    from shop.config import ROOT

    words = ("localStorage", "sessionStorage", "indexedDB", "document.cookie", "caches.", "serviceWorker", "sendBeacon")
    users = {
        file.name
        for file in (ROOT / "static" / "js").rglob("*.js")
        if any(word in file.read_text(encoding="utf-8") for word in words)
    }
    assert users == {"storage.js"}
