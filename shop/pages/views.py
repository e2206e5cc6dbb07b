"""Screens of the pages room: the home page and the statements."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from shop.core.access import public_page
from shop.core.statements import TERMS_VERSION

bp = Blueprint("pages", __name__)


@bp.get("/")
@public_page
def home() -> ResponseReturnValue:
    """Welcome: what the shop is and what it has."""
    return render_template("pages/home.html")


@bp.get("/privacy")
@public_page
def privacy() -> ResponseReturnValue:
    """What the shop knows about people, why and how long, as the register says."""
    return render_template("pages/privacy.html")


@bp.get("/cookies")
@public_page
def cookies() -> ResponseReturnValue:
    """Every cookie that the shop can set."""
    return render_template("pages/cookies.html")


@bp.get("/terms")
@public_page
def terms() -> ResponseReturnValue:
    """The terms and conditions, with their version."""
    return render_template("pages/terms.html", version=TERMS_VERSION)


@bp.get("/returns")
@public_page
def returns() -> ResponseReturnValue:
    """How to send something back."""
    return render_template("pages/returns.html")


@bp.get("/shipping")
@public_page
def shipping() -> ResponseReturnValue:
    """Where the shop delivers, and for how much."""
    return render_template("pages/shipping.html")
