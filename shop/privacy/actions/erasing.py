"""Erasing somebody: accepted first, then out of the rows, then without a trace; each step can be done again.

1. `accept` is a row, committed: from then on the worker completes it, whatever happens.
2. `carry_out` is one transaction: hooks, rows, the ledger's line, the one farewell mail. Rows that staff or a webhook
   may be changing at that moment are locked in the same order as everybody locks them: orders first, people last.
3. `finish` writes the ledger, waits until the farewell mail has left and its row with it, and has the last copies
   overwritten. Only then is it said to be done.
"""

import json
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from shop.core.db import db, is_postgresql, writing
from shop.core.outbox import OutboxRow
from shop.core.overwriting import overwrite_log, rewrite_tables
from shop.core.personal_data import Needed, personal_columns, register, subject_columns
from shop.people import ledger
from shop.privacy.actions.retention import touch
from shop.privacy.emails import FAREWELL, queue_farewell
from shop.privacy.models.erasures import ACCEPTED, ERASED, FINISHED, Erasure, ErasureSubject, TouchedTable
from shop.privacy.queries.erasing import (
    CannotErase,
    Plan,
    chunked,
    is_among,
    key_from_text,
    plan_for,
    plan_for_row,
)
from shop.privacy.queries.receipts import mailbox_of, told_of
from shop.privacy.queries.retention import PEOPLE

log = structlog.get_logger()

TRIES = 5
FAREWELL_WAITS = timedelta(days=1)


def accept(
    person_ids: Iterable[str], *, language: str, at: datetime, item: str = "", mails: bool = True, is_idle: bool = False
) -> Erasure:
    """Promise to erase these people, or one row or value of theirs. The caller commits, and then carries it out."""
    people = list(dict.fromkeys(person_ids))
    if item:
        plan_for_row(people, item)  # refuses what may not go, before anything is promised
    erasure = Erasure(code=secrets.token_urlsafe(18), item=item, language=language, is_idle=is_idle, accepted_at=at)
    erasure.is_mailed = mails and not item
    db.session.add(erasure)
    db.session.flush()
    db.session.add_all(ErasureSubject(erasure_id=erasure.id, person_id=person) for person in people)
    db.session.flush()
    return erasure


def carry_out(erasure_id: int, at: datetime) -> bool:
    """Take everything out of the rows, in one transaction; whether it is out. Safe to call again, and from anywhere."""
    for turn in range(TRIES):
        try:
            return _carry_out(erasure_id, at)
        except (IntegrityError, OperationalError):  # something was being added at that very moment: look again
            if turn == TRIES - 1:
                raise
    return False


def _carry_out(erasure_id: int, at: datetime) -> bool:
    with writing():
        erasure = db.session.scalar(select(Erasure).where(Erasure.id == erasure_id).with_for_update())
        if erasure is None:
            return False
        if erasure.state != ACCEPTED:
            return True
        people = list(
            db.session.scalars(select(ErasureSubject.person_id).where(ErasureSubject.erasure_id == erasure_id))
        )
        plan = _locked_plan(people, erasure.item)
        if plan is not None:
            to = mailbox_of(people) if erasure.is_mailed else None
            erasure.told = json.dumps(told_of(plan))
            for person in people:
                ledger.note(ledger.ERASURE, person, at=at, item=_ledger_item(erasure, plan))
            apply(plan, at)
            erasure.is_mailed = to is not None
            if to is not None:
                queue_farewell(erasure.code, to=to, language=erasure.language, at=at, is_idle=erasure.is_idle)
        db.session.execute(delete(ErasureSubject).where(ErasureSubject.erasure_id == erasure_id))
        erasure.state, erasure.erased_at = ERASED, at
        db.session.commit()
    db.session.expire_all()
    return True


def _locked_plan(people: list[str], item: str) -> Plan | None:
    """The plan, made again once nobody else can change its rows; None when what was to go has gone by itself."""
    try:
        plan = plan_for_row(people, item) if item else plan_for(people)
        if is_postgresql():
            _lock(plan)
            plan = plan_for_row(people, item) if item else plan_for(people)
    except CannotErase:
        return None
    return plan


def _lock(plan: Plan) -> None:
    """Lock rows that stay before people: whoever changes an order has it locked before anything points to a person."""
    changing = {**plan.staying}
    for column, keys in plan.unlinked.items():
        changing[column.table] = changing.get(column.table, set()) | keys
    for table in sorted(changing, key=lambda table: table.name):
        for some in chunked(changing[table]):
            columns = list(table.primary_key.columns)
            db.session.execute(select(*columns).where(is_among(table, some)).order_by(*columns).with_for_update())
    for person in sorted(plan.person_ids):
        db.session.execute(select(PEOPLE.c.id).where(PEOPLE.c.id == person).with_for_update())


def apply(plan: Plan, at: datetime) -> None:
    """Do what a plan says: hooks first, for they look at rows; then links, values and rows. The caller commits."""
    if (plan.blanks is None and PEOPLE in plan.removed) or plan.needed:
        for person in plan.person_ids:
            for _name, erases in sorted(register.on_erase.items()):
                erases(person, at)
    for table, keys in plan.staying.items():
        columns = plan.blanked_columns(table)
        for some in chunked(keys) if columns else ():
            db.session.execute(update(table).where(is_among(table, some)).values(dict.fromkeys(columns)))
    for column, keys in plan.unlinked.items():
        for some in chunked(keys):
            db.session.execute(update(column.table).where(is_among(column.table, some)).values({column: None}))
    for table in reversed(PEOPLE.metadata.sorted_tables):
        for some in chunked(plan.removed.get(table, ())):
            db.session.execute(delete(table).where(is_among(table, some)))
    touch(_written_anew(plan), at)


