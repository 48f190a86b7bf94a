"""Findings of the check of a list in words: what was read, what was expected, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.enums import DISTRICTS
from accreditation.models import Programme
from certificates.models import PaperCertificate
from workflows.paper_rows import STATE_AFTER, PaperRow, row_from
from workflows.presentation.words import Words, either, lang, quoted

TONES = {"in_force": "green", "suspended": "amber", "revoked": "red"}
# Code: what was expected, what to do. `%(…)s` takes the values of the finding.
WORDS: Mapping[str, tuple[Promise, Promise]] = {
    "column_missing": (gettext_lazy("表头有这一列"), gettext_lazy("请使用模板的表头，不要改名或删除列。")),
    "empty_list": (gettext_lazy("至少一行"), gettext_lazy("请在表头下逐行填写。")),
    "missing": (gettext_lazy("必填"), gettext_lazy("请补填。")),
    "bad_text": (gettext_lazy("%(said)s"), gettext_lazy("请重新键入，勿从网页或文档粘贴。")),
    "bad_date": (gettext_lazy("年月日齐全的日期，如 2015-06-01"), gettext_lazy("请按来源文件填写完整日期。")),
    "in_future": (gettext_lazy("不晚于今天"), gettext_lazy("请核对年份。")),
    "ends_before_start": (gettext_lazy("晚于认定日期 %(granted)s"), gettext_lazy("请核对两个日期。")),
    "unknown_programme": (gettext_lazy("%(choices)s"), gettext_lazy("请填写项目的全称或代码。")),
    "unknown_district": (gettext_lazy("%(choices)s"), gettext_lazy("请填写区的全称。")),
    "unknown_original_seen": (gettext_lazy("是或否"), gettext_lazy("见过纸质原件填“是”，否则填“否”。")),
    "unknown_state": (gettext_lazy("%(choices)s"), gettext_lazy("空白表示有效。")),
    "ground_missing": (gettext_lazy("暂停、撤销、注销的依据"), gettext_lazy("请填写决定的文号和理由，将对外公布。")),
    "bad_uscc": (gettext_lazy("%(said)s"), gettext_lazy("请对照营业执照逐位核对。")),
    "number_doubled": (
        gettext_lazy("与第 %(other)s 行不同的编号"),
        gettext_lazy("两行内容不同，请查明后留一行。"),
    ),
    "entered_differently": (
        gettext_lazy("与 %(other)s 已登记的内容一致"),
        gettext_lazy("该编号已登记且内容不同；登记内容不能由导入改写，请查明后删去本行。"),
    ),
    "is_electronic": (gettext_lazy("纸质证书的编号"), gettext_lazy("该编号属于电子证书，请删去本行。")),
    "holds_title": (
        gettext_lazy("一个单位在同一项目只有一个有效称号"),
        gettext_lazy("该单位已有称号 %(other)s；旧证书请填“失效”或核对代码。"),
    ),
    "name_differs": (
        gettext_lazy("登记名称：%(registered)s"),
        gettext_lazy("请核对是否为更名前的名称；登记名称不变。"),
    ),
    "original_not_seen": (gettext_lazy("已核原件"), gettext_lazy("查验页面会写明仅依据来源文件登记。")),
    "same_row": (gettext_lazy("每份证书一行"), gettext_lazy("与第 %(other)s 行完全相同，只登记一次。")),
    "entered_before": (gettext_lazy("尚未登记"), gettext_lazy("已由 %(other)s 登记，内容相同，不重复登记。")),
}


def finding_groups(findings: Iterable[Mapping[str, Any]], severity: str) -> list[Words]:
    """Findings of one severity by sheet, as the table of faults takes them."""
    by_sheet: dict[str, list[Words]] = {}
    for one in findings:
        if one["severity"] == severity:
            by_sheet.setdefault(one["sheet"], []).append(_words(one))
    return [{"sheet": sheet, "faults": faults, "count_words": _("%(n)d 处") % {"n": len(faults)}}
            for sheet, faults in by_sheet.items()]  # fmt: skip


def _words(one: Mapping[str, Any]) -> Words:
    values = {name: quoted(value) for name, value in one["values"].items()}
    expected, remedy = (_filled(text, values) for text in WORDS[one["code"]])
    label = quoted(one["column"])
    return {"cell": one["cell"], "label": label, "read": one["read"], "expected": expected, "remedy": remedy}


def _filled(text: Promise, values: Mapping[str, Any]) -> SafeString:
    """The words with what the check found put in, marked as Chinese where it is."""
    said = values.get(lang(), "")
    return SafeString(escape(text) % {**values, "said": said})


def finding_line(one: Mapping[str, Any]) -> str:
    """A finding as one line of a terminal: place, column, what was read, what was expected, what to do."""
    values = {**one["values"], "said": one["values"].get(lang(), "")}
    expected, remedy = (str(text) % values for text in WORDS[one["code"]])
    place = "!".join(part for part in (one["sheet"], one["cell"]) if part)
    return f"{place} {one['column']} “{one['read']}”：{expected}；{remedy}"


def paper_rows(values: Iterable[Mapping[str, Any]]) -> list[Words]:
    """Rows of a list as the preview shows them."""
    programmes = {one.code: one for one in Programme.objects.all()}
    return [_row(row, programmes) for row in map(row_from, values)]


def _row(row: PaperRow, programmes: Mapping[str, Programme]) -> Words:
    state = STATE_AFTER[row.verb]
    return {
        "row": row,
        "programme": either(programmes[row.programme], "name"),
        "district": DISTRICTS[row.district],
        "state": state.label,
        "tone": TONES.get(state, "grey"),
    }


def entered_rows(certificates: Iterable[PaperCertificate]) -> list[Words]:
    """Entered paper certificates with what they are worth now."""
    return [
        {
            "number": one.content.number,
            "holder": one.content.holder_zh,
            "title": one.title_number,
            "state": one.standing.meaning.word.zh if lang() == "zh" else one.standing.meaning.word.en,
            "tone": TONES.get(one.state, "grey"),
            "log_index": one.log_index,
        }
        for one in certificates
    ]
