"""The statements: what the shop promises and tells, their older versions, and what changed between them."""

from datetime import date
from io import BytesIO

from flask import current_app, render_template, send_file
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from shop.config import ROOT
from shop.core import clock
from shop.core.access import public_page
from shop.core.errors import NotFound
from shop.core.i18n import language, public_url
from shop.core.statements import (
    StatementVersion,
    fingerprint,
    latest_version,
    texts_of,
    version_of,
    versions_of,
)
from shop.pages import texts
from shop.pages import versions as compared
from shop.pages.licences import parts_of
from shop.pages.views.blueprint import bp

LOOKED_OVER_ON = date(2026, 11, 29)
"""When somebody last went through the accessibility statement; a person writes it here, no clock."""

_VERSIONED = "<any(privacy, terms, returns, disclaimer):name>"


@bp.get("/privacy")
@public_page
def privacy() -> ResponseReturnValue:
    """What the shop knows about people, why and how long, as the register says; the owner's own text stands first."""
    return _statement("privacy")


@bp.get("/terms")
@public_page
def terms() -> ResponseReturnValue:
    """The terms and conditions, with their version."""
    return _statement("terms")


@bp.get("/returns")
@public_page
def returns() -> ResponseReturnValue:
    """How to send something back, with the model form of the law."""
    return _statement("returns")


@bp.get("/disclaimer")
@public_page
def disclaimer() -> ResponseReturnValue:
    """What the texts on this site are worth, and whose they are."""
    return _statement("disclaimer")


@bp.get("/guarantee")
@public_page
def guarantee() -> ResponseReturnValue:
    """The legal guarantee, with the European notice."""
    return render_template("pages/guarantee.html")


@bp.get("/accessibility")
@public_page
def accessibility() -> ResponseReturnValue:
    """For whom this shop works, and what to do where it does not."""
    return render_template("pages/accessibility.html", looked_over_on=LOOKED_OVER_ON)


@bp.get("/parents")
@public_page
def parents() -> ResponseReturnValue:
    """For the parents of children younger than sixteen."""
    return render_template("pages/parents.html")


@bp.get("/licences")
@public_page
def licences() -> ResponseReturnValue:
    """The free software that the shop is built with."""
    return render_template("pages/licences.html", parts=parts_of(ROOT / "requirements.txt"))


@bp.get(f"/{_VERSIONED}/versions")
@public_page
def versions(name: str) -> ResponseReturnValue:
    """Every text that a statement ever had."""
    return render_template("pages/versions.html", rows=versions_of(name), **_about(name))


@bp.get(f"/{_VERSIONED}/versions/<version>")
@public_page
def version(name: str, version: str) -> ResponseReturnValue:
    """A statement as it stood from a day on."""
    row = _found(name, version)
    return render_template("pages/version.html", row=row, html=Markup(_html(row)), **_about(name))  # noqa: S704 - ours


@bp.get(f"/{_VERSIONED}/versions/<version>/changes")
@public_page
def differences(name: str, version: str) -> ResponseReturnValue:
    """What changed with a version, beside the one before it."""
    row = _found(name, version)
    earlier = next((one for one in versions_of(name) if one.id < row.id), None)
    if earlier is None:
        raise NotFound
    found = compared.changes(_html(earlier), _html(row))
    return render_template("pages/differences.html", row=row, earlier=earlier, changes=found, **_about(name))


@bp.get(f"/{_VERSIONED}/download")
@public_page
def download(name: str) -> ResponseReturnValue:
    """A statement as plain text, to keep (BW 6:234): who it is of, which version, all of its words."""
    identity, said = current_app.extensions["identity"], str(texts.TITLES[name])
    when = _version_now(name)
    head = f"{said}\n{identity.legal_name}\n{texts.version_name(when)}"
    text = f"{head}\n\n{compared.plain_text(texts_of(name)[language()])}\n"
    file = f"{name}-{when}.{language()}.txt"
    return send_file(BytesIO(text.encode()), "text/plain; charset=utf-8", as_attachment=True, download_name=file)


def _statement(name: str) -> str:
    words = {**texts.words_of(name), "own_address": public_url(f"pages.{name}", "nl")}
    return render_template(f"pages/{name}.html", version=_version_now(name), **words, **_about(name))


def _about(name: str) -> dict[str, object]:
    return {"statement": name, "title": str(texts.TITLES[name]), "version_name": texts.version_name}


def _version_now(name: str) -> str:
    """The version of the text that stands here; today's day when it has not been stored yet."""
    latest = latest_version(name)
    is_told = latest is not None and latest.fingerprint == fingerprint(texts_of(name))
    return latest.version if latest is not None and is_told else clock.today().isoformat()


def _found(name: str, version: str) -> StatementVersion:
    found = version_of(name, version[:20])
    if found is None:
        raise NotFound
    return found


def _html(row: StatementVersion) -> str:
    return row.html_nl if language() == "nl" else row.html_en
