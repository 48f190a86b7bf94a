"""A result from above that moves its title, settled by two at the same moment or as an order comes over it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.conf import LazySettings

from accreditation.audit import chain_key
from accreditation.enums import ProceedingKind, TitleState
from accreditation.grounds import Ground
from accreditation.models import AuditEvent, Case, EarlierResult, EvaluationRound, ResultProposal, Title, User
from accreditation.recommendation_words import ResultState
from accreditation.roles import Role
from accreditation.services.earlier_results import (
    propose_earlier_round,
    record_earlier_round,
    withdraw_earlier_round,
)
from accreditation.services.outside_results import confirm_result, record_evaluation, withdraw_result
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast, stored_file
from tests.factories.evaluating import make_round
from tests.factories.recommending import make_national, parent_title
from tests.factories.titles import FACTS
from tests.faults.racing import act, all_agrees, at_once, colleague, entered_once, one_won
from workflows import door
from workflows.opening_proceedings import open_proceeding

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
MINISTRY = "示例国家主管部门"


@pytest.fixture
def cast(settings: LazySettings, var_dir: object, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    found = make_cast(clock.at)
    make_national(found)
    return found


@pytest.fixture
def title(cast: Cast) -> Title:
    return parent_title(cast, 0)


def enter(cast: Cast, title: Title, by: User, year: int = 2025) -> Any:
    return record_evaluation(
        title, year=year, band="marginal_pass", number="示例评价〔2025〕2号", dated=date(2025, 12, 1),
        authority=MINISTRY, consequence="警告并限期整改", file=stored_file(b"scan", cast.at), file_name="结果.pdf",
        by=by, at=cast.at,
    )  # fmt: skip


def state(title: Title) -> tuple[str, bool]:
    row = Title.objects.get(pk=title.pk)
    return row.state, row.warned_beneath


def test_result_is_confirmed_once(cast: Cast, title: Title) -> None:
    row = enter(cast, title, cast.office)
    people = [colleague(cast, Role.MUNICIPAL_OFFICER, name=f"office{n}") for n in (2, 3)]
    won = one_won(at_once([lambda by=by: confirm_result(row, by=by, at=cast.at) for by in people]))
    assert ResultProposal.objects.get().settled_by == people[won]
    assert (state(title)[0], title.evaluations.count()) == (TitleState.WARNED, 1)
    entered_once("confirm_evaluation")


def test_result_is_confirmed_or_taken_back(cast: Cast, title: Title) -> None:
    row, second = enter(cast, title, cast.office), colleague(cast, Role.MUNICIPAL_OFFICER)
    won = one_won(
        at_once([
            lambda: confirm_result(row, by=second, at=cast.at),
            lambda: withdraw_result(row, by=cast.office, at=cast.at),
        ])
    )  # fmt: skip
    assert ResultProposal.objects.get().state == (ResultState.CONFIRMED, ResultState.WITHDRAWN)[won]
    assert (state(title)[0], title.evaluations.count()) == ((TitleState.WARNED, 1), (TitleState.IN_FORCE, 0))[won]
    entered_once("confirm_evaluation", "withdraw_evaluation")


def test_result_confirmed_as_the_title_is_suspended_warns_it_beneath(cast: Cast, title: Title) -> None:
    row, second = enter(cast, title, cast.office), colleague(cast, Role.MUNICIPAL_OFFICER)
    case = suspension(cast, title)
    order = {
        "order_number": "示例〔2026〕1号", "ordered_on": cast.at.date(), "effective_from": cast.at.date(),
        "reasons": "事实清楚，证据确凿。",
    }  # fmt: skip
    results = at_once([
        lambda: confirm_result(row, by=second, at=cast.at),
        act(case, "make_order", cast.publisher, cast, **order),
    ])  # fmt: skip
    assert not [result for result in results if isinstance(result, BaseException)], results
    assert state(title) == (TitleState.SUSPENDED, True)
    rows = AuditEvent.objects.filter(chain=chain_key(title), verb__in=["confirm_evaluation", "suspend"])
    assert set(rows.values_list("verb", flat=True)) == {"confirm_evaluation", "suspend"}
    all_agrees()


def suspension(cast: Cast, title: Title) -> Case:
    """A proceeding before its order, with the document of the ministry."""
    case = open_proceeding(
        title, kind=ProceedingKind.SUSPENSION, ground=Ground.UNDER_INVESTIGATION, found_facts=FACTS, by=cast.office,
        at=cast.at,
    )  # fmt: skip
    door.perform(case, "notify_holder", by=cast.office, at=cast.at)
    door.perform(case, "defend", by=cast.member0, at=cast.at, form={"statement": "差异来自统计口径。"})
    door.perform(case, "waive_rest_of_defence", by=cast.member0, at=cast.at, form={"gives_up_rest": True})
    document = {
        "authority": MINISTRY, "number": "示例公告〔2026〕2号", "dated": date(2026, 2, 1), "name": "公告.pdf",
        "file": stored_file(b"notice", cast.at),
    }  # fmt: skip
    door.perform(case, "record_notice", by=cast.office, at=cast.at, form=document)
    return case


def test_one_result_of_a_title_waits(cast: Cast, title: Title) -> None:
    second = colleague(cast, Role.MUNICIPAL_OFFICER)
    one_won(at_once([
        lambda: enter(cast, title, cast.office, 2024),
        lambda: enter(cast, title, second, 2025),
    ]))  # fmt: skip
    assert (ResultProposal.objects.count(), state(title)[0]) == (1, TitleState.IN_FORCE)
    entered_once("record_evaluation")


def test_earlier_result_is_confirmed_or_taken_back(cast: Cast) -> None:
    batch = make_round(cast)
    said = {"year": 2024, "document_number": "示例〔2024〕8号", "dated": date(2024, 12, 1), "at": cast.at}
    title = Title.objects.get(holder=cast.enterprises[0], programme=cast.programme)
    row = propose_earlier_round(batch, {title: "excellent"}, **said, by=cast.office)
    second = colleague(cast, Role.MUNICIPAL_OFFICER)
    won = one_won(
        at_once([
            lambda: record_earlier_round(row, by=second, at=cast.at),
            lambda: withdraw_earlier_round(row, by=cast.office, at=cast.at),
        ])
    )  # fmt: skip
    assert EarlierResult.objects.get().state == ("confirmed", "withdrawn")[won]
    assert EvaluationRound.objects.count() == (1, 0)[won]
    entered_once("record_earlier_round", "withdraw_earlier_round")
