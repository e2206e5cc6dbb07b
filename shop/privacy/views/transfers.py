"""Taking one's data to another organisation (GDPR art. 20(2)): asked by its owner, fetched by who accepts it."""

import secrets
from collections.abc import Iterator

from flask import Response, current_app, redirect, render_template, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.core import clock
from shop.core.access import anyone, data_subject, page_is_personal
from shop.core.db import db
from shop.core.errors import Conflict, NotFound
from shop.core.i18n import language
from shop.core.security import limiter
from shop.core.templating import NOTICES
from shop.core.twins import sent_once
from shop.privacy import export
from shop.privacy.actions import transfers as actions
from shop.privacy.forms.choices import AcceptTransferForm, TransferForm
from shop.privacy.limits import may_mail
from shop.privacy.models import Transfer
from shop.privacy.queries.contents import contents_of
from shop.privacy.subjects import Subject, current_subject, freshly_proved
from shop.privacy.views.blueprint import bp

AS_OFTEN = "10/minute;50/day"

NOTICES["transfer-started"] = _l("The organisation has a message with a link. You see here when it fetches your data.")
NOTICES["transfer-canceled"] = _l("The transfer is canceled. The link no longer works.")


@bp.get("/account/data/transfer")
@data_subject
@freshly_proved
def transfer() -> ResponseReturnValue:
    """What will go, to whom; and what went before."""
    return _page(TransferForm(key=secrets.token_urlsafe(32)))


@bp.post("/account/data/transfer")
@limiter.limit(AS_OFTEN)
@data_subject
@freshly_proved
@sent_once
def start_transfer() -> ResponseReturnValue:
    """Offer the data to an organisation; a stolen session cannot, for it takes the password or a code."""
    subject, form = current_subject(), TransferForm()
    if not form.validate_on_submit():
        return _page(form), 422
    if not may_mail(str(form.email.data), "transfer"):
        form.email.errors = [_("Too many messages went to this address today.")]
        return _page(form), 422
    started = actions.start(
        subject.person_ids,
        organisation=str(form.organisation.data),
        email=str(form.email.data),
        key=str(form.key.data),
        language=language(),
        at=clock.now(),
    )
    if started is None:
        db.session.rollback()
        form.organisation.errors = [_("Five transfers are waiting already. Cancel one first.")]
        return _page(form), 422
    db.session.commit()
    return redirect(url_for("privacy.transfer", notice="transfer-started"), 303)


@bp.post("/account/data/transfer/<id:transfer_id>/cancel")
@data_subject
def cancel_transfer(transfer_id: int) -> ResponseReturnValue:
    """Take an offer back before it was fetched."""
    if not actions.cancel(transfer_id, current_subject().person_ids, at=clock.now()):
        raise Conflict
    db.session.commit()
    return redirect(url_for("privacy.transfer", notice="transfer-canceled"), 303)


@bp.get("/transfer/<token:token>")
@anyone
def fetch_transfer(token: str) -> ResponseReturnValue:
    """Where the organisation says who it is; looking at the page fetches nothing."""
    _offered(token)
    return _fetch_page(token, AcceptTransferForm(formdata=None))


@bp.post("/transfer/<token:token>")
@limiter.limit(AS_OFTEN)
@anyone
def send_transfer(token: str) -> ResponseReturnValue:
    """Hand the data over, once, to who accepts it; made while it is sent, and kept nowhere."""
    _offered(token)
    form = AcceptTransferForm()
    if not form.validate_on_submit():
        return _fetch_page(token, form), 422
    now = clock.now()
    fetched = actions.fetch(token, stated_name=str(form.stated_name.data), at=now)
    if fetched is None:
        raise NotFound
    subject = Subject(actions.people_of(fetched), "", None, has_proved_mailbox=False)
    db.session.commit()
    pieces: Iterator[bytes] = export.download(subject, current_app.extensions["identity"], now)
    answer = Response(stream_with_context(pieces), mimetype="application/zip")
    answer.headers["Content-Disposition"] = 'attachment; filename="gegevens.zip"'
    return answer


def _offered(token: str) -> Transfer:
    page_is_personal()
    found = actions.offered(token, at=clock.now())
    if found is None:
        raise NotFound
    return found


def _fetch_page(token: str, form: AcceptTransferForm) -> str:
    return render_template("privacy/fetch_transfer.html", token=token, form=form)


def _page(form: TransferForm) -> str:
    subject, now = current_subject(), clock.now()
    return render_template(
        "privacy/transfer.html",
        form=form,
        contents=contents_of(subject.person_ids),
        transfers=[(one, actions.is_open(one, now)) for one in actions.transfers_of(subject.person_ids)],
    )
