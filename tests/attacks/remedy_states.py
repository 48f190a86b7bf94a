"""A judgment over an order that revoked a title, in every state, with a form for every verb."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accreditation.models import Case, User
from accreditation.reconsideration_words import ReconsiderationState
from accreditation.roles import Role
from tests.factories.cast import grant, make_cast, person, stored_file
from tests.factories.reconsidering import reconsiderers, revoked
from tests.factories.remedies import judgment, put_forward
from tests.factories.titles import second_officer
from workflows import door

S = ReconsiderationState


class RemedyStates:
    """Two officers of the city answer for its office; a third one has put the judgment forward."""

    def __init__(self, at: datetime) -> None:
        self.at, self.cast = at, make_cast(at)
        self.letter = revoked(self.cast, at)
        self.proposer = person("office3", "市经办三示例")
        grant(self.proposer, Role.MUNICIPAL_OFFICER, at=at)
        self.people: dict[str, User] = {
            "body": second_officer(self.cast),
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

    def case_in(self, state: str) -> Case:
        """A case that stands in this state."""
        case = put_forward(self.cast, self.letter, judgment(self.at), self.at, by=self.proposer)
        self.at += timedelta(hours=1)
        for verb in {S.PREPARED: [], S.CARRIED_OUT: ["carry_out_remedy"], S.DISCARDED: ["discard_remedy"]}[S(state)]:
            door.perform(case, verb, by=self.people["body"], at=self.at, form=self.form(case, verb, "body"))
        return case

    def form(self, case: Case, verb: str, role: str) -> dict[str, Any]:
        """Everything that any verb asks for."""
        return {
            "file": stored_file(b"paper", self.at), "name": "证据.pdf", "purpose": "说明情况",
            "reason": "录入的案号有误。",
        }  # fmt: skip
