"""A shop with a few views more, on which the doors, the refusals and the logs are tried out."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, abort, make_response, redirect, request
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shop import create_app
from shop.core.access import anyone, customer_only, local_path, page_is_personal, public_page, staff_may
from shop.core.cookies import set_cookie
from shop.core.db import Model, db
from shop.core.errors import Conflict, NotFound
from shop.core.security import from_elsewhere, limiter
from tests.conftest import settings

PLAIN, HTTPS = "http://localhost", "https://shop.example.com"
SECRET = "sanne@example.com 0341123456"


def make_laboratory(folder: Path, public_url: str) -> Flask:
    """A shop as customers meet it (a mistake is a page, not a crash of the test) with views for trying out."""
    values = settings(folder, f"sqlite:///{folder / 'shop.sqlite'}", "http://127.0.0.1:1")
    app = create_app({**values, "PUBLIC_URL": public_url, "TESTING": False, "RATELIMIT_ENABLED": True})
    app.testing = False
    for name, methods, view in _views():
        app.add_url_rule(f"/lab/{name}", f"lab.{name.split('/')[0]}", view, methods=methods)
    with app.app_context():
        Model.metadata.create_all(db.engine)
    limiter.enabled = False  # it is one for the whole process; who counts here says so
    return app


def _views() -> Iterator[tuple[str, list[str], Callable[..., Any]]]:
    form = ["GET", "POST"]
    yield "public", ["GET"], public_page(lambda: "public")
    yield "personal", ["GET"], public_page(lambda: (page_is_personal(), "personal")[1])
    yield "own", form, anyone(lambda: "own")
    yield "customer", form, customer_only(lambda: "customer")
    yield "staff", form, staff_may("staff:home")(lambda: "staff")
    yield "webhook", ["POST"], from_elsewhere(anyone(lambda: "heard"))
    yield "echo", form, anyone(lambda: dict(request.form) | dict(request.args))
    yield "json", form, anyone(lambda: {"got": request.get_json(silent=True)})
    yield "on", ["GET"], anyone(lambda: redirect(local_path(request.args.get("next")) or "/"))
    yield "limited", form, limiter.limit("3 per minute")(anyone(lambda: "limited"))
    yield "row/<id:number>", ["GET"], anyone(lambda number: str(number))
    yield "token/<token:value>", ["GET"], anyone(lambda value: value)
    yield "slug/<slug:value>", ["GET"], anyone(lambda value: value)
    yield "fail/<kind>", form, anyone(_fail)
    yield "cookie/<name>", ["GET"], anyone(_cookie)


def _fail(kind: str) -> str:
    problems: dict[str, Exception] = {
        "missing": NotFound(SECRET),
        "conflict": Conflict(SECRET),
        "database": OperationalError("SELECT 1", {}, Exception(SECRET)),
        "pool": PoolTimeout(SECRET),
        "mistake": ZeroDivisionError(SECRET),
    }
    if kind in problems:
        raise problems[kind]
    abort(int(kind))


def _cookie(name: str) -> Response:
    from shop.cart.visit import CART_COOKIE

    response = make_response("cookie")
    if name == CART_COOKIE.name:
        set_cookie(response, CART_COOKIE, "value")
    else:
        response.set_cookie(name, "1")
    return response


@pytest.fixture(scope="session")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A shop on http."""
    return make_laboratory(tmp_path_factory.mktemp("laboratory"), PLAIN)


@pytest.fixture(scope="session")
def https_laboratory(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A shop on https."""
    return make_laboratory(tmp_path_factory.mktemp("https-laboratory"), HTTPS)


@pytest.fixture(autouse=True)
def limits_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let limits hold here, whichever shop was made last: the limiter is one for all shops of a process."""
    monkeypatch.setattr(limiter, "enabled", True)


@pytest.fixture
def lab(laboratory: Flask) -> FlaskClient:
    """Somebody at the door of the shop on http."""
    return laboratory.test_client()


@pytest.fixture
def https_lab(https_laboratory: Flask) -> FlaskClient:
    """Somebody at the door of the shop on https."""
    https_laboratory.config["PREFERRED_URL_SCHEME"] = "https"
    https_laboratory.config["SERVER_NAME"] = "shop.example.com"
    return https_laboratory.test_client()
