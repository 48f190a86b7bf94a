"""Faults and their messages."""

from __future__ import annotations

import re
import string
from fractions import Fraction

import pytest

from criteria.workbook.cell_messages import CELL_MESSAGES
from criteria.workbook.faults import (
    MESSAGES,
    Entry,
    Fault,
    Faults,
    Place,
    Refused,
    Severity,
    errors_in,
    fault_of,
    shown,
)
from criteria.workbook.refusal_messages import REFUSALS

NAMES = {
    name
    for message in MESSAGES.values()
    for pair in (message.message, message.expected, message.fix)
    for text in pair
    for _, name, _, _ in string.Formatter().parse(text)
    if name
}
VALUES = {name: "7" for name in NAMES} | {"name": ("名", "name")}
HAN = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_every_code_speaks_both_languages_and_says_what_to_do(code: str) -> None:
    values = {name: value for name, value in VALUES.items() if name not in ("read", "sheet", "cell")}
    fault = fault_of(code, Place("表", "D7"), read="7", **values)
    for chinese, english in (
        (fault.message_zh, fault.message_en),
        (fault.expected_zh, fault.expected_en),
        (fault.fix_zh, fault.fix_en),
    ):
        assert chinese
        assert english
        assert "{" not in chinese + english
    assert HAN.search(fault.message_zh)
    assert HAN.search(fault.fix_zh)
    assert not HAN.search(fault.fix_en)
    assert not HAN.search(fault.message_en.replace("表", ""))


def test_no_code_is_both_refusal_and_cell_fault() -> None:
    assert REFUSALS.keys().isdisjoint(CELL_MESSAGES)


def test_two_codes_never_share_a_message() -> None:
    texts = [message.message[0] for message in MESSAGES.values()]
    assert len(texts) == len(set(texts))


def test_pairs_fill_each_language_with_its_own_word() -> None:
    fault = fault_of("required", code="A-01", name=("收入", "revenue"), unit="千元")
    assert "收入" in fault.message_zh
    assert "revenue" in fault.message_en


def test_read_text_is_one_printable_line_of_at_most_eighty_characters() -> None:
    assert shown("a\nb\x00c") == "a b c"
    assert len(shown("长" * 500)) == 80


def test_user_text_with_braces_does_not_reach_the_formatter() -> None:
    fault = fault_of("text_for_number", read="{0} {code}", code="A-01", name=("收入", "revenue"), unit="千元")
    assert "{0} {code}" in fault.message_zh


def test_faults_survive_json() -> None:
    faults = Faults(
        (
            fault_of("required", Place("表", "D7", "f", 2025), code="A", name=("a", "b"), unit="人"),
            Refused("pdf").fault,
        ),
        (
            Entry(("f", 2025), "表", "D7", "１２", Fraction(25, 2)),
            Entry(("x.y", 3), "表", "B9", "=A1", None),
            Entry(("z", None), "表", "C5", "是", True),
        ),
    )
    assert Faults.from_json(faults.to_json()) == faults


def test_refusal_errors_and_warnings_are_told_apart() -> None:
    warning, error = fault_of("external_links"), fault_of("code_missing", code="A", name=("a", "b"))
    faults = Faults((warning, error))
    assert (faults.warnings, faults.errors, faults.refusal) == ((warning,), (error,), None)
    refused = Faults((Refused("pdf").fault,))
    assert refused.refusal is not None
    assert refused.refusal.severity is Severity.REFUSAL
    assert refused.errors == refused.faults


def test_place_joins_what_is_known() -> None:
    assert fault_of("external_links", Place("表", "D7")).place == "表!D7"
    assert fault_of("external_links").place == ""


def test_errors_are_counted_without_reading_the_report() -> None:
    said = ("应为", "expected", "消息", "message", "改正", "fix")
    faults = [
        Fault("a", severity, "表", "C5", "f", None, '"severity":"error"', *said)
        for severity in (Severity.ERROR, Severity.WARNING, Severity.REFUSAL, Severity.ERROR)
    ]
    assert errors_in(Faults(tuple(faults)).to_json()) == 3
    assert errors_in("") == 0
