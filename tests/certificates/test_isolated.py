"""Verification of strangers' files in a limited child process: the same verdict, a refusal whatever becomes of it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from certificates import isolated
from certificates.child import _refuse_network, answer, plain_trust, trust_of
from certificates.container import LIMIT
from certificates.isolated import Busy, request, verify_isolated
from certificates.issuing import Issued
from certificates.refusals import Rule
from certificates.verify import Trust, verify
from criteria.fork_client import Allowance, Ended, ForkClient
from tests.certificates.conftest import House

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_child_reaches_the_same_verdict(issued: Issued, house: House) -> None:
    assert verify_isolated(issued.pdf, house.trust) == verify(issued.pdf, house.trust)
    assert verify_isolated(issued.pdf, house.trust).accepted


@pytest.mark.slow
def test_child_names_the_rule_of_a_refusal(issued: Issued, house: House) -> None:
    assert verify_isolated(issued.pdf + b"x", house.trust).rule is Rule.TRAILING_BYTES


@pytest.mark.slow
def test_second_file_does_not_pay_for_loading_the_verifier(issued: Issued, house: House) -> None:
    verify_isolated(issued.pdf, house.trust)
    helper = isolated.VERIFIERS.pid
    ended = isolated.VERIFIERS.ask(request(issued.pdf, house.trust), isolated.ALLOWED)
    assert isolated.VERIFIERS.pid == helper
    assert ended.cpu < 0.3


def test_file_over_the_limit_is_refused_without_a_child(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated.VERIFIERS, "ask", lambda *_: pytest.fail("a child was asked"))
    assert verify_isolated(bytes(LIMIT + 1), house.trust).rule is Rule.TOO_LARGE


@pytest.mark.parametrize(
    "ended",
    [
        Ended(None, -signal.SIGKILL, True, 0.1),
        Ended(None, -signal.SIGXCPU, False, 5.0),
        Ended(None, -signal.SIGABRT, False, 0.1),
        Ended(None, 0, False, 0.1),
        Ended(b"{}", 1, False, 0.1),
    ],
)
def test_death_of_the_child_is_a_refusal(house: House, monkeypatch: pytest.MonkeyPatch, ended: Ended) -> None:
    monkeypatch.setattr(isolated.VERIFIERS, "ask", lambda *_: ended)
    assert verify_isolated(b"%PDF-", house.trust).rule is Rule.OVERRUN


@pytest.mark.slow
@pytest.mark.parametrize("act", [b"sleep 60", b"spin ", b"eat ", b"end 6", b"leave 3", b"half "])
def test_child_that_misbehaves_is_a_refusal(house: House, monkeypatch: pytest.MonkeyPatch, act: bytes) -> None:
    monkeypatch.setattr(isolated, "VERIFIERS", ForkClient("tests.criteria.fork_job"))
    monkeypatch.setattr(isolated, "request", lambda *_: act)
    started = time.monotonic()
    verdict = verify_isolated(b"%PDF-", house.trust, allowed=Allowance(wait=1.5, cpu=1))
    isolated.VERIFIERS.close()
    assert verdict.rule is Rule.OVERRUN
    assert time.monotonic() - started < 10


@pytest.mark.slow
def test_helper_that_cannot_live_is_a_refusal(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "VERIFIERS", ForkClient("tests.certificates.no_such_job"))
    assert verify_isolated(b"%PDF-", house.trust).rule is Rule.OVERRUN
    isolated.VERIFIERS.close()


def test_third_verification_waits_and_then_gives_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(isolated, "_in_child", lambda *_: release.wait(5))
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


@pytest.mark.parametrize("event", ["socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.fork"])
def test_child_refuses_network_and_programs(event: str) -> None:
    with pytest.raises(PermissionError, match=event):
        _refuse_network(event, ())


def _limited(code: str) -> subprocess.CompletedProcess[str]:
    start = f"import socket, os\nfrom certificates.child import limit\nlimit(1, memory=800 << 20)\n{code}"
    return subprocess.run([sys.executable, "-c", start], capture_output=True, text=True, cwd=ROOT, timeout=60)


@pytest.mark.slow
def test_limits_hold_for_time_memory_files_and_network(tmp_path: Path) -> None:
    assert _limited("while True: pass").returncode == -signal.SIGXCPU
    assert "MemoryError" in _limited("x = bytes(900 << 20)").stderr
    target = tmp_path / "written"
    assert _limited(f"os.write(os.open({str(target)!r}, os.O_CREAT | os.O_WRONLY), b'x')").returncode
    assert not target.exists() or target.stat().st_size == 0
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        tried = _limited(f"socket.create_connection(('127.0.0.1', {port}), timeout=2)")
    assert "PermissionError: socket" in tried.stderr


@pytest.mark.slow
def test_child_loads_neither_framework_nor_renderer() -> None:
    code = "import certificates.child, sys; print([name for name in ('django', 'reportlab') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("signers", [None, frozenset({"ab"}), frozenset()])
def test_request_carries_trust_and_file_unchanged(house: House, signers: frozenset[str] | None) -> None:
    trust = Trust(house.trust.roots, signers, house.trust.at)
    assert trust_of(plain_trust(trust)) == trust
    assert request(b"\n\x00a\nb", trust).partition(b"\n")[2] == b"\n\x00a\nb"
    assert b"not_pdf" in answer(request(b"\n\x00a\nb", trust), lambda _told: None)
