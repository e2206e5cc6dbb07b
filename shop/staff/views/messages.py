"""The desk for questions: who waits, what is answered, what was said by telephone, what is put apart."""

import secrets
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice

from shop.accounts.queries import account_by_email
from shop.contact import actions, rules
from shop.contact.actions import Question
from shop.contact.models import ContactThread
from shop.contact.queries import answer_templates, message_to_change, stuck_mails, thread_to_change
from shop.contact.words import age, covered, topic_name
from shop.core import clock
from shop.core.access import page_is_personal, staff_may
from shop.core.db import db
from shop.core.errors import Conflict, NotFound
from shop.core.templating import NOTICES
from shop.orders.queries import order_for_change, order_to_find
from shop.staff.audit import about, audited, while_restricted
from shop.staff.forms.messages import AnswerForm, AssignForm, CallForm, NewCallForm, SeenForm
from shop.staff.numbers import number_from_query
from shop.staff.queries import messages as queries
from shop.staff.queries.messages import ThreadPage
from shop.staff.users import this_member
from shop.staff.views.blueprint import bp

TABS: dict[str, Any] = {
    "waiting": _l("To answer"),
    "mine": _l("Mine"),
    "answered": _l("Answered"),
    "closed": _l("Closed"),
    "suspect": _l("Put apart"),
}
SUSPICIONS: dict[str, Any] = {
    "trap": _l("A field was filled in that people do not see."),
    "fast": _l("It was sent faster than anybody types, or not from our form."),
    "links": _l("There are many links in it."),
    "many": _l("Many messages came from the same connection."),
    "unproven": _l("It came during an attack, without the sum that the browser is asked for."),
    "staff": _l("A member of staff put it here."),
}

NOTICES["message-answered"] = _l("Your answer is stored and on its way.")
NOTICES["message-noted"] = _l("The call is noted. The customer can read it.")
NOTICES["message-assigned"] = _l("Noted who looks after this.")
NOTICES["message-closed"] = _l("Closed. The conversation goes six months from now.")
NOTICES["message-reopened"] = _l("Open again.")
NOTICES["message-apart"] = _l("Put apart.")
NOTICES["message-back"] = _l("It stands with the others.")
NOTICES["message-redacted"] = _l("The number is gone for good.")
NOTICES["message-stands"] = _l("The number is shown again.")


@bp.get("/messages")
@staff_may("messages:view")
@audited("messages.listed")
def messages() -> ResponseReturnValue:
    """The conversations of one tab."""
    tab = request.args.get("tab", "waiting")
    if tab not in TABS:
        abort(404)
    return _list(tab)


@bp.get("/messages/reports")
@staff_may("messages:security")
@audited("messages.reports_listed")
def security_reports() -> ResponseReturnValue:
    """Reports that something is not safe, the newest first."""
    return _list("reports")


def _list(tab: str) -> str:
    page_is_personal()
    member, now = this_member(), clock.now()
    sees = member.may("messages:security")
    found = queries.threads_in(tab, member_id=member.member_id, sees_security=sees, after=number_from_query("after"))
    rows = found[: queries.PAGE]
    return render_template(
        "staff/messages/list.html",
        tab=tab,
        tabs=TABS,
        reports=_l("Reports"),
        rows=rows,
        overdue={row.id for row in rows if rules.is_overdue(row.waiting_since, now)},
        stuck=stuck_mails(),
        topic_name=topic_name,
        age=age,
        suspicions=SUSPICIONS,
        next_after=rows[-1].id if len(found) > queries.PAGE else None,
    )


@bp.get("/messages/<id:thread_id>")
@staff_may("messages:view")
@audited("message.opened")
def message(thread_id: int) -> ResponseReturnValue:
    """One conversation, with room to answer."""
    return _page(_found(thread_id))


@bp.post("/messages/<id:thread_id>/answer")
@staff_may("messages:answer")
@audited("message.answered")
def answer_message(thread_id: int) -> ResponseReturnValue:
    """Answer the customer."""
    page, form = _found(thread_id), AnswerForm(prefix="answer-")
    if not form.validate_on_submit():
        return _page(page, answer=form), 422
    actions.answer(
        _held(thread_id),
        str(form.text.data),
        sending=str(form.sending.data),
        seen=int(str(form.seen.data)),
        staff_id=this_member().member_id,
        at=clock.now(),
    )
    return _back(thread_id, "message-answered")


