"""A signing service on loopback: it holds a key and signs digests, well or badly."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

TOKEN = "a-token-of-the-test"


@dataclass
class Service:
    """What the service does and what it was asked."""

    key: ec.EllipticCurvePrivateKey
    mode: str = "well"
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    def answer(self, body: bytes, authorization: str) -> tuple[int, bytes]:
        if authorization != f"Bearer {TOKEN}":
            return 401, b"{}"
        asked = json.loads(body)
        self.asked.append(asked)
        signature = self.key.sign(bytes.fromhex(asked["digest"]), ec.ECDSA(Prehashed(hashes.SHA256())))
        well = json.dumps({"signature": base64.b64encode(signature).decode()}).encode()
        bad = {
            "garbage": b"\x00\xffnonsense",
            "empty": b"",
            "list": b"[]",
            "number": b'{"signature": 7}',
            "letters": b'{"signature": "!!"}',
            "cut": json.dumps({"signature": base64.b64encode(signature[:-3]).decode()}).encode(),
            "flood": b" " * 1_000_000,
        }
        return (500, b"") if self.mode == "failing" else (200, bad.get(self.mode, well))


class _Handler(BaseHTTPRequestHandler):
    """Carries requests to the service and its answers back."""

    service: Service

    def do_POST(self) -> None:
        service = self.service
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, content = service.answer(body, self.headers.get("Authorization", ""))
        if service.mode == "late":
            time.sleep(1.5)
        if service.mode == "away":
            self.send_response(307)
            self.send_header("Location", f"{service.url}/elsewhere")
            self.end_headers()
            return
        self.send_response(status)
        self.end_headers()
        for place in range(0, len(content), 8) if service.mode == "trickle" else ():
            self.wfile.write(content[place : place + 8])
            time.sleep(0.2)
        if service.mode != "trickle":
            self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        return

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            return


@contextmanager
def serving(service: Service) -> Iterator[Service]:
    """The service on a free port for the time of the block."""

    handler = type("Handler", (_Handler,), {"service": service})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    service.url = f"http://127.0.0.1:{server.server_port}/sign"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
