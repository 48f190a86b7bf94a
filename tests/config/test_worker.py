"""The worker's two loops: mail and clocks in one, long readings in another; a failure ends neither."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from config import worker


def test_two_lanes_turn_side_by_side_and_outlive_a_failure(
    monkeypatch: pytest.MonkeyPatch, var_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stop = threading.Event()
    reading = threading.Event()
    turns: dict[str, list[str]] = {"quick": [], "long": []}

    def quick() -> None:
        turns["quick"].append(threading.current_thread().name)
        reading.wait(5)  # the other lane has begun although this round is not over
        if len(turns["quick"]) == 3:
            stop.set()
        raise RuntimeError("a bad round")

    def long() -> None:
        turns["long"].append(threading.current_thread().name)
        reading.set()
        raise RuntimeError("a bad reading")

    monkeypatch.setattr(worker, "SECONDS_BETWEEN", 0.01)
    monkeypatch.setattr(worker, "turn", quick)
    monkeypatch.setattr(worker, "long_turn", long)
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    worker.run_forever(stop)
    assert len(turns["quick"]) == 3
    assert set(turns["long"]) == {"reader"}
    assert "reader" not in turns["quick"]
    assert {"worker round failed", "reader round failed"} <= {record.message for record in caplog.records}
