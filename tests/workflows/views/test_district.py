"""The pages of the district bureau: who sees them, what each act does, what is said when it may not be done."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accreditation.enums import ApplicationState as S
from accreditation.models import Application, AuditEvent, Case, CorrectionRequest, GateAnswer, VerifiedValue
from accreditation.services.evaluation import verified_evaluation
from accreditation.visibility import application_of
from tests.clock import STARTED
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast, with_material
from tests.factories.steps import answer_gates
from workflows import door

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
KEY = "k" * 32
OPINION = {"checked": ["identity", "evidence", "figures", "annexes", "gates"], "phrase": "complete", "opinion": "同意"}


@pytest.fixture
def cast(settings: LazySettings) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(STARTED - timedelta(days=1))


@pytest.fixture
def case(cast: Cast) -> Case:
    return filed_case(cast, 0)


@pytest.fixture
def accepted(cast: Cast, case: Case) -> Case:
    door.perform(case, "accept", by=cast.pudong, at=cast.at)
    return case


def as_(user: Any) -> Client:
    return log_in(Client(), user)


def state(case: Case) -> str:
    return str(Application.objects.get(case=case).state)


def post(client: Client, name: str, case: Case, *args: object, **form: Any) -> Any:
    return client.post(reverse(name, args=[case.number, *args]), {"request_key": KEY, **form})


def text(answer: Any) -> str:
    return str(answer.content.decode())


PAGES: list[tuple[str, tuple[str, ...]]] = [
    ("district_case", ()),
    ("district_figures", ()),
    ("district_review", ()),
    ("district_return", ()),
    ("district_changes", ()),
    ("district_verify", ("rd_staff", "year")),
    ("district_gate", ("MG7",)),
    ("district_act", ("find_ineligible",)),
]


def test_every_page_opens_for_own_district_and_for_nobody_else(cast: Cast, accepted: Case) -> None:
    expected = {cast.pudong: 200, cast.jiading: 404, cast.office: 403, cast.member0: 403, cast.stranger: 403}
    for person, status in expected.items():
        client = as_(person)
        for name, arguments in PAGES:
            given = [cast.batch.reporting_year if part == "year" else part for part in arguments]
            assert client.get(reverse(name, args=[accepted.number, *given])).status_code == status, (person, name)


def test_inbox_lists_own_district_only_and_counts_the_urgent(cast: Cast, case: Case) -> None:
    other = filed_case(cast, 1)
    page = as_(cast.pudong).get(reverse("district_inbox"))
    assert case.number in text(page)
    assert other.number not in text(page)
    assert page.context["counts"] == {"all": 1, "overdue": 0, "today": 0, "past_goal": 0, "unclaimed": 1}


def test_inbox_filters_stay_in_the_address_and_are_removable(cast: Cast, case: Case) -> None:
    client = as_(cast.pudong)
    case.deadlines.update(due_at=timezone.now() - timedelta(minutes=1))
    overdue = client.get(reverse("district_inbox"), {"urgency": "overdue", "words": "智能"})
    assert case.number in text(overdue)
    assert overdue.context["filters"]["active"][0]["remove"] == f"{reverse('district_inbox')}?urgency=overdue"
    assert case.number not in text(client.get(reverse("district_inbox"), {"urgency": "today"}))
    assert case.number in text(client.get(reverse("district_inbox"), {"urgency": "nonsense", "page": "99"}))


def test_inbox_sorts_by_due_day_whoever_filed_first(cast: Cast, case: Case) -> None:
    later = filed_case(cast, 2)
    case.deadlines.update(due_at=cast.at + timedelta(days=30))
    rows = as_(cast.pudong).get(reverse("district_inbox")).context["page"].object_list
    assert [row.case.number for row in rows] == [later.number, case.number]


def test_deadline_missed_on_friday_is_overdue_on_saturday(cast: Cast, case: Case, monkeypatch: Any) -> None:
    friday = datetime(2026, 3, 13, 23, 59, 59, tzinfo=timezone.get_default_timezone())
    case.deadlines.update(due_at=friday)
    monkeypatch.setattr("django.utils.timezone.now", lambda: friday + timedelta(hours=10))
    page = as_(cast.pudong).get(reverse("district_inbox"))
    assert page.context["counts"]["overdue"] == 1
    assert page.context["page"].object_list[0].is_overdue
    assert not page.context["page"].object_list[0].is_due_today


def queries_of(client: Client, name: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse(name)).status_code == 200
    return len(queries)


def declined(cast: Cast) -> None:
    """An application declined, so that its enterprise may apply again."""
    door.perform(filed_case(cast, 2), "decline", by=cast.pudong, at=cast.at, form={"reasons": "不属于本区"})


def test_lists_take_as_many_queries_for_three_rows_as_for_one(cast: Cast, case: Case) -> None:
    client, names = as_(cast.pudong), ("district_inbox", "district_done")
    declined(cast)
    for_one = [queries_of(client, name) for name in names]
    declined(cast)
    declined(cast)
    cast.enterprises[1].district = "310115"
    cast.enterprises[1].save()
    filed_case(cast, 1)
    filed_case(cast, 2)
    assert client.get(reverse("district_inbox")).context["page"].paginator.count == 3
    assert client.get(reverse("district_done")).context["page"].paginator.count == 3
    assert [queries_of(client, name) for name in names] == for_one


def test_accept_takes_the_case_up_and_says_so(cast: Cast, case: Case) -> None:
    answer = as_(cast.pudong).post(
        reverse("district_act", args=[case.number, "accept"]), {"request_key": KEY}, follow=True
    )
    assert answer.redirect_chain[0][0] == reverse("district_case", args=[case.number])
    assert state(case) == S.UNDER_FIRST_REVIEW
    assert "已受理" in text(answer)
    assert as_(cast.pudong).get(reverse("district_inbox")).context["counts"]["unclaimed"] == 0


def test_same_form_sent_twice_acts_once(cast: Cast, case: Case) -> None:
    client = as_(cast.pudong)
    for _turn in range(2):
        assert post(client, "district_act", case, "accept").status_code == 302
    assert AuditEvent.objects.filter(chain=f"case:{case.number}", verb="accept").count() == 1


def test_second_officer_is_told_who_was_faster(cast: Cast, case: Case) -> None:
    client = as_(cast.pudong)
    door.perform(case, "accept", by=cast.pudong, at=cast.at)
    answer = client.post(reverse("district_act", args=[case.number, "accept"]), {"request_key": "other"}, follow=True)
    assert answer.status_code == 200
    assert "本件已由浦东初审员示例办理" in text(answer)


def test_decline_asks_for_reasons_then_for_confirmation(cast: Cast, case: Case) -> None:
    client = as_(cast.pudong)
    empty = post(client, "district_act", case, "decline", reasons="")
    assert empty.status_code == 422
    assert "有错误" in text(empty)
    asked = post(client, "district_act", case, "decline", reasons="不属于本区")
    assert state(case) == S.SUBMITTED
    assert 'name="confirmed"' in text(asked)
    assert "不属于本区" in text(asked)
    assert post(client, "district_act", case, "decline", reasons="不属于本区", confirmed="1").status_code == 302
    assert state(case) == S.DECLINED
    assert Case.objects.get(pk=case.pk).letters.filter(kind="decline").exists()


def test_verified_value_counts_at_once_and_keeps_the_reported_one(cast: Cast, accepted: Case) -> None:
    client, year = as_(cast.pudong), cast.batch.reporting_year
    answer = post(client, "district_verify", accepted, "rd_staff", year, value="８０", reason="按 107-2 表")
    assert answer.status_code == 302
    row = VerifiedValue.objects.get()
    assert (Fraction(row.value), row.is_current, row.adopted_by) == (80, True, cast.pudong)
    page = text(client.get(reverse("district_figures", args=[accepted.number])))
    assert "80 人" in page
    assert "88 人" in page
    assert "按 107-2 表" in page


@pytest.mark.parametrize(
    ("value", "said"), [("约八十", "请填数字"), ("-1", "不能小于零"), ("80.5", "小数最多"), ("80 万元", "请填数字")]
)
def test_value_that_the_field_cannot_hold_is_refused_at_its_place(
    cast: Cast, accepted: Case, value: str, said: str
) -> None:
    answer = post(as_(cast.pudong), "district_verify", accepted, "rd_staff", cast.batch.reporting_year, value=value)
    assert answer.status_code == 422
    assert said in text(answer)
    assert 'href="#id_value"' in text(answer)
    assert 'href="#id_reason"' in text(answer)
    assert not VerifiedValue.objects.exists()


def test_unknown_figure_and_text_field_are_no_pages(cast: Cast, accepted: Case) -> None:
    client, year = as_(cast.pudong), cast.batch.reporting_year
    for code in ("nothing", "enterprise_name"):
        assert client.get(reverse("district_verify", args=[accepted.number, code, year])).status_code == 404


def test_gate_is_answered_with_reason_and_shown_with_who_and_when(cast: Cast, accepted: Case) -> None:
    client = as_(cast.pudong)
    assert post(client, "district_gate", accepted, "MG7", is_met="yes", reason="").status_code == 422
    assert post(client, "district_gate", accepted, "MG7", is_met="yes", reason="查负面清单").status_code == 302
    assert GateAnswer.objects.get().is_met is True
    page = text(client.get(reverse("district_case", args=[accepted.number])))
    assert "查负面清单" in page
    assert "浦东初审员示例" in page
    assert client.get(reverse("district_gate", args=[accepted.number, "MG1"])).status_code == 404


def test_recommend_needs_every_check_and_an_opinion(cast: Cast, accepted: Case) -> None:
    client = as_(cast.pudong)
    answer = post(client, "district_review", accepted, decision="recommend", checked=["identity"])
    assert answer.status_code == 422
    assert "尚未核对" in text(answer)
    assert "请选择常用意见或填写意见" in text(answer)
    assert state(accepted) == S.UNDER_FIRST_REVIEW


def test_recommend_shows_every_open_condition(cast: Cast, accepted: Case) -> None:
    answer = post(as_(cast.pudong), "district_review", accepted, decision="recommend", **OPINION)
    assert answer.status_code == 422
    assert "尚未核定" in text(answer)


def test_recommendation_keeps_opinion_and_checks(cast: Cast, accepted: Case) -> None:
    answer_gates(accepted, cast.pudong, cast.at)
    answer = post(as_(cast.pudong), "district_review", accepted, decision="recommend", **OPINION)
    assert answer.status_code == 302
    assert state(accepted) == S.UNDER_COMPLETENESS_CHECK
    opinion = accepted.application.first_reviews.get().opinion
    assert opinion.startswith("材料齐全，数据与证明材料相符")
    assert "同意" in opinion
    assert "已核对：单位名称" in opinion


def test_not_recommending_is_confirmed_and_needs_no_checks(cast: Cast, accepted: Case) -> None:
    client = as_(cast.pudong)
    form = {"decision": "not_recommend", "opinion": "主要数据不实"}
    assert 'name="confirmed"' in text(post(client, "district_review", accepted, **form))
    assert state(accepted) == S.UNDER_FIRST_REVIEW
    post(client, "district_review", accepted, confirmed="1", **form)
    assert state(accepted) == S.NOT_RECOMMENDED


def test_ineligible_needs_a_failed_condition_and_lists_it(cast: Cast) -> None:
    failed = filed_case(cast, 0, rd_staff_stat=10)
    door.perform(failed, "accept", by=cast.pudong, at=cast.at)
    client = as_(cast.pudong)
    page = text(client.get(reverse("district_act", args=[failed.number, "find_ineligible"])))
    assert "上一年度研究开发人员不低于60人" in page
    post(client, "district_act", failed, "find_ineligible", confirmed="1")
    assert state(failed) == S.INELIGIBLE


def test_ineligible_without_a_failed_condition_is_refused(cast: Cast, accepted: Case) -> None:
    answer = post(as_(cast.pudong), "district_act", accepted, "find_ineligible", confirmed="1")
    assert answer.status_code == 422
    assert "没有不符合的申报条件" in text(answer)


def test_return_is_ticked_then_remarked_and_lists_everything_once(cast: Cast, accepted: Case) -> None:
    client, year = as_(cast.pudong), cast.batch.reporting_year
    address = reverse("district_return", args=[accepted.number])
    assert f'value="figure.rd_staff.{year}"' in text(client.get(address))
    targets = [f"figure.rd_staff.{year}", "annex.rd_projects", "evidence.audit_report"]
    second = text(client.get(address, {"target": targets, "go": "1"}))
    assert second.count('class="return-point"') == 3
    form = {
        "target": targets,
        f"phrase-figure.rd_staff.{year}": "mismatch",
        f"remark-figure.rd_staff.{year}": "107-2 表为 85 人",
        "phrase-evidence.audit_report": "pages",
        "general": "请一次补齐",
    }
    missing = post(client, "district_return", accepted, **form)
    assert missing.status_code == 422
    assert 'href="#id_remark-annex.rd_projects"' in text(missing)
    assert (
        post(client, "district_return", accepted, **form, **{"remark-annex.rd_projects": "缺 3 行"}).status_code == 302
    )
    assert state(accepted) == S.RETURNED
    request = CorrectionRequest.objects.get()
    points = {(point.target, point.code, point.year): point for point in request.points.all()}
    assert set(points) == {
        ("figure", "rd_staff", year), ("annex", "rd_projects", None), ("evidence", "audit_report", None)
    }  # fmt: skip
    assert points["figure", "rd_staff", year].remark == (
        "填报数与证明材料不一致，请核对后更正，或补充证明并说明差异。\n107-2 表为 85 人"
    )
    assert points["figure", "rd_staff", year].clause.startswith("沪经信技〔2022〕145号，A-03，")
    assert request.general_remark == "请一次补齐"


def test_return_without_a_tick_shows_the_first_step_again(cast: Cast, accepted: Case) -> None:
    page = text(as_(cast.pudong).get(reverse("district_return", args=[accepted.number]), {"go": "1"}))
    assert "请至少勾选一项" in page


def test_second_return_beyond_the_allowed_number_is_refused(cast: Cast, accepted: Case) -> None:
    client = as_(cast.pudong)
    form = {"target": ["evidence.licence"], "phrase-evidence.licence": "missing"}
    post(client, "district_return", accepted, **form)
    with_material(accepted, cast.member0, timezone.now())
    door.perform(accepted, "correct", by=cast.member0, at=timezone.now(), form={"declaration": True})
    answer = client.post(reverse("district_return", args=[accepted.number]), {"request_key": "again", **form})
    assert answer.status_code == 422
    assert "再次退回的理由" in text(answer)
    assert Application.objects.get(case=accepted).state == "under_first_review"


def test_correction_shows_the_changed_cells(cast: Cast, accepted: Case) -> None:
    client = as_(cast.pudong)
    place = f"figure.rd_staff.{cast.batch.reporting_year}"
    post(client, "district_return", accepted, target=[place], **{f"remark-{place}": "请核对"})
    with_material(accepted, cast.member0, timezone.now(), rd_staff=85)
    door.perform(accepted, "correct", by=cast.member0, at=timezone.now(), form={"declaration": True})
    page = text(client.get(reverse("district_changes", args=[accepted.number])))
    assert "第 1 版 → 第 2 版" in page
    assert "<del>88 人</del>" in page
    assert "<strong>85 人</strong>" in page


def test_district_does_not_learn_the_names_of_experts(cast: Cast, accepted: Case) -> None:
    answer_gates(accepted, cast.pudong, cast.at)
    door.perform(accepted, "recommend", by=cast.pudong, at=cast.at, form={"opinion": "同意"})
    door.perform(accepted, "pass_completeness_check", by=cast.office, at=cast.at)
    door.perform(
        accepted, "appoint_panel", by=cast.office, at=cast.at, form={"experts": cast.experts[:5], "reason": "测试指定"}
    )
    door.perform(accepted, "recuse", by=cast.experts[0], at=cast.at, form={"tie": "曾任顾问"})
    page = text(as_(cast.pudong).get(reverse("district_case", args=[accepted.number])))
    assert "专家0示例" not in page
    assert "曾任顾问" not in page


def test_pages_of_acts_that_are_over_are_gone_but_their_case_stays(cast: Cast, accepted: Case) -> None:
    answer_gates(accepted, cast.pudong, cast.at)
    door.perform(accepted, "recommend", by=cast.pudong, at=cast.at, form={"opinion": "同意"})
    client = as_(cast.pudong)
    for name in ("district_review", "district_return"):
        assert client.get(reverse(name, args=[accepted.number])).status_code == 404
    assert client.get(reverse("district_case", args=[accepted.number])).status_code == 200
    assert accepted.number in text(client.get(reverse("district_done")))


def test_officer_who_acts_for_the_enterprise_does_not_see_it_as_an_officer(cast: Cast, case: Case) -> None:
    case.enterprise.members.create(user=cast.pudong, requested_at=cast.at)
    assert as_(cast.pudong).get(reverse("district_case", args=[case.number])).status_code == 404


def test_verified_score_follows_the_verified_value(cast: Cast, accepted: Case) -> None:
    post(as_(cast.pudong), "district_verify", accepted, "rd_staff_stat", cast.batch.reporting_year,
         value="10", reason="按统计表")  # fmt: skip
    found = verified_evaluation(application_of(accepted))
    assert found is not None
    assert [gate.code for gate in found.failed_gates] == ["MG4"]
