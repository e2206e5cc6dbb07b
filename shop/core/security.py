"""Safety at the door: clean input, same-origin forms, headers, limits.

Order of protection for a form: Fetch Metadata and Origin for everybody, Flask-WTF's token inside a session as well.
"""

import hashlib
import hmac
import secrets
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, request
from flask_limiter import Limiter
from flask_talisman import Talisman
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter, ValidationError

from shop.core.access import View, is_public_page
from shop.core.consent import knows_more_than_choice
from shop.core.forms import has_session

csrf = CSRFProtect()

HSTS_AGE = 63_072_000  # two years
HSTS = f"max-age={HSTS_AGE}; includeSubDomains"
MAX_ID = 2**31 - 1  # of a row on PostgreSQL; a larger number is no row, and its database refuses to compare it
MAX_FIELDS = 400

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "require-trusted-types-for": "'script'",
}

NO_FEATURES = (
    "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), encrypted-media=(), "
    "fullscreen=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), "
    "picture-in-picture=(), publickey-credentials-get=(), screen-wake-lock=(), usb=(), "
    "xr-spatial-tracking=()"
)


def limit_key() -> str:
    """Whom a rate limit counts: a keyed hash of the address, in memory only; the address itself is never kept."""
    return limit_key_of(_network(request.remote_addr or ""))


def _network(address: str) -> str:
    """An IPv4 address itself, or the /64 that one IPv6 customer has for the taking."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((known, 64), strict=False)) if known.version == 6 else address


def limit_key_of(text: str) -> str:
    """The same keyed hash of something else that was sent, such as a typed e-mail address."""
    return hmac.new(current_app.extensions["limit_key"], text.encode(), hashlib.sha256).hexdigest()[:32]


def _new_limit_key(app: Flask) -> bytes:
    """A key that dies with the process, so that nothing can be found back; machines that count together share one."""
    if not app.config["REDIS_URL"]:
        return secrets.token_bytes(32)
    return hmac.new(app.config["SECRET_KEY"].encode(), b"rate limits", hashlib.sha256).digest()


limiter = Limiter(limit_key, headers_enabled=True, strategy="fixed-window")


class IdConverter(BaseConverter):
    """A row's number in an address: 1 to 2^31 - 1, so that no database ever sees a larger one."""

    regex = r"[1-9][0-9]{0,9}"

    def to_python(self, value: str) -> int:
        """The number, or no such page."""
        number = int(value)
        if number > MAX_ID:
            raise ValidationError
        return number


class TokenConverter(BaseConverter):
    """A random token in an address."""

    regex = r"[A-Za-z0-9_-]{20,64}"


class SlugConverter(BaseConverter):
    """A product's or collection's name in an address."""

    regex = r"[a-z0-9]+(?:-[a-z0-9]+)*"


def from_elsewhere(view: View) -> View:
    """Say that a view may be called by other programs: Mollie's webhook. It must believe nothing it is sent."""
    view.is_called_from_elsewhere = True  # type: ignore[attr-defined]
    return view


def _is_clean(text: str) -> bool:
    return "\x00" not in text and "\ufffd" not in text


def _form_size() -> int:
    size: int = current_app.config["MAX_FORM_MEMORY_SIZE"]
    return size


def _check_input() -> None:
    """Decode all that was sent, once; what cannot be decoded is answered with 400 and reaches no view."""
    if not _is_clean(request.path) or len(request.query_string) > 4000:
        abort(400)
    if request.is_json:
        abort(415)  # no view takes it, and a deep one breaks its reader
    if request.mimetype != "multipart/form-data" and (request.content_length or 0) > _form_size():
        abort(413)  # Werkzeug keeps to this limit for multipart alone
    if len(request.form) > MAX_FIELDS:
        abort(413)
    for values in (request.args, request.form):
        for name, value in values.items(multi=True):
            if name is None or not _is_clean(name) or not _is_clean(value):
                abort(400)
    for name, file in request.files.items(multi=True):
        if not name or not _is_clean(name) or not _is_clean(file.filename or ""):
            abort(400)


def _check_origin() -> None:
    """Refuse what another site makes a browser send: forms always, other requests unless they open a page."""
    site = request.headers.get("Sec-Fetch-Site")
    if request.method in ("GET", "HEAD", "OPTIONS"):
        if site == "cross-site" and request.headers.get("Sec-Fetch-Mode") not in ("navigate", None):
            abort(403)
        return
    if site is not None:
        if site not in ("same-origin", "none"):
            abort(403)
        return
    origin = request.headers.get("Origin")
    if origin is not None and _host_of(origin) != request.host:
        abort(403)


def _host_of(origin: str) -> str:
    """The host that an Origin names; nothing for one that is no address at all."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _is_called_from_elsewhere() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "is_called_from_elsewhere", False))


def _finish_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    headers["Permissions-Policy"] = NO_FEATURES
    view = current_app.view_functions.get(request.endpoint or "")
    if "Cache-Control" not in headers:
        is_public = view is not None and is_public_page(view) and response.status_code < 400
        is_same_for_all = is_public and not knows_more_than_choice() and not g.get("is_personal")
        headers["Cache-Control"] = "no-cache" if is_same_for_all else "no-store"
    return response


def init_security(app: Flask) -> None:
    """Set the guards at the door."""
    app.url_map.converters.update(id=IdConverter, token=TokenConverter, slug=SlugConverter)
    if app.config["PROXIES"]:
        n = app.config["PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    host = urlsplit(app.config["PUBLIC_URL"]).hostname or "localhost"
    local = [] if app.config["ENVIRONMENT"] == "production" else ["127.0.0.1", "localhost", "[::1]"]
    app.config["TRUSTED_HOSTS"] = [host, *local, *app.config["EXTRA_HOSTS"]]
    app.extensions["limit_key"] = _new_limit_key(app)
    app.config.setdefault("RATELIMIT_STORAGE_URI", app.config["REDIS_URL"] or "memory://")
    app.config.setdefault("RATELIMIT_IN_MEMORY_FALLBACK_ENABLED", bool(app.config["REDIS_URL"]))
    app.after_request(_finish_headers)  # runs after Talisman has set its headers
    limiter.init_app(app)
    csrf.init_app(app)
    _talisman(app)

    @app.before_request
    def guard() -> None:
        _check_input()
        if _is_called_from_elsewhere():
            return
        _check_origin()
        if has_session():
            csrf.protect()


def _talisman(app: Flask) -> None:
    is_https: bool = app.config["IS_HTTPS"]
    options: dict[str, Any] = {
        "force_https": is_https,
        "strict_transport_security": app.config["HSTS"],
        "strict_transport_security_max_age": HSTS_AGE,
        "session_cookie_secure": is_https,
        "session_cookie_samesite": "Lax",
        "content_security_policy": POLICY,
        "content_security_policy_nonce_in": [],
        "referrer_policy": "same-origin",
        "frame_options": "DENY",
        "permissions_policy": {},
        "document_policy": {},
        "x_xss_protection": False,
    }
    Talisman(app, **options)
