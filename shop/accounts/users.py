"""Who is signed in, as Flask-Login sees it; customers here, staff in their own room."""

from collections.abc import Callable

from flask import Flask
from flask_login import LoginManager, UserMixin
from sqlalchemy import select

from shop.accounts.models import Account
from shop.core.db import db

Loader = Callable[[str], UserMixin | None]

login_manager = LoginManager()
_loaders: dict[str, Loader] = {}


def loads_users(kind: str) -> Callable[[Loader], Loader]:
    """Say which function finds a signed-in user of a kind, from the part of its id after the colon."""

    def remember(loader: Loader) -> Loader:
        _loaders[kind] = loader
        return loader

    return remember


class SignedInCustomer(UserMixin):
    """A customer in a session."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.person_id = account.person_id

    def get_id(self) -> str:
        """The id that the session keeps."""
        return f"customer:{self.account.id}"

    def may(self, permission: str) -> bool:
        """A customer has no permission in the back office."""
        return False


@loads_users("customer")
def _load_customer(key: str) -> SignedInCustomer | None:
    account = db.session.scalar(select(Account).where(Account.id == int(key), Account.confirmed_at.is_not(None)))
    return SignedInCustomer(account) if account else None


def init_users(app: Flask) -> None:
    """Teach Flask-Login our sessions; it may not put a hash of address and agent in them."""
    login_manager.session_protection = None
    login_manager._session_identifier_generator = lambda: ""
    login_manager.init_app(app)

    @login_manager.user_loader
    def load(user_id: str) -> UserMixin | None:
        kind, _colon, key = user_id.partition(":")
        loader = _loaders.get(kind)
        return loader(key) if loader and key.isdigit() else None
