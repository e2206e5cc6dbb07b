"""The catalogue as a visitor sees it."""

import json

import pytest

from shop.catalogue import actions, queries
from shop.catalogue.forms import ChooseVariantForm
from shop.core.db import db
from shop.core.forms import add_error
from tests.catalogue.shelf import NOON, put_in_collection, put_on_shelf, statements
from tests.page import Page


@pytest.fixture
def bowl(app):
    """A bowl in three sizes: one plenty, two left, none left; in a collection with a plate."""
    product, _plain = put_on_shelf(name_nl="Kom", name_en="Bowl", cents=1500, warnings_nl="Niet in de oven.")
    for label, cents, stock in (("middel", 2000, 2), ("groot", 2500, 0)):
        details = actions.VariantDetails(sku=f"KOM-{label}", label_nl=label, position=1)
        actions.add_variant(product, details, price_cents=cents, stock=stock, at=NOON)
    plate, _v = put_on_shelf(name_nl="Bord", name_en="Plate")
    put_in_collection("Keramiek", product, plate, name_en="Ceramics", description_nl="Van klei.")
    return product


def test_a_product_page_shows_all_that_a_buyer_must_know(bowl, visitor):
    page = visitor.get(f"/products/{bowl.slug}")
    assert page.status == 200
    assert page.heading == "Kom"
    for text in (
        *("vanaf € 15,00", "incl. btw", "Nog maar 2 op voorraad", "Uitverkocht", "Op voorraad"),
        *("Atelier Voorbeeld", "Voorbeeldstraat 1, 3841 AA Harderwijk", "atelier@example.com", "Niet in de oven."),
        *("14 dagen bedenktijd", "Bezorgen en kosten", "Past hier goed bij", "Bord"),
    ):
        assert text in page.text
    assert page.soup.strong.text == "Harderwijk"
    assert "/collections/keramiek" in page.links()


def test_a_sold_out_size_cannot_be_chosen_and_the_first_one_left_is(bowl, visitor):
    page = visitor.get(f"/products/{bowl.slug}")
    radios = page.soup.find_all("input", attrs={"name": "variant"})
    assert [(radio.has_attr("checked"), radio.has_attr("disabled")) for radio in radios] == [
        (True, False),
        (False, False),
        (False, True),
    ]
    assert page.form("/cart/lines") == {"variant": radios[0]["value"], "quantity": "1"}


def test_a_product_with_one_variant_asks_for_no_choice(app, visitor):
    product, variant = put_on_shelf(stock=3)
    page = visitor.get(f"/products/{product.slug}")
    assert page.form("/cart/lines") == {"variant": str(variant.id), "quantity": "1"}
    assert "Nog maar 3 op voorraad" in page.text


def test_a_sold_out_product_has_no_form(app, visitor):
    product, _v = put_on_shelf(stock=0)
    page = visitor.get(f"/products/{product.slug}")
    assert "/cart/lines" not in page.actions
    assert "Dit artikel is op dit moment uitverkocht." in page.text


def test_an_english_page_is_english(bowl, visitor):
    page = visitor.get(f"/en/products/{bowl.slug}")
    assert page.heading == "Bowl"
    assert "incl. VAT" in page.text
    assert "/en/collections/keramiek" in page.links()


def test_search_engines_learn_price_and_stock_and_the_other_language(bowl, visitor):
    page = visitor.get(f"/products/{bowl.slug}")
    told = json.loads(page.soup.find("script", type="application/ld+json").text)
    assert [(offer["price"], offer["availability"].rsplit("/", 1)[1]) for offer in told["offers"]] == [
        ("15.00", "InStock"),
        ("20.00", "InStock"),
        ("25.00", "OutOfStock"),
    ]
    assert page.soup.find("link", rel="canonical")["href"] == f"http://localhost/products/{bowl.slug}"
    languages = {link["hreflang"]: link["href"] for link in page.soup.find_all("link", rel="alternate")}
    assert languages["en"] == f"http://localhost/en/products/{bowl.slug}"
    assert languages["x-default"] == languages["nl"]


def test_a_name_can_not_end_the_data_for_search_engines(app, visitor):
    product, _v = put_on_shelf(name_nl="</script><script>alert(1)</script>", slug="kom")
    page = visitor.get(f"/products/{product.slug}")
    assert b"<script>alert" not in page.body


