"""Whatever staff opens or changes is noted by itself, without values; the notes cannot be changed unseen."""

import pytest
from flask import Blueprint
from sqlalchemy import delete, func, select, update

from shop.core.access import opened_by, staff_may
from shop.core.db import db
from shop.people.models import AuditEntry
from shop.people.queries import broken_audit_entries
from shop.people.rules import role_for
from shop.staff.audit import UnauditedView, audited, audited_as, init_audit
from tests.factories import make_order, make_staff
from tests.staff.everywhere import Address, addresses, full_shop

PERSONAL = ("Sanne", "de Vries", "Donkerstraat", "3841", "@example.com", "Medewerker")


def entries() -> list[AuditEntry]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def test_every_view_of_the_back_office_leaves_one_entry_without_values(app, staff):
    rows = full_shop()
    make_staff("owner")
    browser = staff("owner")
    token = browser.get("/staff").form("/staff/sign-out")["csrf_token"]
    found = addresses(app, rows)
    for one in found:
        view = app.view_functions[one.endpoint]
        if opened_by(view) == "anyone":
            continue
        db.session.rollback()
        before = db.session.scalar(select(func.max(AuditEntry.id))) or 0
        browser.get(one.path) if one.method == "GET" else browser.post(one.path, csrf_token=token)
        new = [entry for entry in entries() if entry.id > before]
        assert len(new) == 1, f"{one.method} {one.path}: {[entry.action for entry in new]}"
        noted = audited_as(view)
        if one.method == "GET" and Address(one.endpoint, "POST", one.path) in found:  # only a form was opened
            noted = f"{noted.partition('.')[0]}.form_opened"
        assert new[0].action.removesuffix(".refused") == noted
        assert new[0].staff_id == browser.account.id
        assert new[0].role == role_for({"owner"}, opened_by(view).removeprefix("staff:")) or "none"
        told = f"{new[0].action} {new[0].object_kind} {new[0].object_key} {new[0].reason}"
        assert not [value for value in PERSONAL if value in told], told
    assert broken_audit_entries() == []


def test_opening_an_order_is_noted_with_whose_it_is(app, staff):
    order = make_order(status="confirmed")
    staff("fulfilment").get(f"/staff/orders/{order.number}")
    entry = entries()[-1]
    assert (entry.action, entry.object_key, entry.person_id) == ("order.opened", order.number, order.person_id)


def test_what_was_refused_is_noted_as_that(app, staff):
    staff("bookkeeping").get("/staff/team")
    assert entries()[-1].action == "team.opened.refused"
    assert entries()[-1].role == "none"
    assert "Eigenaar" in staff("owner").get("/staff/audit").soup.find("table").get_text()


def test_a_change_that_fails_leaves_no_entry_of_the_change(app, staff):
    order = make_order(status="confirmed")
    browser = staff("fulfilment")
    page = browser.get(f"/staff/orders/{order.number}")
    form = page.form(f"/staff/orders/{order.number}/pack")
    assert browser.post(f"/staff/orders/{order.number}/pack", **form, all="1").status == 303
    assert entries()[-1].action == "order.packed"
    assert browser.post(f"/staff/orders/{order.number}/pack", **form, all="1").status == 409
    assert [entry.action for entry in entries()[-2:]] == ["order.packed", "order.packed.refused"]


def test_signing_in_and_out_is_noted(app, staff):
    browser = staff("owner")
    browser.get("/staff")
    browser.send("/staff/sign-out")
    actions = [entry.action for entry in entries()]
    assert actions[0] == "session.started"
    assert actions[-1] == "session.ended"


@pytest.mark.parametrize("harm", ["changed", "removed", "last removed"])
def test_an_entry_that_was_touched_is_named(app, staff, harm):
    browser = staff("owner")
    for _visit in range(3):
        browser.get("/staff")
    ids = [entry.id for entry in entries()]
    if harm == "changed":
        db.session.execute(update(AuditEntry).where(AuditEntry.id == ids[1]).values(action="nothing.happened"))
    else:
        db.session.execute(delete(AuditEntry).where(AuditEntry.id == ids[-1 if harm == "last removed" else 1]))
    db.session.commit()
    assert broken_audit_entries() != []
    assert "kloppen niet" in browser.get("/staff/audit?check=seals").text


def test_whole_seals_are_said_to_be_whole(staff):
    assert "Elk zegel klopt" in staff("privacy").get("/staff/audit?check=seals").text


def test_a_view_without_a_name_in_the_log_keeps_the_app_from_starting(app):
    from flask import Flask

    bp = Blueprint("staff", __name__)

    @bp.get("/staff/secret")
    @staff_may("staff:home")
    def secret() -> str:
        return ""

    init_audit(bp)
    with pytest.raises(UnauditedView, match=r"staff\.secret"):
        Flask("other").register_blueprint(bp)
    assert audited_as(audited("secret.opened")(secret)) == "secret.opened"
