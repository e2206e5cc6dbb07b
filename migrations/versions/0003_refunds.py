"""Refunds with their lines, captures, supplements, and what a payment may be claimed for."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROLES = "role IN ('settles', 'surplus')"
ROLES_NOW = "role IN ('settles', 'surplus', 'supplement')"


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "refunds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=True),
        sa.Column("first_part_id", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(length=12), nullable=False),
        sa.Column("origin_key", sa.String(length=80), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("shipping_cents", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("is_by_hand", sa.Boolean(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("mollie_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('proposed', 'queued', 'pending', 'processing', 'refunded', 'failed', 'canceled', 'declined')",
            name=op.f("ck_refunds_status"),
        ),
        sa.CheckConstraint(
            "origin IN ('withdrawal', 'cancellation', 'change', 'attention', 'staff', 'mollie')",
            name=op.f("ck_refunds_origin"),
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_refunds_amount_positive")),
        sa.CheckConstraint(
            "shipping_cents >= 0 AND shipping_cents <= amount_cents", name=op.f("ck_refunds_shipping_range")
        ),
        sa.CheckConstraint(
            "status = 'proposed' OR origin = 'mollie' OR decided_by IS NOT NULL", name=op.f("ck_refunds_decided")
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["payment_attempts.id"], name=op.f("fk_refunds_attempt_id_payment_attempts")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["staff_members.id"], name=op.f("fk_refunds_decided_by_staff_members")),
        sa.ForeignKeyConstraint(["first_part_id"], ["refunds.id"], name=op.f("fk_refunds_first_part_id_refunds")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_refunds_order_id_orders")),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["staff_members.id"], name=op.f("fk_refunds_proposed_by_staff_members")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_refunds_idempotency_key")),
        sa.UniqueConstraint("mollie_id", name=op.f("uq_refunds_mollie_id")),
        sa.UniqueConstraint("order_id", "origin", "origin_key", name=op.f("uq_refunds_order_id_origin_origin_key")),
        sa.UniqueConstraint("token", name=op.f("uq_refunds_token")),
    )
    op.create_index(op.f("ix_refunds_attempt_id"), "refunds", ["attempt_id"])
    op.create_index(op.f("ix_refunds_first_part_id"), "refunds", ["first_part_id"])
    op.create_index("ix_refunds_open", "refunds", ["status", "created_at"])
    op.create_index(op.f("ix_refunds_order_id"), "refunds", ["order_id"])
    op.create_table(
        "refund_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("refund_id", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_refund_lines_quantity_positive")),
        sa.CheckConstraint("cents >= 0", name=op.f("ck_refund_lines_cents_positive")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_lines.id"], name=op.f("fk_refund_lines_order_line_id_order_lines")
        ),
        sa.ForeignKeyConstraint(["refund_id"], ["refunds.id"], name=op.f("fk_refund_lines_refund_id_refunds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_lines")),
        sa.UniqueConstraint("refund_id", "order_line_id", name=op.f("uq_refund_lines_refund_id_order_line_id")),
    )
    op.create_index(op.f("ix_refund_lines_order_line_id"), "refund_lines", ["order_line_id"])
    op.create_table(
        "captures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("mollie_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('queued', 'pending', 'succeeded', 'failed')", name=op.f("ck_captures_status")),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_captures_amount_positive")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["payment_attempts.id"], name=op.f("fk_captures_attempt_id_payment_attempts")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_captures_order_id_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_captures")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_captures_idempotency_key")),
        sa.UniqueConstraint("key", name=op.f("uq_captures_key")),
        sa.UniqueConstraint("mollie_id", name=op.f("uq_captures_mollie_id")),
        sa.UniqueConstraint("token", name=op.f("uq_captures_token")),
    )
    op.create_index(op.f("ix_captures_attempt_id"), "captures", ["attempt_id"])
    op.create_index("ix_captures_open", "captures", ["status", "created_at"])
    op.create_index(op.f("ix_captures_order_id"), "captures", ["order_id"])
    with op.batch_alter_table("payment_attempts") as batch:
        batch.add_column(sa.Column("claimed_cents", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("is_captured_later", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("capturing_cents", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("captured_cents", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("capture_before", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("released_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_check_constraint(
            op.f("ck_payment_attempts_claimed_range"), "claimed_cents >= 0 AND claimed_cents <= amount_cents"
        )
        batch.create_check_constraint(
            op.f("ck_payment_attempts_capturing_range"), "capturing_cents >= 0 AND capturing_cents <= amount_cents"
        )
    with op.batch_alter_table("applied_payments") as batch:
        batch.drop_constraint(op.f("ck_applied_payments_role"), type_="check")
        batch.create_check_constraint(op.f("ck_applied_payments_role"), ROLES_NOW)
    op.add_column("attention_items", sa.Column("reason", sa.String(length=300), nullable=True))
    op.add_column("orders", sa.Column("delivery_stopped_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take the change back; money that paid a difference is then counted as surplus."""
    op.drop_column("orders", "delivery_stopped_at")
    op.drop_column("attention_items", "reason")
    op.execute("UPDATE applied_payments SET role = 'surplus' WHERE role = 'supplement'")
    with op.batch_alter_table("applied_payments") as batch:
        batch.drop_constraint(op.f("ck_applied_payments_role"), type_="check")
        batch.create_check_constraint(op.f("ck_applied_payments_role"), ROLES)
    with op.batch_alter_table("payment_attempts") as batch:
        batch.drop_constraint(op.f("ck_payment_attempts_capturing_range"), type_="check")
        batch.drop_constraint(op.f("ck_payment_attempts_claimed_range"), type_="check")
        for name in (
            "released_at",
            "capture_before",
            "captured_cents",
            "capturing_cents",
            "is_captured_later",
            "claimed_cents",
        ):
            batch.drop_column(name)
    op.drop_table("captures")
    op.drop_table("refund_lines")
    op.drop_table("refunds")
