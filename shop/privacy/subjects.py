"""Whose data a page is about: the signed-in customer, or whoever proved an e-mail address by a typed code.

A password proves the account. What was bought without one, with the same address, opens only after a code: the address
of an account was proved when it was made, which may be years ago.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from flask import abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from shop.accounts.models import Account, MailboxProof
from shop.accounts.proofs import live_proof
from shop.accounts.sessions import PROOF, PROVED_AT, start_session
from shop.accounts.users import current_session, is_customer_signed_in
from shop.core import clock
from shop.core.access import View
from shop.core.personal_data import register
from shop.privacy.queries.people import account_with_address, people_with_address

FRESH = timedelta(minutes=10)
_PROOF = "proof"  # in a session: the row of what was proved by a code


@dataclass(frozen=True)
class Subject:
    """Somebody whose data it is: the rows of `people` that are theirs, and the account if they have one.

    `person_ids` begins with the account's own person, or with that of the session.
    """

    person_ids: tuple[str, ...]
    email: str
    account: Account | None
    has_proved_mailbox: bool
    browser_ids: tuple[str, ...] = ()  # what the cookies of this browser stand for; no person is linked to it

    @property
    def language(self) -> str | None:
        """The language of their account, if they have one."""
        return self.account.person.language if self.account else None


def current_subject() -> Subject:
    """Whose data this request is about; only inside a view that is for the `data_subject`."""
    if "subject" not in g:
        g.subject = _find_subject(clock.now())
    found: Subject = g.subject
    return found


def _find_subject(at: datetime) -> Subject:
    session = current_session()
    proof = live_proof(session[_PROOF], session.person_id or "", at) if _PROOF in session else None
    if is_customer_signed_in() and current_user.is_authenticated:
        account: Account = current_user.account
        is_proved = proof is not None and proof.email == account.email
        others = people_with_address(account.email) if is_proved else ()
        people = _begin_with(account.person_id, others)
        return Subject(people, account.email, account, is_proved, _browsers())
    if proof is None:
        abort(403)
    known = account_with_address(proof.email)
    first = known.person_id if known else proof.person_id
    people = _begin_with(first, (*people_with_address(proof.email), proof.person_id))
    return Subject(people, proof.email, known, True, _browsers())


def _browsers() -> tuple[str, ...]:
    return tuple(sorted({key for browses in register.on_browse.values() for key in browses()}))


def _begin_with(first: str, others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((first, *others)))


def has_fresh_proof(at: datetime) -> bool:
    """Whether a password or a code was typed in this session within the last ten minutes."""
    typed = current_session().get(PROVED_AT)
    return typed is not None and at - datetime.fromisoformat(typed) < FRESH


def note_proof(at: datetime, proof: MailboxProof | None = None) -> None:
    """Remember in this session that a password was typed, or a code that proved an address."""
    session = current_session()
    session[PROVED_AT] = at.isoformat()
    if proof is not None:
        session[_PROOF] = proof.id
    g.pop("subject", None)


def begin_proof(proof: MailboxProof) -> None:
    """Begin the short session of somebody who proved an address without signing in. The caller commits."""
    start_session(current_session(), person_id=proof.person_id, kind=PROOF, content={_PROOF: proof.id})
    g.pop("subject", None)


def freshly_proved(view: View) -> View:
    """Ask for the password, or a code, before this view when none was typed lately; then come back to its page.

    Stands below `data_subject`; the view's address must answer GET.
    """

    @wraps(view)
    def asked(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        return proof_first() or view(*args, **kwargs)

    return asked


def proof_first() -> ResponseReturnValue | None:
    """The way to the password or code, when none was typed lately; then back to this page, which answers GET."""
    if has_fresh_proof(clock.now()):
        return None
    here = request.script_root + (request.full_path.rstrip("?") if request.method == "GET" else request.path)
    return redirect(url_for("privacy.confirm", next=here), 303)
