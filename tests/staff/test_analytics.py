"""The owner's analysis: numbers and charts, and no way down to anybody."""

from datetime import timedelta

import pytest

from shop.analytics.models import Activity, Count
from shop.analytics.rules import hour_of
from shop.core import clock
from shop.core.db import db
from shop.people.models import Browser
from shop.staff import charts
from tests.factories import make_order, make_product


def count(kind, name, times, ago=0):
    db.session.add(Count(on=clock.today() - timedelta(days=ago), kind=kind, name=name, times=times))


def visitors(n, source, device):
    for _number in range(n):
        browser = Browser(token_hash=f"{source}{device}{_number}"[:64], last_used_at=clock.now())
        db.session.add(browser)
        db.session.flush()
        db.session.add(Activity(browser_id=browser.id, page="/", source=source, device=device, at=hour_of(clock.now())))


@pytest.mark.both_databases
def test_the_owner_sees_how_the_shop_is_used(app, staff):
    pot = make_product(name_nl="Theepot")
    count("page", f"/products/{pot.slug}", 40)
    count("page", "/", 60, ago=3)
    count("page", "/checkout", 3)
    count("page", "/", 1000, ago=40)
    count("step", "cart", 7)
    for ago in range(5):
        count("word", "kaars", 2, ago)
    count("word", "zelden", 50)
    visitors(5, "zoek.example", "Firefox, mobile")
    visitors(4, "klein.example", "Safari, desktop")
    db.session.commit()
    make_order((pot, 1), status="confirmed")
    make_order((pot, 1))
    page = staff("owner").get("/staff/analytics")
    assert page.status == 200
    assert page.soup.select_one(".figure").get_text() == "103"
    tables = {
        t.caption.get_text(): [[td.get_text(strip=True) for td in row.find_all("td")] for row in t.tbody.find_all("tr")]
        for t in page.soup.find_all("table")
    }
    assert [row[1] for row in tables["Van artikel tot betaald"]] == ["40", "7", "3", "2", "1"]
    assert tables["Artikelen"] == [["Theepot", "40", ""]]
    assert ["Voorpagina (/)", "60", ""] in tables["Andere pagina's"]
    assert tables["Gezochte woorden"] == [["kaars", "10", ""]]
    assert tables["Waar bezoekers vandaan kwamen"] == [["zoek.example", "5", ""]]
    assert tables["Browsers en apparaten"] == [["Firefox, mobiel", "5", ""]]
    assert len(tables["Geopende pagina's per dag"]) == 30
    assert "klein.example" not in page.text
    assert "zelden" not in page.text
    chart = page.soup.select_one("svg.chart")
    assert len(chart.find_all("rect")) == 30
    assert chart["aria-label"]
    assert not page.soup.find_all(style=True)
    links = {link for link in page.links() if "analytics" in link}
    assert links == {"/staff/analytics", *(f"/staff/analytics?days={days}" for days in (7, 30, 90))}


@pytest.mark.parametrize("days", ["7", "90", "-1", "x", "10000", ""])
def test_a_period_is_one_of_three(app, staff, days):
    page = staff("owner").get(f"/staff/analytics?days={days}")
    shown = days if days in ("7", "90") else "30"
    assert page.soup.select_one("[aria-label=Periode] [aria-current]").get_text() == f"{shown} dagen"


def test_an_empty_shop_has_an_analysis_too(app, staff):
    page = staff("owner").get("/staff/analytics")
    assert "Er is nog geen artikel geopend." in page.text


def test_bars_reach_as_high_as_the_drawing_and_nothing_has_none():
    bars = charts.upright([0, 1, 1000], width=300, height=100)
    assert [bar.height for bar in bars] == [0, 2.0, 100]
    assert [bar.y for bar in bars] == [100, 98, 0]
    assert all(bar.x >= 0 and bar.x + bar.width <= 300 for bar in bars)
    assert charts.upright([]) == []
    assert (charts.lying(0, 0), charts.lying(5, 10), charts.lying(10, 10)) == (0, 120, 240)
