"""Who is verified, by whom not, and what the rules of a check refuse; reminders of its two clocks."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings

from accreditation.enums import LinkKind
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.models import Batch, Body, Case, Link, Message, User, VerifiedValue
from accreditation.roles import Role
from accreditation.services import figure_checks, figure_plans
from accreditation.services.figure_plans import drawn
from accreditation.visibility import may_read_material, visible_cases
from tests.clock import MONDAY, Clock
from tests.factories import steps
from tests.factories.cast import Cast, grant, make_cast, person, with_material
from tests.factories.figure_checks import (
    OTHER_FIRM,
    application_of,
    commission,
    confirm_all,
    difference,
    hand_in,
    make_firm,
    make_plan,
    reported,
)
from tests.factories.recognition import make_municipal_2026
from workflows import door
from workflows.opening import open_application
from workflows.reminding import remind
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(MONDAY)


@pytest.fixture
def batch(cast: Cast) -> Batch:
    return make_municipal_2026(cast)


@pytest.fixture
def case(cast: Cast, batch: Batch) -> Case:
    return checked(cast, batch)


@pytest.fixture
def firm(cast: Cast) -> tuple[Body, User]:
    return make_firm(cast)


def checked(cast: Cast, batch: Batch, n: int = 0) -> Case:
    """Filed and recommended by the district."""
    by = cast.people[f"member{n}"]
    case = open_application(cast.enterprises[n], batch, by=by, at=MONDAY)
    with_material(case, by, MONDAY)
    door.perform(case, "submit", by=by, at=MONDAY, form={"declaration": True, "insists": True})
    steps.recommend(cast, case, MONDAY)
    return Case.objects.get(pk=case.pk)


def codes(case: Case, verb: str, by: User, at: Any = MONDAY, **form: Any) -> list[str]:
    """Why it is refused; empty where it was done."""
    try:
        door.perform(case, verb, by=by, at=at, form=form)
    except Refusal as refusal:
        return [reason.code for reason in refusal.reasons]
    return []


def leave(cast: Cast, case: Case, at: Any = MONDAY) -> list[str]:
    """Reasons that speak of figures against the end of the check for completeness."""
    found = codes(case, "pass_completeness_check", cast.office, at, opinion="齐全")
    return [code for code in found if code != "consultation_needed"]


def test_case_goes_on_without_a_check_where_none_is_planned_or_it_was_not_named(cast: Cast, case: Case) -> None:
    assert leave(cast, case) == []
    make_plan(cast, case.batch, "named")
    assert leave(cast, case) == []


def test_case_of_a_batch_that_has_all_verified_waits(cast: Cast, case: Case, firm: tuple[Body, User]) -> None:
    make_plan(cast, case.batch)
    assert leave(cast, case) == ["figure_check_needed"]
    commission(cast, case, firm[0], MONDAY)
    assert leave(cast, case) == ["figure_check_open"]
    points = [{"target": "evidence", "code": "business_licence", "remark": "不清晰"}]
    refused = codes(case, "return_for_correction", cast.office, points=points)
    assert "figure_check_open" in refused


def test_sample_is_drawn_once_after_the_window_and_can_be_worked_out_again(cast: Cast, batch: Batch) -> None:
    cases = [checked(cast, batch, n) for n in (0, 2)]
    plan = make_plan(cast, batch, "sample", sample_size=1)
    assert plan.commitment == hashlib.sha256(plan.seed.encode()).hexdigest()
    assert leave(cast, cases[0]) == ["sample_not_drawn"]
    with pytest.raises(Refusal) as early:
        figure_plans.draw_sample(batch, by=cast.office, at=MONDAY)
    assert [reason.code for reason in early.value.reasons] == ["window_open"]
    later = MONDAY + timedelta(days=40)
    plan = figure_plans.draw_sample(batch, by=cast.office, at=later)
    assert (plan.candidates, plan.drawn) == (
        sorted(case.number for case in cases),
        drawn(plan.seed, plan.candidates, 1),
    )
    waits = {case.number: leave(cast, case) for case in cases}
    assert sorted(map(tuple, waits.values())) == [(), ("figure_check_needed",)]
    assert waits[plan.drawn[0]] == ["figure_check_needed"]
    with pytest.raises(AlreadyDone):
        figure_plans.draw_sample(batch, by=cast.office, at=later)
    with pytest.raises(Refusal):
        make_plan(cast, batch)
    with pytest.raises(Denied):
        figure_plans.draw_sample(batch, by=cast.publisher, at=later)


def test_body_with_a_tie_is_not_commissioned(cast: Cast, case: Case, firm: tuple[Body, User]) -> None:
    make_plan(cast, case.batch)
    body, _user = firm
    assert codes(case, "commission_figure_check", cast.office, body=Body.objects.get(code="pudong")) == ["body_needed"]
    link = Link.objects.create(
        uscc=case.enterprise.uscc, other_uscc=body.uscc, other_name=body.name_zh, kind=LinkKind.SHAREHOLDER,
        source="工商登记", recorded_by=cast.office, recorded_at=MONDAY,
    )  # fmt: skip
    assert codes(case, "commission_figure_check", cast.office, body=body) == ["body_has_tie"]
    link.delete()
    grant(cast.member0, Role.VERIFIER, body.district, at=MONDAY)
    assert codes(case, "commission_figure_check", cast.office, body=body) == ["body_has_tie"]


def test_tie_that_is_declared_ends_the_commission_and_another_body_follows(
    cast: Cast, case: Case, firm: tuple[Body, User]
) -> None:
    make_plan(cast, case.batch)
    body, user = firm
    commission(cast, case, body, MONDAY)
    assert [row.number for row in visible_cases(user)] == [case.number]
    assert not may_read_material(user, case)
    door.perform(case, "refuse_figure_check", by=user, at=MONDAY, form={"tie": "为该单位代理记账"})
    assert not visible_cases(user).exists()
    assert not case.deadlines.filter(kind="figure_check", state="running").exists()
    other, _person = make_firm(cast, "second", OTHER_FIRM)
    commission(cast, case, other, MONDAY)
    assert leave(cast, case) == ["figure_check_open"]


def test_only_who_declared_reads_and_verifies(cast: Cast, case: Case, firm: tuple[Body, User]) -> None:
    make_plan(cast, case.batch)
    body, user = firm
    colleague = person("colleague", "同所核查员示例")
    grant(colleague, Role.VERIFIER, body.district, at=MONDAY)
    commission(cast, case, body, MONDAY)
    finding = {"code": "rd_staff", "year": 2025, "result": "confirmed"}
    assert codes(case, "record_figures", user, findings=[finding]) == ["not_checking"]
    door.perform(case, "declare_no_figure_tie", by=user, at=MONDAY)
    assert (may_read_material(user, case), may_read_material(colleague, case)) == (True, False)
    assert codes(case, "record_figures", colleague, findings=[finding]) == ["not_your_check"]
    same = finding | {
        "result": "differs",
        "value": figure_checks.figures_to_check(application_of(case))["rd_staff", 2025],
    }
    assert codes(case, "record_figures", user, findings=[same]) == ["text_needed", "reference_needed", "same_value"]
    assert codes(case, "record_figures", user, findings=[finding | {"code": "nothing"}]) == ["unknown_figure"]
    assert codes(case, "record_figures", user, findings=[]) == ["finding_needed"]


def test_nothing_differs_nothing_is_left_to_settle(cast: Cast, case: Case, firm: tuple[Body, User]) -> None:
    make_plan(cast, case.batch)
    reported(cast, case, *firm, MONDAY)
    assert leave(cast, case) == []
    assert not case.deadlines.filter(kind="figure_answer").exists()


def test_difference_that_is_not_adopted_changes_nothing_but_stays_on_record(
    cast: Cast, case: Case, firm: tuple[Body, User]
) -> None:
    make_plan(cast, case.batch)
    reported(cast, case, *firm, MONDAY, rd_staff=3, rd_expenditure=-40)
    first = difference(case)
    door.perform(case, "answer_figure", by=cast.member0, at=MONDAY, form={"finding": first, "text": "填报数无误"})
    no = {"finding": first, "is_adopted": False, "reason": "申报单位说明成立"}
    door.perform(case, "decide_figure", by=cast.office, at=MONDAY, form=no)
    assert codes(case, "decide_figure", cast.office, **no) == ["finding_decided"]
    assert not VerifiedValue.objects.exists()
    second = first.figure_check.findings.filter(result="differs").exclude(pk=first.pk).get()
    yes = {"finding": second, "is_adopted": True, "reason": "账簿可以证明"}
    assert codes(case, "decide_figure", cast.office, **yes) == ["answer_awaited"]
    late = MONDAY + timedelta(days=10)
    assert codes(case, "answer_figure", cast.member0, late, finding=second, text="补充说明") == ["answer_late"]
    tick(late)
    assert case.deadlines.get(kind="figure_answer").state == "fired"
    door.perform(case, "decide_figure", by=cast.office, at=late, form=yes)
    assert leave(cast, case, late) == []


def test_report_is_frozen_with_its_findings(cast: Cast, case: Case, firm: tuple[Body, User]) -> None:
    make_plan(cast, case.batch)
    reported(cast, case, *firm, MONDAY, rd_staff=3)
    finding = difference(case)
    check = finding.figure_check
    assert figure_checks.content_digest(check) == check.content_sha256
    assert codes(case, "record_figures", firm[1], findings=[]) == ["not_checking", "finding_needed"]
    assert codes(case, "call_off_figure_check", cast.office, reason="另行委托") == ["not_at_work"]
    finding.value = "1"
    finding.save()
    assert figure_checks.content_digest(check) != check.content_sha256


def test_another_workbook_needs_another_check(cast: Cast, case: Case, firm: tuple[Body, User]) -> None:
    make_plan(cast, case.batch)
    reported(cast, case, *firm, MONDAY)
    form = {"points": [{"target": "figure", "code": "rd_staff", "year": 2025, "remark": "与附表不符"}], "remark": ""}
    door.perform(case, "return_for_correction", by=cast.office, at=MONDAY, form=form)
    with_material(case, cast.member0, MONDAY + timedelta(hours=1), rd_staff=60)
    said = {"declaration": True, "insists": True}
    door.perform(case, "correct", by=cast.member0, at=MONDAY + timedelta(hours=2), form=said)
    assert leave(cast, case, MONDAY + timedelta(hours=3)) == ["figure_check_needed"]
    reported(cast, case, *firm, MONDAY + timedelta(hours=3))
    assert leave(cast, case, MONDAY + timedelta(hours=4)) == []


def test_each_clock_reminds_whom_it_runs_for_and_then_those_above(
    cast: Cast, case: Case, firm: tuple[Body, User], clock: Clock
) -> None:
    make_plan(cast, case.batch, check_days=6)
    commission(cast, case, firm[0], MONDAY)
    remind(MONDAY + timedelta(days=8))

    def told(user: User, kind: str) -> list[str]:
        rows = Message.objects.filter(recipient=user, kind__in=["remind_last_day", "remind_ahead", "escalate_overdue"])
        return [row.kind for row in rows.order_by("pk") if row.params["clock"] == kind]

    assert told(firm[1], "figure_check") == ["remind_last_day"]
    assert told(cast.member0, "figure_check") == []
    remind(MONDAY + timedelta(days=10))
    assert told(cast.office, "figure_check") == ["escalate_overdue"]
    later = MONDAY + timedelta(days=10)
    door.perform(case, "declare_no_figure_tie", by=firm[1], at=later)
    confirm_all(case, firm[1], later, rd_staff=3)
    hand_in(case, firm[1], later)
    remind(later + timedelta(days=5))
    assert told(cast.member0, "figure_answer") == ["remind_last_day"]
