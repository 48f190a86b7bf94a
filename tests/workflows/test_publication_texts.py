"""The usual texts of notices and announcements say what their batch prescribes, for every procedure and programme."""

from __future__ import annotations

from itertools import product

import pytest

from accreditation.enums import DISTRICTS, Level
from accreditation.models import Batch, Body, Programme
from workflows.procedures import PROCEDURES
from workflows.publication_texts import announcement_text, late_list_text, notice_text

GROUND = "示例办法"
ANNOUNCING = sorted(code for code, procedure in PROCEDURES.items() if "announce" in procedure.verbs)
CITY = Body(pk=1, name_zh="上海市经济和信息化委员会", level=Level.MUNICIPAL)
DISTRICT = Body(pk=2, name_zh="徐汇区科学技术委员会", level=Level.DISTRICT, district=next(iter(DISTRICTS)))
GROUP = Body(pk=3, name_zh="示例集团", level=Level.GROUP, district="group1")
PROGRAMMES = {
    "centre": Programme(code="c", name_zh="上海市企业技术中心", level=Level.MUNICIPAL, granted_by=CITY),
    "district": Programme(code="d", name_zh="区级企业技术中心", level=Level.DISTRICT, granted_by=CITY),
    "product": Programme(
        code="p", name_zh="上海市专利新产品", level=Level.MUNICIPAL, granted_by=CITY, is_of_product=True,
        procedure="generic_recognition/2026",
    ),
    "enterprise": Programme(
        code="e", name_zh="示例企业", level=Level.MUNICIPAL, granted_by=CITY, procedure="generic_recognition/2026"
    ),
}  # fmt: skip
EVERY = list(product(ANNOUNCING, PROGRAMMES, (None, DISTRICT, GROUP), (0, 5), (0, 5)))


def batch(procedure: str, programme: str, authority: Body | None, days: int, panel: int) -> Batch:
    return Batch(
        programme=PROGRAMMES[programme], authority=authority, procedure=procedure, year=2026, ordinal=3,
        notice_days=days, panel_size=panel,
    )  # fmt: skip


def test_the_procedures_that_announce_are_known() -> None:
    assert ANNOUNCING == [
        "district_evaluation/2026", "district_recognition/2022", "generic_recognition/2026",
        "municipal_evaluation/2025", "municipal_recognition/2022", "municipal_recognition/2026",
    ]  # fmt: skip


@pytest.mark.parametrize(("procedure", "programme", "authority", "days", "panel"), EVERY)
def test_texts_say_what_the_batch_prescribes(
    procedure: str, programme: str, authority: Body | None, days: int, panel: int
) -> None:
    row = batch(procedure, programme, authority, days, panel)
    told, announced = notice_text(row, ground=GROUND), announcement_text(row, ground=GROUND)
    assert ("公示" in announced) == bool(days)
    for text in (told, announced):
        assert text.startswith("根据示例办法，经")
        assert ("认定领导小组" in text) == (authority is not None)
        assert ("评审委员会" in text) == (authority is None)
        assert ("专家评审" in text) == (panel > 0 and not row.is_evaluation)
        assert ("年度评价结果" in text) == row.is_evaluation
        assert ("认定下列" in text) == (not row.is_evaluation)
        assert ("技术中心为" in text) == (not row.is_evaluation and programme in ("centre", "district"))
        assert ("企业的产品为" in text) == (not row.is_evaluation and programme == "product")
    assert f"公示期为 {days} 个工作日" in told


@pytest.mark.parametrize(
    ("case", "text"),
    [
        (
            ("municipal_recognition/2022", "centre", None, 7, 5),
            "根据示例办法，经专家评审、评审委员会审议和公示，认定下列企业的技术中心为上海市企业技术中心"
            "（2026 年，第 3 批），现予公布。",
        ),
        (
            ("generic_recognition/2026", "product", None, 0, 0),
            "根据示例办法，经评审委员会审议，认定下列企业的产品为上海市专利新产品（2026 年，第 3 批），现予公布。",
        ),
        (
            ("district_evaluation/2026", "district", GROUP, 5, 0),
            "根据示例办法，经核查、认定领导小组审定和公示，现公布示例集团企业技术中心 2026 年度评价结果。"
            "逾期未报送评价材料的单位一并列明。",
        ),
    ],
)
def test_announcement_word_for_word(case: tuple[str, str, Body | None, int, int], text: str) -> None:
    assert announcement_text(batch(*case), ground=GROUND) == text


def test_text_without_named_measures_cites_none() -> None:
    row = batch("municipal_evaluation/2025", "centre", None, 5, 0)
    assert late_list_text(row, ground="").startswith("现公布上海市企业技术中心 2026 年度评价中逾期")
    assert notice_text(row, ground="").startswith("经核查和评审委员会审定，现将")
