"""The cart's cookie: the first one a visitor gets, and only when something goes into the cart."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import Flask, Response, g, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from shop.accounts.sessions import CUSTOMER, kind_of
from shop.cart.queries import Owner, browser_of, count_of
from shop.core.cookies import clear_cookie, declare_cookie, read_cookie, set_cookie
from shop.core.forms import has_session
from shop.core.personal_data import Category, Purpose, register
from shop.core.templating import context

CART_COOKIE = declare_cookie(
    "cart",
    life=timedelta(days=7),
    purpose=Purpose.DELIVERY,
    label=_l("Remembers what is in your cart; set when you put something in it"),
    keep_text=_l("7 days after your last change"),
    categories=(Category.ACTIVITY,),
)


def signed_in_person() -> str | None:
    """The key of the customer who is signed in, or None for a visitor."""
    if not has_session() or not current_user.is_authenticated:
        return None
    person_id: str = current_user.person_id
    return person_id


def browser_owner() -> Owner | None:
    """The owner that this browser's cookie stands for, if it holds one."""
    token = read_cookie(CART_COOKIE)
    return Owner(token=token) if token else None


@register.browses("cart")
def browser_with_cart() -> Iterator[str]:
    """The browser that this request's cookie stands for."""
    owner = browser_owner()
    if owner is not None and (found := browser_of(owner)) is not None:
        yield found


def current_owner() -> Owner | None:
    """Whose cart this request is about: the customer's, or the browser's; None when it has none."""
    person_id = signed_in_person()
    return Owner(person_id=person_id) if person_id else browser_owner()


def remember_cart(token: str) -> None:
    """Have this answer set the cookie, or renew it."""
    g.cart_token = token


def forget_cart() -> None:
    """Have this answer take the cookie away: the cart has become the customer's own."""
    g.cart_token = None


def finish_cookie(response: Response) -> Response:
    """Carry out what was asked for the cookie while answering; an answer to a GET never sets it."""
    if "cart_token" in g and request.method == "POST" and response.status_code < 400:
        if g.cart_token is None:
            clear_cookie(response, CART_COOKIE)
        else:
            set_cookie(response, CART_COOKIE, g.cart_token)
    return response


def init_cookie(app: Flask) -> None:
    """Look after the cart's cookie on every answer."""
    app.after_request(finish_cookie)


@context
def cart_words() -> dict[str, Any]:
    """How many pieces the header shows; no question is asked for a visitor without a cart."""
    return {"cart_count": _count()}


def _count() -> int:
    if not request or g.get("is_error_page") or kind_of(request.path) != CUSTOMER:
        return 0
    if "cart_count" in g:  # the view has counted already
        return int(g.cart_count)
    owner = current_owner()
    return count_of(owner) if owner else 0  # not noted: a message written within the request comes before its end
