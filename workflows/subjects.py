"""What a procedure runs over: the table whose legal state the door moves, and what each of its states means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import TextChoices

from accreditation.change_words import CHANGE_STATES, ChangeState
from accreditation.clocks import DeadlineKind
from accreditation.enums import APPLICATION_STATES, PROCEEDING_STATES, ApplicationState, ProceedingState, StateFacts
from accreditation.models import (
    Application,
    Case,
    ChangeRequest,
    Proceeding,
    Reconsideration,
    Reexamination,
    YearlyReport,
)
from accreditation.models.cases import CaseSubject
from accreditation.models.reopenable import REOPENABLE
from accreditation.reconsideration_words import RECONSIDERATION_STATES, ReconsiderationState
from accreditation.reexamination_words import REEXAMINATION_STATES, ReexaminationState
from accreditation.yearly_report_words import YearlyReportState
from workflows.yearly_report_states import YEARLY_REPORT_STATES

_S = ApplicationState
_P = ProceedingState
_C = ChangeState
_BESIDE_THE_CHECK = frozenset({_S.UNDER_COMPLETENESS_CHECK, _S.UNDER_CONSULTATION})


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of subject: its table, the words and facts of its states, the states in which each clock runs.

    `locks` names the rows that an act holds from its beginning: the subject's own and those of `related` that it may
    move; `locks_if_any` those that may be missing. Titles are locked before enterprises, wherever both are, so that no
    two acts wait for each other.
    """

    model: type[CaseSubject]
    words: type[TextChoices]
    states: Mapping[str, StateFacts]
    clocks: Mapping[str, frozenset[str]]
    related: tuple[str, ...] = ()
    locks: tuple[str, ...] = ("self",)
    locks_if_any: tuple[str, ...] = ()  # each after the subject: PostgreSQL locks no row that an outer join may lack
    first: str = "draft"  # the state in which a case of it begins

    def of(self, case: Case) -> CaseSubject:
        """The subject row of a case as it stands in the table now."""
        row: CaseSubject = self.model._default_manager.select_related(*self.related).get(case=case)
        return row

    def of_all(self, cases: Iterable[Case]) -> dict[int, CaseSubject]:
        """The subject rows of several cases by the key of the case, in one statement."""
        rows = self.model._default_manager.select_related(*self.related).filter(case__in=list(cases))
        return {row.case_id: row for row in rows}

    def locked(self, case: Case) -> CaseSubject:
        """The same under its row lock."""
        rows = self.model._default_manager.select_for_update(of=self.locks).select_related(*self.related)
        row: CaseSubject = rows.get(case=case)
        for name in self.locks_if_any:
            if (found := getattr(row, name)) is not None:
                setattr(row, name, type(found)._default_manager.select_for_update(of=("self",)).get(pk=found.pk))
        return row

    def facts(self, state: str) -> StateFacts:
        """What everybody may ask of a state."""
        return self.states[state]

    def label(self, state: str) -> str:
        """The state in words."""
        return str(self.words(state).label)


APPLICATION = Subject(
    model=Application,
    words=ApplicationState,
    states={str(state): facts for state, facts in APPLICATION_STATES.items()},
    clocks={
        DeadlineKind.FORWARDING: frozenset({_S.UNDER_FORWARDING}),
        DeadlineKind.ACCEPTANCE: frozenset({_S.SUBMITTED}),
        DeadlineKind.FIRST_REVIEW: frozenset({_S.SUBMITTED, _S.UNDER_FIRST_REVIEW}),
        DeadlineKind.CORRECTION: frozenset({_S.RETURNED}),
        DeadlineKind.COMPLETENESS_CHECK: frozenset({_S.UNDER_COMPLETENESS_CHECK}),
        DeadlineKind.EXPERT_REVIEW: frozenset({_S.UNDER_EXPERT_REVIEW}),
        DeadlineKind.NOTICE: frozenset({_S.UNDER_NOTICE}),
        DeadlineKind.OBJECTION_STATEMENT: frozenset({_S.UNDER_NOTICE}),
        DeadlineKind.REOPENING_STATEMENT: frozenset({*REOPENABLE, _S.UNDER_OVERALL_REVIEW}),
        DeadlineKind.CONSULTATION: frozenset({_S.UNDER_CONSULTATION}),
        DeadlineKind.FIGURE_CHECK: _BESIDE_THE_CHECK,
        DeadlineKind.FIGURE_ANSWER: _BESIDE_THE_CHECK,
        DeadlineKind.RECTIFICATION: frozenset({_S.UNDER_RECTIFICATION}),
    },
    related=("batch", "enterprise"),
    locks=("self", "batch"),
)

