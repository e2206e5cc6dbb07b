"""Google Analytics 4, where the owner wants it: from the worker, through the outbox, of visitors who allow analysis.

What goes is a page's name and the website somebody came from, under a number that is new for each visit (the pages of
one hour). No address, no agent, no number of ours: nothing ties two visits together there.
"""

import json
import secrets
from datetime import datetime, timedelta
from typing import Any

import requests
import structlog
from flask import current_app
from sqlalchemy import delete, select

from shop.analytics.models import Activity
from shop.core import clock, outbox
from shop.core.db import db, reading
from shop.core.outbox import OutboxRow

KIND = "google"
PATIENCE = (3.05, 5.0)  # seconds to connect and to answer
MOST_EVENTS = 25  # in one request, as Google asks
DROPPED_AFTER = timedelta(hours=24)

log = structlog.get_logger()


def ask_to_forward(visits: list[tuple[str, datetime]], *, at: datetime) -> None:
    """Have each visit forwarded once its hour is over, where this shop forwards. The caller commits."""
    if not current_app.config.get("GA_MEASUREMENT_ID"):
        return
    for browser_id, hour in visits:
        outbox.put(
            KIND,
            f"{KIND}:{browser_id}:{hour:%Y%m%dT%H}",
            at=at,
            reference=f"{secrets.randbelow(10**10)}.{secrets.randbelow(10**10)}",  # the number of this visit alone
            due_at=hour + timedelta(hours=1, minutes=2),
        )


def forget_forwarding(browser_id: str) -> None:
    """Take away what waits to be forwarded of a browser, and the notes of what was. The caller commits."""
    db.session.execute(delete(OutboxRow).where(OutboxRow.key.startswith(f"{KIND}:{browser_id}:", autoescape=True)))


@outbox.carries_out(KIND, can_wait=True)
def forward(row: OutboxRow) -> None:
    """Send the pages of one visit; what was withdrawn meanwhile is no longer there, what is a day late is dropped."""
    config = current_app.config
    if not config.get("GA_MEASUREMENT_ID") or (clock.now() - row.due_at > DROPPED_AFTER and row.attempts > 1):
        log.warning("google.dropped", attempts=row.attempts)
        return
    _kind, browser_id, hour = row.key.split(":")
    events = [_event(page, source, config["PUBLIC_URL"]) for page, source in _pages(browser_id, hour)]
    for first in range(0, len(events), MOST_EVENTS):
        _send(row.reference, events[first : first + MOST_EVENTS])


def _pages(browser_id: str, hour: str) -> list[tuple[str, str]]:
    at = datetime.strptime(f"{hour}+0000", "%Y%m%dT%H%z")
    with reading():
        question = select(Activity.page, Activity.source).where(Activity.browser_id == browser_id, Activity.at == at)
        return [(page, source) for page, source in db.session.execute(question.order_by(Activity.id))]


def _event(page: str, source: str, base: str) -> dict[str, Any]:
    params = {"page_location": f"{base}{page}"}
    if source:
        params["page_referrer"] = f"https://{source}/"
    return {"name": "page_view", "params": params}


def _send(number: str, events: list[dict[str, Any]]) -> None:
    config = current_app.config
    answer = requests.post(
        config["GA_URL"],
        params={"measurement_id": config["GA_MEASUREMENT_ID"], "api_secret": config["GA_API_SECRET"]},
        data=json.dumps({"client_id": number, "non_personalized_ads": True, "events": events}),
        headers={"Content-Type": "application/json", "User-Agent": "shop"},
        timeout=PATIENCE,
        allow_redirects=False,
    )
    answer.raise_for_status()
    if answer.status_code >= 300:
        raise requests.HTTPError("Google Analytics answered with a redirect")
