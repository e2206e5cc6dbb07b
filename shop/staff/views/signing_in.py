"""Signing in: password, then the second factor; and out."""

import hashlib
import hmac
from datetime import datetime

import structlog
from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_user
from sqlalchemy import select

from shop.accounts.passwords import verify_password
from shop.accounts.sessions import STAFF, end_session, start_session
from shop.core import clock
from shop.core.access import anyone, local_path, page_is_personal, staff_may
from shop.core.db import db
from shop.core.forms import add_error
from shop.core.security import limit_key, limiter
from shop.people.actions import record_audit
from shop.people.models import StaffMember
from shop.staff.audit import audited
from shop.staff.forms.signing_in import SecondFactorForm, StaffSignInForm
from shop.staff.second_factor import use_code
from shop.staff.users import SignedInStaff, signed_in_staff, this_session
from shop.staff.views.blueprint import bp

log = structlog.get_logger()

FIRST_STEP_DONE = "second_factor_for"
MINUTES_FOR_THE_CODE = 10
TRIES = 5


def _whom_is_tried() -> str:
    """Whom the limit of wrong passwords counts: a keyed hash of the typed address, in memory only."""
    typed = request.form.get("email", "").strip().lower()[:254]
    return hmac.new(limit_key().encode(), typed.encode(), hashlib.sha256).hexdigest()[:32]


@bp.route("/sign-in", methods=["GET", "POST"])
@anyone
@limiter.limit("20 per 15 minutes", methods=["POST"])
@limiter.limit("5 per 15 minutes", methods=["POST"], key_func=_whom_is_tried)
def sign_in() -> ResponseReturnValue:
    """The first step: e-mail address and password; the answer is the same whichever is wrong."""
    page_is_personal()
    then = local_path(request.values.get("next"))
    if signed_in_staff() is not None:
        return redirect(then or url_for("staff.home"), 303)
    form = StaffSignInForm()
    if form.validate_on_submit():
        member = _member_with_password(str(form.email.data), str(form.password.data))
        if member is not None:
            now = clock.now()
            content = {FIRST_STEP_DONE: member.id, "since": now.timestamp(), "tries": 0}
            start_session(this_session(), person_id=member.person_id, kind=STAFF, content=content)
            db.session.commit()
            return redirect(url_for("staff.second_factor", next=then), 303)
        log.warning("staff.password_refused")
        add_error(form.email, _("This e-mail address and this password do not belong together."))
    page = render_template("staff/signing_in/sign_in.html", form=form, then=then)
    return page, 422 if form.is_submitted() else 200


def _member_with_password(email: str, password: str) -> StaffMember | None:
    """The member who signs in with these; takes as long when there is none."""
    question = select(StaffMember).where(StaffMember.email == email.lower(), StaffMember.left_at.is_(None))
    member = db.session.scalar(question)
    kept = member.password_hash if member else None
    db.session.rollback()  # checking takes its time; nobody has to wait for it
    if not verify_password(kept, password):
        return None
    return db.session.scalar(question.where(StaffMember.password_hash == kept))


def _half_way(at: datetime) -> StaffMember | None:
    """Who gave the right password in this browser, less than ten minutes ago."""
    if FIRST_STEP_DONE not in session or at.timestamp() - session["since"] > MINUTES_FOR_THE_CODE * 60:
        return None
    member = db.session.get(StaffMember, session[FIRST_STEP_DONE])
    return member if member and member.left_at is None else None


def _whose_code_is_tried() -> str:
    """Whom the limit of wrong codes counts: the member whose password was right."""
    return f"second factor {session.get(FIRST_STEP_DONE, limit_key())}"


@bp.route("/second-factor", methods=["GET", "POST"])
@anyone
@limiter.limit("20 per hour", methods=["POST"], key_func=_whose_code_is_tried)
def second_factor() -> ResponseReturnValue:
    """The second step: the code of an authenticator app; a right one starts a session with a new token."""
    page_is_personal()
    now = clock.now()
    then = local_path(request.values.get("next"))
    member = _half_way(now)
    if member is None:
        return redirect(url_for("staff.sign_in", next=then), 303)
    form = SecondFactorForm()
    if form.validate_on_submit():
        typed = "".join(str(form.code.data).split())
        if use_code(member, typed, at=now):
            _let_in(member, now)
            return redirect(then or url_for("staff.home"), 303)
        if _note_wrong_code(member, now) >= TRIES:
            end_session(this_session())
            db.session.commit()
            return redirect(url_for("staff.sign_in", next=then), 303)
        add_error(form.code, _("This code is not right, or was used already. Wait for the next one."))
    page = render_template("staff/signing_in/second_factor.html", form=form, then=then)
    return page, 422 if form.is_submitted() else 200


def _let_in(member: StaffMember, at: datetime) -> None:
    start_session(this_session(), person_id=member.person_id, kind=STAFF, content={})
    _note(member, "session.started", at)
    db.session.commit()
    login_user(SignedInStaff(member))


def _note_wrong_code(member: StaffMember, at: datetime) -> int:
    """Note a wrong code; says how many there were in this browser."""
    log.warning("staff.code_refused", staff=member.id)
    session["tries"] += 1
    _note(member, "session.refused", at)
    db.session.commit()
    tries: int = session["tries"]
    return tries


def _note(member: StaffMember, action: str, at: datetime) -> None:
    record_audit(
        action,
        staff_id=member.id,
        role=min(member.role_names, default="none"),
        object_kind="session",
        object_key=str(this_session().row_id),
        at=at,
    )


@bp.post("/sign-out")
@staff_may("staff:home")
@audited("session.ended")
def sign_out() -> ResponseReturnValue:
    """Sign this browser out."""
    end_session(this_session())
    db.session.commit()
    return redirect(url_for("staff.sign_in"), 303)
