"""Ninety days of counts, and the visits of invented browsers that allowed analysis."""

import random
import secrets
from datetime import datetime, timedelta

from sqlalchemy import insert, select

from shop.analytics.models import Activity, Count
from shop.analytics.rules import hour_of
from shop.catalogue.models import Product
from shop.core import clock
from shop.core.consent import ASK_AGAIN_AFTER, WORDING
from shop.core.db import db
from shop.core.statements import current_version
from shop.people.consents import hash_of
from shop.people.models import Browser, Consent

DAYS = 90
WORDS = ("kaars", "zeep", "linnen", "kom", "vaas", "lavendel")
SOURCES = ("", "", "duckduckgo.com", "google.com", "ecosia.org", "harderwijk.example")
DEVICES = ("Firefox, desktop", "Chrome, mobile", "Safari, mobile", "Edge, desktop", "Chrome, desktop")


def load_analytics(*, at: datetime) -> None:
    """Make the back office's analysis worth a look. The caller commits."""
    chance = random.Random(20261129)
    slugs = list(db.session.scalars(select(Product.slug).where(Product.is_published).order_by(Product.id)))
    today = clock.local_date(at)
    counts = []
    for ago in range(DAYS):
        on = today - timedelta(days=ago)
        busy = (1.6 if on.weekday() >= 5 else 1.0) * (1.3 - ago / 200)
        pages = {"/": 60, "/search": 22, "/cart": 16, "/checkout": 6, "/shipping": 4, "/returns": 2}
        pages.update({f"/products/{slug}": 14 // (1 + place // 6) for place, slug in enumerate(slugs)})
        for name, usual in pages.items():
            counts.append((on, "page", name, round(usual * busy * chance.uniform(0.7, 1.3))))
        counts += [(on, "word", word, round(4 / (1 + n) * busy)) for n, word in enumerate(WORDS)]
        counts.append((on, "step", "cart", round(9 * busy * chance.uniform(0.7, 1.3))))
    rows = [{"on": on, "kind": kind, "name": name, "times": times} for on, kind, name, times in counts if times]
    db.session.execute(insert(Count), rows)
    told = current_version("privacy", at=at)
    for _number in range(60):
        _load_visitor(chance, slugs, told, at)


def _load_visitor(chance: random.Random, slugs: list[str], told: str, at: datetime) -> None:
    came = at - timedelta(days=chance.uniform(0, 28))
    browser = Browser(
        token_hash=hash_of(secrets.token_urlsafe(32)), last_used_at=came, consent_ends_at=came + ASK_AGAIN_AFTER
    )
    db.session.add(browser)
    db.session.flush()
    db.session.add(Consent(browser_id=browser.id, wording=WORDING, privacy_version=told, choice="analysis", at=came))
    pages = ["/", *(f"/products/{slug}" for slug in chance.sample(slugs, min(len(slugs), 3)))]
    source, device = chance.choice(SOURCES), chance.choice(DEVICES)
    visits = [
        {"browser_id": browser.id, "page": page, "source": source if not place else "", "device": device}
        for place, page in enumerate(pages)
    ]
    db.session.execute(insert(Activity), [{**visit, "at": hour_of(came)} for visit in visits])
