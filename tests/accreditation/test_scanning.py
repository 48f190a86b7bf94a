"""The scanner against a clamd made of a socket: what it says decides, and what it does not say lets nothing pass."""

from __future__ import annotations

import logging
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone

from accreditation.errors import Refusal
from accreditation.models import StoredFile
from accreditation.services.files import path_of, take_file
from accreditation.services.scanning import CHUNK, ScanState, check_clean, clamd, scan_state

# Put together here, so that no scanner takes this file for the test file.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-" + b"TEST-FILE!$H+H*"
LIMIT = 3 * CHUNK


@dataclass
class FakeClamd:
    """Answers one connection after another as clamd does, or as `answer` says."""

    listener: socket.socket
    answer: Callable[[socket.socket, bytes], None] | None = None
    seen: list[bytes] = field(default_factory=list)

    def serve(self) -> None:
        while True:
            try:
                line, _address = self.listener.accept()
            except OSError:
                return
            with line:
                try:
                    self._serve(line)
                except OSError:
                    continue

    def _serve(self, line: socket.socket) -> None:
        command = self._until_zero(line)
        if command == b"zPING":
            return line.sendall(b"PONG\0")
        assert command == b"zINSTREAM"
        content = b""
        while length := struct.unpack("!L", self._exactly(line, 4))[0]:
            content += self._exactly(line, length)
            if len(content) > LIMIT:
                return line.sendall(b"INSTREAM size limit exceeded. ERROR\0")
        self.seen.append(content)
        if self.answer is not None:
            return self.answer(line, content)
        verdict = b"Win.Test.EICAR_HDB-1 FOUND" if EICAR in content else b"OK"
        return line.sendall(b"stream: " + verdict + b"\0")

    def _until_zero(self, line: socket.socket) -> bytes:
        got = b""
        while not got.endswith(b"\0"):
            got += self._exactly(line, 1)
        return got[:-1]

    def _exactly(self, line: socket.socket, count: int) -> bytes:
        got = b""
        while len(got) < count:
            part = line.recv(count - len(got))
            if not part:
                raise ConnectionResetError
            got += part
        return got


@pytest.fixture
def fake(settings: LazySettings) -> Iterator[FakeClamd]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = FakeClamd(listener)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    settings.CLAMD_ADDRESS = f"127.0.0.1:{listener.getsockname()[1]}"
    settings.CLAMD_SECONDS = 5.0
    yield server
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


def refused(content: bytes = b"%PDF-1.7 x", name: str = "报告.pdf") -> str:
    with pytest.raises(Refusal) as caught:
        check_clean(content, name)
    (reason,) = caught.value.reasons
    assert name in str(reason)
    return reason.code


def test_scanning_is_off_unless_an_address_is_set(settings: LazySettings) -> None:
    assert settings.CLAMD_ADDRESS == ""
    assert clamd() is None
    assert scan_state() is ScanState.OFF
    check_clean(EICAR, "x.pdf")


def test_clean_file_passes_and_every_byte_reaches_the_scanner(fake: FakeClamd) -> None:
    content = bytes(range(256)) * (CHUNK // 256 * 2) + b"tail"
    check_clean(content, "x.pdf")
    check_clean(b"", "empty.pdf")
    assert fake.seen == [content, b""]
    assert scan_state() is ScanState.READY


def test_scanner_at_a_unix_socket_is_asked_too(settings: LazySettings, tmp_path: Path) -> None:
    path = tmp_path / "clamd.ctl"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    server = FakeClamd(listener)
    threading.Thread(target=server.serve, daemon=True).start()
    settings.CLAMD_ADDRESS = str(path)
    check_clean(b"clean", "x.pdf")
    assert refused(EICAR) == "malware"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


@pytest.mark.django_db
def test_find_names_file_and_signature_stores_nothing_and_is_logged(
    fake: FakeClamd, var_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), pytest.raises(Refusal) as caught:
        take_file(EICAR, "发票.pdf", media_type="application/pdf", at=timezone.now())
    assert "发票.pdf" in str(caught.value.reasons[0])
    assert "Win.Test.EICAR_HDB-1" in str(caught.value.reasons[0])
    assert not StoredFile.objects.exists()
    assert not (var_dir / "evidence").exists()
    assert "malware refused: Win.Test.EICAR_HDB-1" in caplog.text


@pytest.mark.django_db
def test_file_that_passed_is_stored(fake: FakeClamd, var_dir: Path) -> None:
    stored = take_file(b"%PDF-1.7 ok", "a.pdf", media_type="application/pdf", at=timezone.now())
    assert path_of(stored.sha256).read_bytes() == b"%PDF-1.7 ok"


def nothing(line: socket.socket, content: bytes) -> None:
    """Hangs up without a word."""


def dripping(line: socket.socket, content: bytes) -> None:
    for _turn in range(40):
        line.sendall(b"s")
        time.sleep(0.05)


def endless(line: socket.socket, content: bytes) -> None:
    line.sendall(b"stream: OK" * 2000)


def saying(text: bytes) -> Callable[[socket.socket, bytes], None]:
    return lambda line, content: line.sendall(text)


@pytest.mark.parametrize(
    "answer",
    [
        nothing, endless, saying(b"\0"), saying(b"OK\0"), saying(b"stream: OK maybe\0"), saying(b"\xff\xfe\0"),
        saying(b"stream: FOUND\0"), saying(b"UNKNOWN COMMAND\0"), saying(b"stream: OK\nstream: X FOUND\0"),
        saying(b"HTTP/1.1 200 OK\r\n\r\n"),
    ],
)  # fmt: skip
def test_answer_that_is_no_verdict_refuses_for_now(
    fake: FakeClamd, answer: Callable[[socket.socket, bytes], None]
) -> None:
    fake.answer = answer
    assert refused() == "not_scanned"


@pytest.mark.slow
@pytest.mark.parametrize("answer", [dripping, lambda line, content: time.sleep(1.5)], ids=["dripping", "silent"])
def test_slow_scanner_is_given_its_seconds_and_no_more(
    fake: FakeClamd, settings: LazySettings, answer: Callable[[socket.socket, bytes], None]
) -> None:
    settings.CLAMD_SECONDS, fake.answer = 0.4, answer
    began = time.monotonic()
    assert refused() == "not_scanned"
    assert timedelta(seconds=time.monotonic() - began) < timedelta(seconds=1.4)


def test_file_over_the_limit_of_the_scanner_is_refused_for_now(
    fake: FakeClamd, caplog: pytest.LogCaptureFixture
) -> None:
    assert refused(b"x" * (LIMIT + 8 * CHUNK)) == "not_scanned"
    assert "not scanned" in caplog.text


def test_dead_scanner_refuses_for_now_and_is_told_to_the_operator(settings: LazySettings, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    for address in (f"127.0.0.1:{port}", str(tmp_path / "nobody.ctl")):
        settings.CLAMD_ADDRESS = address
        assert refused() == "not_scanned"
        assert scan_state() is ScanState.SILENT


@pytest.mark.parametrize("address", ["clamd", "host:", ":3310", "host:port", "tcp://host:3310x"])
def test_address_that_is_none_is_an_error_and_never_off(settings: LazySettings, address: str) -> None:
    settings.CLAMD_ADDRESS = address
    with pytest.raises(ValueError, match="CLAMD_ADDRESS"):
        clamd()
