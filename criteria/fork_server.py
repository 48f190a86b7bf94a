"""The process of `fork_client`: preloaded and single-threaded, it forks one limited child for each request.

    python -m criteria.fork_server MODULE DESCRIPTOR

MODULE holds `limit(seconds)`, which bounds the child for good, and `answer(request, tell)`, which makes the answer's
bytes and may tell progress on the way. Each message on the control socket brings two numbers of seconds, by the clock
and of processor time, and two descriptors: one on which the child reads the request and answers in frames, one on
which this process says how the child ended. The end of
the control socket is the end of everything. A child is waited for, and killed when its time is up, only here: its
number cannot have passed to somebody else.
"""

from __future__ import annotations

import gc
import os
import resource
import selectors
import signal
import socket
import struct
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol, cast

SECONDS = struct.Struct("!dI")  # by the clock, of processor time
END = struct.Struct("!i?d")  # exit code as subprocess gives it, whether its time was up, processor seconds
HEAD = struct.Struct("!cI")
PROGRESS, ANSWER = b"P", b"A"
DESCRIPTORS = 256  # of the server; a child closes all but its own
CHUNK = 1 << 16

Tell = Callable[[bytes], None]


class Job(Protocol):
    """What the module of a job holds."""

    def limit(self, seconds: int) -> None:
        """Bound this process for good, to so many seconds of processor time among others."""

    def answer(self, request: bytes, tell: Tell) -> bytes:
        """The answer to one request."""


@dataclass
class Running:
    """A child at work: where its end is reported, and when its time is up."""

    report: int
    until: float
    overdue: bool = False


@dataclass
class Server:
    """Takes requests from the control socket until that ends."""

    job: Job
    control: socket.socket
    children: dict[int, Running] = field(default_factory=dict)

    def serve(self) -> None:
        """Return when the parent has closed its end; no child outlives this."""
        ear, mouth = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(mouth, warn_on_full_buffer=False)
        with selectors.DefaultSelector() as selector:
            selector.register(self.control, selectors.EVENT_READ)
            selector.register(ear, selectors.EVENT_READ)
            while True:
                ready = {key.fd for key, _events in selector.select(self.patience())}
                if ear in ready:
                    os.read(ear, CHUNK)
                self.bury()
                self.end_overdue()
                if self.control.fileno() in ready and not self.take():
                    break
        for pid in self.children:
            os.kill(pid, signal.SIGKILL)
        while self.children:
            self.bury(wait=True)

    def patience(self) -> float | None:
        """Seconds until the next child's time is up."""
        waiting = [child.until for child in self.children.values() if not child.overdue]
        return max(0.0, min(waiting) - time.monotonic()) if waiting else None

    def bury(self, *, wait: bool = False) -> None:
        """Report and forget every child that has ended."""
        while self.children:
            pid, status, used = os.wait4(-1, 0 if wait else os.WNOHANG)
            if pid == 0:
                return
            child = self.children.pop(pid)
            code, seconds = os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime
            with suppress(BrokenPipeError):  # whoever asked has gone
                os.write(child.report, END.pack(code, child.overdue, seconds))
            os.close(child.report)

    def end_overdue(self) -> None:
        """Kill what is still running after its time."""
        now = time.monotonic()
        for pid, child in self.children.items():
            if child.until <= now and not child.overdue:
                child.overdue = True
                os.kill(pid, signal.SIGKILL)

    def take(self) -> bool:
        """Fork a child for one request; False when the control socket has ended."""
        message, descriptors, _flags, _address = socket.recv_fds(self.control, SECONDS.size, 2)
        if len(message) < SECONDS.size or len(descriptors) < 2:
            for descriptor in descriptors:
                os.close(descriptor)
            return bool(message)
        talk, report = descriptors
        patience, seconds = SECONDS.unpack(message)
        pid = os.fork()
        if pid == 0:
            work(self.job, talk, seconds)
        os.close(talk)
        self.children[pid] = Running(report, time.monotonic() + patience)
        return True


def work(job: Job, talk: int, seconds: int) -> None:
    """The child: nothing of the server's, limits, one request, one answer, the end. Never returns."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(talk, 3)
        os.closerange(4, DESCRIPTORS)
        with socket.socket(fileno=3) as line:
            job.limit(seconds)
            request = received(line)
            send_frame(line, ANSWER, job.answer(request, lambda content: send_frame(line, PROGRESS, content)))
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def received(line: socket.socket) -> bytes:
    """Everything up to the end of what the other side sends."""
    pieces = []
    while piece := line.recv(CHUNK):
        pieces.append(piece)
    return b"".join(pieces)


def send_frame(line: socket.socket, kind: bytes, content: bytes) -> None:
    """One frame: kind, length, content."""
    line.sendall(HEAD.pack(kind, len(content)) + content)


def main(module: str, descriptor: int) -> None:
    """Load the job, keep its memory out of the collector's way so that children share it, serve."""
    job: Any = import_module(module)
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
    gc.collect()
    gc.freeze()
    gc.disable()
    with socket.socket(fileno=descriptor) as control:
        Server(cast(Job, job), control).serve()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
