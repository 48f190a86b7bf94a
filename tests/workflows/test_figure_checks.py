"""Who is verified, by whom not, and what the rules of a check refuse; reminders of its two clocks."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accreditation.enums import LinkKind
from accreditation.errors import AlreadyDone, Denied, NotFound, Refusal
from accreditation.models import (
    AuditEvent,
    Batch,
    Body,
    Case,
    Draft,
    FigureCheck,
    FigureCheckPlan,
    FigureFinding,
    Link,
    Message,
    User,
    VerifiedValue,
)
from accreditation.roles import Role
from accreditation.services import figure_checks, figure_plans
from accreditation.services.drafts import save_draft
from accreditation.services.figure_plans import drawn
from accreditation.services.grants import check_grant
from accreditation.services.rule_sets import rules_of
from accreditation.visibility import may_read_material, visible_cases
from tests.clock import MONDAY, Clock
from tests.factories import steps
from tests.factories.browser import log_in
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
    report_of,
    reported,
)
from tests.factories.recognition import make_municipal_2026
from tests.workflows.test_edition_change import NEW, OLD, mapping
from workflows import deadlines, door
from workflows.edition_change import change_case
from workflows.exports.dossier import write_dossier
from workflows.in_charge import people_of_key
from workflows.opening import open_application
from workflows.presentation.figure_checks import differences
from workflows.presentation.timeline_figures import TELLERS
from workflows.reminding import remind
from workflows.selectors import figure_checks as rows
from workflows.selectors.applicant import own_cases
from workflows.selectors.desks import board
from workflows.tick import tick
from workflows.views.answers import try_verb
from workflows.worklists import inbox_counts

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


def test_report_is_not_older_than_its_commission(cast: Cast, case: Case, firm: tuple[Body, User]) -> None:
    (body, by), later = firm, MONDAY + timedelta(days=3)
    make_plan(cast, case.batch)
    commission(cast, case, body, MONDAY)
    door.perform(case, "declare_no_figure_tie", by=by, at=later)
    confirm_all(case, by, later)
    early = report_of(later) | {"dated": MONDAY.date() - timedelta(days=1)}
    assert codes(case, "hand_in_figure_check", by, later, **early) == ["before_basis"]
    assert codes(case, "hand_in_figure_check", by, later, **report_of(later) | {"dated": MONDAY.date()}) == []


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
    first, key = FigureCheck.objects.get(), ("rd_staff", 2025)
    checked_then, filed_now = rows.figures_of(first)[key], figures_of_case(case)[key]
    assert (filed_now, checked_then == filed_now) == (60, False)  # a finished check shows what was checked
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


def figures_of_case(case: Case) -> dict[Any, Any]:
    return dict(figure_checks.figures_to_check(application_of(case)))


def settle(cast: Cast, case: Case, *, is_adopted: bool) -> None:
    """The applicant answers the first difference that waits, the office decides."""
    finding = difference(case)
    door.perform(case, "answer_figure", by=cast.member0, at=MONDAY, form={"finding": finding, "text": "同意"})
    form = {"finding": finding, "is_adopted": is_adopted, "reason": "账簿可以证明"}
    door.perform(case, "decide_figure", by=cast.office, at=MONDAY, form=form)


def counting(case: Case) -> list[tuple[str, bool]]:
    """Fields of which another value counts than the reported one, and whether a check brought it."""
    values = VerifiedValue.objects.filter(application__case=case, is_current=True).order_by("code")
    return [(row.code, hasattr(row, "finding")) for row in values]


def test_difference_read_by_two_pages_is_decided_and_answered_as_it_stands(
    cast: Cast, case: Case, firm: tuple[Body, User]
) -> None:
    make_plan(cast, case.batch)
    reported(cast, case, *firm, MONDAY, rd_staff=3, rd_expenditure=-40)
    read_before = difference(case)
    said = {"finding": difference(case), "text": "同意核查数"}
    door.perform(case, "answer_figure", by=cast.member0, at=MONDAY, form=said)
    yes = {"finding": read_before, "is_adopted": True, "reason": "账簿可以证明"}
    door.perform(case, "decide_figure", by=cast.office, at=MONDAY, form=yes)
    row = FigureFinding.objects.get(pk=read_before.pk)
    assert (row.answer, row.is_adopted, row.verified is not None) == ("同意核查数", True, True)
    assert codes(case, "answer_figure", cast.member0, finding=read_before, text="不同意") == ["finding_decided"]
    no = {"finding": said["finding"], "is_adopted": False, "reason": "不采用"}
    assert codes(case, "decide_figure", cast.office, **no) == ["finding_decided"]


def test_last_decision_sent_twice_is_taken_once(
    cast: Cast, case: Case, firm: tuple[Body, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY)
    make_plan(cast, case.batch)
    reported(cast, case, *firm, MONDAY, rd_staff=3)
    finding = difference(case)
    door.perform(case, "answer_figure", by=cast.member0, at=MONDAY, form={"finding": finding, "text": "同意"})
    form = {"finding": finding.pk, "is_adopted": "yes", "reason": "账簿可以证明", "request_key": "k" * 32}
    client, page = log_in(Client(), cast.office), reverse("office_figure_check", args=[case.number])
    assert [client.post(page, form).status_code for _time in range(2)] == [302, 302]
    assert VerifiedValue.objects.count() == 1
    assert client.post(page, form | {"finding": "987654"}).status_code == 404


def test_value_of_an_earlier_check_ends_with_a_later_one_and_an_officers_own_stays(
    cast: Cast, case: Case, firm: tuple[Body, User]
) -> None:
    make_plan(cast, case.batch)
    reported(cast, case, *firm, MONDAY, rd_staff=3)
    settle(cast, case, is_adopted=True)
    assert counting(case) == [("rd_staff", True)]
    reported(cast, case, *firm, MONDAY)
    assert counting(case) == []
    reported(cast, case, *firm, MONDAY, rd_staff=3)
    settle(cast, case, is_adopted=True)
    reported(cast, case, *firm, MONDAY, rd_staff=4)
    settle(cast, case, is_adopted=False)
    assert counting(case) == []
    own = {"code": "rd_staff", "year": 2025, "value": Fraction(45), "reason": "现场核对"}
    door.perform(case, "verify_value", by=cast.office, at=MONDAY, form=own)
    reported(cast, case, *firm, MONDAY, rd_staff=5)
    rules, check = rules_of(case.batch), FigureCheck.objects.latest("pk")
    assert "45" in differences(check, rules)[0]["stays"]
    settle(cast, case, is_adopted=False)
    assert counting(case) == [("rd_staff", False)]
    told = [
        str(TELLERS["decide_figure"](row.content, rules))
        for row in AuditEvent.objects.filter(verb="decide_figure").order_by("pk")
    ]
    assert ["审核核定数 45" in text for text in told] == [False, False, False, True]


def test_case_is_not_ended_or_moved_to_another_edition_while_it_is_verified(
    cast: Cast, case: Case, firm: tuple[Body, User]
) -> None:
    make_plan(cast, case.batch)
    commission(cast, case, firm[0], MONDAY)
    assert "figure_check_open" in codes(case, "find_ineligible", cast.office)
    older = mapping(NEW, OLD, under_consultation="under_completeness_check")
    with pytest.raises(Refusal) as refused:
        change_case(case, older, "E1", by=cast.publisher, at=MONDAY, acting_as="publisher", seen=case.state)
    assert [reason.code for reason in refused.value.reasons] == ["figure_check_open"]


def test_person_who_left_for_another_firm_is_not_told(cast: Cast, case: Case, firm: tuple[Body, User]) -> None:
    body, user = firm
    other, left = make_firm(cast, "second", OTHER_FIRM)
    grant(left, Role.VERIFIER, body.district, at=MONDAY)
    left.grants.filter(district=body.district).update(revoked_at=MONDAY)
    assert list(people_of_key(f"verify_figures:{body.district}", cast.at)) == [user]
    assert list(people_of_key(f"verify_figures:{other.district}", cast.at)) == [left]
    make_plan(cast, case.batch)
    commission(cast, case, body, MONDAY)
    assert list(Message.objects.filter(kind="commission_figure_check").values_list("recipient", flat=True)) != []
    assert not Message.objects.filter(recipient=left).exists()


def test_verifier_holds_no_other_role(cast: Cast, firm: tuple[Body, User]) -> None:
    for role in set(Role) - {Role.VERIFIER}:
        with pytest.raises(Refusal) as refused:
            check_grant(firm[1], role, by=cast.office, at=cast.at, district="", ground="测试")
        assert "role_excluded" in [reason.code for reason in refused.value.reasons], role


def test_one_case_that_cannot_be_commissioned_does_not_keep_back_the_others(
    cast: Cast, batch: Batch, firm: tuple[Body, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY)
    gone, other = (checked(cast, batch, n) for n in (0, 2))
    plan = make_plan(cast, batch)

    def tried(request: Any, case: Case, *said: Any) -> Any:
        if case.pk == gone.pk:
            raise NotFound(case.number)
        return try_verb(request, case, *said)

    monkeypatch.setattr("workflows.views.figure_checks.try_verb", tried)
    form = {"act": "commission", "cases": [gone.number, other.number], "body": firm[0].pk, "remark": ""}
    answer = log_in(Client(), cast.office).post(reverse("office_figure_plan", args=[batch.code]), form)
    assert (answer.status_code, f"{gone.number}：本件现在不能委托核查" in answer.content.decode()) == (422, True)
    assert [row.application.case_id for row in FigureCheck.objects.all()] == [other.pk]
    with CaptureQueriesContext(connection) as asked:
        assert [row.check is None for row in rows.asked_of(batch, plan)] == [True, False]
    assert len(asked) == 2


def test_tie_that_is_learnt_later_bars_the_declaration_and_the_report(
    cast: Cast, case: Case, firm: tuple[Body, User]
) -> None:
    make_plan(cast, case.batch)
    body, user = firm
    commission(cast, case, body, MONDAY)
    known = {
        "uscc": case.enterprise.uscc, "other_uscc": body.uscc, "other_name": body.name_zh,
        "kind": LinkKind.SHAREHOLDER, "source": "工商登记", "recorded_by": cast.office, "recorded_at": MONDAY,
    }  # fmt: skip
    link = Link.objects.create(**known)
    assert codes(case, "declare_no_figure_tie", user) == ["body_has_tie"]
    link.delete()
    door.perform(case, "declare_no_figure_tie", by=user, at=MONDAY)
    confirm_all(case, user, MONDAY)
    Link.objects.create(**known)
    assert codes(case, "hand_in_figure_check", user, **report_of(MONDAY)) == ["body_has_tie"]


def test_database_holds_size_of_a_sample_and_value_of_what_is_adopted(
    cast: Cast, case: Case, firm: tuple[Body, User]
) -> None:
    make_plan(cast, case.batch, "sample", sample_size=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        FigureCheckPlan.objects.update(sample_size=None)
    reported(cast, case, *firm, MONDAY, rd_staff=3)
    settle(cast, case, is_adopted=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        FigureFinding.objects.filter(is_adopted=True).update(is_adopted=None)


def test_clocks_of_firm_and_applicant_are_not_the_offices(cast: Cast, case: Case, firm: tuple[Body, User]) -> None:
    make_plan(cast, case.batch, check_days=1, answer_days=1)

    def seen(at: Any) -> tuple[str, int]:
        running = deadlines.running_clock(case)
        assert running is not None
        return running.kind, sum(stage.overdue for stage in board(cast.office, at=at)[0])

    commission(cast, case, firm[0], MONDAY)
    late = MONDAY + timedelta(days=3)
    assert seen(late) == ("completeness_check", 0)
    assert inbox_counts(cast.office, at=late)["overdue"] == 0
    theirs = own_cases(cast.member0, at=MONDAY)[0].clock
    assert theirs is not None
    assert theirs["label"] != "第三方数据核查期限"
    door.perform(case, "declare_no_figure_tie", by=firm[1], at=MONDAY)
    confirm_all(case, firm[1], MONDAY, rd_staff=3)
    hand_in(case, firm[1], MONDAY)
    assert seen(late) == ("completeness_check", 0)
    own = own_cases(cast.member0, at=MONDAY)[0].clock
    assert own is not None
    assert own["label"] == "数据差异说明期限"


def test_finding_that_was_typed_comes_back_until_it_is_recorded(
    cast: Cast, case: Case, firm: tuple[Body, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: MONDAY)
    make_plan(cast, case.batch)
    commission(cast, case, firm[0], MONDAY)
    door.perform(case, "declare_no_figure_tie", by=firm[1], at=MONDAY)
    page, client = reverse("verifier_figure", args=[case.number, "rd_staff", 2025]), log_in(Client(), firm[1])
    save_draft(by=firm[1], form=page, field="remark", text="工资表缺第三页", version=0, at=MONDAY)
    assert "工资表缺第三页" in client.get(page).content.decode()
    assert client.post(page, {"result": "unverifiable", "remark": "缺工资表"}).status_code == 302
    assert not Draft.objects.exists()


def test_dossier_holds_the_report_with_what_was_found(
    cast: Cast, case: Case, firm: tuple[Body, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.exports.dossier.read_file", lambda file: file.sha256.encode())
    make_plan(cast, case.batch)
    reported(cast, case, *firm, MONDAY, rd_staff=3)
    settle(cast, case, is_adopted=True)
    stream = io.BytesIO()
    write_dossier(Case.objects.get(pk=case.pk), stream)
    archive, check = zipfile.ZipFile(stream), FigureCheck.objects.get()
    assert check.report is not None
    assert archive.read("figure-checks/1/报告.pdf").decode() == check.report.sha256
    assert json.loads(archive.read("figure-checks/1/check.json"))["content_sha256"] == check.content_sha256
    found = json.loads(archive.read("figure-checks/1/findings.json"))
    assert [row["answer"] for row in found if row["is_adopted"]] == ["同意"]
