"""Parcels that did not arrive: what is done about each, decided by a member of staff with a reason."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.catalogue.stock import NotEnoughStock
from shop.core import clock
from shop.core.access import page_is_personal, staff_may
from shop.core.db import db
from shop.core.errors import NotFound
from shop.core.templating import NOTICES
from shop.orders import missing
from shop.orders.models import REFUND, Shipment
from shop.orders.queries import order_with_all
from shop.orders.queries import parcels as parcels_of
from shop.payments.refund_rules import BY_STAFF
from shop.payments.refunding import MoreThanRemains, propose
from shop.staff.audit import about, audited
from shop.staff.forms.orders import DecideParcelForm
from shop.staff.numbers import number_from_query
from shop.staff.queries import parcels as queries
from shop.staff.queries.parcels import MissedParcel
from shop.staff.users import this_member
from shop.staff.views.blueprint import bp
from shop.staff.visibility import may_see

NOTICES["parcel-decided"] = _l("Your decision was noted. The customer gets a message.")


@bp.get("/parcels")
@staff_may("orders:view")
@audited("parcels.listed")
def parcels() -> ResponseReturnValue:
    """The parcels that customers miss, or those about which was decided."""
    page_is_personal()
    is_open = "decided" not in request.args
    found = queries.missed_parcels(is_open=is_open, after=number_from_query("after"))
    rows = found[: queries.PAGE]
    return render_template(
        "staff/parcels/list.html",
        rows=rows,
        is_open=is_open,
        next_after=rows[-1].report.id if len(found) > queries.PAGE else None,
    )


@bp.get("/parcels/<id:report_id>")
@staff_may("orders:view")
@audited("parcel.opened")
def parcel(report_id: int) -> ResponseReturnValue:
    """One parcel that did not arrive."""
    return _page(_found(report_id), DecideParcelForm(formdata=None))


@bp.post("/parcels/<id:report_id>/decide")
@staff_may("orders:fulfil")
@audited("parcel.decided")
def decide_parcel(report_id: int) -> ResponseReturnValue:
    """Wait, send it again, propose to pay it back, or find that it has arrived."""
    found, form = _found(report_id), DecideParcelForm()
    if not form.validate_on_submit():
        return _page(found, form), 422
    decision = str(form.decision.data)
    about(reason=decision)
    problem = ""
    try:
        order, shipment = missing.decide(
            report_id, decision, reason=str(form.reason.data), staff_id=this_member().member_id, at=clock.now()
        )
        if decision == REFUND:
            _propose(order.id, shipment.id, report_id)
    except NotEnoughStock:
        problem = _("There are not enough pieces in stock to send all of it again.")
    except MoreThanRemains:
        problem = _("Nothing remains that could be paid back.")
    if problem:
        db.session.rollback()
        form.decision.errors = [problem]
        return _page(_found(report_id), form), 422
    db.session.commit()
    return redirect(url_for("staff.parcel", report_id=report_id, notice="parcel-decided"), 303)


def _propose(order_id: int, shipment_id: int, report_id: int) -> None:
    """Propose to pay back what was in a lost parcel, once; whoever decides about refunds decides about it."""
    order = order_with_all(order_id)
    shipment = next(one for one in order.shipments if one.id == shipment_id)
    propose(
        order,
        cents=missing.worth_cents(order, shipment),
        origin=BY_STAFF,
        key=f"parcel:{report_id}",
        at=clock.now(),
        lines={piece.order_line_id: piece.quantity for piece in shipment.lines},
        staff_id=this_member().member_id,
    )


def _found(report_id: int) -> MissedParcel:
    found = queries.missed_parcel(report_id)
    if found is None:
        raise NotFound
    about(key=found.number, person_id=found.person_id)
    return found


def _page(found: MissedParcel, form: DecideParcelForm) -> str:
    page_is_personal()
    shown = next(
        one for one in parcels_of(order_with_all(found.shipment.order_id)) if one.shipment_id == found.shipment.id
    )
    return render_template(
        "staff/parcels/parcel.html",
        found=found,
        form=form,
        parcel=shown if may_see(this_member(), Shipment.tracking_code) else None,
    )
