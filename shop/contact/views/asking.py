"""Asking the shop something: from anywhere, or about an order whose page somebody opened."""

import secrets
from dataclasses import replace

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from shop.accounts.queries import account_of
from shop.contact import actions, limits, queries
from shop.contact.actions import Question
from shop.contact.forms import ContactForm, GuardedForm, OrderQuestionForm, SentForm
from shop.contact.views.blueprint import bp
from shop.core import clock
from shop.core.access import anyone, customer_only, page_is_personal
from shop.core.db import db
from shop.core.errors import NotFound
from shop.core.i18n import language
from shop.core.security import limiter
from shop.core.twins import sent_once
from shop.orders.models import Order
from shop.orders.queries import order_by_link, order_of

AS_OFTEN = "20/minute;200/day"  # more than anybody has questions; what was sent before is stored


@bp.get("/contact")
@anyone
def ask() -> ResponseReturnValue:
    """How to reach the shop, and a form for a question."""
    page_is_personal()
    form = ContactForm()
    if current_user.is_authenticated:
        form.email.data = current_user.account.email
    return _page(form)


@bp.post("/contact")
@limiter.limit(AS_OFTEN)
@anyone
@sent_once
def send_question() -> ResponseReturnValue:
    """Take a question; nobody is refused, what is suspect stands apart until somebody has looked."""
    page_is_personal()
    form = ContactForm()
    if not form.validate_on_submit():
        return _page(form), 422
    question = Question(
        topic=str(form.topic.data),
        text=str(form.text.data),
        language=language(),
        email=form.email.data,
        name=on_one_line(form.name.data),
        telephone=on_one_line(form.telephone.data),
        order_reference=on_one_line(form.order_reference.data),
        person_id=signed_in_person(),
    )
    return take(form, question)


@bp.get("/orders/<token:token>/contact")
@anyone
def ask_about_order(token: str) -> ResponseReturnValue:
    """A question about the order of a mailed link; any other link leads to the form for everybody."""
    page_is_personal()
    order = order_by_link(token)
    if order is None or order.email is None:
        return redirect(url_for("contact.ask"), 303)
    return _order_page(order, OrderQuestionForm(), url_for("contact.send_about_order", token=token))


@bp.post("/orders/<token:token>/contact")
@limiter.limit(AS_OFTEN)
@anyone
@sent_once
def send_about_order(token: str) -> ResponseReturnValue:
    """Take a question about the order of a mailed link."""
    page_is_personal()
    order, form = order_by_link(token), OrderQuestionForm()
    if order is None or order.email is None:
        return redirect(url_for("contact.ask"), 303)
    if not form.validate_on_submit():
        return _order_page(order, form, url_for("contact.send_about_order", token=token)), 422
    return take(form, _about(order, str(form.text.data)))


@bp.get("/account/orders/<number>/contact")
@customer_only
def ask_about_own_order(number: str) -> ResponseReturnValue:
    """A question about one of a customer's own orders."""
    page_is_personal()
    order = _own_order(number)
    return _order_page(order, OrderQuestionForm(), url_for("contact.send_about_own_order", number=order.number))


@bp.post("/account/orders/<number>/contact")
@limiter.limit(AS_OFTEN)
@customer_only
@sent_once
def send_about_own_order(number: str) -> ResponseReturnValue:
    """Take a question about one of a customer's own orders."""
    page_is_personal()
    order, form = _own_order(number), OrderQuestionForm()
    if not form.validate_on_submit():
        return _order_page(order, form, url_for("contact.send_about_own_order", number=order.number)), 422
    account = account_of(current_user.person_id)
    return take(form, replace(_about(order, str(form.text.data)), email=account.email if account else order.email))


def take(form: SentForm, question: Question) -> ResponseReturnValue:
    """Store a question and lead on to its page, which shows the reference."""
    receipt = str(form.sending.data)
    if isinstance(form, GuardedForm):
        question = replace(question, suspicion=_suspicion(form, question))
    is_new = queries.thread_by_receipt(receipt) is None
    is_mailed = is_new and question.email is not None and limits.may_mail_receipt(question.email)
    actions.ask(question, receipt=receipt, is_mailed=is_mailed, at=clock.now())
    db.session.commit()
    notice = "contact-received" if is_mailed else "contact-stored"
    return redirect(url_for("contact.conversation", token=receipt, notice=notice), 303)


def fresh(form: SentForm) -> None:
    """Give a form the things that make each sending its own; what was sent keeps its own."""
    form.sending.data = form.sending.data or secrets.token_urlsafe(32)
    if isinstance(form, GuardedForm):
        form.stamp.data = form.stamp.data or limits.new_stamp()


def puzzle(form: GuardedForm) -> str:
    """What the browser is asked to work out, only while the shop is under attack."""
    return limits.nonce_of(str(form.stamp.data)) if limits.is_under_attack() else ""


def signed_in_person() -> str | None:
    """Who is signed in."""
    return current_user.person_id if current_user.is_authenticated else None


def on_one_line(text: str | None) -> str:
    """A typed text without breaks."""
    return " ".join((text or "").split())


def _suspicion(form: GuardedForm, question: Question) -> str:
    return limits.suspicion(
        stamp=str(form.stamp.data or ""),
        trap=str(form.website.data or ""),
        proof=str(form.proof.data or ""),
        text=question.text,
        is_known=question.person_id is not None,
    )


def _about(order: Order, text: str) -> Question:
    return Question(
        topic="order",
        text=text,
        language=language(),
        email=order.email,
        order_reference=order.number,
        order_id=order.id,
        person_id=order.person_id,
    )


def _own_order(number: str) -> Order:
    found = order_of(current_user.person_id, number[:20])
    if found is None:
        raise NotFound
    return found


def _page(form: ContactForm) -> str:
    fresh(form)
    return render_template("contact/ask.html", form=form, puzzle=puzzle(form))


def _order_page(order: Order, form: OrderQuestionForm, action: str) -> str:
    fresh(form)
    back = request.path.removesuffix("/contact")
    return render_template(
        "contact/ask_about_order.html", order=order, form=form, action=action, back=request.script_root + back
    )
