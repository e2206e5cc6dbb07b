"""A buyer outside the shop: speaks HTTP to the site and to Mollie's page, as a browser without scripts would."""

import re
from urllib.parse import urljoin

import requests
from bs4 import BeautifulSoup

from tests.page import form_values

ADDRESS = {
    "email": "koper@voorbeeld.nl",
    "given_name": "Kim",
    "family_name": "Koper",
    "street": "Smeepoortstraat",
    "house_number": "14",
    "addition": "",
    "postcode": "3841EK",
    "town": "Harderwijk",
    "country": "NL",
}
META_REFRESH = re.compile(r"\d+;\s*url=(.+)", re.IGNORECASE)


class Refused(Exception):
    """The shop said no, in a page."""


class Buyer:
    """Somebody who buys one thing after another."""

    def __init__(self, base: str, *, timeout: float = 30) -> None:
        self.base = base
        self.timeout = timeout
        self.http = requests.Session()
        self.http.trust_env = False
        self.statuses: list[int] = []

    def _note(self, answer: requests.Response) -> requests.Response:
        self.statuses.append(answer.status_code)
        return answer

    def get(self, address: str, *, follow: bool = True) -> requests.Response:
        """Open an address."""
        url = urljoin(self.base, address)
        return self._note(self.http.get(url, timeout=self.timeout, allow_redirects=follow))

    def post(self, address: str, values: dict[str, str], *, follow: bool = False) -> requests.Response:
        """Send a form, as from a page of the same site."""
        url = urljoin(self.base, address)
        origin = "/".join(url.split("/")[:3])
        headers = {"Origin": origin}
        return self._note(
            self.http.post(url, data=values, headers=headers, timeout=self.timeout, allow_redirects=follow)
        )

    def fill_cart(self, variant_id: int, quantity: int = 1) -> requests.Response:
        """Put something in the cart."""
        return self.post("/cart/lines", {"variant": str(variant_id), "quantity": str(quantity)})

    def checkout_form(self) -> dict[str, str]:
        """The checkout's form, filled in with a Dutch address, delivery and iDEAL."""
        answer = self.get("/checkout")
        page = BeautifulSoup(answer.text, "html.parser")
        form = next((f for f in page.find_all("form") if str(f.get("action", "")) == "/checkout"), None)
        if form is None:
            raise Refused(f"{answer.status_code} {answer.url}: {page.get_text(' ')[:300]}")
        values = {**form_values(form), **ADDRESS}
        for name in ("payment", "payment_method", "method"):
            radios = [str(r["value"]) for r in form.find_all("input", attrs={"type": "radio", "name": name})]
            if radios:
                values[name] = "ideal" if "ideal" in radios else radios[0]
        return values

    def place(self, values: dict[str, str] | None = None) -> requests.Response:
        """Send the checkout; the answer is not followed."""
        return self.post("/checkout", values or self.checkout_form())

    def to_mollie(self, location: str) -> str:
        """Follow the shop's own step to the address of Mollie's page."""
        answer = self.get(location, follow=False)
        if answer.status_code == 303:
            return answer.headers["Location"]
        page = BeautifulSoup(answer.text, "html.parser")
        refresh = page.find("meta", attrs={"http-equiv": re.compile("refresh", re.IGNORECASE)})
        found = META_REFRESH.match(str(refresh["content"])) if refresh else None
        if found is None:
            raise Refused(page.get_text(" ")[:300])
        return found[1].strip()

    def pay(self, checkout_url: str, state: str = "paid") -> str:
        """Choose an outcome on Mollie's test page; where it sends the browser afterwards."""
        answer = self.http.get(checkout_url, timeout=self.timeout)
        page = BeautifulSoup(answer.text, "html.parser")
        form = next((f for f in page.find_all("form") if f.find("input", attrs={"name": "final_state"})), None)
        if form is None:
            raise Refused(f"{answer.status_code} {answer.url}: {page.get_text(' ')[:300]}")
        values = {**form_values(form), "final_state": state}
        target = urljoin(answer.url, str(form.get("action") or answer.url))
        origin = "/".join(target.split("/")[:3])
        sent = self.http.post(
            target, data=values, headers={"Origin": origin}, timeout=self.timeout, allow_redirects=False
        )
        return sent.headers.get("Location", "")

    def buy(self, variant_id: int, *, state: str = "paid") -> requests.Response:
        """The whole story: cart, checkout, payment, and the page afterwards."""
        self.fill_cart(variant_id)
        placed = self.place()
        if placed.status_code != 303:
            raise Refused(BeautifulSoup(placed.text, "html.parser").get_text(" ")[:300])
        return self.get(self.pay(self.to_mollie(placed.headers["Location"]), state))
