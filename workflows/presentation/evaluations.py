"""Calls and results of evaluations in words."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accreditation.evaluation_words import LOSES_TITLE, WARNINGS, CallReason
from accreditation.models import Application, EvaluationCall, Title
from workflows.presentation.announced import bearer_of, naming_of_call
from workflows.presentation.words import Words, amount, district_name, either, state_label, state_tone
from workflows.selectors.evaluations import (
    ANSWERED,
    LATE,
    LEFT_OUT,
    MISSING,
    is_shown_to_holder,
    part_of,
    result_of,
    rounds_awaited,
    set_aside,
)

MOST_AWAITING = 100
TONES = {ANSWERED: "blue", MISSING: "amber", LATE: "red", LEFT_OUT: "grey"}


def part_label(part: str) -> str:
    """A column of the counts."""
    return {
        ANSWERED: _("已报送"), MISSING: _("未报送"), LATE: _("逾期未报送"), LEFT_OUT: _("不参加本次评价"),
    }[part]  # fmt: skip


def band_name(call: EvaluationCall) -> str:
    """The band in the reader's language; for a late title that nothing was sent in; empty before there is a result."""
    if not call.band:
        return part_label(LATE) if call.late_at else ""
    return either(call, "band")


def band_tone(call: EvaluationCall) -> str:
    """Tone of the band by what it does to the title."""
    if call.consequence == LOSES_TITLE or (call.late_at and not call.band):
        return "red"
    return "amber" if call.consequence in WARNINGS else "green"


def score_text(call: EvaluationCall) -> str:
    """The exact score with its unit; a dash before there is one."""
    return amount(Fraction(call.score), "point") if call.score else "—"


def call_words(call: EvaluationCall, *, case_page: str = "office_case", is_own: bool = False) -> Words:
    """A line of the list of a round: title, holder, why, where it stands, result, what follows.

    Of an own matter of the reader (`is_own`) nothing but what is public: the title, its holder, a published result.
    """
    bearer = bearer_of(call)
    return {
        "position": call.position,
        "title": call.title.number,
        "title_href": reverse("centre", args=[call.title.number]),
        **naming_of_call(call),
        "uscc": bearer.uscc,
        "district": district_name(bearer.district),
        **(_withheld(call) if is_own else _course(call, case_page)),
    }


def _withheld(call: EvaluationCall) -> Words:
    is_public = call.published_on is not None
    return {
        "part": _("回避，不显示"), "tone": "grey", "reason": "", "number": "", "href": "", "state": "",
        "state_tone": "grey", "score": score_text(call) if is_public else "—",
        "band": band_name(call) if is_public else "", "band_tone": band_tone(call) if is_public else "grey",
        "override": "", "proposal": "", "proposal_href": "", "published_on": call.published_on,
    }  # fmt: skip


def _course(call: EvaluationCall, case_page: str) -> Words:
    part, case = part_of(call), call.application.case if call.application else None
    state = state_label(call.application.state) if call.application else ""
    return {
        "part": part_label(part),
        "tone": TONES[part],
        "reason": CallReason(call.reason).label if part == LEFT_OUT else "",
        "number": case.number if case else "",
        "href": reverse(case_page, args=[case.number]) if case and part != MISSING else "",
        "state": state,
        "state_tone": state_tone(call.application.state) if call.application else "grey",
        "score": score_text(call),
        "band": band_name(call),
        "band_tone": band_tone(call),
        "override": call.override,
        "proposal": call.proposal.number if call.proposal else "",
        "proposal_href": reverse("matter", args=[call.proposal.number]) if call.proposal else "",
        "published_on": call.published_on,
    }


def published_words(calls: Sequence[EvaluationCall]) -> list[Words]:
    """Published results; what a decision on reconsideration has set aside says so, and stands no more.

    A lateness that was published and taken back is announced, but published no more: its line says what it said.
    """
    gone = set_aside(calls)
    return [result_words(call, is_set_aside=call.pk in gone or call.published_on is None) for call in calls]


def result_words(call: EvaluationCall, *, is_set_aside: bool = False) -> Words:
    """A published result: year, band, score, day, document, and what has become of it."""
    number = call.announcement.number if call.announcement else call.round.document_number
    is_public = call.published_on is not None  # what is found meanwhile on a call that is open again is not
    return {
        "year": call.round.year,
        **naming_of_call(call),
        "title": call.title.number,
        "valid_from": call.title.valid_from,
        "valid_until": call.title.valid_until,
        "band": band_name(call) if is_public else part_label(LATE),
        "tone": "grey" if is_set_aside else band_tone(call),
        "gone": _("该结果已由复议决定、裁判或者自行纠正撤销或者变更") if is_set_aside else "",
        "score": score_text(call) if is_public else "—",
        "on": call.published_on,
        "document": number,
        "href": reverse("announcement", args=[call.announcement.number]) if call.announcement else "",
    }


def awaiting_words(titles: Sequence[Title]) -> Words:
    """Titles past their last day that wait for their evaluation: how many, and the first with the round they are in."""
    shown = titles[:MOST_AWAITING]
    rounds = rounds_awaited(shown)
    rows = [
        {
            "title": title.number,
            "href": reverse("centre", args=[title.number]),
            "name": title.holder.name,
            "until": title.valid_until,
            "year": rounds[title.pk].year if title.pk in rounds else None,
        }
        for title in shown
    ]
    return {"count": len(titles), "rows": rows, "more": len(titles) - len(shown)}


def own_call_words(call: EvaluationCall) -> Words:
    """A call as its holder sees it: what is due until when, where it stands, the result once it is public."""
    batch, part = call.round.batch, part_of(call)
    assert batch is not None
    case = call.application.case if call.application else None
    is_open = part == MISSING and batch.state == "open"
    result = band_name(call) if call.published_on else ""
    return {
        "title": call.title.number,
        "programme": either(call.title.programme, "name"),
        "holder": call.title.holder.name,
        "year": call.round.year,
        "closes_at": batch.closes_at if call.reason == CallReason.DUE else None,
        "state": result or part_label(part),
        "tone": band_tone(call) if result else TONES[part],
        "reason": CallReason(call.reason).label if part == LEFT_OUT else "",
        "is_due": is_open,
        "href": reverse("my_case", args=[case.number]) if case else reverse("my_new") if is_open else "",
        "action": _("继续填报") if case and is_open else _("报送评价材料") if is_open else _("查看") if case else "",
    }


def evaluation_rows(application: Application, *, for_holder: bool) -> list[Words]:
    """Rows of `summary_list.html` on the page of a case; empty for every application that is no evaluation."""
    title = application.evaluated_title
    if title is None:
        return []
    where = reverse("centre", args=[title.number])
    rows: list[Words] = [{"label": _("评价的称号"), "value": format_html('<a href="{}">{}</a>', where, title.number)}]
    call = result_of(application)
    if call is None or (for_holder and not is_shown_to_holder(application, call)):
        return rows
    said = format_html("{}<br>{}", band_name(call), call.override) if call.override else band_name(call)
    rows += [{"label": _("评价得分"), "value": score_text(call)}, {"label": _("评价等次"), "value": said}]
    return rows
