"""The usual body of a public notice and of an announcement: official texts, in Chinese, that follow from their batch.

What a text says was done is what the batch prescribes: experts where it has a panel, a public notice where it has days
for one, the group that decides on it.
"""

from __future__ import annotations

from collections.abc import Sequence

from accreditation.models import Batch
from accreditation.selectors.granting import title_names

OBJECTIONS = "公示期为 {days} 个工作日。对公示{what}有异议的，可在公示期内署名提出，并写明事实和理由。"


def notice_text(batch: Batch, *, ground: str) -> str:
    """Body of the public notice of what was proposed; `ground`: the measures it rests on, "" where none are named."""
    named, done = _title(batch), _joined(_before_notice(batch))
    if batch.is_evaluation:
        said = f"{_by(ground)}经{done}，现将{named} {batch.year} 年度评价结果予以公示。"
        return said + OBJECTIONS.format(days=batch.notice_days, what="内容")
    said = f"{_by(ground)}经{done}，拟认定{_of_whom(batch)}为{named}，现予公示。"
    return said + OBJECTIONS.format(days=batch.notice_days, what="名单")


def announcement_text(batch: Batch, *, ground: str) -> str:
    """Body of the announcement of what was granted, or of the results of an evaluation; `ground` as in a notice."""
    named = _title(batch)
    done = _joined([*_before_notice(batch), *(["公示"] if batch.notice_days else [])])
    if batch.is_evaluation:
        results = f"现公布{named} {batch.year} 年度评价结果。逾期未报送评价材料的单位一并列明。"
        return f"{_by(ground)}经{done}，{results}"
    number = f"（{batch.year} 年，第 {batch.ordinal} 批）"
    return f"{_by(ground)}经{done}，认定{_of_whom(batch)}为{named}{number}，现予公布。"


def late_list_text(batch: Batch, *, ground: str) -> str:
    """Body of the announcement of nothing but who did not report in time; `ground` as in a notice."""
    return f"{_by(ground)}现公布{_title(batch)} {batch.year} 年度评价中逾期未报送评价材料的单位名单。"


def _title(batch: Batch) -> str:
    return title_names(batch.programme, batch.granting_body)[0]


def _by(ground: str) -> str:
    return f"根据{ground}，" if ground else ""


def _before_notice(batch: Batch) -> list[str]:
    """What led to the list. An evaluation has no experts: the figures are checked and the group decides."""
    if batch.is_evaluation:
        return ["核查", f"{batch.deciding_group_zh}审定"]
    return [*(["专家评审"] if batch.panel_size else []), f"{batch.deciding_group_zh}审议"]


def _of_whom(batch: Batch) -> str:
    """Programmes set up from a file are no technology centres: their titles are of an enterprise or its product."""
    if batch.programme.is_of_product:
        return "下列企业的产品"
    return "下列企业" if batch.programme.procedure else "下列企业的技术中心"


def _joined(parts: Sequence[str]) -> str:
    return "和".join(part for part in ("、".join(parts[:-1]), parts[-1]) if part)
