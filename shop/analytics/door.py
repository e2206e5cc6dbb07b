"""The door at which a request becomes a count, and, for those who allow it, a page of their visit.

Flask gives an answer's page its name; the door stands around Flask and around whatever keeps pages, so that a page
that was kept is counted as well. What passes the door is a `Seen`: no address, no agent, no query. Docs: 0025.
"""

import atexit
from collections.abc import Iterable
from typing import Any

import structlog
from flask import Flask, Response, current_app, g, request
from flask_login import current_user
from werkzeug.http import parse_cookie

from shop.analytics import google
from shop.analytics.actions import write_counts, write_visits
from shop.analytics.counting import Tally, Writer
from shop.analytics.rules import Seen, hour_of, is_program, page_name, source_of
from shop.core import clock
from shop.core.consent import ANALYSIS_COOKIE, CONSENT_COOKIE, read_choice, wording_of
from shop.core.db import db, writing
from shop.core.devices import device_label
from shop.core.forms import has_session
from shop.core.personal_data import Purpose
from shop.people.consents import hash_of
from shop.people.rules import NO_ANALYSIS

PAGE = "shop.page"
"""Where in the WSGI environment an answer's page is named; whatever keeps pages keeps this name with them."""

STEP, WORDS = "shop.step", "shop.words"

log = structlog.get_logger()


class Door:
    """The WSGI layer that counts what goes out."""

    def __init__(self, app: Flask) -> None:
        self.inside = app.wsgi_app
        self.tally = Tally()
        self.writer = Writer(lambda: write_waiting(app))
        self.wording = wording_of(app)
        self.writes_itself = not app.config["TESTING"]
        prefix = "__Host-" if app.config["IS_HTTPS"] else ""
        self.consent, self.analysis = prefix + CONSENT_COOKIE.name, prefix + ANALYSIS_COOKIE.name
        self.staff = f"{prefix}staff="

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer as always, then count."""
        answer = self.inside(environ, start_response)
        if PAGE in environ or STEP in environ:
            self.see(environ)
        return answer

    def see(self, environ: dict[str, Any]) -> None:
        """Count what was asked for, unless a program or our own staff asked; remember it where that is allowed."""
        cookies = environ.get("HTTP_COOKIE", "")
        agent = environ.get("HTTP_USER_AGENT", "")
        if self.staff in cookies or is_program(agent) or environ.get("HTTP_SEC_PURPOSE", "").startswith("prefetch"):
            return
        now = clock.now()
        today = clock.local_date(now)
        if STEP in environ:
            self.tally.count(today, "step", environ[STEP])
        for word in environ.get(WORDS, ()):
            self.tally.count(today, "word", word)
        if PAGE in environ:
            self.tally.count(today, "page", environ[PAGE])
            if self.analysis in cookies:
                self._remember(environ, agent)
        if self.writes_itself:
            self.writer.begin()

    def _remember(self, environ: dict[str, Any], agent: str) -> None:
        sent, now = parse_cookie(environ), clock.now()
        choice = read_choice(sent.get(self.consent), wording=self.wording, on=clock.local_date(now))
        token = sent.get(self.analysis)
        if not token or choice is None or not choice.allows(Purpose.ANALYSIS):
            return
        source = source_of(environ.get("HTTP_REFERER", ""), environ.get("HTTP_HOST", ""))
        self.tally.see(hash_of(token), Seen(environ[PAGE], source, device_label(agent), hour_of(now)))


def name_answer(response: Response) -> Response:
    """Name the page that is being answered, where it is one that counts: opened, found, and not the back office's."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or request.url_rule is None or request.blueprint == "staff" or _is_to_be_left_out():
        return response
    if request.method == "GET" and response.status_code == 200 and response.mimetype == "text/html":
        request.environ[PAGE] = page_name(request.url_rule.rule, request.view_args or {})
        request.environ[WORDS] = g.get("words_looked_for", ())
    elif request.endpoint == "cart.add" and response.status_code == 303:
        request.environ[STEP] = "cart"
    return response


def _is_to_be_left_out() -> bool:
    """Whether a customer is signed in who objected, or whose data may only be stored: then nothing is counted."""
    if not has_session() or not current_user.is_authenticated:
        return False
    return bool(getattr(current_user, "stops", frozenset()) & NO_ANALYSIS)


def words_were_looked_for(words: Iterable[str]) -> None:
    """Say which words of the catalogue's own this search was about; what else was typed is told to nobody."""
    g.words_looked_for = tuple(words)


def write_waiting(app: Flask) -> None:
    """Write down all that waits, in one transaction; what cannot be written now is counted again later."""
    door: Door = app.extensions["analytics"]
    counts, visits = door.tally.take()
    if not counts and not visits:
        return
    try:
        with app.app_context(), writing():
            write_counts(counts)
            google.ask_to_forward(write_visits(visits), at=clock.now())
            db.session.commit()
    except Exception as problem:  # counting never stands in the way of anything
        log.warning("analytics.not_written", error=type(problem).__name__)
        door.tally.put_back(counts)


def init_door(app: Flask) -> None:
    """Stand around the app; open this when everything else does already."""
    door = Door(app)
    app.extensions["analytics"] = door
    app.after_request(name_answer)
    app.wsgi_app = door  # type: ignore[method-assign]
    if door.writes_itself:
        atexit.register(door.writer.stop)
