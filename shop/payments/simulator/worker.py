"""What happens by itself: expiry, refunds and captures that go on, and calls to shops."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from shop.payments.simulator import captures, payments, refunds, webhooks
from shop.payments.simulator.store import Doc
from shop.payments.simulator.world import World

log = logging.getLogger(__name__)
LONGEST_WAIT = 1.0
PARALLEL_CALLS = 16


class Worker:
    """A thread that carries out whatever is due."""

    def __init__(self, world: World, send: webhooks.Sender) -> None:
        self.world, self.send = world, send
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._sending = 0
        self._count = threading.Lock()
        self._pool = ThreadPoolExecutor(PARALLEL_CALLS, "simulator-webhook")
        self._thread = threading.Thread(target=self._run, name="simulator-worker", daemon=True)

    def start(self) -> None:
        """Begin, with what an earlier process left undone."""
        webhooks.take_up_again(self.world)
        self.world.store.after_commit = self._wake.set
        self._thread.start()

    def stop(self) -> None:
        """Finish what is being sent, and stop."""
        self.world.store.after_commit = lambda: None
        self._ended.set()
        self._wake.set()
        self._thread.join()
        self._pool.shutdown(wait=True)

    def _run(self) -> None:
        while not self._ended.is_set():
            self._wake.clear()
            try:
                self.work()
            except Exception:
                log.exception("The simulator's worker stumbled")
            self._wake.wait(self._pause())

    def _pause(self) -> float:
        """How long nothing is due."""
        found = self.world.store.row(
            "SELECT MIN(due) AS due FROM"
            " (SELECT due FROM timers UNION ALL SELECT due FROM deliveries WHERE state = 'waiting')"
        )
        if found is None or found["due"] is None:
            return LONGEST_WAIT
        return float(min(max((found["due"] - self.world.now()) / self.world.speed(), 0.001), LONGEST_WAIT))

    def work(self) -> None:
        """Carry out what is due now."""
        while self._next_timer():
            pass
        for group in webhooks.take_due(self.world):
            with self._count:
                self._sending += 1
            self._pool.submit(self._deliver, group)

    def _next_timer(self) -> bool:
        store = self.world.store
        if store.row("SELECT 1 FROM timers WHERE due <= ?", self.world.now()) is None:
            return False
        with store.transaction():
            timer = store.row("SELECT * FROM timers WHERE due <= ? ORDER BY due, id LIMIT 1", self.world.now())
            if timer is None:
                return False
            store.run("DELETE FROM timers WHERE id = ?", timer["id"])
            TIMERS[timer["kind"]](self.world, timer["object_id"], timer["due"])
        return True

    def _deliver(self, group: list[Doc]) -> None:
        try:
            for delivery in group:
                webhooks.note_answers(self.world, delivery, self._call(delivery))
        except Exception:
            log.exception("A webhook could not be handled")
        finally:
            with self._count:
                self._sending -= 1

    def _call(self, delivery: Doc) -> list[int]:
        """Call the shop, as often and in the manner the delivery says."""
        arguments = (delivery["url"], delivery["payment_id"])
        if delivery["manner"] != "parallel" or delivery["copies"] == 1:
            return [self.send(*arguments) for _ in range(delivery["copies"])]
        start = threading.Barrier(delivery["copies"])
        answers: list[int] = []

        def call() -> None:
            start.wait()
            answers.append(self.send(*arguments))

        threads = [threading.Thread(target=call) for _ in range(delivery["copies"])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    def is_idle(self) -> bool:
        """Whether nothing is due or under way."""
        with self.world.store.held():  # the time is asked inside: what is written while we wait is due by then
            now = self.world.now()
            busy = self.world.store.row(
                "SELECT 1 FROM timers WHERE due <= ? UNION ALL"
                " SELECT 1 FROM deliveries WHERE state = 'sending' OR (state = 'waiting' AND due <= ?)",
                *(now, now),
            )
        with self._count:
            return busy is None and self._sending == 0

    def settle(self, seconds: float) -> bool:
        """Wait until nothing is due or under way."""
        return wait_until(self.is_idle, seconds)

    def overtake(self, payment_id: str, status: str) -> None:
        """Let the shopper be faster than our answer: the shop hears of it before we reply."""
        with self.world.store.transaction():
            payment = self.world.store.find("payment", payment_id)
            if payment is not None:
                payments.move(self.world, payment, status)
        sql = "SELECT 1 FROM deliveries WHERE payment_id = ? AND attempt = 0 AND state IN ('waiting', 'sending')"
        wait_until(lambda: self.world.store.row(sql, payment_id) is None, webhooks.SECONDS_TO_ANSWER + 1)


def wait_until(is_so: Callable[[], bool], seconds: float) -> bool:
    """Look every few milliseconds whether something has become true."""
    for _ in range(int(seconds / 0.005) + 1):
        if is_so():
            return True
        time.sleep(0.005)
    return False


def _expire(world: World, payment_id: str, due: float) -> None:
    payment = world.store.find("payment", payment_id)
    if payment is not None and payment["status"] == "open" and payment["expires"] <= due:
        payments.move(world, payment, "expired", at=due)


def _release(world: World, payment_id: str, due: float) -> None:
    payment = world.store.find("payment", payment_id)
    if payment is not None and payment["status"] == "authorized":
        payments.move(world, payment, "canceled", at=due)


def _too_late(world: World, payment_id: str, due: float) -> None:
    payment = world.store.find("payment", payment_id)
    if payment is not None and payment["status"] == "authorized":
        payments.move(world, payment, "expired", at=due)


def _capture_by_itself(world: World, payment_id: str, due: float) -> None:
    payment = world.store.find("payment", payment_id)
    if payment is not None and payment["status"] == "authorized":
        captures.move(world, captures.create(world, payment, {}), "succeeded", at=due)


def _capture_succeeded(world: World, capture_id: str, due: float) -> None:
    capture = world.store.find("capture", capture_id)
    if capture is not None and capture["status"] == "pending":
        captures.move(world, capture, "succeeded", at=due)


def _refund(status: str, before: str) -> Callable[[World, str, float], None]:
    def step(world: World, refund_id: str, due: float) -> None:
        refund = world.store.find("refund", refund_id)
        if refund is not None and refund["status"] == before:
            refunds.move(world, refund, status)

    return step


TIMERS: dict[str, Callable[[World, str, float], None]] = {
    "expire": _expire,
    "release": _release,
    "too_late": _too_late,
    "capture": _capture_by_itself,
    "capture_succeeded": _capture_succeeded,
    "refund_processing": _refund("processing", "pending"),
    "refund_refunded": _refund("refunded", "processing"),
}
