"""The way out: where it goes and where never, what it signs, which answers mean again, which mean never, how long."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accreditation.outgoing import (
    LOCAL,
    PRIVATE,
    PUBLIC,
    AddressRefused,
    Endpoint,
    NotDelivered,
    NotTaken,
    check_address,
    send,
)
from tests.factories.receiver import Receiver, make_certificate, receiving

SECRET = "key of the test"
OPERATIONS = Path(__file__).resolve().parents[2] / "docs" / "operations.md"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def to(receiver: Receiver, seconds: float = 5.0) -> Endpoint:
    return Endpoint(receiver.url, SECRET, seconds, LOCAL)


@pytest.mark.parametrize(
    ("url", "reach"),
    [
        ("ftp://example.org/", LOCAL),
        ("http://example.org/", LOCAL),
        ("http://127.0.0.1/", PRIVATE),
        ("https://user:word@example.org/", LOCAL),
        ("https://@example.org/", LOCAL),
        ("https://example.org/#part", LOCAL),
        ("https://示例.cn/", LOCAL),
        ("https://example.org/a b", LOCAL),
        ("https://example.org:0/", LOCAL),
        ("https://example.org:99999/", LOCAL),
        ("https:///path", LOCAL),
        ("https://example.org/\r\nX: y", LOCAL),
        ("", LOCAL),
    ],
)
def test_address_that_is_not_used(url: str, reach: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        check_address(url, reach)
    assert "example" not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "reach"),
    [
        ("127.0.0.1", PRIVATE),
        ("::1", PRIVATE),
        ("::ffff:127.0.0.1", PRIVATE),
        ("10.0.0.1", PUBLIC),
        ("192.168.1.1", PUBLIC),
        ("::ffff:10.0.0.1", PUBLIC),
        ("fd00::1", PUBLIC),
        ("169.254.169.254", LOCAL),
        ("fe80::1%lo", LOCAL),
        ("0.0.0.0", LOCAL),
        ("224.0.0.1", LOCAL),
        ("100.64.0.1", PUBLIC),
    ],
)
def test_name_that_leads_inside_is_not_called(monkeypatch: pytest.MonkeyPatch, address: str, reach: str) -> None:
    """One good address beside it does not help, and nothing is connected."""

    def look_up(*args: Any, **kwargs: Any) -> list[tuple[Any, ...]]:
        return [(2, 1, 6, "", (found, 443)) for found in ("93.184.216.34", address)]

    def connect(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("connected")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(AddressRefused):
        send(Endpoint("https://example.org/", SECRET, reach=reach), {}, key="a")


@pytest.mark.slow
def test_signature_is_what_the_manual_computes(receiver: Receiver, tmp_path: Path) -> None:
    send(to(receiver), {"case": "示例-1", "state": "announced"}, key="case:示例-1#3".encode().hex())
    call = receiver.calls[0]
    assert (call.path, call.body) == ("/moves?of=city", {"case": "示例-1", "state": "announced"})
    sent_at = call.headers["x-accreditation-timestamp"]
    assert abs(int(sent_at) - time.time()) < 60
    command = re.search(r"```sh\n(\{ printf .*openssl.*)\n```", OPERATIONS.read_text())
    assert command
    assert shutil.which("openssl")
    (tmp_path / "body.json").write_bytes(call.content)
    told = subprocess.run(
        ["sh", "-c", command[1]], cwd=tmp_path, env=os.environ | {"TIMESTAMP": sent_at, "KEY": SECRET},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert call.headers["x-accreditation-signature"] == f"sha256={told.stdout.strip()}"


@pytest.mark.parametrize("status", [500, 502, 503, 408, 425, 429])
def test_answer_that_means_later(receiver: Receiver, status: int) -> None:
    receiver.statuses = [status]
    with pytest.raises(NotDelivered, match=str(status)):
        send(to(receiver), {}, key="a")


@pytest.mark.parametrize("status", [301, 307, 400, 401, 404, 410, 422])
def test_answer_that_means_never(receiver: Receiver, status: int) -> None:
    receiver.statuses = [status]
    with pytest.raises(NotTaken, match=str(status)):
        send(to(receiver), {}, key="a")
    assert [call.path for call in receiver.calls] == ["/moves?of=city"]  # no redirect was followed


@pytest.mark.slow
def test_late_answer_is_no_answer(receiver: Receiver) -> None:
    receiver.seconds = 1.0
    started = time.monotonic()
    with pytest.raises(NotDelivered):
        send(to(receiver, seconds=0.3), {}, key="a")
    assert time.monotonic() - started < 0.9


def speak(listener: socket.socket, talk: Any) -> None:
    try:
        line, _address = listener.accept()
        with line:
            talk(line)
    except OSError:
        return


def trickle(line: socket.socket) -> None:
    line.sendall(b"HTTP/1.1 200 OK\r\n")
    for _turn in range(100):
        line.sendall(b"X")
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.parametrize("talk", [trickle, lambda line: line.sendall(b"SSH-2.0-other\r\n\r\n")])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_other_side_that_speaks_something_else_is_cut_off(talk: Any, scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=speak, args=[listener, talk], daemon=True)
        thread.start()
        url = f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/"
        started = time.monotonic()
        with pytest.raises(NotDelivered):
            send(Endpoint(url, SECRET, 0.5, LOCAL), {}, key="a")
        assert time.monotonic() - started < 1.5
        thread.join(8)


def test_nobody_there_is_not_delivered() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NotDelivered) as failed:
        send(Endpoint(f"http://127.0.0.1:{port}/secret-path", SECRET, 1, LOCAL), {}, key="a")
    assert "secret-path" not in str(failed.value)
    assert SECRET not in repr(Endpoint("", SECRET))


@pytest.mark.slow
@pytest.mark.parametrize(("address", "is_trusted"), [("127.0.0.1", True), ("127.0.0.1", False), ("127.0.0.9", True)])
def test_certificate_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, is_trusted: bool
) -> None:
    pem = make_certificate(tmp_path / "server.pem", address)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with receiving(pem) as receiver:
        if is_trusted and address == "127.0.0.1":
            send(to(receiver), {}, key="a")
            assert list(receiver.taken) == ["a"]
        else:
            with pytest.raises(NotDelivered, match="SSLCertVerificationError"):
                send(to(receiver), {}, key="a")
            assert receiver.calls == []
