"""The verb table of the recognition by a district, a development zone or a group, 2022.

The sources tell the steps (Songjiang, Qingpu, Jinshan): forwarded by town or park, checked, visited and reviewed by
experts, decided by the leading group. Lines alike in the municipal procedure are taken from its table; where the
measures of the authority name other days or numbers, its batch carries them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from accreditation.clocks import DeadlineKind
from accreditation.enums import Owner
from workflows import audiences, guards, local_acts, panel_records, records, who
from workflows.doing import Clock, Doing, Verb, starting
from workflows.silent_acceptance import ACCEPTANCE
from workflows.tables.municipal_recognition_2022 import EXPERTS, FIRST_REVIEW, MUNICIPAL_2022, NOTICE
from workflows.tables.reopening import BEFORE_GRANT, OFF_NOTICE, giving_up, reopening_lines

MEASURES = "区级企业技术中心认定及管理办法（以认定机构现行办法为准）"
FORWARDED = "区级企业技术中心申报通知：街镇、园区审核转报"
ON_THE_SPOT = "区级企业技术中心认定及管理办法：专家实地核查和复评"
CHECKED_BY = ("material_check",)
HANDED_IN = ("prepare", "correct")
PANEL_SITS = ("site_visit", "expert_review")
FORWARDING = Clock(DeadlineKind.FORWARDING, "forwarding_days")


def _like(code: str, **changes: Any) -> Verb:
    """The municipal line of that code with what is different here."""
    return replace(MUNICIPAL_2022[code], **changes)


def _pass_material_check(doing: Doing) -> None:
    """Form: opinion. The seed of the draw is fixed with the check, before the pool is asked."""
    records.first_review(True)(doing)
    panel_records.fix_seed(doing)


def _by_authority(code: str, **changes: Any) -> Verb:
    """The same on the ground of the authority's own measures."""
    return _like(code, ground=MEASURES, **changes)


def _after_filing(doing: Doing) -> Iterable[Clock]:
    """The days of the town or park that was named, where the rules set any; else the authority's."""
    return _first_clock(doing, is_forwarded=bool(doing.application.forwarder))


def after_correction(doing: Doing) -> Iterable[Clock]:
    """What a town or park sent back goes to it again; what the authority had not accepted counts as received anew."""
    is_forwarders = doing.application.returned_by == Owner.FORWARDER
    is_accepted = not doing.application.returned_before_acceptance
    return [FIRST_REVIEW] if is_accepted and not is_forwarders else _first_clock(doing, is_forwarded=is_forwarders)


def _first_clock(doing: Doing, *, is_forwarded: bool) -> list[Clock]:
    if not is_forwarded:
        return [FIRST_REVIEW, ACCEPTANCE]
    return [FORWARDING] if doing.batch.forwarding_days else []


