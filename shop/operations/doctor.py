"""The doctor: looks the shop over before it opens, and says what is missing."""

import os
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import inspect, select, text

from shop.accounts.models import Account
from shop.core import clock
from shop.core.db import Model, db, is_wal_safe
from shop.operations import reconciling
from shop.operations.backups import ENDING
from shop.operations.rules import Finding, identity_findings
from shop.people.models import StaffMember
from shop.privacy.queries.record import missing_agreements, open_breaches
from shop.privacy.queries.requests import counts
from shop.privacy.queries.retention import is_late, last_run

DEMO_DOMAIN = "@example.com"
SHORTEST_KEY = 32
LATEST_BACKUP = timedelta(days=2)


class NotFit(Exception):
    """A production shop may not open; the message names every reason."""


def findings(app: Flask) -> list[Finding]:
    """What is wrong or missing, the serious first."""
    found = identity_findings(asdict(app.extensions["identity"]))
    found += _keeping_findings(app)
    found += _database_findings()
    if not any("tables are missing" in finding.text for finding in found):
        found += _agreement_findings(app)
        found += _promise_findings()
    return sorted(found, key=lambda finding: not finding.is_serious)


def _agreement_findings(app: Flask) -> list[Finding]:
    """The processors that are used without an agreement (GDPR art. 28(3))."""
    advice = "note it at /staff/privacy"
    return [
        Finding(False, f"processor agreement: none is noted for {recipient}; {advice}")
        for recipient in missing_agreements(app.config)
    ]


def _keeping_findings(app: Flask) -> list[Finding]:
    """What is missing of keys and places of backups, vault and erasure ledger."""
    found, config = [], app.config
    is_production = config["ENVIRONMENT"] == "production"
    if len(config["BACKUP_KEY"]) < SHORTEST_KEY:
        found.append(Finding(False, "backup: SHOP_BACKUP_KEY is missing; no backup can be made"))
    made = [path.stat().st_mtime for path in Path(config["BACKUP_PATH"]).glob(f"*{ENDING}")]
    if is_production and clock.now().timestamp() - max(made, default=0) > LATEST_BACKUP.total_seconds():
        found.append(Finding(False, "backup: none of the last two days; run flask backup create each night"))
    instance = Path(config["INSTANCE_PATH"])
    for name, place in (("backup", Path(config["BACKUP_PATH"])), ("ledger", Path(config["LEDGER_PATH"]).parent)):
        if is_production and _device(place) == _device(instance):
            found.append(Finding(False, f"{name}: {place} is on the same disk as the shop; put it on another"))
    ledger = Path(config["LEDGER_PATH"])
    if ledger.exists() and not ledger.with_suffix(".key").exists():
        found.append(Finding(True, f"ledger: its key {ledger.with_suffix('.key')} is missing; nobody can be erased"))
    if not os.access(_nearest(ledger.parent), os.W_OK):
        found.append(Finding(True, f"ledger: {ledger.parent} cannot be written to; nobody can be erased"))
    if not os.access(_nearest(instance / "vault"), os.W_OK):
        found.append(Finding(True, "vault: its folder in the instance folder cannot be written to"))
    return found


def _nearest(folder: Path) -> Path:
    """The folder itself, or the first above it that is there."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def _device(folder: Path) -> int:
    return _nearest(folder.absolute()).stat().st_dev


def _postgresql_findings() -> list[Finding]:
    """What PostgreSQL must be told so that erased bytes do not stay in old log files."""
    if db.engine.dialect.name != "postgresql":
        return []
    if db.session.scalar(text("SELECT current_setting('wal_recycle')")) == "on":
        return [Finding(False, "database: set wal_recycle = off; old log files keep what was erased (docs/running.md)")]
    return []


def _promise_findings() -> list[Finding]:
    """What the privacy policy promises by a day that is past: erased in time, answered in time, told in time."""
    now, found = clock.now(), []
    if last_run() is not None and is_late(now):
        found.append(Finding(False, "retention: the nightly job is late; is the worker running? flask privacy retain"))
    late = counts(clock.local_date(now)).late
    if late:
        found.append(Finding(False, f"requests: {late} about rights should have been answered; see /staff/requests"))
    waiting = open_breaches()
    if waiting:
        found.append(Finding(False, f"breaches: {waiting} wait for a decision, 72 hours at most; see /staff/privacy"))
    return found


def _database_findings() -> list[Finding]:
    found = []
    present = set(inspect(db.engine).get_table_names())
    missing = sorted(set(Model.metadata.tables) - present)
    if missing:
        return [Finding(True, f"database: tables are missing ({', '.join(missing[:3])} …); run flask db upgrade")]
    found += _postgresql_findings()
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
