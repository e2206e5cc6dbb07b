"""The customer's own pages: name, address book, password and signed-in devices."""

from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy import delete

from shop.accounts import actions, queries
from shop.accounts.forms import AddressForm, ChangePasswordForm, NameForm
from shop.accounts.limits import limit_current_password
from shop.accounts.models import Account, SignInSession
from shop.accounts.passwords import hash_password, verify_password
from shop.accounts.rules import MOST_ADDRESSES
from shop.accounts.sessions import CUSTOMER, end_all_sessions
from shop.accounts.users import current_session, sign_in_customer
from shop.accounts.views.blueprint import bp
from shop.core import clock
from shop.core.access import customer_only, page_is_personal
from shop.core.db import db
from shop.core.devices import device_text
from shop.core.errors import NotFound
from shop.core.forms import add_error
from shop.core.i18n import language
from shop.core.templating import NOTICES

NOTICES["name_saved"] = _l("Your name is saved.")
NOTICES["address_saved"] = _l("Your address is saved.")
NOTICES["address_removed"] = _l("The address is removed.")
NOTICES["session_ended"] = _l("That device is signed out.")
NOTICES["others_ended"] = _l("All other devices are signed out.")


def _page(template: str, **values: Any) -> str:
    page_is_personal()
    return render_template(f"accounts/{template}.html", **values)


def _to(endpoint: str, notice: str) -> ResponseReturnValue:
    return redirect(url_for(f"accounts.{endpoint}", notice=notice), 303)


def _my_account() -> Account:
    """The account of who is signed in, as it is now, locked for this change."""
    account = queries.account_to_change(current_user.account.id)
    if account is None:
        raise NotFound
    return account


@bp.route("/account", methods=["GET", "POST"])
@customer_only
def show() -> ResponseReturnValue:
    """Where everything of a customer's own is to be found, and their name."""
    form = NameForm(obj=current_user.account)
    if form.validate_on_submit():
        actions.change_name(_my_account(), form.given_name.data, form.family_name.data)
        db.session.commit()
        return _to("show", "name_saved")
    return _page("show", account=current_user.account, form=form), 422 if form.is_submitted() else 200


@bp.get("/account/addresses")
@customer_only
def addresses() -> ResponseReturnValue:
    """The address book."""
    kept = queries.addresses_of(current_user.person_id)
    return _page("addresses", addresses=kept, is_full=len(kept) >= MOST_ADDRESSES)


@bp.route("/account/addresses/new", methods=["GET", "POST"])
@customer_only
def new_address() -> ResponseReturnValue:
    """Put an address in the book."""
    form = AddressForm(obj=current_user.account)  # the name is filled in already
    if form.validate_on_submit():
        try:
            _save(form)
        except actions.AddressBookFull:
            form.form_errors.append(_("Your address book is full. Remove an address first."))
        else:
            return _to("addresses", "address_saved")
    return _address_page(form, heading=_("New address"), url=url_for("accounts.new_address"))


@bp.route("/account/addresses/<id:address_id>", methods=["GET", "POST"])
@customer_only
def edit_address(address_id: int) -> ResponseReturnValue:
    """Change an address in the book."""
    address = queries.address_of(current_user.person_id, address_id)
    if address is None:
        raise NotFound
    form = AddressForm(obj=address)
    if form.validate_on_submit():
        _save(form, address_id)
        return _to("addresses", "address_saved")
    url = url_for("accounts.edit_address", address_id=address_id)
    return _address_page(form, heading=_("Change address"), url=url)


def _save(form: AddressForm, address_id: int | None = None) -> None:
    actions.save_address(
        current_user.person_id, form.address_values(), address_id=address_id, is_default=form.is_default.data
    )
    db.session.commit()


def _address_page(form: AddressForm, *, heading: str, url: str) -> ResponseReturnValue:
    return _page("address", form=form, heading=heading, url=url), 422 if form.is_submitted() else 200


@bp.post("/account/addresses/<id:address_id>/default")
@customer_only
def use_address(address_id: int) -> ResponseReturnValue:
    """Make an address the usual one."""
    actions.make_default(current_user.person_id, address_id)
    db.session.commit()
    return _to("addresses", "address_saved")


@bp.post("/account/addresses/<id:address_id>/remove")
@customer_only
def remove_address(address_id: int) -> ResponseReturnValue:
    """Take an address out of the book."""
    actions.remove_address(current_user.person_id, address_id)
    db.session.commit()
    return _to("addresses", "address_removed")


@bp.get("/account/security")
@customer_only
def security() -> ResponseReturnValue:
    """The password, and the devices that are signed in."""
    return _security_page(ChangePasswordForm(email=current_user.account.email)), 200


def _security_page(form: ChangePasswordForm) -> str:
    here = current_session().row_id
    sessions = sorted(
        queries.sessions_of(current_user.person_id, CUSTOMER, clock.now()), key=lambda session: session.id != here
    )
    return _page("security", form=form, sessions=sessions, here=here, device_text=device_text)


@bp.post("/account/security/password")
@customer_only
@limit_current_password
def change_password() -> ResponseReturnValue:
    """Another password, for who knows the present one; all other devices are signed out."""
    account_id, kept = current_user.account.id, current_user.account.password_hash
    form = ChangePasswordForm()
    form.email.data = current_user.account.email
    if form.validate():
        db.session.rollback()  # hashing takes its time: not inside a transaction
        if verify_password(kept, form.current_password.data):
            password_hash = hash_password(form.password.data)
            account = queries.account_to_change(account_id)
            if account is not None and account.password_hash == kept:
                actions.change_password(account, password_hash, language(), clock.now())
                sign_in_customer(account)
                db.session.commit()
                return _to("security", "password_changed")
        add_error(form.current_password, _("This is not your current password."))
    return _security_page(form), 422


@bp.post("/account/security/sessions")
@customer_only
def end_other_sessions() -> ResponseReturnValue:
    """Sign all other devices out."""
    end_all_sessions(current_user.person_id, but=current_session().row_id)
    db.session.commit()
    return _to("security", "others_ended")


@bp.post("/account/security/sessions/<id:session_id>")
@customer_only
def end_session(session_id: int) -> ResponseReturnValue:
    """Sign one device out."""
    ended = db.session.execute(
        delete(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.person_id == current_user.person_id)
        .returning(SignInSession.id)
    ).all()
    if not ended:
        raise NotFound
    db.session.commit()
    return _to("security", "session_ended")
