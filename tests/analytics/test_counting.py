"""Counters without consent; visits with it; nothing of either that somebody could be found by."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from shop.analytics.actions import sum_up_old_days
from shop.analytics.jobs import let_old_counts_go
from shop.analytics.models import Activity, Count, Total
from shop.analytics.rules import Seen
from shop.core import clock
from shop.core.db import Model, db
from shop.people.consents import hash_of
from shop.people.models import Browser, Consent
from tests.factories import make_product, make_shipping
from tests.site.hostile import every_row

pytestmark = pytest.mark.both_databases


def counts(kind="page") -> dict[str, int]:
    return {row.name: row.times for row in db.session.scalars(select(Count).where(Count.kind == kind))}


def visits() -> list[tuple[str, str, str]]:
    return [(row.page, row.source, row.device) for row in db.session.scalars(select(Activity).order_by(Activity.id))]


def test_two_hundred_visits_without_consent_leave_only_counters(app, guest, write):
    slug = make_product().slug
    before = every_row("counts")
    sizes = []
    for n in range(200):
        agent = f"Mozilla/5.0 (merkteken-agent-{n}) Firefox/140.0"
        one = guest(agent=agent, address=f"203.0.{n}.{n}", source=f"https://bron-{n}.example/pad?q=merkteken-bron")
        one.get(f"/products/{slug}?email=merkteken-adres@example.com&utm_source=merkteken-{n}")
        assert one.get(f"/merkteken-{n}@example.com").status == 404
        assert one.cookies == set()
        write()
        sizes.append(db.session.scalar(select(func.count()).select_from(Count)))
    assert every_row("counts") == before
    assert set(sizes) == {1}
    (row,) = db.session.scalars(select(Count))
    assert (row.on, row.kind, row.name, row.times) == (clock.today(), "page", f"/products/{slug}", 200)


def test_opening_a_page_writes_nothing_until_the_interval(app, guest, write):
    guest().get("/")
    assert counts() == {}
    write()
    assert counts() == {"/": 1}
    write()
    assert counts() == {"/": 1}


def test_only_pages_that_people_open_count(app, guest, write, staff):
    one = guest()
    for path in ("/", "/en", "/robots.txt", "/healthz", "/no-such-page", "/static/img/favicon.svg", "/account"):
        one.get(path)
    one.get("/cart", headers={"Sec-Purpose": "prefetch;prerender"})
    guest(agent="Googlebot/2.1").get("/cart")
    member = staff("owner")
    member.client.environ_base["HTTP_USER_AGENT"] = "Firefox"
    member.get("/staff")
    member.get("/cart")
    write()
    assert counts() == {"/": 2}


def test_a_token_in_an_address_is_not_in_its_name(app, guest, write):
    from tests.factories import make_order

    make_shipping()
    order = make_order((make_product(), 1))
    guest().get(f"/orders/{order.return_token}")
    write()
    (name,) = counts()
    assert order.return_token not in name


def test_putting_something_in_the_cart_is_a_step(app, guest, write):
    one = guest()
    one.post("/cart/lines", variant=make_product().variants[0].id, quantity=1)
    one.post("/cart/lines", variant=999999, quantity=1)
    write()
    assert counts("step") == {"cart": 1}


def test_only_the_catalogues_own_words_are_counted(app, guest, write):
    make_product(search_nl="theepot blauw steengo / kaars", name_nl="Theepot")
    for asked in ("theepot sanne@example.com", "Theepot", "theep", "sanne", "blauw theepot"):
        guest().get("/search", query_string={"q": asked})
    write()
    assert counts("word") == {"theepot": 2, "blauw": 1}
    assert counts() == {"/search": 5}


def test_without_consent_nobody_is_followed_and_nothing_from_before_is_attached(app, guest, write):
    one = guest()
    one.get("/cart")
    one.post("/consent", choice="all")
    one.get("/")
    write()
    assert [page for page, _source, _device in visits()] == ["/"]


def test_with_consent_a_visit_is_pages_under_a_random_number(app, guest, write, tmp_path):
    slug = make_product().slug
    one = guest(agent="Mozilla/5.0 (merkteken) Firefox/140.0", source="https://www.zoek.example/?q=merkteken")
    one.post("/consent", choice="own", analysis="y")
    one.get(f"/products/{slug}?email=merkteken@example.com")
    one.get("/merkteken")
    write()
    assert visits() == [(f"/products/{slug}", "zoek.example", "Firefox, desktop")]
    (row,) = db.session.scalars(select(Activity))
    assert (row.at.minute, row.at.second, row.at.microsecond) == (0, 0, 0)
    token = one.client.get_cookie("analysis").value
    browser = db.session.scalar(select(Browser))
    assert (browser.token_hash, row.browser_id) == (hash_of(token), browser.id)
    assert browser.id not in token
    db.session.rollback()
    told = repr(every_row())
    assert "merkteken" not in told
    assert "203.0.113" not in told
    files = [file for file in Path(app.config["INSTANCE_PATH"]).rglob("*") if file.is_file()]
    assert files or app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql")
    for file in files:
        content = file.read_bytes()
        assert b"merkteken" not in content, file
        assert b"203.0.113" not in content, file


def test_what_passes_the_door_has_no_place_for_an_address_or_an_agent():
    assert set(Seen.__dataclass_fields__) == {"page", "source", "device", "hour"}
    assert {c.name for c in Activity.__table__.columns} == {"id", "browser_id", "page", "source", "device", "at"}


def test_preferences_alone_follow_nobody(app, guest, write):
    one = guest()
    one.post("/consent", choice="own", preferences="y")
    one.get("/")
    one.client.set_cookie("analysis", "x" * 43)
    one.get("/")
    write()
    assert visits() == []


def test_withdrawing_erases_at_once_also_what_was_on_its_way(app, guest, write):
    one, other = guest(), guest()
    for visitor in (one, other):
        visitor.post("/consent", choice="all")
        visitor.get("/")
    write()
    assert len(visits()) == 2
    one.get("/cart")  # waits in memory
    one.post("/consent", choice="none")
    assert len(visits()) == 1
    write()
    one.get("/")
    write()
    assert len(visits()) == 1
    live = select(Consent.choice).where(Consent.browser_id == Activity.browser_id).order_by(Consent.id.desc()).limit(1)
    assert db.session.scalars(select(live.scalar_subquery())).all() == ["all"]


def test_wiping_the_browser_erases_visits(app, guest, write):
    one = guest()
    one.post("/consent", choice="all")
    one.get("/")
    write()
    one.post("/consent/wipe")
    assert visits() == []


def test_a_consent_that_lapsed_keeps_no_more(app, guest, write, at):
    at("2026-01-10 12:00")
    one = guest()
    one.post("/consent", choice="all")
    at("2026-07-12 12:00")
    one.get("/")
    write()
    assert visits() == []


def test_after_thirty_days_totals_of_at_least_five_are_left(app, guest, write, at):
    slug = make_product().slug
    at("2026-03-01 12:00")
    for n in range(5):
        one = guest(source="https://zoek.example" if n else "https://klein.example")
        one.post("/consent", choice="all")
        one.get("/")
        one.get("/")
        if n:
            one.get(f"/products/{slug}")
    write()
    at("2026-03-29 12:00")
    assert sum_up_old_days(clock.now()) == 0
    at("2026-03-30 12:00")
    assert sum_up_old_days(clock.now()) == 1
    assert sum_up_old_days(clock.now()) == 0
    db.session.commit()
    assert visits() == []
    totals = [
        (t.on, t.kind, t.name, t.browsers, t.views) for t in db.session.scalars(select(Total).order_by(Total.kind))
    ]
    on = date(2026, 3, 1)
    assert totals == [(on, "device", "Firefox, desktop", 5, 14), (on, "page", "/", 5, 10)]


def test_counts_go_after_25_months(app):
    now = clock.now()
    for days in (0, 300, 800):
        db.session.add(Count(on=clock.today() - timedelta(days=days), kind="page", name="/", times=1))
    db.session.commit()
    assert let_old_counts_go(now, True) == 1
    assert let_old_counts_go(now, False) == 1
    assert db.session.scalar(select(func.count()).select_from(Count)) == 2


def test_a_database_that_is_away_costs_no_count_and_breaks_no_page(app, guest, write, monkeypatch):
    from shop.analytics import door

    guest().get("/")
    with monkeypatch.context() as away:
        away.setattr(door, "write_counts", lambda counts: 1 / 0)
        write()
    assert counts() == {}
    write()
    assert counts() == {"/": 1}


def test_rows_of_consent_have_a_live_consent(app, guest, write):
    one = guest()
    one.post("/consent", choice="all")
    one.get("/")
    write()
    db.session.execute(update(Browser).values(consent_ends_at=datetime.now().astimezone() - timedelta(days=1)))
    db.session.commit()
    one.get("/cart")
    write()
    assert len(visits()) == 1
    assert set(Model.metadata.tables) >= {"counts", "activities", "activity_totals"}
