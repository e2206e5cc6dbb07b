"""Where Mollie calls, and the look at the methods before somebody checks out."""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from shop.core.access import anyone
from shop.core.db import db
from shop.core.security import from_elsewhere
from shop.payments import flows, methods, mollie_gateway, queries

bp = Blueprint("payments", __name__)


@bp.before_app_request
def know_methods() -> None:
    """Before the first checkout of a new shop: ask Mollie once what it offers, outside any transaction."""
    if request.endpoint == "checkout.show" and not queries.methods_known():
        methods.refresh(only_missing=True)


@bp.post("/webhooks/mollie/<token:token>/", endpoint="webhook")
@bp.post("/webhooks/mollie/<token:token>", endpoint="webhook")
@from_elsewhere
@anyone
def webhook(token: str) -> ResponseReturnValue:
    """Mollie says that something happened to a payment: believe nothing, ask Mollie, and answer when it is applied."""
    sent = request.form.get("id", "")
    attempt = queries.attempt_by_token(token) if mollie_gateway.ID.match(sent) else None
    is_known = attempt is not None and attempt.mollie_id in (None, sent)
    attempt_id = attempt.id if attempt is not None else 0
    db.session.rollback()
    if not is_known or flows.reconcile(attempt_id, by="webhook", hinted_id=sent):
        return _said(200)
    return _said(503)


def _said(status: int) -> Response:
    answer = Response("", status, mimetype="text/plain")
    if status == 503:
        answer.headers["Retry-After"] = "60"
    return answer
