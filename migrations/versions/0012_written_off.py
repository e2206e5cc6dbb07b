"""Money that a bank took back can be written off in the books."""

from alembic import op

revision = "0012"
down_revision = "0013b"
branch_labels = None
depends_on = None

KIND = "ck_book_entries_kind"


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("book_entries") as batch:
        batch.drop_constraint(op.f(KIND), type_="check")
        batch.create_check_constraint(op.f(KIND), "kind IN ('sale', 'refund', 'lost')")


def downgrade() -> None:
    """Take the change back; what was written off becomes money paid back, so that the sums stay."""
    op.execute("UPDATE book_entries SET kind = 'refund' WHERE kind = 'lost'")
    with op.batch_alter_table("book_entries") as batch:
        batch.drop_constraint(op.f(KIND), type_="check")
        batch.create_check_constraint(op.f(KIND), "kind IN ('sale', 'refund')")
