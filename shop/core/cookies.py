"""Cookies exist only through the register: one function sets them, and an undeclared one is refused at run time.

So does what scripts keep in the browser's storage: a page names the keys that may be used on it, and `storage.js`, the
only script that writes there, refuses every other.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask, Response, current_app, request

from shop.core.personal_data import Category, Medium, Purpose, Store, register


@dataclass(frozen=True)
class Cookie:
    """A declared cookie; its full name carries `__Host-` when the shop is on https."""

    name: str
    life: timedelta | None
    same_site: str = "Lax"

    @property
    def full_name(self) -> str:
        """The name that the browser sees."""
        return f"__Host-{self.name}" if current_app.config["IS_HTTPS"] else self.name


class UndeclaredCookie(Exception):
    """Some code tried to set a cookie that the register does not know."""


_declared: dict[str, Cookie] = {}


def declare_cookie(
    name: str,
    *,
    life: timedelta | None,
    purpose: Purpose,
    label: Any,
    keep_text: Any,
    same_site: str = "Lax",
    categories: tuple[Category, ...] = (),
) -> Cookie:
    """Say that a cookie exists, why, and how long; the cookie page is printed from this."""
    register.declare(Store(name, Medium.COOKIE, purpose, label, keep_text, categories))
    cookie = Cookie(name, life, same_site)
    _declared[name] = cookie
    return cookie


def declare_storage(
    key: str, *, purpose: Purpose, label: Any, keep_text: Any, categories: tuple[Category, ...] = ()
) -> str:
    """Say that scripts may keep something in the browser's local storage under a key; gives the key."""
    register.declare(Store(key, Medium.STORAGE, purpose, label, keep_text, categories))
    return key


def read_cookie(cookie: Cookie) -> str | None:
    """The value that the browser sent, if any."""
    return request.cookies.get(cookie.full_name)


def set_cookie(response: Response, cookie: Cookie, value: str, *, life: timedelta | None = None) -> None:
    """Put a declared cookie on an answer: HttpOnly, SameSite, path /, Secure on https; `life` may shorten its life."""
    response.set_cookie(
        cookie.full_name,
        value,
        max_age=life or cookie.life,
        secure=current_app.config["IS_HTTPS"],
        httponly=True,
        samesite=cookie.same_site,
        path="/",
    )


def clear_cookie(response: Response, cookie: Cookie) -> None:
    """Take a declared cookie away from the browser."""
    response.delete_cookie(
        cookie.full_name,
        path="/",
        secure=current_app.config["IS_HTTPS"],
        httponly=True,
        samesite=cookie.same_site,
    )


def init_cookies(app: Flask) -> None:
    """Look over every answer: a cookie nobody declared never leaves the shop."""

    @app.after_request
    def refuse_undeclared(response: Response) -> Response:
        for header in response.headers.getlist("Set-Cookie"):
            name = header.split("=", 1)[0].removeprefix("__Host-")
            if name not in _declared:
                raise UndeclaredCookie(name)
        return response
