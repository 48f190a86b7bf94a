"""Edition 2026: a third party verifies the figures of one case, on the pages of everybody who takes part."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.audit import verify_all
from accreditation.enums import ApplicationState as S
from accreditation.models import Body, Case, Deadline, FigureCheck, Message, User, VerifiedValue
from accreditation.roles import Role
from accreditation.services.evaluation import reported_evaluation, verified_evaluation
from accreditation.services.figure_checks import figures_to_check
from tests.clock import Clock
from tests.factories import steps
from tests.factories.cast import Cast, grant, make_cast, person, with_material
from tests.factories.figure_checks import application_of
from tests.factories.recognition import answer, ask, make_municipal_2026
from tests.journeys.test_district_recognition import client_of, opened, pdf, send, state
from workflows import door
from workflows.consistency import check_all
from workflows.opening import open_application
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FIELD = "rd_staff"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_cast(clock.at)


def checked_case(cast: Cast, clock: Clock) -> Case:
    """Filed and recommended by the district, in a batch of edition 2026."""
    batch = make_municipal_2026(cast)
    case = open_application(cast.enterprises[0], batch, by=cast.member0, at=clock.at)
    with_material(case, cast.member0, clock.at)
    door.perform(case, "submit", by=cast.member0, at=clock.at, form={"declaration": True, "insists": True})
    steps.recommend(cast, case, clock.at)
    return case


def firm_on_the_page(cast: Cast, clock: Clock) -> User:
    office = cast.people["office"]
    said = {"name_zh": "示例会计师事务所", "name_en": "Example Accountants", "contact": ""}
    wrong = client_of(office).post(reverse("office_verifiers"), said | {"uscc": "123"})
    assert wrong.status_code == 422
    send(office, "office_verifiers", **said, uscc="91310000MADEMH1K0A")
    user = person("verifier", "核查员示例")
    grant(user, Role.VERIFIER, Body.objects.get(name_zh="示例会计师事务所").district, at=clock.at)
    return user


def commission(cast: Cast, case: Case, firm: User) -> None:
    """The plan has every case verified; the office commissions the body; nobody but it sees the case."""
    office, number, batch = cast.people["office"], case.number, case.batch
    assert batch is not None
    plan = {"act": "plan", "scope": "all", "check_days": "10", "answer_days": "3", "ground": "示例委托书"}
    assert (
        client_of(office).post(reverse("office_figure_plan", args=[batch.code]), plan | {"ground": ""}).status_code
        == 422
    )
    send(office, "office_figure_plan", batch.code, **plan)
    assert client_of(firm).get(reverse("verifier_case", args=[number])).status_code == 404
    body = Body.objects.get(name_zh="示例会计师事务所")
    send(office, "office_figure_plan", batch.code, act="commission", cases=[number], body=body.pk, remark="重点核对")
    assert case.enterprise.name in opened(firm, "verifier_checks")
    assert Message.objects.filter(recipient=firm, kind="commission_figure_check").exists()


def verify(case: Case, firm: User) -> None:
    """Declared, every figure confirmed but one that differs and one that cannot be verified; handed in, sealed."""
    number, application = case.number, application_of(case)
    evidence = application.evidence.filter(removed_at=None)[0]
    before = client_of(firm).get(reverse("verifier_evidence", args=[number, evidence.pk]))
    assert (before.status_code, "声明之前不显示申报材料" in opened(firm, "verifier_case", number)) == (404, True)
    send(firm, "verifier_case", number)
    keys = list(figures_to_check(application))
    first, last = (FIELD, 2025), keys[-1]
    assert first in keys
    send(firm, "verifier_case", number, figure=[f"{code}.{year}" for code, year in keys if (code, year) != first])
    early = client_of(firm).post(reverse("verifier_hand_in", args=[number]), report())
    assert (early.status_code, "还有 1 项数据没有核查结果" in early.content.decode()) == (422, True)
    address = reverse("verifier_figure", args=[number, *first])
    differs = {"result": "differs", "value": "55", "remark": "与工资表不一致"}
    assert client_of(firm).post(address, differs).status_code == 422  # no reference
    send(firm, "verifier_figure", number, *first, **differs, reference="工资表第 3 页", evidence=evidence.pk)
    send(firm, "verifier_figure", number, *last, result="unverifiable", remark="未提供合同")
    send(firm, "verifier_hand_in", number, **report())
    assert client_of(firm).get(reverse("verifier_case", args=[number])).status_code == 404
    check = FigureCheck.objects.get(application__case=case)
    assert check.content_sha256 in opened(firm, "verifier_checks")
    assert client_of(firm).get(reverse("verifier_report", args=[check.pk])).status_code == 200


def report() -> dict[str, Any]:
    said = {"number": "专审〔2026〕8号", "dated": "2026-03-02", "conclusion": "除差异外相符", "confirmed": "on"}
    return said | {"file": pdf("report.pdf")}


def settle(cast: Cast, case: Case) -> None:
    """The applicant answers, the office adopts; both figures stay visible, the score says which it used."""
    number, office, me = case.number, cast.people["office"], cast.people["member0"]
    finding = FigureCheck.objects.get(application__case=case).findings.get(result="differs")
    page, chosen = reverse("office_figure_check", args=[number]), {"finding": finding.pk}
    yes = chosen | {"is_adopted": "yes", "reason": "工资表可以证明"}
    early = client_of(office).post(page, yes)
    assert (early.status_code, "说明期限未满" in early.content.decode()) == (422, True)
    assert "工资表第 3 页" in opened(me, "my_figure_check", number)
    send(me, "my_figure_check", number, finding=finding.pk, text="同意，漏计了离职人员")
    assert "同意，漏计了离职人员" in opened(office, "office_figure_check", number)
    before = reported_evaluation(application_of(case))
    send(office, "office_figure_check", number, **yes)
    after = verified_evaluation(application_of(case))
    assert before is not None
    assert after is not None
    assert before.total != after.total
    row = VerifiedValue.objects.get(application__case=case, is_current=True)
    assert (Fraction(row.value), row.finding.figure_check.state) == (55, "check_settled")
    for who, name in ((office, "office_case"), (me, "my_score")):
        text = opened(who, name, number)
        assert "采用第三方核查数（示例会计师事务所，报告 " in text
        assert "填报数 " in text


def test_figures_are_verified_answered_and_adopted_before_the_case_goes_on(cast: Cast, clock: Clock) -> None:
    firm, case = firm_on_the_page(cast, clock), checked_case(cast, clock)
    commission(cast, case, firm)
    ask(cast, case, clock.at)
    for department in ("science", "finance", "customs", "tax"):
        answer(cast, case, clock.at, department)
    office, opinion = cast.people["office"], {"opinion": "齐全"}
    held = client_of(office).post(reverse("office_act", args=[case.number, "conclude_consultation"]), opinion)
    assert (held.status_code, "第三方数据核查尚未办结" in held.content.decode()) == (422, True)
    verify(case, firm)
    settle(cast, case)
    clocks = Deadline.objects.filter(case=case, kind__in=["figure_check", "figure_answer"]).order_by("pk")
    assert [(row.kind, row.state) for row in clocks] == [("figure_check", "met"), ("figure_answer", "met")]
    clock.advance(days=30)
    tick(clock.at)
    send(office, "office_act", case.number, "conclude_consultation", **opinion)
    assert state(case.number) == S.AWAITING_PANEL
    assert verify_all()[1] == []
    assert list(check_all()) == []


def test_strangers_and_other_firms_do_not_find_the_case(cast: Cast, clock: Clock) -> None:
    firm, case = firm_on_the_page(cast, clock), checked_case(cast, clock)
    commission(cast, case, firm)
    other = person("other_firm", "他所核查员示例")
    grant(other, Role.VERIFIER, "V99999", at=clock.at)
    for name in ("verifier_case", "verifier_refuse", "verifier_hand_in", "case"):
        assert client_of(other).get(reverse(name, args=[case.number])).status_code == 404
    for name in ("staff_evidence", "expert_evidence", "verifier_evidence"):
        evidence = application_of(case).evidence.all()[0]
        assert client_of(firm).get(reverse(name, args=[case.number, evidence.pk])).status_code in (403, 404)
    assert Client().get(reverse("verifier_checks")).status_code == 302
