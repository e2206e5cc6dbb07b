"""Objecting and restricting: switches that hold at once, and a word to a person for the rest (GDPR art. 18 and 21)."""

import secrets

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.core import clock
from shop.core.access import data_subject
from shop.core.db import db
from shop.core.i18n import language
from shop.core.security import limiter
from shop.core.templating import NOTICES
from shop.core.twins import sent_once
from shop.people.actions import lift, restrict
from shop.people.queries import stops_of
from shop.privacy.actions import requests as actions
from shop.privacy.actions.requests import Asked
from shop.privacy.emails.requests import link_token
from shop.privacy.forms.choices import ObjectForm, StopsForm
from shop.privacy.limits import may_mail
from shop.privacy.queries import requests as queries
from shop.privacy.rules import requests as rules
from shop.privacy.subjects import Subject, current_subject
from shop.privacy.views.blueprint import bp
from shop.privacy.words import AUTHORITY_URL, SHORT_KINDS

SWITCHES = ("analysis", "preferences", "restricted")
AS_OFTEN = "20/minute;200/day"

NOTICES["stops-saved"] = _l("Saved. It holds from this moment.")


@bp.get("/account/data/objection")
@data_subject
def objection() -> ResponseReturnValue:
    """What somebody has stopped, and what they can stop."""
    return _page()


@bp.post("/account/data/objection")
@limiter.limit(AS_OFTEN)
@data_subject
def save_stops() -> ResponseReturnValue:
    """Stop, or let again, for every person that somebody is here; obeyed everywhere from this moment."""
    subject, form, now = current_subject(), StopsForm(), clock.now()
    if not form.validate_on_submit():
        return _page(stops=form), 422
    for person_id in subject.person_ids:
        for kind in SWITCHES:
            if getattr(form, kind).data:
                restrict(person_id, kind, at=now)
            else:
                lift(person_id, kind, at=now)
    db.session.commit()
    return redirect(url_for("privacy.objection", notice="stops-saved"), 303)


@bp.post("/account/data/objection/other")
@limiter.limit(AS_OFTEN)
@data_subject
@sent_once
def send_objection() -> ResponseReturnValue:
    """Object to something else: the data is restricted at once, until a person has decided."""
    subject, form = current_subject(), ObjectForm()
    if not form.validate_on_submit():
        return _page(other=form), 422
    key = str(form.key.data)
    is_mailed = queries.request_sent_as(key) is None and may_mail(subject.email, "rights-receipt")
    now = clock.now()
    asked = actions.take_in(
        Asked(
            kind=rules.OBJECTION,
            channel=rules.FORM,
            language=language(),
            received_on=clock.today(),
            email=subject.email,
            known_email=subject.email,
            message=str(form.message.data),
            person_id=subject.person_ids[0],
            proof=rules.MAILBOX if subject.account is None else rules.SIGNED_IN,
        ),
        key=key,
        is_mailed=is_mailed,
        at=now,
    )
    for person_id in subject.person_ids[1:]:
        restrict(person_id, "objection", at=now)
    token = link_token(asked)
    db.session.commit()
    return redirect(url_for("privacy.request_status", token=token), 303)


def _stopped(subject: Subject) -> frozenset[str]:
    return frozenset[str]().union(*(stops_of(person_id) for person_id in subject.person_ids))


def _page(*, stops: StopsForm | None = None, other: ObjectForm | None = None) -> str:
    subject = current_subject()
    stopped = _stopped(subject)
    return render_template(
        "privacy/objection.html",
        stops=stops or StopsForm(formdata=None, **{kind: kind in stopped for kind in SWITCHES}),
        other=other or ObjectForm(formdata=None, key=secrets.token_urlsafe(32)),
        stopped=stopped,
        requests=queries.requests_of(subject.person_ids),
        kinds=SHORT_KINDS,
        authority=AUTHORITY_URL,
    )
