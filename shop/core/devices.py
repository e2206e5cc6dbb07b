"""What a browser says about itself, reduced at the door to "Firefox, mobile"; nothing else of it is ever kept."""

from flask_babel import gettext as _
from ua_parser import parse as parse_agent


def device_label(agent: str) -> str:
    """A browser and a kind of device, "Firefox, mobile"; all that is kept of what a browser says about itself."""
    parsed = parse_agent(agent[:500]).with_defaults()
    browser = parsed.user_agent.family.removesuffix(" Mobile").removesuffix(" iOS")
    is_mobile = "Mobi" in agent or parsed.os.family in ("iOS", "Android")
    name = browser if browser.replace(" ", "").isalpha() and browser != "Other" else "Browser"
    return f"{name[:40]}, {'mobile' if is_mobile else 'desktop'}"


def device_text(label: str) -> str:
    """A device's label in the language being spoken: "Firefox, mobiel"."""
    browser, _comma, kind = label.partition(", ")
    where = _("mobile") if kind == "mobile" else _("desktop")
    return f"{browser}, {where}"
