"""The other ends of an application: each with its reasons, its letter and, where adverse, the remedy."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings

from accreditation.audit import verify_all
from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice, LetterKind
from accreditation.errors import Refusal
from accreditation.models import Application, Batch, Case, Deadline, Letter, Objection, User
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast, stored_file, with_material
from tests.factories.hearings import dismiss, hear, uphold
from tests.factories.steps import answer_gates, hold_meeting, publish, recommend, to_committee
from workflows import door
from workflows.consistency import check_all
from workflows.opening import open_application
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def ended(case: Case, state: S, kind: LetterKind, *, has_remedy: bool = True) -> Application:
    """The case stands in that end with a letter; everything agrees."""
    application = Application.objects.get(case=case)
    assert application.state == state
    letter = Letter.objects.get(case=case, kind=kind)
    assert application.enterprise.name in letter.body
    assert bool(letter.remedy) == has_remedy
    if has_remedy:
        assert "行政复议" in letter.remedy
        assert "六十日" in letter.remedy
    assert list(check_all()) == []
    assert verify_all()[1] == []
    return application


def failing(cast: Cast) -> Case:
    return filed_case(cast, rd_staff_stat=20)


def test_declined_at_acceptance_says_why_and_lets_apply_again(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    door.perform(case, "decline", by=cast.pudong, at=clock.at, form={"reasons": "不属于本区受理范围"})
    application = ended(case, S.DECLINED, LetterKind.DECLINE)
    assert application.ended_for == "不属于本区受理范围"
    assert open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=clock.at).number != case.number


def test_failed_condition_needs_insistence_to_be_filed(cast: Cast, clock: Clock) -> None:
    case = open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=clock.at)
    with_material(case, cast.member0, clock.at, rd_staff_stat=20)
    with pytest.raises(Refusal) as refused:
        door.perform(case, "submit", by=cast.member0, at=clock.at, form={"declaration": True})
    assert [reason.code for reason in refused.value.reasons] == ["gate_failed"]


def test_failed_condition_ends_as_ineligible_with_value_and_limit(cast: Cast, clock: Clock) -> None:
    case = failing(cast)
    door.perform(case, "accept", by=cast.pudong, at=clock.at)
    door.perform(case, "find_ineligible", by=cast.pudong, at=clock.at)
    ended(case, S.INELIGIBLE, LetterKind.INELIGIBLE)
    body = Letter.objects.get(case=case, kind=LetterKind.INELIGIBLE).body
    assert "研究开发人员不低于60人" in body
    assert "核定值 20 人，要求 ≥ 60 人" in body
    assert "适用依据：" in body


def test_met_conditions_cannot_be_called_ineligible(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    door.perform(case, "accept", by=cast.pudong, at=clock.at)
    answer_gates(case, cast.pudong, clock.at)
    with pytest.raises(Refusal) as refused:
        door.perform(case, "find_ineligible", by=cast.pudong, at=clock.at)
    assert [reason.code for reason in refused.value.reasons] == ["no_failed_gate"]


def test_failed_condition_cannot_be_recommended(cast: Cast, clock: Clock) -> None:
    case = failing(cast)
    door.perform(case, "accept", by=cast.pudong, at=clock.at)
    with pytest.raises(Refusal) as refused:
        door.perform(case, "recommend", by=cast.pudong, at=clock.at, form={})
    codes = [reason.code for reason in refused.value.reasons]
    assert "gate_failed" in codes
    assert "gate_open" in codes
    assert "text_needed" in codes


def test_not_recommended_by_the_district(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    door.perform(case, "accept", by=cast.pudong, at=clock.at)
    door.perform(case, "not_recommend", by=cast.pudong, at=clock.at, form={"opinion": "技术中心未实际运行"})
    assert ended(case, S.NOT_RECOMMENDED, LetterKind.NOT_RECOMMENDED).ended_for == "技术中心未实际运行"


def returned(cast: Cast, at: Clock) -> Case:
    case = filed_case(cast)
    door.perform(case, "accept", by=cast.pudong, at=at.at)
    point = {"target": "figure", "code": "rd_staff", "year": cast.batch.reporting_year, "remark": "请核对"}
    door.perform(case, "return_for_correction", by=cast.pudong, at=at.at, form={"points": [point]})
    return case


def test_missed_correction_lapses_after_the_last_second(cast: Cast, clock: Clock) -> None:
    case = returned(cast, clock)
    due = Deadline.objects.get(case=case, kind="correction", state="running").due_at
    assert tick(due).fired == 0
    assert Application.objects.get(case=case).state == S.RETURNED
    assert tick(due + timedelta(seconds=1)).fired == 1
    ended(case, S.LAPSED, LetterKind.LAPSE)
    assert tick(due + timedelta(days=1)).fired == 0


def test_correction_after_the_last_second_is_refused(cast: Cast, clock: Clock) -> None:
    case = returned(cast, clock)
    due = Deadline.objects.get(case=case, kind="correction", state="running").due_at
    with_material(case, cast.member0, clock.at + timedelta(hours=1))
    late = due + timedelta(seconds=1)
    with pytest.raises(Refusal) as refused:
        door.perform(case, "correct", by=cast.member0, at=late, form={"declaration": True})
    assert "correction_late" in [reason.code for reason in refused.value.reasons]


def test_unanswered_point_keeps_correction_open(cast: Cast, clock: Clock) -> None:
    case = returned(cast, clock)
    with pytest.raises(Refusal) as refused:
        door.perform(case, "correct", by=cast.member0, at=clock.at + timedelta(hours=1), form={"declaration": True})
    assert [reason.code for reason in refused.value.reasons] == ["point_open"]


def test_correction_changes_nothing_but_what_was_asked_for(cast: Cast, clock: Clock) -> None:
    case = returned(cast, clock)
    later = clock.at + timedelta(hours=1)
    with pytest.raises(Refusal) as refused:
        with_material(case, cast.member0, later, rd_staff=90, doctors=9)
    assert [reason.code for reason in refused.value.reasons] == ["closed_cell"]
    assert "doctors" in str(refused.value.reasons[0]) or "博士" in str(refused.value.reasons[0])
    file = stored_file(b"licence", later)
    form = {"kind": "licence", "file": file, "name": "执照.pdf"}
    with pytest.raises(Refusal) as refused:
        door.perform(case, "attach_evidence", by=cast.member0, at=later, form=form)
    assert [reason.code for reason in refused.value.reasons] == ["closed_kind"]
    row = Application.objects.get(case=case).evidence.first()
    with pytest.raises(Refusal) as refused:
        door.perform(case, "drop_evidence", by=cast.member0, at=later, form={"evidence": row})
    assert [reason.code for reason in refused.value.reasons] == ["closed_kind"]
    with_material(case, cast.member0, later, rd_staff=90)


def test_second_return_by_the_district_is_refused(cast: Cast, clock: Clock) -> None:
    case = returned(cast, clock)
    later = clock.at + timedelta(hours=1)
    with_material(case, cast.member0, later)
    door.perform(case, "correct", by=cast.member0, at=later, form={"declaration": True})
    point = {"target": "figure", "code": "rd_staff", "year": cast.batch.reporting_year, "remark": "再核对"}
    with pytest.raises(Refusal) as refused:
        door.perform(case, "return_for_correction", by=cast.pudong, at=later, form={"points": [point]})
    assert [reason.code for reason in refused.value.reasons] == ["no_returns_left"]


def test_office_return_comes_back_to_the_office(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    recommend(cast, case, clock.at)
    point = {"target": "evidence", "code": "audit_report", "remark": "缺附注页"}
    door.perform(case, "return_for_correction", by=cast.office, at=clock.at, form={"points": [point]})
    later = clock.at + timedelta(hours=1)
    with_material(case, cast.member0, later)
    door.perform(case, "correct", by=cast.member0, at=later, form={"declaration": True})
    assert Application.objects.get(case=case).state == S.UNDER_COMPLETENESS_CHECK
    assert list(check_all()) == []


def test_withdrawn_before_acceptance_not_after(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    door.perform(case, "withdraw", by=cast.member0, at=clock.at)
    ended(case, S.WITHDRAWN, LetterKind.WITHDRAWAL, has_remedy=False)
    assert "申报截止前可以重新申报" in Letter.objects.get(case=case, kind=LetterKind.WITHDRAWAL).body
    late = filed_case(cast, 1)
    door.perform(late, "withdraw", by=cast.member1, at=cast.batch.closes_at)
    assert "重新申报" not in Letter.objects.get(case=late, kind=LetterKind.WITHDRAWAL).body
    accepted = filed_case(cast, 2)
    door.perform(accepted, "accept", by=cast.pudong, at=clock.at)
    with pytest.raises(Refusal):
        door.perform(accepted, "withdraw", by=cast.member2, at=clock.at)


def test_refused_by_the_committee(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    to_committee(cast, case, clock.at)
    meeting = hold_meeting(cast, [case], clock.at, {case.number: Choice.REFUSE})
    ended(case, S.REFUSED, LetterKind.REFUSAL)
    assert meeting.minutes_sha256 in Letter.objects.get(case=case, kind=LetterKind.REFUSAL).body


def test_postponed_case_returns_to_a_later_meeting(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    to_committee(cast, case, clock.at)
    hold_meeting(cast, [case], clock.at, {case.number: Choice.POSTPONE})
    ended(case, S.POSTPONED, LetterKind.POSTPONEMENT, has_remedy=False)
    door.perform(case, "table_again", by=cast.office, at=clock.at, form={"reason": "已补充材料"})
    hold_meeting(cast, [case], clock.at)
    assert Application.objects.get(case=case).state == S.PROPOSED
    assert list(check_all()) == []


def object_to(case: Case, clock_person: User, at: datetime) -> Objection:
    form = {"objector": "周示例", "contact": "021-00000000", "text": "申报的研发人员与事实不符，请核查。"}
    door.perform(case, "raise_objection", by=clock_person, at=at, form=form)
    return Objection.objects.get(application__case=case)


def test_objection_upheld_ends_its_own_case_only(cast: Cast, clock: Clock) -> None:
    first, second = filed_case(cast, 0), filed_case(cast, 2)
    for case in (first, second):
        to_committee(cast, case, clock.at)
    hold_meeting(cast, [first, second], clock.at)
    notice = publish(cast, [first, second], clock.at)
    objection = object_to(first, cast.clock, clock.at)
    assert tick(notice.ends_at + timedelta(seconds=1)).held_back == 1
    assert Application.objects.get(case=second).state == S.NOTICE_COMPLETED
    late = notice.ends_at + timedelta(days=2)
    hear(first, objection, office=cast.office, applicant=cast.member0, at=late)
    uphold(first, objection, at=late, reasons="经核查，人员名单虚假。")
    application = ended(first, S.OBJECTION_UPHELD, LetterKind.OBJECTION_UPHELD)
    assert "周示例" not in Letter.objects.get(case=first, kind=LetterKind.OBJECTION_UPHELD).body
    assert application.ended_for == "经核查，人员名单虚假。"


def test_objection_dismissed_after_the_last_day_lets_the_case_go_on(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    to_committee(cast, case, clock.at)
    hold_meeting(cast, [case], clock.at)
    notice = publish(cast, [case], clock.at)
    objection = object_to(case, cast.clock, clock.at)
    Batch.objects.filter(pk=cast.batch.pk).update(objection_extension_days=0)  # rules under which nothing extends
    late = notice.ends_at + timedelta(days=1)
    assert tick(late).held_back == 1
    dismiss(case, objection, at=late)
    assert Application.objects.get(case=case).state == S.NOTICE_COMPLETED
    assert list(check_all()) == []


def test_late_objection_is_refused(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    to_committee(cast, case, clock.at)
    hold_meeting(cast, [case], clock.at)
    notice = publish(cast, [case], clock.at)
    with pytest.raises(Refusal) as refused:
        object_to(case, cast.clock, notice.ends_at + timedelta(seconds=1))
    assert [reason.code for reason in refused.value.reasons] == ["notice_over"]
