"""Counters, the visits of browsers that allow analysis, and totals of at least five."""

import sqlalchemy as sa
from alembic import op

revision = "0009b"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "counts",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('page', 'word', 'step')", name=op.f("ck_counts_kind")),
        sa.CheckConstraint("times >= 1", name=op.f("ck_counts_times_positive")),
        sa.PrimaryKeyConstraint("on", "kind", "name", name=op.f("pk_counts")),
    )
    op.create_table(
        "activities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("browser_id", sa.String(length=32), nullable=False),
        sa.Column("page", sa.String(length=120), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("device", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["browser_id"], ["browsers.id"], name=op.f("fk_activities_browser_id_browsers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activities")),
    )
    op.create_index("ix_activities_at", "activities", ["at"])
    op.create_index(op.f("ix_activities_browser_id"), "activities", ["browser_id"])
    op.create_table(
        "activity_totals",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("browsers", sa.Integer(), nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('page', 'source', 'device')", name=op.f("ck_activity_totals_kind")),
        sa.CheckConstraint("browsers >= 5 AND views >= browsers", name=op.f("ck_activity_totals_at_least_five")),
        sa.PrimaryKeyConstraint("on", "kind", "name", name=op.f("pk_activity_totals")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("activity_totals")
    op.drop_table("activities")
    op.drop_table("counts")
