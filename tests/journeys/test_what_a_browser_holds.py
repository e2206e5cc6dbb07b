"""A real browser with a fresh profile, over twenty pages in every state: it holds what is declared, and nothing else.

`make audit` writes what was found, with its date, for the cookie page; without that the page's file is compared.
"""

import json
import os
from urllib.parse import urlsplit

import pyotp
import pytest

from shop import create_app
from shop.catalogue.models import Variant
from shop.core import clock
from shop.core.db import db
from shop.pages.audit import FILE, declared_now
from tests.conftest import settings
from tests.factories import PASSWORD, STAFF_PASSWORD, TOTP_SECRET, make_customer, make_staff

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.parametrize("street", ["sqlite"], indirect=True, scope="session"),
]

HELD = """async () => ({
  local: Object.keys(localStorage), session: Object.keys(sessionStorage),
  databases: (await indexedDB.databases()).map(one => one.name), caches: await caches.keys(),
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""
STATEMENTS = ("/privacy", "/cookies", "/terms", "/returns", "/shipping")


@pytest.fixture(scope="module")
def scene(street):
    """Twenty pages, somebody with an account, and somebody behind the counter."""
    folder = street.folder / "instance"
    app = create_app({**settings(folder, street.database, street.simulator.base_url), "PUBLIC_URL": street.urls[0]})
    with app.app_context():
        email, owner = make_customer().email, make_staff("owner").email
        variant = db.session.query(Variant.id).first()[0]
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    pages = [
        *("/", "/en", "/search", "/search?q=theepot", "/collections/theegoed", "/cart", "/en/cart", "/orders/find"),
        *(f"/products/{slug}" for slug in street.slugs),
        *(*STATEMENTS, "/account/sign-in", "/account/sign-up", "/withdraw", "/no-such-page"),
    ]
    assert len(pages) >= 20
    return pages, variant, email, owner


def walk(visitor, base, pages):
    """What the browser holds after all of these pages."""
    found = {"local": set(), "session": set(), "databases": set(), "caches": set(), "workers": 0}
    for path in pages:
        visitor.page.goto(base + path, wait_until="load")
        held = visitor.page.evaluate(HELD)
        for name, things in held.items():
            found[name] = found[name] + things if name == "workers" else found[name] | set(things)
    assert (found["session"], found["databases"], found["caches"], found["workers"]) == (set(), set(), set(), 0)
    hosts = {urlsplit(url).netloc for url in visitor.requests if not url.startswith(("data:", "blob:"))}
    return {
        "pages": len(pages),
        "cookie": sorted(one["name"] for one in visitor.context.cookies()),
        "storage": sorted(found["local"]),
        "other_hosts": sorted(hosts - {urlsplit(base).netloc}),
    }


def choose(visitor, base, answer):
    visitor.page.goto(base)
    visitor.page.get_by_role("button", name=answer).click()
    visitor.page.wait_for_url("**/?notice=*")


def sign_in(visitor, base, path, email, password):
    visitor.page.goto(base + path)
    visitor.page.fill("[name=email]", email)
    visitor.page.fill("[name=password]", password)
    visitor.page.locator("main form [type=submit]").first.click()
    if "staff" in path:
        visitor.page.fill("[name=code]", pyotp.TOTP(TOTP_SECRET).now())
        visitor.page.locator("main form [type=submit]").first.click()
    visitor.page.get_by_role("button", name="Uitloggen").wait_for()


def test_a_browser_holds_what_is_declared_and_nothing_else(street, scene, visit):
    pages, variant, email, owner = scene
    base = street.urls[0]
    states = {"nothing chosen": walk(visit(), base, pages)}
    states["refused by the browser"] = walk(visit(extra_http_headers={"Sec-GPC": "1"}), base, pages)
    refused = visit()
    choose(refused, base, "Alles weigeren")
    states["refused"] = walk(refused, base, pages)
    allowed = visit()
    choose(allowed, base, "Alles toestaan")
    states["allowed"] = walk(allowed, base, pages)
    gathering = visit()
    gathering.context.request.post(f"{base}/cart/lines", form={"variant": variant}, headers={"Origin": base})
    states["cart"] = walk(gathering, base, [*pages, "/checkout"])
    customer = visit()
    sign_in(customer, base, "/account/sign-in", email, PASSWORD)
    states["signed in"] = walk(customer, base, [*pages, "/account", "/account/orders", "/account/security"])
    member = visit()
    sign_in(member, base, "/staff/sign-in", owner, STAFF_PASSWORD)
    rooms = member.page.locator(".staff-nav a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    states["staff"] = walk(member, base, rooms)

    nothing = {"pages": len(pages), "cookie": [], "storage": [], "other_hosts": []}
    assert states["nothing chosen"] == nothing
    assert states["refused by the browser"] == nothing
    assert states["refused"] == {**nothing, "cookie": ["consent"]}
    assert states["allowed"] == {**nothing, "cookie": ["analysis", "consent"], "storage": ["viewed"]}
    assert not any(one["other_hosts"] for one in states.values())
    seen = {medium: sorted(set().union(*(one[medium] for one in states.values()))) for medium in ("cookie", "storage")}
    assert seen == declared_now()

    told = {"on": clock.today().isoformat(), "declared": declared_now(), "states": states}
    if os.environ.get("WRITE_AUDIT"):
        FILE.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    written = json.loads(FILE.read_text(encoding="utf-8"))
    held = {name: (one["cookie"], one["storage"]) for name, one in written["states"].items()}
    assert held == {name: (one["cookie"], one["storage"]) for name, one in states.items()}, "run `make audit`"
    assert written["declared"] == declared_now(), "run `make audit`"


def test_preferences_stay_in_the_browser_and_go_when_they_are_withdrawn(street, scene, visit):
    base, visitor = street.urls[0], visit()
    choose(visitor, base, "Alles toestaan")
    page = visitor.page
    for slug in street.slugs[:2]:
        page.goto(f"{base}/products/{slug}", wait_until="networkidle")
    assert page.evaluate("JSON.parse(localStorage.viewed)") == [street.slugs[1], street.slugs[0]]
    assert page.locator("[data-preferences] h2").all_inner_texts() == ["Je bekeek eerder", "Voor jou"]
    shown = page.locator("[data-preferences] .card a").evaluate_all("links => links.map(a => a.getAttribute('href'))")
    assert shown == [f"/products/{street.slugs[0]}", f"/products/{street.slugs[2]}"]
    asked = [url for url in visitor.requests if "related" in url]
    assert {urlsplit(url).path + urlsplit(url).query for url in asked} == {"/related.json"}
    assert visitor.complaints == []
    refused_key = page.evaluate(
        """async (url) => { const { keep } = await import(url);
        try { keep("followed", 1); return "kept" } catch (problem) { return problem.message } }""",
        page.evaluate("performance.getEntriesByType('resource').find(one => one.name.includes('storage.js')).name"),
    )
    assert refused_key == "undeclared: followed"
    page.get_by_role("link", name="Cookie-instellingen").click()
    page.locator("#choice button[value=none]").click()
    page.wait_for_url("**notice=refused*")
    assert page.evaluate("Object.keys(localStorage)") == []
    assert [one["name"] for one in visitor.context.cookies()] == ["consent"]
    page.goto(f"{base}/products/{street.slugs[0]}", wait_until="networkidle")
    assert page.evaluate("Object.keys(localStorage)") == []
    assert page.locator("[data-preferences]").count() == 0


def test_wiping_leaves_nothing(street, scene, visit):
    base, visitor = street.urls[0], visit()
    choose(visitor, base, "Alles toestaan")
    page = visitor.page
    page.goto(f"{base}/products/{street.slugs[0]}", wait_until="networkidle")
    page.goto(f"{base}/cookies")
    page.get_by_role("button", name="Wis wat deze site in deze browser bewaart").click()
    page.wait_for_url("**notice=wiped")
    assert visitor.context.cookies() == []
    assert page.evaluate("Object.keys(localStorage)") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_three_buttons_weigh_the_same(street, visit, scheme):
    page = visit(color_scheme=scheme, viewport={"width": 320, "height": 640}).page
    page.goto(street.urls[0])
    buttons = page.locator(".consent-buttons button")
    boxes = [buttons.nth(n).bounding_box() for n in range(3)]
    assert len({(round(box["width"]), round(box["height"]), round(box["y"])) for box in boxes}) == 1
    assert all(box["height"] >= 44 for box in boxes)
    for what in ("color", "backgroundColor", "borderColor", "fontSize", "fontWeight", "opacity", "textDecoration"):
        assert len(set(buttons.evaluate_all(f"all => all.map(one => getComputedStyle(one).{what})"))) == 1, what
    order = []
    for _step in range(6):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.value ?? document.activeElement.className"))
    assert order[0] == "skip"
    assert order[2:5] == ["none", "all", "choose"]


def test_everything_can_be_chosen_by_keyboard_without_scripts(street, visit):
    base, visitor = street.urls[0], visit(java_script_enabled=False)
    page = visitor.page
    page.goto(f"{base}/search")
    for _step in range(5):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cookies#choice")
    page.locator("#analysis").focus()
    page.keyboard.press("Space")
    page.locator("#choice button[value=own]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**notice=allowed*")
    assert {one["name"] for one in visitor.context.cookies()} == {"analysis", "consent"}
    page.get_by_role("link", name="Cookie-instellingen").click()
    page.get_by_role("button", name="Alles weigeren").click()
    page.wait_for_url("**notice=refused*")
    assert {one["name"] for one in visitor.context.cookies()} == {"consent"}


def test_the_page_can_be_read_beside_the_question_and_on_the_lowest_screen(street, visit):
    for width, height, covers in ((320, 640, 0.5), (1280, 800, 0.3), (320, 256, 0.0)):
        page = visit(viewport={"width": width, "height": height}).page
        page.goto(street.urls[0])
        box = page.locator(".consent").bounding_box()
        is_over = page.locator(".consent").evaluate("one => getComputedStyle(one).position") == "fixed"
        share = box["width"] * box["height"] / (width * height) if is_over else 0.0
        assert share <= covers, (width, height, share)
        page.locator(".site-footer a").last.scroll_into_view_if_needed()
        page.locator(".site-footer a").last.focus()
        low = page.evaluate("document.activeElement.getBoundingClientRect().bottom")
        assert not is_over or low <= height - (box["height"] if width < 640 else 0)
