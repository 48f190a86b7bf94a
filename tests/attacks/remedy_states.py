"""A judgment over an order that revoked a title, in every state, with a form for every verb."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accreditation.models import Case, Reconsideration, User
from accreditation.reconsideration_words import Outcome, ReconsiderationState, Remedy
from accreditation.roles import Role
from tests.factories.cast import grant, make_cast, person, stored_file
from tests.factories.reconsidering import reconsiderers, revoked
from tests.factories.remedies import judgment, put_forward
from tests.factories.titles import second_officer
from workflows import door

S = ReconsiderationState
CARRY_OUT = ("carry_out_remedy", "body")


class RemedyStates:
    """Two officers of the city answer for its office; a third one has put the judgment forward."""

    def __init__(self, at: datetime) -> None:
        self.at, self.cast = at, make_cast(at)
        self.letter = revoked(self.cast, at)
        self.proposer = person("office3", "市经办三示例")
        grant(self.proposer, Role.MUNICIPAL_OFFICER, at=at)
        self.people: dict[str, User] = {
            "body": second_officer(self.cast),
            "later": person("office4", "市经办四示例"),
            "colleague": self.cast.office,
            "holder": self.cast.member0,
            "orderer": self.cast.publisher,
            "reconsiderer": reconsiderers(self.cast)[0],
            "clock": self.cast.people["clock"],
            "district": self.cast.pudong,
            "other_enterprise": self.cast.member1,
            "auditor": self.cast.auditor,
            "stranger": self.cast.stranger,
        }
        grant(self.people["later"], Role.MUNICIPAL_OFFICER, at=at)

    def case_in(self, state: str) -> Case:
        """A case that stands in this state."""
        case = put_forward(self.cast, self.letter, judgment(self.at), self.at, by=self.proposer)
        self.at += timedelta(hours=1)
        way = {
            S.PREPARED: [], S.CARRIED_OUT: [CARRY_OUT], S.DISCARDED: [("discard_remedy", "body")],
            S.REPLACED: [CARRY_OUT, ("give_way_to_judgment", "later")],
        }  # fmt: skip
        for verb, role in way[S(state)]:
            door.perform(case, verb, by=self.people[role], at=self.at, form=self.form(case, verb, role))
        return case

    def form(self, case: Case, verb: str, role: str) -> dict[str, Any]:
        """Everything that any verb asks for."""
        return {
            "file": stored_file(b"paper", self.at), "name": "证据.pdf", "purpose": "说明情况",
            "reason": "录入的案号有误。",
            **({"reconsideration": self._later(case)} if role == "later" else {}),
        }  # fmt: skip

    def _later(self, case: Case) -> Reconsideration:
        """A judgment on appeal, not stored, that comes into the place of the one of the case."""
        return Reconsideration(
            case=case, challenged=self.letter.case, letter=self.letter, remedy=Remedy.JUDGMENT,
            replaces=Reconsideration.objects.get(case=case), outcome=Outcome.UPHELD, decision_number="（2026）沪终2号",
        )  # fmt: skip
