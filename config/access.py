"""Who may open which address: every URL name has a policy here, and a name without one is refused.

The policy guards the door of a page; which rows a person sees is decided by the function that fetches them
(`accreditation.visibility`), so an address of somebody else's case answers 404.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import HttpRequest

from accreditation.permissions import has_any_power, is_applicant
from accreditation.roles import DELEGABLE, Power


@dataclass(frozen=True, slots=True)
class Policy:
    """A named test of the request; `staff` pages also ask for the second factor."""

    name: str
    allows: Callable[[HttpRequest], bool]
    is_public: bool = False
    needs_second_factor: bool = False
    before_second_factor: bool = False  # open to a session of staff that has only the password so far
    demo_only: bool = False


def _power(*powers: Power) -> Policy:
    names = "|".join(powers)
    return Policy(names, lambda request: has_any_power(request.user, powers), needs_second_factor=True)


PUBLIC = Policy("public", lambda request: True, is_public=True)
DEMO = Policy("demo", lambda request: True, is_public=True, demo_only=True)
SIGNED_IN = Policy("signed_in", lambda request: request.user.is_authenticated)
PASSWORD_GIVEN = Policy("password_given", lambda request: request.user.is_authenticated, before_second_factor=True)
APPLICANT = Policy("applicant", lambda request: is_applicant(request.user))
DISTRICT = _power(Power.REVIEW_FIRST)
MEMBERS = _power(Power.CONFIRM_MEMBERS)
RULES = _power(Power.DRAFT_RULES, Power.PUBLISH_RULES)
DRAFTS = _power(Power.DRAFT_RULES)
OFFICE = _power(Power.CHECK_COMPLETENESS)
POOL = _power(Power.APPOINT_PANELS)
BATCHES = _power(Power.RUN_BATCHES)
EXPERT = _power(Power.REVIEW_AS_EXPERT)
COMMITTEE = _power(Power.VOTE, Power.VOTE_LOCALLY)
MEETINGS = _power(Power.CALL_MEETINGS, Power.VOTE, Power.RUN_LOCALLY, Power.VOTE_LOCALLY)
CALLS_MEETINGS = _power(Power.CALL_MEETINGS, Power.RUN_LOCALLY)
PUBLISHER = _power(Power.PUBLISH, Power.PUBLISH_LOCALLY)
CASEWORK = _power(Power.REVIEW_FIRST, Power.CHECK_COMPLETENESS, Power.FORWARD)
OBJECTIONS = _power(Power.ANSWER_OBJECTIONS, Power.RUN_LOCALLY)
LOCAL = _power(Power.RUN_LOCALLY)
FORWARDER = _power(Power.FORWARD)
VISITS = _power(
    Power.REVIEW_FIRST, Power.CHECK_COMPLETENESS, Power.REVIEW_AS_EXPERT, Power.VOTE, Power.VOTE_LOCALLY, Power.AUDIT
)
REGISTER = _power(Power.KEEP_REGISTER)
STANDINGS = _power(Power.KEEP_STANDINGS, Power.CONFIRM_STANDINGS)
KEEPS_STANDINGS = _power(Power.KEEP_STANDINGS)
RECOMMENDERS = _power(Power.CHECK_COMPLETENESS, Power.PUBLISH)
ORDERS = _power(Power.PREPARE_ORDERS, Power.MAKE_ORDERS, Power.REVIEW_RECONSIDERATIONS, Power.DECIDE_RECONSIDERATIONS)
LENDERS = _power(*DELEGABLE)
SECURITY = _power(Power.GRANT_ROLES)
OPERATOR = _power(Power.OPERATE)
PEOPLE = _power(Power.OPERATE, Power.GRANT_ROLES)
AUDITOR = _power(Power.AUDIT)
DOSSIERS = _power(Power.AUDIT, Power.CHECK_COMPLETENESS)

ACCESS: Mapping[str, Policy] = {
    "home": PUBLIC,
    "set_language": PUBLIC,
    "styleguide": DEMO,
    "certificates:verify": PUBLIC,
    "certificates:verify_file": PUBLIC,
    "certificates:root": PUBLIC,
    "certificates:printed_keys": PUBLIC,
    "certificates:revoked_list": PUBLIC,
    "certificates:offline": PUBLIC,
    "certificates:offline_file": PUBLIC,
    "certificates:shown": PUBLIC,
    "certificates:scanned": PUBLIC,
    "certificates:status_json": PUBLIC,
    "certificates:record": PUBLIC,
    "certificates:credential": PUBLIC,
    "certificates:credential_keys": PUBLIC,
    "certificates:second_signature": PUBLIC,
    "certificates:second_certificate": PUBLIC,
    "certificates:issuer_document": PUBLIC,
    "certificates:english": PUBLIC,
    "certificates:log": PUBLIC,
    "certificates:log_key": PUBLIC,
    "certificates:log_clock_root": PUBLIC,
    "certificates:log_head": PUBLIC,
    "certificates:log_head_of_size": PUBLIC,
    "certificates:log_inclusion": PUBLIC,
    "certificates:log_inclusion_of_leaf": PUBLIC,
    "certificates:log_consistency": PUBLIC,
    "certificates:log_entries": PUBLIC,
    "certificates:json_feed": PUBLIC,
    "certificates:atom_feed": PUBLIC,
    "certificates:status_keys": PUBLIC,
    "certificates:status_key": PUBLIC,
    "certificates:status_list": PUBLIC,
    "styleguide_autosave": DEMO,
    "guide": PUBLIC,
    "guide_programme": PUBLIC,
    "batch_rules": PUBLIC,
    "batch_template": PUBLIC,
    "editions": PUBLIC,
    "edition": PUBLIC,
    "edition_print": PUBLIC,
    "edition_file": PUBLIC,
    # accounts
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "account_inactive": PUBLIC,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    "account_change_password": SIGNED_IN,
    "demo_login": DEMO,
    "second_factor": PASSWORD_GIVEN,
    "recovery_codes": SIGNED_IN,
    "account_security": SIGNED_IN,
    "register": PUBLIC,
    "register_done": PUBLIC,
    # members of enterprises
    "members": MEMBERS,
    "member": MEMBERS,
    "member_proof": MEMBERS,
    "member_confirm": MEMBERS,
    "member_reject": MEMBERS,
    "member_end": MEMBERS,
    "org_members": APPLICANT,
    "org_member_proof": APPLICANT,
    "org_member_confirm": APPLICANT,
    "org_member_reject": APPLICANT,
    "org_member_invite": APPLICANT,
    "org_english_name": APPLICANT,
    "org_member_hand_over": APPLICANT,
    "org_member_end": APPLICANT,
    # the applicant's own cases
    "my_cases": APPLICANT,
    "my_new": APPLICANT,
    "my_case": APPLICANT,
    "my_workbook": APPLICANT,
    "my_upload": APPLICANT,
    "my_upload_annotated": APPLICANT,
    "my_upload_file": APPLICANT,
    "my_reading": APPLICANT,
    "my_reading_cancel": APPLICANT,
    "my_difference": APPLICANT,
    "my_template": APPLICANT,
    "my_form": APPLICANT,
    "my_form_section": APPLICANT,
    "my_form_part": APPLICANT,
    "my_materials": APPLICANT,
    "my_evidence": APPLICANT,
    "my_evidence_remove": APPLICANT,
    "my_bindings": APPLICANT,
    "my_binding_remove": APPLICANT,
    "my_score": APPLICANT,
    "my_what_if": APPLICANT,
    "my_check": APPLICANT,
    "my_done": APPLICANT,
    "my_return": APPLICANT,
    "my_letter": APPLICANT,
    "my_withdraw": APPLICANT,
    "my_parent": APPLICANT,
    "my_certificate": APPLICANT,
    "my_certificate_english": APPLICANT,
    "my_title_certificate": APPLICANT,
    "my_progress": APPLICANT,
    # roles and accounts of staff
    "delegations": LENDERS,
    "delegation_revoke": LENDERS,
    "grants": SECURITY,
    "grant_revoke": SECURITY,
    "second_factor_clear": SECURITY,
    "people": PEOPLE,
    "person_create": OPERATOR,
    "person_close": OPERATOR,
    "messages_list": SIGNED_IN,
    "message_open": SIGNED_IN,
    "messages_read": SIGNED_IN,
    "draft_save": SIGNED_IN,
    # the district bureau
    "district_inbox": DISTRICT,
    "district_done": DISTRICT,
    "district_case": DISTRICT,
    "district_figures": DISTRICT,
    "district_verify": DISTRICT,
    "district_gate": DISTRICT,
    "district_review": DISTRICT,
    "district_return": DISTRICT,
    "district_changes": DISTRICT,
    "district_act": DISTRICT,
    # a district, zone or group that recognises by itself
    "district_panel": LOCAL,
    "district_replace": LOCAL,
    "district_draw_file": LOCAL,
    "district_recuse": LOCAL,
    "district_adopt": LOCAL,
    "district_visit": LOCAL,
    # towns and parks that pass applications on
    "forward_inbox": FORWARDER,
    "forward_done": FORWARDER,
    "forward_case": FORWARDER,
    "forward_figures": FORWARDER,
    "forward_changes": FORWARDER,
    "forward_return": FORWARDER,
    "forward_act": FORWARDER,
    # the municipal office
    "office_inbox": OFFICE,
    "office_cases": OFFICE,
    "office_case": OFFICE,
    "office_figures": OFFICE,
    "office_verify": OFFICE,
    "office_gate": OFFICE,
    "office_review": OFFICE,
    "office_return": OFFICE,
    "office_changes": OFFICE,
    "office_act": OFFICE,
    "office_panel": OFFICE,
    "office_replace": OFFICE,
    "office_draw_file": OFFICE,
    "office_recuse": POOL,
    "office_adopt": OFFICE,
    "office_trail": OFFICE,
    # the pool of experts
    "office_experts": POOL,
    "office_experts_import": POOL,
    "office_experts_template": POOL,
    "office_expert": POOL,
    "office_expert_tie": POOL,
    "office_tie_withdraw": POOL,
    "office_links": POOL,
    "office_link_withdraw": POOL,
    "office_batches": BATCHES,
    "office_calibration": OFFICE,
    "office_calibration_file": OFFICE,
    "office_batch_new": BATCHES,
    "office_batch": BATCHES,
    # recommendation for national titles: the desk and its package for office and publisher
    "office_recommendation": RECOMMENDERS,
    "office_quota": BATCHES,
    "office_ranking": CALLS_MEETINGS,
    "batch_recommend": PUBLISHER,
    "office_package": RECOMMENDERS,
    "office_result": OFFICE,
    "office_public_notice": OFFICE,
    "office_notice_file": RECOMMENDERS,
    "outside_titles": OFFICE,
    "outside_title": OFFICE,
    # drafts of rules: read by whoever drafts or publishes, changed by whoever drafts
    "office_rules": RULES,
    "office_rules_new": DRAFTS,
    "office_rule_draft": RULES,
    "office_rule_identity": RULES,
    "office_rule_rows": RULES,
    "office_rule_row": RULES,
    "office_rule_confirm": RULES,
    "office_rule_sources": RULES,
    "office_rule_cases": RULES,
    "office_rule_case": RULES,
    "office_rule_cases_file": RULES,
    "office_rule_difference": RULES,
    "office_rule_trial": RULES,
    "office_rule_trial_file": RULES,
    "office_rule_file": RULES,
    "office_rule_decide": RULES,
    "office_objections": OBJECTIONS,
    "office_objection": OBJECTIONS,
    "office_objection_file": OBJECTIONS,
    "office_objection_extend": OBJECTIONS,
    "office_certificates": OFFICE,
    # the register of standings: read by whoever enters or confirms, changed by whoever the act is open to
    "office_standings": STANDINGS,
    "office_standing": STANDINGS,
    "office_standing_new": KEEPS_STANDINGS,
    "office_standing_settle": STANDINGS,
    "office_standings_export": STANDINGS,
    "office_standings_template": STANDINGS,
    "office_standing_files": STANDINGS,
    "office_standing_file": STANDINGS,
    "office_standing_file_settle": STANDINGS,
    "office_ladder": STANDINGS,
    "office_plan_figure": KEEPS_STANDINGS,
    "office_holder": STANDINGS,
    "office_conference": STANDINGS,
    "office_conference_file": STANDINGS,
    # the cultivation list: read by whoever keeps or publishes it, changed by whoever the act is open to
    "cultivation": PUBLIC,  # names of the newest release only
    "office_cultivation": STANDINGS,
    "office_cultivation_new": KEEPS_STANDINGS,
    "office_cultivation_export": STANDINGS,
    "office_cultivation_releases": STANDINGS,
    "office_cultivation_entry": STANDINGS,
    "office_cultivation_settle": KEEPS_STANDINGS,
    "office_gap_report": STANDINGS,
    "office_gap_report_print": STANDINGS,
    "my_cultivation": APPLICANT,
    "my_cultivation_entry": APPLICANT,
    "my_cultivation_report": APPLICANT,
    "my_cultivation_figures": APPLICANT,
    "my_gap_report": APPLICANT,
    "my_gap_report_print": APPLICANT,
    # yearly reports of demonstration enterprises; a single report is a matter
    "office_yearly_reports": OFFICE,
    "office_yearly_call": OFFICE,
    # titles that were granted on paper
    "office_paper": REGISTER,
    "office_paper_template": REGISTER,
    "office_paper_import": REGISTER,
    "office_paper_file": REGISTER,
    "office_paper_decide": REGISTER,
    "office_paper_title": REGISTER,
    "office_plaque": OFFICE,
    # the publisher
    "publishing": PUBLISHER,
    "batch_notice": PUBLISHER,
    "batch_announce": PUBLISHER,
    # files and letters for both levels; the way to a case for everybody
    "staff_evidence": CASEWORK,
    "staff_workbook": CASEWORK,
    "staff_letter": CASEWORK,
    "visit_file": VISITS,
    "case": SIGNED_IN,
    "case_take": CASEWORK,
    "case_release": CASEWORK,
    "case_hand_over": CASEWORK,
    # proceedings over titles, at the authorities and at the holder
    "orders": ORDERS,
    "orders_titles": ORDERS,
    "orders_new": ORDERS,
    "matter": ORDERS,
    "matter_act": ORDERS,
    "matter_drop_document": ORDERS,
    "matter_document": ORDERS,
    "matter_letter": ORDERS,
    "my_matter": APPLICANT,
    "my_matter_act": APPLICANT,
    "my_matter_document": APPLICANT,
    "my_matter_letter": APPLICANT,
    "my_cancellation": APPLICANT,
    "my_reconsideration": APPLICANT,
    "my_redo": APPLICANT,
    "my_matter_drop_document": APPLICANT,
    "my_changes": APPLICANT,
    "my_change_new": APPLICANT,
    # experts
    "expert_tasks": EXPERT,
    "expert_history": EXPERT,
    "expert_profile": EXPERT,
    "expert_tie": EXPERT,
    "expert_case": EXPERT,
    "expert_declare": EXPERT,
    "expert_recuse": EXPERT,
    "expert_confirm": EXPERT,
    "expert_evidence": EXPERT,
    "expert_value": EXPERT,
    # meetings of the committee
    "meetings": MEETINGS,
    "meeting": MEETINGS,
    "meeting_new": CALLS_MEETINGS,
    "meeting_start": CALLS_MEETINGS,
    "meeting_item": MEETINGS,
    "committee_case": COMMITTEE,
    "meeting_vote": COMMITTEE,
    "meeting_recuse": COMMITTEE,
    "meeting_evidence": MEETINGS,
    "meeting_calibration": MEETINGS,
    "meeting_calibration_file": MEETINGS,
    "meeting_minutes": MEETINGS,
    "meeting_sign": MEETINGS,
    # everybody
    "notices": PUBLIC,
    "notice": PUBLIC,
    "announcement": PUBLIC,
    "objection_new": PUBLIC,
    "objection_done": PUBLIC,
    "centres": PUBLIC,
    "centres_csv": PUBLIC,
    "centre": PUBLIC,
    "holder": PUBLIC,
    "plan": PUBLIC,  # counts only, nobody's name
    "track": PUBLIC,
    # the auditor and the operator
    "audit": AUDITOR,
    "audit_verify": AUDITOR,
    "audit_case": AUDITOR,
    "case_dossier": DOSSIERS,
    "operations": OPERATOR,
    "effects_retry": OPERATOR,
    "operations_calendar": OPERATOR,
    "operations_year": OPERATOR,
}
