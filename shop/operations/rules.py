"""What a shop needs before it may open in production."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that `flask doctor` noticed; a serious one keeps a production shop closed."""

    is_serious: bool
    text: str


def identity_findings(facts: dict[str, str]) -> list[Finding]:
    """What is not known of the shop itself: a price needs a VAT number (BW 3:15d), a seller a telephone (BW 6:230m)."""
    needed = {"vat_number": "the VAT number", "telephone": "a telephone number"}
    wished = {"hosting_country": "the country where the shop is hosted"}
    return [
        *(Finding(True, f"shop.toml: {what} is empty") for name, what in needed.items() if not facts.get(name)),
        *(Finding(False, f"shop.toml: {what} is empty") for name, what in wished.items() if not facts.get(name)),
    ]
