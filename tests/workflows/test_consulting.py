"""The consultation asks whom the rules name and goes on only with their answers, or when their time is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils.translation import override

from accreditation.errors import Refusal
from accreditation.models import AuditEvent, Batch, Case, Consultation
from accreditation.recommendation_words import Department
from accreditation.services import batches
from accreditation.services.rule_sets import rules_of
from accreditation.visibility import View
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.recognition import answer, ask, make_municipal_2026
from tests.factories.steps import recommend
from workflows import door
from workflows.presentation.timeline import timeline
from workflows.views.consulting import departments, usual

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ALL = set(Department.values)
OPINION = {"opinion": "材料齐全"}


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def checked(cast: Cast, at: datetime, **rules: bool) -> Case:
    """At the completeness check of a batch whose rules are changed so."""
    batch = make_municipal_2026(cast)
    Batch.objects.filter(pk=batch.pk).update(**rules)
    cast.batch = Batch.objects.get(pk=batch.pk)
    case = filed_case(cast)
    recommend(cast, case, at)
    return case


def refused(case: Case, verb: str, cast: Cast, at: datetime, **form: object) -> dict[str, str]:
    """Codes with sentences."""
    with pytest.raises(Refusal) as why:
        door.perform(case, verb, by=cast.office, at=at, form=form)
    return {reason.code: str(reason.text) for reason in why.value.reasons}


def test_all_four_are_asked_where_the_rules_do_not_say_otherwise(cast: Cast, clock: Clock) -> None:
    case = checked(cast, clock.at)
    told = refused(case, "ask_departments", cast, clock.at, departments=["science", "customs"])
    assert told == {"departments_missing": "按本批次的规则还须征求财政部门、税务部门的意见。"}
    assert set(usual(case.application, "ask_departments")["departments"]) == ALL
    ask(cast, case, clock.at)
    assert set(Consultation.objects.values_list("department", flat=True)) == ALL


def test_rules_of_a_batch_may_name_fewer_and_more_may_be_asked(cast: Cast, clock: Clock) -> None:
    case = checked(cast, clock.at, asks_finance=False, asks_customs=False)
    assert usual(case.application, "ask_departments") == {"departments": [Department.SCIENCE, Department.TAX]}
    assert "departments_missing" in refused(case, "ask_departments", cast, clock.at, departments=["science"])
    ask(cast, case, clock.at, ["science", "tax", "customs"])


def test_one_answer_is_not_enough_before_the_time_is_over_and_silence_is_told_by_name(cast: Cast, clock: Clock) -> None:
    case = checked(cast, clock.at)
    ask(cast, case, clock.at)
    answer(cast, case, clock.at, "science")
    told = refused(case, "conclude_consultation", cast, clock.at, without_answer_for="不再等待", **OPINION)
    assert told == {"answers_missing": "财政部门、海关、税务部门 尚未答复，会商期限未满。"}
    late = case.deadlines.get(kind="consultation").due_at + timedelta(seconds=1)
    assert set(refused(case, "conclude_consultation", cast, late, **OPINION)) == {"text_needed"}
    form = OPINION | {"without_answer_for": "两次催办未复"}
    door.perform(case, "conclude_consultation", by=cast.office, at=late, form=form)
    assert set(AuditEvent.objects.get(verb="conclude_consultation").content["silent"]) == ALL - {"science"}
    with override("zh-hans"):
        texts = [str(entry["text"]) for entry in timeline(Case.objects.get(pk=case.pk), View.OFFICE)]
    assert any("逾期未答复：财政部门、海关、税务部门。" in text for text in texts)


def test_who_was_never_asked_is_named_and_not_taken_for_silent(cast: Cast, clock: Clock) -> None:
    case = checked(cast, clock.at, silence_counts=True, asks_finance=False, asks_customs=False, asks_tax=False)
    ask(cast, case, clock.at, ["science"])
    answer(cast, case, clock.at, "science")
    Batch.objects.filter(cases=case).update(asks_tax=True)  # asked under rules that named fewer
    case = Case.objects.get(pk=case.pk)
    told = refused(case, "conclude_consultation", cast, clock.at, without_answer_for="不再等待", **OPINION)
    assert set(told) == {"not_all_asked"}
    assert "税务部门" in told["not_all_asked"]
    assert [row["name"] for row in departments(case.application)] == ["科技部门", "税务部门"]
    late = case.deadlines.get(kind="consultation").due_at + timedelta(seconds=1)
    assert set(refused(case, "conclude_consultation", cast, late, **OPINION)) == {"not_all_asked"}
    form = OPINION | {"without_answer_for": "税务意见已由年度信用名单替代"}
    door.perform(case, "conclude_consultation", by=cast.office, at=late, form=form)
    assert AuditEvent.objects.get(verb="conclude_consultation").content["not_asked"] == ["tax"]


def test_rules_with_a_consultation_of_nobody_are_refused(cast: Cast) -> None:
    batch = make_municipal_2026(cast)
    rules = rules_of(batch)
    nobody = replace(rules.parameters["consultation_working_days"], value=Fraction(0))
    none = {f"consultation_asks_{department}": nobody for department in Department}
    silent = replace(rules, parameters={**rules.parameters, **none})
    codes = {reason.code for reason in batches._faults_of_rules(silent, frozenset())}
    assert "no_departments" in codes
    assert "no_departments" not in {reason.code for reason in batches._faults_of_rules(rules, frozenset())}
