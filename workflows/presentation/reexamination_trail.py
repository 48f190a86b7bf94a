"""Who reads of which act of a re-examination, and which words of it are shown."""

from __future__ import annotations

from collections.abc import Mapping

from accreditation.visibility import View

_EVERYBODY = frozenset(View)
_INSIDE = frozenset({View.OFFICE, View.AUDITOR, View.DISTRICT})
_PARTIES = _INSIDE | {View.APPLICANT}

READERS: Mapping[str, frozenset[View]] = {
    "call_for_reexamination": _EVERYBODY,
    "fill_reexamination": frozenset({View.APPLICANT, View.AUDITOR}),
    "add_reexamination_document": _PARTIES,
    "drop_reexamination_document": _PARTIES,
    "hand_in_reexamination": _EVERYBODY,
    "refuse_reexamination": _PARTIES,
    "list_reexamination_late": _EVERYBODY,
    "remind_of_reexamination": _PARTIES,
    "close_unanswered": _PARTIES,
    "send_reexamination_back": _PARTIES,
    "give_reexamination_opinion": _INSIDE,
    "review_reexamination_again": _INSIDE,
    "forward_reexamination": _EVERYBODY,
    "pass_reexamination": _EVERYBODY,
    "fail_reexamination": _PARTIES,
    "drop_reexamination": _EVERYBODY,
    "reopen_reexamination": _PARTIES,
}
PAPERS = ("add_reexamination_document", "drop_reexamination_document")
WORDS: Mapping[str, str] = {  # what of the entry is shown beside the act
    "refuse_reexamination": "reason",
    "remind_of_reexamination": "reason",
    "close_unanswered": "reason",
    "send_reexamination_back": "reason",
    "give_reexamination_opinion": "opinion",
    "review_reexamination_again": "reason",
    "forward_reexamination": "report",
    "pass_reexamination": "notice",
    "fail_reexamination": "notice",
    "drop_reexamination": "reason",
    "reopen_reexamination": "reason",
}
