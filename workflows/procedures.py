"""Which flow and which verb table a case runs on: chosen when it is opened, never changed while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accreditation.models import Case
from workflows.doing import Verb
from workflows.flows import district_recognition_2022 as district
from workflows.flows.foundation import CaseProcedure
from workflows.flows.municipal_recognition_2022 import NODE_OF_STATE, MunicipalRecognition2022
from workflows.subjects import Subject
from workflows.tables.district_recognition_2022 import DISTRICT_2022
from workflows.tables.municipal_recognition_2022 import MUNICIPAL_2022


@dataclass(frozen=True, slots=True)
class Procedure:
    """One edition: its flow class, its verbs by code, the node at which a case waits in each legal state."""

    flow: type[CaseProcedure]
    verbs: Mapping[str, Verb]
    node_of_state: Mapping[str, str]

    @property
    def subject(self) -> Subject:
        """What it runs over."""
        return self.flow.subject


PROCEDURES: Mapping[str, Procedure] = {
    "municipal_recognition/2022": Procedure(MunicipalRecognition2022, MUNICIPAL_2022, NODE_OF_STATE),
    "district_recognition/2022": Procedure(district.DistrictRecognition2022, DISTRICT_2022, district.NODE_OF_STATE),
}


def procedure_of(case: Case) -> Procedure:
    """The edition under which the case was opened; KeyError when it is not installed any more."""
    return PROCEDURES[case.procedure]
