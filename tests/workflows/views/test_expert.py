"""Pages of the experts: declaration before material, sealed marks, and nothing of one expert on another's page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accreditation.enums import ApplicationState as S
from accreditation.enums import SeatState
from accreditation.models import Application, AuditEvent, Case, Draft, Review, Seat, VerifiedValue
from accreditation.services.evaluation import verified_evaluation
from accreditation.services.files import keep_file
from accreditation.services.rule_sets import rules_of
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.steps import marks, recommend, seat_panel
from workflows import door
from workflows.presentation.scores import total_text
from workflows.workdays import SHANGHAI

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SECRET_REASON = "只有一号专家写过的理由"
SECRET_OPINION = "只有一号专家写过的意见"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_cast(clock.at)


@pytest.fixture
def case(cast: Cast, clock: Clock) -> Case:
    """Under review by the first five experts."""
    return seated(cast, clock)


def seated(cast: Cast, clock: Clock, n: int = 0) -> Case:
    case = filed_case(cast, n)
    recommend(cast, case, clock.at)
    seat_panel(cast, case, clock.at)
    return case


def as_expert(cast: Cast, n: int = 0) -> Client:
    return log_in(Client(), cast.experts[n])


def sheet(case: Case, **changed: str) -> dict[str, str]:
    """The score sheet as a browser sends it."""
    section = rules_of(case.application.batch).expert_review
    assert section is not None
    fields = {"opinion": "同意推荐", "request_key": "sheet-1"}
    for heading in section.headings:
        fields |= {f"points-{heading.code}": "20.5", f"reason-{heading.code}": "条件具备"}
    return fields | changed


def page(name: str, case: Case, *more: object) -> str:
    return reverse(name, args=[case.number, *more])


def state(case: Case, expert: int, cast: Cast) -> str:
    return str(Seat.objects.get(panel__application__case=case, expert=cast.experts[expert]).state)


def test_tasks_and_history_list_own_seats_only(cast: Cast, case: Case) -> None:
    assert case.number in as_expert(cast).get(reverse("expert_tasks")).content.decode()
    assert case.number not in as_expert(cast, 6).get(reverse("expert_tasks")).content.decode()
    assert as_expert(cast).get(reverse("expert_history")).status_code == 200


def test_query_count_of_tasks_does_not_grow_with_rows(cast: Cast, clock: Clock, case: Case) -> None:
    def queries() -> int:
        client = as_expert(cast)
        client.get(reverse("expert_tasks"))
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(reverse("expert_tasks")).status_code == 200
        return len(found)

    one = queries()
    for n in (1, 2):
        seated(cast, clock, n)
    assert queries() == one


def test_before_the_declaration_nothing_of_the_material_is_shown(cast: Cast, case: Case) -> None:
    text = as_expert(cast).get(page("expert_case", case)).content.decode()
    assert case.enterprise.name in text
    assert "声明无利害关系" in text
    assert "评价数据" not in text
    assert "520,000" not in text


def test_ties_that_the_records_show_are_told(cast: Cast, case: Case) -> None:
    profile = cast.experts[0].expert
    profile.employer = case.enterprise.name
    profile.save()
    assert "任职于该单位" in as_expert(cast).get(page("expert_case", case)).content.decode()


def test_evidence_is_closed_before_the_declaration_and_open_after_it(
    cast: Cast, case: Case, clock: Clock, var_dir: Any
) -> None:
    row = case.application.evidence.order_by("pk").first()
    assert row is not None
    keep_file(f"{case.number}{row.kind}".encode(), media_type="application/pdf", at=clock.at)
    client = as_expert(cast)
    assert client.get(page("expert_evidence", case, row.pk)).status_code == 404
    client.post(page("expert_declare", case), {"request_key": "d1"})
    answer = client.get(page("expert_evidence", case, row.pk))
    assert answer.status_code == 200
    assert answer.content == f"{case.number}{row.kind}".encode()


def test_evidence_of_another_case_is_not_found_under_this_number(cast: Cast, clock: Clock, case: Case) -> None:
    other = seated(cast, clock, 2)
    client = as_expert(cast)
    for one in (case, other):
        client.post(page("expert_declare", one))
    row = other.application.evidence.order_by("pk").first()
    assert row is not None
    assert client.get(page("expert_evidence", case, row.pk)).status_code == 404


def test_declaration_opens_material_and_sheet(cast: Cast, case: Case) -> None:
    client = as_expert(cast)
    answer = client.post(page("expert_declare", case), {"request_key": "d1"})
    assert answer.status_code == 302
    assert state(case, 0, cast) == SeatState.CLEARED
    text = client.get(page("expert_case", case)).content.decode()
    for part in ("评分表", "评价数据", "规则得分", "材料清单", "520,000", "每一项得分是怎样算出来的"):
        assert part in text
    assert "021-00000003" not in text


def test_table_of_points_closes_with_the_total_as_it_counts(cast: Cast, case: Case) -> None:
    client = as_expert(cast)
    client.post(page("expert_declare", case), {"request_key": "k" * 32})
    text = client.get(page("expert_case", case)).content.decode()
    evaluation = verified_evaluation(Application.objects.get(case=case))
    assert evaluation is not None
    shown = total_text(evaluation)
    assert re.fullmatch(r"\d+\.\d\d", shown)
    assert f'<td role="cell" class="numeric number"><strong>{shown}</strong> / 100</td>' in text


def test_declaration_sent_twice_is_carried_out_once(cast: Cast, case: Case) -> None:
    client = as_expert(cast)
    for _turn in range(2):
        assert client.post(page("expert_declare", case), {"request_key": "d1"}).status_code == 302
    assert AuditEvent.objects.filter(verb="declare_no_tie").count() == 1


def test_recusal_needs_a_tie_and_closes_the_case(cast: Cast, case: Case) -> None:
    client = as_expert(cast)
    refused = client.post(page("expert_recuse", case), {"tie": "", "request_key": "r1"})
    assert refused.status_code == 422
    assert "error-summary" in refused.content.decode()
    answer = client.post(page("expert_recuse", case), {"tie": "曾任该单位顾问", "request_key": "r2"})
    assert answer.status_code == 302
    assert state(case, 0, cast) == SeatState.RECUSED
    for name in ("expert_case", "expert_recuse"):
        assert client.get(page(name, case)).status_code == 404
    assert case.number in client.get(reverse("expert_history")).content.decode()


def test_sheet_shows_every_fault_at_its_field(cast: Cast, case: Case) -> None:
    client = as_expert(cast)
    client.post(page("expert_declare", case))
    bad = sheet(case, **{"points-strategy": "26", "points-capability": "3.3", "points-results": "很好", "opinion": ""})
    answer = client.post(page("expert_case", case), bad)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "有错误" in text
    for field in ("id_points-strategy", "id_points-capability", "id_points-results", "id_opinion"):
        assert f'href="#{field}"' in text
    assert "20.5" in text


def test_confirm_shows_all_marks_with_their_total_and_submits_once(cast: Cast, case: Case) -> None:
    client = as_expert(cast)
    client.post(page("expert_declare", case))
    asked = client.post(page("expert_case", case), sheet(case))
    text = asked.content.decode()
    assert asked.status_code == 200
    assert "82 / 100 分" in text
    assert not Review.objects.exists()
    for _turn in range(2):
        assert client.post(page("expert_confirm", case), sheet(case)).status_code == 302
    review = Review.objects.get()
    assert review.marks["strategy"] == {"points": "20.5", "reason": "条件具备"}
    text = client.get(page("expert_case", case)).content.decode()
    assert review.sealed_hash in text
    assert "确认并提交" not in text


def test_going_back_from_confirm_keeps_what_was_typed(cast: Cast, case: Case) -> None:
    client = as_expert(cast)
    client.post(page("expert_declare", case))
    text = client.post(page("expert_case", case), sheet(case, edit="1", opinion="改一改再交")).content.decode()
    assert "改一改再交" in text
    assert "核对并提交" in text


def test_full_width_digits_are_read_as_numbers(cast: Cast, case: Case) -> None:
    client = as_expert(cast)
    client.post(page("expert_declare", case))
    assert (
        "76.5 / 100"
        in client.post(page("expert_case", case), sheet(case, **{"points-strategy": "１５"})).content.decode()
    )


def test_submit_without_declaration_is_not_found(cast: Cast, case: Case) -> None:
    assert as_expert(cast).post(page("expert_confirm", case), sheet(case)).status_code == 404
    assert not Review.objects.exists()


def test_marks_typed_before_a_time_out_are_back_after_it(cast: Cast, case: Case) -> None:
    client = as_expert(cast)
    client.post(page("expert_declare", case))
    address = page("expert_case", case)
    saved = client.post(
        f"{reverse('draft_save')}?form={address}", {"field": "reason-strategy", "value": "刚写了一半", "version": ""}
    )
    assert saved.status_code == 200
    again = as_expert(cast)
    assert "刚写了一半" in again.get(address).content.decode()
    again.post(page("expert_confirm", case), sheet(case))
    assert not Draft.objects.filter(form=address).exists()


def test_post_that_came_too_late_is_held_and_brought_back(cast: Cast, case: Case) -> None:
    client = as_expert(cast)
    client.post(page("expert_declare", case))
    address = page("expert_case", case)
    client.get(address)
    client.cookies.pop("sessionid")
    late = client.post(address, sheet(case, opinion="超时前写的意见"), HTTP_REFERER=f"http://testserver{address}")
    assert late.status_code == 302
    log_in(client, cast.experts[0])
    assert "超时前写的意见" in client.get(address).content.decode()


def test_proposed_value_is_kept_and_does_not_count(cast: Cast, case: Case, clock: Clock) -> None:
    client = as_expert(cast)
    client.post(page("expert_declare", case))
    year = clock.at.astimezone(SHANGHAI).year - 1
    year = case.application.batch.reporting_year or year
    address = page("expert_value", case, "rd_staff", year)
    assert client.get(address).status_code == 200
    refused = client.post(address, {"value": "八十", "reason": "", "request_key": "v1"})
    assert refused.status_code == 422
    assert client.post(address, {"value": "80", "reason": "花名册为 80 人", "request_key": "v2"}).status_code == 302
    row = VerifiedValue.objects.get()
    assert (row.value, row.is_current, row.adopted_at) == ("80", False, None)
    assert "花名册为 80 人" in client.get(page("expert_case", case)).content.decode()
    assert client.get(page("expert_value", case, "no_such_field", year)).status_code == 404


# --- blindness ---------------------------------------------------------------------------------------------------
def test_no_page_of_an_expert_holds_anything_of_another(cast: Cast, case: Case, clock: Clock) -> None:
    year = case.application.batch.reporting_year
    first, second = as_expert(cast, 0), as_expert(cast, 1)
    for client in (first, second):
        client.post(page("expert_declare", case))
    first.post(page("expert_value", case, "rd_staff", year), {"value": "80", "reason": SECRET_REASON})
    first.post(
        page("expert_confirm", case), sheet(case, **{"reason-strategy": SECRET_REASON, "opinion": SECRET_OPINION})
    )
    shown = [second.get(page("expert_case", case))]
    second.post(page("expert_confirm", case), sheet(case, request_key="sheet-2"))
    for expert in cast.experts[2:5]:
        door.perform(case, "declare_no_tie", by=expert, at=clock.at)
        door.perform(
            case, "submit_review", by=expert, at=clock.at, form={"marks": marks(case, 3), "opinion": SECRET_OPINION}
        )
    assert Application.objects.get(case=case).state == S.UNDER_OVERALL_REVIEW
    shown += [
        second.get(page("expert_case", case)),
        second.get(reverse("expert_tasks")),
        second.get(reverse("expert_history")),
    ]
    for answer in shown:
        text = answer.content.decode()
        assert answer.status_code == 200
        assert SECRET_REASON not in text
        assert SECRET_OPINION not in text
        assert [expert.name for expert in cast.experts if expert != cast.experts[1] and expert.name in text] == []


@pytest.mark.parametrize("name", ["expert_case", "expert_recuse", "expert_declare", "expert_confirm"])
def test_expert_without_a_seat_finds_nothing(cast: Cast, case: Case, name: str) -> None:
    client = as_expert(cast, 6)
    call = client.post if name in ("expert_declare", "expert_confirm") else client.get
    assert call(page(name, case)).status_code == 404


@pytest.mark.parametrize("who", ["member0", "pudong", "office", "auditor", "stranger", "operator"])
def test_other_roles_are_refused(cast: Cast, case: Case, who: str) -> None:
    client = log_in(Client(), cast.people[who])
    assert client.get(reverse("expert_tasks")).status_code == 403
    assert client.get(page("expert_case", case)).status_code == 403


def test_visitor_is_sent_to_log_in(cast: Cast, case: Case) -> None:
    answer = Client().get(page("expert_case", case))
    assert answer.status_code == 302
    assert reverse("account_login") in answer.headers["Location"]


def test_successor_sees_the_case_and_the_recused_expert_does_not(cast: Cast, case: Case, clock: Clock) -> None:
    door.perform(case, "recuse", by=cast.experts[0], at=clock.at, form={"tie": "曾任该单位顾问"})
    vacant = Seat.objects.get(panel__application__case=case, expert=cast.experts[0])
    door.perform(
        case,
        "replace_expert",
        by=cast.office,
        at=clock.at,
        form={"vacant": vacant, "expert": cast.experts[5], "reason": "测试指定"},
    )
    assert as_expert(cast, 5).get(page("expert_case", case)).status_code == 200
    assert as_expert(cast, 0).get(page("expert_case", case)).status_code == 404
