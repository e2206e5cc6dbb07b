"""Papers that the code prints about itself: the record of processing, the settings, the commands."""

from collections.abc import Iterable, Iterator
from typing import Any

import click
from flask import Flask
from sqlalchemy import MetaData

from shop.config import SETTINGS
from shop.core.i18n import speaking
from shop.core.personal_data import Declaration, Keep, personal_columns, register, row_term

FOREIGN = ("db", "routes", "run", "shell")
"""Commands of Flask and Flask-Migrate, which have their own documentation."""


def personal_data_document(metadata: MetaData) -> str:
    """The record of processing (GDPR art. 30): every column, file, cookie and log with personal data."""
    with speaking("en"):
        return "\n".join(_personal_data(metadata)) + "\n"


def _personal_data(metadata: MetaData) -> Iterator[str]:
    yield "# Personal data"
    yield ""
    yield "The record of processing (GDPR art. 30), printed by `flask privacy record` from what the columns declare."
    for table in sorted(metadata.tables.values(), key=lambda table: table.name):
        columns = [(column, declared) for found, column, declared in personal_columns(metadata) if found is table]
        term = row_term(table)
        if not columns and term is None:
            continue
        yield from ("", f"## {table.name}", "")
        if term is not None:
            yield f"A row stays at most: {_period(term)}."
            if columns:
                yield ""
        if columns:
            yield from _table(
                (
                    "column",
                    "what",
                    "category",
                    "purpose",
                    "basis",
                    "kept",
                    "at erasure",
                    "source",
                    "recipients",
                    "staff",
                ),
                (_row(column.name, declared) for column, declared in columns),
            )
    yield from ("", "## Outside the database", "")
    yield from _table(
        ("place", "kind", "what", "categories", "purpose", "basis", "kept"),
        (
            (
                store.name,
                store.medium.value,
                store.label,
                ", ".join(category.value for category in store.categories),
                f"{store.purpose.value} {store.purpose.label}",
                store.purpose.basis.label,
                store.keep_text,
            )
            for _name, store in sorted(register.stores.items())
        ),
    )


def _row(name: str, declared: Declaration) -> tuple[Any, ...]:
    assert declared.category is not None
    assert declared.purpose is not None
    return (
        name,
        declared.label,
        f"{declared.category.value} {declared.category.label}",
        f"{declared.purpose.value} {declared.purpose.label}",
        declared.purpose.basis.label,
        _period(declared.keep),
        declared.erase.value,
        declared.source.label,
        ", ".join(str(recipient.label) for recipient in declared.recipients),
        ", ".join(role.value for role in declared.roles),
    )


def _period(keep: Keep) -> str:
    return f"{keep.describe()} ({keep.law})" if keep.law else str(keep.describe())


def settings_document() -> str:
    """Every setting with its default and meaning."""
    lines = [
        "# Settings",
        "",
        "Environment variables, also read from `.env`. Printed by `flask docs print settings`.",
        "",
    ]
    rows = ((f"`{s.name}`", s.default, s.meaning) for s in SETTINGS)
    return "\n".join([*lines, *_table(("setting", "default", "meaning"), rows)]) + "\n"


def commands_document(app: Flask) -> str:
    """Every command of the shop with what it does and takes."""
    lines = ["# Commands", "", "Run as `flask --app wsgi <command>`. Printed by `flask docs print commands`."]
    for name, command in sorted(app.cli.commands.items()):
        if name not in FOREIGN:
            lines += _command(name, command)
    return "\n".join(lines) + "\n"


def _command(name: str, command: click.Command) -> Iterator[str]:
    if isinstance(command, click.Group):
        for part, inner in sorted(command.commands.items()):
            yield from _command(f"{name} {part}", inner)
        return
    usage = " ".join((name, *(_usage(parameter) for parameter in command.params)))
    yield from ("", f"## {usage}", "", " ".join((command.help or "").split()))
    options = [p for p in command.params if isinstance(p, click.Option) and p.help]
    if options:
        yield ""
        yield from (f"- `{option.opts[-1]}`: {option.help}" for option in options)


def _usage(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Option):
        flag = parameter.opts[-1]
        told = flag if parameter.is_flag else f"{flag} {parameter.human_readable_name.upper()}"
        return told if parameter.required else f"[{told}]"
    told = parameter.human_readable_name.upper()
    return told if parameter.required else f"[{told}]"


def _table(heads: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'|'.join('---' for _head in heads)}|"
    for row in rows:
        yield f"| {' | '.join(str(cell).replace('|', '/') for cell in row)} |"
