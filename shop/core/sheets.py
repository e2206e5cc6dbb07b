"""Cells of CSV files, which programs for sheets open: no text is one that they would take for a formula."""

from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")


def disarmed(cell: Any) -> str:
    """A cell's text; one that a sheet would take for a formula gets an apostrophe in front (CWE-1236)."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip(" \xa0").startswith(_FORMULA) else text
