"""The job of the child process of `isolated`: limits itself, reads one workbook, tells how far it is, answers JSON."""

from __future__ import annotations

import json
import resource
import struct
from collections.abc import Callable

from criteria.workbook.intake import examine
from criteria.workbook.layout import template_from_json
from criteria.workbook.listfile import REQUEST, answer_list

MEMORY = 512 * 1024 * 1024
ROWS = struct.Struct("!II")  # rows done, rows known


def limit(seconds: int, memory: int = MEMORY) -> None:
    """Bound this process for good: address space, processor time, no files written, no core left behind."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(request: bytes, tell: Callable[[bytes], None]) -> bytes:
    """Facts and faults of one request as JSON; rows done and known are told on the way. A plain list is its cells."""
    line, _, content = request.partition(b"\n")
    if line == REQUEST:
        return answer_list(content)
    template = template_from_json(line.decode())
    reading = examine(content, template, lambda done, known: tell(ROWS.pack(done, known)))
    plain = {"facts": reading.facts.to_json(), "faults": reading.faults.to_json()}
    return json.dumps(plain, ensure_ascii=False).encode()
