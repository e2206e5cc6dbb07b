"""The question what a visitor allows: its answer, and having this browser forgotten."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, Response, abort, current_app, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from shop.core import clock
from shop.core.access import anyone, local_path
from shop.core.consent import (
    ALL,
    ANALYSIS_COOKIE,
    CONSENT_COOKIE,
    NONE,
    VIEWED_KEY,
    current_choice,
    wording_now,
    written,
)
from shop.core.cookies import clear_cookie, read_cookie, set_cookie
from shop.core.db import db
from shop.core.forms import has_session
from shop.core.personal_data import Purpose, register
from shop.core.security import limiter
from shop.core.templating import NOTICES, context
from shop.people.consents import hash_of, record_choice
from shop.people.forms import ConsentForm
from shop.people.queries import browser_with
from shop.people.rules import NO_TAILORING
from shop.people.signals import browser_wiped

bp = Blueprint("people", __name__)

NOTICES["refused"] = _l("You refused both. You can change that at the bottom of every page.")
NOTICES["allowed"] = _l("Your choice is kept. You can change it at the bottom of every page.")
NOTICES["wiped"] = _l("This site keeps nothing in your browser any more.")


@register.browses("analysis")
def browser_that_chose() -> Iterator[str]:
    """The browser that the number in this request's analysis cookie stands for: its choices and its visits."""
    token = read_cookie(ANALYSIS_COOKIE)
    if token and (found := browser_with(hash_of(token))) is not None:
        yield found


@bp.post("/consent")
@anyone
@limiter.limit("30 per minute")
def choose() -> ResponseReturnValue:
    """Keep what a visitor allows and refuses, and go back to where they were."""
    wish, form = request.form.get("choice"), ConsentForm()
    if wish == "choose":
        return redirect(url_for("pages.cookies", _anchor="choice"), 303)
    wishes = {"none": NONE, "all": ALL, "own": form.purposes}
    if wish not in wishes or not form.validate():
        abort(400)
    purposes, now = wishes[wish], clock.now()
    token = record_choice(purposes, wording=wording_now(), token=read_cookie(ANALYSIS_COOKIE), at=now)
    db.session.commit()
    answer = make_response(redirect(_back("allowed" if purposes else "refused"), 303))
    set_cookie(answer, CONSENT_COOKIE, written(purposes, wording=wording_now(), on=clock.local_date(now)))
    _carry_number(answer, token)
    if Purpose.PREFERENCES not in purposes:
        answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


@bp.post("/consent/wipe")
@anyone
@limiter.limit("30 per minute")
def wipe() -> ResponseReturnValue:
    """Take away all that the site keeps in this browser, and what the shop keeps under its numbers."""
    now, token = clock.now(), read_cookie(ANALYSIS_COOKIE)
    if token or current_choice() is not None:
        record_choice(NONE, wording=wording_now(), token=token, at=now)
    browser_wiped.send(at=now)
    db.session.commit()
    answer = make_response(redirect(url_for("pages.cookies", notice="wiped"), 303))
    for cookie in (CONSENT_COOKIE, ANALYSIS_COOKIE):
        clear_cookie(answer, cookie)
    answer.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return answer


def _carry_number(answer: Response, token: str | None) -> None:
    """Give the browser its analysis number, or take away the one it had."""
    if token is not None:
        set_cookie(answer, ANALYSIS_COOKIE, token)
    elif read_cookie(ANALYSIS_COOKIE) is not None:
        clear_cookie(answer, ANALYSIS_COOKIE)


def _back(notice: str) -> str:
    """The page that the visitor came from, with a notice; home when that is unknown or cannot be opened by itself.

    It is read from the Referer: a page that is the same for everybody cannot carry its own address with its query.
    """
    try:
        came = urlsplit(request.referrer or "")
    except ValueError:  # no address at all
        came = urlsplit("")
    path = local_path(came.path) if came.netloc == request.host else None
    if path is None or not _can_be_opened(path):
        path, query = url_for("pages.home"), []
    else:
        query = [(name, value) for name, value in parse_qsl(came.query) if name != "notice"]
    return f"{path}?{urlencode([*query, ('notice', notice)])}"


def _can_be_opened(path: str) -> bool:
    bare = path.removeprefix("/en") if path == "/en" or path.startswith("/en/") else path
    try:
        current_app.url_map.bind(request.host).match(bare or "/", method="GET")
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return True


def _stops() -> frozenset[str]:
    """What the customer who is signed in objected to or had restricted; of nobody else is anything known."""
    if not has_session() or not current_user.is_authenticated:
        return frozenset()
    stops: frozenset[str] = getattr(current_user, "stops", frozenset())
    return stops


@context
def consent_words() -> dict[str, Any]:
    """What this visitor allows, for every page; the question stands on each until it is answered."""
    if not request:  # a mail is written outside any
        return {}
    choice = current_choice()
    tailors = choice is not None and choice.allows(Purpose.PREFERENCES)
    return {
        "choice": choice,
        "asks_consent": choice is None,
        "allows_preferences": tailors and not _stops() & NO_TAILORING,
        "preference_keys": VIEWED_KEY,
        "goes_to_google": bool(current_app.config.get("GA_MEASUREMENT_ID")),
    }
