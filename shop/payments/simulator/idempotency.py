"""The same call twice: the first answer again, for one hour."""

import hashlib
import json

from shop.payments.simulator.problems import Problem
from shop.payments.simulator.store import Doc
from shop.payments.simulator.world import HOUR, World


def begin(world: World, scope: str, *, path: str, body: Doc) -> tuple[int, str] | None:
    """The stored answer of an equal call, or nothing when this is the first."""
    fingerprint = hashlib.sha256(f"{path} {json.dumps(body, sort_keys=True)}".encode()).hexdigest()
    with world.store.transaction():
        world.store.run("DELETE FROM idempotency WHERE at <= ? AND status IS NOT NULL", world.now() - HOUR)
        earlier = world.store.row("SELECT * FROM idempotency WHERE scope = ?", scope)
        if earlier is None:
            sql = "INSERT INTO idempotency (scope, fingerprint, at) VALUES (?, ?, ?)"
            world.store.run(sql, scope, fingerprint, world.now())
            return None
    if earlier["fingerprint"] != fingerprint:
        raise Problem(400, "The idempotency key was used before with other parameters")
    if earlier["status"] is None:
        raise Problem(409, "A request with the same idempotency key is still in progress")
    return earlier["status"], earlier["body"]


def finish(world: World, scope: str, status: int, body: str) -> None:
    """Keep the answer for whoever repeats the call."""
    world.store.run("UPDATE idempotency SET status = ?, body = ? WHERE scope = ?", status, body, scope)


def give_up(world: World, scope: str) -> None:
    """The call broke off without an answer: a repeat is a new call."""
    world.store.run("DELETE FROM idempotency WHERE scope = ? AND status IS NULL", scope)


def forget_running(world: World) -> None:
    """After a restart no call is under way."""
    world.store.run("DELETE FROM idempotency WHERE status IS NULL")
