"""The pages of the municipal office: board, search, check, panel, marks, trail, batches, files, the way to a case."""

from __future__ import annotations

import re
from datetime import timedelta
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
from accreditation.enums import SeatState
from accreditation.models import (
    Application,
    AuditEvent,
    Batch,
    BatchProposal,
    Case,
    Evidence,
    RuleSetEdition,
    Seat,
    VerifiedValue,
)
from accreditation.services.files import keep_file
from accreditation.services.rule_sets import rules_of
from tests.clock import STARTED
from tests.factories.batches import another_officer
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.steps import marks, recommend, review_all, seat_panel
from workflows import door

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CHECKED = ["identity", "evidence", "figures", "annexes", "gates"]


@pytest.fixture
def cast(settings: LazySettings) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(STARTED - timedelta(days=1))


@pytest.fixture
def case(cast: Cast) -> Case:
    """Recommended, waiting for the completeness check."""
    case = filed_case(cast, 0)
    recommend(cast, case, cast.at)
    return case


def as_(user: Any) -> Client:
    return log_in(Client(), user)


def state(case: Case) -> str:
    return str(Application.objects.get(case=case).state)


def post(client: Client, name: str, case: Case, *args: object, **form: Any) -> Any:
    return client.post(reverse(name, args=[case.number, *args]), {"request_key": "k" * 32} | form)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


OWN = ["office_inbox", "office_cases", "office_batches", "office_batch_new", "office_objections", "office_certificates"]


def test_desks_of_the_office_open_for_it_alone(cast: Cast) -> None:
    for name in OWN:
        assert as_(cast.office).get(reverse(name)).status_code == 200, name
        for person in (cast.pudong, cast.publisher, cast.auditor, cast.member0, cast.experts[0], cast.members[0]):
            assert as_(person).get(reverse(name)).status_code == 403, (person, name)


def test_case_pages_open_for_the_office_alone(cast: Cast, case: Case) -> None:
    names = ["office_case", "office_figures", "office_review", "office_return", "office_changes", "office_trail"]
    for person, status in ((cast.office, 200), (cast.pudong, 403), (cast.publisher, 403), (cast.member0, 403)):
        client = as_(person)
        for name in names:
            assert client.get(reverse(name, args=[case.number])).status_code == status, (person, name)
    assert as_(cast.office).get(reverse("office_case", args=["SHETC-2026-9999"])).status_code == 404


