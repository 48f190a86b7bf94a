"""Verification of strangers' files in a limited child process."""

from __future__ import annotations

import socket
import sys
import threading

import pytest

from certificates import isolated
from certificates.container import LIMIT
from certificates.isolated import Busy, verify_isolated
from certificates.issuing import Issued
from certificates.refusals import Rule
from certificates.verify import verify
from tests.certificates.conftest import House


@pytest.mark.slow
def test_child_reaches_the_same_verdict(issued: Issued, house: House) -> None:
    assert verify_isolated(issued.pdf, house.trust) == verify(issued.pdf, house.trust)
    assert verify_isolated(issued.pdf, house.trust).accepted


@pytest.mark.slow
def test_child_names_the_rule_of_a_refusal(issued: Issued, house: House) -> None:
    assert verify_isolated(issued.pdf + b"x", house.trust).rule is Rule.TRAILING_BYTES


def test_file_over_the_limit_is_refused_without_a_child(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "_in_child", lambda content, trust: pytest.fail("a child was started"))
    assert verify_isolated(bytes(LIMIT + 1), house.trust).rule is Rule.TOO_LARGE


@pytest.mark.slow
@pytest.mark.parametrize(
    "code",
    ["while True: pass", "import os; os.abort()", "print('not json')", "x = bytearray(8 << 30)"],
    ids=["runs for ever", "crashes", "talks nonsense", "eats memory"],
)
def test_child_that_fails_is_a_refusal(house: House, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    run = isolated.subprocess.run

    def run_other(command: list[str], **options: object) -> object:
        limits = "import certificates.isolated as i; i._SECONDS = 1; i.limit(); "
        return run([sys.executable, "-c", limits + code], **options)

    monkeypatch.setattr(isolated.subprocess, "run", run_other)
    assert verify_isolated(b"%PDF-", house.trust).rule is Rule.OVERRUN


def test_third_verification_waits_and_then_gives_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(isolated, "_in_child", lambda content, trust: release.wait(5))
    running = [threading.Thread(target=verify_isolated, args=(b"", house.trust)) for _ in range(2)]
    for thread in running:
        thread.start()
    try:
        with pytest.raises(Busy):
            verify_isolated(b"", house.trust, patience=0.05)
    finally:
        release.set()
        for thread in running:
            thread.join()


@pytest.mark.parametrize("event", ["socket.connect", "socket.getaddrinfo", "subprocess.Popen"])
def test_child_refuses_network_and_programs(event: str) -> None:
    with pytest.raises(PermissionError, match=event):
        isolated._refuse_network(event, ())


@pytest.mark.slow
def test_child_cannot_connect(house: House) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code = (
            "import certificates.isolated as i, socket; i.limit()\n"
            f"socket.create_connection(('127.0.0.1', {port}), timeout=2)"
        )
        tried = isolated.subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, cwd=isolated._HOME
        )
    assert tried.returncode != 0
    assert "PermissionError: socket" in tried.stderr
