"""Who reads of which act: each verb with the qualities of viewers to whom its entry is shown."""

from __future__ import annotations

from collections.abc import Mapping

from accreditation.visibility import View
from workflows.presentation import evaluation_trail, reexamination_trail
from workflows.presentation import timeline_of_changes as of_changes
from workflows.presentation.further_returns import FURTHER_READERS
from workflows.presentation.hands import HAND_READERS
from workflows.presentation.officer_recusals import RECUSAL_READERS
from workflows.presentation.reconsideration_timeline import RECONSIDERING
from workflows.presentation.recusal_requests import REQUEST_READERS
from workflows.presentation.seats import SHEET_VERBS
from workflows.upholding import UPHOLDING_VERBS

EVERYBODY = frozenset(View)
AUTHORITIES = frozenset({View.OFFICE, View.AUDITOR})
OWN = frozenset({View.APPLICANT, View.AUDITOR})
INSIDE = AUTHORITIES | {View.DISTRICT}
PARTIES = AUTHORITIES | {View.APPLICANT, View.DISTRICT, View.COMMITTEE}
LOCALLY = PARTIES | {View.FORWARDER}

READERS: Mapping[str, frozenset[View]] = {
    "open": EVERYBODY,
    "upload_workbook": OWN,
    "send_workbook": OWN,
    "end_reading": OWN,
    "attach_evidence": OWN,
    "drop_evidence": OWN,
    "bind_evidence": OWN,
    "unbind_evidence": OWN,
    "submit": EVERYBODY,
    "correct": EVERYBODY,
    "withdraw": EVERYBODY,
    "lapse": EVERYBODY,
    "forward": LOCALLY,
    "call_in": LOCALLY,
    **dict.fromkeys(("accept", "let_acceptance_pass"), EVERYBODY),
    "decline": PARTIES,
    "answer_gate": PARTIES,
    "verify_value": PARTIES,
    "return_for_correction": LOCALLY,
    "find_ineligible": PARTIES,
    **dict.fromkeys(("pause_clock", "resume_clock"), PARTIES),
    **dict.fromkeys(("pause_experts", "resume_experts"), PARTIES | {View.EXPERT}),
    **dict.fromkeys(("pause_order", "resume_order"), EVERYBODY),
    "recommend": PARTIES,
    "not_recommend": PARTIES,
    "pass_completeness_check": PARTIES,
    "pass_material_check": LOCALLY,
    "fix_seed": AUTHORITIES,
    "draw_panel": AUTHORITIES,
    "appoint_panel": EVERYBODY,
    "order_recusal": AUTHORITIES,
    "record_site_visit": PARTIES | {View.EXPERT},
    **dict.fromkeys(("replace_expert", *SHEET_VERBS), AUTHORITIES),
    "declare_no_tie": AUTHORITIES,
    "recuse": AUTHORITIES,
    "propose_value": AUTHORITIES,
    "submit_review": AUTHORITIES,
    "adopt_value": PARTIES,
    "propose": PARTIES,
    "refuse": PARTIES,
    "postpone": PARTIES,
    "table_again": PARTIES,
    "publish_notice": EVERYBODY,
    **dict.fromkeys(("raise_objection", *UPHOLDING_VERBS), AUTHORITIES),
    "dismiss_objection": PARTIES,
    **dict.fromkeys(("extend_notice", "ask_for_statement", "end_statement_time", "waive_notice"), PARTIES),
    "state_on_objection": AUTHORITIES | {View.APPLICANT},
    "state_on_reopening": AUTHORITIES | {View.APPLICANT},
    **dict.fromkeys(("propose_reopening", "end_reopening_time", "return_to_committee", "drop_reopening"), PARTIES),
    "withdraw_reopening": PARTIES,
    "give_up": EVERYBODY,
    "uphold_objection": PARTIES,
    "complete_notice": EVERYBODY,
    "announce": EVERYBODY,
    "certify": EVERYBODY,
    "recompute_deadline": EVERYBODY,
    **dict.fromkeys(("change_edition", "correct_entry", "take_off_notice", "end_as_held", "end_as_barred"), EVERYBODY),
    "conclude_consultation": PARTIES,
    **dict.fromkeys(
        ("commission_figure_check", "call_off_figure_check", "hand_in_figure_check", "end_figure_answers"), PARTIES
    ),
    **dict.fromkeys(("declare_no_figure_tie", "refuse_figure_check", "record_figures"), AUTHORITIES),
    "answer_figure": AUTHORITIES | {View.APPLICANT},
    "decide_figure": PARTIES,
    **HAND_READERS,
    **FURTHER_READERS,
    **RECUSAL_READERS,
    **REQUEST_READERS,
    # proceedings over titles; before the holder is told of one it sees nothing of the case
    "revise_proceeding": INSIDE,
    "add_document": EVERYBODY,
    "drop_document": INSIDE,
    "record_notice": EVERYBODY,
    "notify_holder": EVERYBODY,
    "submit_for_order": EVERYBODY,
    "add_own_document": EVERYBODY,
    "defend": EVERYBODY,
    "ask_for_hearing": EVERYBODY,
    **dict.fromkeys(("waive_rest_of_defence", "withdraw_request"), EVERYBODY),
    "let_defence_pass": EVERYBODY,
    "call_hearing": EVERYBODY,
    "hold_hearing": EVERYBODY,
    "make_order": EVERYBODY,
    "drop_proceeding": EVERYBODY,
    "reopen_request": EVERYBODY,
    "refuse_order": EVERYBODY,
    "take_effect": EVERYBODY,
    "end_suspension": EVERYBODY,
    **of_changes.READERS,
    **evaluation_trail.READERS,
    **reexamination_trail.READERS,
    # yearly reports of demonstration enterprises
    "call_for_report": EVERYBODY,
    "fill_report": OWN,
    "add_report_document": INSIDE | OWN,
    "drop_report_document": INSIDE | OWN,
    "hand_in_report": EVERYBODY,
    "let_report_due_pass": EVERYBODY,
    "remind_of_report": PARTIES,
    "note_report": EVERYBODY,
    "send_report_back": PARTIES,
    "drop_report": EVERYBODY,
    **RECONSIDERING,
    **dict.fromkeys(("open_letter", "record_delivery"), INSIDE | {View.APPLICANT, View.RECONSIDERER}),
    "confirm_opening_correction": INSIDE | {View.APPLICANT, View.RECONSIDERER},
    "propose_opening_correction": INSIDE | {View.RECONSIDERER},  # nothing has come of these for the addressee
    "decline_opening_correction": INSIDE | {View.RECONSIDERER},
    "withdraw_opening_correction": INSIDE | {View.RECONSIDERER},
    "name_parent": PARTIES,
    "ask_departments": PARTIES,
    "record_answer": AUTHORITIES,  # what departments write is between authorities
    "adopt_initial_score": PARTIES,
    "score_at_check": PARTIES,
    "not_recommend_below_limit": PARTIES,
    "enter_ranking": PARTIES,
    "call_up": PARTIES,
    "recommend_upward": EVERYBODY,
    "note_public_notice_above": EVERYBODY,
    "recognise_above": EVERYBODY,
    "pass_over_above": PARTIES,
    "correct_to_recognised": EVERYBODY,
    "correct_to_passed_over": PARTIES,
}
