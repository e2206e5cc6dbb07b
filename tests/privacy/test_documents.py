"""The papers in docs/ say what the code says."""

from pathlib import Path

import pytest
from flask import Flask

from shop.config import ROOT, SETTINGS
from shop.core.db import Model
from shop.core.personal_data import personal_columns, register
from shop.privacy import commands
from shop.privacy.commands import PAPERS


@pytest.mark.parametrize("name", sorted(PAPERS))
def test_a_paper_is_what_the_code_prints(app: Flask, name: str) -> None:
    printed = app.test_cli_runner().invoke(args=["docs", "print", name]).output
    kept = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    assert kept == printed, "run `flask docs write`"


def test_the_record_names_every_personal_column_and_every_store(app: Flask) -> None:
    record = app.test_cli_runner().invoke(args=["privacy", "record"]).output
    sections = {part.split("\n", 1)[0]: part for part in record.split("\n## ")}
    for table, column, declared in personal_columns(Model.metadata):
        assert f"| {column.name} | " in sections[table.name]
        assert declared.purpose is not None
        assert declared.purpose.value in sections[table.name]
    for name in register.stores:
        assert f"| {name} | " in sections["Outside the database"]


def test_every_setting_and_every_command_is_in_its_paper(app: Flask) -> None:
    settings, commands = PAPERS["settings"](), PAPERS["commands"]()
    assert all(f"`{setting.name}`" in settings for setting in SETTINGS)
    assert "## privacy retain [--dry-run]" in commands
    assert "- `--dry-run`: Only tell what would go." in commands


@pytest.mark.parametrize("name", sorted(PAPERS))
def test_writing_the_papers_puts_each_in_the_folder(
    app: Flask, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr(commands, "ROOT", tmp_path)
    answer = app.test_cli_runner().invoke(args=["docs", "write"])
    assert f"docs/{name}.md" in answer.output
    assert (tmp_path / "docs" / f"{name}.md").read_text(encoding="utf-8") == PAPERS[name]()
