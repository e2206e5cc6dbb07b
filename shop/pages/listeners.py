"""Work of this room that returns: the statements as they are now are kept."""

from shop.core import clock
from shop.core.db import db, writing
from shop.core.jobs import every
from shop.core.statements import current_version, statement_names


@every(minutes=10)
def keep_versions() -> int:
    """Store each statement that has changed since it was stored last; how many there are."""
    for name in statement_names():
        with writing():
            current_version(name, at=clock.now())
            db.session.commit()
    return len(statement_names())
