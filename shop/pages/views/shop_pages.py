"""The home page, cookies and delivery."""

from functools import lru_cache
from pathlib import Path

from flask import current_app, render_template
from flask.typing import ResponseReturnValue
from PIL import Image

from shop.catalogue import queries as catalogue
from shop.catalogue.pictures import ShownPicture
from shop.core.access import public_page
from shop.core.consent import NONE, current_choice
from shop.core.cookies import Cookie
from shop.core.templating import static_url
from shop.pages import queries, register_lists
from shop.pages.audit import AUDIT_WORDS, browser_audit
from shop.pages.views.blueprint import bp
from shop.people.forms import CONSENT_BOXES, ConsentForm


@bp.get("/")
@public_page
def home() -> ResponseReturnValue:
    """Welcome: what the shop is and what it has."""
    cards = catalogue.featured() or catalogue.newest(8)
    return render_template("pages/home.html", cards=cards, hero=drawn("hero"), story=drawn("story"))


@bp.get("/cookies")
@public_page
def cookies() -> ResponseReturnValue:
    """What the visitor allows, and everything that the shop can keep in their browser."""
    choice = current_choice()
    allowed = choice.purposes if choice is not None and choice.is_own else NONE
    ticked = {name: purpose in allowed for name, purpose in CONSENT_BOXES.items()}
    return render_template(
        "pages/cookies.html",
        form=ConsentForm(formdata=None, data=ticked),
        cookies=register_lists.cookies(_name_in_browser),
        storages=register_lists.storages(),
        audit=browser_audit(),
        audit_words=AUDIT_WORDS,
        asks_consent=False,  # the page itself is the question
    )


@bp.get("/shipping")
@public_page
def shipping() -> ResponseReturnValue:
    """Where the shop delivers, and for how much."""
    return render_template("pages/shipping.html", methods=queries.delivery_methods())


def drawn(name: str) -> ShownPicture | None:
    """A picture of the shop's own that decorates the home page; None where the shop has none."""
    file = Path(current_app.static_folder or "") / "img" / f"{name}.webp"
    if not file.is_file():
        return None
    width, height = _size(str(file), file.stat().st_mtime_ns)
    return ShownPicture((), static_url(f"img/{name}.webp"), width, height, "")


@lru_cache(maxsize=16)
def _size(path: str, changed: int) -> tuple[int, int]:
    with Image.open(path, formats=("WEBP",)) as picture:
        return picture.size


def _name_in_browser(name: str) -> str:
    return Cookie(name, None).full_name
