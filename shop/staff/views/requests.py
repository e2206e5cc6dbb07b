"""The requests desk: what people ask about their rights, its clock, and the answer of somebody with a name."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice

from shop.core import clock
from shop.core.access import page_is_personal, staff_may
from shop.core.citizen_numbers import citizen_numbers
from shop.core.db import db, is_postgresql
from shop.core.errors import Conflict, NotFound
from shop.core.i18n import language
from shop.core.templating import NOTICES
from shop.privacy.actions import erasing, id_copies
from shop.privacy.actions import requests as desk
from shop.privacy.actions.requests import Asked
from shop.privacy.actions.retention import CannotHold
from shop.privacy.emails.requests import letter
from shop.privacy.models import RightsRequest
from shop.privacy.queries import receipts
from shop.privacy.queries import requests as queries
from shop.privacy.queries.erasing import Plan, plan_for
from shop.privacy.queries.keeping import rows_to_keep
from shop.privacy.rules import requests as rules
from shop.privacy.words import CHANNELS, DECISIONS, EVENTS, PROOFS, SHORT_KINDS, STAGES
from shop.staff.audit import about, audited, while_restricted
from shop.staff.forms.requests import AskIdCopyForm, DecideRequestForm, ExtendForm, ProofForm, RegisterRequestForm
from shop.staff.numbers import number_from_query
from shop.staff.users import this_member
from shop.staff.views.blueprint import bp

PATIENCE = 2.0  # seconds that an answer may wait for readers of the database
TABS: dict[str, Any] = {"open": _l("To answer"), "decided": _l("Decided")}

NOTICES["request-registered"] = _l("The request is registered. Its clock runs from the day it was received.")
NOTICES["request-proved"] = _l("Noted: you know that it is them.")
NOTICES["request-mailbox"] = _l("A link went to the e-mail address that the request is about.")
NOTICES["request-extended"] = _l("More time was taken, and the reason is on its way.")
NOTICES["request-decided"] = _l("Your decision was noted, and the answer is on its way.")
NOTICES["request-to-print"] = _l("Your decision was noted. There is no e-mail address: print the letter.")
NOTICES["request-cleaned"] = _l("The number was made unreadable.")


@bp.get("/requests")
@staff_may("requests:count")
@audited("requests.listed")
def rights_requests() -> ResponseReturnValue:
    """How many requests wait and how pressing they are; the requests themselves only for whoever handles them."""
    page_is_personal()
    tab, today = request.args.get("tab", "open"), clock.today()
    if tab not in TABS:
        abort(404)
    rows: list[RightsRequest] = []
    next_page: dict[str, Any] | None = None
    if this_member().may("requests:handle"):
        found = list(queries.requests_in(tab, after=_after(), before=number_from_query("before")))
        rows = found[: queries.PAGE]
        if len(found) > queries.PAGE:
            last = rows[-1]
            next_page = {"after": last.id, "due": last.due_on.isoformat()} if tab == "open" else {"before": last.id}
    unsent = queries.unsent_among(row.id for row in rows)
    return render_template(
        "staff/requests/list.html",
        tab=tab,
        tabs=TABS,
        rows=rows,
        counts=queries.counts(today),
        stages={row.id: STAGES[_stage(row, today, is_unsent=row.id in unsent)] for row in rows},
        unsent=unsent,
        left={row.id: queries.days_left(row.due_on, today) for row in rows},
        kinds=SHORT_KINDS,
        channels=CHANNELS,
        decisions=DECISIONS,
        next_page=next_page,
        child=rules.CHILD,
    )


def _after() -> tuple[date, int] | None:
    last = number_from_query("after")
    try:
        return (date.fromisoformat(request.args.get("due", "")), last) if last is not None else None
    except ValueError:
        return None


def _stage(row: RightsRequest, today: date, *, is_unsent: bool) -> rules.Stage:
    return rules.stage(due=row.due_on, today=today, is_decided=row.decided_at is not None and not is_unsent)


@bp.route("/requests/new", methods=["GET", "POST"])
@staff_may("requests:handle")
@audited("rights_request.created")
def register_request() -> ResponseReturnValue:
    """Register a request that came by e-mail, telephone or post, with the day on which it was received."""
    page_is_personal()
    form = RegisterRequestForm()
    if not form.is_submitted():
        form.received_on.data, form.language.data = clock.today(), language()
    if not form.validate_on_submit():
        return render_template("staff/requests/new.html", form=form), 422 if form.is_submitted() else 200
    known = form.known_email.data or form.email.data
    taken = desk.take_in(
        Asked(
            kind=str(form.kind.data),
            channel=str(form.channel.data),
            language=str(form.language.data),
            received_on=form.received_on.data or clock.today(),
            email=form.email.data,
            known_email=str(known) if known else None,
            name=form.name.data,
            postal_address=form.postal_address.data,
            message=form.message.data,
        ),
        staff_id=this_member().member_id,
        at=clock.now(),
    )
    about(key=taken.id)
    return _back(taken.id, "request-registered")


@bp.get("/requests/<id:rights_id>")
@staff_may("requests:handle")
@audited("rights_request.opened")
def rights_request(rights_id: int) -> ResponseReturnValue:
    """One request: what is asked, how we know that it is them, what is decided."""
    return request_page(found_request(rights_id))


@bp.post("/requests/<id:rights_id>/prove")
@staff_may("requests:handle")
@audited("rights_request.proved")
@while_restricted
def prove_request(rights_id: int) -> ResponseReturnValue:
    """Note how somebody came to know that it is them."""
    asked, form = found_request(rights_id), ProofForm()
    if not form.validate_on_submit():
        return request_page(asked, proof=form), 422
    try:
        person_id = queries.known_person(asked)
        desk.prove(
            rights_id, str(form.proof.data), person_id=person_id, staff_id=this_member().member_id, at=clock.now()
        )
    except rules.AlreadyDecided:
        raise Conflict from None
    about(person_id=asked.person_id)  # it may turn out to be somebody whom the shop knew
    return _back(rights_id, "request-proved")


@bp.post("/requests/<id:rights_id>/mailbox")
@staff_may("requests:handle")
@audited("rights_request.mailbox_asked")
@while_restricted
def ask_for_mailbox(rights_id: int) -> ResponseReturnValue:
    """Send a link to the known address: whoever opens it has proved the mailbox."""
    asked = found_request(rights_id)
    if asked.decided_at is not None or not asked.known_email or asked.proof:
        raise Conflict
    desk.ask_for_mailbox(rights_id, staff_id=this_member().member_id, at=clock.now())
    return _back(rights_id, "request-mailbox")


@bp.post("/requests/<id:rights_id>/extend")
@staff_may("requests:handle")
@audited("rights_request.extended")
@while_restricted
def extend_request(rights_id: int) -> ResponseReturnValue:
    """Take more time for a complex request, before day 28 and with the reason told."""
    asked, form = found_request(rights_id), ExtendForm()
    if not form.validate_on_submit():
        return request_page(asked, extend=form), 422
    try:
        desk.extend(rights_id, reason=str(form.why.data), staff_id=this_member().member_id, at=clock.now())
    except rules.TooLateToExtend:
        db.session.rollback()
        form.why.errors = [_("More time can only be taken once, and before day 28.")]
        return request_page(found_request(rights_id), extend=form), 422
    return _back(rights_id, "request-extended")


@bp.post("/requests/<id:rights_id>/decide")
@staff_may("requests:handle")
@audited("rights_request.decided")
@while_restricted
def decide_request(rights_id: int) -> ResponseReturnValue:
    """Answer a request: always with a reason, and in the name of who decides."""
    asked, form = found_request(rights_id), DecideRequestForm()
    if not form.validate_on_submit():
        return request_page(asked, decide=form), 422
    about(reason=str(form.decision.data))
    try:
        decided = desk.decide(
            rights_id,
            str(form.decision.data),
            reason=str(form.reason.data),
            staff_id=this_member().member_id,
            at=clock.now(),
            stays=form.stays.data or (),
            until=_end_of(form.until.data),
        )
    except rules.AlreadyDecided:
        raise Conflict from None
    except (rules.NothingStays, CannotHold):
        db.session.rollback()
        form.stays.errors = [_("Choose what stays. If all may go, grant the whole request.")]
        return request_page(found_request(rights_id), decide=form), 422
    except rules.NotProved:
        db.session.rollback()
        decide = DecideRequestForm()
        decide.decision.errors = [_("First note how you know that it is them.")]
        return request_page(found_request(rights_id), decide=decide), 422
    id_copies.destroy_of_request(rights_id, why="decided", staff_id=this_member().member_id, at=clock.now())
    code, notice = decided.receipt_code, "request-decided" if decided.email else "request-to-print"
    answer = _back(rights_id, notice)
    _erase(code)
    return answer


def _end_of(day: date | None) -> datetime | None:
    """The moment that a day is over, in Dutch time."""
    return None if day is None else datetime.combine(day + timedelta(days=1), time.min, clock.AMSTERDAM)


def _erase(code: str | None) -> None:
    """Carry out at once the erasure that a committed decision promised."""
    found = receipts.receipt(code) if code else None
    if found is not None:
        number = found.id
        db.session.rollback()
        erasing.try_now(number, clock.now(), patience=PATIENCE)


@bp.post("/requests/<id:rights_id>/clean")
@staff_may("requests:handle")
@audited("rights_request.number_removed")
@while_restricted
def clean_request(rights_id: int) -> ResponseReturnValue:
    """Make a citizen service number unreadable."""
    found_request(rights_id)
    desk.take_citizen_number_out(rights_id, staff_id=this_member().member_id, at=clock.now())
    return _back(rights_id, "request-cleaned")


@bp.post("/requests/<id:rights_id>/letter")
@staff_may("requests:handle")
@audited("rights_request.letter_printed")
@while_restricted
def print_letter(rights_id: int) -> ResponseReturnValue:
    """The answer as a letter, to print and to post."""
    found_request(rights_id)
    asked = desk.note_printed(rights_id, staff_id=this_member().member_id, at=clock.now())
    text, code = letter(asked, on=clock.today()), asked.receipt_code
    page = render_template("staff/requests/letter.html", asked=asked, text=text)
    db.session.commit()
    _erase(code)
    return page


def found_request(rights_id: int) -> RightsRequest:
    """The request with this number; the audit log notes whose was opened."""
    asked = queries.request_with_events(rights_id)
    if asked is None:
        raise NotFound
    about(key=rights_id, person_id=asked.person_id)
    return asked


def _back(rights_id: int, notice: str) -> ResponseReturnValue:
    db.session.commit()
    return redirect(url_for("staff.rights_request", rights_id=rights_id, notice=notice), 303)


def request_page(
    asked: RightsRequest,
    *,
    proof: ProofForm | None = None,
    extend: ExtendForm | None = None,
    decide: DecideRequestForm | None = None,
    id_copy: AskIdCopyForm | None = None,
) -> str:
    """Everything about one request, with forms that came back as they were filled in."""
    page_is_personal()
    today = clock.today()
    staff = {event.staff_id for event in asked.events if event.staff_id} | {asked.decided_by or 0}
    names, plan = queries.names_of_staff(staff), _would_erase(asked)
    is_unsent = asked.id in queries.unsent_among([asked.id])
    decide = decide or DecideRequestForm(formdata=None)
    decide.stays.choices = [
        SelectChoice(one.item, f"{str(one.label)[:1].upper()}{str(one.label)[1:]} {one.name}".strip())
        for one in (rows_to_keep(plan.person_ids) if plan else ())
    ]
    return render_template(
        "staff/requests/request.html",
        asked=asked,
        today=today,
        left=queries.days_left(asked.due_on, today),
        stage=STAGES[_stage(asked, today, is_unsent=is_unsent)],
        is_unsent=is_unsent,
        kind=SHORT_KINDS[asked.kind],
        channel=CHANNELS[asked.channel],
        proof_text=PROOFS[asked.proof],
        decision=DECISIONS.get(asked.decision),
        steps=[
            {"at": event.at, "text": EVENTS.get(event.kind, event.kind), "detail": names.get(event.staff_id or 0)}
            for event in asked.events
        ],
        decided_by=names.get(asked.decided_by or 0),
        is_known=bool(asked.proof) or queries.known_person(asked) is not None,
        citizen_numbers=citizen_numbers(asked.message),
        may_extend=asked.kind != rules.CHILD
        and rules.may_extend(
            asked.received_on, today=today, is_extended=asked.is_extended, is_decided=asked.decided_at is not None
        ),
        latest=rules.latest_due_on(asked.received_on),
        may_ask_id_copy=asked.decided_at is None and rules.proof_allows_id_copy(asked.kind, asked.proof),
        copies=queries.copies_of(asked.id),
        plan=plan,
        preview=receipts.preview_of(plan) if plan else None,
        is_later=is_postgresql(),
        gives_way=rules.gives_way(asked.kind, rules.GRANTED, asked.proof),
        waits_for_letter=rules.erases(asked.kind, asked.decision) and asked.receipt_code is None and not asked.email,
        proof=proof or ProofForm(formdata=None),
        extend=extend or ExtendForm(formdata=None),
        decide=decide,
        id_copy=id_copy or AskIdCopyForm(formdata=None),
        child=rules.CHILD,
    )


def _would_erase(asked: RightsRequest) -> Plan | None:
    """What granting would erase, shown before anybody decides; nothing when this is no such request, or not proved."""
    if asked.decided_at is not None or not asked.proof or not rules.erases(asked.kind, rules.GRANTED):
        return None
    return plan_for(queries.people_to_erase(asked))
