"""Every refusal is a page in the visitor's language that says what to do next; it needs no database."""

from typing import Any

import structlog
from flask import Flask, Response, g, make_response, render_template
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError, ServiceUnavailable

from shop.core.db import db
from shop.core.errors import Conflict, NotFound

log = structlog.get_logger()

TEXTS: dict[int, tuple[Any, Any]] = {
    400: (_l("We could not read that"), _l("Something in the request was not right. Go back and try again.")),
    403: (_l("You may not open this"), _l("This page is not for you, or the form came from another website.")),
    404: (_l("Page not found"), _l("This page does not exist, or no longer does. Perhaps the address has a typo.")),
    405: (_l("This does not work like that"), _l("The page exists, but not for this kind of request.")),
    409: (_l("Somebody was just ahead of you"), _l("This was changed in the meantime. Look again and try once more.")),
    410: (_l("This is gone"), _l("What was here has been removed for good.")),
    413: (_l("That is too much"), _l("What you sent is larger than we can take. Send less at once.")),
    422: (_l("Something is not right yet"), _l("Look at the messages beside the fields.")),
    429: (_l("One moment"), _l("That was too often in a short time. Wait a minute and try again.")),
    500: (
        _l("Something went wrong here"),
        _l("It is our mistake, not yours. Nothing was lost; try again in a moment."),
    ),
    503: (_l("We will be right back"), _l("The shop is busy or being worked on. Try again in a moment.")),
}


def error_page(code: int) -> Response:
    """The page for one kind of refusal."""
    g.is_error_page = code >= 500  # then the page holds nothing for which a room would ask the database
    heading, text = TEXTS.get(code, TEXTS[500 if code >= 500 else 400])
    answer = make_response(render_template("errors/error.html", code=code, heading=heading, text=text), code)
    answer.headers["Cache-Control"] = "no-store"
    if code == 503:
        answer.headers["Retry-After"] = "10"
    return answer


def init_error_pages(app: Flask) -> None:
    """Answer every refusal and every mistake of ours with a page."""

    @app.errorhandler(HTTPException)
    def refused(problem: HTTPException) -> Response:
        if problem.code is not None and problem.code < 400:
            return make_response(problem.get_response())
        if isinstance(problem, SecurityError):  # asked for as another host: no page of ours can make its links
            return Response(str(TEXTS[400][0]), 400, mimetype="text/plain")
        db.session.rollback()
        page = error_page(problem.code or 500)
        for name, value in problem.get_headers():
            if name in ("Allow", "Retry-After"):
                page.headers[name] = value
        return page

    @app.errorhandler(NotFound)
    def not_found(problem: NotFound) -> Response:
        db.session.rollback()
        return error_page(404)

    @app.errorhandler(Conflict)
    def conflict(problem: Conflict) -> Response:
        db.session.rollback()
        return error_page(409)

    @app.errorhandler(OperationalError)
    @app.errorhandler(InterfaceError)
    @app.errorhandler(PoolTimeout)
    def busy(problem: Exception) -> Response:
        log.error("database.unavailable", error=type(getattr(problem, "orig", None) or problem).__name__)
        _forget()
        return error_page(ServiceUnavailable.code)

    @app.errorhandler(Exception)
    def broken(problem: Exception) -> Response:
        log.exception("request.failed", error=type(problem).__name__)
        _forget()
        if app.testing:
            raise problem
        return error_page(InternalServerError.code)


def _forget() -> None:
    try:
        db.session.rollback()
    except DBAPIError:
        db.session.remove()
