"""The tables of a dossier: rows found from the case, as CSV in words and as JSON as stored, with their files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Field, ManyToManyField, Q
from django.utils import timezone

from accreditation.models import Application, Case, ChangeRequest, Reconsideration, StoredFile
from accreditation.services.files import read_file
from workflows.exports.dossier_parts import Part, csv_part, json_part, safe
from workflows.exports.dossier_tables import TABLES, Table
from workflows.exports.dossier_words import HEADINGS
from workflows.procedures import procedure_of

HIDDEN = frozenset({"id", "audit_head", "audit_count"})
MOST_CELL = 32_000  # signs that a spreadsheet takes into one cell
Anchors = Mapping[str, list[Any]]


def anchors_of(case: Case) -> Anchors:
    """The keys that rows are found by: of the case, and of what it is about."""
    subject = procedure_of(case).subject.of(case)
    application = subject if isinstance(subject, Application) else None
    return {
        "case": [case.pk],
        "number": [case.number],
        "batch": [case.batch_id] if case.batch_id else [],
        "application": [application.pk] if application else [],
        "announcement": [application.announcement_id] if application and application.announcement_id else [],
        "title": sorted(_titles(subject)),
    }


def _titles(subject: Any) -> set[int]:
    """Titles that a case granted or is over; a reconsideration is over those of the act it challenges."""
    if isinstance(subject, Reconsideration):
        if subject.reissue_letter is not None:
            return {subject.reissue_letter.reissue.title_id}
        return _titles(procedure_of(subject.challenged_case).subject.of(subject.challenged_case))
    if isinstance(subject, ChangeRequest):
        return set(subject.titles.values_list("title_id", flat=True))
    names = ("title_id", "evaluated_title_id")
    return {key for key in (getattr(subject, name, None) for name in names) if key is not None}


def tables(anchors: Anchors, counts: list[tuple[str, str, int]]) -> Iterator[Part]:
    """Every table that has rows; `counts` takes path, name and number of rows of each, of an empty one too."""
    for table in TABLES:
        rows = list(_found(table, anchors))
        counts.append((table.path, table.name, len(rows)))
        if rows:
            columns = _columns(table)
            yield csv_part(f"{table.path}.csv", table.name, _lines(rows, columns))
            yield json_part(f"{table.path}.json", table.name, [_stored(row, columns) for row in rows])
            yield from _files(table, rows)


def _found(table: Table, anchors: Anchors) -> Iterable[Any]:
    ways = Q(pk__in=[])
    for lookup, anchor in table.ways:
        if anchors[anchor]:
            ways |= Q(**{f"{lookup}__in": anchors[anchor]})
    keys = table.model._default_manager.filter(table.where & ways).values("pk")
    links = [one.name for one in table.model._meta.concrete_fields if one.is_relation]
    return table.model._default_manager.filter(pk__in=keys).select_related(*links).order_by("pk")


def _columns(table: Table) -> list[Field[Any, Any]]:
    fields = [*table.model._meta.concrete_fields, *table.model._meta.many_to_many]
    return [one for one in fields if one.name not in HIDDEN and one.name not in table.omit]


def _lines(rows: Iterable[Any], columns: list[Field[Any, Any]]) -> Iterator[list[str]]:
    yield ["序号", *(HEADINGS[one.name] for one in columns)]
    for row in rows:
        yield [str(row.pk), *(_word(row, one) for one in columns)]


def _word(row: Any, column: Field[Any, Any]) -> str:
    """A value as a person reads it; one too long for a cell is in the JSON beside."""
    text = _said(row, column)
    return text if len(text) <= MOST_CELL else "（见同名 JSON 文件）"


def _said(row: Any, column: Field[Any, Any]) -> str:
    if isinstance(column, ManyToManyField):
        return "、".join(str(one) for one in getattr(row, column.name).order_by("pk"))
    if column.choices:
        return str(getattr(row, f"get_{column.name}_display")())
    return _plain_word(getattr(row, column.name))


def _plain_word(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return value.sha256 if isinstance(value, StoredFile) else str(value)


def _stored(row: Any, columns: list[Field[Any, Any]]) -> dict[str, Any]:
    """A row as it is stored, links as keys; a file by its SHA-256."""
    values: dict[str, Any] = {"id": row.pk}
    for one in columns:
        if isinstance(one, ManyToManyField):
            values[one.name] = list(getattr(row, one.name).order_by("pk").values_list("pk", flat=True))
        elif one.related_model is StoredFile:
            values[one.name] = file.sha256 if (file := getattr(row, one.name)) else None
        else:
            values[one.attname] = getattr(row, one.attname)
    return values


def _files(table: Table, rows: Iterable[Any]) -> Iterator[Part]:
    """The files that rows of a table point to, beside it."""
    columns = [one.name for one in table.model._meta.concrete_fields if one.related_model is StoredFile]
    for row in rows:
        for name in columns:
            file = getattr(row, name)
            if file is not None and name not in table.omit:
                said = getattr(row, "file_name", None) or getattr(row, "name", None) or file.sha256
                yield Part(f"{table.path}/{row.pk}-{safe(said)}", table.name, read_file(file))
