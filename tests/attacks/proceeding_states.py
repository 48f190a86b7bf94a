"""A proceeding over a title in every state, and for every verb a form that the rules accept wherever they can."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accreditation.clocks import PauseGround
from accreditation.enums import ProceedingKind, ProceedingState
from accreditation.grounds import Ground
from accreditation.models import Case, CaseDocument, User
from tests.factories.cast import Cast, make_cast, stored_file
from tests.factories.reconsidering import reconsiderers, set_aside
from tests.factories.titles import FACTS, hearing_day, municipal_title
from workflows import door
from workflows.opening_proceedings import open_proceeding

S = ProceedingState


class ProceedingStates:
    """The city's officer prepares, the publisher orders; a suspension, because it alone knows every state."""

    def __init__(self, at: datetime) -> None:
        self.at, self.cast = at, self._cast(at)
        self.title = municipal_title(self.cast)
        self.people: dict[str, User] = {
            "preparer": self.cast.office,
            "orderer": self.cast.publisher,
            "holder": self.cast.member0,
            "clock": self.cast.people["clock"],
            "district": self.cast.pudong,
            "other_enterprise": self.cast.member1,
            "auditor": self.cast.auditor,
            "stranger": self.cast.stranger,
            "decider": reconsiderers(self.cast)[1],
        }

    @staticmethod
    def _cast(at: datetime) -> Cast:
        return make_cast(at)

    def case_in(self, state: str) -> Case:
        """A case that stands in this state."""
        case = open_proceeding(
            self.title, kind=ProceedingKind.SUSPENSION, ground=Ground.UNDER_INVESTIGATION, found_facts=FACTS,
            by=self.cast.office, at=self.at,
        )  # fmt: skip
        self._do(case, "add_document", "preparer")
        for verb, role, changed in self._way_to(state):
            self._do(case, verb, role, **changed)
        return case

    def _way_to(self, state: str) -> list[tuple[str, str, dict[str, Any]]]:
        told: list[tuple[str, str, dict[str, Any]]] = [("notify_holder", "preparer", {})]
        heard = [*told, ("defend", "holder", {}), ("waive_rest_of_defence", "holder", {})]
        later = {"effective_from": self.at.date() + timedelta(days=9), "until": None}
        until = {"until": self.at.date() + timedelta(days=30)}
        return {
            S.IN_PREPARATION: [],
            S.DEFENCE_OPEN: told,
            S.AWAITING_HEARING: [*told, ("ask_for_hearing", "holder", {})],
            S.AWAITING_ORDER: heard,
            S.ORDERED: [*heard, ("make_order", "orderer", later)],
            S.ORDER_RUNNING: [*heard, ("make_order", "orderer", until)],
            S.CONCLUDED: [*heard, ("make_order", "orderer", {})],
            S.DROPPED: [("drop_proceeding", "preparer", {})],
        }[S(state)]

    def _do(self, case: Case, verb: str, role: str, **changed: Any) -> None:
        form = self.form(case, verb, role) | changed
        door.perform(case, verb, by=self.people[role], at=self.at, form=form)

    def form(self, case: Case, verb: str, role: str) -> dict[str, Any]:
        """Everything that any verb asks for."""
        today = self.at.date()
        return {
            "ground": PauseGround.APPRAISAL if verb == "pause_order" else Ground.FALSE_MATERIAL,
            "remark": "委托鉴定机构鉴定原始凭证。",
            "found_facts": FACTS,
            "file": stored_file(b"paper", self.at),
            "name": "证据.pdf",
            "purpose": "说明情况",
            "authority": "示例国家主管部门",
            "number": "示例公告〔2026〕7号",
            "dated": today,
            "document": CaseDocument.objects.filter(case=case).first(),
            "gives_up_rest": True,
            "statement": "不认可所认定的事实。",
            "hearing_on": hearing_day(self.at),
            "hearing_place": "示例会议室",
            "hearing_record": "双方到场，质证完毕。",
            "order_number": f"示例〔2026〕{case.pk}号",
            "ordered_on": today,
            "effective_from": today,
            "until": None,
            "reasons": "事实清楚，申辩理由不成立。",
            "reason": "查无实据",
            **({"reconsideration": set_aside(case, "dropped")} if role == "decider" else {}),
        }
