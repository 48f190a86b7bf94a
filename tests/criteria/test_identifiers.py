"""Numbers of patents and standards in one form, however they were written."""

from __future__ import annotations

import pytest

from criteria.facts import AnnexRow, Facts
from criteria.identifiers import SCHEMES, check_digit, identifiers_of, normalised
from criteria.loading import load

PATENT = "200310102344"
SAME = {
    PATENT: ["200310102344.5", "ZL200310102344.5", "zl 2003 1 0102344.5", "ＺＬ２００３１０１０２３４４．５",
             "CN200310102344.5",
             "2003101023445", "ZL2003-10102344.5".replace("-", ""), " 200310102344 "],
    "85100089": ["85100089", "ZL85100089.4", "851000894"],
    "2021SR0123456": ["2021SR0123456", "2021sr 0123456"],
    "CN105123456B": ["CN105123456B", "cn 105123456 b"],
}  # fmt: skip


@pytest.mark.parametrize(("value", "text"), [(value, text) for value, texts in SAME.items() for text in texts])
def test_one_right_has_one_form(value: str, text: str) -> None:
    assert normalised("ip_right", text) == value


@pytest.mark.parametrize("text", ["2003101023446", "105123456", "ZL2003101023"])
def test_digits_that_are_no_check_digit_are_kept(text: str) -> None:
    assert normalised("ip_right", text) == text


def test_check_digit_of_the_standard_is_worked_out_by_hand() -> None:
    # 2*2 + 3*5 + 1*6 + 1*8 + 2*2 + 3*3 + 4*4 + 4*5 = 82 with the weights 2 to 9, then 2 to 5; 82 = 7 * 11 + 5
    assert check_digit(PATENT) == "5"
    # 8*2 + 5*3 + 1*4 + 8*8 + 9*9 = 180 = 16 * 11 + 4
    assert check_digit("85100089") == "4"
    assert check_digit("00000005") == "1"  # 5 * 9 = 45 = 4 * 11 + 1
    assert check_digit("00000030") == "2"  # 3 * 8 = 24 = 2 * 11 + 2
    assert check_digit("50000000") == "X"  # 5 * 2 = 10


@pytest.mark.parametrize(
    "text", ["GB/T 12345-2020", "gb/t12345—2020", "ＧＢ/Ｔ １２３４５－２０２０", "GB/T 12345–2020"]
)
def test_one_standard_has_one_form(text: str) -> None:
    assert normalised("standard", text) == "GB/T12345-2020"


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("text", ["", " ", "无", "暂无", "—", "/", "12", "申请中"])
def test_text_that_names_nothing_is_no_identifier(scheme: str, text: str) -> None:
    assert normalised(scheme, text) == ""


def test_annexes_report_their_identifiers_with_line_and_key() -> None:
    form = load("shanghai_municipal_centre/2022-demo").form
    assert form is not None
    patent = AnnexRow(1, {"number": "ZL200310102344.5", "name": "一种装置"})
    nothing = AnnexRow(2, {"number": None, "name": "申请中"})
    standard = AnnexRow(1, {"number": "GB/T 1—2020", "name": "标准"})
    facts = Facts(2025, {}, {"ip_rights": (patent, nothing), "standards": (standard,), "experts": (standard,)})
    found = [(each.key, each.shown, each.annex, each.line) for each in identifiers_of(facts, form)]
    assert found == [
        (f"ip_right:{PATENT}", "ZL200310102344.5", "ip_rights", 1),
        ("standard:GB/T1-2020", "GB/T 1—2020", "standards", 1),
    ]
    assert list(identifiers_of(facts, None)) == []
