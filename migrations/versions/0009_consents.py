"""What browsers allowed: a ledger that is only added to, and until when a choice holds."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0005"
branch_labels = None
depends_on = None

RULES = {
    "sqlite": (
        "CREATE TRIGGER consents_stay BEFORE UPDATE ON consents "
        "BEGIN SELECT RAISE(ABORT, 'the ledger of consents is only added to'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION consents_stay() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the ledger of consents is only added to'; END $$",
        "CREATE TRIGGER consents_stay BEFORE UPDATE ON consents FOR EACH ROW EXECUTE FUNCTION consents_stay()",
    ),
}


def upgrade() -> None:
    """Make the change."""
    op.add_column("browsers", sa.Column("consent_ends_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("browser_id", sa.String(length=32), nullable=False),
        sa.Column("wording", sa.String(length=8), nullable=False),
        sa.Column("choice", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("choice IN ('none', 'analysis', 'preferences', 'all')", name=op.f("ck_consents_choice")),
        sa.ForeignKeyConstraint(["browser_id"], ["browsers.id"], name=op.f("fk_consents_browser_id_browsers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_browser_id"), "consents", ["browser_id"])
    for statement in RULES[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("consents")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION consents_stay()")
    op.drop_column("browsers", "consent_ends_at")
