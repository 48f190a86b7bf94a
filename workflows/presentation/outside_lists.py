"""National results of batches that a second officer compares with the document, in words."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accreditation.enums import ApplicationState
from accreditation.models import Application, OutsideList, OutsideListLine
from accreditation.services.outside_titles import number_of_loss
from accreditation.templatetags.dates import day_text
from workflows.presentation.entered_results import entry_words, people_rows, shown_rows
from workflows.presentation.words import TONES, Words, quoted


def list_words(row: OutsideList) -> Words:
    """Number of the document, who entered it and when, what became of it, where it is dealt with."""
    words = entry_words(row, row.notice.number, reverse("outside_list", args=[row.pk]))
    return words | {"is_correction": row.corrects_id is not None}


def turned(row: Application) -> str:
    """How an application is entered now, and what a correction makes of it."""
    if row.state == ApplicationState.RECOGNISED_ABOVE:
        return _("（现登记为列入名单，更正为未列入）")
    return _("（现登记为未列入名单，更正为列入）")


def correction_words(row: OutsideListLine) -> Words:
    """What a correction made of a title, in words for everybody, with the document and the day."""
    entry = row.entry
    values = {"number": entry.notice.number, "list": entry.corrects.notice.number if entry.corrects else ""}
    if row.is_recognised:
        said = _("登记更正：原登记为未列入《%(list)s》的名单，系登记有误，经两人对照《%(number)s》核对，已列入名单。")
    else:
        said = _(
            "登记更正：原登记为列入《%(list)s》的名单，系登记有误，经两人对照《%(number)s》核对，该称号并未授予，自始无效。"
        )
    text, title = said % values, row.application.title
    if row.is_recognised and title is not None and (by := number_of_loss(title)):
        text += _stays_lost(by)
    return {"text": text, "at": entry.settled_at, "href": reverse("outside_list", args=[entry.pk])}


def _stays_lost(by: str) -> str:
    return _("该称号已由 %(by)s 撤销或者注销，名单的更正不使其恢复。") % {"by": by}


def line_words(row: OutsideListLine) -> Words:
    """One application and what the list says of it; of a correction also why the title would not come back."""
    title = row.application.title
    lost_by = number_of_loss(title) if title is not None and row.is_recognised else ""
    return {
        "name": row.application.enterprise.name,
        "number": row.application.case.number,
        "outcome": _("列入名单") if row.is_recognised else _("未列入名单"),
        "tone": TONES["ok"] if row.is_recognised else TONES["bad"],
        "reasons": row.reasons,
        "remark": _stays_lost(lost_by) if lost_by else "",
    }


def summary(row: OutsideList, *, with_scan: bool) -> list[Words]:
    """Everything but the lines that is compared with the document, the link to it, who entered and who settled it."""
    address = reverse("office_notice_file", args=[row.batch.code, row.notice_id])
    scan = format_html('<a href="{}">{}</a>', address, row.notice.file_name)
    shown: list[tuple[str, object]] = [
        (_("发文机关"), quoted(row.notice.authority)),
        (_("国家文件文号"), quoted(row.notice.number)),
        (_("印发日期"), day_text(row.notice.dated)),
        (_("文件扫描件"), scan if with_scan else ""),
        (_("国家公示未登记或未满的原因"), quoted(row.without_public_notice) if row.without_public_notice else ""),
        (_("所更正的国家文件"), _link_to_corrected(row)),
        (_("登记有误的原因"), quoted(row.why) if row.why else ""),
        *people_rows(row),
    ]
    return shown_rows(shown)


def _link_to_corrected(row: OutsideList) -> str:
    if row.corrects is None:
        return ""
    address = reverse("outside_list", args=[row.corrects_id])
    return format_html('<a href="{}">{}</a>', address, row.corrects.notice.number)
