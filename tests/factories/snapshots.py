"""Worlds that many tests begin with: built once a process, later put back row for row into an empty database."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import get_language

from accreditation import append_only

MOST = 24  # worlds kept at a time
# What the framework itself fills with the tables; no world adds to it.
STANDING = {"django_content_type", "auth_permission", "django_migrations", "django_site", "django_cache"}
# Settings by which the same call makes another world.
READ_ON_THE_WAY = ("ACCREDITATION_DEMO", "WEBHOOKS", "TEXT_GATEWAY_URL", "PUBLIC_BASE_URL", "LANGUAGE_CODE")


P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """The rows of every table that is not empty, as the database itself tells them, files, and what was returned."""

    rows: dict[str, Any]
    files: dict[Path, bytes]  # below VAR_DIR
    made: bytes


_kept: OrderedDict[Any, _Snapshot] = OrderedDict()


def remembered(build: Callable[P, T]) -> Callable[P, T]:
    """A builder whose result depends on its arguments alone; one that writes files needs a fresh VAR_DIR.

    In an empty database the first call builds; the next one with the same arguments puts the same rows back, keys
    included, and the files, and returns a copy of what was returned, so that no test sees what another did to it.
    In a database that holds anything it builds.
    """

    @wraps(build)
    def made(*args: P.args, **kwargs: P.kwargs) -> T:
        if _any_row():
            return build(*args, **kwargs)
        key = _key(build, args, kwargs)
        if key in _kept:
            _kept.move_to_end(key)
            again: T = _put_back(_kept[key])
            return again
        there = _files()
        result = build(*args, **kwargs)
        written = _files() - there
        if not (written and there):  # else some of its files may have been there before it
            _keep(key, written, result)
        return result

    return made


def _key(build: Callable[..., Any], args: Iterable[Any], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    said = tuple(str(getattr(settings, name, None)) for name in READ_ON_THE_WAY)
    return (
        build.__module__, build.__qualname__, repr(args), repr(sorted(kwargs.items())), said, get_language(),
        connection.settings_dict["NAME"],
    )  # fmt: skip


def _files() -> set[Path]:
    paths = Path(settings.VAR_DIR).rglob("*")
    return {path for path in paths if path.is_file() and ".sqlite3" not in path.name}


def _keep(key: Any, written: Iterable[Path], result: Any) -> None:
    rows = {table: held for table in _tables() if (held := _READ[connection.vendor](table))}
    files = {path.relative_to(settings.VAR_DIR): path.read_bytes() for path in written}
    _kept[key] = _Snapshot(rows, files, pickle.dumps(result))
    if len(_kept) > MOST:
        _kept.popitem(last=False)


@cache
def _tables() -> tuple[str, ...]:
    """Every table of the product, without those that are never empty."""
    models = apps.get_models(include_auto_created=True)
    names = {model._meta.db_table for model in models if model._meta.managed and not model._meta.proxy}
    return tuple(sorted(names - STANDING))


def empty_all_tables() -> None:
    """Take every row out, but for those that came with the tables; the audit table's refusal is lifted meanwhile."""
    append_only.uninstall(connection)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT " + ", ".join(_questions()))
            for table, has_rows in zip(_tables(), cursor.fetchone(), strict=True):
                if has_rows:
                    cursor.execute(f'DELETE FROM "{table}"')
    finally:
        append_only.install(connection)


@cache
def _questions() -> tuple[str, ...]:
    return tuple(f'EXISTS (SELECT 1 FROM "{table}")' for table in _tables())


@cache
def _question() -> str:
    return "SELECT " + " OR ".join(_questions())


def _any_row() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_question())
        return bool(cursor.fetchone()[0])


def _put_back(kept: _Snapshot) -> Any:
    """Foreign keys are looked at when the transaction ends, so that the order of the tables does not matter."""
    with transaction.atomic():
        for table, held in kept.rows.items():
            _WRITE[connection.vendor](table, held)
    for name, content in kept.files.items():
        path = Path(settings.VAR_DIR, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return pickle.loads(kept.made)


# --- rows of one table ----------------------------------------------------------------------------------------------
@cache
def _columns(table: str) -> tuple[str, ...]:
    with connection.cursor() as cursor:
        return tuple(f'"{column.name}"' for column in connection.introspection.get_table_description(cursor, table))


def _read_sqlite(table: str) -> list[tuple[Any, ...]]:
    """A sign before a column keeps its value as it is stored: the adapter converts by the declared type else."""
    taken = ", ".join(f"+{column}" for column in _columns(table))
    found: list[tuple[Any, ...]] = connection.connection.execute(f'SELECT {taken} FROM "{table}"').fetchall()
    return found


def _write_sqlite(table: str, rows: list[tuple[Any, ...]]) -> None:
    places = ", ".join("?" for _ in _columns(table))
    connection.connection.executemany(f'INSERT INTO "{table}" ({", ".join(_columns(table))}) VALUES ({places})', rows)


def _read_postgresql(table: str) -> bytes:
    with connection.connection.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as out:
        return b"".join(bytes(part) for part in out)


def _write_postgresql(table: str, rows: bytes) -> None:
    with connection.connection.cursor() as cursor, cursor.copy(f'COPY "{table}" FROM STDIN') as into:
        into.write(rows)


_READ: dict[str, Callable[[str], Any]] = {"sqlite": _read_sqlite, "postgresql": _read_postgresql}
_WRITE: dict[str, Callable[[str, Any], None]] = {"sqlite": _write_sqlite, "postgresql": _write_postgresql}
