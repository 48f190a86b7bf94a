"""The generic flow follows the legal state: straight to the office, back from it, and open again after its loss."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accreditation.enums import ApplicationState as S
from accreditation.errors import Refusal
from accreditation.models import Application, Batch, Case, Deadline, Letter, Message
from tests.attacks.generic_states import GenericStates
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast, stored_file, with_material
from tests.factories.designations import open_designated
from workflows import door, flow_tasks
from workflows.consistency import check_all, expected_tasks, rebuild_flow
from workflows.models import CaseFlow
from workflows.opening import open_application
from workflows.presentation.cases import step_bar, steps_of
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TEXT = (Path(__file__).parents[1] / "journeys" / "patent_new_product.yaml").read_text(encoding="utf-8")


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def filed(cast: Cast) -> Case:
    """A product filed with the office, where the batch gives the district no days."""
    case = open_application(
        cast.enterprises[0], open_designated(cast, at=cast.at, text=TEXT), by=cast.member0, at=cast.at, product="产品甲"
    )
    with_material(case, cast.member0, cast.at)
    door.perform(case, "submit", by=cast.member0, at=cast.at, form={"declaration": True, "insists": True})
    return case


def state(case: Case) -> str:
    return str(Application.objects.get(case=case).state)


def nodes(case: Case) -> list[str]:
    return [flow_tasks.node_name(task) for task in flow_tasks.open_tasks(case)]


def test_office_has_the_case_first_with_its_own_clock_and_letter(cast: Cast, filed: Case) -> None:
    assert (state(filed), nodes(filed)) == (S.UNDER_COMPLETENESS_CHECK, ["completeness_check"])
    clock = Deadline.objects.get(case=filed)
    assert (clock.kind, clock.working_days) == ("completeness_check", 5)
    assert Letter.objects.get(case=filed).issued_by == "示例市经济和信息化主管部门"
    application = Application.objects.select_related("batch").get(case=filed)
    assert [str(name) for name in steps_of(application.batch).values()] == [
        "填报",
        "市级形审",
        "综合评审",
        "公示",
        "发证",
    ]
    marks = [step["state"] for step in step_bar(filed, application)["steps"]]
    assert marks == ["done", "current", "todo", "todo", "todo"]


def test_office_returns_for_correction_and_gets_the_case_back(cast: Cast, filed: Case) -> None:
    points = [{"target": "evidence", "code": "patent", "remark": "证书不清晰"}]
    door.perform(filed, "return_for_correction", by=cast.office, at=cast.at, form={"points": points})
    assert (state(filed), nodes(filed)) == (S.RETURNED, ["correct"])
    later = cast.at + timedelta(hours=1)
    file = stored_file(b"clear", later)
    form = {"kind": "patent", "file": file, "name": "专利.pdf"}
    door.perform(filed, "attach_evidence", by=cast.member0, at=later, form=form)
    door.perform(filed, "correct", by=cast.member0, at=later, form={"declaration": True})
    assert (state(filed), nodes(filed)) == (S.UNDER_COMPLETENESS_CHECK, ["completeness_check"])
    assert list(check_all()) == []


def test_applicant_takes_back_what_the_office_has_first_until_the_office_begins(cast: Cast, filed: Case) -> None:
    client = log_in(Client(), cast.member0)
    assert client.get(reverse("my_withdraw", args=[filed.number])).status_code == 200
    with transaction.atomic():
        form = {"gate": "PN3", "is_met": True, "reason": "经查符合"}
        door.perform(filed, "answer_gate", by=cast.office, at=cast.at, form=form)
        with pytest.raises(Refusal) as refused:
            door.perform(filed, "withdraw", by=cast.member0, at=cast.at)
        assert [reason.code for reason in refused.value.reasons] == ["review_begun"]
        transaction.set_rollback(True)
    door.perform(filed, "withdraw", by=cast.member0, at=cast.at)
    assert (state(filed), nodes(filed)) == (S.WITHDRAWN, [])
    assert Message.objects.filter(recipient=cast.office, kind="withdraw").count() == 1
    assert list(check_all()) == []


def test_office_returns_and_nobody_corrects(cast: Cast, filed: Case) -> None:
    points = [{"target": "evidence", "code": "patent", "remark": "证书不清晰"}]
    door.perform(filed, "return_for_correction", by=cast.office, at=cast.at, form={"points": points})
    due = Deadline.objects.get(case=filed, kind="correction").due_at
    tick(due + timedelta(seconds=1))
    assert state(filed) == S.LAPSED
    assert Letter.objects.get(case=filed, kind="lapse").issued_by == "示例市经济和信息化主管部门"
    assert list(check_all()) == []


def test_condition_that_is_not_met_ends_the_case_with_its_words(cast: Cast, filed: Case) -> None:
    form = {"gate": "PN3", "is_met": False, "reason": "没有鉴定证书"}
    door.perform(filed, "answer_gate", by=cast.office, at=cast.at, form=form)
    door.perform(filed, "find_ineligible", by=cast.office, at=cast.at, form={})
    letter = Letter.objects.get(case=filed, kind="ineligible")
    assert (state(filed), "通过新产品技术鉴定" in letter.body, "行政复议" in letter.remedy) == (
        S.INELIGIBLE,
        True,
        True,
    )
    assert list(check_all()) == []


@pytest.mark.parametrize(
    "wanted", [S.DRAFT, S.SUBMITTED, S.UNDER_EXPERT_REVIEW, S.AWAITING_ANNOUNCEMENT, S.UNDER_NOTICE, S.RECOGNISED]
)
def test_lost_flow_opens_what_the_legal_state_asks_for(wanted: str, settings: LazySettings, clock: Clock) -> None:
    settings.ACCREDITATION_DEMO = True
    case = Case.objects.get(pk=GenericStates(clock.at).case_in(wanted).pk)
    CaseFlow.objects.filter(case=case).delete()
    rebuild_flow(case)
    assert sorted(nodes(case)) == expected_tasks(case) != []
    assert list(check_all()) == []


def test_case_without_certificate_is_closed_by_its_announcement(settings: LazySettings, clock: Clock) -> None:
    settings.ACCREDITATION_DEMO = True
    world = GenericStates(clock.at)
    Batch.objects.filter(pk=world.batch.pk).update(issues_certificate=False)
    world.batch.refresh_from_db(fields=["issues_certificate"])
    case = Case.objects.get(pk=world.case_in(S.RECOGNISED).pk)
    assert (case.closed_at, nodes(case)) == (world.at, [])
    assert rebuild_flow(case) is None
    assert list(check_all()) == []
