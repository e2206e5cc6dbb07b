"""The JSON Schema of a download, made from the register: a new column is in it by itself."""

from typing import Any

from sqlalchemy import Boolean, Column, Date, DateTime, Integer

from shop.core.db import UtcDateTime
from shop.core.i18n import public_url
from shop.privacy.queries.held import Holding, holdings
from shop.privacy.rules import meaning_of

TEXT = {"type": "string"}


def data_schema() -> dict[str, Any]:
    """What gegevens.json looks like, in the language being spoken."""
    tables = {holding.table.name: {"type": "array", "items": _row(holding)} for holding in holdings()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": public_url("privacy.data_schema_file", lang="nl"),
        "title": "gegevens.json",
        "type": "object",
        "additionalProperties": False,
        "required": ["$schema", "@context", "format", "made_at", "controller", "about", "columns", "data"],
        "properties": {
            "$schema": {"type": "string", "format": "uri"},
            "@context": {"const": "https://schema.org"},
            "format": {"const": "1.0"},
            "made_at": {"type": "string", "format": "date-time"},
            "language": {"enum": ["nl", "en"]},
            "controller": _object({"name": TEXT, "address": TEXT, "email": TEXT}),
            "about": _object({"email": TEXT, "has_proved_mailbox": {"type": "boolean"}}),
            "columns": {"type": "object", "additionalProperties": {"$ref": "#/$defs/column"}},
            "data": {"type": "object", "additionalProperties": False, "properties": tables},
        },
        "$defs": {"column": _about_a_column()},
    }


def _object(properties: dict[str, Any], *, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "additionalProperties": False, "required": required, "properties": properties}


def _about_a_column() -> dict[str, Any]:
    names = ("label", "category", "category_label", "purpose", "basis", "source", "kept", "at_erasure", "schema_org")
    told: dict[str, Any] = {**dict.fromkeys(names, TEXT), "law": {"type": ["string", "null"]}}
    told["recipients"] = {"type": "array", "items": TEXT}
    return _object(told, optional=("schema_org",))


def _row(holding: Holding) -> dict[str, Any]:
    values = {field.column.name: _value(field.column, str(field.declared.label)) for field in holding.fields}
    details = {column.name: _value(column, str(column.info["register"].label)) for column in holding.details}
    ends = {"type": "object", "additionalProperties": {"type": "string", "format": "date"}}
    told = {"key": TEXT, "label": TEXT, "values": _object(values), "details": _object(details), "kept_until": ends}
    return _object(told, optional=("details", "kept_until"))


def _value(column: Column[Any], label: str) -> dict[str, Any]:
    match column.type:
        case UtcDateTime() | DateTime():
            told: dict[str, Any] = {"type": "string", "format": "date-time"}
        case Date():
            told = {"type": "string", "format": "date"}
        case Boolean():
            told = {"type": "boolean"}
        case Integer():
            told = {"type": "integer"}
        case _:
            told = {"type": "string"}
    told["type"] = [told["type"], "null"]
    meaning = meaning_of(column.name)
    return {**told, "title": label or column.name, **({"x-schema-org": meaning} if meaning else {})}
