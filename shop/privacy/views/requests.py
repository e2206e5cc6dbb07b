"""Asking something about one's rights, without an account: the form, its receipt, and the way back to a person."""

import secrets

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from shop.core import clock
from shop.core.access import anyone, page_is_personal
from shop.core.db import db
from shop.core.errors import NotFound
from shop.core.i18n import language
from shop.core.security import limiter
from shop.core.twins import sent_once
from shop.privacy.actions import granting
from shop.privacy.actions import requests as actions
from shop.privacy.actions.requests import Asked
from shop.privacy.emails.requests import link_token
from shop.privacy.forms.requests import AskForm, LookAgainForm, ParentForm
from shop.privacy.limits import may_mail
from shop.privacy.models import RightsRequest
from shop.privacy.queries import requests as queries
from shop.privacy.rules import requests as rules
from shop.privacy.subjects import begin_proof
from shop.privacy.views.blueprint import bp
from shop.privacy.words import AUTHORITY_URL, DECISIONS, EVENTS, SHORT_KINDS

AS_OFTEN = "10/minute;100/day"  # more than anybody has requests; what was sent before still stands


@bp.get("/data-request/form")
@anyone
def ask() -> ResponseReturnValue:
    """Fill in what somebody asks about their data."""
    page_is_personal()
    return render_template("privacy/ask.html", form=AskForm(key=secrets.token_urlsafe(32)))


@bp.post("/data-request/form")
@limiter.limit(AS_OFTEN)
@anyone
@sent_once
def send_request() -> ResponseReturnValue:
    """Take a request; the same answer, whoever is known here."""
    page_is_personal()
    form = AskForm()
    if not form.validate_on_submit():
        return render_template("privacy/ask.html", form=form), 422
    email, known = str(form.email.data), form.known_email.data
    is_own = current_user.is_authenticated and current_user.account.email == email
    asked = Asked(
        kind=str(form.kind.data),
        channel=rules.FORM,
        language=language(),
        received_on=clock.today(),
        email=email,
        known_email=str(known) if known else email,
        name=form.name.data,
        message=form.message.data,
        person_id=current_user.person_id if is_own else None,
        proof=rules.SIGNED_IN if is_own else "",
    )
    return _taken(asked, key=str(form.key.data))


@bp.get("/parents/request")
@anyone
def parents_request() -> ResponseReturnValue:
    """Ask about the data of a child."""
    page_is_personal()
    return render_template("privacy/ask_for_child.html", form=ParentForm(key=secrets.token_urlsafe(32)))


@bp.post("/parents/request")
@limiter.limit(AS_OFTEN)
@anyone
@sent_once
def send_child_request() -> ResponseReturnValue:
    """Take a parent's claim; the same answer, whoever is known here."""
    page_is_personal()
    form = ParentForm()
    if not form.validate_on_submit():
        return render_template("privacy/ask_for_child.html", form=form), 422
    asked = Asked(
        kind=rules.CHILD,
        channel=rules.FORM,
        language=language(),
        received_on=clock.today(),
        email=str(form.email.data),
        known_email=str(form.known_email.data),
        name=form.name.data,
        message=form.message.data,
    )
    return _taken(asked, key=str(form.key.data))


def _taken(asked: Asked, *, key: str) -> ResponseReturnValue:
    earlier = queries.request_sent_as(key)
    if earlier is not None and earlier.is_mailbox_proved:
        raise NotFound  # whoever sent this form need not be whose mailbox was proved since
    is_mailed = earlier is None and may_mail(str(asked.email), "rights-receipt")
    request = actions.take_in(asked, key=key, is_mailed=is_mailed, at=clock.now())
    token = link_token(request)
    db.session.commit()
    return redirect(url_for("privacy.request_status", token=token), 303)


@bp.get("/data-request/status/<token:token>")
@anyone
def request_status(token: str) -> ResponseReturnValue:
    """Where a request stands: its receipt, its last day, and the decision."""
    return _status_page(_own(token), token, LookAgainForm())


@bp.post("/data-request/status/<token:token>/look-again")
@limiter.limit(AS_OFTEN)
@anyone
@sent_once
def look_again(token: str) -> ResponseReturnValue:
    """Ask that a person looks again at a decision."""
    request, form = _own(token), LookAgainForm()
    if request.decided_at is None:
        raise NotFound
    if not form.validate_on_submit():
        return _status_page(request, token, form), 422
    again = actions.ask_again(request, message=str(form.message.data), at=clock.now())
    token = link_token(again)
    db.session.commit()
    return redirect(url_for("privacy.request_status", token=token), 303)


@bp.get("/data-request/mailbox/<id:request_id>/<token:token>")
@anyone
def confirm_mailbox(request_id: int, token: str) -> ResponseReturnValue:
    """Where a mailed link leads: one button says that the request is theirs; a mail program that looks says nothing."""
    page_is_personal()
    return render_template("privacy/confirm_mailbox.html", request_id=request_id, token=token)


@bp.post("/data-request/mailbox/<id:request_id>/<token:token>")
@limiter.limit(AS_OFTEN)
@anyone
def send_mailbox(request_id: int, token: str) -> ResponseReturnValue:
    """Take the mailed link as proof of the mailbox."""
    page_is_personal()
    asked = actions.confirm_mailbox(request_id, token, at=clock.now())
    if asked is None:
        raise NotFound
    own = link_token(asked)
    db.session.commit()
    return redirect(url_for("privacy.request_status", token=own), 303)


@bp.get("/data-request/granted/<id:request_id>/<token:token>")
@anyone
def granted(request_id: int, token: str) -> ResponseReturnValue:
    """Where the link in an answer leads: one button opens the data; a mail program that looks opens nothing."""
    page_is_personal()
    return render_template("privacy/granted.html", request_id=request_id, token=token)


@bp.post("/data-request/granted/<id:request_id>/<token:token>")
@limiter.limit(AS_OFTEN)
@anyone
def open_granted(request_id: int, token: str) -> ResponseReturnValue:
    """Take the link in an answer as proof of the mailbox, and go to what was granted."""
    page_is_personal()
    opened = granting.open_way(request_id, token, at=clock.now())
    if opened is None:
        raise NotFound
    asked, proof = opened
    page = "privacy.take" if asked.kind == rules.PORTABILITY else "privacy.my_data"
    begin_proof(proof)
    db.session.commit()
    return redirect(url_for(page), 303)


def _own(token: str) -> RightsRequest:
    page_is_personal()
    request = queries.request_by_link(token)
    if request is None:
        raise NotFound
    return request


def _status_page(request: RightsRequest, token: str, form: LookAgainForm) -> str:
    staff = {event.staff_id for event in request.events if event.staff_id}
    return render_template(
        "privacy/request.html",
        asked=request,
        token=token,
        form=form,
        kind=SHORT_KINDS[request.kind],
        decision=DECISIONS.get(request.decision),
        events=request.events,
        event_texts=EVENTS,
        decided_by=queries.names_of_staff(staff).get(request.decided_by or 0),
        again=queries.request_sent_as(f"reconsider:{request.id}"),
        is_child=request.kind == rules.CHILD,
        authority=AUTHORITY_URL,
        today=clock.today(),
    )
