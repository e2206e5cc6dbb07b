"""Consents and orders remember the version of the privacy statement under which they were given."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change; which version an older row was given under was never written down."""
    for table in ("consents", "orders"):
        op.add_column(table, sa.Column("privacy_version", sa.String(length=20), nullable=True))


def downgrade() -> None:
    """Take it back."""
    for table in ("orders", "consents"):
        op.drop_column(table, "privacy_version")
