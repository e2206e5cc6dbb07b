"""How migrations run: one transaction, with SQLite's foreign keys off while tables are rebuilt, and checked after."""

from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from shop.core.db import Model, UtcDateTime
from shop.core.overwriting import forget_statistics

config = context.config


def render(kind: str, thing: Any, autogen_context: Any) -> str | Literal[False]:
    """Write our UTC moments as the plain type that they are in the database."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, UtcDateTime) else False


def run(connection: Connection) -> None:
    """Bring the schema to the asked revision."""
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:  # a rebuilt table is dropped on the way: with foreign keys on, its children would go with it
        connection.commit()
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys=OFF")  # before any BEGIN: inside a transaction it does nothing
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=render,
        compare_server_default=not is_sqlite,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    if not is_sqlite:  # new columns too: PostgreSQL keeps no samples of personal values
        forget_statistics(connection)
        connection.commit()
    if is_sqlite:
        connection.commit()
        raw = connection.connection.driver_connection
        assert raw is not None
        broken = raw.execute("PRAGMA foreign_key_check").fetchall()
        raw.execute("PRAGMA foreign_keys=ON")
        if broken:
            raise RuntimeError(f"rows without their parent after migrating: {broken[:5]}")


with current_app.extensions["migrate"].db.engine.connect() as opened:
    run(opened)
