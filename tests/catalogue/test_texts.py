"""Staff's Markdown on the page."""

import pytest

from shop.catalogue.texts import html_of


def test_markdown_becomes_html():
    assert html_of("Een **mooie** kom.\n\n- klei\n- glazuur") == (
        "<p>Een <strong>mooie</strong> kom.</p>\n<ul>\n<li>klei</li>\n<li>glazuur</li>\n</ul>"
    )


def test_headings_stay_below_those_of_the_page():
    assert html_of("# Groot\n\n###### Klein") == "<h3>Groot</h3>\n<h4>Klein</h4>"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[klik](javascript:alert(1))",
        "[klik](data:text/html;base64,PHNjcmlwdD4=)",
        "![beeld](https://example.com/pixel.gif)",
        "<a href='https://example.com' onclick='x()'>klik</a>",
        "<svg/onload=alert(1)>",
    ],
)
def test_nothing_that_runs_or_calls_elsewhere_survives(text):
    html = html_of(text)
    assert "<script" not in html
    assert "<img" not in html
    assert "<svg" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert "<a href='" not in html


def test_a_link_gives_nothing_away_to_where_it_leads():
    assert html_of("[maker](https://example.com)") == (
        '<p><a href="https://example.com" rel="noopener noreferrer">maker</a></p>'
    )
