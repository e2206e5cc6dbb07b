"""An index on a key that an erasure follows."""

from alembic import op

revision = "0013"
down_revision = "0008"
branch_labels = None
depends_on = None

NAME = "ix_reconciliation_differences_attempt_id"


def upgrade() -> None:
    """Make the change."""
    op.create_index(op.f(NAME), "reconciliation_differences", ["attempt_id"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_index(op.f(NAME), "reconciliation_differences")
