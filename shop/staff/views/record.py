"""What the shop answers for: the record of processing, its processors, its breaches, and whom they touched."""

import json

from flask import Response, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice

from shop.core import clock
from shop.core.access import page_is_personal, staff_may
from shop.core.db import db
from shop.core.errors import Conflict, NotFound
from shop.core.personal_data import Recipient
from shop.core.templating import NOTICES
from shop.privacy.actions import record as actions
from shop.privacy.models import Breach
from shop.privacy.queries import receipts, retention, touched
from shop.privacy.queries import record as queries
from shop.privacy.queries.requests import name_of_staff
from shop.privacy.rules import breaches as rules
from shop.staff.audit import about, audited
from shop.staff.forms.record import BreachForm, BreachLetterForm, DecideBreachForm, ProcessorForm, TouchedForm
from shop.staff.numbers import number_from_query
from shop.staff.queries import team
from shop.staff.users import this_member
from shop.staff.views.blueprint import bp
from shop.staff.words import kind_text

NOTICES["processor-saved"] = _l("The agreement is noted.")
NOTICES["breach-saved"] = _l("Saved.")
NOTICES["breach-decided"] = _l("Your decision was noted.")
NOTICES["people-noted"] = _l("Who is touched is noted.")
NOTICES["letters-queued"] = _l("The letters are on their way.")


@bp.get("/privacy")
@staff_may("record:view")
@audited("record.opened")
def privacy_record() -> ResponseReturnValue:
    """The record at a glance: processors, breaches, and what the register says."""
    page_is_personal()
    now, run = clock.now(), retention.last_run()
    found = queries.breaches(before=number_from_query("before"))
    return render_template(
        "staff/record/show.html",
        parties=queries.parties(current_app.config),
        breaches=[(one, rules.tone(one.aware_at, now, is_decided=one.decided_at is not None)) for one in found[:50]],
        next_before=found[49].id if len(found) > 50 else None,
        report_by=rules.report_by,
        rows=len(list(queries.record_rows())),
        run=run,
        went=sum(json.loads(run.done).values()) if run else 0,
        is_late=retention.is_late(now),
        holds=len(retention.holds(now)),
        erasures=receipts.newest(),
    )


@bp.get("/privacy/record")
@staff_may("record:view")
@audited("record.read")
def processing_record() -> ResponseReturnValue:
    """The record of processing (GDPR art. 30), printed from the register."""
    page_is_personal()
    return render_template("staff/record/processing.html", places=queries.record_by_place())


