"""What the catalogue answers, and in how many statements."""

from datetime import timedelta

import pytest

from shop.catalogue import actions, queries
from shop.catalogue.queries import PAGE, Wish
from shop.core.db import db
from shop.core.i18n import speaking
from tests.catalogue.shelf import NOON, picture, put_in_collection, put_on_shelf, statements

pytestmark = pytest.mark.both_databases


def names(listing: queries.Listing) -> list[str]:
    return [card.name for card in listing.cards]


def found(text: str, **wish) -> list[str]:
    return names(queries.search(text, Wish(**wish), NOON))


def test_search_finds_other_forms_of_a_word(app):
    put_on_shelf(name_nl="Geurkaars vijg", summary_nl="", description_nl="Brandt lang.")
    put_on_shelf(name_nl="Kaarsen in een doos", summary_nl="", description_nl="Zes stuks.")
    put_on_shelf(name_nl="Kaart met vogel", summary_nl="", description_nl="Van papier.")
    assert set(found("kaars")) == {"Geurkaars vijg", "Kaarsen in een doos"}
    assert set(found("kaarsen")) == {"Geurkaars vijg", "Kaarsen in een doos"}
    assert found("VIJG") == ["Geurkaars vijg"]


def test_all_words_must_be_there_in_any_order(app):
    put_on_shelf(name_nl="Blauwe kom", summary_nl="", description_nl="Van klei.")
    put_on_shelf(name_nl="Rode kom", summary_nl="", description_nl="Van klei.")
    assert found("klei blauwe kom") == ["Blauwe kom"]
    assert found("blauwe vaas") == []


def test_hits_in_the_name_come_first(app):
    put_on_shelf(name_nl="Zeepbakje", rank=1, summary_nl="", description_nl="Van steen.")
    put_on_shelf(name_nl="Doek", rank=9, summary_nl="", description_nl="Was hem met zachte zeep.")
    assert found("zeep") == ["Zeepbakje", "Doek"]
    assert found("zeep", sort="newest") == ["Doek", "Zeepbakje"]


def test_accents_and_capitals_make_no_difference(app):
    put_on_shelf(name_nl="Crème brûlée-schaaltje")
    assert found("creme BRULEE") == ["Crème brûlée-schaaltje"]
    assert found("crème") == ["Crème brûlée-schaaltje"]


@pytest.mark.parametrize("text", ["%", "_", "z%k", "100%", "' OR 1=1 --", "\\", "a" * 5000, "🕯"])
def test_signs_that_mean_something_to_a_database_mean_nothing_here(app, text):
    put_on_shelf(name_nl="Kaars", summary_nl="", description_nl="Geel.")
    assert found(text) == []


def test_english_pages_search_english_texts_and_dutch_ones_where_there_are_none(app):
    put_on_shelf(name_nl="Kaars", name_en="Candle")
    put_on_shelf(name_nl="Waxinelichtje", name_en="", summary_nl="", summary_en="", description_en="")
    with speaking("en"):
        assert found("candles") == ["Candle"]
        assert found("waxinelichtje") == ["Waxinelichtje"]
    assert found("candle") == []


def test_what_is_not_published_or_has_nothing_for_sale_is_nowhere(app):
    hidden, _v = put_on_shelf(name_nl="Verborgen", is_published=False)
    put_in_collection("Kaarsen", hidden)
    assert found("verborgen") == []
    assert queries.product_page(hidden.slug) is None
    assert queries.product_page(hidden.id) is None
    assert queries.collection_page("kaarsen", Wish()).listing.cards == []


def test_a_long_list_is_read_in_pages_without_a_gap_or_a_double(app):
    products = [put_on_shelf(name_nl=f"Kom {n:02}", rank=n % 5, cents=1000 + n % 7)[0] for n in range(PAGE + 6)]
    put_in_collection("Kommen", *products)
    everything = {product.name_nl for product in products}
    for sort in queries.SORTS:
        for read in (
            lambda wish: queries.search("kom", wish, NOON),
            lambda wish: queries.collection_page("kommen", wish, NOON).listing,
        ):
            first = read(Wish(sort=sort))
            second = read(Wish(sort=sort, after=first.next_after))
            assert len(first.cards) == PAGE
            assert len(second.cards) == 6
            assert second.next_after == ""
            assert set(names(first)) | set(names(second)) == everything


