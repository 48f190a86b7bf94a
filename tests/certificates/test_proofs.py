"""Proofs as an outsider judges them: every forgery is refused by its own name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from certificates.issuing import Issued
from certificates.proofs import (
    Breach,
    Keys,
    ProofRefused,
    check_consistency,
    check_head,
    check_inclusion,
    head_values,
    read_head,
    read_path,
)
from tests.certificates.conftest import House
from tests.certificates.logs import Log, log_with
from tests.certificates.samples import AT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def log(house: House, issued: Issued) -> Log:
    return log_with(house, issued)


def _breach(check: Callable[[], object]) -> Breach:
    with pytest.raises(ProofRefused) as refusal:
        check()
    return refusal.value.breach


def test_status_of_a_certificate_proves_its_issue(log: Log, issued: Issued) -> None:
    proven, entry = check_inclusion(log.status(issued, 3, 7), log.keys, pdf=issued.pdf, held=log.head(7))
    assert proven.signed.head.size == 7
    assert proven.seen_at == AT
    assert (entry["event"], entry["pdf"]) == ("issue", issued.sha256)


def test_every_entry_is_proved_by_the_interface_form(log: Log) -> None:
    for size in range(1, 8):
        for index in range(size):
            assert check_inclusion(log.inclusion(index, size), log.keys)[1]["event"] == "issue"


def _without_log(status: dict[str, Any]) -> None:
    status["log"] = None


def _other_holder(status: dict[str, Any]) -> None:
    status["record"] = {**status["record"], "holder_zh": "冒名顶替有限公司"}


def _other_digest(status: dict[str, Any]) -> None:
    status["sha256"] = "0" * 64


def _other_leaf(status: dict[str, Any]) -> None:
    status["log"]["leaf"] = status["log"]["leaf"].replace("2026-12-01", "2020-12-01")


def _other_place(status: dict[str, Any]) -> None:
    status["log"]["index"] = 2


def _shorter_path(status: dict[str, Any]) -> None:
    status["log"]["path"].pop()


def _larger_head(status: dict[str, Any]) -> None:
    status["log"]["head"]["size"] = 8


def _no_time_stamp(status: dict[str, Any]) -> None:
    status["log"]["head"]["time_stamp"] = ""


def _torn_time_stamp(status: dict[str, Any]) -> None:
    status["log"]["head"]["time_stamp"] = status["log"]["head"]["time_stamp"][:400]


def _no_path(status: dict[str, Any]) -> None:
    del status["log"]["path"]


def _odd_hash(status: dict[str, Any]) -> None:
    status["log"]["path"][0] = "00"


@pytest.mark.parametrize(
    ("forge", "breach"),
    [
        (_without_log, Breach.NOT_LOGGED_YET),
        (_other_holder, Breach.ENTRY_DIFFERS),
        (_other_digest, Breach.ENTRY_DIFFERS),
        (_other_leaf, Breach.NOT_INCLUDED),
        (_other_place, Breach.NOT_INCLUDED),
        (_shorter_path, Breach.NOT_INCLUDED),
        (_larger_head, Breach.HEAD_NOT_SIGNED),
        (_no_time_stamp, Breach.NO_TIME_STAMP),
        (_torn_time_stamp, Breach.UNREADABLE),
        (_no_path, Breach.UNREADABLE),
        (_odd_hash, Breach.UNREADABLE),
    ],
)
def test_forged_status_is_refused_by_name(
    log: Log, issued: Issued, forge: Callable[[dict[str, Any]], None], breach: Breach
) -> None:
    status = log.status(issued, 3, 7)
    forge(status)
    if forge is _torn_time_stamp:
        breach = Breach.TIME_STAMP_REFUSED
    assert _breach(lambda: check_inclusion(status, log.keys)) is breach


@pytest.mark.parametrize("values", [None, [], "x", 1, {}, {"schema": "certificate-status/1"}, {"log": {}}])
def test_anything_else_is_unreadable(log: Log, values: object) -> None:
    assert _breach(lambda: check_inclusion(values, log.keys)) is Breach.UNREADABLE


def test_file_that_is_not_the_logged_one_is_refused(log: Log, issued: Issued) -> None:
    status = log.status(issued, 3, 7)
    assert _breach(lambda: check_inclusion(status, log.keys, pdf=issued.pdf + b" ")) is Breach.FILE_DIFFERS


def test_second_version_of_the_log_is_seen_beside_a_held_head(log: Log, issued: Issued) -> None:
    split = Log(log.house, [*log.leaves[:3], issued.leaf, *log.leaves[5:], log.leaves[4]])
    status = split.status(issued, 3, 7)
    check_inclusion(status, log.keys)
    assert _breach(lambda: check_inclusion(status, log.keys, held=log.head(7))) is Breach.HEAD_DIFFERS


def test_log_key_and_clock_of_somebody_else_are_refused(log: Log, other_house: House, issued: Issued) -> None:
    other = log_with(other_house, issued).keys
    assert _breach(lambda: check_head(log.head(7), other)) is Breach.HEAD_NOT_SIGNED
    assert _breach(lambda: check_head(log.head(7), replace(log.keys, clocks=other.clocks))) is Breach.TIME_STAMP_REFUSED


def test_back_dated_head_is_refused(log: Log) -> None:
    back_dated = log.head(7, at=AT - timedelta(days=300), stamped_at=AT)
    check_head(back_dated, Keys(log.keys.log))
    assert _breach(lambda: check_head(back_dated, log.keys)) is Breach.TIME_STAMP_REFUSED


def test_every_later_head_continues_every_earlier_one(log: Log) -> None:
    for old in range(1, 8):
        for new in range(old, 8):
            path = read_path(log.consistency(old, new))
            assert check_consistency(log.head(old), log.head(new), path, log.keys).signed.head.size == new


def test_rewritten_shortened_and_foreign_logs_are_refused(log: Log) -> None:
    rewritten = Log(log.house, [log.leaves[1], *log.leaves[1:]])
    path = read_path(rewritten.consistency(4, 7))
    assert _breach(lambda: check_consistency(log.head(4), rewritten.head(7), path, log.keys)) is Breach.NOT_CONTINUED
    assert _breach(lambda: check_consistency(log.head(7), rewritten.head(7), [], log.keys)) is Breach.HEAD_DIFFERS
    assert _breach(lambda: check_consistency(log.head(7), log.head(4), [], log.keys)) is Breach.SHRUNK
    foreign = log.head(7)
    foreign = replace(foreign, head=replace(foreign.head, origin="http://elsewhere/log"))
    assert _breach(lambda: check_consistency(log.head(4), foreign, path, log.keys)) is Breach.HEAD_NOT_SIGNED


@pytest.mark.parametrize(
    "change",
    [{"size": -1}, {"size": True}, {"size": "7"}, {"root": "zz"}, {"root": "00"}, {"at": "2026-12-01T09:30:00"},
     {"at": None}, {"signature": "!"}, {"origin": 1}, {"time_stamp": 3}],
    ids=str,
)  # fmt: skip
def test_head_of_another_form_is_unreadable(log: Log, change: dict[str, object]) -> None:
    assert _breach(lambda: read_head({**head_values(log.head(7)), **change})) is Breach.UNREADABLE


def test_head_comes_back_from_its_published_form(log: Log) -> None:
    assert read_head(head_values(log.head(7))).head == log.head(7).head


def test_every_breach_has_words_in_both_languages() -> None:
    assert all(breach.wording.zh and breach.wording.en for breach in Breach)