def test_draft_is_no_case_for_the_office(cast: Cast, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(state=S.DRAFT)
    client = as_(cast.office)
    assert client.get(reverse("office_case", args=[case.number])).status_code == 404
    assert case.number not in text(client.get(reverse("office_cases")))


def test_board_counts_stages_and_puts_the_most_overdue_district_first(cast: Cast, case: Case) -> None:
    late = filed_case(cast, 1)
    late.deadlines.update(due_at=timezone.now() - timedelta(minutes=1))
    context = as_(cast.office).get(reverse("office_inbox")).context
    assert [(stage["count"], stage["overdue"]) for stage in context["stages"]] == [
        (1, 1), (1, 0), (0, 0), (0, 0), (0, 0), (0, 0)
    ]  # fmt: skip
    assert [(load.district, load.overdue) for load in context["districts"]] == [("310114", 1), ("310115", 0)]
    assert [row.case.number for row in context["page"].object_list] == [case.number]


def test_search_finds_by_number_name_code_district_batch_and_state(cast: Cast, case: Case) -> None:
    other, client = filed_case(cast, 1), as_(cast.office)
    for asked in (
        {"words": case.number}, {"words": "智能装备"}, {"words": cast.enterprises[0].uscc}, {"district": "310115"},
        {"state": S.UNDER_COMPLETENESS_CHECK, "batch": cast.batch.code},
    ):  # fmt: skip
        page = text(client.get(reverse("office_cases"), asked))
        assert case.number in page, asked
        assert reverse("office_case", args=[other.number]) not in page, asked


def test_lists_take_as_many_queries_for_three_rows_as_for_one(cast: Cast, case: Case) -> None:
    client, names = as_(cast.office), [reverse("office_inbox"), reverse("office_cases"), reverse("office_batches")]
    for_one = [queries_of(client, name) for name in names]
    for n in (1, 2):
        recommend(cast, filed_case(cast, n), cast.at)
    assert client.get(names[0]).context["page"].paginator.count == 3
    assert [queries_of(client, name) for name in names] == for_one


def test_check_passes_with_every_tick_and_keeps_the_opinion(cast: Cast, case: Case) -> None:
    client = as_(cast.office)
    assert post(client, "office_review", case, checked=["identity"], phrase="in_order").status_code == 422
    answer = post(client, "office_review", case, checked=CHECKED, phrase="in_order")
    assert answer.status_code == 302
    assert state(case) == S.AWAITING_PANEL
    event = AuditEvent.objects.get(chain=f"case:{case.number}", verb="pass_completeness_check")
    assert event.content["opinion"].startswith("材料齐全，格式符合要求")


def test_office_returns_and_verifies_at_its_own_level(cast: Cast, case: Case) -> None:
    client, year = as_(cast.office), cast.batch.reporting_year
    form = {"value": "80", "reason": "按统计表", "request_key": "v" * 32}
    assert post(client, "office_verify", case, "rd_staff", year, **form).status_code == 302
    answer = post(client, "office_return", case, target=["evidence.licence"], **{"phrase-evidence.licence": "seal"})
    assert answer.status_code == 302
    application = Application.objects.get(case=case)
    assert (application.state, application.returned_by) == (S.RETURNED, "office")


def test_panel_takes_exactly_five_without_ties(cast: Cast, case: Case) -> None:
    door.perform(case, "pass_completeness_check", by=cast.office, at=cast.at)
    tied = cast.experts[7].expert
    tied.employer = cast.enterprises[0].name
    tied.save()
    client = as_(cast.office)
    page = client.get(reverse("office_panel", args=[case.number]))
    assert [one.person for one in page.context["pool"] if not one.is_selectable] == [cast.experts[7]]
    assert f'value="{cast.experts[7].pk}"' not in text(page)
    assert "任职于该单位" in text(page)
    four = post(client, "office_panel", case, experts=[person.pk for person in cast.experts[:4]])
    assert four.status_code == 422
    assert "须选 5 名专家，现选 4 名" in text(four)
    forced = post(
        client,
        "office_panel",
        case,
        experts=[person.pk for person in [*cast.experts[:4], cast.experts[7]]],
        reason="另行指定",
    )
    assert forced.status_code == 422
    five = [p.pk for p in cast.experts[:5]]
    assert post(client, "office_panel", case, experts=five).status_code == 422
    assert post(client, "office_panel", case, experts=five, reason="另行指定").status_code == 302
    assert state(case) == S.UNDER_EXPERT_REVIEW


def test_pool_suggests_the_least_loaded_and_asks_as_often_for_many_as_for_few(cast: Cast, case: Case) -> None:
    second = filed_case(cast, 2)
    recommend(cast, second, cast.at)
    seat_panel(cast, case, cast.at)
    door.perform(second, "pass_completeness_check", by=cast.office, at=cast.at)
    client, address = as_(cast.office), reverse("office_panel", args=[second.number])
    pool = client.get(address).context["pool"]
    assert [one.person for one in pool[:3]] == cast.experts[5:8]
    assert [one.load for one in pool] == [0, 0, 0, 1, 1, 1, 1, 1]
    assert client.get(address).status_code == 200
    for_eight = queries_of(client, address)
    for expert in cast.experts[4:]:
        expert.expert.is_available = False
        expert.expert.save()
    assert queries_of(client, address) == for_eight


def test_recused_expert_is_replaced_by_one_who_has_not_sat(cast: Cast, case: Case) -> None:
    seat_panel(cast, case, cast.at)
    door.perform(case, "recuse", by=cast.experts[0], at=cast.at, form={"tie": "曾任顾问"})
    client, seat = as_(cast.office), Seat.objects.get(state=SeatState.RECUSED)
    assert "待递补的评审席位" in text(client.get(reverse("office_inbox")))
    page = client.get(reverse("office_replace", args=[case.number, seat.pk]))
    assert [one.person for one in page.context["pool"] if one.is_selectable] == cast.experts[5:8]
    assert (
        post(client, "office_replace", case, seat.pk, expert=cast.experts[1].pk, reason="另行指定").status_code == 422
    )
    assert post(client, "office_replace", case, seat.pk, expert=cast.experts[5].pk).status_code == 422
    form = {"expert": cast.experts[5].pk, "reason": "另行指定"}
    assert post(client, "office_replace", case, seat.pk, **form).status_code == 302
    assert Seat.objects.get(place=seat.place, state=SeatState.APPOINTED).expert == cast.experts[5]
    assert client.get(reverse("office_replace", args=[case.number, seat.pk])).status_code == 404


def test_marks_are_shown_when_the_last_is_in_and_not_before(cast: Cast, case: Case) -> None:
    seat_panel(cast, case, cast.at)
    client, address = as_(cast.office), reverse("office_panel", args=[case.number])
    for n, expert in enumerate(cast.experts[:5]):
        page = client.get(address)
        assert page.context["marks"] is None
        assert "符合要求" not in text(page)
        door.perform(case, "declare_no_tie", by=expert, at=cast.at)
        form = {"marks": marks(case, 5 if n == 0 else 3), "opinion": f"意见{n}"}
        door.perform(case, "submit_review", by=expert, at=cast.at, form=form)
    page = client.get(address)
    assert page.context["marks"]["total"] == "60.00"
    assert page.context["marks"]["has_divergence"] is True
    assert "意见4" in text(page)


def test_proposed_value_counts_once_adopted(cast: Cast, case: Case) -> None:
    seat_panel(cast, case, cast.at)
    expert = cast.experts[0]
    door.perform(case, "declare_no_tie", by=expert, at=cast.at)
    form = {"code": "rd_staff", "year": cast.batch.reporting_year, "value": Fraction(70), "reason": "审计口径"}
    door.perform(case, "propose_value", by=expert, at=cast.at, form=form)
    row, client = VerifiedValue.objects.get(), as_(cast.office)
    assert client.get(reverse("office_adopt", args=[case.number, row.pk])).status_code == 404
    for person in cast.experts[:5]:
        if person != expert:
            door.perform(case, "declare_no_tie", by=person, at=cast.at)
        door.perform(case, "submit_review", by=person, at=cast.at, form={"marks": marks(case), "opinion": "同意"})
    assert "审计口径" in text(client.get(reverse("office_panel", args=[case.number])))
    assert client.get(reverse("office_adopt", args=[case.number, row.pk])).status_code == 200
    assert post(client, "office_adopt", case, row.pk).status_code == 302
    row.refresh_from_db()
    assert (row.is_current, row.adopted_by) == (True, cast.office)
    assert client.get(reverse("office_adopt", args=[case.number, row.pk])).status_code == 404


def test_trail_names_every_act_and_says_that_the_chain_holds(cast: Cast, case: Case) -> None:
    page = text(as_(cast.office).get(reverse("office_trail", args=[case.number])))
    count = AuditEvent.objects.filter(chain=f"case:{case.number}").count()
    assert f"日志链共 {count} 条，逐条校验相符" in page
    assert Case.objects.get(pk=case.pk).audit_head in page


def test_postponed_case_is_tabled_again_with_a_reason(cast: Cast, case: Case) -> None:
    seat_panel(cast, case, cast.at)
    review_all(cast, case, cast.at)
    assert as_(cast.office).get(reverse("office_act", args=[case.number, "table_again"])).status_code == 404
    assert post(as_(cast.office), "office_act", case, "accept").status_code == 404


# --- batches ----------------------------------------------------------------------------------------------------
def batch_form(cast: Cast, **changed: object) -> dict[str, object]:
    values = {
        "programme": cast.programme.pk, "edition": cast.batch.rule_set.pk, "procedure": "municipal_recognition/2022",
        "ordinal": 35, "year": 2026, "reporting_year": 2025, "opens_at": "2026-12-01T09:00",
        "closes_at": "2026-12-31T17:00", "base_date": "2026-12-01", "request_key": "b" * 32,
    }  # fmt: skip
    return values | changed


def test_batch_page_names_rules_checksum_parameters_and_confidence(cast: Cast, case: Case) -> None:
    page = text(as_(cast.office).get(reverse("office_batch", args=[cast.batch.code])))
    assert cast.batch.rule_set.checksum in page
    assert "市级企业技术中心认定（2022 版）" in page
    assert re.search(r'<span class="cell-hint"><code>municipal_recognition/2022</code>', page)
    listed = text(as_(cast.office).get(reverse("office_batches")))
    assert rules_of(cast.batch).name_zh in listed
    assert "演示用，非法规" in page
    assert "公示期" in page
    assert as_(cast.office).get(reverse("office_batch", args=["none-1"])).status_code == 404


def test_batch_is_opened_once_by_a_second_officer_on_a_stored_edition(cast: Cast) -> None:
    client, other = as_(cast.office), as_(another_officer())
    answer = client.post(reverse("office_batch_new"), batch_form(cast))
    assert answer.status_code == 302
    address = answer.headers["Location"]
    assert not Batch.objects.filter(ordinal=35).exists()
    assert reverse("office_batch_proposal", args=[BatchProposal.objects.get().number]) == address
    same = client.post(reverse("office_batch_new"), batch_form(cast), follow=True)
    assert "此前已提交" in text(same)
    own = text(client.get(address))
    assert ("核对无误，确认" in own, "复核示例" in own) == (False, True)
    refused = client.post(f"{address}confirm/")
    assert refused.status_code == 403
    shown = text(other.get(address))
    for words in ("核对无误，确认", "2026-12-31", "市级企业技术中心认定（2022 版）", "公示期", "规则集未规定"):
        assert words in shown, words
    assert "批次已开启" in text(other.post(f"{address}confirm/", follow=True))
    opened = Batch.objects.get(ordinal=35)
    assert (opened.state, opened.opened_by, BatchProposal.objects.get().batch) == ("open", another_officer(), opened)
    again = client.post(reverse("office_batch_new"), batch_form(cast, request_key="c" * 32))
    assert again.status_code == 422
    assert "第 35 批已存在" in text(again)


def test_batch_shows_every_reason_against_it(cast: Cast) -> None:
    values = batch_form(cast, ordinal=34, closes_at="2026-11-01T09:00")
    page = text(as_(cast.office).post(reverse("office_batch_new"), values))
    assert "第 34 批已存在" in page
    assert "申报截止时间须晚于开始时间" in page


def test_live_batch_on_demo_figures_is_refused_with_every_figure(cast: Cast, settings: LazySettings) -> None:
    settings.ACCREDITATION_DEMO = False
    answer = as_(cast.office).post(reverse("office_batch_new"), batch_form(cast))
    assert answer.status_code == 422
    assert "正式批次不得使用" in text(answer)
    assert "parameters.notice_working_days" in text(answer)
    assert not Batch.objects.filter(ordinal=35).exists()
    assert RuleSetEdition.objects.get().live_faults == len(answer.context["editions"][0]["faults"])


# --- files, letters, the way to a case --------------------------------------------------------------------------
def test_files_are_given_to_both_levels_and_to_no_other_district(cast: Cast, case: Case, var_dir: object) -> None:
    row = Evidence.objects.filter(application__case=case).first()
    assert row is not None
    row.file = keep_file(b"%PDF-1.7 evidence", media_type="application/pdf", at=cast.at)
    row.save()
    address = reverse("staff_evidence", args=[case.number, row.pk])
    statuses = {cast.office: 200, cast.pudong: 200, cast.jiading: 404, cast.publisher: 403, cast.member0: 403}
    for person, status in statuses.items():
        assert as_(person).get(address).status_code == status, person
    answer = as_(cast.office).get(address)
    assert answer.content == b"%PDF-1.7 evidence"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert as_(cast.office).get(reverse("staff_evidence", args=["SHETC-2026-9999", row.pk])).status_code == 404


def test_letter_is_read_by_both_levels_under_its_own_case_only(cast: Cast, case: Case) -> None:
    letter = case.letters.get(kind="acceptance")
    address = reverse("staff_letter", args=[case.number, letter.number])
    assert letter.sha256 in text(as_(cast.pudong).get(address))
    assert as_(cast.jiading).get(address).status_code == 404
    assert as_(cast.office).get(reverse("staff_letter", args=["X-1", letter.number])).status_code == 404


def test_case_address_leads_each_reader_to_the_own_page(cast: Cast, case: Case) -> None:
    seat_panel(cast, case, cast.at)
    address = reverse("case", args=[case.number])
    leads = {
        cast.pudong: reverse("district_case", args=[case.number]),
        cast.office: reverse("office_case", args=[case.number]),
        cast.publisher: reverse("publishing"),
        cast.member0: reverse("my_case", args=[case.number]),
        cast.experts[0]: reverse("expert_case", args=[case.number]),
    }
    for person, page in leads.items():
        assert as_(person).get(address).headers["Location"] == page, person
    for person in (cast.jiading, cast.member1, cast.stranger, cast.experts[7]):
        assert as_(person).get(address).status_code == 404, person
