"""Titles that run until their next evaluation: what the clock leaves alone, what it ends, who is told of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.enums import Level, TitleState
from accreditation.evaluation_words import LOSES_TITLE, CallReason
from accreditation.models import (
    AuditEvent,
    Batch,
    EvaluationCall,
    EvaluationRound,
    Programme,
    RuleSetEdition,
    Title,
    User,
)
from accreditation.selectors.conference import conference
from accreditation.selectors.evaluation_terms import is_kept, titles_kept
from accreditation.selectors.plan import in_force
from accreditation.selectors.run_out import titles_run_out
from accreditation.services import evaluation_rounds
from accreditation.services.rule_sets import store_edition
from accreditation.services.titles import titles_running_out
from tests.clock import SHANGHAI, Clock
from tests.factories import evaluating as steps
from tests.factories import local_evaluating as local
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast
from workflows.reminding_ahead import DAYS_OF_TITLE
from workflows.selectors.public_register import is_in_force
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LAST_DAY, AFTER = date(2027, 2, 28), datetime(2027, 3, 1, 1, tzinfo=SHANGHAI)
AWAITING = "到期待评价"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def state(title: Title) -> str:
    return Title.objects.get(pk=title.pk).state


def published(title: Title, year: int, **result: Any) -> EvaluationCall:
    """What an earlier round published of a title."""
    round_ = EvaluationRound.objects.create(
        programme=title.programme, year=year, document_number=f"示例〔{year}〕8号", frozen_at=AFTER,
        frozen_by=User.objects.get(is_system=True),
    )  # fmt: skip
    return EvaluationCall.objects.create(
        round=round_, title=title, position=1, reason=CallReason.DUE, published_on=date(year, 12, 1), **result
    )


def test_title_frozen_into_a_round_outlasts_its_day_until_the_office_holds_it(cast: Cast) -> None:
    title, batch = steps.hold(cast, 0), steps.make_round(cast)
    evaluation_rounds.freeze_population(batch, by=cast.office, at=cast.at)
    assert not titles_kept(LAST_DAY)
    assert tick(AFTER).titles_expired == 0
    assert state(title) == TitleState.IN_FORCE
    assert [row.pk for row in titles_kept(AFTER.date())] == [title.pk]


@pytest.mark.parametrize("before", [TitleState.IN_FORCE, TitleState.WARNED, TitleState.SUSPENDED])
def test_title_that_no_round_was_held_over_is_kept_as_it_stands(cast: Cast, before: str) -> None:
    title = steps.hold(cast, 0, state=before)
    assert tick(AFTER).titles_expired == 0
    assert (state(title), is_in_force(title, on=AFTER.date())) == (before, before != TitleState.SUSPENDED)
    assert not AuditEvent.objects.filter(chain=f"title:{title.number}").exists()
    assert not titles_running_out(LAST_DAY, DAYS_OF_TITLE)  # nobody is told that it ends


def test_title_whose_first_evaluation_lies_ahead_is_kept(cast: Cast) -> None:
    title = steps.hold(cast, 0, date(2026, 1, 10), valid_until=LAST_DAY)
    assert tick(AFTER).titles_expired == 0
    assert state(title) == TitleState.IN_FORCE


@pytest.mark.parametrize(
    ("year", "result", "kept"),
    [
        (2026, {"band": "good"}, True),  # prolonged, and due again in 2028
        (2024, {"band": "good"}, True),
        (2026, {"band": "fail", "consequence": LOSES_TITLE}, False),  # evaluated as due, and not prolonged
        (2026, {"late_at": AFTER}, False),
        (2024, {"band": "fail", "consequence": LOSES_TITLE}, True),  # due again in 2026, and nobody held a round
    ],
)
def test_what_was_published_decides_whether_the_day_ends_a_title(
    cast: Cast, year: int, result: dict[str, Any], *, kept: bool
) -> None:
    title = steps.hold(cast, 0)
    published(title, year, **result)
    assert is_kept(title, AFTER.date()) is kept
    assert list(titles_run_out(AFTER.date())) == ([] if kept else [title])


def test_title_ends_with_its_day_where_the_rules_cannot_say_when_it_is_due(cast: Cast) -> None:
    title = steps.hold(cast, 0)
    older = store_edition("shanghai_municipal_centre/2017", at=cast.at)  # a cycle, and no first evaluation
    Batch.objects.update(rule_set=older)
    RuleSetEdition.objects.exclude(pk=older.pk).filter(reference__startswith=cast.programme.pk).delete()
    assert list(titles_run_out(AFTER.date())) == [title]
    assert tick(AFTER).titles_expired == 1
    assert state(title) == TitleState.EXPIRED


def test_designation_that_no_procedure_evaluates_ends_with_its_day(cast: Cast) -> None:
    title = steps.hold(cast, 0)
    assert is_kept(title, AFTER.date())
    Programme.objects.filter(pk=title.programme_id).update(procedure="generic_recognition/2026")
    assert not is_kept(Title.objects.get(pk=title.pk), AFTER.date())


def test_title_of_a_district_is_kept_by_the_rules_that_its_body_uses(settings: LazySettings, clock: Clock) -> None:
    settings.ACCREDITATION_DEMO = True
    here = local.make_jinshan(clock.at)
    title = Title.objects.get(number="SHDTC-T-2024-00000")
    assert list(titles_run_out(AFTER.date()).filter(pk=title.pk)) == [title]  # no rules say when it is due
    local.make_round(here)
    assert is_kept(title, AFTER.date())
    others = Title.objects.filter(programme__level=Level.DISTRICT).exclude(holder__district="310116")
    assert not [row for row in titles_kept(date(2035, 1, 1)) if row.pk in {other.pk for other in others}]


def test_lists_and_figures_count_what_is_kept(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    title = steps.hold(cast, 0)
    monkeypatch.setattr("django.utils.timezone.now", lambda: AFTER)
    assert cast.programme.pk in {row.kind for row in in_force(AFTER.date()) if row.source == "titles"}
    assert not [step for step in conference(date(2027, 1, 1), date(2027, 12, 31)).changes if step.title == title]
    shown = Client().get(reverse("centre", args=[title.number])).content.decode()
    assert (AWAITING in shown, "该称号目前没有效力" in shown) == (True, False)
    assert AWAITING in Client().get(reverse("centres")).content.decode()
    office = log_in(Client(), cast.office)
    desk = office.get(reverse("office_batches")).content.decode()
    assert [word in desk for word in (AWAITING, title.number, "尚未列入评价")] == [True, True, True]


def test_round_names_whom_it_still_owes_an_evaluation(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    title, batch = steps.hold(cast, 0), steps.make_round(cast)
    address, office = reverse("office_evaluation", args=[batch.code]), log_in(Client(), cast.office)
    assert AWAITING not in office.get(address).content.decode()
    evaluation_rounds.freeze_population(batch, by=cast.office, at=cast.at)
    monkeypatch.setattr("django.utils.timezone.now", lambda: AFTER)
    shown = log_in(Client(), cast.office).get(address).content.decode()
    assert [word in shown for word in (AWAITING, title.number, "已列入 2026 年度评价")] == [True, True, True]
