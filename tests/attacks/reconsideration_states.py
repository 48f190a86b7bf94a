"""A reconsideration of an order that revoked a title, in every state, with a form for every verb."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accreditation.clocks import PauseGround
from accreditation.models import Case, User
from accreditation.reconsideration_words import DeclineGround, Outcome, ReconsiderationState
from accreditation.roles import Role
from tests.factories.cast import grant, make_cast, person, stored_file
from tests.factories.reconsidering import challenged, reconsiderers, revoked
from workflows import door

S = ReconsiderationState


class ReconsiderationStates:
    """The city's officer answers for the office; who made the order holds the role of reconsideration in vain."""

    def __init__(self, at: datetime) -> None:
        self.at, self.cast = at, make_cast(at)
        first, second = reconsiderers(self.cast)
        self.proposer = person("reconsiderer3", "复议拟定示例")
        for user in (self.proposer, self.cast.publisher):
            grant(user, Role.RECONSIDERATION_OFFICER, at=at)
        self.letter = revoked(self.cast, at)
        self.people: dict[str, User] = {
            "holder": self.cast.member0,
            "reconsiderer": first,
            "decider": second,
            "respondent": self.cast.office,
            "clock": self.cast.people["clock"],
            "took_part": self.cast.publisher,
            "district": self.cast.pudong,
            "other_enterprise": self.cast.member1,
            "auditor": self.cast.auditor,
            "stranger": self.cast.stranger,
        }

    def case_in(self, state: str) -> Case:
        """A case that stands in this state."""
        case = challenged(self.cast, self.letter, self.at)
        self.at += timedelta(hours=1)
        for verb, role in self._way_to(state):
            door.perform(case, verb, by=self._by(role), at=self.at, form=self.form(case, verb, role))
        return case

    def _by(self, role: str) -> User:
        return self.proposer if role == "proposer" else self.people[role]

    def _way_to(self, state: str) -> list[tuple[str, str]]:
        accepted = [("accept_reconsideration", "reconsiderer")]
        answered = [*accepted, ("answer_challenge", "respondent")]
        proposed = [*answered, ("propose_decision", "proposer")]
        return {
            S.FILED: [],
            S.SUPPLEMENT_ASKED: [("ask_for_supplement", "reconsiderer")],
            S.ANSWER_ASKED: accepted,
            S.UNDER_RECONSIDERATION: answered,
            S.DECISION_PROPOSED: proposed,
            S.DECIDED: [*proposed, ("decide_reconsideration", "decider")],
            S.NOT_ACCEPTED: [("decline_reconsideration", "reconsiderer")],
            S.WITHDRAWN: [("withdraw_reconsideration", "holder")],
        }[S(state)]

    def form(self, case: Case, verb: str, role: str) -> dict[str, Any]:
        """Everything that any verb asks for."""
        return {
            "file": stored_file(b"paper", self.at),
            "name": "证据.pdf",
            "purpose": "说明情况",
            "answer": "原决定事实清楚，程序合法。",
            "reason": "经审理，理由充分。",
            "decline_ground": DeclineGround.CLAIM,
            "lacking": "营业执照复印件；具体的复议请求",
            "claim": "请求撤销该决定，恢复称号。",
            "days": 10,
            "ground": PauseGround.OTHER_CASE,
            "remark": "须以另案的审理结果为依据。",
            "outcome": Outcome.ANNULLED,
            "decision_number": f"示例复决〔2026〕{case.pk}号",
            "decided_on": self.at.date(),
            "reasons": "原决定认定事实不清，证据不足。",
        }
