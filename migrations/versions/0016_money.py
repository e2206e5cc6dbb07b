"""Refunds that are taken back, their parts by line, and pieces that will not be sent."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015b"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
PIECES = "ck_refund_lines_quantity_positive"
NOT_SENT = "ck_order_lines_not_sent_range"
BY_SOMEBODY = "ck_refunds_cancel_by_somebody"
ASKED_BY = "fk_refunds_cancel_asked_by_staff_members"


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("refunds") as batch:
        batch.add_column(sa.Column("ends_delivery", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch.add_column(sa.Column("cancel_asked_at", MOMENT, nullable=True))
        batch.add_column(sa.Column("cancel_asked_by", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("cancel_reason", sa.String(length=300), nullable=True))
        batch.add_column(sa.Column("cancel_refused_at", MOMENT, nullable=True))
        batch.create_check_constraint(op.f(BY_SOMEBODY), "cancel_asked_at IS NULL OR cancel_asked_by IS NOT NULL")
        batch.create_foreign_key(op.f(ASKED_BY), "staff_members", ["cancel_asked_by"], ["id"])
    with op.batch_alter_table("refund_lines") as batch:
        batch.drop_constraint(op.f(PIECES), type_="check")
        batch.create_check_constraint(op.f(PIECES), "quantity >= 0")
    with op.batch_alter_table("order_lines", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.add_column(sa.Column("not_sent_quantity", sa.Integer(), server_default="0", nullable=False))
        batch.create_check_constraint(op.f(NOT_SENT), "not_sent_quantity >= 0 AND not_sent_quantity <= quantity")


def downgrade() -> None:
    """Take the change back; a part of a refund that has money of a line but no piece of it loses that line."""
    op.execute("DELETE FROM refund_lines WHERE quantity = 0")
    with op.batch_alter_table("order_lines", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.drop_constraint(op.f(NOT_SENT), type_="check")
        batch.drop_column("not_sent_quantity")
    with op.batch_alter_table("refund_lines") as batch:
        batch.drop_constraint(op.f(PIECES), type_="check")
        batch.create_check_constraint(op.f(PIECES), "quantity >= 1")
    with op.batch_alter_table("refunds") as batch:
        batch.drop_constraint(op.f(ASKED_BY), type_="foreignkey")
        batch.drop_constraint(op.f(BY_SOMEBODY), type_="check")
        for column in (
            "cancel_refused_at", "cancel_reason", "cancel_asked_by", "cancel_asked_at", "ends_delivery",
        ):  # fmt: skip
            batch.drop_column(column)
