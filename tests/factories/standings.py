"""Standings as texts, as files and as confirmed rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from openpyxl import Workbook

from accreditation.models import Standing, User
from accreditation.services.standing_texts import HEADINGS
from accreditation.services.standings import confirm_entry, propose_standing
from tests.factories.snapshots import remembered

USCC = "91310000MA1FL0007C"  # of the first enterprise of the cast
STRANGER = "91310104MADEMR0K0D"  # registered nowhere


def standing_texts(**changed: str) -> dict[str, str]:
    """A municipal key laboratory of the first enterprise, since 2021."""
    plain = {
        "kind": "key_laboratory", "level": "municipal", "holder_name": "上海示例智能装备有限公司",
        "holder_uscc": USCC, "district": "310115", "name": "示例智能装备重点实验室", "year": "2021",
        "source": "示例市科技〔2021〕3 号", "source_url": "https://example.invalid/3", "confidence": "found",
    }  # fmt: skip
    return plain | changed


def csv_file(rows: Iterable[Mapping[str, str]], heads: Iterable[str] = tuple(HEADINGS)) -> bytes:
    """The rows under their column codes."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=list(heads), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()


def xlsx_file(rows: Iterable[Iterable[Any]]) -> bytes:
    """Rows of plain values, the headings first; a text that begins with `=` becomes a formula, as in any program."""
    book, stream = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    book.save(stream)
    return stream.getvalue()


@remembered
def confirmed(by: User, second: User, at: datetime, **changed: str) -> Standing:
    """An entry that counts."""
    row = propose_standing(standing_texts(**changed), by=by, at=at)
    confirm_entry(row, by=second, at=at)
    return Standing.objects.get(pk=row.pk)
