"""Conversations with customers, their messages and mailed links, and the desk's templates."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "contact_threads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("receipt_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("is_guest", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("topic", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("telephone", sa.String(length=40), nullable=True),
        sa.Column("order_reference", sa.String(length=40), nullable=True),
        sa.Column("is_suspect", sa.Boolean(), nullable=False),
        sa.Column("suspicion", sa.String(length=20), nullable=False),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "topic IN ('order', 'product', 'return', 'privacy', 'other', 'security')",
            name=op.f("ck_contact_threads_topic"),
        ),
        sa.CheckConstraint(
            "closed_at IS NULL OR waiting_since IS NULL", name=op.f("ck_contact_threads_closed_waits_for_nobody")
        ),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["staff_members.id"], name=op.f("fk_contact_threads_assignee_id_staff_members")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_contact_threads_order_id_orders")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_contact_threads_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_threads")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_contact_threads_receipt_hash")),
        sa.UniqueConstraint("reference", name=op.f("uq_contact_threads_reference")),
    )
    op.create_index(op.f("ix_contact_threads_assignee_id"), "contact_threads", ["assignee_id"])
    op.create_index(op.f("ix_contact_threads_email"), "contact_threads", ["email"])
    op.create_index("ix_contact_threads_open", "contact_threads", ["is_suspect", "closed_at", "waiting_since"])
    op.create_index(op.f("ix_contact_threads_order_id"), "contact_threads", ["order_id"])
    op.create_index(op.f("ix_contact_threads_person_id"), "contact_threads", ["person_id"])
    op.create_table(
        "contact_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("sending_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("numbers", sa.String(length=10), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('customer', 'staff', 'telephone')", name=op.f("ck_contact_messages_kind")),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_members.id"], name=op.f("fk_contact_messages_staff_id_staff_members")
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["contact_threads.id"], name=op.f("fk_contact_messages_thread_id_contact_threads")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_messages")),
        sa.UniqueConstraint("sending_hash", name=op.f("uq_contact_messages_sending_hash")),
    )
    op.create_index(op.f("ix_contact_messages_thread_id"), "contact_messages", ["thread_id"])
    op.create_table(
        "contact_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["contact_threads.id"], name=op.f("fk_contact_links_thread_id_contact_threads")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_contact_links_token_hash")),
    )
    op.create_index(op.f("ix_contact_links_thread_id"), "contact_links", ["thread_id"])
    op.create_table(
        "answer_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("text_nl", sa.Text(), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_templates")),
        sa.UniqueConstraint("title", name=op.f("uq_answer_templates_title")),
    )


def downgrade() -> None:
    """Take the change back."""
    for name in ("answer_templates", "contact_links", "contact_messages", "contact_threads"):
        op.drop_table(name)
