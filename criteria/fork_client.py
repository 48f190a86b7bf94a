"""Asking a limited child process: one preloaded helper per process forks a child for each request.

The fork happens in that single-threaded helper, never in a process with threads. It is started with the first request,
again when it died, and once for each process: one forked from this does not share it. It has none of this process's
environment, ends with this process, and writes no file.
"""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from criteria.fork_server import CHUNK, END, HEAD, PROGRESS, SECONDS

GRACE = 5.0  # beyond a child's time, before the helper itself is thought to hang
PATIENCE = 1.0  # for a helper that was told to end
_ROOT = Path(__file__).resolve().parents[1]
_CLIENTS: weakref.WeakSet[ForkClient] = weakref.WeakSet()

Progress = Callable[[bytes], None]


class HelperDied(RuntimeError):
    """The helper process ended before it answered."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a child may take: seconds by the clock, seconds of processor time."""

    wait: float
    cpu: int


@dataclass(frozen=True, slots=True)
class Ended:
    """How a child ended: its answer (None without one), exit code as subprocess gives it, whether its time was up.

    `cpu` are the processor seconds that the child used after its start.
    """

    answer: bytes | None
    code: int
    overdue: bool
    cpu: float


class ForkClient:
    """The helper for one job module, as seen from the process that asks. Safe from threads."""

    def __init__(self, module: str) -> None:
        self.module = module
        self._lock = threading.Lock()
        self._helper: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        _CLIENTS.add(self)

    @property
    def pid(self) -> int | None:
        """Process number of the helper; None before the first request."""
        return self._helper.pid if self._helper else None

    def ask(self, request: bytes, allowed: Allowance, progress: Progress | None = None) -> Ended:
        """The end of a child that was given `request` and so much time; a helper that died is started again.

        `progress` is called with what the child tells on the way. Raises HelperDied when a fresh helper dies as well.
        """
        try:
            return self._ask(request, allowed, progress)
        except HelperDied:
            return self._ask(request, allowed, progress)

    def close(self) -> None:
        """End the helper; the next request starts another."""
        with self._lock:
            self._end()

    def forget(self) -> None:
        """In a process forked from the one that asked: the helper is not ours."""
        self._lock = threading.Lock()
        if self._control is not None:
            self._control.close()
        if self._helper is not None:
            self._helper.returncode = 0  # not our child: nothing to wait for
        self._helper = self._control = None

    def _ask(self, request: bytes, allowed: Allowance, progress: Progress | None) -> Ended:
        until = time.monotonic() + allowed.wait + GRACE
        line, theirs = socket.socketpair()
        report, reporting = socket.socketpair()
        with line, report:
            with theirs, reporting:
                helper = self._send(allowed, theirs, reporting)
            try:
                line.settimeout(allowed.wait + GRACE)
                return _end_of(report, _talk(line, request, until, progress), until)
            except (HelperDied, TimeoutError) as fault:
                self._give_up(helper)
                raise HelperDied(self.module) from fault

    def _send(self, allowed: Allowance, theirs: socket.socket, reporting: socket.socket) -> subprocess.Popen[bytes]:
        """Ask the helper for a child on these two lines; returns the helper."""
        message, descriptors = SECONDS.pack(allowed.wait, allowed.cpu), [theirs.fileno(), reporting.fileno()]
        with self._lock:
            try:
                socket.send_fds(self._running(), [message], descriptors)
            except OSError:
                self._end()
                try:
                    socket.send_fds(self._running(), [message], descriptors)
                except OSError as fault:
                    self._end()
                    raise HelperDied(self.module) from fault
            assert self._helper is not None
            return self._helper

    def _give_up(self, helper: subprocess.Popen[bytes]) -> None:
        """End this helper, unless another thread has replaced it already."""
        with self._lock:
            if self._helper is helper:
                self._end()

    def _running(self) -> socket.socket:
        """The control socket of a helper that runs."""
        if self._helper is not None and self._helper.poll() is not None:
            self._end()
        if self._control is None:
            self._start()
        assert self._control is not None
        return self._control

    def _start(self) -> None:
        self._control, theirs = socket.socketpair()
        with theirs:
            number = theirs.fileno()
            self._helper = subprocess.Popen(
                [sys.executable, "-E", "-s", "-m", "criteria.fork_server", self.module, str(number)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[number],
                cwd=_ROOT,
                env={"LANG": "C.UTF-8"},
                start_new_session=True,  # Ctrl-C is for the parent, whose end then ends the helper
            )

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._helper is not None:
            try:
                self._helper.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self._helper.kill()
                self._helper.wait()
        self._helper = self._control = None


def _talk(line: socket.socket, request: bytes, until: float, progress: Progress | None) -> bytes | None:
    """Send the request, hand on what is told, return the answer; None when the child ended without one."""
    try:
        line.sendall(request)
        line.shutdown(socket.SHUT_WR)
    except (BrokenPipeError, ConnectionResetError):
        pass  # ended before it had read all: its exit code says why
    while (head := _exactly(line, HEAD.size, until)) is not None:
        kind, length = HEAD.unpack(head)
        content = _exactly(line, length, until)
        if content is None or kind != PROGRESS:
            return content
        if progress is not None:
            progress(content)
    return None


def _exactly(line: socket.socket, length: int, until: float) -> bytes | None:
    """That many bytes; None when the line ends before. TimeoutError after `until`."""
    content = bytearray()
    while len(content) < length:
        line.settimeout(max(0.001, until - time.monotonic()))
        try:
            piece = line.recv(min(length - len(content), 16 * CHUNK))
        except ConnectionResetError:
            return None
        if not piece:
            return None
        content += piece
    return bytes(content)


def _end_of(report: socket.socket, answer: bytes | None, until: float) -> Ended:
    said = _exactly(report, END.size, until)
    if said is None:
        if answer is None:
            raise HelperDied("the helper ended while a child was at work")
        return Ended(answer, 0, False, 0.0)
    code, overdue, cpu = END.unpack(said)
    return Ended(answer, code, overdue, cpu)


def _forget_all() -> None:
    for client in list(_CLIENTS):
        client.forget()


def _close_all() -> None:
    for client in list(_CLIENTS):
        client.close()


os.register_at_fork(after_in_child=_forget_all)
atexit.register(_close_all)
