"""The child process of `isolated`: limits itself, reads one workbook from standard input, answers JSON."""

from __future__ import annotations

import gc
import json
import resource
import sys

from criteria.workbook.intake import examine
from criteria.workbook.layout import template_from_json

MEMORY = 512 * 1024 * 1024
SECONDS = 15


def limit(memory: int = MEMORY, seconds: int = SECONDS) -> None:
    """Bound this process for good: address space, processor time, no files written, no core left behind."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(request: bytes) -> str:
    """Facts and faults of one request as JSON."""
    line, _, content = request.partition(b"\n")
    reading = examine(content, template_from_json(line.decode()))
    return json.dumps({"facts": reading.facts.to_json(), "faults": reading.faults.to_json()}, ensure_ascii=False)


if __name__ == "__main__":
    limit()
    gc.disable()  # one request, then the end: collecting would cost a third of a long annex
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read()).encode())
