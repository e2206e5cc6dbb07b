"""The verbs of the catalogue, and the version they raise."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from shop.catalogue import actions, queries, stock
from shop.catalogue.models import CollectionProduct, OptionValue, Picture, PriceChange, StockMovement, Variant
from shop.catalogue.pictures import NotAPicture
from shop.catalogue.rules import CannotPublish
from shop.catalogue.version import current_version, raise_version
from shop.core.db import db
from shop.core.errors import Conflict
from tests.catalogue.shelf import NOON, details, picture, put_in_collection, put_on_shelf

pytestmark = pytest.mark.both_databases


def moved(variant: Variant) -> int:
    return db.session.scalar(
        select(func.coalesce(func.sum(StockMovement.delta), 0)).where(StockMovement.variant_id == variant.id)
    )


def test_a_product_is_searchable_and_safe_as_soon_as_it_is_written(app):
    product = actions.create_product(details(description_nl="Van **was**. <b onclick=x>"), NOON)
    assert product.description_html_nl == "<p>Van <strong>was</strong>. &lt;b onclick=x&gt;</p>"
    assert product.search_nl.startswith("kaars kaar van bijenwas")
    assert product.slug == "kaars-van-bijenwas"
    assert not product.is_published


def test_two_products_of_one_name_have_addresses_of_their_own(app):
    slugs = [actions.create_product(details(), NOON).slug for _n in range(3)]
    assert slugs == ["kaars-van-bijenwas", "kaars-van-bijenwas-2", "kaars-van-bijenwas-3"]


def test_an_empty_product_is_not_published_and_all_reasons_are_given(app):
    product = actions.create_product(actions.ProductDetails(name_nl="Kom"), NOON)
    with pytest.raises(CannotPublish) as refusal:
        actions.publish(product, NOON)
    assert set(refusal.value.reasons) == {
        *("description", "maker_name", "maker_address", "maker_email", "price", "picture")
    }
    assert not product.is_published


def test_a_picture_needs_its_text_before_publishing(app):
    product, _v = put_on_shelf(is_published=False)
    actions.add_picture(product, picture(), alt_nl="", at=NOON)
    with pytest.raises(CannotPublish) as refusal:
        actions.publish(product, NOON)
    assert refusal.value.reasons == ("picture_alt",)


def test_a_published_product_stays_complete(app):
    product, variant = put_on_shelf()
    with pytest.raises(CannotPublish):
        actions.update_product(product, details(maker_email=""), NOON)
    db.session.rollback()
    with pytest.raises(CannotPublish):
        actions.update_variant(variant, actions.VariantDetails(sku="X", is_active=False))
    db.session.rollback()
    assert queries.product_page(product.slug).maker_email == "atelier@example.com"
    actions.unpublish(product, NOON)
    db.session.commit()
    assert queries.product_page(product.slug) is None


def test_a_product_keeps_its_address_when_its_name_changes(app):
    product, _v = put_on_shelf()
    actions.update_product(product, details(name_nl="Lichtje"), NOON)
    assert product.slug == "kaars-van-bijenwas"
    actions.update_product(product, details(name_nl="Lichtje", slug="Licht je"), NOON)
    assert product.slug == "licht-je"
    db.session.commit()
    assert [card.name for card in queries.search("lichtje", queries.Wish()).cards] == ["Lichtje"]


def test_the_price_history_begins_with_the_first_price_and_only_grows(app):
    _product, variant = put_on_shelf(cents=1000)
    actions.set_price(variant, 800, NOON + timedelta(days=1))
    actions.set_price(variant, 800, NOON + timedelta(days=2))
    actions.set_price(variant, 1000, NOON + timedelta(days=3))
    db.session.commit()
    history = db.session.scalars(select(PriceChange.price_cents).order_by(PriceChange.from_at)).all()
    assert list(history) == [1000, 800, 1000]
    assert variant.price_cents == 1000


def test_the_stock_is_always_the_sum_of_its_movements(app):
    _product, variant = put_on_shelf(stock=10)
    stock.take(variant.id, 3, reason="order", key="order:1", at=NOON)
    db.session.commit()
    actions.count_stock(variant, 12, NOON)
    db.session.commit()
    assert (variant.stock, moved(variant)) == (12, 12)
    actions.count_stock(variant, 12, NOON)
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(StockMovement)) == 3


def test_a_variant_that_never_ran_out_can_be_counted_again(app):
    _product, variant = put_on_shelf(stock=5)
    actions.count_stock(variant, None, NOON)
    db.session.commit()
    assert variant.stock is None
    actions.count_stock(variant, 7, NOON)
    db.session.commit()
    assert (variant.stock, moved(variant)) == (7, 7)


def test_a_count_of_what_has_been_sold_meanwhile_is_refused(app):
    _product, variant = put_on_shelf(stock=5)
    stock.take(variant.id, 1, reason="order", key="order:1", at=NOON)
    db.session.commit()
    with pytest.raises(Conflict):
        actions.count_stock(variant, 9, NOON, seen=5)
    db.session.rollback()
    assert db.session.scalar(select(Variant.stock)) == 4


def test_stock_below_zero_is_refused_by_the_database(app):
    _product, variant = put_on_shelf(stock=1)
    with pytest.raises(IntegrityError):
        actions.count_stock(variant, -1, NOON)
    db.session.rollback()
    assert db.session.scalar(select(Variant.stock)) == 1


def test_options_give_variants_their_label(app):
    product, _v = put_on_shelf(is_published=False)
    large, small = actions.add_option(product, "Maat", "Size", values=[("groot", "large"), ("klein", "")])
    sand = actions.add_option(product, "Kleur", "Colour", values=[("zand", "sand")])[0]
    variant = actions.add_variant(
        product, actions.VariantDetails(sku="GZ"), price_cents=900, stock=1, at=NOON, values=[large, sand]
    )
    other = actions.add_variant(
        product, actions.VariantDetails(sku="K"), price_cents=900, stock=1, at=NOON, values=[small]
    )
    assert (variant.label_nl, variant.label_en) == ("groot, zand", "large, sand")
    assert other.label_en == "klein"
    assert db.session.scalar(select(func.count()).select_from(OptionValue)) == 3


def test_the_version_goes_up_once_for_a_change_and_not_for_a_refusal(app):
    product, variant = put_on_shelf(stock=10)
    before = current_version()
    actions.set_price(variant, 500, NOON)
    actions.update_product(product, details(name_nl="Anders"), NOON)
    db.session.commit()
    assert current_version() == before + 1
    actions.set_price(variant, 600, NOON)
    db.session.rollback()
    db.session.commit()
    assert current_version() == before + 1


def test_stock_raises_the_version_only_when_visitors_are_told_something_else(app):
    _product, variant = put_on_shelf(stock=10)
    before = current_version()
    stock.take(variant.id, 6, reason="order", key="order:1", at=NOON)
    db.session.commit()
    assert current_version() == before
    stock.take(variant.id, 1, reason="order", key="order:2", at=NOON)
    db.session.commit()
    assert current_version() == before + 1
    stock.give_back(variant.id, 1, reason="release", key="release:2", at=NOON)
    db.session.commit()
    assert current_version() == before + 2
    stock.give_back(variant.id, 1, reason="release", key="release:2", at=NOON)
    db.session.commit()
    assert current_version() == before + 2


def test_a_savepoint_that_is_given_up_does_not_lose_a_change(app):
    before = current_version()
    raise_version()
    savepoint = db.session.begin_nested()
    savepoint.rollback()
    db.session.commit()
    assert current_version() == before + 1


def test_pictures_have_their_place_and_can_be_moved_and_removed(app, outbox):
    product, _v = put_on_shelf()
    second = actions.add_picture(product, picture(), alt_nl="Tweede", at=NOON)
    db.session.commit()
    actions.move_picture(second, 0)
    actions.describe_picture(second, alt_nl="Vooraan", alt_en="In front")
    db.session.commit()
    assert [one.alt for one in queries.product_page(product.slug).pictures] == ["Vooraan", "Een kaars"]
    actions.remove_picture(second, NOON)
    db.session.commit()
    assert [one.alt for one in queries.product_page(product.slug).pictures] == ["Een kaars"]
    assert [row.kind for row in outbox.rows()] == ["picture", "picture", "picture_removal"]


def test_what_is_no_picture_changes_nothing(app):
    product, _v = put_on_shelf()
    with pytest.raises(NotAPicture):
        actions.add_picture(product, b"<svg/>", alt_nl="X", at=NOON)
    assert db.session.scalar(select(func.count()).select_from(Picture)) == 1


def test_a_product_stands_in_several_collections_and_keeps_its_place(app):
    one, _a = put_on_shelf(name_nl="Een")
    two, _b = put_on_shelf(name_nl="Twee")
    first = put_in_collection("Eerste", one, two)
    second = put_in_collection("Tweede", one)
    actions.set_collections_of(two, [second.id, first.id, 999])
    db.session.commit()
    places = db.session.execute(
        select(CollectionProduct.collection_id, CollectionProduct.position).where(
            CollectionProduct.product_id == two.id
        )
    )
    assert set(map(tuple, places)) == {(first.id, 1), (second.id, 1)}
    actions.set_collections_of(two, [])
    db.session.commit()
    assert [card.name for card in queries.collection_page("eerste", queries.Wish()).listing.cards] == ["Een"]


def test_two_collections_cannot_share_an_address(app):
    put_in_collection("Zeep")
    with pytest.raises(Conflict):
        actions.save_collection(actions.CollectionDetails(name_nl="Zeep"), at=NOON)


def test_a_collection_has_a_tile_in_one_size(app):
    collection = put_in_collection("Zeep")
    actions.set_collection_picture(collection, picture((500, 900)), NOON)
    db.session.commit()
    tile = queries.collections()[0].picture
    assert (tile.width, tile.height, tile.alt) == (1200, 800, "")
    assert f"{collection.picture_key}-960.webp 960w" in tile.sources[0][1]
