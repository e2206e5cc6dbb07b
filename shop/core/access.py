"""Every view says who may open it; the app does not start with a view that does not."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, abort, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

View = Callable[..., ResponseReturnValue]

_OPENED_BY = "opened_by"
_IS_PUBLIC = "is_public_page"


class UnguardedView(Exception):
    """A view does not say who may open it; the message names it."""


def _mark(view: View, who: str) -> View:
    setattr(view, _OPENED_BY, who)
    return view


def anyone(view: View) -> View:
    """Everybody may open this, signed in or not."""
    return _mark(view, "anyone")


def public_page(view: View) -> View:
    """Everybody may open this, and for a visitor it is the same bytes for all: nothing personal may be in it."""
    setattr(view, _IS_PUBLIC, True)
    return _mark(view, "anyone")


def customer_only(view: View) -> View:
    """Only a signed-in customer may open this; others are asked to sign in first and then come back."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if not current_user.is_authenticated:
            here = request.script_root + request.full_path.rstrip("?") if request.method == "GET" else None
            return redirect(url_for("accounts.sign_in", next=here), 303)
        return view(*args, **kwargs)

    return _mark(guarded, "customer")


def data_subject(view: View) -> View:
    """Only somebody whose own data it is may open this: a signed-in customer, or who proved an e-mail address.

    A code that was mailed proves it; others are asked for their address first and then come back.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        if not (getattr(session, "proves_mailbox", False) or current_user.is_authenticated):
            here = request.script_root + request.full_path.rstrip("?") if request.method == "GET" else None
            return redirect(url_for("privacy.request_data", next=here), 303)
        page_is_personal()
        return view(*args, **kwargs)

    return _mark(guarded, "data_subject")


def staff_may(permission: str) -> Callable[[View], View]:
    """Only staff whose roles have this permission may open this, after their second factor."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            if not current_user.is_authenticated:
                here = request.script_root + request.full_path.rstrip("?") if request.method == "GET" else None
                return redirect(url_for("staff.sign_in", next=here), 303)
            if not current_user.may(permission):
                abort(403)
            return view(*args, **kwargs)

        return _mark(guarded, f"staff:{permission}")

    return guard


def opened_by(view: Callable[..., Any]) -> str | None:
    """Who may open a view: "anyone", "customer", "data_subject", "staff:<permission>", or None when it does not say."""
    found: str | None = getattr(view, _OPENED_BY, None)
    return found


def is_public_page(view: Callable[..., Any]) -> bool:
    """Whether a view's page holds nothing of the visitor's own."""
    return bool(getattr(view, _IS_PUBLIC, False))


def check_views(app: Flask) -> None:
    """Refuse to start with a view that does not say who may open it."""
    silent = [name for name, view in app.view_functions.items() if name != "static" and opened_by(view) is None]
    if silent:
        raise UnguardedView(", ".join(sorted(silent)))


def local_path(candidate: str | None) -> str | None:
    """A path on this site to go on to, or None when it leads anywhere else."""
    if not candidate or not candidate.startswith("/") or candidate.startswith("//") or len(candidate) > 300:
        return None
    if any(not "!" <= sign <= "~" or sign == "\\" for sign in candidate):
        return None
    return candidate


def page_is_personal() -> None:
    """Say that the answer being made is for this visitor alone and may be kept nowhere."""
    g.is_personal = True
