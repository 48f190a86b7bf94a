"""Phrases for corrections and opinions: one wording for the same defect at every desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

OFFICIAL = "zh-hans"  # letters are official texts, whatever language the officer reads


@dataclass(frozen=True, slots=True)
class Phrase:
    """One ready wording: a stable code and the text."""

    code: str
    text: Promise

    @property
    def official(self) -> str:
        """The text as it goes into a letter."""
        with override(OFFICIAL):
            return str(self.text)


FIGURE = (
    Phrase("mismatch", _("填报数与证明材料不一致，请核对后更正，或补充证明并说明差异。")),
    Phrase("unit", _("计量单位疑有误，请按表头所列单位重新填报。")),
    Phrase("scope", _("统计口径不符，请按填报说明的口径重新填报。")),
    Phrase("year", _("年度不符，请填报表头所列年度的数据。")),
    Phrase("jump", _("与相邻年度相比变动较大，请核实；确属实际情况的，请补充说明和依据。")),
    Phrase("parts", _("分项与合计不符，请核对。")),
    Phrase("register", _("与登记信息不一致，请更正或提供变更证明。")),
)
ANNEX = (
    Phrase("count", _("附表行数与数据表所填数目不一致，请核对。")),
    Phrase("columns", _("部分行的必填栏未填，请补齐。")),
    Phrase("period", _("所列项目不在规定的年度内，请删除或更正。")),
    Phrase("double", _("有重复行，请核对后删除。")),
)
EVIDENCE = (
    Phrase("missing", _("缺少该项材料，请补交。")),
    Phrase("blurred", _("扫描件不清晰，请重新上传。")),
    Phrase("pages", _("材料缺页，请补传完整文件。")),
    Phrase("seal", _("未签字或未加盖公章，请补齐后上传。")),
    Phrase("expired", _("材料已过有效期，请提供有效文件。")),
    Phrase("holder", _("材料所载单位名称与申报单位不一致，请说明并附变更证明。")),
)
TEXT = (
    Phrase("unlike_papers", _("与所附文件不一致，请核对后更正，或补充证明。")),
    Phrase("unlike_register", _("与登记信息不一致，请按登记机关的文件更正。")),
    Phrase("incomplete", _("内容不完整，请补充说明。")),
    Phrase("unclear", _("表述不清，请写明具体事实、时间和依据。")),
)
RECOMMEND = (
    Phrase("complete", _("材料齐全，数据与证明材料相符，符合申报条件，同意推荐。")),
    Phrase("verified", _("经核定个别数据后，符合申报条件，同意推荐。")),
    Phrase("untrue", _("主要数据与证明材料不符，且补正后仍不能说明，不予推荐。")),
)
CHECKED = (
    Phrase("in_order", _("材料齐全，格式符合要求，形式审查通过。")),
    Phrase("after_correction", _("补正后材料齐全，形式审查通过。")),
)
MATERIAL_CHECKED = (
    Phrase("material_in_order", _("材料齐全，数据与证明材料相符，符合申报条件，材料审核通过。")),
    Phrase("material_verified", _("经核定个别数据后，符合申报条件，材料审核通过。")),
)
EVALUATED = (
    Phrase("true", _("评价材料齐全，数据与证明材料相符，上报市级核查。")),
    Phrase("true_after_verification", _("经核定个别数据后，数据与证明材料相符，上报市级核查。")),
    Phrase("doubtful", _("主要数据与证明材料不符，补正后仍不能说明，请市级重点核查。")),
)
BY_TARGET = {"figure": FIGURE, "annex": ANNEX, "evidence": EVIDENCE, "text": TEXT, "document": EVIDENCE}


def choices(phrases: Iterable[Phrase]) -> list[tuple[str, str | Promise]]:
    """Choices of a select, the empty one first."""
    return [("", _("不用常用语，自行填写")), *((phrase.code, phrase.text) for phrase in phrases)]


def wording(phrases: Iterable[Phrase], code: str, typed: str) -> str:
    """The chosen phrase followed by what was typed; either may be empty."""
    chosen = [phrase.official for phrase in phrases if phrase.code == code]
    return "\n".join([*chosen, typed.strip()]).strip()
