"""A parcel that has not arrived: its customer says so from the page of the order."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from shop.aftersale import pages
from shop.aftersale.views.blueprint import bp
from shop.core import clock
from shop.core.access import anyone, customer_only, page_is_personal
from shop.core.db import db
from shop.core.errors import NotFound
from shop.core.security import limiter
from shop.core.templating import NOTICES
from shop.orders import missing
from shop.orders.queries import order_of

NOTICES["parcel-missed"] = _l("Thank you for telling us. We look into it, and you get a message.")


@bp.post("/orders/<token:token>/parcels/<id:shipment_id>/missed")
@limiter.limit("10/minute")
@anyone
def miss_parcel(token: str, shipment_id: int) -> ResponseReturnValue:
    """Say that a parcel has not arrived, for who has the mailed link."""
    page_is_personal()
    found, is_mailed = pages.find(token)
    if found is None or not is_mailed:
        raise NotFound
    missing.report(found.id, shipment_id, at=clock.now())
    db.session.commit()
    return redirect(url_for("aftersale.order", token=token, notice="parcel-missed"), 303)


@bp.post("/account/orders/<number>/parcels/<id:shipment_id>/missed")
@customer_only
def miss_account_parcel(number: str, shipment_id: int) -> ResponseReturnValue:
    """Say that a parcel of one of this customer's orders has not arrived."""
    page_is_personal()
    found = order_of(current_user.person_id, number[:20])
    if found is None:
        raise NotFound
    missing.report(found.id, shipment_id, at=clock.now())
    db.session.commit()
    return redirect(url_for("aftersale.account_order", number=found.number, notice="parcel-missed"), 303)
