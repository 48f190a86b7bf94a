"""Verification of a stranger's file in a child process with little time, little memory and no network."""

from __future__ import annotations

import json
import logging
import resource
import subprocess
import sys
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from certificates.container import LIMIT
from certificates.refusals import Rule
from certificates.verify import Trust, Verdict, verify

_SECONDS = 5
_MEMORY = 1 << 30
_FILES = 64
_AT_ONCE = BoundedSemaphore(2)
_HOME = Path(__file__).resolve().parent.parent


class Busy(RuntimeError):
    """Too many files are being verified at the moment; try again."""


def verify_isolated(content: bytes, trust: Trust, *, patience: float = 10.0) -> Verdict:
    """The verdict of `verify`, reached in a limited child process.

    At most two run at a time; Busy when none becomes free within `patience` seconds. A child that exceeds its limits
    gives the refusal `overrun`.
    """
    if len(content) > LIMIT:
        return Verdict(Rule.TOO_LARGE, f"{len(content)} bytes", sha256(content).hexdigest())
    if not _AT_ONCE.acquire(timeout=patience):
        raise Busy("all verification places are taken")
    try:
        return _in_child(content, trust)
    finally:
        _AT_ONCE.release()


def _in_child(content: bytes, trust: Trust) -> Verdict:
    question = json.dumps(_plain_trust(trust)).encode() + b"\n" + content
    overrun = Verdict(Rule.OVERRUN, "the child process gave no answer", sha256(content).hexdigest())
    try:
        child = subprocess.run(
            [sys.executable, "-m", "certificates.isolated"],
            input=question,
            capture_output=True,
            timeout=4 * _SECONDS,
            cwd=_HOME,
            env={"PYTHONPATH": str(_HOME), "LANG": "C.UTF-8"},
            check=False,
        )
        answer = json.loads(child.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return overrun
    return Verdict(**{**answer, "rule": Rule(answer["rule"]) if answer["rule"] else None})


def _plain_trust(trust: Trust) -> dict[str, Any]:
    return {
        "roots": [root.decode() for root in trust.roots],
        "signers": None if trust.signers is None else sorted(trust.signers),
        "at": None if trust.at is None else trust.at.isoformat(),
    }


def _trust_of(values: dict[str, Any]) -> Trust:
    return Trust(
        roots=tuple(root.encode() for root in values["roots"]),
        signers=None if values["signers"] is None else frozenset(values["signers"]),
        at=None if values["at"] is None else datetime.fromisoformat(values["at"]),
    )


def limit() -> None:
    """From here on: little processor time and memory, no file written, no connection made."""
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, _FILES))
    sys.addaudithook(_refuse_network)


def _refuse_network(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in {"socket.connect", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen", "os.system"}:
        raise PermissionError(f"{event} is not allowed here")


def main() -> None:
    """The child: read trust and file from standard input, write the verdict to standard output."""
    logging.disable(logging.CRITICAL)
    limit()
    line, content = sys.stdin.buffer.read().split(b"\n", 1)
    verdict = verify(content, _trust_of(json.loads(line)))
    sys.stdout.write(json.dumps(asdict(verdict)))


if __name__ == "__main__":
    main()
