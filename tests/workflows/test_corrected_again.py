"""Sent back and not decided yet: a figure set right once more, what that holds back, and how it reads."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice, LetterKind
from accreditation.errors import Refusal
from accreditation.models import (
    Application,
    Batch,
    Case,
    Letter,
    Meeting,
    MeetingItem,
    RankingLine,
    Reopening,
    ReopeningFigure,
    RevisedScore,
)
from accreditation.services import meeting_course, meetings, reviews
from accreditation.services.quota_places import score_of_line
from tests.clock import Clock
from tests.factories import late_recommending as late
from tests.factories import recommending as steps
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.reopenings import REASON, Figures, named, proposal, put_forward, sent_back
from tests.factories.reopenings import stated as state_on
from tests.factories.steps import hold_meeting, to_committee
from workflows import batch_acts, door
from workflows.consistency import check_all
from workflows.exports.recommendation_findings import findings_of
from workflows.forms.reopenings import ReopeningForm
from workflows.presentation.ranking import official_place

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SPENT = ("rd_expenditure", 2025)
DAY = timedelta(days=1)
SLIP: Figures = {(code, 2025): value for code, value in steps.WEAK.items() if value != steps.STRONG.get(code)}


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def row_of(case: Case) -> Application:
    return Application.objects.get(case=case)


def recommended(cast: Cast) -> tuple[Batch, list[Case], datetime]:
    """Two ranked by what they spent, both approved."""
    batch = steps.make_national(cast, quota=2)
    cases = [steps.filed(cast, batch, n, rd_expenditure=spent) for n, spent in ((0, 90000), (1, 80000))]
    for case in cases:
        steps.score(cast, case, cast.at)
    steps.rank(cast, batch)
    steps.decide(cast, batch)
    return batch, cases, batch.closes_at + DAY


def refused(case: Case, verb: str, by: Any, at: datetime, form: dict[str, Any]) -> set[str]:
    with pytest.raises(Refusal) as refusal:
        door.perform(case, verb, by=by, at=at, form=form)
    return {reason.code for reason in refusal.value.reasons}


def test_slip_that_was_sent_back_is_set_right_before_the_committee(cast: Cast) -> None:
    batch, cases, at = recommended(cast)
    case = cases[0]
    sent_back(case, applicant=cast.member0, at=at, figures=SLIP | {SPENT: 1000})
    wrong = RevisedScore.objects.get()
    assert wrong.unmet
    right: Figures = {(one.code, one.year): one.former for one in ReopeningFigure.objects.all()}
    first, second = put_forward(case, at=at, figures=right)
    told = Letter.objects.filter(case=case, kind=LetterKind.REOPENING).latest("pk").body
    assert "已退回重新审议，现发现核定数据仍有误" in told
    with pytest.raises(Refusal) as kept_off:
        late.decide(cast, batch, at + DAY)
    assert {reason.code for reason in kept_off.value.reasons} == {"reopening_waits"}
    assert refused(case, "return_to_committee", second, at, {"reason": REASON}) == {"applicant_not_heard"}
    state_on(case, by=cast.member0, at=at)
    assert refused(case, "return_to_committee", first, at, {"reason": REASON}) == {"four_eyes"}
    door.perform(case, "return_to_committee", by=second, at=at, form={"reason": REASON})
    assert row_of(case).state == S.UNDER_OVERALL_REVIEW
    revised = RevisedScore.objects.latest("pk")
    assert (revised.former_digest, revised.unmet) == (wrong.digest, [])
    assert Fraction(revised.total) == Fraction(wrong.former_total)
    assert "本件仍由评审委员会重新审议" in Letter.objects.filter(case=case, kind=LetterKind.REOPENED).latest("pk").body
    assert list(check_all()) == []
    meeting = late.decide(cast, batch, at + DAY)
    assert row_of(case).state == S.TO_BE_RECOMMENDED
    assert "核定数据改正的，按改正后得分依同一次序计算。" in meeting.minutes
    assert meeting.minutes.count("退回重新审议。事实：") == 2
    assert Meeting.objects.earliest("pk").minutes.count("按改正后得分") == 0


def test_committee_has_only_figures_set_right_and_only_before_it_is_called(cast: Cast) -> None:
    at = cast.at
    case, other = filed_case(cast, 0), filed_case(cast, 1)
    for one in (case, other):
        to_committee(cast, one, at)
    hold_meeting(cast, [case], at)
    first, _second = put_forward(case, at=at, figures={SPENT: 20000})
    state_on(case, by=cast.member0, at=at)
    door.perform(case, "return_to_committee", by=_second, at=at, form={"reason": REASON})
    sound = proposal(at) | {"ground": "wrong_figure", "figures": named({SPENT: 21000})}
    assert refused(other, "propose_reopening", first, at, sound) == {"not_sent_back"}
    assert refused(case, "propose_reopening", first, at, proposal(at)) == {"figures_only"}
    assert [radio.data["value"] for radio in ReopeningForm(application=row_of(case))["ground"]] == ["wrong_figure"]
    adopted = reviews.propose_value(
        row_of(case), code="employees", year=2025, value=Fraction(5), reason="社保缴纳证明", by=cast.experts[0], at=at
    )
    assert refused(case, "adopt_value", cast.office, at, {"proposal": adopted}) == {"sent_back_since"}
    address = reverse("office_act", args=[case.number, "propose_reopening"])
    own, ordinary = (log_in(Client(), first).get(reverse("office_case", args=[one.number])) for one in (case, other))
    assert (address in own.content.decode(), "propose_reopening" in ordinary.content.decode()) == (True, False)
    meetings.call_meeting(
        cast.batch, [row_of(case)], held_at=at, place="示例会议室", chair=cast.members[0], secretary=cast.office,
        by=cast.office, at=at,
    )  # fmt: skip
    assert refused(case, "propose_reopening", first, at, sound) == {"on_agenda"}
    assert Reopening.objects.count() == 1


def test_what_failed_before_the_correction_is_not_laid_to_it(cast: Cast) -> None:
    _batch, cases, at = recommended(cast)
    sent_back(cases[0], applicant=cast.member0, at=at, figures=SLIP | {SPENT: 1000})
    newly = Letter.objects.filter(case=cases[0], kind=LetterKind.REOPENED).latest("pk").body
    assert ("改正后不符合的申报条件" in newly, "改正前已不符合" in newly) == (True, False)
    sent_back(cases[0], applicant=cast.member0, at=at, figures={SPENT: 1100})
    still = Letter.objects.filter(case=cases[0], kind=LetterKind.REOPENED).latest("pk").body
    assert ("改正后不符合的申报条件" in still, "改正前已不符合、改正后仍不符合的申报条件" in still) == (False, True)
    page = log_in(Client(), cast.office).get(reverse("office_case", args=[cases[0].number])).content.decode()
    assert "改正前后均不符合" in page


def test_score_that_cannot_be_computed_is_said_and_keeps_no_place(cast: Cast) -> None:
    _batch, cases, at = recommended(cast)
    sent_back(cases[0], applicant=cast.member0, at=at, figures={SPENT: 95000})
    RevisedScore.objects.update(total="")
    page = log_in(Client(), cast.office).get(reverse("office_case", args=[cases[0].number]))
    assert (page.status_code, "不能计算" in page.content.decode()) == (200, True)
    line = RankingLine.objects.get(application__case=cases[0])
    assert score_of_line(line) == 0
    assert str(official_place(line)).endswith("核定数据改正后应列首次排序第 2 位之后")
    assert len(list(findings_of(row_of(cases[0])))) > 1


def test_meeting_is_never_stuck_with_a_case_that_is_gone(cast: Cast) -> None:
    at = cast.at
    cases = [filed_case(cast, n) for n in (0, 1)]
    for one in cases:
        to_committee(cast, one, at)
    meeting = meetings.call_meeting(
        cast.batch, [row_of(case) for case in cases], held_at=at, place="示例会议室", chair=cast.members[0],
        secretary=cast.office, by=cast.office, at=at,
    )  # fmt: skip
    meeting = meetings.start_meeting(meeting, present=cast.members, by=cast.office, at=at)
    for item in meeting.items.all():
        for member in cast.members:
            meetings.cast_vote(item, choice=Choice.RECOGNISE, remark="", by=member, at=at)
    gone, stays = meeting.items.order_by("position")
    with pytest.raises(Refusal):
        meeting_course.adjourn_item(stays, reason="另行审议", by=cast.office, at=at)
    Application.objects.filter(case=cases[0]).update(state=S.WITHDRAWN)  # as an older race could leave it
    Case.objects.filter(pk=cases[0].pk).update(state=S.WITHDRAWN)
    assert meeting_course.adjourn_item(gone, reason="申报已撤回", by=cast.office, at=at) == [gone]
    assert MeetingItem.objects.get(pk=gone.pk).is_given_up
    drafted = meetings.draft_minutes(meeting, reasons={}, by=cast.office, at=at)
    for by in (cast.office, cast.members[0]):
        batch_acts.sign_minutes(drafted, sha256=drafted.minutes_sha256, by=by, at=at)
    assert row_of(cases[1]).state == S.PROPOSED