@bp.post("/messages/<id:thread_id>/call")
@staff_may("messages:answer")
@audited("message.call_noted")
def note_call(thread_id: int) -> ResponseReturnValue:
    """Note what was said by telephone."""
    page, form = _found(thread_id), CallForm(prefix="call-")
    if not form.validate_on_submit():
        return _page(page, call=form), 422
    actions.note_call(
        _held(thread_id),
        str(form.text.data),
        sending=str(form.sending.data),
        seen=int(str(form.seen.data)),
        is_answer=bool(form.is_answer.data),
        staff_id=this_member().member_id,
        at=clock.now(),
    )
    return _back(thread_id, "message-noted")


@bp.post("/messages/<id:thread_id>/assign")
@staff_may("messages:answer")
@audited("message.assigned")
def assign_message(thread_id: int) -> ResponseReturnValue:
    """Say who looks after a conversation."""
    page, form = _found(thread_id), _assign_form()
    if not form.validate_on_submit():
        return _page(page, assign=form), 422
    actions.assign(_held(thread_id), form.assignee.data or None)
    return _back(thread_id, "message-assigned")


@bp.post("/messages/<id:thread_id>/close")
@staff_may("messages:answer")
@audited("message.closed")
def close_message(thread_id: int) -> ResponseReturnValue:
    """Close a conversation; not over a message that came in the meantime."""
    page, form = _found(thread_id), SeenForm()
    if not form.validate_on_submit():
        return _page(page), 422
    try:
        actions.close(_held(thread_id), seen=int(str(form.seen.data)), at=clock.now())
    except Conflict:
        db.session.rollback()
        problem = _("The customer wrote again in the meantime. Read that first.")
        return _page(_found(thread_id), problem=problem), 409
    return _back(thread_id, "message-closed")


@bp.post("/messages/<id:thread_id>/reopen")
@staff_may("messages:answer")
@audited("message.reopened")
def reopen_message(thread_id: int) -> ResponseReturnValue:
    """Take a closed conversation up again."""
    _found(thread_id)
    actions.reopen(_held(thread_id), clock.now())
    return _back(thread_id, "message-reopened")


@bp.post("/messages/<id:thread_id>/apart")
@staff_may("messages:answer")
@audited("message.put_apart")
def put_message_apart(thread_id: int) -> ResponseReturnValue:
    """Put a conversation with what is suspect."""
    _found(thread_id)
    actions.put_aside(_held(thread_id), is_suspect=True)
    return _back(thread_id, "message-apart")


@bp.post("/messages/<id:thread_id>/back")
@staff_may("messages:answer")
@audited("message.put_back")
def put_message_back(thread_id: int) -> ResponseReturnValue:
    """Take a conversation out of what is suspect."""
    _found(thread_id)
    actions.put_aside(_held(thread_id), is_suspect=False)
    return _back(thread_id, "message-back")


@bp.post("/messages/<id:thread_id>/<id:message_id>/redact")
@staff_may("messages:answer")
@audited("message.redacted")
@while_restricted
def redact_message(thread_id: int, message_id: int) -> ResponseReturnValue:
    """Take a number that nobody should read out of a message for good."""
    page = _found(thread_id)
    held = message_to_change(thread_id, message_id)
    if held is None:
        raise NotFound
    actions.redact(held, page.thread.language)
    return _back(thread_id, "message-redacted")


@bp.post("/messages/<id:thread_id>/<id:message_id>/stands")
@staff_may("messages:answer")
@audited("message.number_stands")
def let_number_stand(thread_id: int, message_id: int) -> ResponseReturnValue:
    """Say that a covered number is of another kind."""
    _found(thread_id)
    held = message_to_change(thread_id, message_id)
    if held is None:
        raise NotFound
    actions.let_numbers_stand(held)
    return _back(thread_id, "message-stands")


