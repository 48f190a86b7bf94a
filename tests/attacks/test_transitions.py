"""Every state x verb x role of a procedure against the table that people decided from the regulation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import LazySettings
from django.db import connection, transaction

from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.models import Case
from tests.attacks.change_states import ChangeStates
from tests.attacks.district_states import DistrictStates
from tests.attacks.evaluation_states import EvaluationStates
from tests.attacks.generic_states import GenericStates
from tests.attacks.local_evaluation_states import LocalEvaluationStates
from tests.attacks.municipal_states import MunicipalStates, MunicipalStates2026
from tests.attacks.national_states import DemonstrationStates, NationalStates
from tests.attacks.proceeding_states import ProceedingStates
from tests.attacks.reconsideration_states import ReconsiderationStates
from tests.attacks.reexamination_states import ReexaminationStates
from tests.attacks.remedy_states import RemedyStates
from tests.attacks.yearly_report_states import YearlyReportStates
from tests.clock import MONDAY
from workflows import door
from workflows.moves import moves, reached
from workflows.procedures import PROCEDURES

pytestmark = [pytest.mark.django_db]
TABLE: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("expected_transitions.yaml").read_text("utf-8"))
WORLDS: Mapping[str, Callable[[datetime], Any]] = {
    "municipal_recognition/2022": MunicipalStates,
    "municipal_recognition/2026": MunicipalStates2026,
    "district_recognition/2022": DistrictStates,
    "national_recommendation/2016": NationalStates,
    "demonstration_recommendation/2010": DemonstrationStates,
    "title_proceeding/2026": ProceedingStates,
    "municipal_evaluation/2025": EvaluationStates,
    "district_evaluation/2026": LocalEvaluationStates,
    "reconsideration/2024": ReconsiderationStates,
    "remedy/2026": RemedyStates,
    "title_change/2026": ChangeStates,
    "generic_recognition/2026": GenericStates,
    "demonstration_yearly_report/2010": YearlyReportStates,
    "demonstration_reexamination/2010": ReexaminationStates,
}
CELLS = [(edition, state) for edition, said in TABLE.items() for state in said["states"]]


@pytest.mark.parametrize("edition", TABLE)
def test_table_decides_every_state_and_verb_of_the_procedure(edition: str) -> None:
    procedure, said = PROCEDURES[edition], TABLE[edition]
    states = reached((pair for found in moves(procedure).values() for pair in found), procedure.first)
    assert set(said["states"]) == states
    offices = [verb for verbs in said["offices"].values() for verb in verbs]
    assert sorted(offices) == sorted(procedure.verbs)


@pytest.mark.slow
@pytest.mark.parametrize(("edition", "state"), CELLS)
def test_each_office_may_do_in_a_state_what_the_table_says(edition: str, state: str, settings: LazySettings) -> None:
    settings.ACCREDITATION_DEMO = True
    world = WORLDS[edition](MONDAY)
    case = Case.objects.get(pk=world.case_in(state).pk)
    assert case.state == state
    said = TABLE[edition]
    faults = []
    offices = ((verb, office) for office, verbs in said["offices"].items() for verb in verbs)
    for turn, (verb, office) in enumerate(offices, start=CELLS.index((edition, state))):
        holders, answer = _answer(said, state, verb, office)
        is_possible = answer == "=" or answer in said["states"]
        for role in _asked(world.people, holders, is_possible, turn):
            wanted = answer if role in holders else "denied"
            found = _attempt(world, case, verb, role)
            if found != wanted:
                faults.append(f"{verb} by {role}: {found}, expected {wanted}")
    assert faults == []


def _asked(people: Mapping[str, Any], holders: list[str], is_possible: bool, turn: int) -> list[str]:
    """Everybody where the verb can happen, on SQLite; else, and on PostgreSQL, who may and one, in turn, who may not.

    Whether a person may is asked before whether the case is so far, and the database knows no offices.
    """
    if is_possible and connection.vendor == "sqlite":
        return list(people)
    strangers = [role for role in people if role not in holders]
    return [role for role in people if role in holders or role == strangers[turn % len(strangers)]]


def _answer(said: Mapping[str, Any], state: str, verb: str, office: str) -> tuple[list[str], str]:
    """Who may do the verb there, and what becomes of it."""
    answer = said["states"][state].get(verb, said.get("elsewhere", {}).get(verb, "already_done"))
    if isinstance(answer, dict):
        ((office, answer),) = answer.items()
    return [office, *said.get("also", {}).get(office, [])], answer


class _Later(Mapping[str, Any]):
    """A form that is made when somebody reads it: most attempts are refused for the person, before that."""

    def __init__(self, make: Callable[[], Mapping[str, Any]]) -> None:
        self._make = make

    def __bool__(self) -> bool:
        return True

    @cached_property
    def _made(self) -> Mapping[str, Any]:
        return self._make()

    def __getitem__(self, name: str) -> Any:
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


def _attempt(world: Any, case: Case, verb: str, role: str) -> str:
    """The state that follows, `=` where it stays, or the code of the first reason; nothing of it lasts."""
    with transaction.atomic():
        before = case.state
        form = _Later(lambda: world.form(case, verb, role))
        try:
            door.perform(case, verb, by=world.people[role], at=world.at, form=form)
            after = str(PROCEDURES[case.procedure].subject.of(case).state)
            said = "=" if after == before else after
        except Denied:
            said = "denied"
        except (AlreadyDone, Refusal) as refusal:
            said = refusal.reasons[0].code
        transaction.set_rollback(True)
    return said
