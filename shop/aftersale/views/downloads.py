"""Files that were bought: the order's page leads to a signed address that ends, and that address to the file."""

from flask import Response, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select

from shop.aftersale import pages
from shop.aftersale.queries import files_of
from shop.aftersale.views.blueprint import bp
from shop.catalogue.downloads import download_path
from shop.core import clock
from shop.core.access import anyone, customer_only, page_is_personal
from shop.core.db import db
from shop.core.errors import NotFound
from shop.core.security import limiter
from shop.orders import downloads
from shop.orders.models import Order, OrderLine
from shop.orders.queries import order_of
from shop.orders.rules import downloads_open_at


@bp.get("/orders/<token:token>/downloads/<id:line_id>")
@limiter.limit("30/minute")
@anyone
def download(token: str, line_id: int) -> ResponseReturnValue:
    """A file that was bought, for who has the mailed link; the address that Mollie knows does not open it."""
    page_is_personal()
    found, is_mailed = pages.find(token)
    if found is None or not is_mailed:
        raise NotFound
    return _lead_on(found, line_id)


@bp.get("/account/orders/<number>/downloads/<id:line_id>")
@customer_only
def account_download(number: str, line_id: int) -> ResponseReturnValue:
    """A file that this customer bought."""
    page_is_personal()
    found = order_of(current_user.person_id, number[:20])
    if found is None:
        raise NotFound
    return _lead_on(found, line_id)


@bp.get("/downloads/<signed>")
@limiter.limit("30/minute")
@anyone
def signed_download(signed: str) -> ResponseReturnValue:
    """The file of a signed address, until that ends."""
    page_is_personal()
    try:
        line_id = downloads.line_of(signed[:300], at=clock.now())
    except downloads.LinkEnded:
        return render_template("aftersale/download_ended.html"), 410
    question = select(Order).join(OrderLine, OrderLine.order_id == Order.id).where(OrderLine.id == line_id)
    found = db.session.scalar(question) if line_id is not None else None
    if found is None or line_id is None:
        raise NotFound
    return _file(found, line_id)


def _lead_on(found: Order, line_id: int) -> ResponseReturnValue:
    _open_key(found, line_id)
    until = clock.now() + downloads.FROM_PAGE
    return redirect(url_for("aftersale.signed_download", signed=downloads.signed(line_id, until=until)), 303)


def _open_key(found: Order, line_id: int) -> str:
    """The key of a file that may be downloaded now."""
    open_at = downloads_open_at(found.status, placed_at=found.placed_at, asked_at=found.express_request_at)
    key = files_of(found.id).get(line_id)
    if key is None or open_at is None or open_at > clock.now():
        raise NotFound
    return key


def _file(found: Order, line_id: int) -> Response:
    key = _open_key(found, line_id)
    name = f"{found.number}-{line_id}.pdf"
    answer = send_file(download_path(key), "application/pdf", as_attachment=True, download_name=name, max_age=0)
    answer.headers["Cache-Control"] = "no-store"
    return answer
