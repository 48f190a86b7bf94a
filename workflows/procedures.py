"""Which flow and which verb table a case runs on: chosen when it is opened, changed by a confirmed mapping alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from accreditation.models import Case
from accreditation.models.cases import CaseSubject
from accreditation.services.batches import USUAL
from workflows import closed_ways
from workflows.doing import Verb
from workflows.flows import demonstration_reexamination_2010 as reexamination
from workflows.flows import district_evaluation_2026 as district_evaluation
from workflows.flows import district_recognition_2022 as district
from workflows.flows import (
    municipal_evaluation_2025,
    reconsideration_2024,
    remedy_2026,
    title_change_2026,
    title_proceeding_2026,
)
from workflows.flows import municipal_recognition_2026 as municipal
from workflows.flows.demonstration_recommendation_2010 import NODE_OF_STATE as DEMONSTRATION_NODES
from workflows.flows.demonstration_recommendation_2010 import DemonstrationRecommendation2010
from workflows.flows.demonstration_yearly_report_2010 import NODE_OF_STATE as YEARLY_NODES
from workflows.flows.demonstration_yearly_report_2010 import DemonstrationYearlyReport2010
from workflows.flows.foundation import CaseProcedure
from workflows.flows.generic_recognition_2026 import NODE_OF_STATE as GENERIC_NODES
from workflows.flows.generic_recognition_2026 import GenericRecognition2026
from workflows.flows.municipal_recognition_2022 import NODE_OF_STATE, MunicipalRecognition2022
from workflows.flows.national_recommendation_2016 import NODE_OF_STATE as NATIONAL_NODES
from workflows.flows.national_recommendation_2016 import NationalRecommendation2016
from workflows.flows.reconsideration_2024 import Reconsideration2024
from workflows.flows.remedy_2026 import Remedy2026
from workflows.flows.title_proceeding_2026 import TitleProceeding2026
from workflows.subjects import Subject
from workflows.tables.demonstration_recommendation_2010 import DEMONSTRATION_2010
from workflows.tables.demonstration_reexamination_2010 import DEMONSTRATION_REEXAMINATION_2010
from workflows.tables.demonstration_yearly_report_2010 import DEMONSTRATION_REPORT_2010
from workflows.tables.district_evaluation_2026 import DISTRICT_EVALUATION_2026
from workflows.tables.district_recognition_2022 import DISTRICT_2022
from workflows.tables.generic_recognition_2026 import GENERIC_2026
from workflows.tables.municipal_evaluation_2025 import EVALUATION_2025
from workflows.tables.municipal_recognition_2022 import MUNICIPAL_2022
from workflows.tables.municipal_recognition_2026 import MUNICIPAL_2026
from workflows.tables.national_recommendation_2016 import NATIONAL_2016
from workflows.tables.reconsideration_2024 import RECONSIDERATION_2024
from workflows.tables.remedy_2026 import REMEDY_2026
from workflows.tables.title_change_2026 import TITLE_CHANGE_2026
from workflows.tables.title_proceeding_2026 import TITLE_PROCEEDING_2026


@dataclass(frozen=True, slots=True)
class Procedure:
    """One edition: its flow class, its verbs by code, the node at which a case waits in each legal state."""

    flow: type[CaseProcedure]
    verbs: Mapping[str, Verb]
    node_of_state: Mapping[str, str]
    needs: frozenset[str] = USUAL  # fields of the batch that it uses, each set by a parameter of the rules
    options: frozenset[str] = frozenset()  # those that it uses where the rules set them: a step that may be left out
    step_of_state: Mapping[str, int] = field(default_factory=dict)  # where a state has another step than its facts say
    has_quota: bool = False  # whether the proposals of a batch can be limited in number
    closed_ways: Callable[[CaseSubject], closed_ways.Closed] = closed_ways.none  # moves that one subject cannot take
    begins: str = ""  # in which state a case of it begins, where that is not the first one of its subject

    @property
    def subject(self) -> Subject:
        """What it runs over."""
        return self.flow.subject

    @property
    def first(self) -> str:
        """The state in which a case of it begins."""
        return self.begins or self.subject.first

    def step_of(self, state: str) -> int:
        """At which step of the bar a case in the state is."""
        return self.step_of_state.get(state) or self.subject.facts(state).step


PROCEDURES: Mapping[str, Procedure] = {
    "municipal_recognition/2022": Procedure(
        MunicipalRecognition2022, MUNICIPAL_2022, NODE_OF_STATE, closed_ways=closed_ways.of_recognition
    ),
    "municipal_recognition/2026": Procedure(
        municipal.MunicipalRecognition2026,
        MUNICIPAL_2026,
        municipal.NODE_OF_STATE,
        step_of_state=municipal.STEP_OF_STATE,
        options=frozenset({"consultation_days"}),
        has_quota=True,
        closed_ways=closed_ways.of_recognition,
    ),
    "district_recognition/2022": Procedure(
        district.DistrictRecognition2022,
        DISTRICT_2022,
        district.NODE_OF_STATE,
        needs=USUAL - {"check_days"},
        closed_ways=closed_ways.of_local_recognition,
    ),
    "title_proceeding/2026": Procedure(
        TitleProceeding2026,
        TITLE_PROCEEDING_2026,
        title_proceeding_2026.NODE_OF_STATE,
        closed_ways=closed_ways.of_proceeding,
    ),
    "municipal_evaluation/2025": Procedure(
        municipal_evaluation_2025.MunicipalEvaluation2025,
        EVALUATION_2025,
        municipal_evaluation_2025.NODE_OF_STATE,
        needs=USUAL - {"expert_days", "panel_size"} | {"rectification_days"},
        closed_ways=closed_ways.of_recognition,
    ),
    "district_evaluation/2026": Procedure(
        district_evaluation.DistrictEvaluation2026,
        DISTRICT_EVALUATION_2026,
        district_evaluation.NODE_OF_STATE,
        needs=USUAL - {"check_days", "expert_days", "panel_size"} | {"rectification_days"},
    ),
    "reconsideration/2024": Procedure(
        Reconsideration2024,
        RECONSIDERATION_2024,
        reconsideration_2024.NODE_OF_STATE,
        closed_ways=closed_ways.of_reconsideration,
    ),
    "remedy/2026": Procedure(Remedy2026, REMEDY_2026, remedy_2026.NODE_OF_STATE, begins=remedy_2026.FIRST),
    "title_change/2026": Procedure(
        title_change_2026.TitleChange2026, TITLE_CHANGE_2026, title_change_2026.NODE_OF_STATE
    ),
    "demonstration_yearly_report/2010": Procedure(
        DemonstrationYearlyReport2010, DEMONSTRATION_REPORT_2010, YEARLY_NODES
    ),
    "demonstration_reexamination/2010": Procedure(
        reexamination.DemonstrationReexamination2010, DEMONSTRATION_REEXAMINATION_2010, reexamination.NODE_OF_STATE
    ),
    "national_recommendation/2016": Procedure(
        NationalRecommendation2016,
        NATIONAL_2016,
        NATIONAL_NODES,
        needs=frozenset({"correction_days", "check_days", "returns_allowed", "consultation_days"}),
        closed_ways=closed_ways.of_grants,
    ),
    "demonstration_recommendation/2010": Procedure(
        DemonstrationRecommendation2010,
        DEMONSTRATION_2010,
        DEMONSTRATION_NODES,
        needs=frozenset({"correction_days", "check_days", "returns_allowed", "notice_days"}),
        closed_ways=closed_ways.of_grants,
    ),
    "generic_recognition/2026": Procedure(
        GenericRecognition2026,
        GENERIC_2026,
        GENERIC_NODES,
        needs=USUAL - {"expert_days"},  # asked for where there is a panel
        closed_ways=closed_ways.of_designated_grants,
    ),
}


def procedure_of(case: Case) -> Procedure:
    """The edition under which the case was opened; KeyError when it is not installed any more."""
    return PROCEDURES[case.procedure]
