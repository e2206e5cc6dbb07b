"""A page as a visitor reads it: status, heading, text, forms to fill in and send.

Every page that a test opens is looked over on the way: one heading, equal to the start of the title; a label for each
field; unique ids; a token in each form inside a session and none elsewhere.
"""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup, Tag
from flask import Flask, g
from werkzeug.test import TestResponse


class Page:
    """One answer of the shop."""

    def __init__(self, response: TestResponse, *, has_session: bool) -> None:
        self.response = response
        self.status = response.status_code
        self.headers = response.headers
        self.body = response.get_data()
        self.is_html = (response.mimetype or "") == "text/html"
        self.soup = BeautifulSoup(self.body, "html.parser") if self.is_html else BeautifulSoup("", "html.parser")
        if self.is_html and self.status != 303:
            look_over(self.soup, has_session=has_session)

    @property
    def location(self) -> str:
        """Where the answer sends the browser."""
        return self.headers.get("Location", "")

    @property
    def heading(self) -> str:
        """The page's one heading."""
        found = self.soup.h1
        return squeeze(found.get_text()) if found else ""

    @property
    def text(self) -> str:
        """The page's words, with single spaces."""
        return squeeze(self.soup.get_text(" ")) if self.is_html else self.body.decode("utf-8", "replace")

    def form(self, action: str) -> dict[str, str]:
        """The values of the form with this action, as a browser would send them untouched."""
        for form in self.soup.find_all("form"):
            if str(form.get("action", "")).split("?")[0] == action:
                return form_values(form)
        raise AssertionError(f"no form with action {action}; there are {self.actions}")

    @property
    def actions(self) -> list[str]:
        """The actions of the page's forms."""
        return [str(form.get("action", "")) for form in self.soup.find_all("form")]

    def links(self) -> list[str]:
        """Where the page links to."""
        return [str(link["href"]) for link in self.soup.find_all("a", href=True)]

    def errors(self) -> dict[str, str]:
        """The message beside each field, by the field's name."""
        found: dict[str, str] = {}
        for field in self.soup.find_all(attrs={"aria-invalid": "true"}):
            ids = str(field.get("aria-describedby", "")).split()
            texts = [squeeze(tag.get_text(" ")) for i in ids if (tag := self.soup.find(id=i)) and "error" in i]
            found[str(field.get("name"))] = " ".join(texts)
        return found


def squeeze(text: str) -> str:
    """The words of a text with single spaces between them."""
    return " ".join(text.replace("\xa0", " ").split())


def form_values(form: Tag) -> dict[str, str]:
    """What a browser would send of a form that nobody touched."""
    values: dict[str, str] = {}
    for field in form.find_all(["input", "select", "textarea"]):
        name = field.get("name")
        if not name:
            continue
        if field.name == "select":
            options = field.find_all("option")
            chosen = next((o for o in options if o.has_attr("selected")), options[0] if options else None)
            if chosen is not None:
                values[str(name)] = str(chosen.get("value", chosen.get_text()))
        elif field.name == "textarea":
            values[str(name)] = field.get_text()
        elif field.get("type") in ("checkbox", "radio"):
            if field.has_attr("checked"):
                values[str(name)] = str(field.get("value", "on"))
        elif field.get("type") not in ("submit", "button", "file"):
            values[str(name)] = str(field.get("value", ""))
    return values


def look_over(soup: BeautifulSoup, *, has_session: bool) -> None:
    """What must hold of every page."""
    headings = soup.find_all("h1")
    assert len(headings) == 1, f"{len(headings)} headings: {[squeeze(h.get_text()) for h in headings]}"
    title = squeeze(soup.title.get_text()) if soup.title else ""
    assert "<Macro" not in soup.get_text(), "a macro stands where its words should"
    assert title.startswith(squeeze(headings[0].get_text())), f"title {title!r} does not start with the heading"
    ids = [str(tag["id"]) for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids)), f"ids used twice: {sorted({i for i in ids if ids.count(i) > 1})}"
    labelled = {str(label["for"]) for label in soup.find_all("label", attrs={"for": True})}
    for field in soup.find_all(["input", "select", "textarea"]):
        if field.get("type") in ("hidden", "submit", "button"):
            continue
        named = field.get("id") in labelled or field.get("aria-label") or field.get("aria-labelledby")
        assert named or field.find_parent("label"), f"field {field.get('name')} has no label"
    for form in soup.find_all("form"):
        if str(form.get("method", "get")).lower() == "post" and not str(form.get("action", "")).startswith("http"):
            has_token = form.find("input", attrs={"name": "csrf_token"}) is not None
            assert has_token == has_session, f"form {form.get('action')}: token is {has_token}, session {has_session}"


class Browser:
    """Somebody's browser: keeps cookies, sends what browsers send, reads pages."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()
        self.account: Any = None
        self.page: Page | None = None

    @property
    def has_session(self) -> bool:
        """Whether this browser holds a cookie of a session."""
        return any(self.client.get_cookie(name) for name in ("session", "staff"))

    @property
    def cookies(self) -> set[str]:
        """The names of the cookies that this browser holds."""
        return {key[2] for key in self.client._cookies}  # type: ignore[attr-defined]

    def get(self, path: str, **kwargs: Any) -> Page:
        """Open an address."""
        forget_last_request()
        return self._read(self.client.get(path, headers=_headers("GET", kwargs), **kwargs), path)

    def post(self, path: str, _follow: bool = False, _headers_too: dict[str, str] | None = None, **values: Any) -> Page:
        """Send a form with these values; inside a session the token of the last page goes along."""
        data = {name: value for name, value in values.items() if value is not None}
        if self.has_session and "csrf_token" not in data:
            data["csrf_token"] = self._token(path)
        headers = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", **(_headers_too or {})}
        forget_last_request()
        response = self.client.post(path, data=data, headers=headers)
        page = self._read(response, path)
        return self.get(page.location) if _follow and page.status in (302, 303) else page

    def send(self, action: str, _follow: bool = False, **changes: Any) -> Page:
        """Fill in the form with this action on the last page, changing these fields, and send it."""
        assert self.page is not None
        values = {**self.page.form(action), **changes}
        return self.post(action, _follow=_follow, **values)

    def _token(self, path: str) -> str:
        if self.page is not None:
            field = self.page.soup.find("input", attrs={"name": "csrf_token"})
            if field is not None:
                return str(field["value"])
        forget_last_request()
        home = "/staff" if path.removeprefix("/en").startswith("/staff") else "/account"
        page = Page(self.client.get(home), has_session=self.has_session)
        field = page.soup.find("input", attrs={"name": "csrf_token"})
        assert field is not None, f"no token on {home}"
        return str(field["value"])

    def _read(self, response: TestResponse, path: str) -> Page:
        bare = path.removeprefix("/en")
        staff = bare == "/staff" or bare.startswith(("/staff/", "/staff?"))
        has_session = bool(self.client.get_cookie("staff" if staff else "session"))
        page = Page(response, has_session=has_session)
        if page.is_html:
            self.page = page
        return page


def forget_last_request() -> None:
    """Let no request find what an earlier one left behind in the app context that a test keeps open: user, language."""
    if g:
        for name in list(g):
            g.pop(name)


def _headers(method: str, kwargs: dict[str, Any]) -> dict[str, str]:
    return {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", **kwargs.pop("headers", {})}
