"""What a test asks the simulator to do wrong, for the next calls of an operation."""

import json
from collections.abc import Callable

from flask import Response, request

from shop.payments.simulator.problems import Problem
from shop.payments.simulator.store import Doc
from shop.payments.simulator.world import World

ACTIONS = frozenset({"answer", "late", "drop", "drop_answer", "merge"})
FORMS: dict[str, tuple[str, str]] = {
    "html": ("<!doctype html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>", "text/html"),
    "empty": ("", "application/hal+json"),
    "garbage": ('{"resource": "payment", "id": "tr_', "application/hal+json"),
    "no-detail": ('{"status": 422, "title": "Unprocessable Entity"}', "application/hal+json"),
    "text-status": ('{"status": "422", "title": "x", "detail": "y"}', "application/hal+json"),
    "list": ("[1]", "application/hal+json"),
}


def plan(world: World, fault: Doc) -> None:
    """Remember a fault: the operation, the action, and how many times (no number: until a reset)."""
    if fault.get("action") not in ACTIONS:
        raise Problem(422, f"The action is one of {', '.join(sorted(ACTIONS))}", "action")
    if fault.get("form", "json") not in {"json", *FORMS}:
        raise Problem(422, f"The form is one of json, {', '.join(FORMS)}", "form")
    world.store.run("INSERT INTO faults (doc) VALUES (?)", json.dumps({"operation": "*", "times": 1} | fault))


def take(world: World, operation: str) -> Doc | None:
    """The oldest fault for this operation, which counts as used."""
    with world.store.transaction():
        for row in world.store.rows("SELECT * FROM faults ORDER BY id"):
            fault: Doc = json.loads(row["doc"])
            if fault["operation"] not in {"*", operation}:
                continue
            if fault["times"] is not None:
                fault["times"] -= 1
            if fault["times"] == 0:
                world.store.run("DELETE FROM faults WHERE id = ?", row["id"])
            else:
                world.store.run("UPDATE faults SET doc = ? WHERE id = ?", json.dumps(fault), row["id"])
            return fault
    return None


def answer(fault: Doc) -> Response:
    """The answer a fault asks for."""
    status = int(fault.get("status", 503))
    form = fault.get("form", "json")
    if form == "json":
        text = fault.get("detail", "Payment platform for this payment method temporarily not available")
        body, kind = json.dumps(Problem(status, text, fault.get("field")).document()), "application/hal+json"
    else:
        body, kind = FORMS[form]
    response = Response(body, status, content_type=kind)
    response.headers.update(fault.get("headers", {}))
    return response


def merge(document: Doc, patch: Doc) -> Doc:
    """A document with parts replaced; what is replaced by null disappears."""
    merged = dict(document)
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, dict) and isinstance(merged.get(name), dict):
            merged[name] = merge(merged[name], value)
        else:
            merged[name] = value
    return merged


def hang_up() -> Response:
    """End the connection without a word, as a broken network does."""
    still_there: Callable[[], bool] | None = request.environ.get("waitress.client_disconnected")
    channel = getattr(still_there, "__self__", None)
    if channel is not None:
        channel.socket.shutdown(2)
    return Response("", 502)