@bp.get("/messages/new")
@staff_may("messages:answer")
@audited("message.created")
def new_call() -> ResponseReturnValue:
    """Note a call of somebody with whom there is no conversation yet."""
    return _call_page(NewCallForm())


@bp.post("/messages/new")
@staff_may("messages:answer")
@audited("message.created")
def begin_with_call() -> ResponseReturnValue:
    """Begin a conversation with what was said by telephone."""
    form, now = NewCallForm(), clock.now()
    if not form.validate_on_submit():
        return _call_page(form), 422
    email, reference = form.email.data or None, form.order_reference.data or None
    order_id, person_id = _whose(email, reference)
    question = Question(
        topic=str(form.topic.data),
        text=str(form.text.data),
        language="nl",
        email=email,
        name=form.name.data or None,
        telephone=form.telephone.data or None,
        order_reference=reference,
        order_id=order_id,
        person_id=person_id,
        kind=rules.TELEPHONE,
        staff_id=this_member().member_id,
    )
    thread = actions.ask(question, receipt=str(form.sending.data), is_mailed=False, at=now)
    if form.is_answer.data:
        thread.waiting_since = None
    about(key=thread.id, person_id=thread.person_id)
    return _back(thread.id, "message-noted")


def _whose(email: str | None, reference: str | None) -> tuple[int | None, str | None]:
    """Whose call it is: the customer of the order that fits the address, else who has an account with it."""
    if email is None:
        return None, None
    found = order_to_find(reference.upper(), email) if reference else None
    order = order_for_change(found) if found is not None else None
    if order is not None and order.person_id is not None:
        return order.id, order.person_id
    account = account_by_email(email)
    return None, account.person_id if account is not None and account.confirmed_at is not None else None


def _found(thread_id: int) -> ThreadPage:
    """The conversation with this number; the audit log notes whose data was opened."""
    page = queries.thread_page(thread_id)
    if page is None:
        raise NotFound
    if page.thread.topic == rules.SECURITY and not this_member().may("messages:security"):
        abort(403)
    about(key=thread_id, person_id=page.thread.person_id)
    return page


def _held(thread_id: int) -> ContactThread:
    thread = thread_to_change(thread_id)
    if thread is None:
        raise NotFound
    return thread


def _back(thread_id: int, notice: str) -> ResponseReturnValue:
    db.session.commit()
    return redirect(url_for("staff.message", thread_id=thread_id, notice=notice), 303)


def _assign_form(**values: Any) -> AssignForm:
    form = AssignForm(**values)
    members = [(0, _("Nobody yet")), *queries.desk_members()]
    form.assignee.choices = [SelectChoice(value, name) for value, name in members]
    return form


def _call_page(form: NewCallForm) -> str:
    page_is_personal()
    form.sending.data = form.sending.data or secrets.token_urlsafe(32)
    return render_template("staff/messages/new.html", form=form)


def _page(
    page: ThreadPage,
    *,
    answer: AnswerForm | None = None,
    call: CallForm | None = None,
    assign: AssignForm | None = None,
    problem: str = "",
) -> str:
    page_is_personal()
    templates = answer_templates()
    chosen = next((t for t in templates if str(t.id) == request.args.get("template")), None)
    words = getattr(chosen, f"text_{page.thread.language}") if chosen else None
    answer = answer or AnswerForm(formdata=None, prefix="answer-", text=words)
    call = call or CallForm(formdata=None, prefix="call-")
    for form in (answer, call):
        form.sending.data = form.sending.data or secrets.token_urlsafe(32)
        form.seen.data = page.last_id
    return render_template(
        "staff/messages/thread.html",
        page=page,
        thread=page.thread,
        answer=answer,
        call=call,
        assign=assign or _assign_form(formdata=None, assignee=page.thread.assignee_id or 0),
        seen=SeenForm(formdata=None, seen=page.last_id),
        templates=templates,
        suspicions=SUSPICIONS,
        is_overdue=rules.is_overdue(page.thread.waiting_since, clock.now()),
        covered=covered,
        topic_name=topic_name,
        age=age,
        problem=problem,
    )
