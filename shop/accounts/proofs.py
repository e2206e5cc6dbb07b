"""Proving an e-mail address by a typed code, without signing in: for who has no account, or bought here before."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import select

from shop.accounts import codes
from shop.accounts.models import MailboxProof
from shop.core.db import db
from shop.people.actions import new_person

PROOF_LIFE = timedelta(hours=1)


def _hash(binding: str) -> str:
    return hashlib.sha256(binding.encode()).hexdigest()


def ask_for_proof(email: str, language: str, binding: str, at: datetime, *, person_id: str | None = None) -> None:
    """Mail a code to an address; without a `person_id` who asks is somebody new, known address or not.

    The caller commits.
    """
    person_id = person_id or new_person(language, at=at).id
    proof = MailboxProof(
        person_id=person_id, email=email, binding_hash=_hash(binding), created_at=at, expires_at=at + PROOF_LIFE
    )
    db.session.add(proof)
    codes.issue_code(person_id, codes.DATA, email, language, at, binding=binding)


def check_proof(typed_code: str, binding: str, at: datetime, *, person_id: str | None = None) -> MailboxProof | None:
    """What was proved, when the code is right; for one person alone if named.

    The caller commits in both cases: a wrong try is counted.
    """
    question = select(MailboxProof).where(MailboxProof.binding_hash == _hash(binding), MailboxProof.expires_at > at)
    if person_id is not None:
        question = question.where(MailboxProof.person_id == person_id)
    proof = db.session.scalar(question)
    if proof is None or codes.check_code(proof.person_id, codes.DATA, typed_code, at, binding=binding) is None:
        return None
    proof.proved_at, proof.expires_at = at, at + PROOF_LIFE
    return proof


def live_proof(proof_id: int, person_id: str, at: datetime) -> MailboxProof | None:
    """What a session proved, while that still counts."""
    return db.session.scalar(
        select(MailboxProof).where(
            MailboxProof.id == proof_id,
            MailboxProof.person_id == person_id,
            MailboxProof.proved_at.is_not(None),
            MailboxProof.expires_at > at,
        )
    )
