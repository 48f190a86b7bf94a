"""An evaluation by a district in each of its states: the municipal world with the people of the district."""

from __future__ import annotations

from datetime import datetime

from accreditation.enums import ApplicationState as S
from accreditation.models import User
from tests.attacks import evaluation_states
from tests.attacks.evaluation_states import EvaluationStates, Step
from tests.factories import local_evaluating as steps
from tests.factories.reconsidering import reconsiderers


class LocalEvaluationStates(EvaluationStates):
    """Who acts, when, and how an evaluation of a district comes into a state."""

    reviewer, fixer, officer, group = "checker", "checker", "local_officer", "leading_group"

    def __init__(self, at: datetime) -> None:
        self.local, self.at = steps.make_jinshan(at), at
        self.cast = self.local.cast
        self.batch = steps.make_round(self.local)
        steps.frozen_and_called(self.local, self.batch)
        people, cast = self.local.people, self.cast
        names = ("applicant", "checker", "publisher", "clock", "other_checker", "other_officer", "other_publisher")
        self.people: dict[str, User] = {name: people[name] for name in names} | {
            "local_officer": people["officer"], "leading_group": self.local.group[0], "expert": cast.experts[0],
            "other_applicant": cast.people["member1"], "office": cast.people["office"],
            "municipal_publisher": cast.people["publisher"], "auditor": cast.people["auditor"],
            "decider": reconsiderers(cast)[1],
        }  # fmt: skip

    def voters(self) -> list[User]:
        """The leading group."""
        return self.local.group

    def ways(self) -> dict[str, tuple[Step, ...]]:
        """Without the step at the municipal office."""
        return WAYS


WAYS: dict[str, tuple[Step, ...]] = {
    state: tuple(step for step in way if step is not EvaluationStates.report)
    for state, way in evaluation_states.WAYS.items()
    if state != S.UNDER_COMPLETENESS_CHECK
}
