"""Uploads put before a malware scanner (clamd, command INSTREAM) before they are stored; off without an address.

Switched on, an answer other than "OK" lets nothing pass: a find is refused for good, a scanner that does not answer,
answers late or answers something else is refused for now.
"""

from __future__ import annotations

import hashlib
import logging
import re
import socket
import struct
import time
from dataclasses import dataclass, replace
from enum import StrEnum

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accreditation.errors import Reason, Refusal

CHUNK = 64 * 1024
MOST_ANSWER = 4096
PING_SECONDS = 3.0  # a page waits for this one
_CLEAN = re.compile(rb"stream: OK")
_FOUND = re.compile(rb"stream: (?P<signature>[^\r\n]{1,200}) FOUND")
_LIMIT = b"INSTREAM size limit exceeded. ERROR"

log = logging.getLogger(__name__)


class ScanState(StrEnum):
    """How the scanner stands: no address set, answering, or set and not answering."""

    OFF = "off"
    READY = "ready"
    SILENT = "silent"


class NoVerdict(Exception):
    """The scanner gave no usable answer; the text says why, for the log."""


@dataclass(frozen=True, slots=True)
class Clamd:
    """A clamd at a TCP address or a Unix socket; every exchange ends within `seconds`."""

    address: str | tuple[str, int]
    seconds: float

    def scan(self, content: bytes) -> str:
        """Signature found in the bytes, empty when they are clean. Raises NoVerdict."""
        answer = self._exchange(b"zINSTREAM\0", content)
        if _CLEAN.fullmatch(answer):
            return ""
        if (found := _FOUND.fullmatch(answer)) is not None:
            return found["signature"].decode("utf-8", "replace")
        raise NoVerdict("size limit of the scanner exceeded" if answer == _LIMIT else f"answer {answer[:80]!r}")

    def is_ready(self) -> bool:
        """Whether it answers at all."""
        try:
            return self._exchange(b"zPING\0") == b"PONG"
        except NoVerdict:
            return False

    def _exchange(self, command: bytes, content: bytes | None = None) -> bytes:
        """Send a command, and bytes in chunks where there are any; the answer up to its zero byte."""
        ends = time.monotonic() + self.seconds
        try:
            with self._connected() as line:
                try:
                    _send(line, command, ends)
                    if content is not None:
                        _send_chunks(line, content, ends)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # it hangs up on a stream that is too long, after saying so
                return _answer(line, ends)
        except OSError as error:
            raise NoVerdict(f"{type(error).__name__}: {error}") from error

    def _connected(self) -> socket.socket:
        if isinstance(self.address, tuple):
            return socket.create_connection(self.address, timeout=self.seconds)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            line.settimeout(self.seconds)
            line.connect(self.address)
        except OSError:
            line.close()
            raise
        return line


def _send(line: socket.socket, content: bytes, ends: float) -> None:
    line.settimeout(_left(ends))
    line.sendall(content)


def _send_chunks(line: socket.socket, content: bytes, ends: float) -> None:
    """Each chunk behind its length in four bytes, big end first; a length of zero ends the stream."""
    for start in range(0, len(content), CHUNK):
        chunk = content[start : start + CHUNK]
        _send(line, struct.pack("!L", len(chunk)) + chunk, ends)
    _send(line, struct.pack("!L", 0), ends)


def _answer(line: socket.socket, ends: float) -> bytes:
    answer = b""
    while not answer.endswith((b"\0", b"\n")):
        line.settimeout(_left(ends))
        received = line.recv(MOST_ANSWER)
        answer += received
        if not received or len(answer) > MOST_ANSWER:
            break
    return answer.rstrip(b"\0\n")


def _left(ends: float) -> float:
    """Seconds that are left; one that answers a byte at a time does not get more."""
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("no answer in time")
    return left


def clamd() -> Clamd | None:
    """The scanner of this installation: `host:port` or the path of a socket; None where none is set."""
    text: str = settings.CLAMD_ADDRESS
    if not text:
        return None
    if text.startswith("/"):
        return Clamd(text, settings.CLAMD_SECONDS)
    host, _colon, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise ValueError(f"CLAMD_ADDRESS is neither host:port nor a path: {text!r}")
    return Clamd((host.strip("[]"), int(port)), settings.CLAMD_SECONDS)


def scan_state() -> ScanState:
    """What the operator is told."""
    scanner = clamd()
    if scanner is None:
        return ScanState.OFF
    asked = replace(scanner, seconds=min(scanner.seconds, PING_SECONDS))
    return ScanState.READY if asked.is_ready() else ScanState.SILENT


def check_clean(content: bytes, name: str) -> None:
    """Raises Refusal where the scanner finds something or gives no verdict; does nothing where scanning is off."""
    scanner = clamd()
    if scanner is None:
        return
    try:
        signature = scanner.scan(content)
    except NoVerdict as trouble:
        log.error("file not scanned, refused for now: %s", trouble)
        text = _("暂时无法对文件“%(name)s”进行病毒扫描，文件未保存。请稍后再试。") % {"name": name}
        raise Refusal([Reason("not_scanned", text, "file")]) from trouble
    if signature:
        digest = hashlib.sha256(content).hexdigest()
        log.warning("malware refused: %s in %r, %d bytes, sha256 %s", signature, name, len(content), digest)
        values = {"name": name, "signature": signature}
        text = _("文件“%(name)s”被病毒扫描拦截（%(signature)s），未保存。请检查本机后换一个文件上传。") % values
        raise Refusal([Reason("malware", text, "file")])
