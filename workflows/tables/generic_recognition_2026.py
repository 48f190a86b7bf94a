"""The verb table of a recognition under a designation set up from a file, 2026: the municipal lines, with other forks.

Who reviews, whether experts mark, whether a notice is published and a certificate made out is said by the parameters of
the designation, which its batch pins; the ground of every step is the text that the designation names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from accreditation.audit import chain_key
from accreditation.enums import ApplicationState, TitleState
from accreditation.errors import Reason
from accreditation.models import AuditEvent
from accreditation.services import titles
from workflows import audiences, guards, local_acts, records, reopening, who
from workflows.doing import Clock, Doing, Verb, starting
from workflows.held_already import END_AS_BARRED
from workflows.silent_acceptance import ACCEPTANCE
from workflows.tables.municipal_recognition_2022 import CHECK, FIRST_REVIEW, MUNICIPAL_2022
from workflows.tables.reopening import BEFORE_GRANT, reopening_lines

MEASURES = "该称号的认定依据（见项目和规则集）"
_MATERIAL = (
    "upload_workbook", "send_workbook", "attach_evidence", "drop_evidence", "bind_evidence", "unbind_evidence",
)  # fmt: skip
_EXPERTS = (
    "fix_seed", "draw_panel", "appoint_panel", "order_recusal", "replace_expert", "declare_no_tie", "recuse",
    "ask_sheet_aside", "set_sheet_aside", "decline_sheet_aside", "withdraw_sheet_request", "pause_experts",
    "resume_experts", "propose_value", "submit_review",
)  # fmt: skip
OFFICE_ACTS = (
    "answer_gate", "verify_value", "return_for_correction", "pause_clock", "ask_further_return",
)  # fmt: skip
COUNTED = (
    ApplicationState.UNDER_NOTICE, ApplicationState.NOTICE_COMPLETED, ApplicationState.RECOGNISED,
)  # fmt: skip


def _like(code: str, **changes: Any) -> Verb:
    """The municipal line of that code with what is different here."""
    return replace(MUNICIPAL_2022[code], **changes)


def _by_designation(code: str, **changes: Any) -> Verb:
    """The same on the ground that the designation names."""
    return _like(code, ground=MEASURES, **changes)


def _first_clock(doing: Doing) -> Iterable[Clock]:
    """Of the district where it reviews, which has to accept first, else of the granting office."""
    return [FIRST_REVIEW, ACCEPTANCE] if doing.batch.first_review_days else [CHECK]


def file(doing: Doing) -> None:
    """As everywhere; the title that is to be renewed is held meanwhile, so that its end waits for what is filed."""
    titles.hold_asked_for(doing.application)
    records.file_application(doing)


def first_hands(doing: Doing) -> Iterable[Any]:
    return audiences.district(doing) if doing.batch.first_review_days else audiences.office(doing)


def _may_withdraw(doing: Doing) -> bool:
    """Where a district reviews first, the office has the case only after it; where none does, it has it at once."""
    is_past_district = doing.batch.first_review_days > 0 and doing.state == ApplicationState.UNDER_COMPLETENESS_CHECK
    return not is_past_district and who.APPLICANT.test(doing)


WITHDRAWER = replace(who.APPLICANT, test=_may_withdraw)


def office_has_not_begun(doing: Doing) -> Iterable[Reason]:
    """At the office's desk an application is taken back until the office has done anything in it."""
    if doing.state != ApplicationState.UNDER_COMPLETENESS_CHECK:
        return
    if AuditEvent.objects.filter(chain=chain_key(doing.case), verb__in=OFFICE_ACTS).exists():
        yield Reason("review_begun", _("认定机关已开始审查，不能再撤回。"))


def place_is_left(doing: Doing) -> Iterable[Reason]:
    """No more are listed than the batch has places; one that an objection takes off the list frees its place."""
    quota = doing.batch.quota
    if quota is None or doing.application.state == ApplicationState.NOTICE_COMPLETED:
        return
    if doing.batch.applications.filter(state__in=COUNTED).count() >= quota:
        values = {"n": quota, "ground": doing.batch.quota_ground}
        yield Reason("no_place_left", _("本批次名额 %(n)d 个（%(ground)s）已满。") % values)


def renewed_is_not_suspended(doing: Doing) -> Iterable[Reason]:
    """A suspended title is applied for in time; it is prolonged once it is given back."""
    renewed = titles.title_renewed(doing.application)
    if renewed is not None and renewed.state == TitleState.SUSPENDED:
        text = _("%(no)s：拟续期的称号 %(title)s 处于暂停期，恢复后方可公布续期。")
        yield Reason("renewed_suspended", text % {"no": doing.case.number, "title": renewed.number})


# A renewal may be filed while the title stands, which may be revoked before it is granted.
GRANTING = (guards.title_can_be_granted, guards.holder_is_not_barred, place_is_left, reopening.none_waits)

_LINES: tuple[Verb, ...] = (
    # --- the applicant ---------------------------------------------------------------------------------------------
    *(_by_designation(code) for code in _MATERIAL),
    _by_designation(
        "submit", transition="submit_generically", record=file,
        starts=starting(FIRST_REVIEW, ACCEPTANCE, CHECK, chosen=_first_clock),
        tells=(audiences.applicants, first_hands),
    ),
    _like("correct", tells=(audiences.applicants, first_hands)),
    _by_designation(
        "withdraw", who=WITHDRAWER, nodes=("prepare", "first_review", "correct", "completeness_check"),
        transition="withdraw_generically", guards=(office_has_not_begun,), tells=(audiences.applicants, first_hands),
    ),
    _like("lapse", tells=(audiences.applicants, first_hands)),
    # --- the district, where the batch gives it days ---------------------------------------------------------------
    *(_like(code) for code in ("accept", "decline", "let_acceptance_pass")),
    *(_by_designation(code) for code in ("answer_gate", "verify_value")),
    _like("return_for_correction"),
    *(_by_designation(code) for code in ("find_ineligible", "recommend", "not_recommend")),
    *(_like(code) for code in ("pause_clock", "resume_clock")),
    # --- the granting office ---------------------------------------------------------------------------------------
    _by_designation("pass_completeness_check", transition="pass_generic_check"),
    # --- experts, where the batch has a panel ----------------------------------------------------------------------
    *(_like(code) for code in _EXPERTS),
    # --- the committee ---------------------------------------------------------------------------------------------
    _by_designation("adopt_value"),
    _by_designation(
        "propose", transition="propose_locally", record=local_acts.propose,
    ),
    *(_by_designation(code) for code in ("refuse", "postpone", "table_again")),
    # --- notice where the batch has one, objections, announcement, certificate -------------------------------------
    _like("publish_notice", guards=GRANTING),
    *(_like(code) for code in ("raise_objection", "dismiss_objection", "extend_notice")),
    *(_like(code) for code in ("ask_for_statement", "state_on_objection", "end_statement_time")),
    *(_like(code) for code in ("propose_upholding", "uphold_objection", "decline_upholding", "withdraw_upholding")),
    _like("complete_notice"),
    _by_designation(
        "announce", guards=(*GRANTING, renewed_is_not_suspended), record=records.grant,
        closes_case=lambda doing: not doing.batch.issues_certificate,
    ),
    _like("end_as_held"),
    END_AS_BARRED,
    *(_like(code) for code in ("correct_entry", "waive_notice", "take_off_notice", "give_up")),
    *reopening_lines(BEFORE_GRANT, who.OBJECTION_OFFICER, audiences.objection_officers),
    _like("certify"),
)  # fmt: skip

GENERIC_2026: dict[str, Verb] = {line.code: line for line in _LINES}
