"""The last resort at the requests desk: offering it, looking once, and destroying what came."""

import base64
from contextlib import suppress

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.core import clock
from shop.core.access import page_is_personal, staff_may
from shop.core.db import db
from shop.core.errors import Conflict, NotFound
from shop.core.templating import NOTICES
from shop.privacy.actions import id_copies
from shop.privacy.actions import requests as desk
from shop.privacy.models import IdCopy
from shop.privacy.queries import requests as queries
from shop.privacy.rules import requests as rules
from shop.staff.audit import audited, while_restricted
from shop.staff.forms.requests import AskIdCopyForm
from shop.staff.users import this_member
from shop.staff.views.blueprint import bp
from shop.staff.views.requests import found_request, request_page

NOTICES["id-copy-asked"] = _l("The link is on its way. It works once.")
NOTICES["id-copy-accepted"] = _l("Noted: it is them. The copy was destroyed.")
NOTICES["id-copy-refused"] = _l("The copy was destroyed, and a new link is on its way.")


@bp.post("/requests/<id:rights_id>/id-copy")
@staff_may("requests:handle")
@audited("rights_request.id_copy_asked")
@while_restricted
def ask_id_copy(rights_id: int) -> ResponseReturnValue:
    """Offer the last resort: refused for any request but access by somebody who can prove it in no other way."""
    asked, form = found_request(rights_id), AskIdCopyForm()
    if not form.validate_on_submit():
        return request_page(asked, id_copy=form), 422
    try:
        id_copies.ask(rights_id, reason=str(form.ask_reason.data), staff_id=this_member().member_id, at=clock.now())
    except rules.NoLastResort:
        db.session.rollback()
        form.ask_reason.errors = [_("For this request no copy may be asked for.")]
        return request_page(found_request(rights_id), id_copy=form), 422
    return _back(rights_id, "id-copy-asked")


@bp.post("/requests/<id:rights_id>/id-copy/<id:copy_id>/look")
@staff_may("requests:handle")
@audited("rights_request.id_copy_viewed")
@while_restricted
def look_at_id_copy(rights_id: int, copy_id: int) -> ResponseReturnValue:
    """Look at a copy; each look is noted for the person to see."""
    page_is_personal()
    asked, copy = found_request(rights_id), _found_copy(rights_id, copy_id)
    picture = id_copies.look_at(copy, staff_id=this_member().member_id, at=clock.now())
    db.session.commit()
    shown = f"data:image/png;base64,{base64.b64encode(picture).decode()}" if picture else None
    return render_template("staff/requests/id_copy.html", asked=asked, copy=copy, picture=shown)


@bp.post("/requests/<id:rights_id>/id-copy/<id:copy_id>/accept")
@staff_may("requests:handle")
@audited("rights_request.id_copy_accepted")
@while_restricted
def accept_id_copy(rights_id: int, copy_id: int) -> ResponseReturnValue:
    """Take a copy as proof; it has then done its work and is destroyed."""
    asked, copy = found_request(rights_id), _found_copy(rights_id, copy_id)
    if copy.state != id_copies.RECEIVED:
        raise Conflict
    member, now = this_member().member_id, clock.now()
    try:
        desk.prove(rights_id, rules.BY_ID_COPY, person_id=queries.known_person(asked), staff_id=member, at=now)
    except rules.AlreadyDecided:
        raise Conflict from None
    id_copies.destroy(copy, why="accepted", at=now, staff_id=member)
    return _back(rights_id, "id-copy-accepted")


@bp.post("/requests/<id:rights_id>/id-copy/<id:copy_id>/refuse")
@staff_may("requests:handle")
@audited("rights_request.id_copy_refused")
@while_restricted
def refuse_id_copy(rights_id: int, copy_id: int) -> ResponseReturnValue:
    """Destroy at once a copy on which something can be read that should be covered, and ask for another."""
    found_request(rights_id)
    copy = _found_copy(rights_id, copy_id)
    if copy.state != id_copies.RECEIVED:
        raise Conflict
    with suppress(rules.NoLastResort):  # decided or past its last day meanwhile: destroyed all the same
        id_copies.refuse_badly_redacted(copy, staff_id=this_member().member_id, at=clock.now())
    return _back(rights_id, "id-copy-refused")


def _found_copy(rights_id: int, copy_id: int) -> IdCopy:
    copy = id_copies.copy_of(rights_id, copy_id)
    if copy is None:
        raise NotFound
    return copy


def _back(rights_id: int, notice: str) -> ResponseReturnValue:
    db.session.commit()
    return redirect(url_for("staff.rights_request", rights_id=rights_id, notice=notice), 303)
