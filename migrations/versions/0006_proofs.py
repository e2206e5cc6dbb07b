"""Proofs of an e-mail address by a typed code, with a short session of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    _kinds("'customer', 'staff', 'proof'")
    op.create_table(
        "mailbox_proofs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("binding_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_mailbox_proofs_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox_proofs")),
        sa.UniqueConstraint("binding_hash", name=op.f("uq_mailbox_proofs_binding_hash")),
    )
    op.create_index(op.f("ix_mailbox_proofs_email"), "mailbox_proofs", ["email"])
    op.create_index(op.f("ix_mailbox_proofs_person_id"), "mailbox_proofs", ["person_id"])
    op.create_index(op.f("ix_withdrawals_email"), "withdrawals", ["email"])


def downgrade() -> None:
    """Take the change back; whoever proved an address has to do so again."""
    op.drop_index(op.f("ix_withdrawals_email"), "withdrawals")
    op.drop_table("mailbox_proofs")
    op.execute("DELETE FROM sign_in_sessions WHERE kind = 'proof'")
    _kinds("'customer', 'staff'")


def _kinds(kinds: str) -> None:
    """Say which kinds of session there are."""
    name = op.f("ck_sign_in_sessions_kind")
    with op.batch_alter_table("sign_in_sessions") as batch:
        if op.get_bind().dialect.name == "postgresql":  # on SQLite the table is made anew, without it
            batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, f"kind IN ({kinds})")
