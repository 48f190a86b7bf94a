"""One file of a dossier: its path, origin and bytes, and how rows become the text of a file."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from workflows.exports.register import BYTE_ORDER_MARK, inert

_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069]+|\.{2,}')
MOST_NAME = 80
INDEX, SUMS = "index.csv", "SHA256SUMS"  # the two lists of all other files, each with its hash
INDEX_HEADS = ("文件", "来源", "字节", "行数", "SHA-256")
TEXTS = (".csv", ".json", ".txt")


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the dossier: path in the archive, where it comes from, its bytes."""

    path: str
    origin: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Digest in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def lines(self) -> int | None:
        """How many lines a text has; None of anything else."""
        if not self.path.endswith(TEXTS):
            return None
        return self.content.count(b"\n") + (bool(self.content) and not self.content.endswith(b"\n"))


def row_of(row: Any, fields: Iterable[str]) -> dict[str, Any]:
    """Values of a row by the names of its columns."""
    return {name: getattr(row, name) for name in fields}


def json_part(path: str, origin: str, value: object) -> Part:
    """A value as JSON with sorted keys."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, default=_plain)
    return Part(path, origin, text.encode())


def csv_part(path: str, origin: str, lines: Iterable[Iterable[object]]) -> Part:
    """Lines as CSV; no cell is a formula."""
    text = io.StringIO()
    csv.writer(text).writerows([inert(cell) for cell in line] for line in lines)
    return Part(path, origin, (BYTE_ORDER_MARK + text.getvalue()).encode())


def _plain(value: object) -> str:
    """Instants and days as the ISO writes them; anything else as its own words."""
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def safe(name: str) -> str:
    """A name that is one component of a path on every system."""
    return _UNSAFE.sub("_", name).strip(". ")[-MOST_NAME:] or "_"
