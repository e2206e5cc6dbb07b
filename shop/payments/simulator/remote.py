"""The controls, for tests in Python."""

from typing import Any

import requests

Json = dict[str, Any]


class ControlRefused(Exception):
    """The simulator does not carry this out; the text says why."""


class Control:
    """Commands to a simulator that was started with controls."""

    def __init__(self, base_url: str) -> None:
        self._base = f"{base_url}/_control"
        self._session = requests.Session()
        self._session.trust_env = False

    def close(self) -> None:
        """End the connection."""
        self._session.close()

    def _call(self, method: str, path: str, sent: Json | None = None) -> Any:
        answer = self._session.request(method, f"{self._base}/{path}", json=sent or {}, timeout=30)
        if not answer.ok:
            raise ControlRefused(answer.text)
        return answer.json()

    # What happens to payments

    def pay(self, payment_id: str, *, method: str | None = None) -> Json:
        """The shopper pays."""
        return self.set_status(payment_id, "paid", method=method)

    def fail(self, payment_id: str) -> Json:
        """The payment fails."""
        return self.set_status(payment_id, "failed")

    def cancel(self, payment_id: str) -> Json:
        """The shopper cancels."""
        return self.set_status(payment_id, "canceled")

    def expire(self, payment_id: str) -> Json:
        """The shopper took too long."""
        return self.set_status(payment_id, "expired")

    def authorize(self, payment_id: str, *, method: str | None = None) -> Json:
        """The money is set aside for the shop to capture."""
        return self.set_status(payment_id, "authorized", method=method)

    def leave_pending(self, payment_id: str, *, method: str | None = None) -> Json:
        """The bank has not decided."""
        return self.set_status(payment_id, "pending", method=method)

    def set_status(self, payment_id: str, status: str, *, method: str | None = None) -> Json:
        """Give a payment its next status."""
        found: Json = self._call("POST", f"payments/{payment_id}/status", {"status": status, "method": method})
        return found

    def payments(self) -> list[Json]:
        """Every payment, oldest first, with `checkout` and `statePage` addresses."""
        found: list[Json] = self._call("GET", "payments")
        return found

    def refund(self, payment_id: str, amount: Json | None = None) -> Json:
        """Refund in the dashboard, without the shop; no amount means all that remains."""
        found: Json = self._call("POST", f"payments/{payment_id}/refunds", {"amount": amount} if amount else {})
        return found

    def set_refund(self, refund_id: str, status: str) -> Json:
        """Let a refund become pending, processing, refunded, failed or canceled."""
        found: Json = self._call("POST", f"refunds/{refund_id}/status", {"status": status})
        return found

    def set_capture(self, capture_id: str, status: str) -> Json:
        """Let a capture become succeeded or failed."""
        found: Json = self._call("POST", f"captures/{capture_id}/status", {"status": status})
        return found

    def charge_back(self, payment_id: str, amount: Json | None = None) -> Json:
        """The shopper's bank takes the money back."""
        found: Json = self._call("POST", f"payments/{payment_id}/chargebacks", {"amount": amount} if amount else {})
        return found

    def reverse(self, chargeback_id: str) -> Json:
        """The bank returns it."""
        found: Json = self._call("POST", f"chargebacks/{chargeback_id}/reverse")
        return found

    # What the simulator says that is not so

    def alter(self, payment_id: str, *, removed: tuple[str, ...] = (), **values: Any) -> None:
        """Show other values of a payment from now on, or leave some out."""
        self._call("POST", f"payments/{payment_id}/alter", {"values": values, "removed": list(removed)})

    def show_amount(self, payment_id: str, value: str, currency: str = "EUR") -> None:
        """Answer another amount or currency than was asked for."""
        self.alter(payment_id, amount={"currency": currency, "value": value})

    def show_mode(self, payment_id: str, mode: str = "live") -> None:
        """Answer another mode."""
        self.alter(payment_id, mode=mode)

    def show_status(self, payment_id: str, status: str = "paidout") -> None:
        """Answer a status nobody knows."""
        self.alter(payment_id, status=status)

    def hide_paid_at(self, payment_id: str) -> None:
        """Answer "paid" without the moment."""
        self.alter(payment_id, removed=("paidAt",))

    def be_honest(self, payment_id: str) -> None:
        """Show a payment as it is again."""
        self.alter(payment_id)

    # Faults of the API; an operation is named as in "payments.create", "*" is any

    def answer_next(
        self,
        status: int,
        *,
        operation: str = "*",
        times: int | None = 1,
        form: str = "json",
        detail: str | None = None,
        field: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Answer the next calls with an error; `form` html, empty, garbage, no-detail, text-status or list."""
        fault: Json = {"action": "answer", "operation": operation, "times": times, "status": status, "form": form}
        also = {"detail": detail, "field": field, "headers": headers}
        self._call("POST", "faults", fault | {name: value for name, value in also.items() if value is not None})

    def refuse_mode(self, payment_id: str, *, operation: str = "payments.get", times: int | None = None) -> None:
        """Answer 404, as Mollie does when a payment was made with a key of the other mode."""
        detail = f"Payment {payment_id} exists, but the wrong mode is used. Try switching live / test API keys."
        self.answer_next(404, operation=operation, times=times, detail=detail)

    def answer_late(self, seconds: float, *, operation: str = "*", times: int | None = 1) -> None:
        """Do what is asked, and answer only after a while."""
        self._call("POST", "faults", {"action": "late", "operation": operation, "times": times, "seconds": seconds})

    def drop_answer(self, *, operation: str = "*", times: int | None = 1) -> None:
        """Do what is asked, and hang up without an answer."""
        self._call("POST", "faults", {"action": "drop_answer", "operation": operation, "times": times})

    def drop_request(self, *, operation: str = "*", times: int | None = 1) -> None:
        """Hang up without having done anything."""
        self._call("POST", "faults", {"action": "drop", "operation": operation, "times": times})

    def merge_into_answer(self, values: Json, *, operation: str, times: int | None = 1) -> None:
        """Replace parts of the next answers, such as a list's `_links`."""
        self._call("POST", "faults", {"action": "merge", "operation": operation, "times": times, "merge": values})

    def forget_faults(self) -> None:
        """Let all calls go well again."""
        self._call("DELETE", "faults")

    def settings(self, **values: Any) -> Json:
        """Change api_delay, refund_start, refund_seconds, capture_seconds or release_seconds."""
        found: Json = self._call("POST", "settings", values)
        return found

    # Webhooks

    def webhooks(self, mode: str, *, copies: int = 2, seconds: float = 0.0, status: str = "paid") -> None:
        """Set how webhooks go: normal, off, double, parallel, delay, before-answer, reorder or hold."""
        switch = {"mode": mode, "copies": copies, "seconds": seconds, "status": status}
        self._call("POST", "settings", {"webhooks": switch})

    def call_webhook(self, payment_id: str, *, copies: int = 1) -> None:
        """Call the shop about a payment though nothing happened, several times at once if wanted."""
        self._call("POST", f"payments/{payment_id}/webhook", {"copies": copies})

    def release_webhooks(self, *, newest_first: bool = False) -> None:
        """Send the calls that were held back."""
        self._call("POST", "deliveries/release", {"newest_first": newest_first})

    def deliveries(self) -> list[Json]:
        """Every webhook call: payment_id, url, reason, state, attempt, and the statuses the shop answered."""
        found: list[Json] = self._call("GET", "deliveries")
        return found

    # Time

    def advance(self, seconds: float, *, settle: bool = True) -> None:
        """Move the simulator's clock ahead, and wait for what becomes due."""
        self._call("POST", "clock", {"ahead": seconds})
        if settle:
            self.settle()

    def set_speed(self, speed: float) -> None:
        """Let the simulator's clock run faster than the real one."""
        self._call("POST", "clock", {"speed": speed})

    def settle(self, seconds: float = 10.0) -> bool:
        """Wait until webhooks have been delivered and nothing is due; says whether that was reached."""
        return bool(self._call("POST", "settle", {"seconds": seconds})["settled"])

    # Looking back

    def requests(self) -> list[Json]:
        """What the shop sent: method, path, query, headers, body, and the status it was answered with."""
        found: list[Json] = self._call("GET", "requests")
        return found

    def forget_requests(self) -> None:
        """Begin a new list of what the shop sends."""
        self._call("DELETE", "requests")

    def reset(self) -> None:
        """Forget everything, switches and clock included."""
        self._call("POST", "reset")
