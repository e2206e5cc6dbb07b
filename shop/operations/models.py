"""What the daily comparison of Mollie, orders, papers and stock found; numbers and ids, nothing about a person."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, relationship

from shop.core.db import Model
from shop.core.personal_data import plain


class ReconciliationRun(Model):
    """One comparison: until when Mollie was looked through, how much was compared, and whether it came to its end."""

    __tablename__ = "reconciliation_runs"

    id: Mapped[int] = plain(primary_key=True)
    started_at: Mapped[datetime] = plain(index=True)
    finished_at: Mapped[datetime | None] = plain()
    payments: Mapped[int] = plain(default=0)  # of Mollie's, compared with ours
    problem: Mapped[str] = plain(String(40), default="")  # why Mollie could not be asked

    differences: Mapped[list["Difference"]] = relationship(lazy="raise", order_by="Difference.id")


class Difference(Model):
    """Something that one side says and another does not; it is gone when a later run does not find it again."""

    __tablename__ = "reconciliation_differences"
    __table_args__ = (Index("ix_reconciliation_differences_run", "run_id", "id"),)

    id: Mapped[int] = plain(primary_key=True)
    run_id: Mapped[int] = plain(ForeignKey("reconciliation_runs.id"))
    kind: Mapped[str] = plain(String(20))
    reference: Mapped[str] = plain(String(64), default="")  # Mollie's id of a payment
    attempt_id: Mapped[int | None] = plain(ForeignKey("payment_attempts.id"), index=True)
    detail: Mapped[str] = plain(String(200), default="")
