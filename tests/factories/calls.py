"""A call of a builder: what it is given, what else it may read, and what becomes of what it was given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any
from weakref import WeakSet

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import get_language

PLAIN = (str, bytes, int, float, type(None), date, timedelta, Decimal, Fraction, Enum, Path, type)
OF_ONE_TEST = {"VAR_DIR", "EVIDENCE_DIR"}  # folders, whose files are looked at instead
_now = timezone.now
_OF_TIME = {(id(timezone), "now")}
_patches: WeakSet[pytest.MonkeyPatch] = WeakSet()


class Untold(Exception):
    """Something was given, or something was patched, of which nobody can say whether it is the same again."""


def heed_replacements() -> None:
    """From now on it is known what tests have replaced by `monkeypatch`."""
    plain = pytest.MonkeyPatch.__init__

    def begun(self: pytest.MonkeyPatch) -> None:
        plain(self)
        _patches.add(self)

    pytest.MonkeyPatch.__init__ = begun


def key_of(build: Callable[..., Any], given: Any) -> tuple[Any, ...]:
    """Equal where the same builder is called with the same under the same settings at the same time of the site."""
    if any(patches._setitem or not _OF_TIME.issuperset(_names(patches)) for patches in _patches):
        raise Untold
    at = None if timezone.now is _now else timezone.now()
    return build.__module__, build.__qualname__, told(given), _changed(), at, get_language(), _database()


def _names(patches: pytest.MonkeyPatch) -> set[tuple[int, str]]:
    return {(id(target), name) for target, name, _ in patches._setattr}


def _database() -> str:
    return str(connection.settings_dict["NAME"])


def _changed() -> tuple[tuple[str, str], ...]:
    """The settings that a test has changed, as they stand."""
    names: set[str] = set()
    layer = settings._wrapped
    while "default_settings" in vars(layer):
        names |= {name for name in vars(layer) if name.isupper()}
        layer = layer.default_settings
    return tuple((name, repr(getattr(settings, name, None))) for name in sorted(names - OF_ONE_TEST))


def is_world(value: Any) -> bool:
    """Whether it leads cases from state to state, and holds nothing but what can be told."""
    return hasattr(value, "case_in") and hasattr(value, "form")


def told(value: Any) -> Any:
    """The content of a value, comparable and hashable; of a row its own columns."""
    if isinstance(value, PLAIN):
        return type(value), value
    if isinstance(value, Model):
        held = vars(value)
        return type(value), tuple((f.attname, repr(held.get(f.attname))) for f in value._meta.concrete_fields)
    if is_dataclass(value):
        return type(value), tuple(told(getattr(value, field.name)) for field in fields(value))
    if is_world(value):
        return type(value), told(vars(value))
    if isinstance(value, dict):
        return dict, tuple((told(key), told(held)) for key, held in value.items())
    if isinstance(value, list | tuple):
        return type(value), tuple(map(told, value))
    if isinstance(value, set | frozenset):
        return type(value), frozenset(map(told, value))
    raise Untold


def follow(own: Any, other: Any) -> Any:
    """Make the caller's own object what the builder once made of an equal one; the other where it cannot be changed."""
    if type(own) is not type(other) or isinstance(own, PLAIN):
        return other
    if isinstance(own, Model):
        vars(own).update(vars(other))
        return own
    if is_world(own):
        follow(vars(own), vars(other))
        return own
    if isinstance(own, dict):
        changed = {key: follow(own[key], held) if key in own else held for key, held in other.items()}
        own.clear()
        own.update(changed)
        return own
    if isinstance(own, list):
        own[:] = [follow(*pair) for pair in zip(own, other, strict=False)] + other[len(own) :]
        return own
    if is_dataclass(own):
        for field in fields(own):
            object.__setattr__(own, field.name, follow(getattr(own, field.name), getattr(other, field.name)))
        return own
    return other
