"""Changes that customers ask for, and changing an order that has not left."""

from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField

from shop.accounts.address_fields import country_choices
from shop.aftersale import changing
from shop.aftersale.models import ACCEPTED
from shop.catalogue.stock import NotEnoughStock
from shop.core import clock
from shop.core.access import page_is_personal, staff_may
from shop.core.db import db
from shop.core.errors import NotFound
from shop.core.i18n import language
from shop.core.templating import NOTICES
from shop.orders import editing
from shop.orders.editing import Outcome, Wish
from shop.orders.models import Order, OrderAddress
from shop.orders.queries import order_with_all
from shop.shipping.queries import countries
from shop.staff.audit import about, audited
from shop.staff.forms.changes import DecideChangeForm, EditAddressForm, EditLinesForm
from shop.staff.numbers import number_from_query
from shop.staff.queries import changes as queries
from shop.staff.queries.changes import AskedChange
from shop.staff.users import this_member
from shop.staff.views.blueprint import bp
from shop.staff.views.orders import found_order
from shop.staff.visibility import may_see

NOTICES["change-decided"] = _l("Your decision was noted. The customer gets a message.")
NOTICES["order-changed"] = _l("The order is changed. The customer gets a message.")


@bp.get("/changes")
@staff_may("orders:view")
@audited("changes.listed")
def changes() -> ResponseReturnValue:
    """The changes that customers ask for, or those about which was decided."""
    page_is_personal()
    is_open = "decided" not in request.args
    found = queries.asked_changes(is_open=is_open, after=number_from_query("after"))
    rows = found[: queries.PAGE]
    return render_template(
        "staff/changes/list.html",
        rows=rows,
        is_open=is_open,
        next_after=rows[-1].request.id if len(found) > queries.PAGE else None,
    )


@bp.get("/changes/<id:request_id>")
@staff_may("orders:view")
@audited("change.opened")
def change_request(request_id: int) -> ResponseReturnValue:
    """One change that a customer asks for."""
    return _request_page(_found(request_id), DecideChangeForm(formdata=None))


@bp.post("/changes/<id:request_id>/decide")
@staff_may("orders:change")
@audited("change.decided")
def decide_change(request_id: int) -> ResponseReturnValue:
    """Make the change or refuse it, with a reason."""
    found, form = _found(request_id), DecideChangeForm()
    if not form.validate_on_submit():
        return _request_page(found, form), 422
    decision = str(form.decision.data)
    if decision == ACCEPTED and found.request.kind == changing.CANCEL and not this_member().may("orders:cancel"):
        abort(403)
    about(reason=decision)
    problem = ""
    try:
        changing.decide(
            request_id,
            decision,
            reason=str(form.reason.data),
            oss_since=current_app.config["VAT_OSS_SINCE"],
            staff_id=this_member().member_id,
            at=clock.now(),
        )
    except editing.CannotDeliver:
        problem = _("This way of delivery does not go there. Change the order by hand.")
    except editing.NothingLeft:
        problem = _("Nothing would be left of the order: cancel it instead.")
    except editing.StillNamed as refusal:
        problem = _still_named(refusal)
    if problem:
        db.session.rollback()
        form.decision.errors = [problem]
        return _request_page(_found(request_id), form), 422
    db.session.commit()
    return redirect(url_for("staff.change_request", request_id=request_id, notice="change-decided"), 303)


def _found(request_id: int) -> AskedChange:
    found = queries.asked_change(request_id)
    if found is None:
        raise NotFound
    about(key=found.number, person_id=found.person_id)
    return found


def _request_page(found: AskedChange, form: DecideChangeForm) -> str:
    page_is_personal()
    order = order_with_all(found.order_id)
    return render_template(
        "staff/changes/request.html",
        found=found,
        form=form,
        order=order,
        sees_address=may_see(this_member(), OrderAddress.street),
        names={line.id: (line.name, line.quantity) for line in order.lines},
    )


@bp.get("/orders/<number>/edit")
@staff_may("orders:change")
@audited("order.edit_opened")
def edit_order(number: str) -> ResponseReturnValue:
    """What can be changed of an order that has not left."""
    return _edit_page(found_order(number))