@bp.get("/privacy/record.csv")
@staff_may("record:view")
@audited("record.downloaded")
def processing_record_file() -> ResponseReturnValue:
    """The same as a CSV file."""
    page_is_personal()
    answer = Response(queries.record_csv(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="verwerkingsregister.csv"'
    return answer


@bp.route("/privacy/processors/<slug:recipient>", methods=["GET", "POST"])
@staff_may("record:edit")
@audited("processor.changed")
def edit_processor(recipient: str) -> ResponseReturnValue:
    """Note what is agreed with somebody who receives data."""
    page_is_personal()
    party = next(
        (one for one in queries.parties(current_app.config) if one.recipient.replace(" ", "-") == recipient), None
    )
    if party is None:
        raise NotFound
    form = ProcessorForm(obj=party.known)
    if not form.is_submitted() and party.known is None:
        form.role.data = "processor" if party.is_processor else "controller"
    if not form.validate_on_submit():
        page = render_template("staff/record/processor.html", form=form, party=party, slug=recipient)
        return page, 422 if form.is_submitted() else 200
    actions.set_processor(
        Recipient(party.recipient).value,
        at=clock.now(),
        name=str(form.name.data),
        role=str(form.role.data),
        region=form.region.data or "",
        subprocessors=form.subprocessors.data or "",
        agreement_on=form.agreement_on.data,
    )
    db.session.commit()
    return redirect(url_for("staff.privacy_record", notice="processor-saved"), 303)


@bp.route("/privacy/breaches/new", methods=["GET", "POST"])
@staff_may("record:edit")
@audited("breach.created")
def new_breach() -> ResponseReturnValue:
    """Begin a breach's page."""
    page_is_personal()
    form = BreachForm()
    if not form.is_submitted():
        form.aware_at.data = clock.now().astimezone(clock.AMSTERDAM)
    if not form.validate_on_submit():
        page = render_template("staff/record/new_breach.html", form=form)
        return page, 422 if form.is_submitted() else 200
    aware_at = form.aware_at.data
    assert aware_at is not None
    breach = actions.open_breach(str(form.title.data), aware_at=aware_at, recorded_by=this_member().member_id)
    _fill(breach, form)
    about(key=breach.id)
    return _back(breach.id, "breach-saved")


@bp.route("/privacy/breaches/<id:breach_id>", methods=["GET", "POST"])
@staff_may("record:view")
@audited("breach.changed")
def breach(breach_id: int) -> ResponseReturnValue:
    """One breach: its clock, the authority's questions, who is touched."""
    found = _found(breach_id)
    form = BreachForm(obj=found)
    if not form.is_submitted():
        return _page(found, breach=form)
    if found.decided_at is not None:
        raise Conflict
    if not form.validate_on_submit():
        return _page(found, breach=form), 422
    _fill(found, form)
    return _back(breach_id, "breach-saved")


@bp.post("/privacy/breaches/<id:breach_id>/decide")
@staff_may("record:edit")
@audited("breach.decided")
def decide_breach(breach_id: int) -> ResponseReturnValue:
    """Note that it was reported, or why not."""
    found, form = _found(breach_id), DecideBreachForm()
    if not form.validate_on_submit():
        return _page(found, decide=form), 422
    try:
        actions.decide_breach(
            breach_id,
            str(form.decision.data),
            reason=str(form.reason.data),
            number=form.number.data or "",
            staff_id=this_member().member_id,
            at=clock.now(),
        )
    except rules.AlreadyDecided:
        raise Conflict from None
    return _back(breach_id, "breach-decided")


@bp.post("/privacy/breaches/<id:breach_id>/people")
@staff_may("record:edit")
@audited("breach.people_sought")
def note_touched(breach_id: int) -> ResponseReturnValue:
    """Find and note everybody who is touched, for a table or an account of staff and a period."""
    found, form = _found(breach_id), _touched_form(formdata=True)
    if not form.validate_on_submit() or bool(form.table.data) == bool(form.member.data):
        if not form.errors:
            form.table.errors = [_("Choose a table or an account, one of the two.")]
        return _page(found, people=form), 422
    since, until = form.since.data, form.until.data
    assert since is not None
    assert until is not None
    if form.table.data:
        people = touched.people_in_table(str(form.table.data), since=since, until=until)
    else:
        people = touched.people_seen_by(int(form.member.data), since=since, until=until)
    actions.add_people(breach_id, people, at=clock.now())
    return _back(breach_id, "people-noted")


@bp.post("/privacy/breaches/<id:breach_id>/letters")
@staff_may("breaches:letter")
@audited("breach.letters_sent")
def write_to_touched(breach_id: int) -> ResponseReturnValue:
    """Queue a letter to everybody touched."""
    found, form = _found(breach_id), BreachLetterForm()
    if not form.validate_on_submit():
        return _page(found, letter=form), 422
    actions.write_to_each(breach_id, str(form.text.data), at=clock.now())
    return _back(breach_id, "letters-queued")


def _found(breach_id: int) -> Breach:
    page_is_personal()
    found = queries.breach(breach_id)
    if found is None:
        raise NotFound
    return found


def _fill(breach: Breach, form: BreachForm) -> None:
    for name in ("title", "aware_at", "began_at", "ended_at", "number_of_people"):
        setattr(breach, name, getattr(form, name).data)
    for name in ("nature", "what_happened", "data_kinds", "people_kinds", "consequences", "measures"):
        setattr(breach, name, getattr(form, name).data or "")


def _tables() -> list[SelectChoice]:
    """The tables about people, by what people call their rows."""
    named = sorted((str(kind_text(name)), name) for name in touched.tables())
    return [SelectChoice(name, f"{label[:1].upper()}{label[1:]} ({name})") for label, name in named]


def _touched_form(*, formdata: bool) -> TouchedForm:
    form = TouchedForm() if formdata else TouchedForm(formdata=None)
    form.table.choices = [SelectChoice("", "–"), *_tables()]
    members = [SelectChoice(str(member.id), member.name) for member in team.team()]
    form.member.choices = [SelectChoice("", "–"), *members]
    return form


def _back(breach_id: int, notice: str) -> ResponseReturnValue:
    db.session.commit()
    return redirect(url_for("staff.breach", breach_id=breach_id, notice=notice), 303)


def _page(
    found: Breach,
    *,
    breach: BreachForm | None = None,
    decide: DecideBreachForm | None = None,
    people: TouchedForm | None = None,
    letter: BreachLetterForm | None = None,
) -> str:
    now = clock.now()
    form = breach or BreachForm(formdata=None, obj=found)
    if breach is None or not breach.is_submitted():
        for name in ("aware_at", "began_at", "ended_at"):
            moment = getattr(found, name)
            getattr(form, name).data = moment.astimezone(clock.AMSTERDAM) if moment else None
    touched_people, told = queries.people_of(found.id)
    return render_template(
        "staff/record/breach.html",
        found=found,
        form=form,
        decide=decide or DecideBreachForm(formdata=None),
        people=people or _touched_form(formdata=False),
        letter=letter or BreachLetterForm(formdata=None),
        tone=rules.tone(found.aware_at, now, is_decided=found.decided_at is not None),
        hours=rules.hours_left(found.aware_at, now),
        report_by=rules.report_by(found.aware_at),
        decided_by=name_of_staff(found.decided_by),
        touched=touched_people,
        told=told,
    )
