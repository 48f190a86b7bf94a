"""Who reads which entry of a reconsideration, and which of its texts the entry says."""

from __future__ import annotations

from collections.abc import Mapping

from accreditation.visibility import View

BOTH_SIDES = frozenset({View.APPLICANT, View.DISTRICT, View.OFFICE, View.RECONSIDERER, View.AUDITOR})
INSIDE = frozenset({View.RECONSIDERER, View.AUDITOR})  # what is proposed before it is decided
OF_THE_BODY = frozenset({View.DISTRICT, View.OFFICE, View.AUDITOR})  # what the body does before the enterprise is told

RECONSIDERING: Mapping[str, frozenset[View]] = {
    "open_reconsideration": BOTH_SIDES,
    "open_ordered_again": BOTH_SIDES,
    "accept_reconsideration": BOTH_SIDES,
    "decline_reconsideration": BOTH_SIDES,
    "ask_for_supplement": BOTH_SIDES,
    "prolong_supplement": BOTH_SIDES,
    "supplement_reconsideration": BOTH_SIDES,
    "let_supplement_pass": BOTH_SIDES,
    "let_examination_pass": BOTH_SIDES,
    "answer_challenge": BOTH_SIDES,
    "let_answer_pass": BOTH_SIDES,
    "stay_execution": BOTH_SIDES,
    "prolong_reconsideration": BOTH_SIDES,
    "suspend_reconsideration": BOTH_SIDES,
    "resume_reconsideration": BOTH_SIDES,
    "propose_decision": INSIDE,
    "send_back_proposal": INSIDE,
    "decide_reconsideration": BOTH_SIDES,
    "withdraw_reconsideration": BOTH_SIDES,
    "open_remedy": OF_THE_BODY,
    "carry_out_remedy": BOTH_SIDES,
    "discard_remedy": OF_THE_BODY,
    "give_way_to_judgment": BOTH_SIDES,
}
RECONSIDERATION_SAID: Mapping[str, str] = {
    "decline_reconsideration": "reason",
    "ask_for_supplement": "lacking",
    "prolong_supplement": "reason",
    "let_supplement_pass": "reason",
    "answer_challenge": "answer",
    "stay_execution": "reason",
    "prolong_reconsideration": "reason",
    "propose_decision": "reason",
    "send_back_proposal": "reason",
    "decide_reconsideration": "reasons",
    "withdraw_reconsideration": "reason",
    "carry_out_remedy": "reasons",
    "discard_remedy": "reason",
}
