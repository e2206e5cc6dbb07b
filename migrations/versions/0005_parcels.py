"""Parcels: a carrier's usual days, codes for picking up, parcels that did not arrive, and dates of services."""

import secrets
from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0007"
branch_labels = None
depends_on = None

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
FOURTEEN_DAYS = timedelta(days=14)
OLD_STATUSES = "status IN ('packed', 'shipped', 'delivered', 'ready', 'collected')"
NEW_STATUSES = "status IN ('packed', 'shipped', 'delivered', 'ready', 'collected', 'lost', 'given_up')"
HANDED_OVER = "handed_over_by IN ('', 'code', 'mail_shown', 'order_named', 'known')"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the change."""
    op.execute(
        "ALTER TABLE carriers ADD COLUMN usual_days INTEGER CONSTRAINT ck_carriers_usual_days_range "
        "CHECK (usual_days IS NULL OR usual_days BETWEEN 1 AND 60)"
    )
    op.add_column("carriers", sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False))
    _rebuild(_old_shipments(), _new_shipments())
    op.create_index(op.f("ix_shipments_order_id"), "shipments", ["order_id"], if_not_exists=True)
    op.create_index("ix_shipments_expected", "shipments", ["status", "expected_by"])
    _rebuild(_old_lines(), _new_lines())
    op.create_index(op.f("ix_order_lines_order_id"), "order_lines", ["order_id"], if_not_exists=True)
    op.create_index(op.f("ix_order_lines_variant_id"), "order_lines", ["variant_id"], if_not_exists=True)
    op.create_table(
        "parcel_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shipment_id", sa.Integer(), nullable=False),
        sa.Column("reported_at", MOMENT, nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "decision IN ('', 'wait', 'resend', 'refund', 'arrived')", name=op.f("ck_parcel_reports_decision")
        ),
        sa.CheckConstraint("(decided_at IS NULL) = (decision = '')", name=op.f("ck_parcel_reports_decided_once")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["staff_members.id"], name=op.f("fk_parcel_reports_decided_by_staff_members")
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name=op.f("fk_parcel_reports_shipment_id_shipments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parcel_reports")),
    )
    op.create_index("ix_parcel_reports_decided", "parcel_reports", ["decided_at", "id"])
    op.create_index(op.f("ix_parcel_reports_shipment_id"), "parcel_reports", ["shipment_id"])
    op.create_index(
        "uq_parcel_reports_open",
        "parcel_reports",
        ["shipment_id"],
        unique=True,
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )
    _fill_in()


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("parcel_reports")
    op.execute("UPDATE shipments SET status = 'delivered' WHERE status IN ('lost', 'given_up')")
    op.drop_index("ix_shipments_expected", "shipments")
    _rebuild(_new_shipments(), _old_shipments())
    op.create_index(op.f("ix_shipments_order_id"), "shipments", ["order_id"], if_not_exists=True)
    _rebuild(_new_lines(), _old_lines())
    op.create_index(op.f("ix_order_lines_order_id"), "order_lines", ["order_id"], if_not_exists=True)
    op.create_index(op.f("ix_order_lines_variant_id"), "order_lines", ["variant_id"], if_not_exists=True)
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(_new_carriers(), _old_carriers())
        return
    op.drop_column("carriers", "is_active")
    op.drop_column("carriers", "usual_days")


def _rebuild(old: sa.Table, new: sa.Table) -> None:
    """Make a table anew on SQLite, which can't change a constraint; on PostgreSQL change what differs."""
    if op.get_bind().dialect.name == "sqlite":
        name = new.name
        kept = ", ".join(column.name for column in old.columns if column.name in new.columns)
        new.name = f"new_{name}"
        new.create(op.get_bind())
        op.execute(f"INSERT INTO new_{name} ({kept}) SELECT {kept} FROM {name}")
        op.drop_table(name)
        op.execute(f"ALTER TABLE new_{name} RENAME TO {name}")
        return
    for column in [column for column in new.columns if column.name not in old.columns]:
        added = sa.Column(
            column.name,
            column.type,
            nullable=column.nullable,
            server_default=column.server_default.arg if column.server_default else None,
        )
        op.add_column(new.name, added)
    checks = {c.name: c for c in new.constraints if isinstance(c, sa.CheckConstraint)}
    for check in [c for c in old.constraints if isinstance(c, sa.CheckConstraint)]:
        op.drop_constraint(check.name, old.name)
    for name, check in checks.items():
        op.create_check_constraint(name, new.name, str(check.sqltext))
    for column in old.columns:
        if column.name not in new.columns:
            op.drop_column(old.name, column.name)


