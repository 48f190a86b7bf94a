"""Which flow and which verb table a case runs on: chosen when it is opened, never changed while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accreditation.models import Case
from accreditation.services.batches import USUAL
from workflows.doing import Verb
from workflows.flows import district_recognition_2022 as district
from workflows.flows import reconsideration_2024, title_change_2026, title_proceeding_2026
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
from workflows.flows.title_proceeding_2026 import TitleProceeding2026
from workflows.subjects import Subject
from workflows.tables.demonstration_recommendation_2010 import DEMONSTRATION_2010
from workflows.tables.demonstration_yearly_report_2010 import DEMONSTRATION_REPORT_2010
from workflows.tables.district_recognition_2022 import DISTRICT_2022
from workflows.tables.generic_recognition_2026 import GENERIC_2026
from workflows.tables.municipal_recognition_2022 import MUNICIPAL_2022
from workflows.tables.national_recommendation_2016 import NATIONAL_2016
from workflows.tables.reconsideration_2024 import RECONSIDERATION_2024
from workflows.tables.title_change_2026 import TITLE_CHANGE_2026
from workflows.tables.title_proceeding_2026 import TITLE_PROCEEDING_2026


@dataclass(frozen=True, slots=True)
class Procedure:
    """One edition: its flow class, its verbs by code, the node at which a case waits in each legal state."""

    flow: type[CaseProcedure]
    verbs: Mapping[str, Verb]
    node_of_state: Mapping[str, str]
    needs: frozenset[str] = USUAL  # fields of the batch that it uses, each set by a parameter of the rules

    @property
    def subject(self) -> Subject:
        """What it runs over."""
        return self.flow.subject


PROCEDURES: Mapping[str, Procedure] = {
    "municipal_recognition/2022": Procedure(MunicipalRecognition2022, MUNICIPAL_2022, NODE_OF_STATE),
    "district_recognition/2022": Procedure(
        district.DistrictRecognition2022,
        DISTRICT_2022,
        district.NODE_OF_STATE,
        needs=USUAL - {"check_days"},
    ),
    "title_proceeding/2026": Procedure(TitleProceeding2026, TITLE_PROCEEDING_2026, title_proceeding_2026.NODE_OF_STATE),
    "reconsideration/2024": Procedure(Reconsideration2024, RECONSIDERATION_2024, reconsideration_2024.NODE_OF_STATE),
    "title_change/2026": Procedure(
        title_change_2026.TitleChange2026, TITLE_CHANGE_2026, title_change_2026.NODE_OF_STATE
    ),
    "demonstration_yearly_report/2010": Procedure(
        DemonstrationYearlyReport2010, DEMONSTRATION_REPORT_2010, YEARLY_NODES
    ),
    "national_recommendation/2016": Procedure(
        NationalRecommendation2016,
        NATIONAL_2016,
        NATIONAL_NODES,
        needs=frozenset({"correction_days", "check_days", "returns_allowed", "consultation_days"}),
    ),
    "demonstration_recommendation/2010": Procedure(
        DemonstrationRecommendation2010,
        DEMONSTRATION_2010,
        DEMONSTRATION_NODES,
        needs=frozenset({"correction_days", "check_days", "returns_allowed", "notice_days"}),
    ),
    "generic_recognition/2026": Procedure(
        GenericRecognition2026,
        GENERIC_2026,
        GENERIC_NODES,
        needs=USUAL - {"expert_days"},  # asked for where there is a panel
    ),
}


def procedure_of(case: Case) -> Procedure:
    """The edition under which the case was opened; KeyError when it is not installed any more."""
    return PROCEDURES[case.procedure]