def test_lists_stand_in_the_order_asked_for(app):
    put_on_shelf(name_nl="Duur en oud", cents=3000, rank=1, at=NOON - timedelta(days=9))
    put_on_shelf(name_nl="Goedkoop en nieuw", cents=500, rank=3, at=NOON)
    put_on_shelf(name_nl="Midden", cents=1000, rank=2, at=NOON - timedelta(days=5))
    assert found("", sort="price_up") == ["Goedkoop en nieuw", "Midden", "Duur en oud"]
    assert found("", sort="price_down") == ["Duur en oud", "Midden", "Goedkoop en nieuw"]
    assert found("", sort="newest") == ["Goedkoop en nieuw", "Midden", "Duur en oud"]
    assert found("") == ["Goedkoop en nieuw", "Midden", "Duur en oud"]


def test_limits_leave_out_what_does_not_fit(app):
    put_on_shelf(name_nl="Goedkoop", cents=500)
    dear, _v = put_on_shelf(name_nl="Duur", cents=5000)
    put_on_shelf(name_nl="Weg", cents=2000, stock=0)
    put_on_shelf(name_nl="Bestand", cents=2000, stock=None)
    put_in_collection("Bijzonder", dear)
    assert set(found("", in_stock=True)) == {"Goedkoop", "Duur", "Bestand"}
    assert set(found("", from_cents=1000, to_cents=3000)) == {"Weg", "Bestand"}
    assert found("", collection="bijzonder") == ["Duur"]
    assert found("", collection="bestaat-niet") == []


@pytest.mark.parametrize(
    "mark", ["x", "1.2", "9.1.1", "1.99999999999999999.1", "1.1.99999999999", "-1.1.1", "1.1.1.1", "1.²1.1"]
)
@pytest.mark.parametrize("sort", ["rank", "newest"])
def test_a_place_that_the_shop_did_not_make_is_the_beginning_or_the_end(app, mark, sort):
    put_on_shelf(name_nl="Kom")
    assert found("", after=mark, sort=sort) in (["Kom"], [])


def test_a_product_page_takes_three_statements_however_many_variants_and_relatives(app):
    product, _v = put_on_shelf(name_nl="Kom")
    others = [put_on_shelf(name_nl=f"Schaal {n}", rank=n)[0] for n in range(6)]
    put_in_collection("Keramiek", product, *others)
    for n in range(5):
        actions.add_variant(product, actions.VariantDetails(sku=f"V{n}"), price_cents=900 + n, stock=n, at=NOON)
    db.session.commit()
    with statements() as sent:
        page = queries.product_page(product.slug, NOON)
    assert len(sent) == 3
    assert [variant.sku for variant in page.variants][1:] == [f"V{n}" for n in range(5)]
    assert (page.price_cents, page.is_from_price) == (900, True)
    assert page.collection_slug == "keramiek"
    assert [card.name for card in page.related] == ["Schaal 5", "Schaal 4", "Schaal 3", "Schaal 2"]
    assert queries.product_page(product.id, NOON) == page


def test_a_list_takes_as_many_statements_for_two_products_as_for_twenty(app):
    products = [put_on_shelf(name_nl=f"Kom {n}")[0] for n in range(20)]
    put_in_collection("Alle", *products)
    put_in_collection("Twee", *products[:2])
    counts = []
    for slug in ("alle", "twee"):
        with statements() as sent:
            queries.collection_page(slug, Wish(), NOON)
        counts.append(len(sent))
    with statements() as sent:
        queries.search("kom", Wish(), NOON)
    assert counts == [4, 4]
    assert len(sent) == 3


