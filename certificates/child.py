"""The job of the child process of `isolated`: limits itself, judges one file, answers the verdict as JSON."""

from __future__ import annotations

import json
import logging
import resource
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from certificates.verify import Trust, verify

MEMORY = 1 << 30
DESCRIPTORS = 64
_FORBIDDEN = {
    "socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.bind",
    "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork",
}  # fmt: skip


def limit(seconds: int, memory: int = MEMORY) -> None:
    """Bound this process for good: processor time, memory, no file written, no connection, no other program, no log."""
    logging.disable(logging.CRITICAL)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
    sys.addaudithook(_refuse_network)


def _refuse_network(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in _FORBIDDEN:
        raise PermissionError(f"{event} is not allowed here")


def answer(request: bytes, _tell: Callable[[bytes], None]) -> bytes:
    """The verdict on the file of one request, whose first line is the trust as JSON."""
    line, _, content = request.partition(b"\n")
    return json.dumps(asdict(verify(content, trust_of(json.loads(line))))).encode()


def plain_trust(trust: Trust) -> dict[str, Any]:
    """The trust as JSON values."""
    return {
        "roots": [root.decode() for root in trust.roots],
        "signers": None if trust.signers is None else sorted(trust.signers),
        "at": None if trust.at is None else trust.at.isoformat(),
        "clocks": None if trust.clocks is None else [clock.decode() for clock in trust.clocks],
    }


def trust_of(values: dict[str, Any]) -> Trust:
    """The trust back from its JSON values."""
    return Trust(
        roots=tuple(root.encode() for root in values["roots"]),
        signers=None if values["signers"] is None else frozenset(values["signers"]),
        at=None if values["at"] is None else datetime.fromisoformat(values["at"]),
        clocks=None if values["clocks"] is None else tuple(clock.encode() for clock in values["clocks"]),
    )