PROCEEDING = Subject(
    model=Proceeding,
    words=ProceedingState,
    states={str(state): facts for state, facts in PROCEEDING_STATES.items()},
    clocks={
        DeadlineKind.DEFENCE: frozenset({_P.DEFENCE_OPEN}),
        DeadlineKind.HEARING: frozenset({_P.AWAITING_HEARING}),
        DeadlineKind.ORDER: frozenset({_P.IN_PREPARATION, _P.AWAITING_ORDER}),  # of a request from its first day
        DeadlineKind.EFFECT: frozenset({_P.ORDERED}),
        DeadlineKind.SUSPENSION: frozenset({_P.ORDER_RUNNING}),
    },
    related=("title__programme__granted_by", "title__holder"),
    locks=("self", "title"),
    first=_P.IN_PREPARATION,
)
_R = ReconsiderationState
RECONSIDERATION = Subject(
    model=Reconsideration,
    words=ReconsiderationState,
    states={str(state): facts for state, facts in RECONSIDERATION_STATES.items()},
    clocks={
        DeadlineKind.RECONSIDERATION_EXAMINATION: frozenset({_R.FILED}),
        DeadlineKind.RECONSIDERATION_SUPPLEMENT: frozenset({_R.SUPPLEMENT_ASKED}),
        DeadlineKind.RECONSIDERATION_ANSWER: frozenset({_R.ANSWER_ASKED}),
        DeadlineKind.RECONSIDERATION: frozenset({_R.ANSWER_ASKED, _R.UNDER_RECONSIDERATION, _R.DECISION_PROPOSED}),
    },
    related=("challenged", "letter"),
    locks_if_any=("challenged", "letter"),
    first=_R.FILED,
)
CHANGE = Subject(
    model=ChangeRequest,
    words=ChangeState,
    states={str(state): facts for state, facts in CHANGE_STATES.items()},
    clocks={
        DeadlineKind.CHANGE_OPINION: frozenset({_C.UNDER_OPINION}),
        DeadlineKind.CHANGE_RECEIVING: frozenset({_C.UNDER_RECEIVING_OPINION}),
        DeadlineKind.CHANGE_CORRECTION: frozenset({_C.RETURNED}),
        DeadlineKind.CHANGE_CONFIRMATION: frozenset({_C.UNDER_CONFIRMATION, _C.AWAITING_SECOND}),
    },
    related=("holder",),
    first=_C.DRAFT,
)
YEARLY_REPORT = Subject(
    model=YearlyReport,
    words=YearlyReportState,
    states={str(state): facts for state, facts in YEARLY_REPORT_STATES.items()},
    clocks={DeadlineKind.YEARLY_REPORT: frozenset({YearlyReportState.AWAITED, YearlyReportState.SENT_BACK})},
    related=("call__rule_set", "title__programme", "title__holder", "case__enterprise"),
    locks=("self", "title"),
    first=YearlyReportState.AWAITED,
)
_E = ReexaminationState
REEXAMINATION = Subject(
    model=Reexamination,
    words=ReexaminationState,
    states={str(state): facts for state, facts in REEXAMINATION_STATES.items()},
    clocks={
        DeadlineKind.REEXAMINATION_MATERIAL: frozenset({_E.CALLED, _E.SENT_BACK}),
        DeadlineKind.REEXAMINATION_REVIEW: frozenset({_E.UNDER_REVIEW}),
    },
    related=("round__rule_set", "title__programme", "title__holder", "case__enterprise"),
    locks=("self", "title"),
    first=_E.CALLED,
)
SUBJECTS = (
    APPLICATION,
    PROCEEDING,
    CHANGE,
    YEARLY_REPORT,
    RECONSIDERATION,
    REEXAMINATION,
)


def subject_of_state(state: str) -> Subject | None:
    """The kind of subject that knows a state; the values of no two kinds are alike, as a test makes sure."""
    return next((kind for kind in SUBJECTS if state in kind.states), None)
