"""Who the shop is stands in one file; what is not known stays empty."""

from pathlib import Path

from shop.core.identity import read_identity


def test_the_first_run_writes_the_published_facts_and_invents_nothing(tmp_path: Path) -> None:
    identity = read_identity(tmp_path / "new")
    assert (identity.legal_name, identity.kvk) == ("SO SERA B.V.", "80054811")
    assert identity.address == "Triasplein 121, 3845 GD Harderwijk"
    assert (identity.vat_number, identity.telephone, identity.hosting_country) == ("", "", "")
    assert (tmp_path / "new" / "shop.toml").is_file()


def test_what_the_owner_filled_in_is_kept(tmp_path: Path) -> None:
    read_identity(tmp_path)
    file = tmp_path / "shop.toml"
    changed = file.read_text(encoding="utf-8").replace('telephone = ""', 'telephone = "0341 123456"')
    file.write_text(changed, encoding="utf-8")
    assert read_identity(tmp_path).telephone == "0341 123456"
    assert file.read_text(encoding="utf-8") == changed


def test_another_shop_may_leave_lines_out_and_write_more(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text('name = "Kaarsen & Zo"\ncolour = "green"\n', encoding="utf-8")
    identity = read_identity(tmp_path)
    assert identity.name == "Kaarsen & Zo"
    assert identity.vat_number == ""
