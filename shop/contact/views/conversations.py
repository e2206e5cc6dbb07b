"""A conversation as the customer reads it and goes on with it: by a mailed link, or in the account."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from shop.contact import actions, queries
from shop.contact.forms import ConfirmForm, WriteMoreForm
from shop.contact.models import ContactThread
from shop.contact.views.asking import AS_OFTEN, fresh
from shop.contact.views.blueprint import bp
from shop.contact.words import covered, topic_name
from shop.core import clock
from shop.core.access import anyone, customer_only, page_is_personal
from shop.core.db import db
from shop.core.errors import NotFound
from shop.core.security import MAX_ID, limiter
from shop.core.templating import NOTICES
from shop.core.twins import sent_once

NOTICES["contact-received"] = _l("We have your message. A confirmation is on its way to you by e-mail.")
NOTICES["contact-stored"] = _l("We have your message. Keep the address of this page: our answer comes here too.")
NOTICES["contact-sent"] = _l("We have your message.")
NOTICES["contact-confirmed"] = _l("Thank you. Your message now stands with the others.")


@bp.get("/contact/<token:token>")
@anyone
def conversation(token: str) -> ResponseReturnValue:
    """A conversation, for who has its link."""
    page_is_personal()
    return _page(_by_token(token), WriteMoreForm(formdata=None), token)


@bp.post("/contact/<token:token>")
@limiter.limit(AS_OFTEN)
@anyone
@sent_once
def write_more(token: str) -> ResponseReturnValue:
    """The customer's next message, by link."""
    page_is_personal()
    return _take(_by_token(token), token)


@bp.post("/contact/<token:token>/confirm")
@limiter.limit(AS_OFTEN)
@anyone
def confirm(token: str) -> ResponseReturnValue:
    """Say, by the link in the e-mail, that a message is one's own."""
    page_is_personal()
    thread = _by_token(token)
    if not queries.was_mailed(token) or not ConfirmForm().validate_on_submit():
        return _page(thread, WriteMoreForm(formdata=None), token), 422
    actions.confirm(thread)
    db.session.commit()
    return redirect(url_for("contact.conversation", token=token, notice="contact-confirmed"), 303)


@bp.get("/account/messages")
@customer_only
def conversations() -> ResponseReturnValue:
    """A customer's conversations, newest first."""
    page_is_personal()
    before = request.args.get("before", "")
    start = min(int(before), MAX_ID) if before.isascii() and before.isdigit() and len(before) < 17 else None
    found = queries.threads_of(current_user.person_id, before=start)
    rows = found[: queries.PAGE]
    return render_template(
        "contact/conversations.html",
        rows=rows,
        next_before=rows[-1].id if len(found) > queries.PAGE else None,
        is_first=start is None,
        topic_name=topic_name,
    )


@bp.get("/account/messages/<reference>")
@customer_only
def own_conversation(reference: str) -> ResponseReturnValue:
    """One of a customer's own conversations."""
    page_is_personal()
    return _page(_own(reference), WriteMoreForm(formdata=None), None)


@bp.post("/account/messages/<reference>")
@limiter.limit(AS_OFTEN)
@customer_only
@sent_once
def write_more_signed_in(reference: str) -> ResponseReturnValue:
    """The customer's next message, in the account."""
    page_is_personal()
    return _take(_own(reference), None)


def _by_token(token: str) -> ContactThread:
    thread = queries.thread_by_token(token)
    if thread is None:
        raise NotFound
    return thread


def _own(reference: str) -> ContactThread:
    thread = queries.thread_of(current_user.person_id, reference[:12])
    if thread is None:
        raise NotFound
    return thread


def _take(thread: ContactThread, token: str | None) -> ResponseReturnValue:
    form = WriteMoreForm()
    if not form.validate_on_submit():
        return _page(thread, form, token), 422
    held = queries.thread_to_change(thread.id)
    if held is None:
        raise NotFound
    try:
        actions.write_more(held, str(form.text.data), sending=str(form.sending.data), at=clock.now())
    except actions.TooManyMessages:
        return redirect(url_for("contact.ask"), 303)
    db.session.commit()
    if token is None:
        return redirect(url_for("contact.own_conversation", reference=thread.reference, notice="contact-sent"), 303)
    return redirect(url_for("contact.conversation", token=token, notice="contact-sent"), 303)


def _page(thread: ContactThread, form: WriteMoreForm, token: str | None) -> str:
    fresh(form)
    may_confirm = token is not None and thread.is_suspect and thread.suspicion != "staff" and queries.was_mailed(token)
    return render_template(
        "contact/own_conversation.html" if token is None else "contact/conversation.html",
        thread=thread,
        messages=thread.messages,
        form=form,
        token=token,
        may_confirm=may_confirm,
        covered=covered,
    )