def test_a_rejected_choice_comes_back_with_the_message_beside_the_field(bowl, app):
    with app.test_request_context("/cart/lines", method="POST", data={"variant": "x", "quantity": "abc"}):
        form = ChooseVariantForm()
        page = queries.product_page(bowl.id)
        form.offer(page.variants)
        assert not form.validate()
        add_error(form.variant, "Kies opnieuw.")
        html = app.jinja_env.get_template("catalogue/product.html").render(
            **{"product": page, "form": form, **_words(app)}
        )
    answer = Page(app.response_class(html, mimetype="text/html"), has_session=False)
    assert answer.errors()["quantity"].startswith("Fout:")
    assert "Kies opnieuw." in answer.text
    assert answer.soup.find("input", attrs={"name": "quantity"})["value"] == "abc"


def _words(app):
    words = {}
    app.update_template_context(words)
    return words


@pytest.mark.parametrize(
    "path", ["/products/bestaat-niet", "/collections/bestaat-niet", "/products/KOM", "/products/a--b"]
)
def test_an_unknown_address_is_a_page_that_says_so(app, visitor, path):
    page = visitor.get(path)
    assert page.status == 404
    assert page.heading == "Pagina niet gevonden"


def test_a_collection_shows_its_text_and_products(bowl, visitor):
    page = visitor.get("/collections/keramiek")
    assert page.heading == "Keramiek"
    assert "Van klei." in page.text
    assert {"/products/kom", "/products/bord"} <= set(page.links())
    current = page.soup.find("nav", class_="site-nav").find("a", attrs={"aria-current": "page"})
    assert current.text == "Keramiek"


def test_limits_and_order_stay_in_the_form_and_in_the_link_to_more(app, visitor):
    for n in range(26):
        put_on_shelf(name_nl=f"Kom {n}", cents=1500)
    page = visitor.get("/search?q=kom&sort=price_up&from=10&to=20&in_stock=1&utm=x")
    assert page.form("/search")["q"] == "kom"
    link = page.soup.find("a", rel="next")["href"]
    assert "q=kom" in link
    assert "sort=price_up" in link
    assert "in_stock=1" in link
    assert "utm" not in link
    assert len(visitor.get(link).soup.find_all("li", class_="card")) == 2


@pytest.mark.parametrize(
    "query",
    [
        *("sort=weg", "from=abc&to=-5", "from=99999999999999999999", "after=1.x.1", "after=" + "9" * 300),
        *("q=" + "a" * 3000, "q=%00", "in_stock=ja", "collection=%F0%9F%95%AF", "q=%25%5F", "from=%C2%B2"),
    ],
)
def test_a_broken_question_never_breaks_the_page(bowl, visitor, query):
    assert visitor.get(f"/search?{query}").status in (200, 400)
    assert visitor.get(f"/collections/keramiek?{query}").status in (200, 400)


def test_no_result_says_what_to_do_next(bowl, visitor):
    page = visitor.get("/search?q=fiets")
    assert "We vonden niets voor “fiets”" in page.text
    assert "/collections/keramiek" in page.links()
    assert page.soup.find("input", id="question")["value"] == "fiets"
    assert page.soup.find("meta", attrs={"name": "robots"})["content"].startswith("noindex")


def test_what_was_searched_is_shown_as_text(app, visitor):
    page = visitor.get("/search?q=<script>alert(1)</script>")
    assert b"<script>alert" not in page.body
    assert "<script>alert(1)</script>" in page.text


def test_looking_around_sets_no_cookie_and_is_the_same_for_all(bowl, visitor):
    for path in ("/", "/search", "/search?q=kom", "/collections/keramiek", f"/products/{bowl.slug}"):
        page = visitor.get(path)
        assert "Set-Cookie" not in page.headers
        assert page.headers["Cache-Control"] == "no-cache"
    assert visitor.cookies == set()


def test_pages_take_few_statements(bowl, visitor):
    counts = {}
    for path in (f"/products/{bowl.slug}", "/collections/keramiek", "/search?q=kom", "/"):
        db.session.rollback()
        with statements() as sent:
            visitor.get(path)
        counts[path] = len(sent)
    assert counts == {f"/products/{bowl.slug}": 4, "/collections/keramiek": 5, "/search?q=kom": 5, "/": 5}
