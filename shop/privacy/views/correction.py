"""Putting right what is held, in place; another e-mail address after a code to the new one."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from shop.accounts.codes import new_binding
from shop.accounts.limits import limit_own_codes, limit_own_mails
from shop.accounts.proofs import ask_for_proof, check_proof
from shop.accounts.sessions import end_all_sessions
from shop.accounts.users import current_session
from shop.core import clock
from shop.core.access import data_subject
from shop.core.db import db
from shop.core.errors import NotFound
from shop.core.forms import ShopForm, add_error
from shop.core.i18n import language
from shop.core.personal_data import Category
from shop.core.templating import NOTICES
from shop.privacy import showing
from shop.privacy.actions import correction as actions
from shop.privacy.emails import queue_email_changed
from shop.privacy.forms.correction import ChangeEmailForm, NewEmailCodeForm, correctable, form_for
from shop.privacy.queries.held import Item
from shop.privacy.queries.overview import item_of
from shop.privacy.subjects import Subject, current_subject, freshly_proved, note_proof, proof_first
from shop.privacy.views.blueprint import bp

NOTICES["corrected"] = _l("It is put right, also in your open orders and in messages that were not sent yet.")
NOTICES["corrected_and_passed_on"] = _l(
    "It is put right. Something was made or sent with the old data already: one of us puts that right too."
)
NOTICES["email_changed"] = _l("Your e-mail address is changed, everywhere we used it.")


@bp.route("/account/data/correct/<kind>/<key>", methods=["GET", "POST"])
@data_subject
def correct(kind: str, key: str) -> ResponseReturnValue:
    """Put one row right: with the checks of the very columns."""
    subject = current_subject()
    item = item_of(kind, key, subject.person_ids)
    if item is None:
        raise NotFound
    form_class, has_own_address = _form_of(item, subject)
    if form_class is not None and _says_where(item) and (confirm := proof_first()) is not None:
        return confirm
    if form_class is None:
        if has_own_address:
            return redirect(url_for("privacy.change_email"), 303)
        raise NotFound
    held = {value.column: value.value for value in item.values}
    form = form_class(data={name: held[name] for name in form_class.binds})
    if form.validate_on_submit():
        values = {name: _kept(item, name, form[name].data) for name in form_class.binds}
        done = actions.correct(item, values, subject.person_ids, clock.now())
        db.session.commit()
        notice = "corrected_and_passed_on" if done.tasks else "corrected"
        return redirect(url_for("privacy.my_data", notice=notice), 303)
    page = render_template(
        "privacy/correct.html",
        form=form,
        item=item,
        showing=showing,
        names=list(form_class.binds),
        has_own=has_own_address,
    )
    return page, 422 if form.is_submitted() else 200


def _form_of(item: Item, subject: Subject) -> tuple[type[ShopForm] | None, bool]:
    """The form for a row, and whether its e-mail address is the one that identifies whoever is here."""
    own = [v for v in item.values if v.declared.identifies and v.is_correctable and v.value == subject.email]
    is_free = not own and not any(v.declared.identifies is True and v.name.startswith("accounts.") for v in item.values)
    if not correctable(item.table, with_address=is_free):
        return None, bool(own)
    return form_for(item.table, with_address=is_free), bool(own)


def _says_where(item: Item) -> bool:
    """Whether a correction would change where something is delivered: a stolen session must divert no parcel."""
    return any(value.is_correctable and value.category is Category.LOCATION for value in item.values)


def _kept(item: Item, name: str, typed: str | None) -> str | None:
    """A value as the column keeps nothing: no value where it may be empty, an empty text elsewhere."""
    return typed or (None if item.table.columns[name].nullable else "")


@bp.route("/account/data/email", methods=["GET", "POST"])
@data_subject
@freshly_proved
@limit_own_mails
def change_email() -> ResponseReturnValue:
    """Ask a code to a new address; the old one stays until it is typed."""
    form, subject = ChangeEmailForm(), current_subject()
    if form.validate_on_submit():
        if form.email.data == subject.email:
            add_error(form.email, _("This is the address that we have already."))
        else:
            binding, person_id = new_binding(), current_session().person_id
            ask_for_proof(form.email.data or "", language(), binding, clock.now(), person_id=person_id)
            db.session.commit()
            return _code_page(NewEmailCodeForm(formdata=None, email=form.email.data, binding=binding)), 200
    page = render_template("privacy/change_email.html", form=form, subject=subject)
    return page, 422 if form.is_submitted() else 200


def _code_page(form: NewEmailCodeForm) -> str:
    return render_template("privacy/change_email_code.html", form=form)


@bp.route("/account/data/email/code", methods=["GET", "POST"])
@data_subject
@freshly_proved
@limit_own_codes
def change_email_code() -> ResponseReturnValue:
    """Take the code: from then on the new address is used everywhere, and the old one gets one last message."""
    form, subject, at = NewEmailCodeForm(), current_subject(), clock.now()
    if not form.is_submitted():
        return redirect(url_for("privacy.change_email"), 303)
    if form.validate():
        proof = check_proof(form.code.data, form.binding.data or "", at, person_id=current_session().person_id)
        if proof is None:
            db.session.commit()  # a wrong try counts
            add_error(form.code, _("This code is not right, or no longer valid."))
        else:
            new = proof.email
            try:
                with db.session.begin_nested():
                    actions.change_email(subject.person_ids, subject.email, new, at)
            except IntegrityError:
                db.session.commit()
                add_error(
                    form.code,
                    _("There is an account with this address already. Delete that one first, or write to us."),
                )
            else:
                queue_email_changed(subject.person_ids[0], subject.email, subject.language or language(), at)
                end_all_sessions(subject.person_ids[0], but=current_session().row_id)
                note_proof(at, proof)
                db.session.commit()
                return redirect(url_for("privacy.my_data", notice="email_changed"), 303)
    return _code_page(form), 422
