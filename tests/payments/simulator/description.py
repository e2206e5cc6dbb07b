"""Mollie's own description of its API, for comparing answers with; it is not part of this project."""

import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import requests
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

PROJECT = Path(__file__).resolve().parents[3]
FOLDER = Path(os.environ.get("SHOP_MOLLIE_OPENAPI") or PROJECT.parent / "shared" / "mollie" / "openapi")
FILE = FOLDER / "specs.json"


class Description:
    """The description, and which of its operations have been compared."""

    def __init__(self) -> None:
        self.document = _with_nullable_enums(json.loads(FILE.read_text()))
        resource = Resource.from_contents(self.document, default_specification=DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource("mollie:", resource)
        self._paths = {re.sub(r"\{[^}]+\}", "[^/]+", path): path for path in self.document["paths"]}
        self.seen: set[tuple[str, str, int]] = set()
        self._validator = cache(self._new_validator)

    def _new_validator(self, reference: str) -> Draft202012Validator:
        return Draft202012Validator({"$ref": f"mollie:#/{reference}"}, registry=self._registry)

    def check(self, response: requests.Response, *args: object, **options: object) -> None:
        """Compare an answer with what its operation may answer; to be hooked into a client's session."""
        method, path = str(response.request.method).lower(), self.template(str(response.request.path_url))
        answers = self.document["paths"][path][method]["responses"]
        content = answers.get(str(response.status_code), {}).get("content", {})
        self.seen.add((method, path, response.status_code))
        if not content:
            reference = "components/schemas/error-response"
            assert response.status_code >= 400 or response.content in (b"", b"{}"), response.text
        else:
            place = f"paths/{_escaped(path)}/{method}/responses/{response.status_code}/content"
            reference = f"{place}/{_escaped(next(iter(content)))}/schema"
        if content or response.status_code >= 400:
            errors = [f"{error.json_path}: {error.message}" for error in self._errors(reference, response.json())]
            assert not errors, f"{method} {path} {response.status_code}: {errors[:5]} in {response.text[:2000]}"

    def _errors(self, reference: str, answer: Any) -> Iterator[Any]:
        yield from self._validator(reference).iter_errors(answer)

    def template(self, path: str) -> str:
        """The described path that an address belongs to."""
        plain = path.partition("?")[0]
        fitting = [pattern for pattern in self._paths if re.fullmatch(pattern, plain)]
        return self._paths[min(fitting, key=lambda pattern: pattern.count("[^/]+"))]


def _escaped(text: str) -> str:
    return text.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


def _with_nullable_enums(node: Any) -> Any:
    """The description forgets null among the values of some types that may be null."""
    if isinstance(node, list):
        return [_with_nullable_enums(item) for item in node]
    if not isinstance(node, dict):
        return node
    repaired = {name: _with_nullable_enums(value) for name, value in node.items()}
    kinds, values = repaired.get("type"), repaired.get("enum")
    if isinstance(kinds, list) and "null" in kinds and isinstance(values, list) and None not in values:
        repaired["enum"] = [*values, None]
    return repaired
