"""Orders: what is to be done, finding one, and everything about one."""

from dataclasses import dataclass
from typing import TypeVar

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields.choices import SelectChoice

from shop.core.access import page_is_personal, staff_may
from shop.core.clock import AMSTERDAM
from shop.core.db import reading
from shop.core.errors import NotFound
from shop.core.forms import ShopForm
from shop.core.i18n import public_url, speaking
from shop.core.money import cents_from_mollie_value
from shop.core.templating import euros
from shop.orders import editing, rules
from shop.orders.fulfilment import pieces_to_leave_out, pieces_to_pack
from shop.orders.models import CONFIRMED, READY, Order, OrderAddress, OrderEvent, OrderLine, Shipment
from shop.payments.models import PaymentAttempt
from shop.payments.queries import balance_of
from shop.payments.refund_rules import PROPOSED
from shop.shipping.rules import tracking_link
from shop.staff.actions.attention import text_of
from shop.staff.audit import about, audited
from shop.staff.forms.orders import FindOrdersForm, HandOverForm, PackForm, ServiceDateForm, ShipForm
from shop.staff.forms.refunds import LetGoForm, NotSentForm
from shop.staff.numbers import number_from_query
from shop.staff.queries import orders as queries
from shop.staff.queries.shipping import CarrierRow, carriers
from shop.staff.users import this_member
from shop.staff.views.blueprint import bp
from shop.staff.visibility import may_see
from shop.staff.words import TAB_NAMES, event_text

Form = TypeVar("Form", bound=ShopForm)


@dataclass(frozen=True)
class TimelineEntry:
    """One thing that happened, as components/timeline.html shows it."""

    at: object
    text: object
    detail: str


@bp.get("/orders")
@staff_may("orders:view")
@audited("orders.listed")
def orders() -> ResponseReturnValue:
    """One kind of orders: to do, packed, shipped and so on."""
    page_is_personal()
    tab = request.args.get("tab", "todo")
    if tab not in TAB_NAMES:
        abort(404)
    page = queries.orders_in(tab, request.args.get("after"))
    return render_template(
        "staff/orders/list.html", tab=tab, tabs=TAB_NAMES, page=page, form=FindOrdersForm(formdata=None)
    )


@bp.post("/orders/find")
@staff_may("orders:view")
@audited("orders.searched")
def find_orders() -> ResponseReturnValue:
    """Orders by number, name or postcode; a whole number opens its order at once."""
    page_is_personal()
    form, page = FindOrdersForm(), queries.OrderPage((), None)
    if form.validate_on_submit():
        with reading():
            page = queries.orders_found(str(form.text.data))
        typed = "".join(str(form.text.data).split()).upper()
        if len(page.rows) == 1 and page.rows[0].number.endswith(typed):
            return redirect(url_for("staff.order", number=page.rows[0].number), 303)
    return render_template("staff/orders/found.html", form=form, page=page), 422 if form.errors else 200


def found_order(number: str) -> Order:
    """The order with this number; the audit log notes whose data was opened."""
    order = queries.order_by_number(number)
    if order is None:
        raise NotFound
    about(key=order.number, person_id=order.person_id)
    return order


