"""Whose data a transfer holds besides its owner's."""

import sqlalchemy as sa
from alembic import op

revision = "0015b"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "transfer_people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_transfer_people_person_id_people")),
        sa.ForeignKeyConstraint(
            ["transfer_id"], ["transfers.id"], name=op.f("fk_transfer_people_transfer_id_transfers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_people")),
        sa.UniqueConstraint("transfer_id", "person_id", name=op.f("uq_transfer_people_transfer_id_person_id")),
    )
    op.create_index(op.f("ix_transfer_people_person_id"), "transfer_people", ["person_id"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_index(op.f("ix_transfer_people_person_id"), "transfer_people")
    op.drop_table("transfer_people")
