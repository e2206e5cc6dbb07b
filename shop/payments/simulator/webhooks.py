"""The calls that tell a shop that something happened to a payment."""

import json
from collections.abc import Callable
from typing import Any

import requests

from shop.payments.simulator.store import Doc
from shop.payments.simulator.world import World

Sender = Callable[[str, str], int]
"""Calls an address about a payment id; gives the HTTP status, or 0 when nothing answered."""

SECONDS_TO_ANSWER = 15
MODES = ("normal", "off", "double", "parallel", "delay", "before-answer", "reorder", "hold")
# Ten calls in 26 hours: the wait before each next one.
WAITS = tuple(60.0 * minutes for minutes in (1, 2, 4, 8, 16, 29, 60, 120, 1320))
REORDER_SECONDS = 0.3
HEADERS = {
    "User-Agent": "Mollie HTTP client/1.0",
    "Content-Type": "application/x-www-form-urlencoded",
    "Accept": "*/*",
    "Accept-Encoding": "deflate, gzip",
}


def announce(world: World, payment: Doc, reason: str) -> None:
    """Queue the call about one event; it is sent once the change is kept."""
    url = payment["sent"].get("webhookUrl")
    if not url:
        return
    how = world.setting("webhooks")
    mode, now = how["mode"], world.now()
    due = now + (how["seconds"] if mode == "delay" else REORDER_SECONDS if mode == "reorder" else 0)
    state = {"off": "lost", "hold": "held"}.get(mode, "waiting")
    copies = {"double": 2, "parallel": how["copies"]}.get(mode, 1)
    if mode == "reorder":
        world.store.run("UPDATE deliveries SET due = ? WHERE state = 'waiting' AND manner = 'reorder'", due)
    world.store.run(
        "INSERT INTO deliveries (payment_id, url, reason, manner, copies, due, state) VALUES (?, ?, ?, ?, ?, ?, ?)",
        *(payment["id"], url, reason, mode, copies, due, state),
    )


def repeat(world: World, payment: Doc, *, copies: int = 1) -> None:
    """Queue one more call about a payment to which nothing new happened."""
    if payment["sent"].get("webhookUrl"):
        world.store.run(
            "INSERT INTO deliveries (payment_id, url, reason, manner, copies, due, state) VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(payment["id"], payment["sent"]["webhookUrl"], "repeated", "parallel", copies, world.now(), "waiting"),
        )


def let_go(world: World, *, newest_first: bool) -> None:
    """Send the calls that were held back, in order or in reverse."""
    manner = "reorder" if newest_first else "hold"
    world.store.run(
        "UPDATE deliveries SET state = 'waiting', manner = ?, due = ? WHERE state = 'held'", manner, world.now()
    )


def take_due(world: World) -> list[list[Doc]]:
    """Claim the calls that are due, in groups that go out one after the other.

    Nothing is written when nothing is due: every commit wakes the worker, who would go round and round.
    """
    if world.store.row("SELECT 1 FROM deliveries WHERE state = 'waiting' AND due <= ?", world.now()) is None:
        return []
    with world.store.transaction():
        due = world.store.rows(
            "SELECT * FROM deliveries WHERE state = 'waiting' AND due <= ? ORDER BY due, id", world.now()
        )
        for delivery in due:
            world.store.run("UPDATE deliveries SET state = 'sending' WHERE id = ?", delivery["id"])
    groups: dict[str, list[Doc]] = {}
    for delivery in due:
        together = delivery["manner"] if delivery["manner"] in {"reorder", "hold"} else delivery["payment_id"]
        groups.setdefault(together, []).append(delivery)
    if "reorder" in groups:
        groups["reorder"].sort(key=lambda delivery: delivery["id"], reverse=True)
    return list(groups.values())


def note_answers(world: World, delivery: Doc, statuses: list[int]) -> None:
    """Write down what the shop answered, and when to call again if it failed."""
    attempt = delivery["attempt"] + 1
    answers = [*json.loads(delivery["answers"]), *statuses]
    state, due = "delivered", delivery["due"]
    if not any(200 <= status < 300 for status in statuses):
        state = "waiting" if attempt <= len(WAITS) else "given_up"
        due += WAITS[attempt - 1] if attempt <= len(WAITS) else 0
    with world.store.transaction():
        world.store.run(
            "UPDATE deliveries SET state = ?, attempt = ?, due = ?, answers = ? WHERE id = ?",
            *(state, attempt, due, json.dumps(answers), delivery["id"]),
        )


def take_up_again(world: World) -> None:
    """After a restart, calls that were under way are to be made again."""
    with world.store.transaction():
        world.store.run("UPDATE deliveries SET state = 'waiting' WHERE state = 'sending'")


def listed(world: World) -> list[dict[str, Any]]:
    """Every call that was queued and what came of it."""
    rows = world.store.rows("SELECT * FROM deliveries ORDER BY id")
    return [row | {"answers": json.loads(row["answers"])} for row in rows]


def send(url: str, payment_id: str) -> int:
    """Call a shop as Mollie does; a redirect may turn the call into a GET, as it does there."""
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.post(url, data=f"id={payment_id}", headers=HEADERS, timeout=SECONDS_TO_ANSWER, stream=True)
            return answer.status_code
    except requests.RequestException:
        return 0
