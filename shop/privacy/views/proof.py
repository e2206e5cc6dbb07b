"""Proving who you are: a code to the e-mail address for who has no account, and the password or a code once more."""

from time import monotonic

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.accounts.codes import new_binding
from shop.accounts.limits import limit_codes, limit_current_password, limit_mails, limit_own_codes, limit_own_mails
from shop.accounts.passwords import verify_password
from shop.accounts.proofs import ask_for_proof, check_proof
from shop.accounts.users import current_session, is_customer_signed_in
from shop.core import clock
from shop.core.access import anyone, data_subject, local_path, page_is_personal
from shop.core.db import db
from shop.core.even import evenly
from shop.core.forms import add_error
from shop.core.i18n import language
from shop.privacy.forms.proof import AskCodeForm, PasswordForm, SendCodeForm, TypeCodeForm
from shop.privacy.subjects import begin_proof, current_subject, note_proof
from shop.privacy.views.blueprint import bp


def _next() -> str | None:
    return local_path(request.args.get("next"))


def _go_on(path: str | None) -> ResponseReturnValue:
    return redirect(path or url_for("privacy.my_data"), 303)


def _code_page(form: TypeCodeForm, *, is_inside: bool) -> str:
    page_is_personal()
    return render_template("privacy/code.html", form=form, is_inside=is_inside)


@bp.route("/data-request", methods=["GET", "POST"])
@anyone
@limit_mails
def request_data() -> ResponseReturnValue:
    """Ask a code for an e-mail address; the answer is the same whether the shop knows it or not."""
    started = monotonic()
    if is_customer_signed_in() or current_session().proves_mailbox:
        return _go_on(_next())
    form = AskCodeForm(next=_next())
    if not form.validate_on_submit():
        return render_template("privacy/request_data.html", form=form), 422 if form.is_submitted() else 200
    binding = new_binding()
    ask_for_proof(form.email.data or "", language(), binding, clock.now())
    db.session.commit()
    code_form = TypeCodeForm(formdata=None, email=form.email.data, binding=binding, next=form.next.data)
    return evenly(started, _code_page(code_form, is_inside=False))


@bp.route("/data-request/code", methods=["GET", "POST"])
@anyone
@limit_codes
def prove() -> ResponseReturnValue:
    """Take the code that was mailed; from then on the page shows all that is held about the address."""
    started, form = monotonic(), TypeCodeForm()
    if not form.is_submitted():
        return redirect(url_for("privacy.request_data"), 303)
    if form.validate():
        proof = check_proof(form.code.data, form.binding.data or "", clock.now())
        if proof is not None:
            if is_customer_signed_in():  # signed in meanwhile, in another tab: that session stays
                db.session.rollback()
                return _go_on(form.goes_on_to)
            begin_proof(proof)
            db.session.commit()
            return _go_on(form.goes_on_to)
        db.session.commit()  # a wrong try counts
        add_error(form.code, _("This code is not right, or no longer valid."))
    return evenly(started, _code_page(form, is_inside=False)), 422


@bp.route("/account/data/confirm", methods=["GET", "POST"])
@data_subject
@limit_current_password
def confirm() -> ResponseReturnValue:
    """Ask for the password once more, or for a code, before something that a stolen session must not do."""
    subject = current_subject()
    has_password = is_customer_signed_in() and subject.account is not None
    form = PasswordForm(next=_next())
    form.email.data = subject.email
    if has_password and form.validate_on_submit():
        assert subject.account is not None
        kept = subject.account.password_hash
        db.session.rollback()  # verifying takes its time: not inside a transaction
        if verify_password(kept, form.password.data):
            note_proof(clock.now())
            return _go_on(form.goes_on_to)
        add_error(form.password, _("This is not your current password."))
    status = 422 if form.is_submitted() else 200
    page = render_template(
        "privacy/confirm.html",
        form=form,
        send_form=SendCodeForm(formdata=None, next=form.next.data),
        subject=subject,
        has_password=has_password,
    )
    return page, status


@bp.post("/account/data/confirm/send")
@data_subject
@limit_own_mails
def send_code() -> ResponseReturnValue:
    """Mail a code to the address of whoever is here: it also opens what was bought without an account."""
    subject, form, binding = current_subject(), SendCodeForm(), new_binding()
    ask_for_proof(subject.email, language(), binding, clock.now(), person_id=current_session().person_id)
    db.session.commit()
    code_form = TypeCodeForm(formdata=None, email=subject.email, binding=binding, next=form.next.data)
    return _code_page(code_form, is_inside=True), 200


@bp.route("/account/data/confirm/code", methods=["GET", "POST"])
@data_subject
@limit_own_codes
def confirm_code() -> ResponseReturnValue:
    """Take that code."""
    form, person_id = TypeCodeForm(), current_session().person_id
    if not form.is_submitted():
        return redirect(url_for("privacy.confirm"), 303)
    if form.validate():
        proof = check_proof(form.code.data, form.binding.data or "", clock.now(), person_id=person_id)
        db.session.commit()  # a wrong try counts
        if proof is not None and proof.email == current_subject().email:
            note_proof(clock.now(), proof)
            return _go_on(form.goes_on_to)
        add_error(form.code, _("This code is not right, or no longer valid."))
    return _code_page(form, is_inside=True), 422
