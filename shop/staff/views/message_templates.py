"""Words that the desk often needs, for its answers."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from shop.contact.models import AnswerTemplate
from shop.contact.queries import answer_templates
from shop.core.access import page_is_personal, staff_may
from shop.core.db import db
from shop.core.errors import NotFound
from shop.core.forms import add_error
from shop.core.templating import NOTICES
from shop.staff.audit import audited
from shop.staff.forms.messages import TemplateForm
from shop.staff.views.blueprint import bp

NOTICES["template-kept"] = _l("The template is kept.")
NOTICES["template-removed"] = _l("The template is gone.")


@bp.get("/messages/templates")
@staff_may("messages:templates")
@audited("templates.listed")
def message_templates() -> ResponseReturnValue:
    """All templates."""
    page_is_personal()
    return render_template("staff/messages/templates.html", templates=answer_templates())


@bp.get("/messages/templates/new")
@staff_may("messages:templates")
@audited("template.created")
def new_template() -> ResponseReturnValue:
    """An empty template."""
    return _page(None, TemplateForm())


@bp.post("/messages/templates/new")
@staff_may("messages:templates")
@audited("template.created")
def make_template() -> ResponseReturnValue:
    """Keep a new template."""
    form = TemplateForm()
    if not form.validate_on_submit():
        return _page(None, form), 422
    return _keep(AnswerTemplate(), form, is_new=True)


@bp.get("/messages/templates/<id:template_id>")
@staff_may("messages:templates")
@audited("template.opened")
def template(template_id: int) -> ResponseReturnValue:
    """One template."""
    found = _found(template_id)
    return _page(found, TemplateForm(obj=found))


@bp.post("/messages/templates/<id:template_id>")
@staff_may("messages:templates")
@audited("template.changed")
def change_template(template_id: int) -> ResponseReturnValue:
    """Keep a template with other words."""
    found, form = _found(template_id), TemplateForm()
    if not form.validate_on_submit():
        return _page(found, form), 422
    return _keep(found, form, is_new=False)


@bp.post("/messages/templates/<id:template_id>/remove")
@staff_may("messages:templates")
@audited("template.removed")
def remove_template(template_id: int) -> ResponseReturnValue:
    """Take a template away."""
    db.session.delete(_found(template_id))
    db.session.commit()
    return redirect(url_for("staff.message_templates", notice="template-removed"), 303)


def _found(template_id: int) -> AnswerTemplate:
    found = db.session.get(AnswerTemplate, template_id)
    if found is None:
        raise NotFound
    return found


def _keep(row: AnswerTemplate, form: TemplateForm, *, is_new: bool) -> ResponseReturnValue:
    row.title, row.text_nl, row.text_en = str(form.title.data), str(form.text_nl.data), str(form.text_en.data)
    if is_new:
        db.session.add(row)
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        add_error(form.title, _("There is a template with this title already."))
        return _page(None if is_new else _found(row.id), form), 422
    return redirect(url_for("staff.message_templates", notice="template-kept"), 303)


def _page(found: AnswerTemplate | None, form: TemplateForm) -> str:
    page_is_personal()
    return render_template("staff/messages/template.html", template=found, form=form)
