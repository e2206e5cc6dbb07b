"""The components of a few lines each."""

from __future__ import annotations

import re
from datetime import datetime
from types import SimpleNamespace

import pytest

from tests.components.conftest import TEMPLATES, Render

STATUSES = {
    "order": ["placed", "confirmed", "completed", "expired", "canceled"],
    "payment": ["open", "pending", "authorized", "paid", "failed", "canceled", "expired"],
    "shipment": ["to_pick", "packed", "shipped", "delivered", "ready", "collected", "lost", "given_up"],
    "refund": ["queued", "pending", "refunded", "failed"],
}


def a_picture() -> SimpleNamespace:
    return SimpleNamespace(
        sources=[("image/avif", "/m/1-400.avif 400w, /m/1-800.avif 800w")],
        src="/m/1-800.jpg",
        width=800,
        height=1000,
        alt="A candle",
    )


def a_card(**changes: object) -> SimpleNamespace:
    card = {
        "url": "/products/candle",
        "name": "Candle",
        "picture": a_picture(),
        "price_cents": 1250,
        "is_from_price": False,
        "before_cents": None,
        "is_sold_out": False,
        "pieces_left": None,
    }
    return SimpleNamespace(**card | changes)


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in STATUSES.items() for value in values])
def test_every_status_has_a_word_and_an_icon(render: Render, kind: str, value: str) -> None:
    html = render('{% from "components/status.html" import status %}{{ status(kind, value) }}', kind=kind, value=value)
    assert re.search(r"</svg>\s*[A-Z][a-z]", html)
    assert re.search(r"<(path|circle) ", html)


def test_an_unknown_status_is_not_shown_as_if_it_were_known(render: Render) -> None:
    with pytest.raises(Exception, match="lost"):
        render('{% from "components/status.html" import status %}{{ status("order", "lost") }}')


def test_every_icon_that_is_asked_for_is_drawn(render: Render) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html"))
    names = set(re.findall(r"""icon\(["'](\w+)["']\)""", text))
    assert {"search", "bag", "person"} <= names
    for name in names:
        html = render('{% from "components/icon.html" import icon %}{{ icon(name) }}', name=name)
        assert re.search(r"<(path|circle) ", html), name


def test_a_price_says_from_and_what_it_was(render: Render) -> None:
    html = render('{% from "components/money.html" import price with context %}{{ price(1250, true, 1500) }}')
    assert re.search(r"from.*€ 12\.50.*<s>.*Lowest price.*€ 15\.00.*</s>", html, re.DOTALL)


def test_a_plain_price_says_only_what_it_is(render: Render) -> None:
    html = render('{% from "components/money.html" import price with context %}{{ price(1250) }}')
    assert re.sub(r"<[^>]+>", "", html).strip() == "€ 12.50"


def test_a_picture_has_its_size_and_waits_until_it_is_in_view(render: Render) -> None:
    html = render('{% from "components/picture.html" import picture %}{{ picture(p, "50vw") }}', p=a_picture())
    assert 'type="image/avif" srcset="/m/1-400.avif 400w, /m/1-800.avif 800w" sizes="50vw"' in html
    assert re.search(r'width="800"\s+height="1000"\s+alt="A candle"\s+loading="lazy"', html)


def test_the_first_picture_in_view_comes_at_once(render: Render) -> None:
    html = render('{% from "components/picture.html" import picture %}{{ picture(p, "50vw", true) }}', p=a_picture())
    assert 'fetchpriority="high"' in html
    assert "lazy" not in html


CARD = '{% from "components/product_card.html" import product_card with context %}{{ product_card(card) }}'


@pytest.mark.parametrize(
    ("changes", "band"),
    [({"is_sold_out": True, "pieces_left": 0}, "Sold out"), ({"pieces_left": 3}, "Only 3 left"), ({}, None)],
)
def test_a_card_tells_what_is_left(render: Render, changes: dict[str, object], band: str | None) -> None:
    html = render(CARD, card=a_card(**changes))
    assert re.findall(r'<span class="card-band[^"]*">([^<]+)</span>', html) == ([band] if band else [])


def test_a_card_without_a_picture_still_names_its_product(render: Render) -> None:
    html = render(CARD, card=a_card(picture=None))
    assert '<h3 class="card-name"><a href="/products/candle">Candle</a></h3>' in html
    assert "<img" not in html


def test_a_notice_that_is_bad_news_interrupts(render: Render) -> None:
    source = '{% from "components/notice.html" import notice %}{{ notice("Payment <failed>.", tone) }}'
    assert 'role="alert"' in render(source, tone="bad")
    html = render(source, tone="good")
    assert 'role="status"' in html
    assert "Payment &lt;failed&gt;." in html


def test_a_notice_can_hold_more_than_text(render: Render) -> None:
    source = '{% from "components/notice.html" import notice %}{% call notice(none) %}<a href="/x">x</a>{% endcall %}'
    assert '<div><a href="/x">x</a></div>' in render(source)


