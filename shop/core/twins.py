"""A form that is sent twice in the same moment: two workers take it, and the database lets one of them keep it."""

from functools import wraps
from typing import Any

from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from shop.core.access import View
from shop.core.db import db


def sent_once(view: View) -> View:
    """Do a view once more when its twin was quicker: it then finds what that one kept, and leads there.

    For views whose form carries a key of its own; stands nearest to the view.
    """

    @wraps(view)
    def once_more(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        try:
            return view(*args, **kwargs)
        except IntegrityError:
            db.session.rollback()
            return view(*args, **kwargs)

    return once_more
