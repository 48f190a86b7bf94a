"""A round of evaluations through the services that the pages call, from the frozen population to what follows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.conf import LazySettings

from accreditation.audit import verify_all
from accreditation.clocks import years_on
from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice, MemberState, ProceedingKind, ProceedingState, TitleState
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.evaluation_words import CallReason
from accreditation.grounds import Ground
from accreditation.models import (
    AuditEvent,
    Batch,
    Case,
    EvaluationCall,
    EvaluationRound,
    Letter,
    Member,
    Message,
    Proceeding,
    Title,
)
from accreditation.selectors.run_out import titles_run_out
from accreditation.services import evaluation_rounds
from accreditation.services.earlier_results import propose_earlier_round
from certificates.models import Certificate
from certificates.services.keys import open_keys
from certificates.services.signing import sign_pending
from certificates.standing import Standing
from tests.clock import Clock
from tests.factories import evaluating as steps
from tests.factories.cast import Cast, make_cast
from tests.factories.hearings import hear, uphold
from tests.factories.recommending import colleague
from tests.factories.second_results import earlier_round
from tests.factories.steps import hold_meeting, publish
from tests.factories.titles import ordered
from workflows import batch_acts, door
from workflows.consistency import check_all
from workflows.opening import open_application
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    found = make_cast(clock.at)
    steps.add_enterprise(found, 0)
    return found


@pytest.fixture
def batch(cast: Cast) -> Batch:
    return steps.make_round(cast)


def title_of(cast: Cast, n: int) -> Title:
    return Title.objects.get(programme=cast.programme, holder=cast.enterprises[n])


def call_of(cast: Cast, n: int, year: int = 2026) -> EvaluationCall:
    return EvaluationCall.objects.get(title__holder=cast.enterprises[n], round__year=year)


def announced(cast: Cast, batch: Batch, cases: list[Case], clock: Clock, number: str = "示例〔2026〕9号") -> None:
    """Adopted, published and announced, after the window."""
    cast.batch = batch
    hold_meeting(cast, cases, clock.at)
    notice = publish(cast, cases, clock.at)
    clock.at = max(notice.ends_at, batch.closes_at) + timedelta(days=1)
    tick(clock.at)
    batch_acts.announce(
        batch, [steps.application_of(case) for case in cases], number=number, dated=clock.on, body="公布",
        by=cast.publisher, at=clock.at,
    )  # fmt: skip


def evaluated(cast: Cast, batch: Batch, clock: Clock, *figures: dict[str, int]) -> list[Case]:
    """One case for each set of figures, from the first enterprise on, checked by all."""
    cases = [steps.filed(cast, batch, n, **changed) for n, changed in enumerate(figures)]
    for case in cases:
        steps.checked(cast, case, clock.at)
    return cases


def test_population_holds_every_title_with_its_reason(cast: Cast, batch: Batch, clock: Clock) -> None:
    steps.hold(cast, 0)
    steps.hold(cast, 1, date(2025, 1, 1))
    suspended = steps.hold(cast, 2)
    suspended.suspend()
    suspended.save()
    steps.hold(cast, 3, date(2020, 3, 1), state=TitleState.REVOKED)
    round_ = evaluation_rounds.freeze_population(batch, by=cast.office, at=clock.at)
    assert [(call.title.number, call.reason) for call in round_.calls.order_by("position")] == [
        ("SHETC-T-2024-00000", CallReason.DUE),
        ("SHETC-T-2024-00002", CallReason.SUSPENDED),
        ("SHETC-T-2025-00001", CallReason.NOT_YET_DUE),
    ]
    event = AuditEvent.objects.get(verb="freeze_population")
    assert event.content["query"] == {
        "programme": "shanghai_municipal_centre", "states": ["in_force", "warned", "suspended"],
        "granted_until": "2024-12-31", "year": 2026,
    }  # fmt: skip
    assert event.content["sha256"] == round_.list_sha256
    assert event.content["counts"] == {
        "due": 1, "excellent_before": 0, "not_yet_due": 1, "evaluated_before": 0, "suspended": 1,
    }  # fmt: skip


def test_population_is_frozen_once(cast: Cast, batch: Batch, clock: Clock) -> None:
    steps.hold(cast, 0)
    evaluation_rounds.freeze_population(batch, by=cast.office, at=clock.at)
    steps.hold(cast, 1)
    with pytest.raises(Refusal) as refused:
        evaluation_rounds.freeze_population(batch, by=cast.office, at=clock.at)
    assert [reason.code for reason in refused.value.reasons] == ["already_frozen"]
    assert EvaluationCall.objects.count() == 1


def test_only_the_office_freezes_and_calls_and_only_in_an_evaluation(cast: Cast, batch: Batch, clock: Clock) -> None:
    steps.hold(cast, 0)
    with pytest.raises(Denied):
        evaluation_rounds.freeze_population(batch, by=cast.publisher, at=clock.at)
    with pytest.raises(Refusal) as refused:
        evaluation_rounds.freeze_population(cast.batch, by=cast.office, at=clock.at)
    assert [reason.code for reason in refused.value.reasons] == ["no_evaluation"]
    with pytest.raises(Refusal) as early:
        evaluation_rounds.call_holders(batch, by=cast.office, at=clock.at)
    assert [reason.code for reason in early.value.reasons] == ["not_frozen"]


def test_nobody_is_called_where_nobody_is_due(cast: Cast, batch: Batch, clock: Clock) -> None:
    steps.hold(cast, 0, date(2026, 1, 5))
    with pytest.raises(Refusal) as refused:
        evaluation_rounds.freeze_population(batch, by=cast.office, at=clock.at)
    assert [reason.code for reason in refused.value.reasons] == ["nobody_due"]


def test_call_tells_every_holder_and_opens_the_round_to_those_due(cast: Cast, batch: Batch, clock: Clock) -> None:
    steps.hold(cast, 0)
    steps.hold(cast, 1, date(2025, 1, 1))
    with pytest.raises(Refusal) as early:
        open_application(cast.enterprises[0], batch, by=cast.member0, at=clock.at)
    assert [reason.code for reason in early.value.reasons] == ["not_called"]
    steps.frozen_and_called(cast, batch)
    told = dict(Message.objects.filter(kind__startswith="evaluation_").values_list("recipient__username", "kind"))
    assert told == {"member0": "evaluation_called", "member1": "evaluation_exempt"}
    with pytest.raises(Refusal):
        open_application(cast.enterprises[1], batch, by=cast.member1, at=clock.at)
    case = open_application(cast.enterprises[0], batch, by=cast.member0, at=clock.at)
    assert steps.application_of(case).evaluated_title == title_of(cast, 0)
    with pytest.raises(Refusal) as twice:
        evaluation_rounds.call_holders(batch, by=cast.office, at=clock.at)
    assert [reason.code for reason in twice.value.reasons] == ["already_called"]


def test_late_are_listed_after_the_last_second_and_once(cast: Cast, batch: Batch, clock: Clock) -> None:
    for n in range(3):
        steps.hold(cast, n)
    steps.frozen_and_called(cast, batch)
    steps.filed(cast, batch, 0)
    open_application(cast.enterprises[1], batch, by=cast.member1, at=clock.at)  # never sent in
    assert tick(batch.closes_at).late_listed == 0
    assert tick(batch.closes_at + timedelta(seconds=1)).late_listed == 2
    assert tick(batch.closes_at + timedelta(seconds=2)).late_listed == 0
    assert [bool(call_of(cast, n).late_at) for n in range(3)] == [False, True, True]
    assert Message.objects.filter(kind="evaluation_late").count() == 2
    with pytest.raises(AlreadyDone):
        evaluation_rounds.list_late(
            EvaluationRound.objects.get(), by=cast.clock, at=batch.closes_at + timedelta(seconds=3)
        )
    assert not Proceeding.objects.exists()


def test_person_who_acts_for_two_holders_is_called_and_listed_late_for_each(
    cast: Cast, batch: Batch, clock: Clock
) -> None:
    titles = {steps.hold(cast, n).number for n in range(2)}
    Member.objects.create(
        enterprise=cast.enterprises[1], user=cast.member0, state=MemberState.ACTIVE, requested_at=cast.at,
        settled_at=cast.at,
    )  # fmt: skip
    steps.frozen_and_called(cast, batch)
    assert tick(batch.closes_at + timedelta(seconds=1)).late_listed == 2
    for kind in ("evaluation_called", "evaluation_late"):
        told = Message.objects.filter(kind=kind, recipient=cast.member0)
        assert {row.params["title"] for row in told} == titles
        assert told.count() == 2
        assert Message.objects.filter(kind=kind, recipient=cast.member1).count() == 1
    assert verify_all()[1] == []


def test_excellent_title_is_prolonged_by_two_rounds_and_skips_the_next(cast: Cast, batch: Batch, clock: Clock) -> None:
    steps.hold(cast, 0)
    steps.hold(cast, 1)
    steps.frozen_and_called(cast, batch)
    cases = evaluated(cast, batch, clock, steps.EXCELLENT, {})
    announced(cast, batch, cases, clock)
    assert [call_of(cast, n).band for n in (0, 1)] == ["excellent", "good"]
    assert [str(title_of(cast, n).valid_until) for n in (0, 1)] == ["2031-02-28", "2029-02-28"]
    cast.at = clock.at = clock.at.replace(year=2028)
    later = steps.make_round(cast, year=2028)
    assert [one.reason for one in evaluation_rounds.population(later)] == [
        CallReason.EXCELLENT_BEFORE, CallReason.DUE,
    ]  # fmt: skip


def test_result_renews_the_certificate_under_the_same_number(cast: Cast, batch: Batch, clock: Clock) -> None:
    steps.hold(cast, 0)
    steps.frozen_and_called(cast, batch)
    announced(cast, batch, evaluated(cast, batch, clock, {}), clock)
    certificate = Certificate.objects.get()
    said = certificate.snapshot
    assert (said["occasion"], said["result_zh"], said["valid_until"]) == ("renewal", "良好", "2029-02-28")
    assert said["recognised_on"] == "2024-03-01"
    event = AuditEvent.objects.get(verb="announce", chain__startswith="case:")
    assert event.content["certificate"] == certificate.number


def test_marginal_pass_warns_and_rectification_lifts_the_warning(cast: Cast, batch: Batch, clock: Clock) -> None:
    steps.hold(cast, 0)
    steps.frozen_and_called(cast, batch)
    (case,) = evaluated(cast, batch, clock, steps.MARGINAL)
    announced(cast, batch, [case], clock)
    assert (steps.application_of(case).state, title_of(cast, 0).state) == (S.UNDER_RECTIFICATION, TitleState.WARNED)
    clock_row = case.deadlines.get(kind="rectification", state="running")
    assert clock_row.working_days == 120
    door.perform(case, "report_rectification", by=cast.member0, at=clock.at, form={"report": "已补充研发人员和投入。"})
    door.perform(case, "accept_rectification", by=cast.office, at=clock.at, form={"remark": "整改到位"})
    assert (steps.application_of(case).state, title_of(cast, 0).state) == (S.EVALUATED, TitleState.IN_FORCE)
    letter = Letter.objects.get(case=case, kind="evaluation_result")
    assert "限期整改" in letter.body
    assert letter.remedy
    assert "警告解除" in Letter.objects.get(case=case, kind="rectification").body
    assert not Proceeding.objects.exists()
    assert list(check_all()) == []


@pytest.mark.usefixtures("var_dir")
def test_rectification_lifts_the_warning_and_leaves_a_suspension(cast: Cast, batch: Batch, clock: Clock) -> None:
    title = steps.hold(cast, 0)
    steps.frozen_and_called(cast, batch)
    (case,) = evaluated(cast, batch, clock, steps.MARGINAL)
    announced(cast, batch, [case], clock)
    door.perform(case, "report_rectification", by=cast.member0, at=clock.at, form={"report": "已补充研发人员和投入。"})
    sign_pending(limit=5, keys=open_keys(at=clock.at), at=clock.at)
    suspended = ordered(cast, title_of(cast, 0), clock.at, ProceedingKind.SUSPENSION)
    assert (title_of(cast, 0).state, title_of(cast, 0).warned_beneath) == (TitleState.SUSPENDED, True)
    door.perform(case, "accept_rectification", by=cast.office, at=clock.at, form={"remark": "整改到位"})
    assert (title_of(cast, 0).state, title_of(cast, 0).warned_beneath) == (TitleState.SUSPENDED, False)
    ordered(cast, title, clock.at, ProceedingKind.REINSTATEMENT, number="示例恢〔2026〕1号")
    assert (title_of(cast, 0).state, Certificate.objects.get().standing) == (TitleState.IN_FORCE, Standing.IN_FORCE)
    assert [list(check_all()), verify_all()[1], suspended.state] == [[], [], ProceedingState.CONCLUDED]


def test_missed_rectification_leaves_the_warning_and_a_second_one_fails(cast: Cast, batch: Batch, clock: Clock) -> None:
    steps.hold(cast, 0, date(2023, 3, 1), valid_until=date(2027, 2, 28))
    steps.frozen_and_called(cast, batch)
    (case,) = evaluated(cast, batch, clock, steps.MARGINAL)
    announced(cast, batch, [case], clock)
    due = case.deadlines.get(kind="rectification", state="running").due_at
    assert tick(due).fired == 0
    assert tick(due + timedelta(seconds=1)).fired == 1
    assert (steps.application_of(case).state, title_of(cast, 0).state) == (S.EVALUATED, TitleState.WARNED)
    cast.at = clock.at = clock.at.replace(year=2028)
    later = steps.make_round(cast, year=2028)
    later_cases = _second_round(cast, later, clock)
    announced(cast, later, later_cases, clock, "示例〔2028〕9号")
    call = call_of(cast, 0, 2028)
    assert (call.band, call.score) == ("fail", call_of(cast, 0).score)
    assert "连续两次" in call.override
    proceeding = Proceeding.objects.get()
    assert (proceeding.ground, proceeding.state) == (Ground.EVALUATION_FAILED, ProceedingState.IN_PREPARATION)
    assert title_of(cast, 0).state == TitleState.WARNED


def _second_round(cast: Cast, batch: Batch, clock: Clock) -> list[Case]:
    steps.frozen_and_called(cast, batch, clock.at)
    return evaluated(cast, batch, clock, steps.MARGINAL)


def test_failed_and_late_titles_are_proposed_for_revocation_and_keep_their_title(
    cast: Cast, batch: Batch, clock: Clock
) -> None:
    for n in range(3):
        steps.hold(cast, n)
    steps.frozen_and_called(cast, batch)
    announced(cast, batch, evaluated(cast, batch, clock, {}, steps.WEAK), clock)
    found = {row.title.holder.name: row for row in Proceeding.objects.select_related("title__holder", "case")}
    assert set(found) == {cast.enterprises[1].name, cast.enterprises[2].name}
    failed, late = (found[cast.enterprises[n].name] for n in (1, 2))
    assert (failed.ground, late.ground) == (Ground.EVALUATION_FAILED, Ground.MATERIAL_OVERDUE)
    assert "不合格" in failed.found_facts
    assert "2026年04月01日" in late.found_facts
    assert {row.state for row in found.values()} == {ProceedingState.IN_PREPARATION}
    assert {row.prepared_by for row in found.values()} == {cast.clock}
    assert [title_of(cast, n).state for n in range(3)] == [TitleState.IN_FORCE] * 3
    assert [str(title_of(cast, n).valid_until) for n in range(3)] == ["2029-02-28", "2027-02-28", "2027-02-28"]
    assert call_of(cast, 1).proposal == failed.case
    assert call_of(cast, 2).published_on == clock.on
    assert list(check_all()) == []
    assert verify_all()[1] == []


def test_upheld_objection_sends_the_result_back_to_be_checked(cast: Cast, batch: Batch, clock: Clock) -> None:
    steps.hold(cast, 0)
    steps.frozen_and_called(cast, batch)
    (case,) = evaluated(cast, batch, clock, {})
    cast.batch = batch
    hold_meeting(cast, [case], clock.at)
    publish(cast, [case], clock.at)
    form = {"objector": "周示例", "contact": "021-00000000", "text": "报送的研发人员与事实不符，请核查。"}
    door.perform(case, "raise_objection", by=cast.clock, at=clock.at, form=form)
    objection = steps.application_of(case).objections.get()
    hear(case, objection, office=cast.office, applicant=cast.member0, at=clock.at)
    uphold(case, objection, at=clock.at)
    application = steps.application_of(case)
    assert (application.state, application.decision, application.notice) == (S.UNDER_COMPLETENESS_CHECK, None, None)
    door.perform(case, "fix_result", by=cast.office, at=clock.at, form={"opinion": "已扣减"})
    hold_meeting(cast, [case], clock.at, {case.number: Choice.REFUSE})
    assert steps.application_of(case).state == S.UNDER_COMPLETENESS_CHECK
    door.perform(case, "fix_result", by=cast.office, at=clock.at, form={"opinion": "再次核查"})
    hold_meeting(cast, [case], clock.at, {case.number: Choice.POSTPONE})
    assert steps.application_of(case).state == S.UNDER_OVERALL_REVIEW
    hold_meeting(cast, [case], clock.at)
    assert steps.application_of(case).state == S.RESULT_ADOPTED
    assert list(check_all()) == []


def test_uncorrected_material_counts_as_late(cast: Cast, batch: Batch, clock: Clock) -> None:
    steps.hold(cast, 0)
    steps.frozen_and_called(cast, batch)
    case = steps.filed(cast, batch, 0)
    door.perform(case, "accept", by=cast.pudong, at=clock.at)
    points = [{"target": "figure", "code": "rd_staff", "year": batch.reporting_year, "remark": "请核对"}]
    door.perform(case, "return_for_correction", by=cast.pudong, at=clock.at, form={"points": points})
    due = case.deadlines.get(kind="correction", state="running").due_at
    tick(due + timedelta(seconds=1))
    assert steps.application_of(case).state == S.LAPSED
    assert call_of(cast, 0).late_at == due + timedelta(seconds=1)


def test_title_does_not_run_out_while_its_evaluation_is_under_way(cast: Cast, batch: Batch, clock: Clock) -> None:
    title = steps.hold(cast, 0, valid_until=date(2026, 3, 20))
    steps.frozen_and_called(cast, batch)
    assert not titles_run_out(date(2026, 3, 21)).exists()
    EvaluationCall.objects.update(late_at=clock.at, published_on=clock.on)
    assert list(titles_run_out(date(2026, 3, 21))) == [title]


def test_results_of_an_earlier_round_let_the_excellent_skip_this_one(cast: Cast, batch: Batch, clock: Clock) -> None:
    first, second = steps.hold(cast, 0, date(2020, 3, 1)), steps.hold(cast, 1, date(2020, 3, 1))
    earlier_round(
        batch, {first: "excellent", second: "good"}, year=2024, document_number="示例〔2024〕8号",
        dated=date(2024, 12, 1), by=cast.office, second=colleague(cast), at=clock.at,
    )  # fmt: skip
    assert [one.reason for one in evaluation_rounds.population(batch)] == [
        CallReason.EXCELLENT_BEFORE, CallReason.DUE,
    ]  # fmt: skip


@pytest.mark.parametrize(("dated", "code"), [(date(2020, 2, 29), "before_basis"), (date(2099, 1, 1), "day_to_come")])
def test_earlier_results_were_published_after_the_grant_and_before_today(
    cast: Cast, batch: Batch, clock: Clock, dated: date, code: str
) -> None:
    title = steps.hold(cast, 0, date(2020, 3, 1))
    with pytest.raises(Refusal) as refused:
        propose_earlier_round(
            batch, {title: "good"}, year=2024, document_number="示例〔2024〕8号", dated=dated, by=cast.office,
            at=clock.at,
        )  # fmt: skip
    (reason,) = refused.value.reasons
    assert (reason.code, reason.place) == (code, "dated")


def test_nobody_enters_earlier_results_of_the_own_enterprise(cast: Cast, batch: Batch, clock: Clock) -> None:
    title = steps.hold(cast, 0, date(2020, 3, 1))
    Member.objects.create(
        user=cast.office,
        enterprise=title.holder,
        state="active",
        requested_at=clock.at,
        settled_at=clock.at,
        settled_by=cast.publisher,
    )
    with pytest.raises(Denied):
        propose_earlier_round(
            batch, {title: "excellent"}, year=2024, document_number="示例〔2024〕8号", dated=date(2024, 12, 1),
            by=cast.office, at=clock.at,
        )  # fmt: skip


def test_cycle_is_kept_for_each_title_whatever_rounds_lie_between(cast: Cast, batch: Batch, clock: Clock) -> None:
    first, second = steps.hold(cast, 0, date(2018, 3, 1)), steps.hold(cast, 1, date(2018, 3, 1))
    third = steps.hold(cast, 2, date(2018, 3, 1))
    for year, results in (
        (2023, {first: "excellent", second: "excellent"}), (2024, {third: "good"}), (2025, {second: "good"}),
    ):  # fmt: skip
        earlier_round(
            batch, results, year=year, document_number=f"示例〔{year}〕8号", dated=date(year, 12, 1), by=cast.office,
            second=colleague(cast), at=clock.at,
        )  # fmt: skip
    assert [one.reason for one in evaluation_rounds.population(batch)] == [
        CallReason.EXCELLENT_BEFORE, CallReason.EVALUATED_BEFORE, CallReason.DUE,
    ]  # fmt: skip


def test_leap_day_is_prolonged_to_the_last_of_february() -> None:
    assert years_on(date(2028, 2, 29), 2) == date(2030, 2, 28)
    assert years_on(date(2028, 2, 29), 4) == date(2032, 2, 29)