@bp.post("/orders/<number>/edit/lines")
@staff_may("orders:change")
@audited("order.lines_changed")
def edit_lines(number: str) -> ResponseReturnValue:
    """Show what an order would cost with other pieces, and change it when that very total was shown."""
    order, form = found_order(number), EditLinesForm()
    form.offer(queries.methods_by_id(language()))
    problem, wish = "", _typed_wish(order, form)
    if not form.validate_on_submit() or wish is None:
        problem = "" if wish is not None else _("Fill in whole numbers, and an article number that is for sale.")
        return _edit_page(order, lines=form, problem=problem), 422
    oss_since = current_app.config["VAT_OSS_SINCE"]
    try:
        if "apply" not in request.form:
            outcome = editing.outcome_of(order_with_all(order.id), wish, oss_since=oss_since)
            return _edit_page(order, lines=form, outcome=outcome, wish=wish)
        outcome_word = changing.change_now(
            order.id,
            wish,
            seen=form.seen.data,
            shown_total=form.shown_total.data if form.shown_total.data is not None else -1,
            oss_since=oss_since,
            staff_id=this_member().member_id,
        )
        if outcome_word == changing.UNSURE:
            return _edit_page(found_order(number), lines=form, wish=wish, problem=_unsure()), 503
    except editing.NothingLeft:
        problem = _("Nothing would be left of the order: cancel it instead.")
    except editing.StillNamed as refusal:
        problem = _still_named(refusal)
    except editing.NotForSale:
        problem = _("This article is not for sale, or belongs to another product.")
    except editing.CannotDeliver:
        problem = _("This way of delivery does not carry this order there.")
    except editing.TotalDiffers:
        problem = _("The total became another one. Look at it again before you change the order.")
    except NotEnoughStock as refusal:
        problem = _("There are not enough pieces in stock; %(n)s are left.", n=refusal.available)
    if problem:
        db.session.rollback()
        return _edit_page(found_order(number), lines=form, wish=wish, problem=problem), 422
    return redirect(url_for("staff.order", number=number, notice="order-changed"), 303)


@bp.post("/orders/<number>/edit/address")
@staff_may("orders:change")
@audited("order.address_changed")
def edit_address(number: str) -> ResponseReturnValue:
    """Send an order elsewhere; delivery and VAT follow the country."""
    order, form = found_order(number), EditAddressForm()
    form.country.choices = list(country_choices(countries()).items())
    if not form.validate_on_submit():
        return _edit_page(order, address=form), 422
    try:
        outcome_word = changing.change_now(
            order.id,
            Wish(address=form.address_values()),
            seen=form.seen.data,
            oss_since=current_app.config["VAT_OSS_SINCE"],
            staff_id=this_member().member_id,
        )
    except editing.CannotDeliver:
        db.session.rollback()
        form.country.errors = [_("This way of delivery does not carry this order there.")]
        return _edit_page(found_order(number), address=form), 422
    if outcome_word == changing.UNSURE:
        return _edit_page(found_order(number), address=form, problem=_unsure()), 503
    return redirect(url_for("staff.order", number=number, notice="order-changed"), 303)


def _unsure() -> str:
    return str(_("Mollie can't say now whether this order was paid. Nothing was changed; try again in a few minutes."))


def _typed_wish(order: Order, form: EditLinesForm) -> Wish | None:
    """How the order is to be, as it was typed; None when something is no number or no article."""
    quantities, variants, added = {}, {}, {}
    for line in order.lines:
        text = request.form.get(f"line-{line.id}", "").strip()
        other = request.form.get(f"variant-{line.id}", "").strip()
        if not (text.isascii() and text.isdecimal() and len(text) <= 4):
            return None
        quantities[line.id] = int(text)
        if other:
            if not (other.isascii() and other.isdecimal() and len(other) <= 9):
                return None
            variants[line.id] = int(other)
    if form.sku.data:
        variant_id = editing.variant_by_sku(str(form.sku.data))
        if variant_id is None:
            return None
        added[variant_id] = int(form.pieces.data or 1)
    return Wish(quantities=quantities, variants=variants, added=added, method_id=form.method.data or None)


def _still_named(refusal: editing.StillNamed) -> str:
    """Why a line stays, and what can be done instead."""
    if isinstance(refusal, editing.LeftOut):
        return str(_("%(name)s stays as it is: of some pieces it was decided that they are not sent.", name=refusal))
    return str(_("%(name)s can't be taken out: a refund or a withdrawal is about it. Leave it in.", name=refusal))


def _set(field: IntegerField, value: int | None) -> None:
    """Let a hidden field carry a value of now, whatever was sent in it."""
    field.data, field.raw_data = value, None


def _edit_page(
    order: Order,
    *,
    lines: EditLinesForm | None = None,
    address: EditAddressForm | None = None,
    outcome: Outcome | None = None,
    wish: Wish | None = None,
    problem: str = "",
) -> str:
    page_is_personal()
    shown = next((one for one in order.addresses if one.kind == "shipping"), None)
    form = lines or EditLinesForm(formdata=None, method=order.shipping_method_id)
    form.offer(queries.methods_by_id(language()))
    _set(form.seen, order.version)
    _set(form.shown_total, outcome.total_cents if outcome is not None else None)
    where = address or EditAddressForm(formdata=None, obj=shown)
    where.country.choices = list(country_choices(countries()).items())
    _set(where.seen, order.version)
    where.seen.id = "address-seen"
    return render_template(
        "staff/changes/edit.html",
        order=order,
        may_change=editing.may_change(order),
        form=form,
        address=where,
        outcome=outcome,
        others=editing.other_variants(order),
        quantities=wish.quantities if wish else {line.id: line.quantity for line in order.lines},
        chosen=wish.variants if wish else {},
        problem=problem,
    )
