"""Logs: JSON lines with a request id and the route's pattern; never a path, an address, an agent or a value."""

import logging
import re
import secrets
import time
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, Response, g, request
from flask_babel import lazy_gettext as _l

from shop.core.personal_data import Medium, Purpose, Store, register

register.declare(
    Store(
        "application log",
        Medium.LOG,
        Purpose.SECURITY,
        _l("What the program did: time, kind of page, answer; no names, no addresses, no IP address"),
        _l("30 days"),
    )
)
register.declare(
    Store(
        "rate limits",
        Medium.MEMORY,
        Purpose.SECURITY,
        _l("A keyed hash of the IP address, in working memory only, to stop too many attempts"),
        _l("an hour at most; gone when the program stops"),
    )
)

_OWN_CODE = str(Path(__file__).resolve().parent.parent)
_LOOKS_PERSONAL = re.compile(r"\S+@\S+|\d{6,}")


def _without_personal_values(_logger: Any, _name: str, told: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in told.items():
        if isinstance(value, str) and key not in ("timestamp", "request", "exception"):
            told[key] = _LOOKS_PERSONAL.sub("…", value)[:500]
    return told


def init_logs(app: Flask) -> None:
    """Log one line an answer; the route's pattern, not the path, for a path may hold a token."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    logging.getLogger("waitress").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(_short_traceback),
            _without_personal_values,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.WARNING if app.config["ENVIRONMENT"] != "production" else logging.INFO
        ),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    log = structlog.get_logger()

    def log_exception(exc_info: Any) -> None:
        log.error("request.failed", exc_info=exc_info)

    app.log_exception = log_exception  # type: ignore[method-assign]  # Flask's own tells the path

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=secrets.token_hex(8))

    @app.after_request
    def tell(response: Response) -> Response:
        took = round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1)
        route = request.url_rule.rule if request.url_rule else "-"
        log.info("answered", method=request.method, route=route, status=response.status_code, ms=took)
        return response


def _short_traceback(exc_info: Any) -> str:
    """Where it went wrong in the shop's own code, without the values at hand and without the text of the error."""
    kind, _problem, trace = exc_info
    lines = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename.startswith(_OWN_CODE) or trace.tb_next is None:
            file = Path(code.co_filename)
            lines.append(f"{file.parent.name}/{file.name}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return f"{kind.__name__} at " + " < ".join(reversed(lines[-12:]))
