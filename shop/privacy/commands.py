"""`flask privacy` and `flask docs`: the record of processing, the end of terms, and papers printed by the code."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy import delete, update

from shop.accounts.actions import warn_idle
from shop.accounts.rules import normalise_email
from shop.config import ROOT
from shop.core import clock
from shop.core.db import Model, db, reading, writing
from shop.core.i18n import speaking
from shop.core.jobs import every
from shop.core.personal_data import register
from shop.people.ledger import LedgerBroken, replay
from shop.privacy import documents
from shop.privacy.actions import erasing
from shop.privacy.actions import retention as actions
from shop.privacy.actions.idle import erase_idle
from shop.privacy.models.retention import RetentionRun
from shop.privacy.queries import retention as queries
from shop.privacy.queries.erasing import plan_for
from shop.privacy.queries.people import people_with_address
from shop.privacy.queries.receipts import preview_of

privacy = AppGroup("privacy", help="What the shop knows of people, and for how long.")
docs = AppGroup("docs", help="Papers that the code prints about itself.")

PAPERS: dict[str, Callable[[], str]] = {
    "personal-data": lambda: documents.personal_data_document(Model.metadata),
    "settings": documents.settings_document,
    "commands": lambda: documents.commands_document(current_app),
}


def retain(at: datetime, *, is_dry: bool) -> Iterator[tuple[str, int]]:
    """End every term of the register that is over, each in a transaction of its own; what was done and how often."""
    for term in queries.terms(Model.metadata):
        what = f"{term.name}: values blanked" if term.column is not None else f"{term.name}: rows removed"
        if is_dry:
            with reading():
                yield what, queries.count(term.table, queries.is_over(term, at))
            continue
        if term.table is queries.ACCOUNTS:
            yield what, erase_idle(term, at)
            continue
        with writing():
            done = actions.carry_out(term, at)
            db.session.commit()
        yield what, done
    for what, retain_elsewhere in sorted(register.on_retain.items()):
        yield f"{what}: removed", retain_elsewhere(at, is_dry)
    if is_dry:
        with reading():
            yield "people: forgotten", queries.count(queries.PEOPLE, queries.is_forgotten(at))
        return
    with writing():
        forgotten = actions.forget_people(at)
        db.session.commit()
    yield "people: forgotten", forgotten


@every(hours=24)
def retain_nightly() -> None:
    """End every term that is over, once a day."""
    for _done in run_retention(clock.now()):
        pass


def run_retention(at: datetime) -> Iterator[tuple[str, int]]:
    """End every term that is over, have no byte of it left, and keep a note of the run for staff."""
    with writing():
        run = RetentionRun(began_at=at)
        db.session.add(run)
        db.session.execute(delete(RetentionRun).where(RetentionRun.began_at < at - timedelta(days=400)))
        db.session.flush()
        run_id = run.id
        db.session.commit()
    done: dict[str, int] = {}
    with writing():
        warned = warn_idle(at)
        db.session.commit()
    if warned:
        done["accounts: warned"] = warned
        yield "accounts: warned", warned
    for what, times in retain(at, is_dry=False):
        if times:
            done[what] = times
        yield what, times
    erasing.rewrite_touched(clock.now())
    with writing():
        ended = update(RetentionRun).where(RetentionRun.id == run_id)
        db.session.execute(ended.values(ended_at=clock.now(), done=json.dumps(done)))
        db.session.commit()


@privacy.command("retain")
@click.option("--dry-run", is_flag=True, help="Only tell what would go.")
def retain_command(dry_run: bool) -> None:
    """Take away everything that has outlived the period it is kept for."""
    now = clock.now()
    ended = retain(now, is_dry=True) if dry_run else run_retention(now)
    done = [(what, times) for what, times in ended if times]
    for what, times in done:
        click.echo(f"{what}: {times}")
    if not done:
        click.echo("nothing has outlived its term")
    elif dry_run:
        click.echo("dry run: nothing was changed")


@every(seconds=10)
def complete_erasures() -> None:
    """Complete every erasure that was accepted, whatever happened to whoever began it."""
    erasing.complete_all(clock.now())


@privacy.command("erase")
@click.argument("email")
@click.option("--dry-run", is_flag=True, help="Only tell what would go and what would stay.")
@click.option("--yes", is_flag=True, help="Do not ask whether you are sure.")
def erase_command(email: str, dry_run: bool, yes: bool) -> None:
    """Erase everybody with this e-mail address; what open orders need stays until its own end date."""
    now, address = clock.now(), normalise_email(email)
    with reading():
        people = people_with_address(address)
        plan = plan_for(people)
        preview = preview_of(plan)
    if not people:
        raise click.ClickException("nobody here has that address")
    with speaking("en"):
        for title, parts in (("goes", preview.goes), ("stays", preview.stays)):
            for part in parts:
                until = f", until {part.until} ({part.law})" if part.until else ""
                click.echo(f"{title}: {part.label}: {part.rows} ({', '.join(part.column_labels)}){until}")
        for one in plan.needed:
            if one.label:
                click.echo(f"stays for now: {one.label} ({one.why})")
    if dry_run:
        click.echo("dry run: nothing was changed")
        return
    if not yes:
        click.confirm("This cannot be undone. Erase?", abort=True)
    with writing():
        erasure = erasing.accept(people, language="nl", at=now)
        erasure_id, code = erasure.id, erasure.code
        db.session.commit()
    erasing.carry_out(erasure_id, clock.now())
    is_finished = erasing.finish(erasure_id, clock.now(), patience=10)
    click.echo(f"receipt {code}: {'finished' if is_finished else 'out of the rows; the worker finishes it'}")


@privacy.command("replay")
def replay_command() -> None:
    """Do again what the erasure ledger tells and this database, restored or copied from before, does not know."""
    try:
        lines = replay()
    except LedgerBroken as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(f"{lines} {'line' if lines == 1 else 'lines'} done again")


@privacy.command("record")
def record_command() -> None:
    """Print the record of processing, docs/personal-data.md, from the register."""
    click.echo(documents.personal_data_document(Model.metadata), nl=False)


@docs.command("print")
@click.argument("paper", type=click.Choice(sorted(PAPERS)))
def print_command(paper: str) -> None:
    """Print one of the papers: commands, personal-data or settings."""
    click.echo(PAPERS[paper](), nl=False)


@docs.command("write")
def write_command() -> None:
    """Write every paper into docs/, as the tests compare them."""
    for name, paper in PAPERS.items():
        (ROOT / "docs" / f"{name}.md").write_text(paper(), encoding="utf-8")
        click.echo(f"docs/{name}.md")


def init_commands(app: Flask) -> None:
    """Hang the commands in the app."""
    app.cli.add_command(privacy)
    app.cli.add_command(docs)
