"""Requests about rights, copies of identity documents, transfers, restrictions, processors and breaches."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0006b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "processors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("region", sa.String(length=80), nullable=False),
        sa.Column("subprocessors", sa.String(length=300), nullable=False),
        sa.Column("agreement_on", sa.Date(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('processor', 'controller')", name=op.f("ck_processors_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processors")),
        sa.UniqueConstraint("recipient", name=op.f("uq_processors_recipient")),
    )
    op.create_table(
        "restrictions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('restricted', 'objection', 'analysis', 'preferences', 'child')", name=op.f("ck_restrictions_kind")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_restrictions_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restrictions")),
    )
    with op.batch_alter_table("restrictions", schema=None) as batch_op:
        batch_op.create_index("ix_restrictions_person", ["person_id", "lifted_at"], unique=False)

    op.create_table(
        "transfers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("organisation", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("stated_name", sa.String(length=120), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("canceled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'accepted', 'fetched', 'canceled', 'expired')", name=op.f("ck_transfers_state")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_transfers_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfers")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_transfers_key_hash")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_transfers_link_hash")),
    )
    with op.batch_alter_table("transfers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transfers_person_id"), ["person_id"], unique=False)

    op.create_table(
        "breaches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("aware_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("what_happened", sa.Text(), nullable=False),
        sa.Column("nature", sa.String(length=60), nullable=False),
        sa.Column("data_kinds", sa.String(length=300), nullable=False),
        sa.Column("people_kinds", sa.String(length=300), nullable=False),
        sa.Column("number_of_people", sa.Integer(), nullable=True),
        sa.Column("consequences", sa.Text(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("decision", sa.String(length=12), nullable=False),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("authority_number", sa.String(length=40), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "decision <> 'not_reported' OR length(decision_reason) > 0", name=op.f("ck_breaches_silence_has_reason")
        ),
        sa.CheckConstraint("decision IN ('', 'reported', 'not_reported')", name=op.f("ck_breaches_decision")),
        sa.CheckConstraint(
            "decision = '' OR (decided_at IS NOT NULL AND decided_by IS NOT NULL)",
            name=op.f("ck_breaches_decided_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["staff_members.id"], name=op.f("fk_breaches_decided_by_staff_members")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["staff_members.id"], name=op.f("fk_breaches_recorded_by_staff_members")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breaches")),
    )
    op.create_table(
        "rights_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("sent_hash", sa.String(length=64), nullable=True),
        sa.Column("link_hash", sa.String(length=64), nullable=True),
        sa.Column("person_id", sa.String(length=32), nullable=True),
        sa.Column("reconsiders_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("known_email", sa.String(length=254), nullable=True),
        sa.Column("is_mailbox_proved", sa.Boolean(), nullable=False),
        sa.Column("postal_address", sa.String(length=200), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_mailed", sa.Boolean(), nullable=False),
        sa.Column("proof", sa.String(length=10), nullable=False),
        sa.Column("is_extended", sa.Boolean(), nullable=False),
        sa.Column("extension_reason", sa.String(length=500), nullable=True),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "channel IN ('form', 'email', 'telephone', 'post')", name=op.f("ck_rights_requests_channel")
        ),
        sa.CheckConstraint(
            "decision IN ('', 'granted', 'partly', 'refused')", name=op.f("ck_rights_requests_decision")
        ),
        sa.CheckConstraint(
            "kind IN ('access', 'correction', 'erasure', 'portability', "
            "'consent', 'objection', 'restriction', 'child')",
            name=op.f("ck_rights_requests_kind"),
        ),
        sa.CheckConstraint(
            "proof IN ('', 'signed_in', 'mailbox', 'order', 'visit', 'call', 'id_copy')",
            name=op.f("ck_rights_requests_proof"),
        ),
        sa.CheckConstraint(
            "decision = '' OR (decided_at IS NOT NULL AND decided_by IS NOT NULL)",
            name=op.f("ck_rights_requests_decided_by_somebody"),
        ),
        sa.CheckConstraint("due_on > received_on", name=op.f("ck_rights_requests_due_after_receipt")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["staff_members.id"], name=op.f("fk_rights_requests_decided_by_staff_members")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_rights_requests_person_id_people")),
        sa.ForeignKeyConstraint(
            ["reconsiders_id"], ["rights_requests.id"], name=op.f("fk_rights_requests_reconsiders_id_rights_requests")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rights_requests")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_rights_requests_link_hash")),
        sa.UniqueConstraint("reference", name=op.f("uq_rights_requests_reference")),
        sa.UniqueConstraint("sent_hash", name=op.f("uq_rights_requests_sent_hash")),
    )
    with op.batch_alter_table("rights_requests", schema=None) as batch_op:
        batch_op.create_index("ix_rights_requests_open", ["decided_at", "due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_rights_requests_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rights_requests_reconsiders_id"), ["reconsiders_id"], unique=False)

    op.create_table(
        "breach_people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("breach_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["breach_id"], ["breaches.id"], name=op.f("fk_breach_people_breach_id_breaches")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_breach_people_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breach_people")),
        sa.UniqueConstraint("breach_id", "person_id", name=op.f("uq_breach_people_breach_id_person_id")),
    )
    with op.batch_alter_table("breach_people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_breach_people_person_id"), ["person_id"], unique=False)

    op.create_table(
        "id_copies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("link_hash", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("ask_reason", sa.String(length=300), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("wrapped_key", sa.String(length=400), nullable=True),
        sa.Column("file_name", sa.String(length=40), nullable=True),
        sa.Column("covered", sa.String(length=120), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("destroyed_why", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "(state = 'received') = (wrapped_key IS NOT NULL)", name=op.f("ck_id_copies_key_while_there")
        ),
        sa.CheckConstraint("state IN ('asked', 'received', 'destroyed')", name=op.f("ck_id_copies_state")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["rights_requests.id"], name=op.f("fk_id_copies_request_id_rights_requests")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_id_copies")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_id_copies_link_hash")),
    )
    with op.batch_alter_table("id_copies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_id_copies_request_id"), ["request_id"], unique=False)

    op.create_table(
        "request_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["rights_requests.id"], name=op.f("fk_request_events_request_id_rights_requests")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_events")),
    )
    with op.batch_alter_table("request_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_request_events_request_id"), ["request_id"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    with op.batch_alter_table("request_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_events_request_id"))

    op.drop_table("request_events")
    with op.batch_alter_table("id_copies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_id_copies_request_id"))

    op.drop_table("id_copies")
    with op.batch_alter_table("breach_people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_breach_people_person_id"))

    op.drop_table("breach_people")
    with op.batch_alter_table("rights_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rights_requests_reconsiders_id"))
        batch_op.drop_index(batch_op.f("ix_rights_requests_person_id"))
        batch_op.drop_index("ix_rights_requests_open")

    op.drop_table("rights_requests")
    op.drop_table("breaches")
    with op.batch_alter_table("transfers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_transfers_person_id"))

    op.drop_table("transfers")
    with op.batch_alter_table("restrictions", schema=None) as batch_op:
        batch_op.drop_index("ix_restrictions_person")

    op.drop_table("restrictions")
    op.drop_table("processors")
