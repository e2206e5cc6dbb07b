"""Corrections that somebody has to pass on."""

import sqlalchemy as sa
from alembic import op

revision = "0006b"
down_revision = "0005c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "correction_tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("fields", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('label', 'invoice', 'recipient')", name=op.f("ck_correction_tasks_kind")),
        sa.ForeignKeyConstraint(
            ["done_by"], ["staff_members.id"], name=op.f("fk_correction_tasks_done_by_staff_members")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_correction_tasks_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_tasks")),
    )
    op.create_index("ix_correction_tasks_open", "correction_tasks", ["done_at", "created_at"])
    op.create_index(op.f("ix_correction_tasks_person_id"), "correction_tasks", ["person_id"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("correction_tasks")
