"""`flask privacy` and `flask docs`: the record of processing, the end of terms, and papers printed by the code."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

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
from shop.people.actions import record_audit
from shop.people.ledger import LedgerBroken, replay
from shop.privacy import documents, export
from shop.privacy.actions import erasing
from shop.privacy.actions import retention as actions
from shop.privacy.actions.idle import erase_idle
from shop.privacy.copying import CannotCopy, copy_shop
from shop.privacy.models.retention import RetentionRun
from shop.privacy.queries import retention as queries
from shop.privacy.queries.erasing import plan_for
from shop.privacy.queries.people import account_with_address, people_with_address
from shop.privacy.queries.receipts import preview_of
from shop.privacy.subjects import Subject

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


@privacy.command("export")
@click.argument("email")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--reason", required=True, help="Why, as the person reads it in their own log: the request's number.")
@click.option("--language", type=click.Choice(["nl", "en"]), default="nl", show_default=True)
def export_command(email: str, file: Path, reason: str, language: str) -> None:
    """Write the download of everybody with this e-mail address to a new file, for whoever cannot fetch it themselves.

    Prove first that the address is theirs. It is the file that the shop's own page gives; remove it once it is sent.
    """
    now, address = clock.now(), normalise_email(email)
    with writing():
        people = people_with_address(address)
        if not people:
            raise click.ClickException("nobody here has that address")
        for person in people:
            told = {"object_kind": "person", "object_key": "", "person_id": person, "reason": reason}
            record_audit("rights_request.downloaded", staff_id=None, role="command", at=now, **told)
        db.session.commit()
    with reading():
        account = account_with_address(address)
        first = (account.person_id,) if account is not None and account.person_id in people else ()
        subject = Subject(tuple(dict.fromkeys((*first, *people))), address, account, has_proved_mailbox=False)
        pieces = export.download(subject, current_app.extensions["identity"], now)
    try:
        target = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise click.ClickException(f"{file} is there already") from None
    with os.fdopen(target, "wb") as written, current_app.test_request_context(), speaking(language):
        for piece in pieces:
            written.write(piece)
    click.echo(f"{file}: {len(people)} {'person' if len(people) == 1 else 'persons'}, {file.stat().st_size} bytes")


@privacy.command("copy")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--database", "url", default="", help="An empty database instead of SQLite in that folder.")
def copy_command(folder: Path, url: str) -> None:
    """Make a whole copy of the shop without anybody in it, in an empty folder, to develop with.

    Every personal value is replaced by an invented one; secrets, tokens, vault and ledger do not come along.
    """
    try:
        made = copy_shop(Path(current_app.config["INSTANCE_PATH"]), folder, url)
    except CannotCopy as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(f"{made.rows} rows in {url or folder / 'shop.sqlite'}; left out: {', '.join(made.left_out)}")
    click.echo(f"every customer's password: {made.password}")
    click.echo(
        f"look at it with SHOP_INSTANCE_PATH={folder} flask --app wsgi invariants, then serve-all and staff create"
    )


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
