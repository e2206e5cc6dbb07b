"""My data: everything that is held, why, until when, and who got it."""

from flask import render_template
from flask.typing import ResponseReturnValue

from shop.core.access import data_subject
from shop.privacy.queries import held
from shop.privacy.subjects import current_subject
from shop.privacy.views.blueprint import bp


@bp.get("/account/data")
@data_subject
def my_data() -> ResponseReturnValue:
    """Everything that is held about whoever is here."""
    subject = current_subject()
    return render_template("privacy/my_data.html", subject=subject, items=list(held.items(subject.person_ids)))
