"""The worker's loops: mail and clocks in one, long readings and calls in two others; a failure ends none."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from config import worker


def test_lanes_turn_side_by_side_and_outlive_a_failure(
    monkeypatch: pytest.MonkeyPatch, var_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stop = threading.Event()
    reading, calling = threading.Event(), threading.Event()
    turns: dict[str, list[str]] = {"quick": [], "long": [], "outside": []}

    def quick() -> None:
        turns["quick"].append(threading.current_thread().name)
        assert reading.wait(5)  # the other lanes have begun although this round is not over
        assert calling.wait(5)
        if len(turns["quick"]) == 3:
            stop.set()
        raise RuntimeError("a bad round")

    def long() -> None:
        turns["long"].append(threading.current_thread().name)
        reading.set()
        raise RuntimeError("a bad reading")

    def outside() -> None:
        turns["outside"].append(threading.current_thread().name)
        calling.set()
        raise RuntimeError("a bad call")

    monkeypatch.setattr(worker, "SECONDS_BETWEEN", 0.01)
    monkeypatch.setattr(worker, "turn", quick)
    monkeypatch.setattr(worker, "long_turn", long)
    monkeypatch.setattr(worker, "outside_turn", outside)
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    worker.run_forever(stop)
    assert len(turns["quick"]) == 3
    assert (set(turns["long"]), set(turns["outside"])) == ({"reader"}, {"caller"})
    assert not {"reader", "caller"} & set(turns["quick"])
    said = {record.getMessage() for record in caplog.records}
    assert {"worker round failed", "reader round failed", "caller round failed"} <= said
