"""The JSON Schema (2020-12) of stored evaluations, made from the dataclasses."""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from criteria.evaluate import Evaluation

SCHEMA_FILE = Path(__file__).parent / "evaluation.schema.json"
Schema = dict[str, Any]
_WRAPPED = {"type": "object", "additionalProperties": False}
_PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    types.NoneType: {"type": "null"},
    Fraction: {
        **_WRAPPED, "description": "an exact number, as decimal or as quotient", "required": ["n"],
        "properties": {"n": {"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+|/[0-9]+)?$"}},
    },
    date: {
        **_WRAPPED, "description": "a day", "required": ["d"],
        "properties": {"d": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}},
    },
}  # fmt: skip


def evaluation_schema() -> Schema:
    """The schema of `Evaluation.to_json`; fields with a default are optional, so that older texts stay valid."""
    definitions: dict[str, Schema] = {}
    root = _schema_of(Evaluation, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Evaluation of one application under one rule set",
        **root,
        "$defs": {name: definitions[name] for name in sorted(definitions)},
    }


def schema_text() -> str:
    """The schema as the file holds it."""
    return json.dumps(evaluation_schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _schema_of(kind: Any, definitions: dict[str, Schema]) -> Schema:
    """The schema of an annotation; dataclasses, numbers and dates are defined once and referred to."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return {"anyOf": [_schema_of(part, definitions) for part in parts]}
    if origin is tuple:
        return {"type": "array", "items": _schema_of(parts[0], definitions)}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _schema_of(parts[1], definitions)}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"type": "string", "enum": [member.value for member in kind]}
    if kind in _PLAIN and kind not in (Fraction, date):
        return _PLAIN[kind]
    if kind.__name__ not in definitions:
        definitions[kind.__name__] = {}  # holds the place, a class may hold itself
        definitions[kind.__name__] = _class_schema(kind, definitions) if is_dataclass(kind) else _PLAIN[kind]
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _class_schema(kind: Any, definitions: dict[str, Schema]) -> Schema:
    hints, described = get_type_hints(kind), fields(kind)
    needed = [one.name for one in described if one.default is MISSING and one.default_factory is MISSING]
    return {
        "type": "object",
        "additionalProperties": False,
        "required": sorted(needed),
        "properties": {one.name: _schema_of(hints[one.name], definitions) for one in described},
    }