def _fill_in() -> None:
    """Expect what is on its way after fourteen days as before; give packages that wait a code, services their end."""
    bind = op.get_bind()
    shipments, lines = _new_shipments(), _new_lines()
    on_the_way = sa.select(shipments.c.id, shipments.c.shipped_at).where(
        shipments.c.status == "shipped", shipments.c.shipped_at.is_not(None)
    )
    for row in bind.execute(on_the_way).all():
        changed = sa.update(shipments).where(shipments.c.id == row.id)
        bind.execute(changed.values(expected_by=row.shipped_at + FOURTEEN_DAYS))
    for shipment_id in bind.scalars(sa.select(shipments.c.id).where(shipments.c.status == "ready")).all():
        code = "".join(secrets.choice(SIGNS) for _sign in range(5))
        bind.execute(sa.update(shipments).where(shipments.c.id == shipment_id).values(pickup_code=code))
    events = sa.table("order_events", sa.column("order_id"), sa.column("kind"), sa.column("at", MOMENT))
    for row in bind.execute(sa.select(events.c.order_id, events.c.at).where(events.c.kind == "service_done")).all():
        services = sa.update(lines).where(lines.c.order_id == row.order_id, lines.c.kind == "service")
        bind.execute(services.values(served_at=row.at))


def _shipments(*more: sa.schema.SchemaItem, statuses: str) -> sa.Table:
    return sa.Table(
        "shipments",
        _metadata(),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("carrier_id", sa.Integer(), nullable=True),
        sa.Column("tracking_code", sa.String(length=40), nullable=True),
        sa.Column("packed_at", MOMENT, nullable=False),
        sa.Column("shipped_at", MOMENT, nullable=True),
        sa.Column("delivered_at", MOMENT, nullable=True),
        *more,
        sa.CheckConstraint(statuses, name=op.f("ck_shipments_status")),
        sa.ForeignKeyConstraint(["carrier_id"], ["carriers.id"], name=op.f("fk_shipments_carrier_id_carriers")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_shipments_order_id_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipments")),
    )


def _old_shipments() -> sa.Table:
    return _shipments(statuses=OLD_STATUSES)


def _new_shipments() -> sa.Table:
    return _shipments(
        sa.Column("expected_by", MOMENT, nullable=True),
        sa.Column("pickup_code", sa.String(length=8), nullable=True),
        sa.Column("handed_over_by", sa.String(length=12), server_default="", nullable=False),
        sa.CheckConstraint(HANDED_OVER, name=op.f("ck_shipments_handed_over_by")),
        statuses=NEW_STATUSES,
    )


def _lines(*more: sa.schema.SchemaItem, **options: bool) -> sa.Table:
    return sa.Table(
        "order_lines",
        _metadata(),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("variant_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("sku", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=250), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price_cents", sa.Integer(), nullable=False),
        sa.Column("total_cents", sa.Integer(), nullable=False),
        sa.Column("vat_basis_points", sa.Integer(), nullable=False),
        sa.Column("weight_grams", sa.Integer(), nullable=False),
        *more,
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_order_lines_quantity_positive")),
        sa.CheckConstraint("total_cents = quantity * unit_price_cents", name=op.f("ck_order_lines_total_adds_up")),
        sa.CheckConstraint("unit_price_cents >= 0", name=op.f("ck_order_lines_price_positive")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id_orders")),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name=op.f("fk_order_lines_variant_id_variants")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_lines")),
        **options,
    )


def _old_lines() -> sa.Table:
    return _lines()


def _new_lines() -> sa.Table:
    return _lines(
        sa.Column("service_at", MOMENT, nullable=True),
        sa.Column("served_at", MOMENT, nullable=True),
        sqlite_autoincrement=True,
    )


def _carriers(*more: sa.schema.SchemaItem) -> sa.Table:
    return sa.Table(
        "carriers",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("tracking_url", sa.String(length=200), nullable=False),
        *more,
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carriers")),
        sa.UniqueConstraint("code", name=op.f("uq_carriers_code")),
    )


def _old_carriers() -> sa.Table:
    return _carriers()


def _new_carriers() -> sa.Table:
    return _carriers(sa.Column("usual_days", sa.Integer()), sa.Column("is_active", sa.Boolean()))


def _metadata() -> sa.MetaData:
    """A place for a table by itself; the ones it leads to are there by name alone."""
    found = sa.MetaData()
    for name in ("orders", "variants", "carriers", "staff_members"):
        sa.Table(name, found, sa.Column("id", sa.Integer(), primary_key=True))
    return found
