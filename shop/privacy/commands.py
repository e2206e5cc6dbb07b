"""`flask privacy` and `flask docs`: the record of processing, the end of terms, and papers printed by the code."""

from collections.abc import Callable, Iterator
from datetime import datetime

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from shop.config import ROOT
from shop.core import clock
from shop.core.db import Model, db, reading, writing
from shop.core.jobs import every
from shop.core.personal_data import register
from shop.people.ledger import LedgerBroken, replay
from shop.privacy import documents
from shop.privacy.actions import retention as actions
from shop.privacy.queries import retention as queries

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
    for _what, _times in retain(clock.now(), is_dry=False):
        pass


@privacy.command("retain")
@click.option("--dry-run", is_flag=True, help="Only tell what would go.")
def retain_command(dry_run: bool) -> None:
    """Take away everything that has outlived the period it is kept for."""
    done = [(what, times) for what, times in retain(clock.now(), is_dry=dry_run) if times]
    for what, times in done:
        click.echo(f"{what}: {times}")
    if not done:
        click.echo("nothing has outlived its term")
    elif dry_run:
        click.echo("dry run: nothing was changed")


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
