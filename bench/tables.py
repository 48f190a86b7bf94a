"""Rows of a table as the database holds them, read, changed and written without making models of them."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Field, ForeignKey, Model

Raw = tuple[Any, ...]


class Table:
    """The columns of a model's own table: where each stands, which of them hold keys, and of what."""

    def __init__(self, model: type[Model]) -> None:
        self.model = model
        self.fields: list[Field[Any, Any]] = list(model._meta.local_concrete_fields)
        self.name = connection.ops.quote_name(model._meta.db_table)
        self.columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in self.fields)
        self.place = {field.attname: number for number, field in enumerate(self.fields)}
        self.keys = [(number, _target(field)) for number, field in enumerate(self.fields) if _target(field)]

    def read(self, keys: list[Any]) -> list[Raw]:
        """Rows by their keys, in the order of the keys, as the database holds them."""
        own = connection.ops.quote_name(str(self.model._meta.pk.column))
        marks = ", ".join(["%s"] * len(keys)) or "NULL"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {self.columns} FROM {self.name} WHERE {own} IN ({marks}) ORDER BY {own}", keys)
            return list(cursor.fetchall())

    def write(self, rows: list[Raw]) -> None:
        """Insert rows as the database holds them."""
        marks = ", ".join(["%s"] * len(self.fields))
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {self.name} ({self.columns}) VALUES ({marks})", rows)

    def changed(self, row: Raw, values: dict[str, Any]) -> Raw:
        """The row with some columns replaced by Python values."""
        new = list(row)
        for name, value in values.items():
            number = self.place[name]
            new[number] = self.fields[number].get_db_prep_save(value, connection)
        return tuple(new)


def _target(field: Any) -> type[Model] | None:
    """The model whose key the column holds."""
    if isinstance(field, ForeignKey):
        target: type[Model] = field.remote_field.model
        return target
    return field.model if field.primary_key else None
