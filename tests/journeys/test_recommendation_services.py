"""Recommendation for a national title through the services: order, quota, every end, branch centres, the rebuild."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accreditation.audit import chain_key, verify_all
from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice, LetterKind, TitleState
from accreditation.errors import Refusal
from accreditation.models import Application, AuditEvent, Batch, Case, Letter, Meeting, Title
from accreditation.services import meetings
from accreditation.services.evaluation import verified_evaluation
from accreditation.services.rankings import set_quota
from certificates.models import Certificate
from tests.clock import Clock
from tests.factories import recommending as steps
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast, with_material
from workflows import door
from workflows.consistency import check_all, rebuild_flow
from workflows.opening import open_application

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def batch(cast: Cast) -> Batch:
    return steps.make_national(cast)


def state(case: Case) -> str:
    return str(Application.objects.get(case=case).state)


def sound() -> bool:
    return list(check_all()) == [] and verify_all()[1] == []


def codes(refused: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def test_best_within_the_quota_is_recommended_and_recognised_the_other_told_its_place(cast: Cast, batch: Batch) -> None:
    better, other = steps.filed(cast, batch, 0, doctors=30, rd_expenditure=70000), steps.filed(cast, batch, 2)
    for case in (other, better):
        steps.score(cast, case, cast.at)
    ranking = steps.rank(cast, batch)
    assert [line.application.case_id for line in ranking.lines.order_by("place")] == [better.pk, other.pk]
    assert hashlib.sha256(ranking.text.encode()).hexdigest() == ranking.sha256
    assert "推荐名额：1 个（依据：示例通知）" in ranking.text
    steps.decide(cast, batch)
    assert [state(better), state(other)] == [S.TO_BE_RECOMMENDED, S.NOT_IN_QUOTA]
    letter = Letter.objects.get(case=other, kind=LetterKind.NOT_IN_QUOTA)
    assert "列第 2 位" in letter.body
    assert ranking.sha256 in letter.body
    assert "行政复议" in letter.remedy
    minutes = Meeting.objects.get().minutes
    assert "同意推荐 7 票" in minutes
    assert "认定" not in minutes
    steps.send(cast, batch)
    assert state(better) == S.RECOMMENDED_UPWARD
    steps.result(cast, batch, [better])
    assert state(better) == S.RECOGNISED_ABOVE
    title = Title.objects.get(programme=batch.programme)
    assert (title.valid_until, title.announcement_number) == (None, "示例公告〔2026〕9号")
    assert title.state == TitleState.IN_FORCE
    assert "不另行制发证书" in Letter.objects.get(case=better, kind=LetterKind.RECOGNISED_ABOVE).body
    assert not Certificate.objects.exists()
    assert Case.objects.get(pk=better.pk).closed_at is not None
    assert sound()


def test_score_below_the_limit_is_not_recommended_with_score_and_limit(cast: Cast, batch: Batch) -> None:
    case = steps.filed(cast, batch, 0, figures=steps.WEAK)
    steps.consult(cast, case, cast.at)
    steps.answer(cast, case, cast.at)
    with pytest.raises(Refusal) as refused:
        door.perform(case, "adopt_initial_score", by=cast.office, at=cast.at, form={"opinion": "同意"})
    assert codes(refused) == ["score_below"]
    with pytest.raises(Refusal) as refused:
        door.perform(case, "find_ineligible", by=cast.office, at=cast.at, form={})
    assert codes(refused) == ["no_failed_gate"]
    door.perform(case, "not_recommend_below_limit", by=cast.office, at=cast.at, form={"opinion": "创新绩效不足"})
    letter = Letter.objects.get(case=case, kind=LetterKind.NOT_RECOMMENDED)
    assert "推荐要求为不低于 70 分" in letter.body
    assert (state(case), bool(letter.remedy)) == (S.NOT_RECOMMENDED, True)
    assert letter.issued_by == "示例市经济和信息化主管部门"
    assert sound()


def test_initial_score_is_the_total_of_the_verified_figures_whatever_the_form_says(cast: Cast, batch: Batch) -> None:
    case = steps.filed(cast, batch, 0, initial_score=99)
    found = verified_evaluation(Application.objects.get(case=case))
    assert found is not None
    gate = found.gate("NG10")
    assert gate.value == found.total
    assert found.total is not None
    assert 70 <= found.total < 99


def test_consultation_waits_for_answers_until_its_limit_then_asks_why(cast: Cast, batch: Batch) -> None:
    case = steps.filed(cast, batch)
    steps.consult(cast, case, cast.at)
    form = {"opinion": "同意"}
    with pytest.raises(Refusal) as refused:
        door.perform(case, "adopt_initial_score", by=cast.office, at=cast.at, form=form)
    assert codes(refused) == ["answers_missing"]
    late = case.deadlines.get(kind="consultation").due_at + timedelta(seconds=1)
    with pytest.raises(Refusal) as refused:
        door.perform(case, "adopt_initial_score", by=cast.office, at=late, form=form)
    assert codes(refused) == ["text_needed"]
    door.perform(case, "adopt_initial_score", by=cast.office, at=late, form=form | {"without_answer_for": "已电话核实"})
    assert state(case) == S.AWAITING_RANKING
    assert Application.objects.get(case=case).initial_score.without_answer_for == "已电话核实"


def test_objection_of_a_department_must_be_answered(cast: Cast, batch: Batch) -> None:
    case = steps.filed(cast, batch)
    steps.consult(cast, case, cast.at)
    steps.answer(cast, case, cast.at, "objects")
    with pytest.raises(Refusal) as refused:
        door.perform(case, "adopt_initial_score", by=cast.office, at=cast.at, form={"opinion": "同意"})
    assert codes(refused) == ["text_needed"]
    assert refused.value.reasons[0].place == "objections_answered"


def test_answer_that_was_entered_wrongly_is_corrected_with_the_reason_and_stays_in_the_trail(
    cast: Cast, batch: Batch
) -> None:
    case = steps.filed(cast, batch)
    steps.consult(cast, case, cast.at)
    steps.answer(cast, case, cast.at)
    tax = Application.objects.get(case=case).consultations.get(department="tax")
    before = tax.text
    form = {
        "department": "tax", "position": "objects", "text": "该单位有未结的税务案件",
        "document_number": "示例函〔2026〕7号", "dated": timezone.localdate(cast.at),
    }  # fmt: skip
    with pytest.raises(Refusal) as refused:
        door.perform(case, "record_answer", by=cast.office, at=cast.at, form=form)
    assert [(one.code, one.place) for one in refused.value.reasons] == [("answered_before", "correction")]
    door.perform(case, "record_answer", by=cast.office, at=cast.at, form=form | {"correction": "登记时看错了意见"})
    tax.refresh_from_db()
    assert (tax.position, tax.text, tax.document_number) == ("objects", form["text"], "示例函〔2026〕7号")
    entry = AuditEvent.objects.filter(chain=chain_key(case), verb="record_answer").latest("seq").content
    assert entry["correction"] == "登记时看错了意见"
    assert (entry["replaced"]["position"], entry["replaced"]["text"]) == ("no_objection", before)
    page = log_in(Client(), cast.office).get(reverse("office_case", args=[case.number])).content.decode()
    assert "更正原来的登记" in page
    with pytest.raises(Refusal) as refused:
        door.perform(case, "adopt_initial_score", by=cast.office, at=cast.at, form={"opinion": "同意"})
    assert refused.value.reasons[0].place == "objections_answered"


def test_equal_scores_are_ordered_by_the_stated_rule(cast: Cast, batch: Batch) -> None:
    first, second = steps.filed(cast, batch, 0), steps.filed(cast, batch, 2, revenue_main=520000)
    for case in (first, second):
        steps.score(cast, case, cast.at)
    ranking = steps.rank(cast, batch, "rd_staff")
    assert [line.application.case_id for line in ranking.lines.order_by("place")] == [first.pk, second.pk]
    assert "研究与试验发展人员多者在先；仍相同的，申报编号在前者在先" in ranking.text


def test_ranking_waits_for_quota_window_and_every_case(cast: Cast) -> None:
    batch = steps.make_national(cast, quota=None)
    case, late = steps.filed(cast, batch, 0), steps.filed(cast, batch, 2)
    steps.score(cast, case, cast.at)
    from workflows.recommendation_acts import freeze_ranking

    with pytest.raises(Refusal) as refused:
        freeze_ranking(batch, tie_rule="", by=cast.office, at=cast.at)
    assert codes(refused) == ["quota_needed", "window_open", "tie_rule_needed", "case_unsettled"]
    assert late.number in str(refused.value.reasons[-1])
    batch = set_quota(batch, quota=2, ground="示例通知", by=cast.office, at=cast.at)
    door.perform(late, "withdraw", by=cast.member2, at=cast.at)
    steps.rank(cast, batch)
    with pytest.raises(Refusal) as refused:
        set_quota(batch, quota=3, ground="示例通知", by=cast.office, at=cast.at)
    assert codes(refused) == ["ranking_frozen"]
    with pytest.raises(Refusal):
        door.perform(case, "withdraw", by=cast.member0, at=cast.at)


def test_refused_one_gives_its_place_to_the_next(cast: Cast, batch: Batch) -> None:
    better, other = steps.filed(cast, batch, 0, doctors=30), steps.filed(cast, batch, 2, doctors=5)
    for case in (better, other):
        steps.score(cast, case, cast.at)
    steps.rank(cast, batch)
    steps.decide(cast, batch, {better.number: Choice.REFUSE})
    assert [state(better), state(other)] == [S.NOT_RECOMMENDED, S.TO_BE_RECOMMENDED]
    assert "评审委员会审议" in Letter.objects.get(case=better, kind=LetterKind.NOT_RECOMMENDED).body
    assert sound()


def test_postponed_one_comes_back_and_finds_the_quota_taken(cast: Cast, batch: Batch) -> None:
    better, other = steps.filed(cast, batch, 0, doctors=30), steps.filed(cast, batch, 2, doctors=5)
    for case in (better, other):
        steps.score(cast, case, cast.at)
    steps.rank(cast, batch)
    steps.decide(cast, batch, {better.number: Choice.POSTPONE})
    assert [state(better), state(other)] == [S.POSTPONED, S.TO_BE_RECOMMENDED]
    later = batch.closes_at + timedelta(hours=1)
    door.perform(better, "table_again", by=cast.office, at=later, form={"reason": "已补充说明"})
    steps.decide(cast, batch)
    assert state(better) == S.NOT_IN_QUOTA
    assert sound()


def test_ranking_is_tabled_whole_or_not_at_all(cast: Cast, batch: Batch) -> None:
    cases = [steps.filed(cast, batch, n) for n in (0, 2)]
    for case in cases:
        steps.score(cast, case, cast.at)
    steps.rank(cast, batch)
    at = batch.closes_at + timedelta(hours=1)
    with pytest.raises(Refusal) as refused:
        meetings.call_meeting(
            batch, [Application.objects.get(case=cases[0])], held_at=at, place="示例", chair=cast.members[0],
            secretary=cast.office, by=cast.office, at=at,
        )  # fmt: skip
    assert codes(refused) == ["ranking_in_part"]
    assert cases[1].number in str(refused.value.reasons[0])


def test_not_in_the_national_list_ends_with_the_remedy_against_the_national_authority(cast: Cast, batch: Batch) -> None:
    case = steps.filed(cast, batch)
    steps.score(cast, case, cast.at)
    steps.rank(cast, batch)
    steps.decide(cast, batch)
    steps.send(cast, batch)
    steps.result(cast, batch, [], {case: "第三方评价未达标"})
    letter = Letter.objects.get(case=case, kind=LetterKind.NOT_RECOGNISED_ABOVE)
    assert state(case) == S.NOT_RECOGNISED_ABOVE
    assert "第三方评价未达标" in letter.body
    assert "向作出决定的国家主管部门申请行政复议" in letter.remedy
    assert not Title.objects.filter(programme=batch.programme).exists()
    assert sound()


def test_branch_centre_names_a_standing_parent_and_its_title_hangs_under_it(cast: Cast) -> None:
    batch = steps.make_national(cast, branch=True)
    parent, own = steps.parent_title(cast, 1), steps.parent_title(cast, 0)
    member = cast.member0
    case = open_application(cast.enterprises[0], batch, by=member, at=cast.at)
    with_material(case, member, cast.at, **steps.STRONG)
    form = {"declaration": True, "insists": True}
    with pytest.raises(Refusal) as refused:
        door.perform(case, "submit", by=member, at=cast.at, form=form)
    assert codes(refused) == ["parent_needed"]
    with pytest.raises(Refusal) as refused:
        door.perform(case, "name_parent", by=member, at=cast.at, form={"parent": own})
    assert codes(refused) == ["own_parent"]
    door.perform(case, "name_parent", by=member, at=cast.at, form={"parent": parent})
    door.perform(case, "submit", by=member, at=cast.at, form=form)
    steps.score(cast, case, cast.at)
    answers = Application.objects.get(case=case).gate_answers
    assert set(answers.values_list("gate", flat=True)) >= {"NB1", "NB2"}
    steps.rank(cast, batch)
    steps.decide(cast, batch)
    steps.send(cast, batch)
    steps.result(cast, batch, [case])
    assert Title.objects.get(programme=batch.programme).parent == parent
    assert sound()


def test_lost_flow_is_rebuilt_in_every_waiting_state(cast: Cast, batch: Batch) -> None:
    case = steps.filed(cast, batch)
    for step in (
        lambda: None, lambda: steps.consult(cast, case, cast.at), lambda: _adopt(cast, case),
        lambda: steps.rank(cast, batch), lambda: steps.decide(cast, batch), lambda: steps.send(cast, batch),
    ):  # fmt: skip
        step()
        rebuild_flow(case)
        assert list(check_all()) == []
    steps.result(cast, batch, [case])
    assert sound()


def _adopt(cast: Cast, case: Case) -> None:
    steps.answer(cast, case, cast.at)
    door.perform(case, "adopt_initial_score", by=cast.office, at=cast.at, form={"opinion": "同意"})
