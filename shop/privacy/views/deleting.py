"""Being erased: first what goes and what stays, then, for who just proved who they are, at once."""

import json
import re

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.accounts.sessions import end_session
from shop.accounts.users import current_session
from shop.core import clock
from shop.core.access import anyone, data_subject, page_is_personal
from shop.core.db import db, is_postgresql, writing
from shop.core.errors import NotFound
from shop.core.forms import add_error
from shop.core.i18n import language
from shop.core.security import limiter
from shop.core.templating import NOTICES
from shop.privacy.actions import erasing
from shop.privacy.forms.deleting import CANCEL, KEEP, EraseForm, EraseItemForm, ReceiptForm
from shop.privacy.queries import receipts
from shop.privacy.queries.erasing import CannotErase, Plan, plan_for, plan_for_row
from shop.privacy.queries.overview import item_of
from shop.privacy.subjects import current_subject, freshly_proved
from shop.privacy.views.blueprint import bp

NOTICES["item-erased"] = _l("It is erased.")

PATIENCE = 2.0  # seconds that an answer may wait for readers of the database
CODE = re.compile(r"[A-Za-z0-9_-]{20,40}")


@bp.get("/account/data/delete")
@data_subject
@freshly_proved
def erase() -> ResponseReturnValue:
    """What would go now, and what would stay, until when and by which law."""
    return _preview(plan_for(current_subject().person_ids), EraseForm(formdata=None))


@bp.post("/account/data/delete")
@data_subject
@freshly_proved
@limiter.limit("10/hour")
def erase_now() -> ResponseReturnValue:
    """Erase everything that may go, at once; what was accepted is completed, also after a crash."""
    form, people = EraseForm(), current_subject().person_ids
    with writing():
        plan = plan_for(people)
    named = [one for one in plan.needed if one.label]
    if not form.validate():
        return _preview(plan, form), 422
    if named and form.open_orders.data != KEEP:
        text = _l("End these first, by their own page or by a message to us. Nothing was erased yet.")
        add_error(form.open_orders, text if form.open_orders.data == CANCEL else _l("Choose one of both."))
        return _preview(plan, form), 422
    return redirect(url_for("privacy.receipt", code=_erase(people)), 303)


def _preview(plan: Plan, form: EraseForm) -> str:
    page_is_personal()
    needed = [one for one in plan.needed if one.label]
    form.open_orders.flags.required = bool(needed)  # a radio group of which one must be chosen
    return render_template(
        "privacy/erase.html",
        form=form,
        subject=current_subject(),
        preview=receipts.preview_of(plan),
        needed=needed,
        is_later=is_postgresql(),
    )


def _erase(people: tuple[str, ...], item: str = "") -> str:
    """Accept the erasure and do it at once; what does not succeed here is done by the worker. The receipt's code."""
    session, now, spoken = current_session(), clock.now(), language()
    with writing():
        erasure = erasing.accept(people, language=spoken, at=now, item=item)
        erasure_id, code = erasure.id, erasure.code
        if not item:
            end_session(session)
        db.session.commit()
    erasing.try_now(erasure_id, clock.now(), patience=PATIENCE)
    return code


@bp.post("/account/data/delete/item")
@data_subject
@limiter.limit("60/hour")
def ask_item() -> ResponseReturnValue:
    """Ask once more before one thing goes; it is named in the form, not in the address."""
    return _one(EraseItemForm())


def _one(form: EraseItemForm) -> ResponseReturnValue:
    page_is_personal()
    if not form.validate():
        raise NotFound
    try:
        with writing():
            plan = plan_for_row(current_subject().person_ids, form.item.data or "")
            preview = receipts.preview_of(plan)
    except CannotErase:
        return _not_now(form.item.data or "")
    return render_template("privacy/erase_item.html", form=form, preview=preview, subject=current_subject())


@bp.post("/account/data/delete/item/now")
@data_subject
@freshly_proved
@limiter.limit("60/hour")
def erase_item() -> ResponseReturnValue:
    """Erase one thing: an address, a message, a signed-in device, a note with an order."""
    form = EraseItemForm()
    if not form.validate():
        raise NotFound
    try:
        _erase(current_subject().person_ids, form.item.data or "")
    except CannotErase:
        return _not_now(form.item.data or "")
    return redirect(url_for("privacy.my_data", notice="item-erased"), 303)


def _not_now(item: str) -> ResponseReturnValue:
    """Say of what is theirs that it cannot go by itself now; of anything else that there is no such thing."""
    db.session.rollback()
    table, _colon, key = item.partition(":")
    with writing():
        found = item_of(table, key, current_subject().person_ids)
    if found is None:
        raise NotFound
    return render_template("privacy/erase_not_now.html", subject=current_subject()), 409


@bp.get("/account/data/delete/item/now")
@data_subject
def back_to_data() -> ResponseReturnValue:
    """Where somebody comes who had to prove who they are first: back to what is held, to choose again."""
    return redirect(url_for("privacy.my_data"), 303)


@bp.route("/erasures", methods=["GET", "POST"])
@limiter.limit("30/hour", methods=["POST"])
@anyone
def find_receipt() -> ResponseReturnValue:
    """Type the code of a receipt, to see that it is real."""
    form = ReceiptForm()
    if form.validate_on_submit():
        code = "".join((form.code.data or "").split())
        with writing():
            found = receipts.receipt(code) if CODE.fullmatch(code) else None
        if found is not None:
            return redirect(url_for("privacy.receipt", code=code), 303)
        add_error(form.code, _l("There is no receipt with this code. Receipts are kept for two years."))
    return render_template("privacy/find_receipt.html", form=form), 422 if form.is_submitted() else 200


@bp.get("/erasures/<token:code>")
@anyone
def receipt(code: str) -> ResponseReturnValue:
    """The receipt of an erasure: when, what went, what stays and why. It names nobody."""
    page_is_personal()
    found = receipts.receipt(code)
    if found is None:
        raise NotFound
    told = json.loads(found.told)
    page = render_template(
        "privacy/receipt.html",
        erasure=found,
        goes=receipts.parts_from(told.get("goes", [])),
        stays=receipts.parts_from(told.get("stays", [])),
        needed=told.get("needed", 0),
        is_later=is_postgresql(),
        address=request.base_url,
    )
    return page, 200
