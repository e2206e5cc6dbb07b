"""The question at the first visit, its answer, its change and its end, all without scripts."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from shop.core import clock, statements
from shop.core.consent import ALL, NONE, Choice, choice_in, read_choice, says_no, variant, written
from shop.core.db import Model, db
from shop.core.personal_data import Purpose
from shop.people.consents import withdraw_again
from shop.people.ledger import ledger_file
from shop.people.models import Browser, Consent
from shop.people.signals import analysis_withdrawn
from shop.privacy.commands import retain
from tests.factories import make_product
from tests.page import Browser as Visitor

ANALYSIS, PREFERENCES = frozenset({Purpose.ANALYSIS}), frozenset({Purpose.PREFERENCES})
TODAY = date(2026, 11, 29)


def ledger() -> list[tuple[str, str, str]]:
    """Random id, wording and choice of every row, oldest first."""
    db.session.rollback()
    return [
        (row.browser_id, row.wording, row.choice) for row in db.session.scalars(select(Consent).order_by(Consent.id))
    ]


def cookie(visitor: Visitor, name: str = "consent") -> str | None:
    found = visitor.client.get_cookie(name)
    return found.value if found else None


@pytest.mark.parametrize("purposes", [NONE, ANALYSIS, PREFERENCES, ALL])
def test_what_is_written_is_read_again(purposes):
    assert read_choice(written(purposes, wording="1", on=TODAY), wording="1", on=TODAY) == Choice(purposes)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "1",
        "1.ap",
        "2.ap.20261129",
        "1.pa.20261129",
        "1.x.20261129",
        "1..20261129",
        "1.ap.20261340",
        "1.ap.2026112",
        "1.ap.20260530",
        "1.ap.20261201",
        "1.ap.²0261129",
        "1.ap.20261129.x",
        "x" * 5000,
    ],
)
def test_what_cannot_be_read_is_no_choice(value):
    assert read_choice(value, wording="1", on=TODAY) is None


def test_a_choice_holds_half_a_year():
    value = written(ALL, wording="1", on=TODAY)
    assert read_choice(value, wording="1", on=TODAY + timedelta(days=181)) is not None
    assert read_choice(value, wording="1", on=TODAY + timedelta(days=182)) is None


@pytest.mark.parametrize(("signal", "is_no"), [({"HTTP_SEC_GPC": "1"}, True), ({"HTTP_DNT": "1"}, True)])
@pytest.mark.parametrize("other", [{}, {"HTTP_DNT": "0"}])
def test_a_signal_is_a_refusal_until_the_visitor_chooses(app, signal, is_no, other):
    environ = {**other, **signal}
    assert says_no(environ) is is_no
    assert choice_in({}, environ, wording="1", on=TODAY) == Choice(NONE, is_own=False)
    own = {"consent": written(ALL, wording="1", on=TODAY)}
    assert choice_in(own, environ, wording="1", on=TODAY) == Choice(ALL)
    assert choice_in({}, {"HTTP_SEC_GPC": "0"}, wording="1", on=TODAY) is None


def test_pages_come_in_six_kinds():
    kinds = [None, Choice(NONE, is_own=False), *(Choice(p) for p in (NONE, ANALYSIS, PREFERENCES, ALL))]
    assert [variant(kind) for kind in kinds] == ["ask", "signal", "n", "a", "p", "ap"]


def test_the_first_visit_is_asked_and_nothing_is_ticked(app, visitor):
    page = visitor.get(f"/products/{make_product().slug}")
    question = page.soup.select_one("section.consent")
    assert question.h2.get_text() == "Mogen we iets onthouden?"
    assert [b.get_text() for b in question.find_all("button")] == ["Alles weigeren", "Alles toestaan", "Zelf kiezen"]
    assert page.headers["Cache-Control"] == "no-cache"
    boxes = visitor.get("/cookies").soup.select("#choice input[type=checkbox]")
    assert [box["name"] for box in boxes] == ["analysis", "preferences"]
    assert not any(box.has_attr("checked") for box in boxes)
    assert visitor.cookies == set()
    assert ledger() == []


def test_the_three_buttons_are_alike_in_everything_but_their_words(app, visitor):
    for question in (visitor.get("/").soup.select_one(".consent"), visitor.get("/cookies").soup.select_one("#choice")):
        buttons = question.select(".consent-buttons > *")
        assert len(buttons) == 3
        alike = [{name: value for name, value in b.attrs.items() if name != "value"} for b in buttons]
        assert [b.name for b in buttons] == ["button"] * 3
        assert alike[0] == alike[1] == alike[2] == {"class": ["button"], "type": "submit", "name": "choice"}
        assert not any(b.find(True) for b in buttons)


@pytest.mark.both_databases
def test_refusing_is_one_click_and_leaves_no_number(app, visitor):
    visitor.get("/search?q=kom&sort=newest")
    page = visitor.post(
        "/consent", choice="none", _headers_too={"Referer": "http://localhost/search?q=kom&sort=newest"}
    )
    assert (page.status, page.location) == (303, "/search?q=kom&sort=newest&notice=refused")
    assert cookie(visitor) == f"1.n.{clock.today():%Y%m%d}"
    assert visitor.cookies == {"consent"}
    assert page.headers["Clear-Site-Data"] == '"storage"'
    assert [row[1:] for row in ledger()] == [("1", "none")]
    back = visitor.get(page.location)
    assert back.soup.select_one(".consent") is None
    assert "Je hebt beide geweigerd." in back.text


@pytest.mark.both_databases
def test_allowing_all_is_one_click_and_gives_a_random_number(app, visitor):
    page = visitor.post("/consent", choice="all")
    assert page.location == "/?notice=allowed"
    assert "Clear-Site-Data" not in page.headers
    assert cookie(visitor).startswith("1.ap.")
    token = cookie(visitor, "analysis")
    assert len(token) == 43
    (row,) = ledger()
    assert row[1:] == ("1", "all")
    assert token not in str(db.session.execute(select(Browser.__table__)).all())
    for header in page.headers.getlist("Set-Cookie"):
        assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(header.split("; "))


def test_choosing_oneself_needs_no_script(app, visitor):
    page = visitor.post("/consent", choice="choose")
    assert (page.status, page.location) == (303, "/cookies#choice")
    assert visitor.cookies == set()
    visitor.get("/cookies")
    page = visitor.post("/consent", choice="own", preferences="y")
    assert cookie(visitor).startswith("1.p.")
    assert cookie(visitor, "analysis") is None
    assert [row[1:] for row in ledger()] == [("1", "preferences")]
    page = visitor.get("/cookies")
    assert {box["name"] for box in page.soup.select("#choice input[checked]")} == {"preferences"}
    assert "Nu toegestaan:" in page.text


@pytest.mark.both_databases
def test_withdrawing_takes_two_clicks_and_erases_at_once(app, visitor):
    visitor.post("/consent", choice="all")
    heard: list[str] = []

    def hear(_sender: object, browser_id: str, **_more: object) -> None:
        heard.append(browser_id)

    with analysis_withdrawn.connected_to(hear):
        page = visitor.get("/search")
        settings = next(link for link in page.links() if link.endswith("#choice"))
        page = visitor.get(settings)
        refusing = page.soup.select_one("#choice button[value=none]")
        assert refusing.find_parent("form")["action"] == "/consent"
        page = visitor.post("/consent", choice="none")
    rows = ledger()
    assert [row[1:] for row in rows] == [("1", "all"), ("1", "none")]
    assert heard == [rows[0][0]] == [rows[1][0]]
    assert cookie(visitor, "analysis") is None
    assert page.headers["Clear-Site-Data"] == '"storage"'


def test_a_number_that_was_withdrawn_stands_for_nobody(app, visitor):
    visitor.post("/consent", choice="all")
    token = cookie(visitor, "analysis")
    visitor.post("/consent", choice="none")
    visitor.client.set_cookie("analysis", token)
    visitor.post("/consent", choice="all")
    rows = ledger()
    assert rows[2][0] != rows[0][0]
    assert cookie(visitor, "analysis") != token


def test_keeping_analysis_keeps_the_number(app, visitor):
    visitor.post("/consent", choice="own", analysis="y")
    token = cookie(visitor, "analysis")
    visitor.post("/consent", choice="all")
    assert cookie(visitor, "analysis") == token
    assert len({row[0] for row in ledger()}) == 1
    visitor.post("/consent", choice="own", preferences="y")
    assert cookie(visitor, "analysis") is None
    assert [row[2] for row in ledger()] == ["analysis", "all", "preferences"]


def test_a_browser_that_refuses_is_not_asked_and_is_told_so(app):
    for header in ("Sec-GPC", "DNT"):
        visitor = Visitor(app)
        page = visitor.get("/", headers={header: "1"})
        assert page.soup.select_one(".consent") is None
        assert "geweigerd (browserinstelling)" in page.text
        assert (
            "Analyse en voorkeuren: geweigerd (browserinstelling)."
            in visitor.get("/cookies", headers={header: "1"}).text
        )
        assert visitor.cookies == set()
        visitor.post("/consent", choice="all", _headers_too={header: "1"})
        assert "geweigerd (browserinstelling)" not in visitor.get("/", headers={header: "1"}).text


def test_it_is_asked_again_after_six_months_and_when_the_purpose_changes(app, visitor, at, monkeypatch):
    at("2026-01-10 12:00")
    visitor.post("/consent", choice="all")
    assert visitor.get("/").soup.select_one(".consent") is None
    monkeypatch.setitem(app.config, "GA_MEASUREMENT_ID", "G-TEST")
    page = visitor.get("/")
    assert "Wat we voor analyse naar Google sturen" in page.soup.select_one(".consent").get_text(" ")
    monkeypatch.setitem(app.config, "GA_MEASUREMENT_ID", "")
    at("2026-07-12 12:00")
    assert visitor.get("/").soup.select_one(".consent") is not None


@pytest.mark.parametrize("choice", ["", "some", "NONE", None])
def test_another_answer_is_no_choice(app, visitor, choice):
    assert visitor.post("/consent", choice=choice).status == 400
    assert ledger() == []
    assert visitor.cookies == set()


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}])
def test_no_other_site_chooses_for_a_visitor(app, visitor, headers):
    for path in ("/consent", "/consent/wipe"):
        assert visitor.post(path, choice="all", _headers_too=headers).status == 403
    client = app.test_client()
    assert (
        client.post("/consent", data={"choice": "all"}, headers={"Origin": "https://evil.example"}).status_code == 403
    )
    assert ledger() == []
    assert visitor.cookies == set()


@pytest.mark.parametrize(
    ("came", "back"),
    [
        ("http://localhost/en/cart", "/en/cart?notice=refused"),
        ("http://localhost/search?q=a%26b&notice=allowed", "/search?q=a%26b&notice=refused"),
        ("http://localhost/cart/lines", "/?notice=refused"),
        ("http://evil.example/cart", "/?notice=refused"),
        ("http://localhost//evil.example", "/?notice=refused"),
        ("http://localhost/no/such/page", "/?notice=refused"),
        ("http://[", "/?notice=refused"),
        ("", "/?notice=refused"),
    ],
)
def test_one_comes_back_to_the_page_one_was_on(app, visitor, came, back):
    assert visitor.post("/consent", choice="none", _headers_too={"Referer": came}).location == back


def test_every_page_leads_to_the_settings_errors_and_the_back_office_too(app, visitor, staff):
    for path in ("/", "/cart", "/account/sign-in", "/no-such-page", "/privacy", "/en", "/staff/sign-in"):
        assert any(link.endswith("/cookies#choice") for link in visitor.get(path).links()), path
    assert "/cookies#choice" in staff("owner").get("/staff").links()
    with app.test_request_context("/"):
        from shop.core.error_pages import error_page

        for code in (400, 500, 503):
            soup = BeautifulSoup(error_page(code).get_data(), "html.parser")
            assert soup.find("a", href="/cookies#choice"), code


def test_who_chose_alike_gets_the_same_bytes_and_they_may_be_kept(app):
    make_product()
    for letters in ("n", "a", "p", "ap"):
        pages = []
        for token in ("x" * 43, "y" * 43):
            visitor = Visitor(app)
            visitor.client.set_cookie("consent", f"1.{letters}.{clock.today():%Y%m%d}")
            visitor.client.set_cookie("analysis", token)
            pages.append(visitor.get("/"))
        assert pages[0].body == pages[1].body
        assert pages[0].headers["Cache-Control"] == "no-cache"


@pytest.mark.both_databases
def test_the_ledger_is_only_added_to(app, visitor):
    visitor.post("/consent", choice="all")
    db.session.rollback()
    with pytest.raises(DBAPIError, match="only added to"):
        db.session.execute(text("UPDATE consents SET choice = 'none'"))
    db.session.rollback()
    assert [row[2] for row in ledger()] == ["all"]


@pytest.mark.both_databases
def test_a_choice_remembers_the_statement_it_was_made_under(app, customer, at, monkeypatch):
    at("2026-11-29 12:00")
    customer.post("/consent", choice="all")
    mine = customer.get("/account/data/all/consents").text
    at("2026-12-01 12:00")
    changed = {lang: f"{text} Another sentence." for lang, text in statements.texts_of("privacy").items()}
    monkeypatch.setitem(app.extensions["statements"], "privacy", changed)
    customer.post("/consent", choice="none")
    db.session.rollback()
    rows = db.session.scalars(select(Consent).order_by(Consent.id)).all()
    assert [row.privacy_version for row in rows] == ["2026-11-29", "2026-12-01"]
    assert statements.version_of("privacy", "2026-12-01").html_nl.endswith("Another sentence.")
    assert "2026-11-29" in mine
    kept = {column.name for column in Consent.__table__.columns}
    assert kept == {"id", "browser_id", "wording", "privacy_version", "choice", "at"}


@pytest.mark.both_databases
def test_the_proof_goes_twelve_months_after_the_consent_ended(app, visitor, at):
    at("2026-01-10 12:00")
    visitor.post("/consent", choice="all")
    at("2026-03-01 12:00")
    visitor.post("/consent", choice="none")
    other = Visitor(app)
    other.post("/consent", choice="all")
    for moment, left in (
        ("2027-02-28 12:00", 3),
        ("2027-03-02 12:00", 1),
        ("2027-08-29 12:00", 1),
        ("2027-08-31 12:00", 0),
    ):
        at(moment)
        list(retain(clock.now(), is_dry=False))
        assert len(ledger()) == left, moment
    assert db.session.scalar(select(func.count()).select_from(Browser)) == 0


@pytest.mark.both_databases
def test_wiping_takes_all_of_this_browser(app, customer):
    variant_id = make_product().variants[0].id
    customer.post("/consent", choice="all")
    guest = Visitor(app)
    guest.post("/consent", choice="all")
    guest.post("/cart/lines", variant=variant_id, quantity=1)
    assert guest.cookies == {"consent", "analysis", "cart"}
    for browser in (guest, customer):
        browser.get("/cookies")
        page = browser.post("/consent/wipe")
        assert (page.status, page.location) == (303, "/cookies?notice=wiped")
        assert page.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
        assert browser.cookies == set()
        assert "Deze site bewaart niets meer in je browser." in browser.get(page.location).text
    tables = Model.metadata.tables
    for name in ("sign_in_sessions", "carts"):
        assert db.session.scalar(select(func.count()).select_from(tables[name])) == 0, name
    assert [row[2] for row in ledger()] == ["all", "all", "none", "none"]
    assert len({row[0] for row in ledger()}) == 2


@pytest.mark.both_databases
def test_a_restored_database_withdraws_again_what_was_withdrawn_since(app, visitor):
    visitor.post("/consent", choice="all")
    browser_id = ledger()[0][0]
    heard: list[str] = []

    def hear(_sender: object, browser_id: str, **_more: object) -> None:
        heard.append(browser_id)

    with analysis_withdrawn.connected_to(hear):
        for _turn in range(2):
            withdraw_again(browser_id, "analysis", clock.now())
            db.session.commit()
        withdraw_again("0" * 32, "analysis", clock.now())
    assert set(heard) == {browser_id}
    assert [row[2] for row in ledger()] == ["all", "none"]
    visitor.post("/consent", choice="all")
    assert ledger()[2][0] != browser_id


@pytest.mark.both_databases
def test_a_withdrawal_is_told_to_the_erasure_ledger(app, visitor):
    visitor.post("/consent", choice="all")
    browser_id, before = ledger()[0][0], len(ledger_file().lines())
    visitor.post("/consent", choice="none")
    (line,) = ledger_file().lines()[before:]
    assert (line.kind, line.item, line.who) == ("consent_withdrawn", "analysis", ledger_file().who(browser_id))
