"""The versions of the shop's statements."""

import sqlalchemy as sa
from alembic import op

revision = "0010b"
down_revision = "0009b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "statement_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("html_nl", sa.Text(), nullable=False),
        sa.Column("html_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_versions")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_statement_versions_name_version")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("statement_versions")
