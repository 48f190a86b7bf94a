"""How many pages a stranger's PDF has, counted in a child process with little time, little memory and no network."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore

from certificates.isolated import limit
from certificates.package import page_count

WAIT_SECONDS = 20
_AT_ONCE = BoundedSemaphore(2)
_HOME = Path(__file__).resolve().parent.parent


def count_pages(content: bytes) -> int | None:
    """Pages of a PDF; None where it cannot be read, asks for a password, or takes more than the child may use."""
    with _AT_ONCE:
        try:
            child = subprocess.run(
                [sys.executable, "-m", "certificates.counting"],
                input=content,
                capture_output=True,
                timeout=WAIT_SECONDS,
                cwd=_HOME,
                env={"PYTHONPATH": str(_HOME), "LANG": "C.UTF-8"},
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None
    answer = child.stdout.decode("ascii", "replace").strip()
    return int(answer) if child.returncode == 0 and answer.isdigit() and int(answer) > 0 else None


def main() -> None:
    """The child: read the PDF from standard input, write the number of its pages; nothing where it is none."""
    logging.disable(logging.CRITICAL)
    limit()
    count = page_count(sys.stdin.buffer.read())
    sys.stdout.write("" if count is None else str(count))


if __name__ == "__main__":
    main()
