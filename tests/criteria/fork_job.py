"""A job for the tests of the helper process: the request says how the child behaves."""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Callable

MEGABYTE = 1024 * 1024


def limit(seconds: int) -> None:
    """Little time, little memory, no file written."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (300 * MEGABYTE, 300 * MEGABYTE))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(request: bytes, tell: Callable[[bytes], None]) -> bytes:
    """Do as the first word says, with the rest."""
    word, _, rest = request.partition(b" ")
    return ACTS[word.decode()](rest, tell)


def echo(rest: bytes, _tell: Callable[[bytes], None]) -> bytes:
    return rest


def sleep(rest: bytes, _tell: Callable[[bytes], None]) -> bytes:
    time.sleep(float(rest))
    return b"slept"


def spin(_rest: bytes, _tell: Callable[[bytes], None]) -> bytes:
    while True:
        pass


def eat(_rest: bytes, _tell: Callable[[bytes], None]) -> bytes:
    return bytes(400 * MEGABYTE)


def end(rest: bytes, _tell: Callable[[bytes], None]) -> bytes:
    os.kill(os.getpid(), signal.Signals(int(rest)))
    return b""


def leave(rest: bytes, _tell: Callable[[bytes], None]) -> bytes:
    os._exit(int(rest))


def count(rest: bytes, tell: Callable[[bytes], None]) -> bytes:
    for number in range(int(rest)):
        tell(str(number).encode())
    return b"counted"


def half(_rest: bytes, tell: Callable[[bytes], None]) -> bytes:
    tell(b"on the way")
    os._exit(0)


def descriptors(_rest: bytes, _tell: Callable[[bytes], None]) -> bytes:
    return " ".join(sorted(os.listdir("/proc/self/fd"))).encode()


def environment(_rest: bytes, _tell: Callable[[bytes], None]) -> bytes:
    return " ".join(sorted(os.environ)).encode()


def write(rest: bytes, _tell: Callable[[bytes], None]) -> bytes:
    with open(rest.decode(), "wb") as target:
        target.write(b"x")
    return b"written"


ACTS = {act.__name__: act for act in (
    echo, sleep, spin, eat, end, leave, count, half, descriptors, environment, write,
)}  # fmt: skip
