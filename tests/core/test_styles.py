from __future__ import annotations

import gzip
import re
from itertools import product
from pathlib import Path

import brotli
import pytest

from shop.core.styles import BUNDLES, build_styles, minified

STATIC = Path(__file__).parents[2] / "static"
SURFACES = ("paper", "raised", "sunken", "accent-soft")
TONES = ("good", "warn", "bad", "info")


def colours(scheme: str) -> dict[str, str]:
    """The colours of one scheme: the dark one takes from the light one what it doesn't say itself."""
    by_day, _, by_evening = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8").partition("@media")
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", by_day))
    if scheme == "dark":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", by_evening))
    return found


def luminance(colour: str) -> float:
    """How bright a colour is, as WCAG 2.2 defines it."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """How far two colours stand apart, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_on_every_surface(scheme: str) -> None:
    colour = colours(scheme)
    pairs = [*product(("ink", "ink-soft", "accent", "accent-strong", *TONES), SURFACES)]
    pairs += [(text, f"{tone}-soft") for tone in TONES for text in (tone, "ink", "accent")]
    pairs += [("on-accent", "accent"), ("on-accent", "accent-strong"), ("ink", "glow-soft"), ("paper", "ink")]
    weak = {pair: contrast(colour[pair[0]], colour[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_fields_and_focus_can_be_seen_on_every_surface(scheme: str) -> None:
    colour = colours(scheme)
    seen = {pair: contrast(colour[pair[0]], colour[pair[1]]) for pair in product(("line-strong", "focus"), SURFACES)}
    assert {pair: ratio for pair, ratio in seen.items() if ratio < 3} == {}


def test_contrast_is_computed_as_wcag_does() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#fff") == pytest.approx(4.54, abs=0.01)


def test_every_source_is_in_a_stylesheet_and_every_name_is_a_source() -> None:
    folder = STATIC / "css"
    sources = {path.relative_to(folder).as_posix() for path in folder.rglob("*.css")}
    assert sources == {source for bundle in BUNDLES.values() for source in bundle}


def test_the_storefront_stays_within_its_budget(tmp_path: Path) -> None:
    (tmp_path / "css").symlink_to(STATIC / "css")
    build_styles(tmp_path)
    assert len(gzip.compress((tmp_path / ".build" / "storefront.css").read_bytes())) < 8_000


def test_sources_stand_in_their_layers_in_order(tmp_path: Path) -> None:
    (tmp_path / "css").symlink_to(STATIC / "css")
    build_styles(tmp_path)
    css = (tmp_path / ".build" / "staff.css").read_text(encoding="utf-8")
    assert css.startswith("@layer tokens,base,components,rooms;@layer tokens{:root{color-scheme:light dark;")
    assert css.count("{") == css.count("}")
    assert "/*" not in css


def test_building_again_leaves_what_is_right_alone(tmp_path: Path) -> None:
    (tmp_path / "css").symlink_to(STATIC / "css")
    build_styles(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / ".build").iterdir()}
    build_styles(tmp_path)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / ".build").iterdir()} == before
    assert len(before) == len(BUNDLES) * 3


@pytest.mark.parametrize(
    ("written", "served"),
    [
        ("a { color: red; }", "a{color:red}"),
        ("a :hover ,\n  b:focus { margin: 0 1px ; }", "a :hover,b:focus{margin:0 1px}"),
        ("p { width: calc(1px + 2px - 3px); }", "p{width:calc(1px + 2px - 3px)}"),
        ("/* a note; { */ a { b: c } /* more */", "a{b:c}"),
        ('q::before { content: "/* not ; a  note */ "; }', 'q::before{content:"/* not ; a  note */ "}'),
        ("@media (min-width: 4em) and (color) { a { b: c; } }", "@media (min-width:4em) and (color){a{b:c}}"),
        ("i { background: url(\"data:image/svg+xml,%3Csvg a='b: c'%3E\") right; }",
         "i{background:url(\"data:image/svg+xml,%3Csvg a='b: c'%3E\") right}"),
    ],
)  # fmt: skip
def test_only_what_means_nothing_is_left_out(written: str, served: str) -> None:
    assert minified(written) == served


def test_each_stylesheet_has_compressed_twins_that_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "css").symlink_to(STATIC / "css")
    build_styles(tmp_path)
    for name in BUNDLES:
        css = (tmp_path / ".build" / name).read_bytes()
        assert brotli.decompress((tmp_path / ".build" / f"{name}.br").read_bytes()) == css
        assert gzip.decompress((tmp_path / ".build" / f"{name}.gz").read_bytes()) == css
