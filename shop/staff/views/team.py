"""The team: who works here, with which roles; the owner's screens, and a member's own password."""

import segno
from flask import current_app, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.accounts.passwords import hash_password, problem_with, verify_password
from shop.accounts.sessions import STAFF, start_session
from shop.core import clock
from shop.core.access import page_is_personal, staff_may
from shop.core.db import db, writing
from shop.core.errors import NotFound
from shop.core.forms import add_error
from shop.core.templating import NOTICES
from shop.people.models import StaffMember
from shop.staff.actions import team as actions
from shop.staff.audit import about, audited
from shop.staff.forms.team import ROLE_NAMES, MemberForm, PasswordForm, RolesForm
from shop.staff.queries import team as queries
from shop.staff.second_factor import setup_address
from shop.staff.users import this_member, this_session
from shop.staff.views.blueprint import bp

NOTICES["roles-saved"] = _l("The roles were changed.")
NOTICES["sessions-ended"] = _l("This member is signed out everywhere.")
NOTICES["member-left"] = _l("This member has left and can no longer sign in.")
NOTICES["password-changed"] = _l("Your password was changed; you are signed out on other devices.")


@bp.get("/team")
@staff_may("team:edit")
@audited("team.opened")
def team() -> ResponseReturnValue:
    """Who works here."""
    page_is_personal()
    return render_template(
        "staff/team/list.html", members=queries.team(), sessions=queries.count_sessions(), roles=ROLE_NAMES
    )


@bp.route("/team/new", methods=["GET", "POST"])
@staff_may("team:edit")
@audited("member.created")
def new_member() -> ResponseReturnValue:
    """Give somebody a sign-in; what they need for it is shown once."""
    page_is_personal()
    form = MemberForm()
    if form.validate_on_submit():
        made = _new_credentials()
        try:
            member = actions.create_member(
                email=str(form.email.data),
                name=str(form.name.data),
                roles=form.roles.data or [],
                credentials=made,
                at=clock.now(),
            )
        except actions.EmailInUse:
            add_error(form.email, _("A member of staff has this e-mail address already."))
        else:
            about(key=member.id)
            db.session.commit()
            return _shown_once(member, made)
    return render_template("staff/team/new.html", form=form), 422 if form.is_submitted() else 200


def _new_credentials() -> actions.Credentials:
    """A password and a second factor, made while nobody waits for the database."""
    db.session.rollback()
    return actions.new_credentials()


def _shown_once(member: StaffMember, made: actions.Credentials) -> str:
    """The page with a password and a second factor; it exists only as this one answer."""
    shop = current_app.extensions["identity"].name
    address = setup_address(made.totp_secret, email=member.email, shop=shop)
    picture = segno.make_qr(address, error="m").svg_data_uri(scale=5, dark="#000", light="#fff")
    return render_template("staff/team/shown_once.html", member=member, made=made, address=address, picture=picture)


def _member(member_id: int) -> StaffMember:
    member = queries.member_by_id(member_id)
    if member is None:
        raise NotFound
    return member


def _member_page(member: StaffMember, form: RolesForm) -> ResponseReturnValue:
    page = render_template(
        "staff/team/member.html",
        member=member,
        form=form,
        sessions=queries.sessions_of(member.person_id),
    )
    return page, 422 if form.errors else 200


@bp.get("/team/<id:member_id>")
@staff_may("team:edit")
@audited("member.opened")
def member(member_id: int) -> ResponseReturnValue:
    """One member: roles, and where they are signed in."""
    page_is_personal()
    found = _member(member_id)
    return _member_page(found, RolesForm(roles=sorted(found.role_names)))


@bp.post("/team/<id:member_id>/roles")
@staff_may("team:edit")
@audited("member.roles_changed")
def save_roles(member_id: int) -> ResponseReturnValue:
    """Change what a member may do, from their next click on."""
    page_is_personal()
    found, form = _member(member_id), RolesForm()
    if form.validate_on_submit():
        try:
            actions.set_roles(found, form.roles.data or [])
        except actions.LastOwner:
            add_error(form.roles, _("There must be at least one owner."))
        else:
            db.session.commit()
            return redirect(url_for("staff.member", member_id=member_id, notice="roles-saved"), 303)
    return _member_page(found, form)


@bp.post("/team/<id:member_id>/end-sessions")
@staff_may("team:edit")
@audited("member.sessions_ended")
def end_member_sessions(member_id: int) -> ResponseReturnValue:
    """Sign a member out everywhere."""
    found = _member(member_id)
    actions.end_sessions(found)
    db.session.commit()
    return redirect(url_for("staff.member", member_id=member_id, notice="sessions-ended"), 303)


@bp.post("/team/<id:member_id>/renew")
@staff_may("team:edit")
@audited("member.sign_in_renewed")
def renew_member(member_id: int) -> ResponseReturnValue:
    """Give a member a new password and second factor, as after a lost telephone; shown once."""
    page_is_personal()
    made = _new_credentials()
    found = _member(member_id)
    actions.renew_sign_in(found, made)
    db.session.commit()
    return _shown_once(found, made)


@bp.post("/team/<id:member_id>/leave")
@staff_may("team:edit")
@audited("member.left")
def let_member_go(member_id: int) -> ResponseReturnValue:
    """Note that a member has left."""
    page_is_personal()
    found = _member(member_id)
    try:
        actions.let_go(found, at=clock.now())
    except actions.LastOwner:
        form = RolesForm(formdata=None, roles=sorted(found.role_names))
        add_error(form.roles, _("There must be at least one owner."))
        return _member_page(found, form)
    db.session.commit()
    return redirect(url_for("staff.team", notice="member-left"), 303)


@bp.route("/password", methods=["GET", "POST"])
@staff_may("staff:home")
@audited("password.changed")
def password() -> ResponseReturnValue:
    """Choose another password of your own; other devices are signed out and this one gets a new session."""
    page_is_personal()
    form, own = PasswordForm(), this_member().member
    if form.validate_on_submit() and _is_good_password(form, own.password_hash, own.email):
        new_hash = hash_password(str(form.new.data))
        content = {name: value for name, value in session.items() if name != "csrf_token"}
        with writing():
            actions.set_password(own, new_hash)
            start_session(this_session(), person_id=own.person_id, kind=STAFF, content=content)
            about(key=own.id)
            db.session.commit()
        return redirect(url_for("staff.home", notice="password-changed"), 303)
    return render_template("staff/team/password.html", form=form), 422 if form.is_submitted() else 200


def _is_good_password(form: PasswordForm, kept: str, email: str) -> bool:
    """Whether the current password is right and the new one may be chosen; nobody waits for the database meanwhile."""
    db.session.rollback()
    if not verify_password(kept, str(form.current.data)):
        add_error(form.current, _("This is not your current password."))
        return False
    identity = current_app.extensions["identity"]
    if problem_with(str(form.new.data), email=email, names=(identity.name, identity.legal_name)) is not None:
        add_error(form.new, _("This password is easy to guess. Choose another one."))
        return False
    return True
