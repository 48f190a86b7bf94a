"""A change after the grant: rename, relocation, reorganisation, merger, split, branch centres; first edition.

Changes are confirmed centrally: municipally with the evaluation or with a batch list (notices of the 26th and 33rd
batch), nationally by a list of the national authority. No text read sets a time limit; the rules may state them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow

from accreditation.change_words import ChangeState as S
from accreditation.models import Case, ChangeRequest
from accreditation.roles import Power
from workflows.flows.foundation import CaseProcedure, for_applicant, in_state
from workflows.nodes import Desk
from workflows.subjects import CHANGE, Subject


def for_own_district(case: Case) -> str:
    """Inbox key of the bureau of the district in which the holder is registered."""
    return f"{Power.PREPARE_ORDERS}:{case.district}"


def for_receiving_district(case: Case) -> str:
    """Inbox key of the bureau of the district to which the holder moves."""
    return f"{Power.PREPARE_ORDERS}:{ChangeRequest.objects.get(case=case).new_district}"


def for_granting_body(power: Power) -> Callable[[Case], str]:
    """Inbox key of those who hold the power at the body that confirms: the whole office, or the district."""

    def key(case: Case) -> str:
        is_for_city = ChangeRequest.objects.get(case=case).is_for_city
        return f"{power}:{'*' if is_for_city else case.district}"

    return key


class TitleChange2026(CaseProcedure):
    """Filed by the holder, seen by one district or two, confirmed by the granting body; a succession by two people."""

    process_title = _("称号变更")
    subject: ClassVar[Subject] = CHANGE

    start = flow.StartHandle().Annotation(title=_("创建变更")).Next(this.prepare)
    rebuild = flow.StartHandle().Annotation(title=_("重建待办")).Next(this.resume)
    resume = (
        flow.Switch()
        .Annotation(title=_("按法定状态恢复"))
        .Case(this.prepare, in_state(S.DRAFT))
        .Case(this.opinion, in_state(S.UNDER_OPINION))
        .Case(this.receiving_opinion, in_state(S.UNDER_RECEIVING_OPINION))
        .Case(this.correct, in_state(S.RETURNED))
        .Case(this.confirm, in_state(S.UNDER_CONFIRMATION))
        .Case(this.second, in_state(S.AWAITING_SECOND))
        .Default(this.end)
    )

    prepare = Desk(for_applicant).Annotation(title=_("准备变更材料")).Next(this.after_prepare)
    after_prepare = (
        flow.Switch().Annotation(title=_("是否提交")).Case(this.opinion, in_state(S.UNDER_OPINION)).Default(this.end)
    )

    opinion = Desk(for_own_district).Annotation(title=_("区级审核")).Next(this.after_opinion)
    after_opinion = (
        flow.Switch()
        .Annotation(title=_("审核结果"))
        .Case(this.receiving_opinion, in_state(S.UNDER_RECEIVING_OPINION))
        .Case(this.correct, in_state(S.RETURNED))
        .Case(this.confirm, in_state(S.UNDER_CONFIRMATION))
        .Default(this.end)
    )

    receiving_opinion = Desk(for_receiving_district).Annotation(title=_("迁入区审核")).Next(this.after_receiving)
    after_receiving = (
        flow.Switch()
        .Annotation(title=_("迁入区审核结果"))
        .Case(this.correct, in_state(S.RETURNED))
        .Case(this.confirm, in_state(S.UNDER_CONFIRMATION))
        .Default(this.end)
    )

    correct = Desk(for_applicant).Annotation(title=_("补正变更材料")).Next(this.after_correct)
    after_correct = (
        flow.Switch().Annotation(title=_("是否补正")).Case(this.opinion, in_state(S.UNDER_OPINION)).Default(this.end)
    )

    confirm = Desk(for_granting_body(Power.PREPARE_ORDERS)).Annotation(title=_("确认变更")).Next(this.after_confirm)
    after_confirm = (
        flow.Switch()
        .Annotation(title=_("确认结果"))
        .Case(this.second, in_state(S.AWAITING_SECOND))
        .Case(this.correct, in_state(S.RETURNED))
        .Default(this.end)
    )

    second = Desk(for_granting_body(Power.MAKE_ORDERS)).Annotation(title=_("复核承继方案")).Next(this.after_second)
    after_second = (
        flow.Switch()
        .Annotation(title=_("复核结果"))
        .Case(this.confirm, in_state(S.UNDER_CONFIRMATION))
        .Default(this.end)
    )
    end = flow.End().Annotation(title=_("办结"))


NODE_OF_STATE: dict[str, str] = {
    S.DRAFT: "prepare",
    S.UNDER_OPINION: "opinion",
    S.UNDER_RECEIVING_OPINION: "receiving_opinion",
    S.RETURNED: "correct",
    S.UNDER_CONFIRMATION: "confirm",
    S.AWAITING_SECOND: "second",
}