def _written_anew(plan: Plan) -> set[str]:
    """The tables to be written anew: with a whole person all in which they may have been.

    What was changed or taken away before, as a request that was met, left its bytes there as well.
    """
    names = set(plan.tables())
    if PEOPLE in plan.removed:
        names |= {table.name for table, _column, _told in personal_columns(PEOPLE.metadata) if subject_columns(table)}
    return names


def _ledger_item(erasure: Erasure, plan: Plan) -> str:
    if erasure.item:
        return f"{erasure.code} only {erasure.item}"
    left = " ".join(f"{one.table}:{'-'.join(map(str, one.key))}" for one in plan.needed)
    if not left:
        return erasure.code
    told = f"{erasure.code} except {left}"
    return told if len(told) <= 200 else f"{erasure.code} except *"


def finish(erasure_id: int, at: datetime, *, patience: float = 0.0) -> bool:
    """See to the last traces of an erasure that was carried out; whether none is left."""
    with writing():
        state = db.session.scalar(select(Erasure.state).where(Erasure.id == erasure_id))
    if state != ERASED:
        return state == FINISHED
    ledger.write_down()
    if _farewell_waits(erasure_id, at) or not overwrite_log(patience):
        return False
    with writing():
        done = update(Erasure).where(Erasure.id == erasure_id, Erasure.state == ERASED)
        db.session.execute(done.values(state=FINISHED, finished_at=at))
        db.session.commit()
    db.session.expire_all()
    return True


def try_now(erasure_id: int, at: datetime, *, patience: float = 0.0) -> None:
    """Carry out at once what was accepted and committed; what does not succeed here is done by the worker."""
    try:
        if carry_out(erasure_id, at):
            finish(erasure_id, at, patience=patience)
    except (DBAPIError, OSError) as problem:
        db.session.rollback()
        log.error("erasure.left_to_worker", error=type(problem).__name__)


def _farewell_waits(erasure_id: int, at: datetime) -> bool:
    """Whether the one mail is still to be sent; it is given up after a day, for its row is the last that is known."""
    with writing():
        code, since = db.session.execute(select(Erasure.code, Erasure.erased_at).where(Erasure.id == erasure_id)).one()
        mine = OutboxRow.key.in_((f"{FAREWELL}:{code}", f"{FAREWELL}:{code}:letter"))
        waits = db.session.scalars(select(OutboxRow.failed_at).where(mine)).all()
        if not waits:
            return False
        if None in waits and since is not None and at - since < FAREWELL_WAITS:
            return True
        db.session.execute(delete(OutboxRow).where(mine))
        db.session.commit()
    return False


def complete_all(at: datetime) -> int:
    """Complete every erasure that was accepted, after a crash too; how many are finished now."""
    with writing():
        waiting = db.session.execute(
            select(Erasure.id, Erasure.state).where(Erasure.finished_at.is_(None)).order_by(Erasure.id)
        ).all()
    done = 0
    for erasure_id, _state in waiting:
        if carry_out(erasure_id, at):
            done += finish(erasure_id, at)
    return done


def rewrite_touched(at: datetime) -> list[str]:
    """Write every touched table anew, so that no byte of what was erased is left in it (PostgreSQL); which ones."""
    if not is_postgresql():
        overwrite_log(5.0)
        return []
    with writing():
        names = list(db.session.scalars(select(TouchedTable.name).order_by(TouchedTable.name)))
    if not names:
        return []
    clean = rewrite_tables(names)
    with writing():
        db.session.execute(delete(TouchedTable).where(TouchedTable.name.in_(clean), TouchedTable.since <= at))
        if clean != names:  # somebody reads what was there before: the rest the next night
            db.session.commit()
            return clean
        erased = update(Erasure).where(Erasure.erased_at.is_not(None), Erasure.erased_at <= at)
        db.session.execute(erased.where(Erasure.rewritten_at.is_(None)).values(rewritten_at=at))
        db.session.commit()
    return names


@ledger.replays(ledger.ERASURE)
def erase_again(person_id: str, item: str, at: datetime) -> None:
    """Do an erasure of the ledger again in a database that came back; its receipt comes back too."""
    code, _space, limit = item.partition(" ")
    word, _space, rest = limit.partition(" ")
    try:
        if word == "only":
            plan = plan_for_row([person_id], rest)
        else:
            needed = None if rest == "*" else [_needed(one) for one in rest.split()]
            plan = plan_for([person_id], needed)
    except CannotErase:
        return
    apply(plan, at)
    _receipt_again(code, rest if word == "only" else "", plan, at)


def _needed(told: str) -> Needed:
    table, _colon, key = told.partition(":")
    return Needed(table, key_from_text(table, key))


def _receipt_again(code: str, item: str, plan: Plan, at: datetime) -> None:
    known = db.session.scalar(select(func.count()).select_from(Erasure).where(Erasure.code == code))
    values: dict[str, Any] = {"state": ERASED, "erased_at": at}
    if known:
        db.session.execute(update(Erasure).where(Erasure.code == code, Erasure.state == ACCEPTED).values(**values))
        return
    told = json.dumps(told_of(plan))
    db.session.add(Erasure(code=code, item=item, language="nl", told=told, accepted_at=at, **values))
    db.session.flush()
