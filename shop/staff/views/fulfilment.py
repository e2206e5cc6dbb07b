"""Packing, sending, handing over: buttons on an order's page; of two colleagues one wins, the other is told."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice

from shop.core import clock
from shop.core.access import staff_may
from shop.core.db import db
from shop.core.errors import Conflict, NotFound
from shop.core.templating import NOTICES
from shop.orders import actions, fulfilment, services
from shop.orders.models import Order
from shop.orders.queries import order_for_change
from shop.orders.rules import SERVICE
from shop.staff.audit import about, audited, while_restricted
from shop.staff.forms.orders import HandOverForm, PackForm, ServiceDateForm, ShipForm
from shop.staff.queries.shipping import carrier_by_id, carriers
from shop.staff.users import this_member
from shop.staff.views.blueprint import bp
from shop.staff.views.orders import found_order, order_page

MOST_PIECES = 100_000

NOTICES["packed"] = _l("Noted: packed.")
NOTICES["unpacked"] = _l("The package is open again.")
NOTICES["shipped"] = _l("Noted: shipped. The customer gets a message.")
NOTICES["put-ready"] = _l("Noted: ready for pick-up. The customer gets a message.")
NOTICES["handed-over"] = _l("Noted: collected.")
NOTICES["arrived"] = _l("Noted: delivered.")
NOTICES["service-planned"] = _l("The date was noted. The customer gets a message.")
NOTICES["served"] = _l("Noted: the service has taken place.")
NOTICES["order-canceled"] = _l("The order is canceled and its stock is free again.")


def _back_to(order: Order, notice: str) -> ResponseReturnValue:
    db.session.commit()
    return redirect(url_for("staff.order", number=order.number, notice=notice), 303)


def _shipment_of(order: Order, shipment_id: int) -> int:
    """The shipment's number, if it is one of this order."""
    if shipment_id not in {shipment.id for shipment in order.shipments}:
        raise NotFound
    return shipment_id


def _typed_quantities(order: Order) -> dict[int, int] | None:
    """What was typed beside the lines; None when something is no whole number."""
    found = {}
    for line in order.lines:
        text = request.form.get(f"line-{line.id}", "").strip()
        if text and not (text.isascii() and text.isdecimal() and len(text) <= 6 and int(text) <= MOST_PIECES):
            return None
        found[line.id] = int(text or 0)
    return found


@bp.post("/orders/<number>/pack")
@staff_may("orders:fulfil")
@audited("order.packed")
@while_restricted
def pack(number: str) -> ResponseReturnValue:
    """Note that all of an order is packed, or the quantities that were typed."""
    order, form = found_order(number), PackForm()
    if not form.validate_on_submit():
        raise Conflict
    quantities = None if "all" in request.form else _typed_quantities(order)
    if quantities is None and "all" not in request.form:
        return order_page(order, pack_error=_("Fill in whole numbers.")), 422
    left = fulfilment.pieces_to_pack(order)
    if quantities is not None and any(pieces > left.get(line, 0) for line, pieces in quantities.items()):
        return order_page(order, quantities=quantities, pack_error=_("That is more than there is to pack.")), 422
    try:
        fulfilment.pack(order.id, quantities, seen=form.seen.data, staff_id=this_member().member_id, at=clock.now())
    except fulfilment.NothingChosen:
        db.session.rollback()
        return order_page(found_order(number), quantities=quantities, pack_error=_("Fill in at least one piece.")), 422
    return _back_to(order, "packed")


@bp.post("/orders/<number>/shipments/<id:shipment_id>/unpack")
@staff_may("orders:fulfil")
@audited("order.unpacked")
@while_restricted
def unpack(number: str, shipment_id: int) -> ResponseReturnValue:
    """Open a package again that has not left."""
    order = found_order(number)
    fulfilment.unpack(_shipment_of(order, shipment_id), staff_id=this_member().member_id, at=clock.now())
    return _back_to(order, "unpacked")


