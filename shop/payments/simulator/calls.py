"""How one API call goes: faults, key, body, idempotency, the work itself, the answer."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from flask import Response, current_app, request

from shop.payments.simulator import faults, idempotency
from shop.payments.simulator.problems import Problem
from shop.payments.simulator.store import Doc
from shop.payments.simulator.worker import Worker
from shop.payments.simulator.world import World, profile_of

HAL = "application/hal+json"
KEPT_BODY = 65_536


@dataclass
class Call:
    """What a call has to work with."""

    world: World
    profile: str
    base: str
    body: Doc


@dataclass
class Answer:
    """What a call comes to; 204 and 202 have nothing to say."""

    status: int
    document: Doc | None = None


@dataclass
class Outcome:
    """What is to be answered; with a scope, also to whoever repeats the call."""

    status: int
    body: str
    scope: str = ""
    is_replayed: bool = False
    is_new_payment: bool = False


Operation = Callable[..., Answer]


def world() -> World:
    """The world of the simulator that answers."""
    found: World = current_app.extensions["world"]
    return found


def worker() -> Worker:
    """The thread that delivers webhooks for it."""
    found: Worker = current_app.extensions["worker"]
    return found


def base_url() -> str:
    """The address under which the caller knows the simulator; all links start with it."""
    return request.url_root.rstrip("/")


def operation(name: str) -> Callable[[Operation], Callable[..., Response]]:
    """Make a view of the API out of the work it does."""

    def wrap(work: Operation) -> Callable[..., Response]:
        @wraps(work)
        def view(**ids: str) -> Response:
            return _answer(name, work, ids)

        return view

    return wrap


def _answer(name: str, work: Operation, ids: dict[str, str]) -> Response:
    here = world()
    delay = float(here.setting("api_delay"))
    if delay:
        time.sleep(delay)
    fault = faults.take(here, name)
    action = fault["action"] if fault else None
    if fault and action == "answer":
        return faults.answer(fault)
    if action == "drop":
        return faults.hang_up()
    outcome = _outcome(work, ids)
    try:
        if outcome.is_new_payment:
            _let_the_shopper_overtake(here, outcome.body)
        if fault and action == "late":
            time.sleep(float(fault["seconds"]))
    finally:
        if outcome.scope:
            idempotency.finish(here, outcome.scope, outcome.status, outcome.body)
    if action == "drop_answer":
        return faults.hang_up()
    body = outcome.body
    if fault and action == "merge":
        body = json.dumps(faults.merge(json.loads(body), fault["merge"]))
    response = Response(body, outcome.status, content_type=HAL)
    if outcome.is_replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _outcome(work: Operation, ids: dict[str, str]) -> Outcome:
    """Do the work of a call, or find the answer it had before."""
    here, scope = world(), ""
    try:
        call = Call(here, _profile(), base_url(), _body())
        key = request.headers.get("Idempotency-Key", "")
        if request.method == "POST" and key:
            own = f"{call.profile} {key[:255]}"
            earlier = idempotency.begin(here, own, path=request.path, body=call.body)
            if earlier is not None:
                return Outcome(*earlier, is_replayed=True)
            scope = own
        with here.store.transaction():
            answer = work(call, **ids)
        status, document = answer.status, answer.document
    except Problem as problem:
        status, document = problem.status, problem.document()
    except BaseException:
        idempotency.give_up(here, scope)
        raise
    is_new_payment = status == 201 and document is not None and document["resource"] == "payment"
    return Outcome(status, "" if document is None else json.dumps(document), scope, is_new_payment=is_new_payment)


def _let_the_shopper_overtake(here: World, body: str) -> None:
    """In the mode "before-answer" the webhook is there before the shop knows its payment."""
    switch = here.setting("webhooks")
    if switch["mode"] == "before-answer":
        worker().overtake(json.loads(body)["id"], switch["status"])


def _profile() -> str:
    """Whose key this is; only keys for testing are taken."""
    found = re.fullmatch(r"Bearer ((live|test)_\w{1,128})", request.headers.get("Authorization", ""), re.ASCII)
    if found is None:
        raise Problem(401, "Missing authentication, or failed to authenticate")
    if found[2] == "live":
        raise Problem(
            401, "This is a simulator of Mollie: no money moves here, and it refuses live keys. Use a test_ key."
        )
    return profile_of(found[1])


def _body() -> Doc:
    """The JSON that was sent, which must be an object."""
    raw = request.get_data()
    if request.method not in {"POST", "PATCH"} or not raw.strip():
        return {}
    if request.mimetype not in {"application/json", HAL}:
        raise Problem(415, "The request body should be JSON")
    try:
        body = json.loads(raw, parse_constant=_no_number)
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        raise Problem(400, "The request body is not valid JSON") from None
    if not isinstance(body, dict):
        raise Problem(400, "The request body should be a JSON object")
    return body


def _no_number(name: str) -> None:
    raise ValueError(name)


def log_request(response: Response) -> Response:
    """Note what came in over the API and what went out, for tests to look at."""
    if not request.path.startswith("/v2/"):
        return response
    note = {
        "at": world().now(),
        "method": request.method,
        "path": request.path,
        "query": request.query_string.decode("ascii", "replace"),
        "headers": dict(request.headers),
        "body": "" if response.status_code == 413 else request.get_data()[:KEPT_BODY].decode("utf-8", "replace"),
        "status": response.status_code,
    }
    world().store.run("INSERT INTO received (doc) VALUES (?)", json.dumps(note))
    return response
