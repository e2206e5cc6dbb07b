"""The measures that protect data, each claimed only while it is really on: looked up, not remembered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import text

from shop.accounts.passwords import hash_password
from shop.core.cookies import Cookie
from shop.core.db import Model, db, is_postgresql
from shop.core.personal_data import Category, personal_columns, register
from shop.core.security import POLICY
from shop.people.models import AuditHead, StaffMember


@dataclass(frozen=True)
class Measure:
    """What protects the data, in words, and how to see that it does."""

    text: Any
    is_on: Callable[[], bool]


def _is_https() -> bool:
    return bool(current_app.config["IS_HTTPS"])


def _has_strict_transport() -> bool:
    return bool(current_app.config["HSTS"])


def _are_cookies_locked() -> bool:
    return Cookie("session", None).full_name.startswith("__Host-") and bool(current_app.config["SESSION_COOKIE_SECURE"])


def _are_passwords_hashed() -> bool:
    return hash_password("only to see how it is kept").startswith("$argon2id$")


def _has_second_factor() -> bool:
    return not StaffMember.__table__.c.totp_secret.nullable


def _is_staff_noted() -> bool:
    return AuditHead.__tablename__ in Model.metadata.tables


def _has_no_addresses() -> bool:
    return all(told.category is not Category.IP_ADDRESS for _table, _column, told in personal_columns(Model.metadata))


def _are_logs_empty() -> bool:
    return register.stores["application log"].categories == ()


def _is_erased_overwritten() -> bool:
    return not is_postgresql() and db.session.execute(text("PRAGMA secure_delete")).scalar() == 1


def _stays_here() -> bool:
    return all("http" not in str(source) and "*" not in str(source) for source in POLICY.values())


MEASURES = (
    Measure(_l("Everything between your browser and us goes over a secured connection (TLS)."), _is_https),
    Measure(_l("Your browser remembers never to open this site without it (HSTS)."), _has_strict_transport),
    Measure(_l("Our cookies travel over that connection alone, and no other site can set them."), _are_cookies_locked),
    Measure(_l("Passwords are kept only as a hash that can't be turned back."), _are_passwords_hashed),
    Measure(_l("Staff sign in with a password and a second factor."), _has_second_factor),
    Measure(_l("They see only what their work needs, and each look is noted."), _is_staff_noted),
    Measure(_l("IP addresses are nowhere in our database."), _has_no_addresses),
    Measure(_l("The program's logs hold no names, addresses or IP addresses."), _are_logs_empty),
    Measure(_l("What is erased is overwritten at once."), _is_erased_overwritten),
    Measure(_l("Your browser may fetch nothing from other companies on our pages."), _stays_here),
)


def that_are_on() -> list[str]:
    """The measures that are on, in words."""
    return [str(measure.text) for measure in MEASURES if measure.is_on()]
