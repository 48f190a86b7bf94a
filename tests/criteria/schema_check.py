"""A checker for the part of JSON Schema that the shipped schema uses; refuses keywords it does not know."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

Schema = dict[str, Any]
_KINDS: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "null": lambda value: value is None,
}
_SILENT = {"$schema", "$defs", "title", "description"}
_KNOWN = {
    "$ref", "anyOf", "type", "enum", "pattern", "required", "properties", "additionalProperties", "items",
} | _SILENT  # fmt: skip


def schema_faults(value: Any, schema: Schema, root: Schema, path: str = "$") -> list[str]:
    """Everywhere the value departs from the schema."""
    unknown = set(schema) - _KNOWN
    assert not unknown, unknown
    if "$ref" in schema:
        return schema_faults(value, root["$defs"][schema["$ref"].rpartition("/")[2]], root, path)
    if "anyOf" in schema:
        return [] if any(not schema_faults(value, one, root, path) for one in schema["anyOf"]) else [f"{path}: none"]
    if "type" in schema and not _KINDS[schema["type"]](value):
        return [f"{path}: not {schema['type']}"]
    return [*_text_faults(value, schema, path), *_inner_faults(value, schema, root, path)]


def _text_faults(value: Any, schema: Schema, path: str) -> Iterator[str]:
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: not one of the choices"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{path}: not of the pattern"


def _inner_faults(value: Any, schema: Schema, root: Schema, path: str) -> Iterator[str]:
    if isinstance(value, list) and "items" in schema:
        for number, part in enumerate(value):
            yield from schema_faults(part, schema["items"], root, f"{path}[{number}]")
    if not isinstance(value, dict):
        return
    known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    yield from (f"{path}.{name}: missing" for name in schema.get("required", ()) if name not in value)
    for name, part in value.items():
        if name in known or isinstance(others, dict):
            yield from schema_faults(part, known.get(name, others), root, f"{path}.{name}")
        elif others is False:
            yield f"{path}.{name}: unknown"
