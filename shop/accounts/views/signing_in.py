"""Signing up, in and out."""

from time import monotonic

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from shop.accounts import actions, queries
from shop.accounts.codes import new_binding
from shop.accounts.emails import queue_new_device
from shop.accounts.forms import AskResetForm, CodeForm, ResetForm, SignInForm, SignUpForm
from shop.accounts.limits import limit_codes, limit_mails, limit_sign_in
from shop.accounts.models import Account
from shop.accounts.passwords import hash_password, needs_rehash, verify_password
from shop.accounts.rules import is_new_device, normalise_email
from shop.accounts.sessions import CUSTOMER, end_session
from shop.accounts.users import current_session, is_customer_signed_in, sign_in_customer
from shop.accounts.views.blueprint import bp
from shop.core import clock
from shop.core.access import anyone, local_path, page_is_personal
from shop.core.db import db
from shop.core.devices import device_label
from shop.core.even import evenly
from shop.core.forms import add_error
from shop.core.i18n import language
from shop.core.templating import NOTICES

NOTICES["signed_out"] = _l("You are signed out.")
NOTICES["account_made"] = _l("Your account is ready, and you are signed in.")
NOTICES["password_changed"] = _l("Your password is changed. All other devices are signed out.")


def _go_on(path: str | None, notice: str | None = None) -> ResponseReturnValue:
    return redirect(path or url_for("accounts.show", notice=notice), 303)


def _next() -> str | None:
    return local_path(request.args.get("next"))


@bp.route("/account/sign-up", methods=["GET", "POST"])
@anyone
@limit_mails
def sign_up() -> ResponseReturnValue:
    """Ask for an account; the page that follows is the same whether the address is known or not."""
    started = monotonic()
    if is_customer_signed_in():
        return _go_on(_next())
    form = SignUpForm(next=_next())
    if not form.validate_on_submit():
        return render_template("accounts/sign_up.html", form=form), 422 if form.is_submitted() else 200
    db.session.rollback()  # hashing takes its time: not inside a transaction
    password_hash, binding = hash_password(form.password.data), new_binding()
    actions.ask_to_sign_up(form.email.data or "", password_hash, language(), binding, clock.now())
    db.session.commit()
    code_form = CodeForm(formdata=None, email=form.email.data, binding=binding, next=form.next.data)
    return evenly(started, _code_page("accounts/confirm.html", code_form))


def _code_page(template: str, form: CodeForm) -> str:
    page_is_personal()
    return render_template(template, form=form)


@bp.route("/account/sign-up/code", methods=["GET", "POST"])
@anyone
@limit_codes
def confirm() -> ResponseReturnValue:
    """Take the code that was mailed; the account is there from then on."""
    started, form = monotonic(), CodeForm()
    if not form.is_submitted():
        return redirect(url_for("accounts.sign_up"), 303)
    if form.validate():
        account = actions.confirm_sign_up(_address(form), form.code.data, form.binding.data or "", clock.now())
        if account is not None:
            sign_in_customer(account)
            db.session.commit()
            return _go_on(form.goes_on_to, "account_made")
        db.session.commit()  # a wrong try counts
        _refuse_code(form)
    return evenly(started, _code_page("accounts/confirm.html", form)), 422


def _address(form: CodeForm) -> str:
    try:
        return normalise_email(form.email.data or "")
    except ValueError:
        return ""


def _refuse_code(form: CodeForm) -> None:
    add_error(form.code, _("This code is not right, or no longer valid."))


@bp.route("/account/sign-in", methods=["GET", "POST"])
@anyone
@limit_sign_in
def sign_in() -> ResponseReturnValue:
    """Sign in with address and password; every refusal is the same."""
    if is_customer_signed_in():
        return _go_on(_next())
    form = SignInForm(next=_next())
    if form.validate_on_submit():
        account = _who_signs_in(form.email.data, form.password.data)
        if account is not None:
            _mail_about_new_device(account)
            sign_in_customer(account)
            db.session.commit()
            return _go_on(form.goes_on_to)
        add_error(form.password, _("E-mail address and password do not belong together."))
    return render_template("accounts/sign_in.html", form=form), 422 if form.is_submitted() else 200


def _who_signs_in(typed_email: str, password: str) -> Account | None:
    """The account, locked, whose password this is; takes as long when there is none."""
    try:
        email = normalise_email(typed_email)
    except ValueError:
        email = ""
    question = select(Account.id, Account.password_hash).where(
        Account.email == email, Account.confirmed_at.is_not(None)
    )
    found = db.session.execute(question).one_or_none()
    db.session.rollback()  # verifying takes its time: not inside a transaction
    account_id, kept = found if found else (0, None)
    if not verify_password(kept, password) or kept is None:
        return None
    newer = hash_password(password) if needs_rehash(kept) else None
    account = queries.account_to_change(account_id)
    if account is None or account.password_hash != kept:  # changed a moment ago
        return None
    if newer:
        account.password_hash = newer
    return account


def _mail_about_new_device(account: Account) -> None:
    at, device = clock.now(), device_label(request.headers.get("User-Agent", ""))
    known = [session.device for session in queries.sessions_of(account.person_id, CUSTOMER, at)]
    if is_new_device(device, known, account_made_at=account.created_at, at=at):
        queue_new_device(account, account.person.language, device, at)


@bp.post("/account/sign-out")
@anyone
def sign_out() -> ResponseReturnValue:
    """Sign this browser out, and let it forget the pages it kept."""
    end_session(current_session())
    db.session.commit()
    answer = redirect(url_for("pages.home", notice="signed_out"), 303)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@bp.route("/account/reset", methods=["GET", "POST"])
@anyone
@limit_mails
def reset() -> ResponseReturnValue:
    """Ask for a code to choose another password; the answer is the same for every address."""
    started = monotonic()
    form = AskResetForm(next=_next())
    if not form.validate_on_submit():
        return render_template("accounts/reset.html", form=form), 422 if form.is_submitted() else 200
    binding = new_binding()
    actions.ask_to_reset(form.email.data or "", language(), binding, clock.now())
    db.session.commit()
    reset_form = ResetForm(formdata=None, email=form.email.data, binding=binding, next=form.next.data)
    return evenly(started, _code_page("accounts/reset_code.html", reset_form))


@bp.route("/account/reset/code", methods=["GET", "POST"])
@anyone
@limit_codes
def reset_code() -> ResponseReturnValue:
    """Take the code that was mailed, and the new password; everybody else is signed out."""
    started, form = monotonic(), ResetForm()
    if not form.is_submitted():
        return redirect(url_for("accounts.reset"), 303)
    if form.validate():
        db.session.rollback()  # hashing takes its time: not inside a transaction
        password_hash = hash_password(form.password.data)
        account = actions.reset_password(
            _address(form), form.code.data, form.binding.data or "", password_hash, language(), clock.now()
        )
        if account is not None:
            sign_in_customer(account)
            db.session.commit()
            return _go_on(form.goes_on_to, "password_changed")
        db.session.commit()  # a wrong try counts
        _refuse_code(form)
    return evenly(started, _code_page("accounts/reset_code.html", form)), 422
