"""Postcodes and countries."""

import pytest
from flask import Flask

from shop.accounts.address_fields import EU, country_choices, normalise_postcode
from shop.core.i18n import country_name, speaking


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("NL", "3845gd", "3845 GD"),
        ("NL", " 3845  G D ", "3845 GD"),
        ("NL", "3845 GD", "3845 GD"),
        ("BE", "b-1000", "1000"),
        ("BE", "9000", "9000"),
        ("DE", "D-10115", "10115"),
        ("LU", "L-1009", "1009"),
        ("LV", "1073", "LV-1073"),
        ("LV", "lv-1073", "LV-1073"),
        ("PL", "00-950", "00-950"),
        ("PT", "2725-079", "2725-079"),
        ("IE", "a65 f4e2", "A65 F4E2"),
        ("SE", "SE-11455", "11455"),
    ],
)
def test_a_postcode_is_kept_as_its_country_writes_it(country: str, typed: str, kept: str) -> None:
    assert normalise_postcode(country, typed) == kept


@pytest.mark.parametrize(
    ("country", "typed"),
    [
        ("NL", ""),
        ("NL", "0845 GD"),
        ("NL", "3845"),
        ("NL", "3845 GDX"),
        ("NL", "3845 SS"),
        ("NL", "٣٨٤٥ GD"),
        ("NL", "3845 GD\n1"),
        ("BE", "100"),
        ("BE", "10000"),
        ("DE", "1011"),
        ("XX", "1234"),
        ("", "1234"),
        ("../NL", "3845 GD"),
    ],
)
def test_what_is_no_postcode_there_is_refused(country: str, typed: str) -> None:
    with pytest.raises(ValueError):
        normalise_postcode(country, typed)


def test_neighbours_come_first_and_the_rest_of_the_union_by_name(app: Flask) -> None:
    with speaking("nl"):
        assert list(country_choices().values())[:5] == ["Nederland", "België", "Duitsland", "Bulgarije", "Cyprus"]
        assert country_choices(("DE", "NL")) == {"NL": "Nederland", "DE": "Duitsland"}
    with speaking("en"):
        assert country_name("BE") == "Belgium"
        assert set(country_choices()) == set(EU)
    assert len(set(EU)) == 27
