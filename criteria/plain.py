"""Frozen dataclasses to canonical JSON and back: numbers as exact text, dates as ISO text, tuples as lists."""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from criteria.facts import exact_text

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """JSON-ready form of a dataclass tree; a number becomes `{"n": exact text}`, a date `{"d": ISO text}`."""
    if isinstance(value, Fraction):
        return {"n": exact_text(value)}
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value):
        return {name: to_plain(getattr(value, name)) for name in _field_names(value.__class__)}
    if isinstance(value, tuple | list):
        return [to_plain(part) for part in value]
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, Mapping):
        return {str(key): to_plain(part) for key, part in value.items()}
    return value


def to_text(value: Any) -> str:
    """Canonical JSON: sorted keys, no blanks, Chinese as it is."""
    return json.dumps(to_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_text(kind: type[T], text: str) -> T:
    """Inverse of `to_text` for a dataclass type."""
    return cast(T, from_plain(kind, json.loads(text)))


def from_plain(kind: Any, plain: Any) -> Any:
    """Inverse of `to_plain`, led by the annotations of the dataclass."""
    if get_origin(kind) is Mapping:
        return {key: from_plain(get_args(kind)[1], part) for key, part in plain.items()}
    if isinstance(plain, dict) and set(plain) == {"n"}:
        return Fraction(plain["n"])
    if isinstance(plain, dict) and set(plain) == {"d"}:
        return date.fromisoformat(plain["d"])
    if get_origin(kind) in (Union, types.UnionType):
        return None if plain is None else from_plain(_solid_member(kind, plain), plain)
    if get_origin(kind) is tuple:
        return _tuple_from(get_args(kind), plain)
    if is_dataclass(kind):
        hints, build = _hints(cast(Any, kind)), cast(Any, kind)
        return build(**{name: from_plain(hints[name], part) for name, part in plain.items()})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(plain)
    return plain


def _tuple_from(kinds: tuple[Any, ...], plain: list[Any]) -> tuple[Any, ...]:
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(from_plain(kinds[0], part) for part in plain)
    return tuple(from_plain(kind, part) for kind, part in zip(kinds, plain, strict=True))


def _solid_member(union: Any, plain: Any) -> Any:
    """The member of a union that a plain value stands for: the dataclass for an object, otherwise the solid one."""
    members = [member for member in get_args(union) if member is not type(None)]
    if isinstance(plain, dict):
        return next(member for member in members if is_dataclass(member))
    return members[0] if len(members) == 1 else object


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


@cache
def _field_names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
