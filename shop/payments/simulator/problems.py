"""The refusals of the API, in the form in which Mollie words them."""

from http import HTTPStatus

DOCUMENTATION = "https://docs.mollie.com/errors"


class Problem(Exception):
    """A refused call: status, text, and the field it is about."""

    def __init__(self, status: int, detail: str, field: str | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.field = status, detail, field

    def document(self) -> dict[str, object]:
        """The refusal as the API answers it."""
        title = "Unauthorized Request" if self.status == 401 else HTTPStatus(self.status).phrase
        document: dict[str, object] = {"status": self.status, "title": title, "detail": self.detail}
        if self.field:
            document["field"] = self.field
        document["_links"] = {"documentation": {"href": DOCUMENTATION, "type": "text/html"}}
        return document


def invalid(detail: str, field: str | None = None) -> Problem:
    """Something is wrong with the data that was sent."""
    return Problem(422, detail, field)


def unknown(kind: str, token: str) -> Problem:
    """No object has this token."""
    return Problem(404, f"No {kind} exists with token {token}.")
