"""A browser whose every request has a database session of its own, as in the real shop."""

from typing import Any

from shop.core.db import db
from tests.page import Browser, Page


class FreshBrowser(Browser):
    """Sees what webhooks and jobs committed in the meantime, and leaves no transaction open behind it."""

    def get(self, path: str, **kwargs: Any) -> Page:
        """Open an address."""
        db.session.rollback()
        with self.app.app_context():
            return super().get(path, **kwargs)

    def post(self, path: str, *args: Any, **kwargs: Any) -> Page:
        """Send a form."""
        db.session.rollback()
        with self.app.app_context():
            return super().post(path, *args, **kwargs)
