"""Letters about requests: what was received, more time, the decision; text alone, with the way to complain."""

import base64
import hashlib
import hmac
from datetime import date, datetime
from typing import Any

from flask import current_app, render_template
from sqlalchemy import select

from shop.core.db import db
from shop.core.i18n import public_url, speaking
from shop.mail.messages import KIND, queue_mail
from shop.mail.rules import unlinked
from shop.people.models import StaffMember, StaffRole
from shop.people.rules import OWNER, PRIVACY
from shop.privacy.emails import FAREWELL
from shop.privacy.models import RightsRequest
from shop.privacy.queries.requests import hash_of, name_of_staff
from shop.privacy.rules import requests as rules
from shop.privacy.words import AUTHORITY_URL, SHORT_KINDS


def link_token(request: RightsRequest) -> str:
    """The token of the request's own page: made from the shop's key, so that each letter can tell it.

    It is another one once the mailbox is proved: whoever asked in somebody's name is shown no answer.
    """
    page = "page of the proved mailbox" if request.is_mailbox_proved else "page"
    token = _token(page, request, current_app.config["SECRET_KEY"])
    request.link_hash = hash_of(token)
    return token


def _token(what: str, request: RightsRequest, key: str) -> str:
    told = f"rights request {what} {request.id} {request.reference} {request.created_at.timestamp():.6f}".encode()
    return base64.urlsafe_b64encode(hmac.new(key.encode(), told, hashlib.sha256).digest()).rstrip(b"=").decode()


def is_mailbox_token(request: RightsRequest, token: str) -> bool:
    """Whether this is the token that went to the address that the request is about."""
    return _is_token("mailbox", request, token)


def is_way_token(request: RightsRequest, token: str) -> bool:
    """Whether this is the token in the answer to a request, which leads to the data."""
    return _is_token("way", request, token)


def _is_token(what: str, request: RightsRequest, token: str) -> bool:
    keys = [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]
    return any(hmac.compare_digest(_token(what, request, key), token) for key in keys)


def queue_mailbox_link(request: RightsRequest, *, at: datetime) -> bool:
    """A link by which somebody shows that the known address is theirs; it tells nothing of what we have."""
    if request.known_email is None:
        return False
    token = _token("mailbox", request, current_app.config["SECRET_KEY"])
    return queue_mail(
        "rights_mailbox",
        key=f"rights_mailbox:{request.id}",
        to=request.known_email,
        language=request.language,
        at=at,
        person_id=request.person_id,
        is_plain=True,
        request=request,
        kind_text=SHORT_KINDS[request.kind],
        link=public_url("privacy.confirm_mailbox", request.language, request_id=request.id, token=token),
    )


def link_of(request: RightsRequest) -> str:
    """The complete address of the request's own page."""
    return public_url("privacy.request_status", request.language, token=link_token(request))


def queue_received(request: RightsRequest, *, at: datetime) -> bool:
    """That a request came in and by when it is answered; the same whether we know anybody of that address or not."""
    if request.email is None or not request.is_mailed:
        return False
    return queue_mail(
        "rights_received",
        key=f"rights_received:{request.id}",
        to=request.email,
        language=request.language,
        at=at,
        person_id=request.person_id,
        is_plain=True,
        request=request,
        kind_text=SHORT_KINDS[request.kind],
        is_child=request.kind == rules.CHILD,
        link=link_of(request),
    )


def queue_extended(request: RightsRequest, *, at: datetime) -> bool:
    """That the answer takes longer, why, and until when (GDPR art. 12(3))."""
    if request.email is None:
        return False
    return queue_mail(
        "rights_extended",
        key=f"rights_extended:{request.id}",
        to=request.email,
        language=request.language,
        at=at,
        person_id=request.person_id,
        is_plain=True,
        **_letter_values(request),
    )


def queue_decision(request: RightsRequest, *, at: datetime) -> bool:
    """The answer: what was decided, by whom, why, and what somebody can do when they disagree."""
    if request.email is None:
        return False
    goes_with_it = request.kind == rules.ERASURE and request.receipt_code is not None
    return queue_mail(
        "rights_decision",
        kind=FAREWELL if goes_with_it else KIND,
        key=f"{FAREWELL}:{request.receipt_code}:letter" if goes_with_it else f"rights_decision:{request.id}",
        to=request.email,
        language=request.language,
        at=at,
        person_id=None if goes_with_it else request.person_id,  # who is erased gets this last message still
        is_plain=True,
        **_letter_values(request),
    )


def queue_id_copy_asked(
    request: RightsRequest, *, copy_id: int, token: str, is_again: bool, expires_on: date, at: datetime
) -> bool:
    """The one-time address to send a redacted copy to; the last resort, for access alone."""
    if request.email is None:
        return False
    return queue_mail(
        "rights_id_copy",
        key=f"rights_id_copy:{copy_id}",
        to=request.email,
        language=request.language,
        at=at,
        person_id=request.person_id,
        is_plain=True,
        request=request,
        is_again=is_again,
        expires_on=expires_on,
        link=public_url("privacy.id_copy", request.language, token=token),
    )


def queue_staff_notice(message: str, request: RightsRequest, *, at: datetime) -> int:
    """Tell the owner and whoever handles requests that one is pressing; no value of the person's is in it."""
    roles = (OWNER.value, PRIVACY.value)
    question = (
        select(StaffMember)
        .join(StaffRole, StaffRole.staff_id == StaffMember.id)
        .where(StaffRole.role.in_(roles), StaffMember.left_at.is_(None))
        .distinct()
    )
    return sum(
        queue_mail(
            message,
            key=f"{message}:{request.id}:{member.id}",
            to=member.email,
            language="nl",
            at=at,
            person_id=member.person_id,
            is_plain=True,
            request=request,
            kind_text=SHORT_KINDS[request.kind],
            link=public_url("staff.rights_request", "nl", rights_id=request.id),
        )
        for member in db.session.scalars(question)
    )


def _letter_values(request: RightsRequest) -> dict[str, Any]:
    return {
        "request": request,
        "kind_text": SHORT_KINDS[request.kind],
        "name": unlinked(request.name or ""),
        "decided_by": name_of_staff(request.decided_by),
        "link": link_of(request),
        "authority": AUTHORITY_URL,
        "way": _way(request),
        "way_until": (request.decided_at + rules.WAY_LIFE) if request.decided_at else None,
        "receipt": _receipt(request),
    }


def _way(request: RightsRequest) -> str | None:
    """The link in an answer by which somebody sees, takes or corrects their data; it proves the mailbox it went to."""
    if not rules.gives_way(request.kind, request.decision, request.proof) or request.email is None:
        return None
    if not rules.may_carry_way(request.email, request.known_email, request.proof):
        return public_url("privacy.request_data", request.language)
    token = _token("way", request, current_app.config["SECRET_KEY"])
    return public_url("privacy.granted", request.language, request_id=request.id, token=token)


def _receipt(request: RightsRequest) -> str | None:
    """The receipt of an erasure, for who asked for their own; a parent sees nothing of what a child had here."""
    if request.receipt_code is None or request.kind == rules.CHILD:
        return None
    return public_url("privacy.receipt", request.language, code=request.receipt_code)


def letter(request: RightsRequest, *, on: date) -> str:
    """The answer as text to print, in the person's language: the same words as by e-mail."""
    with speaking(request.language):
        return render_template("mail/rights_decision/body.txt", on=on, **_letter_values(request)).strip()