@bp.post("/orders/<number>/shipments/<id:shipment_id>/ship")
@staff_may("orders:fulfil")
@audited("order.shipped")
@while_restricted
def ship(number: str, shipment_id: int) -> ResponseReturnValue:
    """Hand a parcel to a carrier; the customer gets a message."""
    order, form = found_order(number), ShipForm()
    _shipment_of(order, shipment_id)
    form.carrier.choices = [SelectChoice(str(carrier.id), carrier.name) for carrier in carriers() if carrier.is_active]
    if not form.validate_on_submit():
        return order_page(order, ship=form, ship_of=shipment_id), 422
    carrier = carrier_by_id(form.carrier.data)
    if carrier is None:
        raise Conflict
    code = "".join(str(form.tracking_code.data or "").split())
    fulfilment.ship(shipment_id, carrier, tracking_code=code, staff_id=this_member().member_id, at=clock.now())
    return _back_to(order, "shipped")


@bp.post("/orders/<number>/shipments/<id:shipment_id>/ready")
@staff_may("orders:fulfil")
@audited("order.put_ready")
@while_restricted
def put_ready(number: str, shipment_id: int) -> ResponseReturnValue:
    """Put a package ready to be picked up; the customer gets a message."""
    order = found_order(number)
    fulfilment.put_ready(_shipment_of(order, shipment_id), staff_id=this_member().member_id, at=clock.now())
    return _back_to(order, "put-ready")


@bp.post("/orders/<number>/shipments/<id:shipment_id>/collected")
@staff_may("orders:fulfil")
@audited("order.collected")
@while_restricted
def hand_over(number: str, shipment_id: int) -> ResponseReturnValue:
    """Hand a package over to who knows its code, or without it for a reason; what was to be paid is paid with that."""
    order, form = found_order(number), HandOverForm()
    _shipment_of(order, shipment_id)
    if not form.validate_on_submit():
        return order_page(order, hand_over=form, ship_of=shipment_id), 422
    reason = str(form.without_code.data or "")
    try:
        fulfilment.hand_over(
            shipment_id,
            code=str(form.code.data or ""),
            without_code=reason,
            staff_id=this_member().member_id,
            at=clock.now(),
        )
    except fulfilment.WrongCode:
        db.session.rollback()
        form.code.errors = [_("This is not the code of this package. Try again, or choose why it goes without a code.")]
        return order_page(found_order(number), hand_over=form, ship_of=shipment_id), 422
    if reason:
        about(reason=reason)
    return _back_to(order, "handed-over")


@bp.post("/orders/<number>/shipments/<id:shipment_id>/delivered")
@staff_may("orders:fulfil")
@audited("order.delivered")
@while_restricted
def deliver(number: str, shipment_id: int) -> ResponseReturnValue:
    """Note that a parcel has arrived."""
    order = found_order(number)
    fulfilment.deliver(_shipment_of(order, shipment_id), staff_id=this_member().member_id, at=clock.now())
    return _back_to(order, "arrived")


def _service_of(order: Order, line_id: int) -> int:
    """The line's number, if it is a service of this order."""
    if line_id not in {line.id for line in order.lines if line.kind == SERVICE}:
        raise NotFound
    return line_id


@bp.post("/orders/<number>/lines/<id:line_id>/date")
@staff_may("orders:fulfil")
@audited("order.service_planned")
def plan_service(number: str, line_id: int) -> ResponseReturnValue:
    """Note the date that was agreed for a service; the customer gets a message."""
    order, form = found_order(number), ServiceDateForm()
    _service_of(order, line_id)
    if not form.validate_on_submit() or form.moment is None:
        return order_page(order, service_date=form, service_of=line_id), 422
    try:
        services.plan(line_id, form.moment, staff_id=this_member().member_id, at=clock.now())
    except services.InThePast:
        db.session.rollback()
        form.day.errors = [_("This moment is past. Choose a later one.")]
        return order_page(found_order(number), service_date=form, service_of=line_id), 422
    return _back_to(order, "service-planned")


@bp.post("/orders/<number>/lines/<id:line_id>/done")
@staff_may("orders:fulfil")
@audited("order.service_done")
def service_done(number: str, line_id: int) -> ResponseReturnValue:
    """Note that a service has taken place."""
    order = found_order(number)
    services.note_done(_service_of(order, line_id), staff_id=this_member().member_id, at=clock.now())
    return _back_to(order, "served")


@bp.post("/orders/<number>/cancel")
@staff_may("orders:cancel")
@audited("order.canceled")
def cancel(number: str) -> ResponseReturnValue:
    """Call an order off and free its stock; money is not paid back by this."""
    found = found_order(number)
    order = order_for_change(found.id)
    if order is None or not actions.cancel(order, clock.now(), this_member().member_id):
        raise Conflict
    return _back_to(order, "order-canceled")
