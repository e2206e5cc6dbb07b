"""`flask invoices`: prove the numbers, issue what waits, renew the keys."""

import sys
from itertools import chain

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import select

from shop.core import clock, vault
from shop.core.db import db, writing
from shop.papers import jobs, queries
from shop.papers.models import Invoice

invoices = AppGroup("invoices", help="Invoices and credit notes.")


@invoices.command("check")
@click.option("--documents", is_flag=True, help="Also open every sealed document and compare it with its row.")
def check(documents: bool) -> None:
    """Prove that numbers have no gap and no double, follow time, and add up; exit status 1 with what is wrong."""
    checks = [queries.wrong_with_numbers(clock.now()), queries.wrong_with_sums()]
    if documents:
        checks.append(queries.wrong_with_documents())
    problems = list(chain(*checks))
    for problem in problems:
        click.echo(problem)
    if not problems:
        click.echo("All numbers are there, each once, in order, and all papers add up.")
    sys.exit(bool(problems))


@invoices.command("issue")
def issue() -> None:
    """Issue every invoice that was asked for and can be issued by now."""
    click.echo(f"{jobs.issue_waiting()} issued.")


@invoices.command("renew-keys")
def renew_keys() -> None:
    """Seal every document's key with the newest vault key, so that older ones can be put away."""
    with writing():
        found = db.session.execute(select(Invoice.id, Invoice.document_key)).all()
        for invoice_id, key in found:
            db.session.get_one(Invoice, invoice_id).document_key = vault.rewrapped(key)
        db.session.commit()
    click.echo(f"{len(found)} keys renewed.")


def init_commands(app: Flask) -> None:
    """Hang the commands in the app."""
    app.cli.add_command(invoices)
