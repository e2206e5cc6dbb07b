"""Switches for tests: everything that can go wrong with payments, on command. Off unless asked for."""

import json
from typing import Any

from flask import Blueprint, Response, jsonify, request

from shop.payments.simulator import captures, chargebacks, faults, payments, refunds, webhooks
from shop.payments.simulator.calls import base_url, worker, world
from shop.payments.simulator.problems import Problem, invalid, unknown
from shop.payments.simulator.store import Doc
from shop.payments.simulator.world import DEFAULTS

control = Blueprint("control", __name__, url_prefix="/_control")


@control.errorhandler(Problem)
def refuse(problem: Problem) -> tuple[Response, int]:
    """Say what is wrong with a command."""
    return jsonify(problem.document()), problem.status


def _sent() -> Doc:
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        raise invalid("A JSON object is expected")
    return sent


def _find(kind: str, object_id: str) -> Doc:
    found = world().store.find(kind, object_id)
    if found is None:
        raise unknown(kind, object_id)
    return found


def _done(document: Any = None) -> Response:
    return jsonify(document if document is not None else {})


@control.post("/settings")
def change_settings() -> Response:
    """Turn switches: answer delay, pace of refunds, captures and releases, webhooks."""
    here, sent = world(), _sent()
    for name, value in sent.items():
        if name not in DEFAULTS:
            raise invalid(f"The settings are {', '.join(DEFAULTS)}", name)
        if name == "webhooks":
            value = DEFAULTS["webhooks"] | value
            if value["mode"] not in webhooks.MODES:
                raise invalid(f"The mode is one of {', '.join(webhooks.MODES)}", "mode")
        here.store.set_setting(name, value)
    return _done({name: here.setting(name) for name in DEFAULTS})


@control.post("/faults")
def plan_fault() -> Response:
    """Let one of the next calls go wrong."""
    faults.plan(world(), _sent())
    return _done()


@control.delete("/faults")
def forget_faults() -> Response:
    """Let all calls go well again."""
    world().store.run("DELETE FROM faults")
    return _done()


@control.post("/clock")
def set_clock() -> Response:
    """Move the clock ahead, or change its pace."""
    sent, here = _sent(), world()
    with here.store.transaction():
        here.set_clock(ahead=float(sent.get("ahead", 0)), speed=float(sent["speed"]) if "speed" in sent else None)
    return _done({"now": here.now()})


@control.post("/settle")
def settle() -> Response:
    """Wait until nothing is due any more."""
    return _done({"settled": worker().settle(float(_sent().get("seconds", 5)))})


@control.get("/payments")
def list_payments() -> Response:
    """Every payment, with the addresses of its pages."""
    rows = world().store.rows("SELECT doc FROM objects WHERE kind = 'payment' ORDER BY seq")
    return _done([_shown(json.loads(row["doc"])) for row in rows])


def _shown(payment: Doc) -> Doc:
    base = f"{base_url()}/checkout"
    return payment | {
        "checkout": f"{base}/{payment['checkoutToken']}",
        "statePage": f"{base}/test-mode/{payment['stateToken']}",
    }


@control.post("/payments/<payment_id>/status")
def set_status(payment_id: str) -> Response:
    """Pay, fail, cancel, expire, authorize, or leave pending."""
    here, sent = world(), _sent()
    with here.store.transaction():
        payment = _find("payment", payment_id)
        if sent.get("method"):
            payments.choose(here, payment, sent["method"])
        payments.move(here, payment, sent.get("status", "paid"))
    return _done(_shown(payment))


@control.post("/payments/<payment_id>/alter")
def alter(payment_id: str) -> Response:
    """Lie about a payment from now on: other values, or values that are missing."""
    here, sent = world(), _sent()
    with here.store.transaction():
        payment = _find("payment", payment_id)
        payment["altered"], payment["removed"] = sent.get("values", {}), sent.get("removed", [])
        here.store.save(payment)
    return _done()


@control.post("/payments/<payment_id>/webhook")
def call_again(payment_id: str) -> Response:
    """Call the shop about a payment though nothing happened."""
    here = world()
    with here.store.transaction():
        webhooks.repeat(here, _find("payment", payment_id), copies=int(_sent().get("copies", 1)))
    return _done()


@control.post("/payments/<payment_id>/refunds")
def refund(payment_id: str) -> Response:
    """Refund as the merchant does in Mollie's dashboard."""
    here, sent = world(), _sent()
    with here.store.transaction():
        payment = _find("payment", payment_id)
        sent.setdefault("amount", payments.remaining(here, payment).document())
        return _done(refunds.create(here, payment, sent))


@control.post("/refunds/<refund_id>/status")
def set_refund_status(refund_id: str) -> Response:
    """Let a refund go on, fail, or be canceled in the dashboard."""
    here = world()
    with here.store.transaction():
        return _done(refunds.move(here, _find("refund", refund_id), _sent()["status"]))


@control.post("/captures/<capture_id>/status")
def set_capture_status(capture_id: str) -> Response:
    """Let a capture succeed or fail."""
    here = world()
    with here.store.transaction():
        return _done(captures.move(here, _find("capture", capture_id), _sent()["status"]))


@control.post("/payments/<payment_id>/chargebacks")
def charge_back(payment_id: str) -> Response:
    """The shopper's bank takes money back."""
    here = world()
    with here.store.transaction():
        return _done(chargebacks.create(here, _find("payment", payment_id), _sent().get("amount")))


@control.post("/chargebacks/<chargeback_id>/reverse")
def reverse(chargeback_id: str) -> Response:
    """The bank returns it."""
    here = world()
    with here.store.transaction():
        return _done(chargebacks.reverse(here, _find("chargeback", chargeback_id)))


@control.get("/deliveries")
def list_deliveries() -> Response:
    """Every webhook call and what the shop answered."""
    return _done(webhooks.listed(world()))


@control.post("/deliveries/release")
def release_deliveries() -> Response:
    """Send the calls that the mode "hold" kept back."""
    here = world()
    with here.store.transaction():
        webhooks.let_go(here, newest_first=bool(_sent().get("newest_first")))
    return _done()


@control.get("/requests")
def list_requests() -> Response:
    """What the shop sent."""
    return _done([json.loads(row["doc"]) for row in world().store.rows("SELECT doc FROM received ORDER BY id")])


@control.delete("/requests")
def forget_requests() -> Response:
    """Begin a new list of what the shop sends."""
    world().store.run("DELETE FROM received")
    return _done()


@control.post("/reset")
def reset() -> Response:
    """Forget everything."""
    worker().settle(2)
    world().store.empty()
    return _done()
