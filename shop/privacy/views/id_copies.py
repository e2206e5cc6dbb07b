"""Sending a redacted copy of an identity document: covered on one's own device, and only then sent."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.core import clock
from shop.core.access import anyone, page_is_personal
from shop.core.db import db
from shop.core.errors import NotFound
from shop.core.security import limiter
from shop.privacy.actions import id_copies
from shop.privacy.emails.requests import link_token
from shop.privacy.forms.id_copies import IdCopyForm
from shop.privacy.id_pictures import NotACopy
from shop.privacy.rules.id_copies import WrongBoxes
from shop.privacy.views.blueprint import bp

AS_OFTEN = "10/minute;40/day"

PROBLEMS: dict[str, Any] = {
    "large": _l("This picture is too large to send."),
    "kind": _l("Only a PNG or JPEG picture can be sent, not a PDF, a HEIC or another file."),
    "pixels": _l("This picture has too many or too few pixels."),
    "broken": _l("This picture can't be read."),
    "more": _l("There is more in this file than a picture. Use the tool on this page."),
    "visible": _l("What should be covered is not pure black. Use the tool on this page."),
    "boxes": _l("Say for each part that you covered it, or that it is not on the document."),
}


@bp.get("/data-request/id-copy/<token:token>")
@anyone
def id_copy(token: str) -> ResponseReturnValue:
    """The tool to cover one's document with, and the other ways."""
    return _page(token)


@bp.post("/data-request/id-copy/<token:token>")
@limiter.limit(AS_OFTEN)
@anyone
def send_id_copy(token: str) -> ResponseReturnValue:
    """Take a covered copy, once; what is refused is kept in no form."""
    page_is_personal()
    now = clock.now()
    if id_copies.copy_by_link(token, at=now) is None:
        raise NotFound
    db.session.rollback()  # checking a picture takes its time: not inside a transaction
    form = IdCopyForm()
    file = request.files.get("picture")
    if not form.validate_on_submit() or file is None:
        return _page(token, problem="boxes"), 422
    try:
        taken = id_copies.take(token, file.read(), str(form.boxes.data), at=now)
    except NotACopy as problem:
        db.session.rollback()
        return _page(token, problem=problem.reason), 422
    except WrongBoxes:
        db.session.rollback()
        return _page(token, problem="boxes"), 422
    if taken is None:
        raise NotFound
    own = link_token(taken)
    db.session.commit()
    return redirect(url_for("privacy.request_status", token=own), 303)


def _page(token: str, *, problem: str = "") -> str:
    page_is_personal()
    found = id_copies.copy_by_link(token, at=clock.now())
    if found is None:
        raise NotFound
    copy, asked = found
    return render_template(
        "privacy/id_copy.html",
        copy=copy,
        asked=asked,
        token=token,
        form=IdCopyForm(formdata=None),
        problem=PROBLEMS.get(problem, ""),
        today=clock.today(),
    )
