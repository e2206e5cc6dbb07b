"""Withdrawals with their lines, and which products the law excludes from them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

EXCLUSION = """ALTER TABLE products ADD COLUMN withdrawal_exclusion VARCHAR(20) DEFAULT '' NOT NULL
CONSTRAINT ck_products_withdrawal_exclusion CHECK (withdrawal_exclusion IN ('', 'made_to_order', 'perishable',
'sealed_hygiene', 'mixed', 'sealed_recording', 'dated_service'))"""


def upgrade() -> None:
    """Make the change."""
    op.execute(" ".join(EXCLUSION.split()))
    op.create_table(
        "withdrawals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("is_guest", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=True),
        sa.Column("order_reference", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("what", sa.String(length=300), nullable=True),
        sa.Column("is_by_line", sa.Boolean(), nullable=False),
        sa.Column("is_mailed", sa.Boolean(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judged_by", sa.Integer(), nullable=True),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("deduction_cents", sa.Integer(), nullable=False),
        sa.Column("proposed_cents", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("decision IN ('', 'accepted', 'refused')", name=op.f("ck_withdrawals_decision")),
        sa.CheckConstraint(
            "proposed_cents >= 0 AND deduction_cents >= 0", name=op.f("ck_withdrawals_amounts_positive")
        ),
        sa.ForeignKeyConstraint(
            ["judged_by"], ["staff_members.id"], name=op.f("fk_withdrawals_judged_by_staff_members")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_withdrawals_order_id_orders")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_withdrawals_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawals")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_withdrawals_receipt_hash")),
    )
    op.create_index("ix_withdrawals_open", "withdrawals", ["ended_at", "submitted_at"])
    op.create_index(op.f("ix_withdrawals_order_id"), "withdrawals", ["order_id"])
    op.create_index(op.f("ix_withdrawals_person_id"), "withdrawals", ["person_id"])
    op.create_table(
        "withdrawal_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("withdrawal_id", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("received_quantity", sa.Integer(), nullable=False),
        sa.Column("put_back_quantity", sa.Integer(), nullable=False),
        sa.Column("condition", sa.String(length=200), nullable=True),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_withdrawal_lines_quantity_positive")),
        sa.CheckConstraint(
            "received_quantity >= 0 AND received_quantity <= quantity",
            name=op.f("ck_withdrawal_lines_received_range"),
        ),
        sa.CheckConstraint(
            "put_back_quantity >= 0 AND put_back_quantity <= received_quantity",
            name=op.f("ck_withdrawal_lines_put_back_range"),
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_lines.id"], name=op.f("fk_withdrawal_lines_order_line_id_order_lines")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawal_id"], ["withdrawals.id"], name=op.f("fk_withdrawal_lines_withdrawal_id_withdrawals")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal_lines")),
        sa.UniqueConstraint(
            "withdrawal_id", "order_line_id", name=op.f("uq_withdrawal_lines_withdrawal_id_order_line_id")
        ),
    )
    op.create_index(op.f("ix_withdrawal_lines_order_line_id"), "withdrawal_lines", ["order_line_id"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("withdrawal_lines")
    op.drop_table("withdrawals")
    op.drop_column("products", "withdrawal_exclusion")