def order_page(
    order: Order,
    *,
    pack: PackForm | None = None,
    quantities: dict[int, int] | None = None,
    pack_error: str = "",
    ship: ShipForm | None = None,
    ship_of: int | None = None,
    hand_over: HandOverForm | None = None,
    service_date: ServiceDateForm | None = None,
    service_of: int | None = None,
    let_go: LetGoForm | None = None,
    not_sent: NotSentForm | None = None,
    unsent_typed: dict[int, int] | None = None,
) -> str:
    """Everything about one order, with forms that came back as they were filled in."""
    page_is_personal()
    member, left = this_member(), pieces_to_pack(order)
    known = carriers() if order.shipments else []
    attempts, refunds = queries.money_of(order.id)
    waits = queries.waiting_for(order.id)
    return render_template(
        "staff/orders/order.html",
        order=order,
        addresses={address.kind: address for address in order.addresses},
        left=left if order.status == CONFIRMED else {},
        quantities=quantities or left,
        pack=pack or PackForm(formdata=None, seen=len(order.shipments)),
        pack_error=pack_error,
        ship_forms={s.id: _ship_form(s, known, ship if s.id == ship_of else None) for s in order.shipments},
        carriers={carrier.id: carrier for carrier in known},
        tracks=_tracks(order, known),
        hand_overs={
            s.id: _of(s.id, hand_over if s.id == ship_of else None, HandOverForm)
            for s in order.shipments
            if s.status == READY
        },
        dates={
            line.id: _of(line.id, service_date if line.id == service_of else None, ServiceDateForm, _agreed(line))
            for line in order.lines
            if line.kind == rules.SERVICE
        },
        reports={one.shipment_id: one for one in waits if one.kind == "report"},
        may_edit=editing.may_change(order),
        asked=[one.id for one in waits if one.kind == "change"],
        due_cents=balance_of(order).due_cents if order.version > 1 and order.pays_by == "mollie" else 0,
        questions=[(one.id, text_of(one.about)) for one in waits if one.kind == "money"],
        proposed=[one for one in refunds if one.status == PROPOSED],
        withdrawals=[one for one in waits if one.kind == "withdrawal"],
        may_cancel=rules.may_cancel(order.status, [shipment.status for shipment in order.shipments]),
        names={line.id: line.name for line in order.lines},
        events=[_entry(event) for event in reversed(order.events)],
        let_go=let_go or LetGoForm(formdata=None),
        not_sent=_of("not-sent", not_sent, NotSentForm),
        unsent=pieces_to_leave_out(order),
        unsent_typed=unsent_typed or {},
        refunds=refunds,
        attempts=attempts if may_see(member, PaymentAttempt.status) else [],
        sees={
            "email": may_see(member, Order.email),
            "telephone": may_see(member, Order.telephone),
            "note": may_see(member, Order.note),
            "address": may_see(member, OrderAddress.street),
            "payment": may_see(member, PaymentAttempt.status),
            "tracking": may_see(member, Shipment.tracking_code),
        },
    )


def _tracks(order: Order, known: list[CarrierRow]) -> dict[int, str | None]:
    """Where each package can be followed, by its number."""
    urls = {carrier.id: carrier.tracking_url for carrier in known}
    address = next((one for one in order.addresses if one.kind == "shipping"), None)
    postcode, country = (address.postcode, address.country) if address else ("", "")
    return {
        one.id: tracking_link(urls[one.carrier_id], code=one.tracking_code, postcode=postcode, country=country)
        for one in order.shipments
        if one.carrier_id in urls and one.tracking_code
    }


def _ship_form(shipment: Shipment, known: list[CarrierRow], sent: ShipForm | None) -> ShipForm:
    form = _of(shipment.id, sent, ShipForm)
    form.carrier.choices = [SelectChoice(str(carrier.id), carrier.name) for carrier in known if carrier.is_active]
    return form


def _of(row_id: int | str, sent: Form | None, kind: type[Form], values: dict[str, object] | None = None) -> Form:
    """A form about one of several rows: as it was sent, or new; its fields' ids end in the row's number."""
    form = sent or kind(formdata=None, **(values or {}))
    for field in form:
        field.id = f"{field.name}-{row_id}"
    return form


def _agreed(line: OrderLine) -> dict[str, object]:
    local = line.service_at.astimezone(AMSTERDAM) if line.service_at is not None else None
    return {"day": local.date(), "time": local.time()} if local is not None else {}


def _entry(event: OrderEvent) -> TimelineEntry:
    amount = event.detail.removeprefix("EUR ")
    detail = euros(cents_from_mollie_value(amount)) if amount != event.detail else event.detail
    return TimelineEntry(event.at, event_text(event.kind), detail)


@bp.get("/orders/<number>")
@staff_may("orders:view")
@audited("order.opened")
def order(number: str) -> ResponseReturnValue:
    """One order: its lines, where it goes, what happened, and what can be done now."""
    return order_page(found_order(number))


@bp.get("/orders/<number>/slip")
@staff_may("orders:view")
@audited("order.slip_printed")
def packing_slip(number: str) -> ResponseReturnValue:
    """The paper that goes along in the parcel, in the customer's language and without prices.

    `?package=` names one of several packages; without it the paper tells of the whole order.
    """
    page_is_personal()
    found = found_order(number)
    pieces = {line.id: line.quantity for line in found.lines if line.kind == rules.GOODS}
    wanted = number_from_query("package")
    if wanted is not None:
        shipment = next((one for one in found.shipments if one.id == wanted), None)
        if shipment is None:
            raise NotFound
        pieces = {line.order_line_id: line.quantity for line in shipment.lines}
    with speaking(found.language):
        return render_template(
            "staff/orders/slip.html",
            order=found,
            address=next((a for a in found.addresses if a.kind == "shipping"), None),
            lines=[(pieces[line.id], line) for line in found.lines if line.id in pieces],
            privacy_url=public_url("pages.privacy", found.language),
        )
