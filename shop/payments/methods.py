"""Keeping the list of ways to pay that Mollie offers, so that no page has to wait for it."""

import json
from datetime import datetime, timedelta

import structlog

from shop.core import clock
from shop.core.db import db, insert_or, writing
from shop.core.i18n import LOCALES
from shop.payments import mollie_gateway, queries, rules
from shop.payments.models import OfferedMethods
from shop.payments.mollie_gateway import MollieProblem

FRESH_FOR = timedelta(minutes=30)

log = structlog.get_logger()


def refresh(*, only_missing: bool = False) -> int:
    """Ask Mollie for the methods of each country that are not fresh, or that are missing; how many were renewed."""
    known = queries.methods_known()
    db.session.rollback()
    now = clock.now()
    wanted = [
        country
        for country in rules.SHOP_COUNTRIES
        if country not in known or (not only_missing and now - known[country] > FRESH_FOR)
    ]
    return sum(_refresh(country, at=now) for country in wanted)


def _refresh(country: str, *, at: datetime) -> bool:
    """Renew one country's list; what was known stays when Mollie does not answer."""
    try:
        by_language = {lang: mollie_gateway.methods(country, locale) for lang, locale in LOCALES.items()}
    except MollieProblem:
        return False
    english = {method.id: method.name for method in by_language["en"]}
    content = [
        {
            "id": method.id,
            "name_nl": method.name,
            "name_en": english.get(method.id, method.name),
            "min_cents": method.min_cents,
            "max_cents": method.max_cents,
        }
        for method in by_language["nl"]
    ]
    with writing():
        told = {"content": json.dumps(content), "fetched_at": at}
        row = insert_or(OfferedMethods).values(country=country, **told)
        db.session.execute(row.on_conflict_do_update(index_elements=["country"], set_=told))
        db.session.commit()
    return True
