"""How the shop is used, for its owner: numbers and charts, and no way down to anybody."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from shop.core import clock
from shop.core.access import page_is_personal, staff_may
from shop.staff import charts
from shop.staff.audit import audited
from shop.staff.queries.analytics import PERIODS, use_of_shop
from shop.staff.views.blueprint import bp

STEP_NAMES = {
    "product": _l("Product opened"),
    "cart": _l("Put in the cart"),
    "checkout": _l("Checkout opened"),
    "placed": _l("Order placed"),
    "confirmed": _l("Order paid or confirmed"),
}

PAGE_NAMES = {
    "/": _l("Front page"),
    "/search": _l("Search"),
    "/cart": _l("Cart"),
    "/checkout": _l("Checkout"),
    "/contact": _l("Contact"),
    "/orders/find": _l("Find your order"),
    "/withdraw": _l("Withdraw from contract here"),
    "/privacy": _l("Privacy statement"),
    "/cookies": _l("Cookies"),
    "/terms": _l("Terms and conditions"),
    "/shipping": _l("Shipping and pick-up"),
    "/returns": _l("Returning and withdrawing"),
    "/guarantee": _l("Guarantee"),
    "/disclaimer": _l("Disclaimer"),
    "/accessibility": _l("Accessibility"),
    "/parents": _l("For parents"),
    "/licences": _l("Licences"),
}


@bp.get("/analytics")
@staff_may("analytics:view")
@audited("analytics.opened")
def analytics() -> ResponseReturnValue:
    """Views by day, the way from product to paid, products, words, and where visitors came from."""
    page_is_personal()
    typed = request.args.get("days", "")
    days = next((period for period in PERIODS if typed == str(period)), PERIODS[1])
    return render_template(
        "staff/analytics/show.html",
        use=use_of_shop(clock.today(), days),
        days=days,
        periods=PERIODS,
        charts=charts,
        step_names=STEP_NAMES,
        page_names=PAGE_NAMES,
    )
