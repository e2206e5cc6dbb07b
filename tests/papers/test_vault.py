"""Documents are sealed, each with a key of its own; files are private, whole, and swept when nobody has the key."""

import os
import stat
import time
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from flask import Flask

from shop.config import WrongSettings, complete
from shop.core import vault
from tests.conftest import settings

SECRET = b"Sanne de Vries, Donkerstraat 52"


@pytest.fixture(autouse=True)
def empty_vault(app: Flask) -> None:
    for file in vault.folder().glob("*"):
        file.unlink()


def test_a_document_comes_back_as_it_was_and_the_disk_tells_nothing(app):
    name, key = vault.new_name(), vault.new_key()
    vault.save(name, SECRET, key)
    assert vault.read(name, key) == SECRET
    (file,) = vault.folder().glob("*")
    assert SECRET not in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(vault.folder().stat().st_mode) == 0o700


def test_no_key_opens_another_document(app):
    name = vault.new_name()
    vault.save(name, SECRET, vault.new_key())
    with pytest.raises(vault.CannotOpen):
        vault.read(name, vault.new_key())


def test_a_changed_bit_is_noticed(app):
    name, key = vault.new_name(), vault.new_key()
    vault.save(name, SECRET, key)
    file = vault.folder() / name
    content = bytearray(file.read_bytes())
    content[40] ^= 1
    file.write_bytes(content)
    with pytest.raises(vault.CannotOpen):
        vault.read(name, key)


def test_an_older_vault_key_still_opens_and_a_renewed_document_needs_only_the_new_one(app, monkeypatch):
    name, key = vault.new_name(), vault.new_key()
    vault.save(name, SECRET, key)
    old, new = app.config["VAULT_KEY"], Fernet.generate_key().decode()
    monkeypatch.setitem(app.config, "VAULT_KEY", new)
    with pytest.raises(vault.CannotOpen):
        vault.read(name, key)
    monkeypatch.setitem(app.config, "VAULT_KEY_FALLBACKS", [old])
    assert vault.read(name, key) == SECRET
    renewed = vault.rewrapped(key)
    monkeypatch.setitem(app.config, "VAULT_KEY_FALLBACKS", [])
    assert vault.read(name, renewed) == SECRET


def test_a_file_that_could_not_be_written_whole_leaves_the_old_one(app, monkeypatch):
    name, key = vault.new_name(), vault.new_key()
    vault.save(name, SECRET, key)

    def full(_descriptor):
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        vault.save(name, b"another", key)
    assert vault.read(name, key) == SECRET


def test_what_has_no_row_is_found_but_not_what_is_still_fresh(app):
    kept, gone, fresh = vault.new_name(), vault.new_name(), vault.new_name()
    for name in (kept, gone, fresh):
        vault.save(name, SECRET, vault.new_key())
    part = vault.folder() / "abc.part"
    part.write_bytes(b"half")
    old = time.time() - 7200
    for file in (vault.folder() / kept, vault.folder() / gone, part):
        os.utime(file, (old, old))
    found = vault.left_over({kept}, before=time.time() - 3600)
    assert {file.name for file in found} == {gone, "abc.part"}


@pytest.mark.parametrize("name", ["../secret.key", "a" * 31, "A" * 32, ""])
def test_only_names_of_the_vault_lead_to_a_file(app, name):
    with pytest.raises(ValueError):
        vault.read(name, vault.new_key())


def test_a_demo_shop_makes_its_vault_key_once(tmp_path: Path):
    first = complete(settings(tmp_path, "sqlite://", "http://127.0.0.1:1"))["VAULT_KEY"]
    again = complete(settings(tmp_path, "sqlite://", "http://127.0.0.1:1"))["VAULT_KEY"]
    assert first == again
    assert stat.S_IMODE((tmp_path / "vault.key").stat().st_mode) == 0o600


@pytest.mark.parametrize(("key", "told"), [("", "required in production"), ("too short", "must be a Fernet key")])
def test_production_does_not_start_without_a_good_vault_key(tmp_path: Path, key: str, told: str):
    values = {**settings(tmp_path, "sqlite://", "http://127.0.0.1:1"), "ENVIRONMENT": "production", "VAULT_KEY": key}
    with pytest.raises(WrongSettings, match=f"SHOP_VAULT_KEY.*{told}"):
        complete(values)
    assert not (tmp_path / "vault.key").exists()
