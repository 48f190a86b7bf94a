"""The helper process that forks a limited child per request: outcomes, limits, death, threads, no traces left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from criteria.fork_client import Allowance, Ended, ForkClient, HelperDied

ROOT = Path(__file__).parents[2]
TIME = Allowance(wait=10, cpu=1)
JOB = "tests.criteria.fork_job"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def client() -> Iterator[ForkClient]:
    client = ForkClient(JOB)
    yield client
    client.close()


def soon(holds: Callable[[], bool], seconds: float = 5.0) -> bool:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def children_of(client: ForkClient) -> list[psutil.Process]:
    assert client.pid is not None
    return psutil.Process(client.pid).children()


def test_large_request_comes_back_unchanged(client: ForkClient) -> None:
    content = os.urandom(3 * 1024 * 1024)
    ended = client.ask(b"echo " + content, TIME)
    assert (ended.answer, ended.code, ended.overdue) == (content, 0, False)
    assert 0 < ended.cpu < 1


def test_what_the_child_tells_arrives_in_order_before_the_answer(client: ForkClient) -> None:
    told: list[bytes] = []
    assert client.ask(b"count 500", TIME, told.append).answer == b"counted"
    assert told == [str(number).encode() for number in range(500)]


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (b"end 9", -signal.SIGKILL),
        (b"end 6", -signal.SIGABRT),
        (b"end 24", -signal.SIGXCPU),
        (b"end 11", -signal.SIGSEGV),
        (b"leave 3", 3),
        (b"eat", 1),
        (b"nonsense", 1),
        (b"spin", -signal.SIGXCPU),
        (b"half", 0),
    ],
)
def test_child_without_an_answer_is_told_by_its_end(client: ForkClient, request_: bytes, code: int) -> None:
    ended = client.ask(request_, TIME)
    assert (ended.answer, ended.code, ended.overdue) == (None, code, False)
    assert client.ask(b"echo next", TIME).answer == b"next"


def test_child_that_takes_too_long_is_killed_at_its_time(client: ForkClient) -> None:
    start = time.monotonic()
    ended = client.ask(b"sleep 60", Allowance(wait=0.2, cpu=1))
    assert (ended.answer, ended.code, ended.overdue) == (None, -signal.SIGKILL, True)
    assert time.monotonic() - start < 3


def test_child_holds_nothing_of_the_helper_but_its_own_line(client: ForkClient) -> None:
    holding = threading.Thread(target=client.ask, args=(b"sleep 0.5", TIME))
    holding.start()
    assert soon(lambda: len(children_of(client)) == 1)
    assert client.ask(b"descriptors", TIME).answer == b"0 1 2 3 4"  # 4 is the listing of the folder itself
    holding.join()


def test_nothing_of_our_environment_reaches_the_child(client: ForkClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGNER_PASSWORD", "secret")
    fresh = ForkClient(JOB)
    answer = fresh.ask(b"environment", TIME).answer
    fresh.close()
    assert answer is not None
    assert set(answer.split()) <= {b"LANG", b"LC_CTYPE"}


def test_child_writes_no_file(client: ForkClient, tmp_path: Path) -> None:
    target = tmp_path / "written"
    assert client.ask(b"write " + str(target).encode(), TIME).code != 0
    assert not target.exists() or target.stat().st_size == 0


def test_threads_are_served_at_the_same_time(client: ForkClient) -> None:
    client.ask(b"echo", TIME)
    answers: list[Ended] = []
    threads = [threading.Thread(target=lambda: answers.append(client.ask(b"sleep 0.5", TIME))) for _ in range(8)]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [ended.answer for ended in answers] == [b"slept"] * 8
    assert time.monotonic() - start < 2.5


def test_hundreds_of_requests_leave_no_process_and_no_descriptor(client: ForkClient) -> None:
    client.ask(b"echo", TIME)
    assert soon(lambda: children_of(client) == [])
    assert client.pid is not None
    ours, helper = psutil.Process(), psutil.Process(client.pid)
    time.sleep(0.1)
    before = (ours.num_fds(), helper.num_fds(), client.pid)
    for number in range(500):
        word = (b"echo x", b"leave 1", b"half")[number % 3]
        client.ask(word, TIME)
    assert soon(lambda: children_of(client) == [])
    assert soon(lambda: (ours.num_fds(), helper.num_fds(), client.pid) == before)


def test_helper_that_was_killed_is_started_again() -> None:
    client = ForkClient(JOB)
    client.ask(b"echo", TIME)
    first = client.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert client.ask(b"echo again", TIME).answer == b"again"
    assert client.pid != first
    client.close()
    assert not psutil.pid_exists(first)


def test_request_under_way_when_the_helper_is_killed_is_still_answered() -> None:
    client = ForkClient(JOB)
    client.ask(b"echo", TIME)
    first = client.pid
    assert first is not None
    answers: list[Ended] = []
    asking = threading.Thread(target=lambda: answers.append(client.ask(b"sleep 0.5", TIME)))
    asking.start()
    assert soon(lambda: len(children_of(client)) == 1)
    os.kill(first, signal.SIGKILL)
    asking.join(10)
    assert [ended.answer for ended in answers] == [b"slept"]
    client.close()


def test_helper_that_cannot_start_is_an_error_not_a_hang() -> None:
    client = ForkClient("tests.criteria.no_such_job")
    with pytest.raises(HelperDied):
        client.ask(b"echo", TIME)
    client.close()


def test_helper_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("criteria.fork_client.GRACE", 0.2)
    client = ForkClient(JOB)
    client.ask(b"echo", TIME)
    first = client.pid
    assert first is not None
    os.kill(first, signal.SIGSTOP)
    monkeypatch.setattr("criteria.fork_client.PATIENCE", 0.2)
    assert client.ask(b"echo awake", Allowance(wait=2, cpu=1)).answer == b"awake"
    assert client.pid != first
    client.close()


PARENT = f"""
import sys, time
from criteria.fork_client import Allowance, ForkClient
TIME = Allowance(wait=10, cpu=1)
client = ForkClient({JOB!r})
client.ask(b"echo", TIME)
print(client.pid, flush=True)
time.sleep(60)
"""


def test_helper_ends_with_its_parent_even_when_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        helper = int(parent.stdout.readline())
        assert psutil.pid_exists(helper)
        parent.kill()
    assert soon(lambda: not psutil.pid_exists(helper) or psutil.Process(helper).status() == psutil.STATUS_ZOMBIE)


FORKED = f"""
import os
from criteria.fork_client import Allowance, ForkClient
TIME = Allowance(wait=10, cpu=1)
client = ForkClient({JOB!r})
client.ask(b"echo", TIME)
first = client.pid
pid = os.fork()
if pid == 0:
    own = client.ask(b"echo child", TIME).answer == b"child" and client.pid != first
    client.close()
    os._exit(0 if own else 1)
_, status = os.waitpid(pid, 0)
same = client.ask(b"echo parent", TIME).answer == b"parent" and client.pid == first
print(os.waitstatus_to_exitcode(status), same)
"""


def test_process_forked_from_ours_has_a_helper_of_its_own() -> None:
    done = subprocess.run([sys.executable, "-c", FORKED], cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.stdout.split() == ["0", "True"], done.stderr
