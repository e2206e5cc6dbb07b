"""Erasures and their receipts, tables to be written anew, and an index on every key that an erasure walks."""

import sqlalchemy as sa
from alembic import op

revision = "0007b"
down_revision = "0010b"
branch_labels = None
depends_on = None

INDEXES = (
    ("applied_payments", "order_id"),
    ("attention_items", "attempt_id"),
    ("attention_items", "resolved_by"),
    ("withdrawals", "judged_by"),
)


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("item", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("is_mailed", sa.Boolean(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rewritten_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('accepted', 'erased', 'finished')", name=op.f("ck_erasures_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sa.UniqueConstraint("code", name=op.f("uq_erasures_code")),
    )
    op.create_index("ix_erasures_unfinished", "erasures", ["finished_at", "accepted_at"])
    op.create_table(
        "erasure_subjects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("erasure_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_erasure_subjects_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_subjects")),
    )
    op.create_index(op.f("ix_erasure_subjects_erasure_id"), "erasure_subjects", ["erasure_id"])
    op.create_index(op.f("ix_erasure_subjects_person_id"), "erasure_subjects", ["person_id"])
    op.create_table(
        "touched_tables",
        sa.Column("name", sa.String(length=63), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_touched_tables")),
    )
    for table, column in INDEXES:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    with op.batch_alter_table("audit_entries") as batch:
        batch.alter_column("reason", existing_type=sa.String(length=200), nullable=True)


def downgrade() -> None:
    """Take the change back."""
    op.execute("UPDATE audit_entries SET reason = '' WHERE reason IS NULL")
    with op.batch_alter_table("audit_entries") as batch:
        batch.alter_column("reason", existing_type=sa.String(length=200), nullable=False)
    for table, column in reversed(INDEXES):
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
    op.drop_table("touched_tables")
    op.drop_table("erasure_subjects")
    op.drop_table("erasures")
