"""Once a day: Mollie against orders, papers and stock. Zero differences are expected; each kind has its repair."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, select
from sqlalchemy.orm import selectinload

from shop.core import clock
from shop.core.db import db, writing
from shop.operations.models import Difference, ReconciliationRun
from shop.operations.queries import broken_invariants
from shop.orders.models import COMPLETED, CONFIRMED, Order
from shop.papers.models import BookEntry, Invoice
from shop.papers.queries import wrong_with_numbers, wrong_with_sums
from shop.payments import mollie_gateway, rules
from shop.payments.models import PaymentAttempt, Refund
from shop.payments.mollie_answers import Answer
from shop.payments.mollie_gateway import MollieProblem
from shop.payments.refund_rules import BY_CHANGE, REFUNDED

AT_LEAST = timedelta(days=3)
"""How far back Mollie is looked through each time: more than a day, so that what moved meanwhile is seen again."""
LATE_AFTER = timedelta(hours=26)
DAILY = timedelta(hours=23)
SETTLES = timedelta(minutes=10)  # what changed just now may be on its way to us
KEPT = timedelta(days=400)
MOST = 500

UNKNOWN, DIFFERS, ONLY_OURS = "mollie_unknown", "mollie_differs", "only_ours"
BALANCE, STOCK, PAPERS, PAPER_TOTAL, OTHER = "balance", "stock", "papers", "paper_total", "other"
_BY_INVARIANT = {"I1": BALANCE, "I2": STOCK, "I4": BALANCE, "I9": BALANCE}  # I3 is that of the papers, asked below
BY_ASKING = (DIFFERS, ONLY_OURS)
"""Kinds that are repaired by asking Mollie about the payment once more."""


@dataclass(frozen=True)
class Found:
    """A difference, before it is written down."""

    kind: str
    detail: str
    reference: str = ""
    attempt_id: int | None = None


def reconcile_everything(*, at: datetime) -> int:
    """Compare all there is and write down what differs; the number of the run. Commits, and asks Mollie in between."""
    since = at - AT_LEAST
    with writing():
        run = ReconciliationRun(started_at=at)
        db.session.add(run)
        db.session.commit()
        run_id = run.id
    problem, told = "", []
    try:
        told = mollie_gateway.payments_since(since)
    except MollieProblem as raised:
        problem = type(raised).__name__
    found = [] if problem else list(_against_mollie(told, since=since, at=at))
    found += _inside(at)
    with writing():
        run = db.session.get_one(ReconciliationRun, run_id)
        for one in found[:MOST]:
            db.session.add(Difference(run_id=run_id, **vars(one)))
        run.payments, run.problem, run.finished_at = len(told), problem, clock.now()
        _forget(at)
        db.session.commit()
    return run_id


def _against_mollie(told: Sequence[Answer], *, since: datetime, at: datetime) -> Iterator[Found]:
    """What Mollie says of each payment against what we have of it, and the other way round."""
    ids = [answer.id for answer in told]
    known = {
        attempt.mollie_id: attempt
        for attempt in db.session.scalars(select(PaymentAttempt).where(PaymentAttempt.mollie_id.in_(ids)))
    }
    for answer in told:
        if answer.created_at is not None and at - answer.created_at < SETTLES:
            continue
        attempt = known.get(answer.id)
        if attempt is None:
            if answer.status == rules.PAID:
                yield Found(UNKNOWN, f"EUR {answer.amount_cents / 100:.2f}, {answer.status}", answer.id)
        elif said := _difference(answer, attempt):
            yield Found(DIFFERS, said, answer.id, attempt.id)
    ours = select(PaymentAttempt).where(
        PaymentAttempt.status.in_(rules.SETTLING),
        PaymentAttempt.created_at >= since,
        PaymentAttempt.mode == mollie_gateway.mode(),
        PaymentAttempt.mollie_id.not_in(ids),
    )
    for attempt in db.session.scalars(ours.limit(MOST)):
        yield Found(ONLY_OURS, attempt.status, attempt.mollie_id or "", attempt.id)
    db.session.rollback()


def _difference(answer: Answer, attempt: PaymentAttempt) -> str:
    """In which words of a payment Mollie and we differ; empty when in none."""
    pairs = (
        ("status", answer.status, attempt.status),
        ("amount", answer.amount_cents, attempt.amount_cents),
        ("refunded", answer.refunded_cents, attempt.refunded_cents),
        ("charged back", answer.charged_back_cents, attempt.charged_back_cents),
    )
    return "; ".join(f"{word}: {theirs} / {ours}" for word, theirs, ours in pairs if theirs != ours)


def _inside(at: datetime) -> list[Found]:
    """Orders, money, stock and papers among themselves."""
    found = [Found(_BY_INVARIANT.get(text[:2], OTHER), text[:200]) for text in broken_invariants() if text[:2] != "I3"]
    found += [Found(PAPERS, text[:200]) for text in (*wrong_with_numbers(at), *wrong_with_sums())]
    found += [Found(PAPER_TOTAL, text) for text in _wrong_paper_totals()]
    db.session.rollback()
    return list(dict.fromkeys(found))


def _wrong_paper_totals() -> Iterator[str]:
    """Orders of which the papers, credit notes taken off, do not come to what the order costs less what went back."""
    signed = case((Invoice.kind == "invoice", Invoice.total_cents), else_=-Invoice.total_cents)
    papers = select(Invoice.order_id, func.sum(signed).label("total")).group_by(Invoice.order_id).subquery()
    back = (
        select(Refund.order_id, func.sum(Refund.amount_cents).label("total"))
        .where(Refund.status == REFUNDED, Refund.origin != BY_CHANGE)
        .group_by(Refund.order_id)
        .subquery()
    )
    sold = (
        select(func.coalesce(func.sum(BookEntry.gross_cents), 0))
        .where(BookEntry.order_id == Order.id, BookEntry.kind == "sale")
        .scalar_subquery()
    )
    due = Order.total_cents - func.coalesce(back.c.total, 0)
    wrong = (
        select(Order.number, papers.c.total, due.label("due"))
        .join(papers, papers.c.order_id == Order.id)
        .outerjoin(back, back.c.order_id == Order.id)
        .where(Order.status.in_((CONFIRMED, COMPLETED)), papers.c.total != due)
        .where(sold >= Order.total_cents)  # a changed order keeps its invoice until the difference is paid
    )
    for number, total, wanted in db.session.execute(wrong.limit(MOST)):
        yield f"{number}: {total / 100:.2f} / {wanted / 100:.2f}"


def _forget(at: datetime) -> None:
    """Results are kept for the books of a year, not longer."""
    old = select(ReconciliationRun.id).where(ReconciliationRun.started_at < at - KEPT)
    db.session.execute(delete(Difference).where(Difference.run_id.in_(old)))
    db.session.execute(delete(ReconciliationRun).where(ReconciliationRun.started_at < at - KEPT))


def orders_of(differences: Iterable[Difference]) -> dict[int, str]:
    """The numbers of the orders whose payments differ, by attempt."""
    attempts = {one.attempt_id for one in differences if one.attempt_id is not None}
    question = select(PaymentAttempt.id, Order.number).join(Order, Order.id == PaymentAttempt.order_id)
    return {row[0]: row[1] for row in db.session.execute(question.where(PaymentAttempt.id.in_(attempts)))}


def last_run() -> ReconciliationRun | None:
    """The last comparison that came to its end, with what it found."""
    question = select(ReconciliationRun).where(ReconciliationRun.finished_at.is_not(None))
    return db.session.scalar(
        question.options(selectinload(ReconciliationRun.differences)).order_by(ReconciliationRun.id.desc()).limit(1)
    )


def earlier_runs(limit: int = 30) -> list[tuple[ReconciliationRun, int]]:
    """The last comparisons with how many differences each found, newest first."""
    counted = select(Difference.run_id, func.count().label("found")).group_by(Difference.run_id).subquery()
    question = (
        select(ReconciliationRun, func.coalesce(counted.c.found, 0))
        .outerjoin(counted, counted.c.run_id == ReconciliationRun.id)
        .order_by(ReconciliationRun.id.desc())
    )
    return [(run, int(found)) for run, found in db.session.execute(question.limit(limit))]


def is_late(at: datetime) -> bool:
    """Whether no comparison has come to its end for longer than a day."""
    finished = db.session.scalar(
        select(func.max(ReconciliationRun.started_at)).where(
            ReconciliationRun.finished_at.is_not(None), ReconciliationRun.problem == ""
        )
    )
    return finished is None or at - finished > LATE_AFTER