_LINES: tuple[Verb, ...] = (
    # --- the applicant --------------------------------------------------------------------------------------------
    *(
        _by_authority(code, nodes=HANDED_IN)
        for code in (
            "upload_workbook", "send_workbook", "attach_evidence", "drop_evidence", "bind_evidence", "unbind_evidence",
        )
    ),
    _by_authority(
        "submit", transition="submit_locally", guards=(
            *MUNICIPAL_2022["submit"].guards, local_acts.forwarder_fits,
        ),
        record=local_acts.file_application,
        starts=starting(FIRST_REVIEW, ACCEPTANCE, FORWARDING, chosen=_after_filing),
        tells=(audiences.applicants, audiences.first_hands),
    ),
    _like(
        "correct", transition="correct_locally",
        starts=starting(FIRST_REVIEW, ACCEPTANCE, FORWARDING, chosen=after_correction),
    ),
    _by_authority("withdraw", nodes=("prepare", "forwarding", "material_check", "correct")),
    _like("lapse"),
    # --- the town or park -----------------------------------------------------------------------------------------
    Verb(
        "forward", _("审核转报"), who.FORWARDER, ("forwarding",), FORWARDED, transition="forward", completes=True,
        guards=(guards.needs_text("opinion", _("转报意见")),), record=local_acts.forward,
        starts=starting(FIRST_REVIEW, ACCEPTANCE), tells=(audiences.applicants, audiences.district),
    ),
    Verb(
        "call_in", _("调取办理"), who.DISTRICT, ("forwarding",), MEASURES, transition="call_in", completes=True,
        guards=(local_acts.may_be_called_in,), record=local_acts.call_in, starts=starting(FIRST_REVIEW, ACCEPTANCE),
        tells=(audiences.applicants, audiences.forwarders),
    ),
    # --- the authority checks the material ------------------------------------------------------------------------
    _like("accept", nodes=CHECKED_BY),
    _like("let_acceptance_pass", nodes=CHECKED_BY),
    _like("decline", nodes=CHECKED_BY, tells=(audiences.applicants,)),
    _by_authority("answer_gate", who=who.DISTRICT, nodes=CHECKED_BY),
    _by_authority("verify_value", who=who.DISTRICT, nodes=CHECKED_BY),
    _like("return_for_correction", who=who.LOCAL_REVIEWER, nodes=("forwarding", *CHECKED_BY)),
    _by_authority("find_ineligible", who=who.DISTRICT, nodes=CHECKED_BY, tells=(audiences.applicants,)),
    Verb(
        "pass_material_check", _("材料审核通过"), who.DISTRICT, CHECKED_BY, MEASURES,
        transition="pass_material_check", completes=True,
        guards=(guards.gates_are_passed, guards.needs_text("opinion", _("审核意见"))),
        record=_pass_material_check, tells=(audiences.applicants, audiences.local_officers),
    ),
    _like("pause_clock", who=who.DISTRICT, nodes=CHECKED_BY),
    _like("resume_clock", who=who.DISTRICT, nodes=CHECKED_BY),
    # --- experts, first on the spot, then at the desk -------------------------------------------------------------
    _like("fix_seed", who=who.LOCAL_APPOINTER),
    _like("draw_panel", who=who.LOCAL_APPOINTER),
    _like(
        "appoint_panel", who=who.LOCAL_APPOINTER, ground=ON_THE_SPOT, transition="appoint_visitors", starts=None,
    ),
    Verb(
        "record_site_visit", _("登记实地核查"), who.LOCAL_APPOINTER, ("site_visit",), ON_THE_SPOT,
        transition="record_site_visit", completes=True,
        guards=(
            local_acts.visit_is_sound, guards.needs_text("place", _("核查地点")),
            guards.needs_text("findings", _("核查情况"), 10),
        ),
        record=local_acts.record_site_visit, starts=starting(EXPERTS),
        tells=(audiences.applicants, audiences.experts),
    ),
    *(_like(code, who=who.LOCAL_APPOINTER, nodes=PANEL_SITS) for code in ("order_recusal", "replace_expert")),
    *(_like(code, who=who.LOCAL_APPOINTER) for code in ("set_sheet_aside", "pause_experts", "resume_experts")),
    *(
        _like(code, who=who.LOCAL_APPOINTER, tells=(audiences.local_officers,))
        for code in ("ask_sheet_aside", "decline_sheet_aside", "withdraw_sheet_request")
    ),
    _like("declare_no_tie"),
    _like("recuse", nodes=PANEL_SITS, tells=(audiences.local_officers,)),
    _by_authority("propose_value"),
    _like("submit_review", ground=ON_THE_SPOT, tells=(audiences.local_officers,)),
    # --- the leading group ----------------------------------------------------------------------------------------
    _by_authority("adopt_value", who=who.LOCAL_SECRETARY),
    _by_authority(
        "propose", who=who.LEADING_GROUP, transition="propose_locally", record=local_acts.propose,
        tells=(audiences.applicants, audiences.local_publishers),
    ),
    _by_authority("refuse", who=who.LEADING_GROUP),
    _by_authority("postpone", who=who.LEADING_GROUP),
    _by_authority("table_again", who=who.LOCAL_SECRETARY),
    # --- notice where the batch has one, objections, announcement, certificate ------------------------------------
    _like("publish_notice", who=who.LOCAL_PUBLISHER, starts=starting(NOTICE)),
    _like("raise_objection", tells=(audiences.local_officers,)),
    _like("dismiss_objection", who=who.LOCAL_OBJECTION_OFFICER),
    _like("ask_for_statement", who=who.LOCAL_OBJECTION_OFFICER),
    _like("state_on_objection", tells=(audiences.local_officers,)),
    _like("end_statement_time", tells=(audiences.local_officers,)),
    _like("extend_notice", who=who.LOCAL_OBJECTION_OFFICER),
    *(
        _like(code, who=who.LOCAL_OBJECTION_OFFICER, tells=(audiences.local_officers,))
        for code in ("propose_upholding", "decline_upholding", "withdraw_upholding")
    ),
    _like("uphold_objection", who=who.LOCAL_OBJECTION_OFFICER),
    _like("complete_notice", tells=(audiences.local_publishers,)),
    _by_authority("announce", who=who.LOCAL_PUBLISHER),
    _like("end_as_held", who=who.LOCAL_PUBLISHER),
    *(_like(code, who=who.LOCAL_PUBLISHER) for code in ("correct_entry", "take_off_notice")),
    _like("waive_notice", tells=(audiences.local_publishers,)),
    *reopening_lines(BEFORE_GRANT, who.LOCAL_OBJECTION_OFFICER, audiences.local_officers),
    giving_up(OFF_NOTICE, audiences.local_publishers, audiences.local_officers),
    _like("certify"),
)  # fmt: skip

DISTRICT_2022: dict[str, Verb] = {line.code: line for line in _LINES}
