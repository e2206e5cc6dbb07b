"""What browsers allowed and when: the ledger of consents, to which rows are only ever added (GDPR art. 7(1))."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from shop.core.consent import ASK_AGAIN_AFTER
from shop.core.db import db
from shop.core.personal_data import Purpose
from shop.core.statements import current_version
from shop.people.ledger import CONSENT_WITHDRAWN, note, replays
from shop.people.models import Browser, Consent
from shop.people.signals import analysis_withdrawn

CHOICES = {
    frozenset[Purpose](): "none",
    frozenset({Purpose.ANALYSIS}): "analysis",
    frozenset({Purpose.PREFERENCES}): "preferences",
    frozenset({Purpose.ANALYSIS, Purpose.PREFERENCES}): "all",
}
"""What can be chosen, as the ledger writes it."""

ALLOWS_ANALYSIS = ("analysis", "all")


def hash_of(token: str) -> str:
    """What the shop keeps of the number in a browser's cookie."""
    return hashlib.sha256(token.encode()).hexdigest()


def record_choice(purposes: Iterable[Purpose], *, wording: str, token: str | None, at: datetime) -> str | None:
    """Note what a browser allows from now on; the number for its analysis cookie, or None when it gets none.

    `token` is the number that the browser has now. Analysis that is no longer allowed is erased at once, and the
    number stands for nobody any more: what is still on its way under it finds no browser. The caller commits.
    """
    allowed = frozenset(purposes)
    browser = browser_of(token) if token else None
    if browser is None:
        token = secrets.token_urlsafe(32)
        browser = Browser(token_hash=hash_of(token), last_used_at=at)
        db.session.add(browser)
        db.session.flush()
    elif Purpose.ANALYSIS not in allowed:
        forget_analysis(browser, at=at)
    browser.last_used_at = at
    browser.consent_ends_at = at + ASK_AGAIN_AFTER if allowed else at
    told = current_version("privacy", at=at)
    row = Consent(browser_id=browser.id, wording=wording, privacy_version=told, choice=CHOICES[allowed], at=at)
    db.session.add(row)
    db.session.flush()
    return token if Purpose.ANALYSIS in allowed else None


def forget_analysis(browser: Browser, *, at: datetime) -> None:
    """Erase what was kept of a browser's visits, and let its number stand for nobody. The caller commits."""
    browser.token_hash = hash_of(secrets.token_urlsafe(32))
    db.session.flush()
    analysis_withdrawn.send(browser_id=browser.id, at=at)
    note(CONSENT_WITHDRAWN, browser.id, at=at, item="analysis")


@replays(CONSENT_WITHDRAWN)
def withdraw_again(browser_id: str, _item: str, at: datetime) -> None:
    """After a restore: what was withdrawn since the backup is withdrawn in it too."""
    browser = db.session.get(Browser, browser_id, with_for_update=True)
    if browser is None or browser.consent_ends_at is None:
        return
    forget_analysis(browser, at=at)
    last = select(Consent).where(Consent.browser_id == browser_id).order_by(Consent.id.desc()).limit(1)
    newest = db.session.scalar(last)
    if newest is not None and newest.choice in ALLOWS_ANALYSIS:
        browser.consent_ends_at = at
        as_it_was = {"wording": newest.wording, "privacy_version": newest.privacy_version}
        db.session.add(Consent(browser_id=browser_id, choice="none", at=at, **as_it_was))
        db.session.flush()


def browser_of(token: str) -> Browser | None:
    """The browser whose analysis cookie holds this number, held until the end of the transaction."""
    question = select(Browser).where(Browser.token_hash == hash_of(token), Browser.consent_ends_at.is_not(None))
    return db.session.scalar(question.with_for_update())
