"""Reporting that something is not safe: a form for people, and security.txt for who looks for it by machine."""

from datetime import UTC, datetime, time, timedelta

from flask import Response, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from shop.contact.actions import Question
from shop.contact.forms import SecurityForm
from shop.contact.rules import SECURITY
from shop.contact.views.asking import AS_OFTEN, fresh, puzzle, signed_in_person, take
from shop.contact.views.blueprint import bp
from shop.core import clock
from shop.core.access import anyone, page_is_personal
from shop.core.i18n import language, public_url
from shop.core.security import limiter
from shop.core.twins import sent_once

GOOD_FOR = timedelta(days=180)


@bp.get("/security/report")
@anyone
def report() -> ResponseReturnValue:
    """What the shop asks of who found something unsafe, and what it promises them."""
    page_is_personal()
    form = SecurityForm()
    if current_user.is_authenticated:
        form.email.data = current_user.account.email
    return _page(form)


@bp.post("/security/report")
@limiter.limit(AS_OFTEN)
@anyone
@sent_once
def send_report() -> ResponseReturnValue:
    """Take a report; rooms above hear of it in the same transaction."""
    page_is_personal()
    form = SecurityForm()
    if not form.validate_on_submit():
        return _page(form), 422
    question = Question(
        topic=SECURITY,
        text=str(form.text.data),
        language=language(),
        email=form.email.data or None,
        person_id=signed_in_person(),
    )
    return take(form, question)


@bp.get("/.well-known/security.txt")
@anyone
def security_txt() -> ResponseReturnValue:
    """Where to report, for machines (RFC 9116); it says itself until when it may be believed."""
    identity = current_app.extensions["identity"]
    expires = datetime.combine(clock.now().date() + GOOD_FOR, time.min, UTC)
    lines = [
        f"Contact: {public_url('contact.report', 'en')}",
        f"Contact: mailto:{identity.email}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: nl, en",
        f"Canonical: {public_url('contact.security_txt', 'nl')}",
        f"Policy: {public_url('contact.report', 'en')}",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


def _page(form: SecurityForm) -> str:
    fresh(form)
    return render_template("contact/report.html", form=form, puzzle=puzzle(form))
