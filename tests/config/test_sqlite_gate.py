"""The SQLite backend: writers are served first come, first served, and nothing keeps the gate by accident."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction

from config.settings import SQLITE_OPTIONS
from config.sqlite_gate.base import DatabaseWrapper
from config.sqlite_gate.gate import WriteGate

ALIAS = "gate_under_test"
PATIENCE = 20.0


@dataclass
class Site:
    """A database in a file; each thread opens its own connection, as in a web process."""

    path: Path
    threads: list[threading.Thread] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)

    def connect(self) -> DatabaseWrapper:
        wrapper = DatabaseWrapper(
            {
                "NAME": str(self.path),
                "OPTIONS": SQLITE_OPTIONS,
                "TIME_ZONE": None,
                "CONN_MAX_AGE": 0,
                "CONN_HEALTH_CHECKS": False,
                "AUTOCOMMIT": True,
                "ATOMIC_REQUESTS": False,
                "TEST": {},
            },
            ALIAS,
        )
        connections[ALIAS] = wrapper
        return wrapper

    def execute(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with connections[ALIAS].cursor() as cursor:
            cursor.execute(sql, values)
            return list(cursor.fetchall()) if cursor.description else []

    def write(self, who: str) -> None:
        self.execute("INSERT INTO line (who) VALUES (%s)", who)

    def names(self) -> list[str]:
        return [who for (who,) in self.execute("SELECT who FROM line ORDER BY id")]

    def start(self, work: Callable[[], None]) -> threading.Thread:
        """Run the work in a thread with its own connection; what it raises is kept for the test."""

        def run() -> None:
            wrapper = self.connect()
            try:
                work()
            except BaseException as failure:
                self.failures.append(failure)
            finally:
                wrapper.close()

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        self.threads.append(thread)
        return thread

    def join(self) -> None:
        for thread in self.threads:
            thread.join(PATIENCE)
        assert not [thread for thread in self.threads if thread.is_alive()], "a writer still waits for the gate"
        assert self.failures == []

    @property
    def gate(self) -> WriteGate:
        return connections[ALIAS]._gate()

    def another_writer_gets_in(self) -> None:
        """Fails when somebody kept the gate."""
        self.start(lambda: self.write_in_transaction("another"))
        self.join()
        assert self.names()[-1] == "another"

    def write_in_transaction(self, who: str) -> None:
        with transaction.atomic(using=ALIAS):
            self.write(who)

    def fail_after_writing(self, who: str) -> None:
        with transaction.atomic(using=ALIAS):
            self.write(who)
            raise LookupError


@pytest.fixture
def site(tmp_path: Path, django_db_blocker: Any) -> Iterator[Site]:
    site = Site(tmp_path / "gate.sqlite3")
    with django_db_blocker.unblock():
        wrapper = site.connect()
        site.execute("CREATE TABLE line (id INTEGER PRIMARY KEY AUTOINCREMENT, who TEXT NOT NULL)")
        yield site
        wrapper.close()
        del connections[ALIAS]


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.001)


def queued(gate: WriteGate, number: int) -> Callable[[], bool]:
    return lambda: len(gate._waiting) == number


def test_gate_lets_waiters_in_by_arrival() -> None:
    gate, order, threads = WriteGate(), [], []

    def pass_through(number: int) -> None:
        gate.acquire()
        order.append(number)
        gate.release()

    gate.acquire()
    for number in range(20):
        threads.append(threading.Thread(target=pass_through, args=(number,), daemon=True))
        threads[-1].start()
        wait_until(queued(gate, number + 1))
    gate.release()
    for thread in threads:
        thread.join(PATIENCE)
    assert order == list(range(20))


def test_gate_is_open_again_after_the_last_waiter() -> None:
    gate = WriteGate()
    for _ in range(3):
        gate.acquire()
        gate.release()
    assert not gate._held


def test_transactions_of_threads_commit_by_arrival(site: Site) -> None:
    arrivals = [f"writer {number}" for number in range(8)]
    with transaction.atomic(using=ALIAS):
        site.write("first")
        for position, who in enumerate(arrivals, start=1):
            site.start(lambda who=who: site.write_in_transaction(who))
            wait_until(queued(site.gate, position))
    site.join()
    assert site.names() == ["first", *arrivals]


@pytest.mark.slow
def test_many_writers_lose_nothing(site: Site) -> None:
    def write_often(who: str) -> Callable[[], None]:
        return lambda: [site.write_in_transaction(who) for _ in range(25)] and None

    for number in range(8):
        site.start(write_often(str(number)))
    site.join()
    names = site.names()
    assert {who: names.count(who) for who in set(names)} == {str(number): 25 for number in range(8)}


def test_commit_gives_the_gate_back(site: Site) -> None:
    site.write_in_transaction("mine")
    assert not site.gate._held
    site.another_writer_gets_in()


def test_exception_rolls_back_and_gives_the_gate_back(site: Site) -> None:
    with pytest.raises(LookupError):
        site.fail_after_writing("never")
    assert site.names() == []
    site.another_writer_gets_in()


def test_requested_rollback_gives_the_gate_back(site: Site) -> None:
    with transaction.atomic(using=ALIAS):
        site.write("never")
        transaction.set_rollback(True, using=ALIAS)
    assert site.names() == []
    site.another_writer_gets_in()


def test_inner_transaction_keeps_the_gate_for_the_outer(site: Site) -> None:
    with transaction.atomic(using=ALIAS):
        with transaction.atomic(using=ALIAS):
            site.write("inner")
        assert site.gate._held
        with pytest.raises(LookupError):
            site.fail_after_writing("undone")
        assert site.gate._held
        site.write("outer")
    assert site.names() == ["inner", "outer"]
    site.another_writer_gets_in()


def test_refused_begin_gives_the_gate_back(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: object) -> None:
        raise OSError("no BEGIN today")

    with monkeypatch.context() as patch:
        patch.setattr("django.db.backends.sqlite3.base.DatabaseWrapper._start_transaction_under_autocommit", refuse)
        with pytest.raises(OSError, match="no BEGIN"), transaction.atomic(using=ALIAS):
            pass
    site.another_writer_gets_in()


def test_close_between_transactions_leaves_the_gate_open(site: Site) -> None:
    site.write_in_transaction("mine")
    connections[ALIAS].close()
    site.another_writer_gets_in()


def test_close_inside_a_transaction_undoes_it_and_gives_the_gate_back(site: Site) -> None:
    with transaction.atomic(using=ALIAS):
        site.write("never")
        connections[ALIAS].close()
    assert site.names() == []
    site.another_writer_gets_in()


def test_readers_do_not_wait_for_a_writer(site: Site) -> None:
    seen: list[list[str]] = []
    site.write_in_transaction("before")
    with transaction.atomic(using=ALIAS):
        site.write("during")
        site.start(lambda: seen.append(site.names()))
        site.join()
    assert seen == [["before"]]


@pytest.mark.parametrize(
    ("pragma", "expected"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("recursive_triggers", 1)],
)
def test_acknowledged_commits_are_durable_and_rules_enforced(site: Site, pragma: str, expected: object) -> None:
    assert site.execute(f"PRAGMA {pragma}") == [(expected,)]


def test_transactions_begin_immediate(site: Site) -> None:
    assert connections[ALIAS].transaction_mode == "IMMEDIATE"
