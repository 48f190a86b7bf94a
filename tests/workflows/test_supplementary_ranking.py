"""A supplementary ranking through the services: where a late case stands, what it needs, what it leaves alone."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from accreditation.audit import chain_key, verify_all
from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice, LetterKind, MemberState
from accreditation.errors import Denied, Refusal
from accreditation.models import (
    Application,
    AuditEvent,
    Batch,
    Case,
    Letter,
    Member,
    Ranking,
    RankingLine,
    Reconsideration,
)
from accreditation.services import meeting_course, meetings
from accreditation.services.quota_order import Reach
from accreditation.services.quota_places import quota_places, reach_of
from accreditation.services.supplementary_rankings import Statement, late_standings
from tests.clock import SHANGHAI, Clock
from tests.factories import late_recommending as late
from tests.factories import recommending as steps
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast, stored_file
from tests.factories.held import REASON as HELD_BY
from tests.factories.held import hold_meanwhile
from tests.factories.recommending_pages import words
from tests.factories.reopenings import sent_back
from tests.factories.steps import hold_meeting
from workflows import door
from workflows.consistency import check_all
from workflows.recommendation_acts import note_public_notice, send_recommendation

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DAY = timedelta(days=1)


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def at(cast: Cast) -> datetime:
    """A day after the window of the batch."""
    return cast.at + timedelta(days=21)


@pytest.fixture
def batch(cast: Cast) -> Batch:
    """Decided: the first of two has the one place, the second none, a third was refused by the committee."""
    batch = steps.make_national(cast)
    cases = [steps.filed(cast, batch, n, rd_expenditure=spent) for n, spent in ((0, 90000), (1, 80000), (2, 70000))]
    for case in cases:
        steps.score(cast, case, cast.at)
    steps.rank(cast, batch)
    steps.decide(cast, batch, {cases[2].number: Choice.REFUSE})
    assert [state(case) for case in cases] == [S.TO_BE_RECOMMENDED, S.NOT_IN_QUOTA, S.NOT_RECOMMENDED]
    return batch


def state(case: Case) -> str:
    return str(Application.objects.get(case=case).state)


def case_of(batch: Batch, n: int) -> Case:
    return Case.objects.filter(batch=batch).order_by("pk")[n]


def codes(refused: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def test_late_case_above_all_gets_the_place_that_is_allowed_and_nobody_loses_one(
    cast: Cast, batch: Batch, at: datetime
) -> None:
    holder, refused = case_of(batch, 0), case_of(batch, 2)
    steps.send(cast, batch)  # the batch has gone up before
    again = late.decided_again(cast, refused, at, 2, rd_expenditure=99000)
    ranking = late.supplement(cast, batch, at, late.ALLOWED)
    assert hashlib.sha256(ranking.text.encode()).hexdigest() == ranking.sha256
    assert late.line_of(again) == (None, 1)
    for said in (
        "首次排序第 1 位之前",
        f"示例纠〔2026〕{refused.pk}号（原机关自行纠正）",
        "追加名额：1 个",
        "空余 0 个",
    ):
        assert said in ranking.text
    meeting = late.decide(cast, batch, at + DAY)
    assert f"补充排序 {ranking.number}" in meeting.minutes
    assert [state(again), state(holder)] == [S.TO_BE_RECOMMENDED, S.RECOMMENDED_UPWARD]
    assert [state(refused), Application.objects.get(case=refused).ranking_line.place] == [S.NOT_RECOMMENDED, 3]
    listed = [Application.objects.get(case=again)]
    letter = send_recommendation(
        batch, listed, number="示例推荐〔2026〕2号", dated=(at + 2 * DAY).date(), addressed_to="示例国家主管部门",
        by=cast.publisher, at=at + 2 * DAY,
    )  # fmt: skip
    assert letter.ranking == ranking
    steps.result(cast, batch, [again, holder])
    assert [state(again), state(holder)] == [S.RECOGNISED_ABOVE, S.RECOGNISED_ABOVE]
    assert list(check_all()) == []
    assert verify_all()[1] == []


@pytest.mark.parametrize(
    ("n", "spent", "extra", "between", "said"),
    [
        (2, 99000, 0, (None, 1), "其推荐不因补充排序而改变；未取得上级同意追加的名额"),
        (2, 85000, 1, (1, 2), "排在其前、评审委员会同意推荐的申报已不少于推荐名额"),
        (1, 60000, 1, (3, None), "首次排序第 3 位之后"),
    ],
)
def test_late_case_that_the_quota_does_not_reach_is_told_why(
    cast: Cast, batch: Batch, at: datetime, n: int, spent: int, extra: int, between: tuple[int | None, int | None],
    said: str,
) -> None:  # fmt: skip
    again = late.decided_again(cast, case_of(batch, n), at, n, rd_expenditure=spent)
    late.supplement(cast, batch, at, late.ALLOWED if extra else None)
    assert late.line_of(again) == between
    late.decide(cast, batch, at + DAY)
    letter = Letter.objects.get(case=again, kind=LetterKind.NOT_IN_QUOTA)
    assert said in letter.body
    assert "行政复议" in letter.remedy
    assert [state(again), state(case_of(batch, 0))] == [S.NOT_IN_QUOTA, S.TO_BE_RECOMMENDED]


def test_refused_one_leaves_the_place_to_the_next_late_one(cast: Cast, batch: Batch, at: datetime) -> None:
    better, other = (
        late.decided_again(cast, case_of(batch, n), at, n, rd_expenditure=spent)
        for n, spent in ((2, 99000), (1, 95000))
    )
    shown = late_standings(batch.rankings.get(), extra_quota=1)
    assert [(row.application.case, row.after, row.before, row.reach) for row in shown] == [
        (better, None, 1, "within"), (other, None, 1, "outranked"),
    ]  # fmt: skip
    late.supplement(cast, batch, at, late.ALLOWED)
    late.decide(cast, batch, at + DAY, {better.number: Choice.REFUSE})
    assert [state(better), state(other)] == [S.NOT_RECOMMENDED, S.TO_BE_RECOMMENDED]


def test_place_given_back_is_free_for_who_stands_within_the_quota(cast: Cast, batch: Batch, at: datetime) -> None:
    steps.send(cast, batch)
    again = late.decided_again(cast, case_of(batch, 2), at, 2, rd_expenditure=99000)
    assert quota_places(batch).free == 0
    holder = case_of(batch, 0)
    hold_meanwhile(holder)
    door.perform(holder, "end_as_held", by=cast.office, at=at, form={"reason": HELD_BY})
    assert quota_places(batch).free == 1
    late.supplement(cast, batch, at)
    late.decide(cast, batch, at + DAY)
    assert state(again) == S.TO_BE_RECOMMENDED


def test_place_of_one_sent_back_is_its_own_until_the_committee_decides_otherwise(
    cast: Cast, batch: Batch, at: datetime
) -> None:
    holder = case_of(batch, 0)
    again = late.decided_again(cast, case_of(batch, 2), at, 2, rd_expenditure=99000)
    late.supplement(cast, batch, at)
    waiting = Application.objects.get(case=again)
    early = meetings.call_meeting(
        batch, [waiting], held_at=at, place="示例", chair=cast.members[0], secretary=cast.office, by=cast.office, at=at,
    )  # fmt: skip
    sent_back(holder, applicant=cast.member0, at=at)
    assert (state(holder), quota_places(batch).free) == (S.UNDER_OVERALL_REVIEW, 0)
    # whoever is decided on alone, in a meeting that was called before, does not get it
    early.items.update(outcome=Choice.RECOGNISE)
    assert reach_of(waiting, early.items.get()) is Reach.FULL
    early.items.update(outcome="")
    meeting_course.cancel_meeting(early, reason="另行召集", by=cast.office, at=at)
    with pytest.raises(Refusal) as refused:
        hold_meeting(cast, [again], at)
    assert codes(refused) == ["ranking_in_part"]
    assert holder.number in str(refused.value.reasons[0])
    late.decide(cast, batch, at + DAY)
    assert [state(holder), state(again)] == [S.TO_BE_RECOMMENDED, S.NOT_IN_QUOTA]


@pytest.mark.parametrize("choice", [Choice.REFUSE, Choice.POSTPONE])
def test_place_of_one_sent_back_is_free_once_the_committee_decides_otherwise(
    cast: Cast, batch: Batch, at: datetime, choice: Choice
) -> None:
    holder = case_of(batch, 0)
    again = late.decided_again(cast, case_of(batch, 2), at, 2, rd_expenditure=99000)
    late.supplement(cast, batch, at)
    sent_back(holder, applicant=cast.member0, at=at)
    late.decide(cast, batch, at + DAY, {holder.number: choice})
    assert state(again) == S.TO_BE_RECOMMENDED
    if choice == Choice.POSTPONE:
        door.perform(holder, "table_again", by=cast.office, at=at + DAY, form={"reason": "已补充说明"})
        assert quota_places(batch).free == 0
        late.decide(cast, batch, at + 2 * DAY)
        assert [state(holder), state(again)] == [S.NOT_IN_QUOTA, S.TO_BE_RECOMMENDED]
        letter = Letter.objects.get(case=holder, kind=LetterKind.NOT_IN_QUOTA)
        assert "列第 1 位；名额已由此前同意推荐的申报使用，未列入推荐名额" in letter.body


def test_supplementary_ranking_is_refused_with_every_reason(cast: Cast, batch: Batch, at: datetime) -> None:
    with pytest.raises(Refusal) as refused:
        late.supplement(cast, batch, at)
    assert codes(refused) == ["empty_list"]
    again = late.decided_again(cast, case_of(batch, 2), at, 2)
    other = late.filed_again(cast, case_of(batch, 1), at, 1)
    Reconsideration.objects.filter(redo_case=again).update(redo_case=None)  # as if it came another way
    with pytest.raises(Refusal) as refused:
        late.supplement(cast, batch, at, Statement(extra_quota=2))
    assert codes(refused) == ["case_unsettled", "extra_quota_too_many", "extra_ground_needed", "reason_needed"]
    assert other.number in str(refused.value.reasons[0])
    stated = Statement(extra_ground="示例函〔2026〕1号", reason="材料送达在排序固定之后")
    with pytest.raises(Refusal) as refused:
        late.supplement(cast, batch, at, stated)
    assert codes(refused) == ["case_unsettled", "extra_quota_needed"]
    door.perform(other, "withdraw", by=cast.member1, at=at)
    ranking = late.supplement(cast, batch, at, Statement(reason=stated.reason))
    assert f"事　　由：{stated.reason}" in ranking.text
    assert state(again) == S.UNDER_OVERALL_REVIEW


def test_later_supplementary_ranking_waits_for_the_decision_over_the_earlier(
    cast: Cast, batch: Batch, at: datetime
) -> None:
    late.decided_again(cast, case_of(batch, 2), at, 2)
    late.supplement(cast, batch, at)
    other = late.decided_again(cast, case_of(batch, 1), at, 1)
    with pytest.raises(Refusal) as refused:
        late.supplement(cast, batch, at)
    assert codes(refused) == ["earlier_undecided"]
    late.decide(cast, batch, at + DAY)
    second = late.supplement(cast, batch, at + DAY)
    assert state(other) == S.UNDER_OVERALL_REVIEW
    assert [row.supplements_id for row in batch.rankings.order_by("pk")] == [
        None, batch.rankings.earliest("pk").pk, second.supplements_id,
    ]  # fmt: skip


def test_batch_that_is_not_ranked_has_nothing_to_supplement(cast: Cast, clock: Clock) -> None:
    batch = steps.make_national(cast)
    with pytest.raises(Refusal) as refused:
        late.supplement(cast, batch, clock.at)
    assert codes(refused) == ["no_first_ranking"]


def test_whoever_is_tied_to_a_case_of_any_ranking_neither_freezes_nor_reads_it(
    cast: Cast, batch: Batch, at: datetime
) -> None:
    again = late.decided_again(cast, case_of(batch, 2), at, 2)
    page = reverse("office_supplement", args=[batch.code])
    for n, is_hidden in ((0, False), (2, True)):
        Member.objects.create(
            enterprise=cast.enterprises[n], user=cast.office, state=MemberState.ENDED, requested_at=cast.at,
            settled_at=cast.at,
        )  # fmt: skip
        with pytest.raises(Denied, match="connected"):
            late.supplement(cast, batch, at)
        shown = words(log_in(Client(), cast.office).get(page))
        assert (again.number not in shown, "因回避，另有 1 件" in shown) == (is_hidden, is_hidden)
    assert batch.rankings.count() == 1


def test_later_public_notice_is_over_those_recommended_since_the_first(cast: Cast, clock: Clock) -> None:
    batch = steps.make_demonstration(cast, quota=2)
    cases = [steps.filed(cast, batch, n) for n in (0, 2)]
    for case in cases:
        steps.score_at_check(cast, case, cast.at)
    steps.rank(cast, batch)
    steps.decide(cast, batch)
    at = batch.closes_at.astimezone(SHANGHAI) + timedelta(hours=2)
    for number, case in enumerate(cases, start=1):
        listed = [Application.objects.get(case=case)]
        send_recommendation(
            batch, listed, number=f"示例推荐〔2026〕{number}号", dated=at.date(), addressed_to="示例",
            by=cast.publisher, at=at,
        )  # fmt: skip
        public_notice(cast, batch, number, at)
    public_notice(cast, batch, 3, at)  # corrects both
    noted = [list(events_of(case).values_list("content__notice", flat=True)) for case in cases]
    assert noted == [["示例公示〔2026〕1号", "示例公示〔2026〕3号"], ["示例公示〔2026〕2号", "示例公示〔2026〕3号"]]


def public_notice(cast: Cast, batch: Batch, number: int, at: datetime) -> None:
    note_public_notice(
        batch, number=f"示例公示〔2026〕{number}号", dated=at.date(), authority="示例", by=cast.office, at=at,
        file=stored_file(b"public notice", at), file_name="公示.pdf",
    )  # fmt: skip


def events_of(case: Case) -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(chain=chain_key(case), verb="note_public_notice_above").order_by("seq")


def test_database_keeps_one_first_ranking_and_a_ground_for_every_place_more(cast: Cast, batch: Batch) -> None:
    first = batch.rankings.get()
    for changed in ({}, {"supplements": first, "extra_quota": 1}, {"supplements": first, "extra_ground": "示例函"}):
        row = Ranking(
            batch=batch, number=f"RANK-{len(changed)}", quota=1, tie_rule=first.tie_rule, text="x", sha256="x",
            frozen_by=cast.office, frozen_at=cast.at, **changed,
        )  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()
    line = RankingLine.objects.filter(ranking=first)
    with pytest.raises(IntegrityError), transaction.atomic():
        line.update(stands_after=2, stands_before=2)
