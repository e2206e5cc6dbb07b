"""The doctor: looks the shop over before it opens, and says what is missing."""

from dataclasses import asdict

from flask import Flask
from sqlalchemy import inspect, select

from shop.accounts.models import Account
from shop.core import clock
from shop.core.db import Model, db, is_wal_safe
from shop.operations import reconciling
from shop.operations.rules import Finding, identity_findings
from shop.people.models import StaffMember
from shop.privacy.queries.record import missing_agreements

DEMO_DOMAIN = "@example.com"


class NotFit(Exception):
    """A production shop may not open; the message names every reason."""


def findings(app: Flask) -> list[Finding]:
    """What is wrong or missing, the serious first."""
    found = identity_findings(asdict(app.extensions["identity"]))
    found += _database_findings()
    if not any("tables are missing" in finding.text for finding in found):
        found += _agreement_findings(app)
    return sorted(found, key=lambda finding: not finding.is_serious)


def _agreement_findings(app: Flask) -> list[Finding]:
    """The processors that are used without an agreement (GDPR art. 28(3))."""
    advice = "note it at /staff/privacy"
    return [
        Finding(False, f"processor agreement: none is noted for {recipient}; {advice}")
        for recipient in missing_agreements(app.config)
    ]


def _database_findings() -> list[Finding]:
    found = []
    present = set(inspect(db.engine).get_table_names())
    missing = sorted(set(Model.metadata.tables) - present)
    if missing:
        return [Finding(True, f"database: tables are missing ({', '.join(missing[:3])} …); run flask db upgrade")]
    if db.engine.dialect.name == "sqlite" and not is_wal_safe():
        found.append(Finding(False, "database: this SQLite is older than 3.51.3; the safer, slower journal is used"))
    for model, what in ((Account, "customer"), (StaffMember, "staff")):
        demo = select(model.id).where(model.email.like(f"%{DEMO_DOMAIN}")).limit(1)
        if db.session.scalar(demo) is not None:
            found.append(Finding(True, f"demo sign-ins: a demo {what} account exists"))
    if reconciling.is_late(clock.now()):
        advice = "is the worker running, and can Mollie be reached? See /staff/reconciliation"
        found.append(Finding(False, f"reconciliation: nothing was compared for more than a day; {advice}"))
    if db.session.scalar(select(StaffMember.id).where(StaffMember.left_at.is_(None)).limit(1)) is None:
        found.append(Finding(True, "staff: nobody can sign in; run flask staff create"))
    return found


def refuse_unfit_production(app: Flask) -> None:
    """Keep a production shop closed while something serious is wrong; NotFit says what."""
    if app.config["ENVIRONMENT"] != "production":
        return
    serious = [finding.text for finding in findings(app) if finding.is_serious]
    if serious:
        raise NotFit("; ".join(serious))
