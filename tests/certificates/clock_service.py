"""A time-stamp service on loopback: OpenSSL's, well or badly."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from tests.certificates.conftest import House
from tests.certificates.test_time_stamps import CONFIG


@dataclass
class ClockService:
    """What the service does: `mode` says how badly; `asked` counts its questions."""

    house: House
    folder: Path
    mode: str = "well"
    url: str = ""
    kept: bytes = b""
    asked: list[bytes] = field(default_factory=list)

    def answer(self, question: bytes) -> tuple[int, bytes]:
        self.asked.append(question)
        if self.mode == "failing":
            return 500, b""
        if self.mode == "garbage":
            return 200, b"\x00nonsense"
        if self.mode == "flood":
            return 200, b" " * 100_000
        if self.mode == "old" and self.kept:
            return 200, self.kept
        self.kept = self._openssl(question)
        return 200, self.kept

    def _openssl(self, question: bytes) -> bytes:
        (self.folder / "question").write_bytes(question)
        (self.folder / "ts.conf").write_text(CONFIG.format(folder=self.folder, digest="sha256"))
        (self.folder / "tsa.pem").write_bytes(self.house.clock.certificate.public_bytes(Encoding.PEM))
        command = ["openssl", "ts", "-reply", "-config", "ts.conf", "-queryfile", "question", "-signer", "tsa.pem"]
        rest = ["-inkey", str(self.house.keys / "tsa.key"), "-out", "answer"]
        subprocess.run([*command, *rest], check=True, capture_output=True, cwd=self.folder)
        return (self.folder / "answer").read_bytes()


class _Handler(BaseHTTPRequestHandler):
    """Carries questions to the service and its answers back."""

    service: ClockService

    def do_POST(self) -> None:
        assert self.headers["Content-Type"] == "application/timestamp-query"
        status, content = self.service.answer(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(status)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        return

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            return


@contextmanager
def ticking(service: ClockService) -> Iterator[ClockService]:
    """The service on a free port for the time of the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"service": service}))
    server.daemon_threads = True
    service.url = f"http://127.0.0.1:{server.server_port}/tsa"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
