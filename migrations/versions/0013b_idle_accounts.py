"""The month in which an account was last used, and whether its owner was warned."""

import sqlalchemy as sa
from alembic import op

revision = "0013b"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change; accounts that are there begin to count now."""
    op.add_column("accounts", sa.Column("last_used_on", sa.Date(), nullable=True))
    op.add_column("accounts", sa.Column("idle_warned_on", sa.Date(), nullable=True))
    this_month = (
        "strftime('%Y-%m-01', 'now')" if op.get_bind().dialect.name == "sqlite" else "date_trunc('month', now())"
    )
    op.execute(f"UPDATE accounts SET last_used_on = {this_month}")
    with op.batch_alter_table("accounts") as batch:
        batch.alter_column("last_used_on", existing_type=sa.Date(), nullable=False)
    op.create_index("ix_accounts_last_used_on", "accounts", ["last_used_on", "id"])
    op.add_column("erasures", sa.Column("is_idle", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Take the change back."""
    op.drop_column("erasures", "is_idle")
    op.drop_index("ix_accounts_last_used_on", "accounts")
    op.drop_column("accounts", "idle_warned_on")
    op.drop_column("accounts", "last_used_on")
