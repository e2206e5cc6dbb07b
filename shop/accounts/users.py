"""Who is signed in, as Flask-Login sees it; customers here, staff in their own room."""

from collections.abc import Callable

from flask import Flask, session
from flask_login import LoginManager, UserMixin
from sqlalchemy import select

from shop.accounts import actions
from shop.accounts.models import Account
from shop.accounts.sessions import CUSTOMER, ShopSession, start_session
from shop.accounts.signals import customer_signed_in
from shop.core import clock
from shop.core.db import db
from shop.core.forms import has_session
from shop.people.queries import stops_beside

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
    """A customer in a session; `stops` are the uses of their data that they objected to or had restricted."""

    def __init__(self, account: Account, stops: str | None = None) -> None:
        self.account = account
        self.stops = frozenset((stops or "").split(",")) - {""}
        self.person_id = account.person_id

    def get_id(self) -> str:
        """The id that the session keeps."""
        return f"customer:{self.account.id}"

    def may(self, permission: str) -> bool:
        """A customer has no permission in the back office."""
        return False


@loads_users("customer")
def _load_customer(key: str) -> SignedInCustomer | None:
    found = db.session.execute(
        select(Account, stops_beside(Account.person_id)).where(
            Account.id == int(key), Account.person_id == current_session().person_id, Account.confirmed_at.is_not(None)
        )
    ).one_or_none()
    return SignedInCustomer(found[0], found[1]) if found else None


def sign_in_customer(account: Account) -> None:
    """Begin a session for a customer, with a new token, and tell the rooms above. The caller commits."""
    actions.note_use(account, clock.today())
    user = SignedInCustomer(account)
    content = {"_user_id": user.get_id(), "_fresh": True, "_id": ""}  # as Flask-Login writes it, in one go
    start_session(current_session(), person_id=account.person_id, kind=CUSTOMER, content=content)
    customer_signed_in.send(account=account)


def current_session() -> ShopSession:
    """The session of this request, as the shop keeps it."""
    found: ShopSession = session._get_current_object()  # type: ignore[attr-defined]
    return found


def is_customer_signed_in() -> bool:
    """Whether this page is asked for by a signed-in customer, told without a look in the database."""
    return has_session() and str(session.get("_user_id", "")).startswith("customer:")


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
