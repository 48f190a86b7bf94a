"""`python -m bench.annex_child ours|peer FILE TEMPLATE`: reads one workbook and tells what it cost after the start."""

from __future__ import annotations

import gc
import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from openpyxl import load_workbook

from criteria.workbook.intake import examine
from criteria.workbook.layout import template_from_json


def ours(content: bytes, template: str) -> dict[str, object]:
    """Bytes to facts, as the child of an upload does it: without collecting, for it ends afterwards."""
    gc.disable()
    reading = examine(content, template_from_json(template))
    return {"lines": len(reading.facts.annexes["equipment"]), "errors": len(reading.faults.errors)}


def peer(content: bytes, _template: str) -> dict[str, object]:
    """openpyxl walks over all values in its read-only mode."""
    workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    return {"cells": sum(len(row) for sheet in workbook.worksheets for row in sheet.iter_rows(values_only=True))}


def peak() -> float:
    """Most MiB since this program began; the system's own count would take over that of the process that forked."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    what, file, template = sys.argv[1:]
    readers: dict[str, Callable[[bytes, str], dict[str, object]]] = {"ours": ours, "peer": peer}
    text, bare = Path(template).read_text(encoding="utf-8"), peak()
    content, started = Path(file).read_bytes(), time.process_time()
    found = readers[what](content, text)
    print(json.dumps({**found, "seconds": time.process_time() - started, "mib": peak() - bare}))


if __name__ == "__main__":
    main()
