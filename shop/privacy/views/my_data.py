"""My data: everything that is held, why, until when, and who got it."""

import json

from flask import Response, current_app, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from shop.accounts.limits import limit_downloads
from shop.core import clock
from shop.core.access import data_subject, public_page
from shop.core.errors import NotFound
from shop.core.personal_data import Category
from shop.people.models import AuditEntry, Disclosure
from shop.privacy import export, showing
from shop.privacy.data_schema import data_schema
from shop.privacy.queries.overview import overview, page_of
from shop.privacy.subjects import current_subject, freshly_proved, has_fresh_proof
from shop.privacy.views.blueprint import bp


@bp.get("/account/data")
@data_subject
def my_data() -> ResponseReturnValue:
    """Everything that is held about whoever is here, by the policy's eight kinds of data."""
    subject = current_subject()
    kinds = overview(subject.person_ids, subject.browser_ids)
    ledgers = {kind.name: kind for kind in kinds}
    return render_template(
        "privacy/my_data.html",
        subject=subject,
        kinds=kinds,
        categories=list(Category),
        disclosures=ledgers.get(Disclosure.__tablename__),
        looks=ledgers.get(AuditEntry.__tablename__),
        showing=showing,
    )


@bp.get("/account/data/all/<kind>")
@data_subject
def all_of_kind(kind: str) -> ResponseReturnValue:
    """All rows of one kind, a page at a time."""
    subject = current_subject()
    page = page_of(kind, subject.person_ids, subject.browser_ids, before=request.args.get("before"))
    if page is None or not page.items:
        raise NotFound
    return render_template("privacy/all_of_kind.html", subject=subject, page=page, kind=kind, showing=showing)


@bp.get("/account/data/take")
@data_subject
@freshly_proved
def take() -> ResponseReturnValue:
    """What a download holds, and the way to it."""
    return render_template("privacy/take.html", subject=current_subject())


@bp.get("/account/data/download")
@data_subject
@limit_downloads
def download() -> ResponseReturnValue:
    """Everything that is held, as a ZIP; asks for the password or a code first."""
    at = clock.now()
    if not has_fresh_proof(at):
        return redirect(url_for("privacy.confirm", next=url_for("privacy.take")), 303)
    pieces = export.download(current_subject(), current_app.extensions["identity"], at)
    answer = Response(stream_with_context(pieces), mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="gegevens-{clock.local_date(at).isoformat()}.zip"'
    answer.headers["X-Accel-Buffering"] = "no"  # no proxy may lay it on its disk either
    return answer


@bp.get("/privacy/gegevens.schema.json")
@public_page
def data_schema_file() -> ResponseReturnValue:
    """What gegevens.json in a download looks like, for programs."""
    return Response(json.dumps(data_schema(), ensure_ascii=False, indent=1), mimetype="application/schema+json")
