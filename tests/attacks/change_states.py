"""A change after the grant in every state, and for every verb a form that the rules accept wherever they can."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accreditation.change_words import ChangeKind, ChangeState
from accreditation.models import Case, CaseDocument, ChangeRequest, User
from tests.factories import changes
from tests.factories.cast import make_cast, stored_file
from tests.factories.reconsidering import reconsiderers, set_aside
from tests.factories.returns import ANOTHER, FACTS, returned
from tests.factories.titles import municipal_title
from workflows import door

S = ChangeState
LETTERS = {"reopen_change": "change_refused", "restore_ended_titles": "change_confirmed"}  # that told what is set aside


class ChangeStates:
    """A merger of a holder in Pudong, which two people confirm; where the receiving district has it, a move to Jiading.

    The successor holds a district's title of its own, so that one ends and one passes.
    """

    def __init__(self, at: datetime) -> None:
        self.at, self.cast = at, make_cast(at)
        self.title = municipal_title(self.cast)
        self.people: dict[str, User] = {
            "holder": self.cast.member0,
            "own_district": self.cast.pudong,
            "receiving_district": self.cast.jiading,
            "confirmer": self.cast.office,
            "second": self.cast.publisher,
            "successor": self.cast.member1,
            "other_enterprise": self.cast.people["member2"],
            "auditor": self.cast.auditor,
            "clock": self.cast.people["clock"],
            "stranger": self.cast.stranger,
            "decider": reconsiderers(self.cast)[1],
        }

    def case_in(self, state: str) -> Case:
        """A case that stands in this state."""
        kind = ChangeKind.RELOCATION if state == S.UNDER_RECEIVING_OPINION else ChangeKind.MERGER
        case = changes.opened(self.cast, kind)
        last: list[tuple[str, str]] = {
            S.AWAITING_SECOND: [("put_succession_forward", "confirmer")],
            S.CONFIRMED: [("put_succession_forward", "confirmer"), ("confirm_succession", "second")],
            S.REFUSED: [("refuse_change", "confirmer")],
            S.WITHDRAWN: [("withdraw_change", "holder")],
        }.get(S(state), [])
        before = S.UNDER_CONFIRMATION if last and state != S.WITHDRAWN else state
        changes.led_to(case, S.DRAFT if state == S.WITHDRAWN else before, self.cast)
        for verb, role in last:
            door.perform(case, verb, by=self.people[role], at=self.at, form=self.form(case, verb, role))
        return case

    def form(self, case: Case, verb: str, role: str) -> dict[str, Any]:
        """Everything that any verb asks for."""
        kind = ChangeRequest.objects.get(case=case).kind
        passes = {self.title.number: ("passes", self.cast.enterprises[1].uscc)}
        return {
            "stated": changes.stated(self.cast, kind),
            "file": stored_file(b"paper", self.at),
            "name": "证据.pdf",
            "purpose": "证明变更登记",
            "document": CaseDocument.objects.filter(case=case, removed_at=None).order_by("pk").last(),
            "outcomes": {"SHDTC-T-2023-00000": ("ends", ""), **passes},
            "reason": "方案不妥，请重拟。",
            **returned(FACTS, ANOTHER),
            "reasons": "所报变更与登记不符，经核实不属实。",
            **changes.OPINION,
            **changes.confirmation(self.at),
            **({"reconsideration": set_aside(case, LETTERS[verb])} if role == "decider" and verb in LETTERS else {}),
        }
