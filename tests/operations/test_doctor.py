"""What the doctor says of backups, ledger and vault: each thing that is missing, and nothing when all is there."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from shop.core import clock
from shop.operations import doctor


@pytest.fixture
def production(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The shop as the doctor sees one in production, with all that it asks for."""
    values = {"ENVIRONMENT": "production", "BACKUP_KEY": "k" * 32, "BACKUP_PATH": tmp_path / "backups"}
    values["LEDGER_PATH"] = tmp_path / "ledger" / "erasures.jsonl"
    for name, value in values.items():
        monkeypatch.setitem(app.config, name, value)
    for folder in (tmp_path / "backups", tmp_path / "ledger"):
        folder.mkdir()
    (tmp_path / "backups" / "shop-20261129T030000Z.shopbackup").write_bytes(b"")
    (tmp_path / "ledger" / "erasures.jsonl").write_bytes(b"")
    (tmp_path / "ledger" / "erasures.key").write_bytes(b"")
    monkeypatch.setattr(doctor, "_device", lambda place: hash(place == Path(app.config["INSTANCE_PATH"])))
    return app


def told(app: Flask) -> list[str]:
    return [finding.text.split(":")[0] for finding in doctor._keeping_findings(app)]


def test_nothing_is_said_when_all_is_there(production: Flask) -> None:
    assert told(production) == []


def test_a_missing_key_an_old_backup_and_the_same_disk_are_named(
    production: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(production.config, "BACKUP_KEY", "")
    old = (clock.now() - timedelta(days=3)).timestamp()
    (file,) = Path(production.config["BACKUP_PATH"]).iterdir()
    os.utime(file, (old, old))
    monkeypatch.setattr(doctor, "_device", lambda place: 1)
    assert told(production) == ["backup", "backup", "backup", "ledger"]


def test_a_ledger_without_its_key_is_serious(production: Flask) -> None:
    Path(production.config["LEDGER_PATH"]).with_suffix(".key").unlink()
    (finding,) = doctor._keeping_findings(production)
    assert finding.is_serious
    assert "its key" in finding.text
