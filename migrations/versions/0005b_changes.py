"""Changes of an order: its version, and what customers ask for."""

import sqlalchemy as sa
from alembic import op

revision = "0005b"
down_revision = "0007c"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the change."""
    op.add_column("orders", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.create_table(
        "change_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("given_name", sa.String(length=60), nullable=True),
        sa.Column("family_name", sa.String(length=80), nullable=True),
        sa.Column("street", sa.String(length=100), nullable=True),
        sa.Column("house_number", sa.String(length=10), nullable=True),
        sa.Column("addition", sa.String(length=20), nullable=True),
        sa.Column("postcode", sa.String(length=12), nullable=True),
        sa.Column("town", sa.String(length=80), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('cancel', 'address', 'fewer')", name=op.f("ck_change_requests_kind")),
        sa.CheckConstraint("decision IN ('', 'accepted', 'refused')", name=op.f("ck_change_requests_decision")),
        sa.CheckConstraint("(decided_at IS NULL) = (decision = '')", name=op.f("ck_change_requests_decided_once")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["staff_members.id"], name=op.f("fk_change_requests_decided_by_staff_members")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_change_requests_order_id_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_requests")),
    )
    op.create_index("ix_change_requests_decided", "change_requests", ["decided_at", "id"])
    op.create_index(op.f("ix_change_requests_order_id"), "change_requests", ["order_id"])
    op.create_index(
        "uq_change_requests_open",
        "change_requests",
        ["order_id", "kind"],
        unique=True,
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    op.create_table(
        "change_request_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_request_id", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_change_request_lines_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["change_request_id"],
            ["change_requests.id"],
            name=op.f("fk_change_request_lines_change_request_id_change_requests"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_request_lines")),
        sa.UniqueConstraint(
            "change_request_id", "order_line_id", name=op.f("uq_change_request_lines_change_request_id_order_line_id")
        ),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("change_request_lines")
    op.drop_table("change_requests")
    op.drop_column("orders", "version")
