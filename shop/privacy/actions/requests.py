"""Requests about rights: taken in, proved, given more time, decided by somebody with a name."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shop.core import clock, outbox
from shop.core.citizen_numbers import without_citizen_numbers
from shop.core.db import db
from shop.core.errors import NotFound
from shop.people.actions import lift, merge_person, new_person, restrict
from shop.privacy.actions.granting import accept_erasure, keep_part
from shop.privacy.emails import requests as emails
from shop.privacy.models import RequestEvent, RightsRequest
from shop.privacy.queries import requests as queries
from shop.privacy.queries.people import people_with_address
from shop.privacy.rules import requests as rules

MATCH_KIND = "rights_match"
STOPS_AT_ONCE = {
    rules.OBJECTION: ("objection",),
    rules.RESTRICTION: ("restricted",),
    rules.CONSENT: ("analysis", "preferences"),
}
_SIGNS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"


@dataclass(frozen=True)
class Asked:
    """What somebody asks, however it reached us."""

    kind: str
    channel: str
    language: str
    received_on: date
    email: str | None = None
    known_email: str | None = None
    name: str | None = None
    postal_address: str | None = None
    message: str | None = None
    person_id: str | None = None
    proof: str = ""
    reconsiders_id: int | None = None


def take_in(
    asked: Asked, *, at: datetime, key: str | None = None, is_mailed: bool = True, staff_id: int | None = None
) -> RightsRequest:
    """Take a request and start its clock; the same form sent twice is one request. The caller commits.

    Nobody is looked up here, so that neither the answer nor its time tells whom the shop knows. Who is proved already
    and objects, restricts or withdraws consent is obeyed at once.
    """
    if key is not None and (earlier := queries.request_sent_as(key)) is not None:
        return earlier
    request = RightsRequest(
        reference=_new_reference(),
        sent_hash=queries.hash_of(key) if key is not None else None,
        person_id=asked.person_id or new_person(asked.language, at=at).id,
        reconsiders_id=asked.reconsiders_id,
        kind=asked.kind,
        channel=asked.channel,
        language=asked.language,
        name=asked.name or None,
        email=asked.email or None,
        known_email=asked.known_email or None,
        postal_address=asked.postal_address or None,
        message=asked.message or None,
        received_on=asked.received_on,
        due_on=rules.due_on(asked.received_on, asked.kind),
        created_at=at,
        is_mailed=is_mailed,
        proof=asked.proof,
    )
    db.session.add(request)
    db.session.flush()
    emails.link_token(request)
    note(request, "received" if staff_id is None else "registered", at=at, staff_id=staff_id)
    if asked.proof:
        obey(request, at=at, staff_id=staff_id)
    elif asked.kind == rules.CHILD:
        outbox.put(MATCH_KIND, f"{MATCH_KIND}:{request.id}", at=at, reference=str(request.id))
    emails.queue_received(request, at=at)
    return request


def note(request: RightsRequest, kind: str, *, at: datetime, staff_id: int | None = None) -> None:
    """Put a step in a request's timeline. The caller commits."""
    db.session.add(RequestEvent(request_id=request.id, kind=kind, staff_id=staff_id, at=at))
    db.session.flush()


def obey(request: RightsRequest, *, at: datetime, staff_id: int | None = None) -> None:
    """Stop at once what a proved person objects to; what is decided later may lift it. The caller commits."""
    assert request.person_id is not None
    stopped = [restrict(request.person_id, kind, at=at) for kind in STOPS_AT_ONCE.get(request.kind, ())]
    if any(stopped):
        note(request, "stopped", at=at, staff_id=staff_id)


def stop_for_child(request_id: int, *, at: datetime) -> int:
    """Stop statistics about whom a parent's claim names, known or not; order mail goes on. The caller commits."""
    request = queries.request_for_change(request_id)
    if request is None or request.decided_at is not None or not request.known_email:
        return 0
    people = people_with_address(request.known_email)
    stopped = sum(restrict(person_id, "child", at=at) for person_id in people)
    emails.queue_staff_notice("rights_child", request, at=at)
    return stopped


def prove(request_id: int, proof: str, *, person_id: str | None, staff_id: int | None, at: datetime) -> None:
    """Note how we know that it is them, and whose data it is about. The caller commits."""
    request = _to_change(request_id)
    if request.decided_at is not None:
        raise rules.AlreadyDecided
    if proof not in rules.PROOFS:
        raise ValueError(proof)
    is_open = request.proof == "" and request.kind != rules.CHILD  # once it is somebody's, it stays theirs
    own = request.person_id if is_open else None
    request.proof = proof
    if person_id is not None and own is not None and person_id != own:
        db.session.flush()
        merge_person(own, into=person_id)
        db.session.refresh(request)
        note(request, "matched", at=at, staff_id=staff_id)
    note(request, "proved", at=at, staff_id=staff_id)
    obey(request, at=at, staff_id=staff_id)


def ask_for_mailbox(request_id: int, *, staff_id: int, at: datetime) -> None:
    """Send a link to the address that a request is about: who opens it proves that mailbox. The caller commits."""
    request = _to_change(request_id)
    emails.queue_mailbox_link(request, at=at)
    note(request, "mailbox_asked", at=at, staff_id=staff_id)


