"""What a granted request sets going, once somebody with a name has decided: an erasure, or a way to one's own data."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _

from shop.accounts.models import MailboxProof
from shop.accounts.proofs import PROOF_LIFE
from shop.core.db import db
from shop.core.i18n import speaking
from shop.privacy.actions import erasing
from shop.privacy.actions.retention import CannotHold, hold
from shop.privacy.emails import requests as emails
from shop.privacy.models import RightsRequest
from shop.privacy.queries import requests as queries
from shop.privacy.queries.erasing import plan_for
from shop.privacy.queries.keeping import rows_to_keep
from shop.privacy.queries.receipts import mailbox_of
from shop.privacy.rules import requests as rules


def accept_erasure(request: RightsRequest, *, at: datetime) -> None:
    """Promise the erasure of a granted request, once. The caller commits, and then carries it out.

    The answer to who asked for their own erasure is the last message; a mailbox that gets no answer is told apart.
    """
    people = queries.people_to_erase(request)
    if request.receipt_code is not None or not people:
        return
    is_told = request.kind == rules.CHILD or mailbox_of(people) != request.email
    erasure = erasing.accept(people, language=request.language, at=at, mails=is_told)
    request.receipt_code = erasure.code
    db.session.flush()


def keep_part(
    request: RightsRequest, stays: Sequence[str], *, until: datetime | None, staff_id: int, at: datetime
) -> None:
    """Hold the rows that an erasure granted in part leaves; NothingStays when it would leave none. The caller commits.

    A hold has a reason and a day, the person reads both, and it ends by itself: the same as for any other dispute.
    """
    people = queries.people_to_erase(request)
    offered = {one.item for one in rows_to_keep(people)}
    if not set(stays) <= offered:
        raise CannotHold
    if stays and until is None:
        raise CannotHold
    for item in stays:
        assert until is not None
        table, _colon, key = item.partition(":")
        with speaking(request.language):
            reason = _("Request %(reference)s was granted in part", reference=request.reference)
        hold(table, key, reason=reason, until=until, staff_id=staff_id, at=at)
    if all(not one.label for one in plan_for(people).needed):
        raise rules.NothingStays


def opens_until(request: RightsRequest) -> datetime | None:
    """Until when the mailed way to the data works, if the answer to a request has one."""
    if request.decided_at is None or not rules.gives_way(request.kind, request.decision, request.proof):
        return None
    return request.decided_at + rules.WAY_LIFE


def open_way(request_id: int, token: str, *, at: datetime) -> tuple[RightsRequest, MailboxProof] | None:
    """Take the link in an answer as proof of the mailbox it went to; nothing for another, or a late one.

    The caller commits.
    """
    request = queries.request_for_change(request_id)
    if request is None or not emails.is_way_token(request, token):
        return None
    until, email = opens_until(request), request.email
    if until is None or at >= until or request.person_id is None or email is None:
        return None
    if not rules.may_carry_way(email, request.known_email, request.proof):
        return None
    proof = MailboxProof(
        person_id=request.person_id,
        email=email,
        binding_hash=queries.hash_of(secrets.token_urlsafe(32)),
        created_at=at,
        proved_at=at,
        expires_at=at + PROOF_LIFE,
    )
    db.session.add(proof)
    db.session.flush()
    return request, proof
