"""Reading a plain list that came from outside: a workbook in the limited child process, a CSV file here."""

from __future__ import annotations

import json

from criteria.fork_client import HelperDied
from criteria.workbook.faults import Fault, Refused, Severity, fault_from_plain, fault_of
from criteria.workbook.gate import check_kind, check_size
from criteria.workbook.isolated import AT_ONCE, READERS, refusal_of
from criteria.workbook.listfile import REQUEST, ListCell, csv_cells


def read_list(content: bytes, name: str) -> list[ListCell] | Fault:
    """Filled cells of the first sheet in reading order, or why the file cannot be read."""
    try:
        check_size(content)
        if name.lower().endswith(".csv"):
            return csv_cells(content)
        check_kind(content)
        ended = READERS.ask(REQUEST + b"\n" + content, AT_ONCE)
    except Refused as refusal:
        return refusal.fault
    except HelperDied:
        return fault_of("unreadable", severity=Severity.REFUSAL)
    if ended.answer is None or ended.code:
        return fault_of(refusal_of(ended.code), severity=Severity.REFUSAL)
    plain = json.loads(ended.answer)
    if "fault" in plain:
        return fault_from_plain(plain["fault"])
    return [ListCell(**row) for row in plain["cells"]]
