"""All rows of the database as they are stored: read at once, and what a step changed in them put in again."""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection, transaction

# What the framework itself fills with the tables; no world adds to it.
STANDING = {"django_content_type", "auth_permission", "django_migrations", "django_site", "django_cache"}

# A row of SQLite is a tuple of stored values, one of PostgreSQL a line of COPY.
Row = Any
Content = Mapping[str, list[Row]]


@dataclass(frozen=True, slots=True)
class Change:
    """What one step did: keys of rows that are gone or were changed, rows as they are now, where numbering stands."""

    gone: dict[str, list[Any]]
    come: dict[str, list[Row]]
    numbering: tuple[Any, ...]


@cache
def tables() -> Mapping[str, str]:
    """Every table of the product with its key column, without those that are never empty."""
    models = apps.get_models(include_auto_created=True)
    keys = {m._meta.db_table: m._meta.pk.column for m in models if m._meta.managed and not m._meta.proxy}
    return {table: keys[table] for table in sorted(keys.keys() - STANDING)}


def filled() -> list[str]:
    """The tables that hold any row."""
    with connection.cursor() as cursor:
        cursor.execute(_question())
        return [table for table, has_rows in zip(tables(), cursor.fetchone(), strict=True) if has_rows]


@cache
def _question() -> str:
    return "SELECT " + ", ".join(f'EXISTS (SELECT 1 FROM "{table}")' for table in tables())


def read() -> Content:
    """Every row of every table that is not empty."""
    take = {"sqlite": _read_sqlite, "postgresql": _read_postgresql}[connection.vendor]
    return {table: take(table) for table in filled()}


def digest(content: Content) -> bytes:
    """The same for the same rows."""
    return hashlib.blake2b(marshal.dumps(sorted(content.items()), 2)).digest()


def difference(before: Content, after: Content) -> Change:
    """What leads from the one to the other."""
    gone: dict[str, list[Any]] = {}
    come: dict[str, list[Row]] = {}
    for table in before.keys() | after.keys():
        old, new = before.get(table, []), after.get(table, [])
        if old != new:
            were, are = set(old), set(new)
            gone[table] = [_key_of(table, row) for row in old if row not in are]
            come[table] = [row for row in new if row not in were]
    return Change(gone, come, _numbering())


def put(change: Change) -> None:
    """Foreign keys are looked at when the transaction ends, so that the order of the tables does not matter."""
    delete, write = {
        "sqlite": (_delete_sqlite, _write_sqlite), "postgresql": (_delete_postgresql, _write_postgresql),
    }[connection.vendor]  # fmt: skip
    with transaction.atomic():
        for table, keys in change.gone.items():
            if keys:
                delete(table, keys)
        for table, rows in change.come.items():
            if rows:
                write(table, rows)
        _number(change.numbering)


# --- rows of one table ----------------------------------------------------------------------------------------------
@cache
def _names(table: str) -> tuple[str, ...]:
    with connection.cursor() as cursor:
        return tuple(column.name for column in connection.introspection.get_table_description(cursor, table))


@cache
def _columns(table: str) -> tuple[str, ...]:
    return tuple(f'"{name}"' for name in _names(table))


@cache
def _place_of_key(table: str) -> int:
    return _names(table).index(tables()[table])


def _key_of(table: str, row: Row) -> Any:
    if connection.vendor == "sqlite":
        return row[_place_of_key(table)]
    said = row.split(b"\t")[_place_of_key(table)].rstrip(b"\n").decode()
    assert "\\" not in said, f"a key that COPY writes otherwise: {said}"
    return said


def _read_sqlite(table: str) -> list[Row]:
    """A sign before a column keeps its value as it is stored: the adapter converts by the declared type else."""
    taken = ", ".join(f"+{column}" for column in _columns(table))
    found: list[Row] = connection.connection.execute(f'SELECT {taken} FROM "{table}"').fetchall()
    return found


def _write_sqlite(table: str, rows: list[Row]) -> None:
    places = ", ".join("?" for _ in _columns(table))
    connection.connection.executemany(f'INSERT INTO "{table}" ({", ".join(_columns(table))}) VALUES ({places})', rows)


def _delete_sqlite(table: str, keys: list[Any]) -> None:
    statement = f'DELETE FROM "{table}" WHERE "{tables()[table]}" = ?'
    connection.connection.executemany(statement, [(key,) for key in keys])


def _read_postgresql(table: str) -> list[Row]:
    with connection.connection.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as out:
        return b"".join(bytes(part) for part in out).splitlines(keepends=True)


def _write_postgresql(table: str, rows: list[Row]) -> None:
    with connection.connection.cursor() as cursor, cursor.copy(f'COPY "{table}" FROM STDIN') as into:
        into.write(b"".join(rows))


def _delete_postgresql(table: str, keys: list[Any]) -> None:
    with connection.connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{table}" WHERE "{tables()[table]}"::text = ANY(%s)', [keys])


# --- numbering ------------------------------------------------------------------------------------------------------
def _numbering() -> tuple[Any, ...]:
    """How far each sequence of PostgreSQL has counted; SQLite counts on from the rows."""
    if connection.vendor != "postgresql":
        return ()
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(sequencename), last_value FROM pg_sequences WHERE schemaname = 'public'")
        return tuple(cursor.fetchall())


def _number(numbering: Iterable[tuple[str, int | None]]) -> None:
    """Sequences do not go back with a transaction; from here on they count as they did when the rows were new."""
    known = list(numbering)
    if known:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(name::regclass, COALESCE(last, 1), last IS NOT NULL)"
                " FROM unnest(%s::text[], %s::bigint[]) AS counted (name, last)",
                [[name for name, _ in known], [last for _, last in known]],
            )
