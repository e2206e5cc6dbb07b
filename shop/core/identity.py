"""Who the shop is: one file, `shop.toml` in the instance folder, shown everywhere and never invented."""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

TEMPLATE = """# Who this shop is. Pages, mails and papers all read it here.
# Leave empty what is not known: nothing is invented.
name = "So Sera"
legal_name = "SO SERA B.V."
street = "Triasplein 121"
postcode = "3845 GD"
town = "Harderwijk"
country = "NL"
kvk = "80054811"
vat_number = ""
email = "so.sera@outlook.com"
telephone = ""
site = "www.sosera.nl"
hosting_country = ""
# Who gets an invoice: "request" (businesses, and whoever asks for one) or "everybody".
invoices = "request"
"""


INVOICES_FOR = ("request", "everybody")


class WrongIdentity(Exception):
    """Something in shop.toml cannot be understood; the message says what."""


@dataclass(frozen=True)
class Identity:
    """The shop's own facts; an empty one is unknown and is named by `flask doctor`."""

    name: str
    legal_name: str
    street: str
    postcode: str
    town: str
    country: str
    kvk: str
    vat_number: str
    email: str
    telephone: str
    site: str
    hosting_country: str = ""
    invoices: str = "request"

    @property
    def address(self) -> str:
        """The postal address in one line."""
        return f"{self.street}, {self.postcode} {self.town}"


def read_identity(instance: Path) -> Identity:
    """The identity in an instance folder; written there with the published data on the first run."""
    file = instance / "shop.toml"
    if not file.exists():
        instance.mkdir(parents=True, exist_ok=True)
        file.write_text(TEMPLATE, encoding="utf-8")
    told = tomllib.loads(file.read_text(encoding="utf-8"))
    known = tomllib.loads(TEMPLATE)
    found = Identity(**{f.name: str(told.get(f.name, known.get(f.name, ""))) for f in fields(Identity)})
    if found.invoices not in INVOICES_FOR:
        raise WrongIdentity(f"shop.toml: invoices must be one of {', '.join(INVOICES_FOR)}")
    return found
