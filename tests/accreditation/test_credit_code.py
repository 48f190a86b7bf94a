"""Unified social credit codes: GB 32100 vectors, and each fault named by its character."""

from __future__ import annotations

import pytest

from accreditation.errors import Refusal
from accreditation.services.enterprises import check_uscc, compact_uscc, uscc_faults

SOUND = [
    "91350100M000100Y43",
    "91110000101623741K",
    "911101066976941872",
    "11100000000013338W",
    "11430000006122244L",
    "11220000013544541J",
    "11330105002500287C",
]
FAULTY = [
    ("9135010", [("uscc_length", "18 位，现为 7 位")]),
    ("91350100M000100Y431", [("uscc_length", "现为 19 位")]),
    ("91350100M0001O0Y43", [("uscc_character", "第 14 位“O”不是代码用字，是否应为“0”")]),
    ("91350100M000I00Y4S", [("uscc_character", "第 13 位“I”"), ("uscc_character", "第 18 位“S”")]),
    ("9135010AM000100Y43", [("uscc_region", "第 8 位“A”应为数字")]),
    ("91350100M0001·0Y43", [("uscc_character", "第 14 位“·”不是代码用字。")]),
    ("91350211M0000XUF46", [("uscc_check", "第 18 位校验码应为")]),
    ("91310115MA1H8R7C6D", [("uscc_check", "现为“D”")]),
    ("", [("uscc_length", "现为 0 位")]),
]


@pytest.mark.parametrize("code", SOUND)
def test_code_of_the_standard_has_no_fault(code: str) -> None:
    assert uscc_faults(code) == []


@pytest.mark.parametrize(("code", "expected"), FAULTY)
def test_faulty_code_names_each_wrong_character(code: str, expected: list[tuple[str, str]]) -> None:
    faults = uscc_faults(code)
    assert [fault.code for fault in faults] == [code for code, _words in expected]
    assert all(words in str(fault) for fault, (_code, words) in zip(faults, expected, strict=True))


@pytest.mark.parametrize("place", range(18))
def test_every_single_changed_character_is_found(place: int) -> None:
    sound = SOUND[0]
    changed = sound[:place] + ("7" if sound[place] != "7" else "8") + sound[place + 1 :]
    assert uscc_faults(changed)


def test_full_width_blanks_and_hyphens_are_read() -> None:
    assert compact_uscc(" ９１３５０１００-m000100y43 ") == "91350100M000100Y43"


def test_questioned_code_passes_only_when_the_check_character_alone_fails() -> None:
    assert check_uscc("91350211M0000XUF46", is_questioned=True) == "91350211M0000XUF46"
    with pytest.raises(Refusal):
        check_uscc("91350211M0000XUF46")
    with pytest.raises(Refusal):
        check_uscc("91350211M0000XOF46", is_questioned=True)
