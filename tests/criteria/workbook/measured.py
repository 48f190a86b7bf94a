"""A process that reads workbooks one after the other, each in a fork of its own, and tells what each one cost.

`python -m tests.criteria.workbook.measured TEMPLATE`: a path on each line of standard input, an answer on each line of
standard output. The fork starts as bare as the child of an upload, so its peak is what the file itself needs.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
from pathlib import Path

from criteria.workbook.intake import examine
from criteria.workbook.layout import Template, template_from_json


def answer(path: Path, template: Template) -> dict[str, object]:
    """Refusal code or `read`, codes of the errors, digest of the facts."""
    reading = examine(path.read_bytes(), template)
    refusal = reading.faults.refusal
    return {
        "answer": refusal.code if refusal else "read",
        "errors": sorted({fault.code for fault in reading.faults.errors}),
        "digest": reading.facts.digest(),
    }


def measured(path: Path, template: Template) -> dict[str, object]:
    """The answer with seconds of processor time and MiB above the bare process; `crash` when the fork died."""
    reader, writer = os.pipe()
    bare = current_mib()
    child = os.fork()
    if child == 0:
        os.write(writer, json.dumps(answer(path, template)).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as stream:
        said = stream.read()
    _, status, usage = os.wait4(child, 0)
    plain = json.loads(said) if status == 0 else {"answer": "crash", "errors": [], "digest": ""}
    spent = usage.ru_utime + usage.ru_stime
    return {**plain, "seconds": spent, "mib": usage.ru_maxrss / 1024 - bare}


def current_mib() -> float:
    """Memory of this process in use now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1024 / 1024


def main() -> None:
    template = template_from_json(Path(sys.argv[1]).read_text(encoding="utf-8"))
    gc.disable()
    for line in sys.stdin:
        print(json.dumps(measured(Path(line.strip()), template)), flush=True)


if __name__ == "__main__":
    main()
