"""Signing in takes a password and a code; each code once, and no page without both."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from pyotp import TOTP
from sqlalchemy import func, select

from shop.accounts.models import SignInSession
from shop.core import clock
from shop.core.db import db, writing
from shop.people.models import AuditEntry, StaffMember
from shop.staff.second_factor import encrypt, use_code
from tests.factories import STAFF_PASSWORD, TOTP_SECRET, make_staff, sign_in_staff
from tests.page import Browser


def first_step(browser: Browser, email: str, password: str = STAFF_PASSWORD):
    browser.get("/staff/sign-in")
    return browser.send("/staff/sign-in", email=email, password=password)


def second_step(browser: Browser, code: str):
    browser.get("/staff/second-factor")
    return browser.send("/staff/second-factor", code=code)


def test_password_and_code_open_the_back_office(app, visitor):
    member = make_staff("owner")
    assert first_step(visitor, member.email).location.startswith("/staff/second-factor")
    assert second_step(visitor, TOTP(TOTP_SECRET).now()).location == "/staff"
    assert visitor.get("/staff").heading == "Te doen"


def test_the_password_alone_opens_nothing(app, visitor):
    member = make_staff("owner")
    first_step(visitor, member.email)
    for path in ("/staff", "/staff/orders", "/staff/team", "/en/staff"):
        assert "/staff/sign-in" in visitor.get(path).location


@pytest.mark.parametrize("email", ["EIGENAAR@example.com", " eigenaar@example.com "])
def test_capitals_and_spaces_in_the_address_do_not_matter(app, visitor, email):
    make_staff("owner", email="eigenaar@example.com")
    assert first_step(visitor, email).status == 303


def test_unknown_address_wrong_password_and_left_member_get_the_same_answer(app):
    make_staff("owner", email="hier@example.com")
    make_staff("owner", email="weg@example.com", left_at=clock.now())
    tries = (("niemand@example.com", STAFF_PASSWORD), ("hier@example.com", "fout"), ("weg@example.com", STAFF_PASSWORD))
    bodies = set()
    for email, password in tries:
        page = first_step(Browser(app), email, password)
        assert page.status == 422
        bodies.add(page.body.replace(email.encode(), b""))
    assert len(bodies) == 1
    assert db.session.scalar(select(func.count(SignInSession.id))) == 0


@pytest.mark.parametrize("code", ["000000", "", "12345", "abcdef", "１２３４５６", "9" * 12])
def test_a_wrong_code_opens_nothing(app, visitor, code):
    first_step(visitor, make_staff("owner").email)
    assert second_step(visitor, code).status == 422
    assert visitor.get("/staff").status == 303


def test_a_code_works_once(app):
    member = make_staff("owner")
    code = TOTP(TOTP_SECRET).now()
    one, other = Browser(app), Browser(app)
    first_step(one, member.email)
    first_step(other, member.email)
    assert second_step(one, code).status == 303
    page = second_step(other, code)
    assert page.status == 422
    assert "al gebruikt" in page.errors()["code"]


@pytest.mark.both_databases
def test_of_twenty_who_use_one_code_at_once_one_gets_in(app):
    member_id, at = make_staff("owner").id, clock.now()
    code, barrier = TOTP(TOTP_SECRET).at(at), Barrier(20)
    db.session.rollback()

    def tries(_turn: int) -> bool:
        with app.app_context():
            barrier.wait()
            with writing():
                is_in = use_code(db.session.get(StaffMember, member_id), code, at=at)
                db.session.commit()
            return is_in

    with ThreadPoolExecutor(20) as many:
        assert sum(many.map(tries, range(20))) == 1


@pytest.mark.parametrize(("seconds", "is_right"), [(-75, False), (-30, True), (0, True), (30, True), (75, False)])
def test_a_code_may_be_half_a_minute_off(app, seconds, is_right):
    at = clock.now().replace(second=15)
    code = TOTP(TOTP_SECRET).at(int(at.timestamp()) + seconds)
    assert use_code(make_staff("owner"), code, at=at) is is_right


def test_after_five_wrong_codes_the_password_is_asked_again(app, visitor):
    first_step(visitor, make_staff("owner").email)
    for _try in range(4):
        assert second_step(visitor, "000000").status == 422
    assert second_step(visitor, "000000").location.startswith("/staff/sign-in")
    assert visitor.get("/staff/second-factor").location.startswith("/staff/sign-in")
    refusals = select(func.count(AuditEntry.id)).where(AuditEntry.action == "session.refused")
    assert db.session.scalar(refusals) == 5


def test_the_first_step_is_forgotten_after_ten_minutes(app, visitor, at):
    at("2026-03-02 09:00")
    first_step(visitor, make_staff("owner").email)
    at("2026-03-02 09:11")
    assert visitor.get("/staff/second-factor").location.startswith("/staff/sign-in")


def test_the_session_gets_a_new_token_after_the_code(app, visitor):
    first_step(visitor, make_staff("owner").email)
    before = visitor.client.get_cookie("staff").value
    second_step(visitor, TOTP(TOTP_SECRET).now())
    after = visitor.client.get_cookie("staff").value
    assert before != after
    visitor.client.set_cookie("staff", before)
    assert visitor.get("/staff").status == 303


def test_the_cookie_is_strict_and_lasts_half_a_day(app, visitor):
    page = first_step(visitor, make_staff("owner").email)
    cookie = page.headers["Set-Cookie"]
    for part in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"):
        assert part in cookie


def test_after_twelve_hours_staff_signs_in_again(app, at, visitor):
    at("2026-03-02 08:00")
    sign_in_staff(visitor, make_staff("owner"))
    at("2026-03-02 20:01")
    assert visitor.get("/staff").status == 303


def test_who_wanted_a_page_comes_to_it_and_never_elsewhere(app, visitor):
    member = make_staff("owner")
    door = visitor.get("/staff/stock").location
    visitor.get(door)
    page = visitor.send("/staff/sign-in", email=member.email, password=STAFF_PASSWORD, _follow=True)
    page = visitor.send("/staff/second-factor", code=TOTP(TOTP_SECRET).now())
    assert page.location == "/staff/stock"
    other = Browser(app)
    for evil in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"):
        other.get("/staff/sign-in")
        page = other.send("/staff/sign-in", email=member.email, password=STAFF_PASSWORD, next=evil)
        assert page.location == "/staff/second-factor"


def test_signing_out_ends_the_session(app, staff):
    browser = staff("owner")
    kept = browser.client.get_cookie("staff").value
    browser.get("/staff")
    browser.send("/staff/sign-out")
    browser.client.set_cookie("staff", kept)
    assert browser.get("/staff").status == 303


def test_a_secret_is_kept_encrypted_and_survives_a_new_key(app):
    member = make_staff("owner")
    assert TOTP_SECRET not in member.totp_secret
    old = app.config["SECRET_KEY"]
    try:
        app.config.update(SECRET_KEY="another-key-another-key-another-key", SECRET_KEY_FALLBACKS=[old])
        assert use_code(member, TOTP(TOTP_SECRET).now(), at=clock.now())
        app.config.update(SECRET_KEY_FALLBACKS=[])
        member.totp_last_step = 0
        assert not use_code(member, TOTP(TOTP_SECRET).now(), at=clock.now())
    finally:
        app.config.update(SECRET_KEY=old, SECRET_KEY_FALLBACKS=[])
    assert encrypt(TOTP_SECRET) != encrypt(TOTP_SECRET)


def test_guessing_is_stopped_for_a_while(limited_app):
    member = make_staff("owner")
    for _try in range(5):
        assert first_step(Browser(limited_app), member.email, "geraden").status == 422
    assert first_step(Browser(limited_app), member.email).status == 429
    assert first_step(Browser(limited_app), make_staff("owner").email).status == 303
