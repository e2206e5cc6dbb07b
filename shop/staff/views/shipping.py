"""Delivery methods with their prices, and the carriers."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.core.access import staff_may
from shop.core.db import db
from shop.core.errors import NotFound
from shop.core.forms import add_error
from shop.core.templating import NOTICES
from shop.shipping.models import Carrier, ShippingMethod
from shop.staff.actions import shipping as actions
from shop.staff.audit import about, audited
from shop.staff.forms.shipping import CarrierForm, MethodForm, RateForm
from shop.staff.queries import shipping as queries
from shop.staff.views.blueprint import bp

NOTICES["saved"] = _l("Saved.")
NOTICES["rate-removed"] = _l("The price was removed.")


@bp.get("/shipping")
@staff_may("shipping:edit")
@audited("shipping.opened")
def shipping() -> ResponseReturnValue:
    """The ways of delivery and the carriers."""
    return render_template("staff/shipping/list.html", methods=queries.methods(), carriers=queries.all_carriers())


def _method(method_id: int) -> ShippingMethod:
    method = queries.method_by_id(method_id)
    if method is None:
        raise NotFound
    return method


def _method_form(method: ShippingMethod) -> MethodForm:
    return MethodForm(formdata=None, obj=method, free_from=method.free_from_cents)


def _method_page(method: ShippingMethod, form: MethodForm, rate: RateForm) -> ResponseReturnValue:
    page = render_template("staff/shipping/method.html", method=method, form=form, rate=rate)
    return page, 422 if form.errors or rate.errors else 200


@bp.get("/shipping/methods/<id:method_id>")
@staff_may("shipping:edit")
@audited("shipping_method.opened")
def shipping_method(method_id: int) -> ResponseReturnValue:
    """One way of delivery with its prices."""
    method = _method(method_id)
    return _method_page(method, _method_form(method), RateForm(formdata=None))


@bp.post("/shipping/methods/<id:method_id>")
@staff_may("shipping:edit")
@audited("shipping_method.changed")
def save_shipping_method(method_id: int) -> ResponseReturnValue:
    """Change what customers read of a way of delivery, and from which amount it is free."""
    method, form = _method(method_id), MethodForm()
    if not form.validate_on_submit():
        return _method_page(method, form, RateForm(formdata=None))
    actions.change_method(
        method,
        name_nl=form.name_nl.data,
        name_en=form.name_en.data,
        text_nl=form.text_nl.data or "",
        text_en=form.text_en.data or "",
        free_from_cents=form.free_from.data,
        position=form.position.data or 0,
        is_active=form.is_active.data,
    )
    db.session.commit()
    return redirect(url_for("staff.shipping_method", method_id=method_id, notice="saved"), 303)


@bp.post("/shipping/methods/<id:method_id>/rates")
@staff_may("shipping:edit")
@audited("shipping_method.rate_added")
def add_rate(method_id: int) -> ResponseReturnValue:
    """Add a price for a country up to a weight."""
    method, form = _method(method_id), RateForm()
    if form.validate_on_submit():
        try:
            actions.add_rate(
                method,
                country=form.country.data,
                max_weight_grams=form.max_weight.data or 0,
                price_cents=form.price.data,
            )
        except actions.RateExists:
            add_error(form.max_weight, _("There is a price for this country and weight already. Remove it first."))
        else:
            db.session.commit()
            return redirect(url_for("staff.shipping_method", method_id=method_id, notice="saved"), 303)
    return _method_page(method, _method_form(method), form)


@bp.post("/shipping/methods/<id:method_id>/rates/<id:rate_id>/remove")
@staff_may("shipping:edit")
@audited("shipping_method.rate_removed")
def remove_rate(method_id: int, rate_id: int) -> ResponseReturnValue:
    """Take a price away."""
    if not actions.remove_rate(_method(method_id), rate_id):
        raise NotFound
    db.session.commit()
    return redirect(url_for("staff.shipping_method", method_id=method_id, notice="rate-removed"), 303)


@bp.route("/shipping/carriers/new", methods=["GET", "POST"])
@staff_may("shipping:edit")
@audited("carrier.created")
def new_carrier() -> ResponseReturnValue:
    """Add a carrier."""
    return _carrier_page(None)


@bp.route("/shipping/carriers/<id:carrier_id>", methods=["GET", "POST"])
@staff_may("shipping:edit")
@audited("carrier.changed")
def carrier(carrier_id: int) -> ResponseReturnValue:
    """Change a carrier's name, where its parcels can be followed, and how long they are on their way."""
    found = queries.carrier_by_id(carrier_id)
    if found is None:
        raise NotFound
    return _carrier_page(found)


def _carrier_page(found: Carrier | None) -> ResponseReturnValue:
    form = CarrierForm(obj=found)
    if form.validate_on_submit():
        saved = actions.save_carrier(
            found,
            name=str(form.name.data),
            tracking_url=form.tracking_url.data or "",
            usual_days=form.usual_days.data,
            is_active=form.is_active.data,
        )
        about(key=saved.id)
        db.session.commit()
        return redirect(url_for("staff.shipping", notice="saved"), 303)
    page = render_template("staff/shipping/carrier.html", form=form, carrier=found)
    return page, 422 if form.is_submitted() else 200
