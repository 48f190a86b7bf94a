"""Names in the package for the national authority: what a file was called elsewhere cannot leave its folder."""

from __future__ import annotations

import pytest

from workflows.exports.recommendation_package import NAME_LENGTH, safe_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("审计报告.pdf", "审计报告.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a/b\\c:d.pdf", "a_b_c_d.pdf"),
        ("行\n尾\x00.pdf", "行_尾_.pdf"),
        (".隐藏.pdf", "隐藏.pdf"),
        ("", "_"),
        ("...", "_"),
    ],
)
def test_name_unpacks_into_one_folder(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_long_name_is_cut_and_keeps_its_ending() -> None:
    assert safe_name("长" * 300 + ".pdf") == "长" * NAME_LENGTH + ".pdf"
