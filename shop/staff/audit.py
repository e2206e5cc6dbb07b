"""Every view and every change by staff is noted by itself, without values; no view can forget it.

A change is noted inside the transaction that makes it: a commit by a signed-in member carries its entry, or fails with
it. What changed nothing (a page opened, a form sent back, a refusal) is noted afterwards, in a transaction of its own,
before the answer leaves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import structlog
from flask import Blueprint, Response, current_app, g, has_request_context, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from sqlalchemy import event
from sqlalchemy.orm import Session

from shop.core import clock
from shop.core.access import View, opened_by, page_is_personal
from shop.core.db import db, writing
from shop.core.errors import ShopError
from shop.people.actions import record_audit
from shop.people.queries import stops_of
from shop.people.rules import STORE_ONLY, role_for
from shop.staff.restricted import people_named_in
from shop.staff.users import signed_in_staff

log = structlog.get_logger()

_AUDITED_AS = "audited_as"


class UnauditedView(Exception):
    """A staff view does not say under which name it is noted; the message names it."""


@dataclass
class About:
    """What the request is about, as far as the entry may tell: a kind, a key, whose data, and a reason."""

    kind: str
    key: str
    person_id: str | None = None
    reason: str = ""
    is_noted: bool = False
    stops: frozenset[str] = frozenset()


_IN_FORCE = "works_while_restricted"


class Restricted(ShopError):
    """The data of whom this is about may only be stored (GDPR art. 18): staff changes nothing in it."""


def while_restricted(view: View) -> View:
    """Say that a change by staff may also be made for somebody whose data is restricted: a due parcel still ships."""
    setattr(view, _IN_FORCE, True)
    return view


def audited(action: str) -> Callable[[View], View]:
    """Say under which name a view is noted, as in "order.opened"; its kind is what stands before the point.

    This is the one place where forms of staff obey a restriction: no view begins that changes what may only be stored.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def obeying(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            if request.method == "POST" and not getattr(view, _IN_FORCE, False):
                for person_id in people_named_in(kwargs):
                    about(person_id=person_id)
            return view(*args, **kwargs)

        setattr(obeying, _AUDITED_AS, action)
        return obeying

    return mark


def audited_as(view: Callable[..., Any]) -> str | None:
    """The name under which a view is noted, or None."""
    found: str | None = getattr(view, _AUDITED_AS, None)
    return found


def about(*, key: object = None, person_id: str | None = None, reason: str | None = None) -> None:
    """Say more about what this request concerns: the row's key, whose data it is, why.

    Whoever says whose data a form is about cannot change it while it is restricted; see `audited` for what its address
    names.
    """
    told = _about()
    if key is not None:
        told.key = str(key)[:40]
    if person_id is not None:
        told.person_id, told.stops = person_id, stops_of(person_id)
        view = current_app.view_functions[request.endpoint or ""]
        if request.method == "POST" and told.stops & STORE_ONLY and not getattr(view, _IN_FORCE, False):
            raise Restricted
    if reason is not None:
        told.reason = reason


def stops_in_view() -> frozenset[str]:
    """What may not be done with the data of whom this page is about."""
    return _about().stops if "audit" in g else frozenset()


def _about() -> About:
    if "audit" not in g:
        action = audited_as(current_app.view_functions[request.endpoint or ""]) or ""
        values = "/".join(str(value) for value in (request.view_args or {}).values())
        g.audit = About(kind=action.partition(".")[0], key=values[:40])
    told: About = g.audit
    return told


def _note(outcome: str = "") -> None:
    """Write the entry of this request, once; the session's transaction carries it."""
    member, view = signed_in_staff(), current_app.view_functions.get(request.endpoint or "")
    action = audited_as(view) if view else None
    if member is None or view is None or action is None or _about().is_noted:
        return
    told = _about()
    told.is_noted = True
    permission = (opened_by(view) or "").removeprefix("staff:")
    if request.method == "GET" and request.url_rule is not None and "POST" in (request.url_rule.methods or ()):
        action = f"{told.kind}.form_opened"
    record_audit(
        f"{action}{outcome}",
        staff_id=member.member_id,
        role=role_for(member.roles, permission) or "none",
        object_kind=told.kind,
        object_key=told.key,
        person_id=told.person_id,
        reason=told.reason,
        at=clock.now(),
    )


def _note_change(session: Session) -> None:
    """Before a commit of a staff view: its entry goes along in the same transaction."""
    is_staff_form = has_request_context() and request.blueprint == "staff" and request.method == "POST"
    if is_staff_form and not session.in_nested_transaction():
        _note()


def _note_view(response: Response) -> Response:
    """After a staff view that committed nothing: note that it was opened, or that it was refused."""
    if request.url_rule is None or signed_in_staff() is None:
        return response
    view = current_app.view_functions[request.endpoint or ""]
    is_gone = response.status_code >= 400  # an entry that was written is taken back with the change it belonged to
    if audited_as(view) is None or response.status_code >= 500 or (_about().is_noted and not is_gone):
        return response
    _about().is_noted = False
    outcome = ".refused" if is_gone else ""
    if outcome:
        log.warning("staff.refused", view=request.endpoint, status=response.status_code)
    with writing():
        _note(outcome)
        db.session.commit()
    return response


def _refuse_restricted(problem: Restricted) -> ResponseReturnValue:
    db.session.rollback()
    page_is_personal()
    return render_template("staff/restricted.html"), 409


def init_audit(bp: Blueprint) -> None:
    """Note every view of the back office; the app does not start with one that has no name in the log."""
    bp.after_request(_note_view)
    bp.register_error_handler(Restricted, _refuse_restricted)
    bp.record(_watch_commits)


def _watch_commits(state: BlueprintSetupState) -> None:
    silent = [name for name, view in state.app.view_functions.items() if _is_silent(name, view)]
    if silent:
        raise UnauditedView(", ".join(sorted(silent)))
    if not event.contains(db.session, "before_commit", _note_change):
        event.listen(db.session, "before_commit", _note_change)


def _is_silent(name: str, view: Any) -> bool:
    return name.startswith("staff.") and (opened_by(view) or "").startswith("staff:") and audited_as(view) is None