def test_breadcrumbs_lead_back_up(render: Render) -> None:
    source = (
        '{% from "components/breadcrumbs.html" import breadcrumbs %}{{ breadcrumbs([("Home", "/"), ("Soap", "/s")]) }}'
    )
    assert re.findall(r'<a href="([^"]+)">([^<]+)', render(source)) == [("/", "Home"), ("/s", "Soap")]


def test_a_pager_has_only_the_sides_there_are(render: Render) -> None:
    source = '{% from "components/pager.html" import pager %}{{ pager(before, after) }}'
    assert render(source, before=None, after=None).strip() == ""
    html = render(source, before=None, after="/?after=9")
    assert 'rel="next"' in html
    assert 'rel="prev"' not in html


def test_a_quantity_can_be_typed_and_its_buttons_wait_for_their_script(render: Render) -> None:
    html = render('{% from "components/quantity.html" import quantity %}{{ quantity(value=2, id="q1", max=7) }}')
    assert '<label class="visually-hidden" for="q1">Quantity</label>' in html
    assert re.search(r'<input id="q1"\s+type="number"\s+name="quantity"\s+value="2"\s+min="1"\s+max="7"', html)
    assert len(re.findall(r"<button [^>]*hidden>", html)) == 2
    assert "data-quantity-sends" not in html


def test_a_summary_adds_words_where_there_is_no_amount(render: Render) -> None:
    source = (
        '{% from "components/summary.html" import summary with context %}'
        '{{ summary([("Subtotal", 1000), ("Delivery", "free")], 1000, vat_rows=[("of which VAT 21%", 174)]) }}'
    )
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", render(source))).strip()
    assert text == "Subtotal € 10.00 Delivery free Total € 10.00 of which VAT 21% € 1.74"


def test_a_timeline_tells_what_and_when(render: Render, noon: datetime) -> None:
    source = '{% from "components/timeline.html" import timeline with context %}{{ timeline(events) }}'
    html = render(source, events=[{"at": noon, "text": "Shipped", "detail": "3SABC"}, {"at": noon, "text": "Paid"}])
    assert html.count('<time datetime="2026-03-01T12:00:00">01-03-2026 12:00</time>') == 2
    assert html.index("Shipped") < html.index("3SABC") < html.index("Paid")


def test_steps_mark_the_current_one_and_say_which_are_done(render: Render) -> None:
    html = render('{% from "components/steps.html" import steps %}{{ steps(["Ordered", "Paid", "Shipped"], 2) }}')
    assert re.findall(r'aria-current="step">\s*(\w+)', html) == ["Paid"]
    assert html.count("(done)") == 1


def test_an_empty_place_says_where_to_go(render: Render) -> None:
    source = '{% from "components/empty.html" import empty %}{{ empty("Nothing yet", url="/", label="Look around") }}'
    html = render(source)
    assert "Nothing yet" in html
    assert '<a class="button button-primary" href="/">Look around</a>' in html


def test_a_table_has_a_caption_and_column_heads(render: Render) -> None:
    source = (
        '{% from "components/table.html" import table, cell %}'
        '{% call table("Orders", ["Number", ("Total", "end")], "stacked") %}'
        '<tr role="row">{{ cell("Number", "42") }}{{ cell("Total", "9", "end") }}</tr>{% endcall %}'
    )
    html = render(source)
    assert '<caption class="visually-hidden">Orders</caption>' in html
    assert re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', html) == ["Number", "Total"]
    assert '<td role="cell" data-label="Total" class="cell-end">9</td>' in html


def test_a_wide_table_scrolls_in_a_box_that_the_keyboard_reaches(render: Render) -> None:
    html = render('{% from "components/table.html" import table %}{% call table("Orders", ["Number"]) %}{% endcall %}')
    assert 'role="region" aria-label="Orders" tabindex="0"' in html


def test_a_button_that_leads_somewhere_is_a_link(render: Render) -> None:
    html = render(
        '{% from "components/button.html" import link_button %}{{ link_button("/cart", "Cart", "primary", "wide") }}'
    )
    assert html == '<a class="button button-primary button-wide" href="/cart">Cart</a>'


def test_the_notice_under_a_form_says_what_for_and_how_long(render: Render) -> None:
    basis = SimpleNamespace(label="a contract")
    notice = SimpleNamespace(
        purpose=SimpleNamespace(label="delivering goods", basis=basis),
        categories=[SimpleNamespace(label="Name"), SimpleNamespace(label="Location")],
        keeps=[SimpleNamespace(describe=lambda: "30 days"), SimpleNamespace(describe=lambda: "30 days")],
    )
    source = '{% from "components/form_notice.html" import form_notice with context %}{{ form_notice("the form") }}'
    html = render(source, form_notices=lambda form: [notice], url_for=lambda endpoint: "/privacy")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    assert "delivering goods Name, Location. Because of: a contract. Kept: 30 days." in text
    assert 'href="/privacy"' in html


def test_a_form_that_keeps_nothing_has_no_notice(render: Render) -> None:
    source = '{% from "components/form_notice.html" import form_notice with context %}{{ form_notice("the form") }}'
    assert render(source, form_notices=lambda form: []).strip() == ""