def confirm_mailbox(request_id: int, token: str, *, at: datetime) -> RightsRequest | None:
    """Take the link that was sent as proof, once; nothing for another token. The caller commits.

    From then on the answer goes to the mailbox that was proved, for anybody could have written the request.
    """
    request = queries.request_for_change(request_id)
    if request is None or not emails.is_mailbox_token(request, token):
        return None
    if request.proof == "" and request.decided_at is None and request.known_email:
        known = queries.known_person(request)
        prove(request_id, rules.MAILBOX, person_id=known, staff_id=None, at=at)
        if request.kind != rules.CHILD:  # a parent does not become the child, and still gets the answer
            request.is_mailbox_proved = True
            request.email = request.email and request.known_email
    return request


def extend(request_id: int, *, reason: str, staff_id: int, at: datetime) -> None:
    """Take more time, once, with the reason told before day 28. The caller commits."""
    request = _to_change(request_id)
    if request.kind == rules.CHILD:
        raise rules.TooLateToExtend
    request.due_on = rules.extended_due_on(
        request.received_on,
        reason=reason,
        today=clock.local_date(at),
        is_extended=request.is_extended,
        is_decided=request.decided_at is not None,
    )
    request.is_extended, request.extension_reason = True, reason
    note(request, "extended", at=at, staff_id=staff_id)
    emails.queue_extended(request, at=at)


def decide(
    request_id: int,
    decision: str,
    *,
    reason: str,
    staff_id: int,
    at: datetime,
    stays: Sequence[str] = (),
    until: datetime | None = None,
) -> RightsRequest:
    """Answer a request: by somebody with a name, with a reason, and with the letter. The caller commits.

    Of an erasure that is granted in part, `stays` are the rows ("orders:12") that are kept `until` a moment, for a
    dispute or a claim; all the rest goes as if all were granted.
    """
    request = _to_change(request_id)
    is_decided = request.decided_at is not None
    rules.check_decision(decision, reason=reason, is_decided=is_decided, kind=request.kind, proof=request.proof)
    request.decision, request.reason = decision, reason
    request.decided_at, request.decided_by = at, staff_id
    note(request, "decided", at=at, staff_id=staff_id)
    _after_decision(request, at=at)
    if rules.erases(request.kind, decision) and decision == rules.PARTLY:
        keep_part(request, stays, until=until, staff_id=staff_id, at=at)
    if rules.erases(request.kind, request.decision) and (request.email or request.kind == rules.CHILD):
        accept_erasure(request, at=at)
    if emails.queue_decision(request, at=at):
        note(request, "letter_sent", at=at, staff_id=staff_id)
    return request


def _after_decision(request: RightsRequest, *, at: datetime) -> None:
    """A refused objection or an unproved claim stops nothing any more."""
    if request.decision != rules.REFUSED:
        return
    if request.kind == rules.OBJECTION and request.person_id is not None:
        lift(request.person_id, "objection", at=at)
    if request.kind == rules.CHILD and request.known_email:
        for person_id in people_with_address(request.known_email):
            lift(person_id, "child", at=at)


def ask_again(request: RightsRequest, *, message: str, at: datetime) -> RightsRequest:
    """Have a decision looked at again: a new request with a clock of its own, asked once. The caller commits."""
    if request.decided_at is None:
        raise rules.AlreadyDecided
    key = f"reconsider:{request.id}"
    again = queries.request_sent_as(key)
    if again is not None:
        return again
    again = take_in(
        Asked(
            kind=request.kind,
            channel=rules.FORM,
            language=request.language,
            received_on=clock.local_date(at),
            email=request.email,
            known_email=request.known_email,
            name=request.name,
            postal_address=request.postal_address,
            message=message,
            person_id=request.person_id,
            proof=request.proof,
            reconsiders_id=request.id,
        ),
        key=key,
        at=at,
    )
    note(request, "reconsideration_asked", at=at)
    return again


def take_citizen_number_out(request_id: int, *, staff_id: int, at: datetime) -> None:
    """Make a BSN unreadable in what somebody wrote: no shop may have one (UAVG art. 46). The caller commits."""
    request = _to_change(request_id)
    if request.message:
        request.message = without_citizen_numbers(request.message)
        note(request, "number_removed", at=at, staff_id=staff_id)


def note_printed(request_id: int, *, staff_id: int, at: datetime) -> RightsRequest:
    """Note that the answer goes by post; an erasure that waited for its letter is now promised. The caller commits."""
    request = _to_change(request_id)
    if request.decided_at is None:
        raise NotFound
    if rules.erases(request.kind, request.decision):
        accept_erasure(request, at=at)
    note(request, "letter_printed", at=at, staff_id=staff_id)
    return request


def warn(at: datetime) -> int:
    """Tell the owner of each request with two days left, and again once it is late; how many. The caller commits."""
    told = 0
    today = clock.local_date(at)
    for request in queries.pressing(today):
        is_late = today > request.due_on
        if request.kind == rules.CHILD and not is_late:
            continue  # staff heard of it when it came; its last day is always near
        message, step = ("rights_late", "reported_late") if is_late else ("rights_alarm", "alarmed")
        if emails.queue_staff_notice(message, request, at=at) and not queries.has_step(request.id, step):
            note(request, step, at=at)
            told += 1
    return told


def _to_change(request_id: int) -> RightsRequest:
    request = queries.request_for_change(request_id)
    if request is None:
        raise NotFound
    return request


def _new_reference() -> str:
    return "V-" + "".join(secrets.choice(_SIGNS) for _sign in range(8))
