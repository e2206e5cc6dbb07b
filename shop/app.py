"""The factory: settings, extensions, rooms, commands, error pages, in that order."""

from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from whitenoise import WhiteNoise

from shop.accounts.sessions import DatabaseSessions
from shop.accounts.users import init_users
from shop.analytics.door import init_door
from shop.config import ROOT, complete, read_settings
from shop.core.access import check_views
from shop.core.compression import init_compression
from shop.core.cookies import init_cookies
from shop.core.db import Model, db, init_database
from shop.core.error_pages import init_error_pages
from shop.core.forms import form_problems
from shop.core.i18n import init_languages
from shop.core.identity import read_identity
from shop.core.logs import init_logs
from shop.core.personal_data import RegisterError, problems_in
from shop.core.security import HSTS, init_security
from shop.core.styles import build_styles
from shop.core.templating import add_room_words, init_templates
from shop.core.uploads import ShopRequest
from shop.people.ledger import init_ledger

MODELS = (
    "core.outbox",
    "core.statements",
    "people.models",
    "analytics.models",
    "pricing.models",
    "shipping.models",
    "catalogue.models",
    "accounts.models",
    "cart.models",
    "orders.models",
    "payments.models",
    "papers.models",
    "aftersale.models",
    "contact.models",
    "privacy.models",
    "operations.models",
)
VIEWS = (
    "people",
    "pages",
    "catalogue",
    "cart",
    "checkout",
    "accounts",
    "aftersale",
    "contact",
    "payments",
    "operations",
    "staff",
    "privacy",
)
LISTENERS = (
    "analytics",
    "pages",
    "cart",
    "orders",
    "payments",
    "papers",
    "checkout",
    "catalogue",
    "accounts",
    "aftersale",
    "mail.delivery",
    "privacy",
    "staff",
    "operations.jobs",
)
COMMANDS = ("orders", "payments", "papers", "staff", "operations", "demo", "privacy")


def create_app(settings: dict[str, Any] | None = None) -> Flask:
    """The shop, ready to serve; `settings` replaces values read from the environment (tests).

    Raises WrongSettings, RegisterError or UnguardedView, each naming every problem, rather than start wrongly.
    """
    values = read_settings() if settings is None else complete(settings)
    app = Flask(
        "shop",
        root_path=str(ROOT / "shop"),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        instance_path=str(values["INSTANCE_PATH"]),
    )
    app.request_class = ShopRequest
    app.config.update(values)
    app.extensions["identity"] = read_identity(Path(values["INSTANCE_PATH"]))
    _import_all(MODELS)
    _check_register()
    init_logs(app)
    init_database(app)
    init_ledger(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)
    app.session_interface = DatabaseSessions()
    init_compression(app)
    init_security(app)
    init_cookies(app)
    init_languages(app)
    init_templates(app)
    init_users(app)
    _open_rooms(app)
    init_error_pages(app)
    init_door(app)
    _serve_static(app)
    return app


def _import_all(names: tuple[str, ...]) -> None:
    for name in names:
        import_module(f"shop.{name}")


def _check_register() -> None:
    problems = problems_in(Model.metadata)
    if problems:
        raise RegisterError("; ".join(problems))


def _open_rooms(app: Flask) -> None:
    """Hang every room's screens, listeners and commands in the app."""
    for room in LISTENERS:
        import_module(f"shop.{room}" if "." in room else f"shop.{room}.listeners")
    for room in VIEWS:
        app.register_blueprint(import_module(f"shop.{room}.views").bp)
    for room in COMMANDS:
        import_module(f"shop.{room}.commands").init_commands(app)
    add_room_words(app)
    problems = form_problems()
    if problems:
        raise RegisterError("; ".join(problems))
    check_views(app)


def _serve_static(app: Flask) -> None:
    """Serve static files in front of Flask, with a year's life: their addresses carry a digest."""
    folder = ROOT / "static"
    build_styles(folder)

    def headers(found: Any, path: str, url: str) -> None:
        found["X-Content-Type-Options"] = "nosniff"
        found["Cross-Origin-Resource-Policy"] = "same-origin"
        found["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"  # a drawing's own styles
        if app.config["HSTS"]:
            found["Strict-Transport-Security"] = HSTS

    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(folder),
        prefix="static/",
        max_age=31_536_000,
        allow_all_origins=False,
        add_headers_function=headers,
        autorefresh=app.config["ENVIRONMENT"] == "demo" and app.debug,
    )
