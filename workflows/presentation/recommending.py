"""What is particular to a recommendation on the page of a case: parent, departments, score, place, letter, notice."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accreditation.models import Application, Consultation, DepartmentLetter, RankingLine
from accreditation.recommendation_words import Department
from accreditation.services.reopened_figures import revised_score
from accreditation.services.supplementary_rankings import between, revised_place
from accreditation.templatetags.dates import day
from workflows.presentation.reopenings import points
from workflows.presentation.words import Words, amount, quoted


def recommending_rows(application: Application) -> list[Words]:
    """Rows of `summary_list.html`; empty for an application that is no recommendation or has nothing of it yet."""
    rows: list[Words] = []
    if application.parent_title is not None:
        parent = application.parent_title
        value = format_html("{}<br>{}", quoted(parent.holder.name), parent.number)
        rows.append({"label": _("母公司资格"), "value": value})
    score = getattr(application, "initial_score", None)
    if score is not None:
        revised = revised_score(application)
        shown = amount(Fraction(score.total), "point")
        if revised is not None:
            shown = format_html("{} → <strong>{}</strong>", shown, points(revised.total))
        rows.append({"label": _("初评得分"), "value": shown})
    line = getattr(application, "ranking_line", None)
    if line is not None:
        rows.append({"label": _("排序"), "value": format_html("{}<br>{}", _place(line), line.ranking.number)})
    if application.recommendation is not None:
        letter = application.recommendation
        value = format_html("{}<br>{}", quoted(letter.number), day(letter.dated))
        rows.append({"label": _("推荐文件"), "value": value})
    if application.external_notice is not None:
        notice = application.external_notice
        value = format_html("{}<br>{}", quoted(notice.number), day(notice.dated))
        rows.append({"label": _("国家文件"), "value": value})
    return rows


def _place(line: RankingLine) -> str:
    """The place within the quota; of a supplementary ranking, where it would have stood in the first one."""
    ranking = line.ranking
    revised = revised_place(line)
    if revised is not None:
        words = {"place": line.place, "where": between(*revised), "quota": ranking.quota}
        return _("固定为第 %(place)d 位，核定数据改正后应列%(where)s；名额 %(quota)d 个") % words
    if ranking.supplements_id is None:
        return _("第 %(place)d 位，名额 %(quota)d 个") % {"place": line.place, "quota": ranking.quota}
    words = {
        "place": line.place, "where": between(line.stands_after, line.stands_before), "quota": ranking.quota,
        "extra": ranking.extra_quota,
    }  # fmt: skip
    return _("补充排序第 %(place)d 位，%(where)s；名额 %(quota)d 个，追加 %(extra)d 个") % words


def consultation_rows(rows: list[Consultation], *, not_asked: Iterable[Department] = ()) -> list[Words]:
    """Departments with what they answered: `name`, `state`, `tone`, `text`, `document`, `dated`, those not asked last.

    `letter` is the file on which the answer rests, as of `letter_row`, or None.
    """
    missing = [
        {
            "name": one.label,
            "state": _("尚未征求"),
            "tone": "red",
            "text": "",
            "document": "",
            "dated": None,
            "letter": None,
        }
        for one in not_asked
    ]
    answered: list[Words] = [
        {
            "name": row.get_department_display(),
            "state": row.get_position_display() if row.position else _("等待答复"),
            "tone": {"no_objection": "green", "objects": "red"}.get(row.position, "amber"),
            "text": row.text,
            "document": row.document_number,
            "dated": row.dated,
            "letter": next((letter_row(each) for each in row.letters.all() if each.replaced_at is None), None),
        }
        for row in rows
    ]
    return answered + missing


def letter_row(letter: DepartmentLetter) -> Words:
    """A department's letter: `name`, `size` (bytes), `href`, `sha256`, `department`, `by`, `at`, `replaced_at`."""
    return {
        "name": letter.file_name,
        "size": letter.file.size,
        "href": reverse("department_letter", args=[letter.pk]),
        "sha256": letter.file_id,
        "department": letter.consultation.get_department_display(),
        "by": letter.recorded_by,
        "at": letter.recorded_at,
        "replaced_at": letter.replaced_at,
    }
