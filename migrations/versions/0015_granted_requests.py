"""The receipt of the erasure that a granted request set going."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("rights_requests", sa.Column("receipt_code", sa.String(40), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("rights_requests") as rows:
        rows.drop_column("receipt_code")