def test_the_price_before_stands_on_page_and_card(app):
    product, variant = put_on_shelf(name_nl="Kom", cents=2000, at=NOON - timedelta(days=300))
    put_in_collection("Kommen", product)
    actions.set_price(variant, 1500, NOON - timedelta(days=4))
    db.session.commit()
    assert queries.product_page(product.slug, NOON).before_cents == 2000
    card = queries.collection_page("kommen", Wish(), NOON).listing.cards[0]
    assert (card.price_cents, card.before_cents) == (1500, 2000)
    later = NOON + timedelta(days=100)
    assert queries.product_page(product.slug, later).before_cents is None


def test_a_long_history_is_read_only_as_far_back_as_it_counts(app):
    product, variant = put_on_shelf(name_nl="Kom", cents=100, at=NOON - timedelta(days=900))
    for day in range(800, 200, -50):
        actions.set_price(variant, 5000 + day, NOON - timedelta(days=day))
    actions.set_price(variant, 1500, NOON - timedelta(days=4))
    db.session.commit()
    assert queries.product_page(product.slug, NOON).before_cents == 5250


def test_a_card_tells_of_the_last_pieces_and_of_none(app):
    put_on_shelf(name_nl="Twee", stock=2, rank=3)
    put_on_shelf(name_nl="Geen", stock=0, rank=2)
    put_on_shelf(name_nl="Veel", stock=4, rank=1)
    cards = queries.search("", Wish(), NOON).cards
    assert [(card.pieces_left, card.is_sold_out) for card in cards] == [(2, False), (None, True), (None, False)]


def test_cart_variants_come_in_one_statement_with_names_in_both_languages(app):
    one, first = put_on_shelf(name_nl="Kaars", name_en="Candle", cents=700, stock=3)
    _two, second = put_on_shelf(name_nl="Kom", name_en="", is_published=False)
    actions.add_picture(one, picture(), alt_nl="Nog een kaars", at=NOON)
    db.session.commit()
    with statements() as sent:
        rows = queries.variants_for_cart([second.id, first.id, 999_999])
    assert len(sent) == 1
    assert list(rows) == [first.id, second.id]
    candle = rows[first.id]
    assert (candle.name, candle.name_en, candle.price_cents, candle.stock) == ("Kaars", "Candle", 700, 3)
    assert (candle.is_for_sale, rows[second.id].is_for_sale) == (True, False)
    assert rows[second.id].name_en == "Kom"
    assert candle.picture.alt == "Een kaars"
    assert queries.variant_for_sale(first.id) == candle
    assert queries.variant_for_sale(second.id) is None
    assert queries.variants_for_cart([]) == {}


def test_a_variant_that_is_no_longer_active_is_not_for_sale(app):
    _product, variant = put_on_shelf(is_published=False)
    variant.is_active = False
    db.session.commit()
    assert queries.variant_for_sale(variant.id) is None


def test_collections_stand_in_their_order_without_the_hidden_ones(app):
    put_in_collection("Zeep", position=2, name_en="Soap")
    put_in_collection("Kaarsen", position=1)
    put_in_collection("Later", position=0, is_published=False)
    assert [(one.name, one.url) for one in queries.collections()] == [
        ("Kaarsen", "/collections/kaarsen"),
        ("Zeep", "/collections/zeep"),
    ]
    with speaking("en"):
        assert [one.url for one in queries.collections()] == ["/en/collections/kaarsen", "/en/collections/zeep"]
        assert queries.collections()[1].name == "Soap"
    assert queries.collection_page("later", Wish()) is None


def test_the_home_page_has_what_is_put_forward_and_what_is_new(app):
    put_on_shelf(name_nl="Vooraan", is_featured=True)
    put_on_shelf(name_nl="Nieuw", at=NOON + timedelta(days=1))
    assert [card.name for card in queries.featured(at=NOON)] == ["Vooraan"]
    assert [card.name for card in queries.newest(2, at=NOON)] == ["Nieuw", "Vooraan"]
