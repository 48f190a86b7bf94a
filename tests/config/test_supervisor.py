"""The supervisor of `manage.py serve`: what ends is started again, all end together, and it does not try for ever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from config import supervisor
from config.management.commands import serve
from config.supervisor import Child, Supervisor

STAY = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"


def child(name: str, program: str, folder: Path) -> Child:
    return Child(name, [sys.executable, "-c", program], os.environ, folder)


def pid(one: Child) -> int:
    assert one.running is not None
    return one.running.pid


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@pytest.mark.slow
def test_killed_child_is_started_again_and_stop_ends_all(tmp_path: Path) -> None:
    stop = threading.Event()
    both = [child("one", STAY, tmp_path), child("two", STAY, tmp_path)]
    runner = Supervisor(both, stop)
    runner.start()
    first = pid(both[0])
    codes: list[int] = []
    watching = threading.Thread(target=lambda: codes.append(runner.watch()))
    watching.start()
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: pid(both[0]) != first and not both[0].has_ended())
    stop.set()
    watching.join(20)
    assert codes == [0]
    assert [psutil.pid_exists(pid(one)) for one in both] == [False, False]


@pytest.mark.slow
def test_child_that_always_ends_at_once_is_given_up_and_the_other_ended(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    steady = child("steady", STAY, tmp_path)
    runner = Supervisor([steady, child("broken", "raise SystemExit(3)", tmp_path)], threading.Event())
    runner.start()
    assert runner.watch() == 1
    assert steady.has_ended()
    assert "broken ended with code 3" in caplog.text
    assert "giving up" in caplog.text


@pytest.mark.slow
def test_child_that_ignores_the_request_is_ended_by_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "PATIENCE", 0.5)
    stubborn = child("stubborn", STUBBORN, tmp_path)
    runner = Supervisor([stubborn], threading.Event())
    runner.start()
    time.sleep(0.5)
    runner.end()
    assert stubborn.running is not None
    assert stubborn.running.returncode == -signal.SIGKILL


@pytest.mark.slow
def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    program = f"""
import os, threading
from pathlib import Path
from config.supervisor import Child, Supervisor
one = Child("one", [{sys.executable!r}, "-c", {STAY!r}], os.environ, Path({str(tmp_path)!r}))
runner = Supervisor([one], threading.Event())
runner.start()
print(one.running.pid, flush=True)
runner.watch()
"""
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    grandchild = int(parent.stdout.readline())
    time.sleep(0.5)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: not psutil.pid_exists(grandchild) or psutil.Process(grandchild).status() == "zombie")


@pytest.mark.parametrize("name", ["SIGNER_PASSWORD", "CREDENTIAL_PIN_FILE", "SM2_KEY"])
def test_web_process_gets_nothing_of_the_signers(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "of the key")
    assert name not in serve.web("127.0.0.1", 8000, 8).environment
    assert serve.signer().environment[name] == "of the key"
