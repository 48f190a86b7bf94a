"""Administrative reconsideration (行政复议), after the law in force since 2024-01-01."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow

from accreditation.models import Case, Reconsideration
from accreditation.reconsideration_words import ReconsiderationState as S
from accreditation.roles import Power
from workflows.flows.foundation import CaseProcedure, for_applicant, for_power, in_state
from workflows.nodes import Desk
from workflows.subjects import RECONSIDERATION, Subject


def for_respondent(case: Case) -> str:
    """Inbox key of those who answer for the body whose act is challenged."""
    return f"{Power.ANSWER_CHALLENGES}:{Reconsideration.objects.get(case=case).respondent_code or '*'}"


class Reconsideration2024(CaseProcedure):
    """Filed by the enterprise, examined, answered by the body concerned, decided by a second person."""

    process_title = _("行政复议")
    subject: ClassVar[Subject] = RECONSIDERATION

    start = flow.StartHandle().Annotation(title=_("提出复议申请")).Next(this.acceptance)
    rebuild = flow.StartHandle().Annotation(title=_("重建待办")).Next(this.resume)
    resume = (
        flow.Switch()
        .Annotation(title=_("按法定状态恢复"))
        .Case(this.acceptance, in_state(S.FILED))
        .Case(this.supplement, in_state(S.SUPPLEMENT_ASKED))
        .Case(this.answer, in_state(S.ANSWER_ASKED))
        .Case(this.reconsider, in_state(S.UNDER_RECONSIDERATION))
        .Case(this.settle, in_state(S.DECISION_PROPOSED))
        .Default(this.end)
    )
    acceptance = (
        Desk(for_power(Power.REVIEW_RECONSIDERATIONS)).Annotation(title=_("复议受理审查")).Next(this.after_acceptance)
    )
    after_acceptance = (
        flow.Switch()
        .Annotation(title=_("是否受理"))
        .Case(this.answer, in_state(S.ANSWER_ASKED))
        .Case(this.supplement, in_state(S.SUPPLEMENT_ASKED))
        .Default(this.end)
    )
    supplement = Desk(for_applicant).Annotation(title=_("补正复议申请")).Next(this.after_supplement)
    after_supplement = (
        flow.Switch().Annotation(title=_("是否补正")).Case(this.acceptance, in_state(S.FILED)).Default(this.end)
    )
    answer = Desk(for_respondent).Annotation(title=_("被申请人答复")).Next(this.after_answer)
    after_answer = (
        flow.Switch()
        .Annotation(title=_("答复结果"))
        .Case(this.reconsider, in_state(S.UNDER_RECONSIDERATION))
        .Default(this.end)
    )
    reconsider = (
        Desk(for_power(Power.REVIEW_RECONSIDERATIONS)).Annotation(title=_("复议审理")).Next(this.after_reconsider)
    )
    after_reconsider = (
        flow.Switch().Annotation(title=_("审理结果")).Case(this.settle, in_state(S.DECISION_PROPOSED)).Default(this.end)
    )
    settle = Desk(for_power(Power.DECIDE_RECONSIDERATIONS)).Annotation(title=_("作出复议决定")).Next(this.after_settle)
    after_settle = (
        flow.Switch()
        .Annotation(title=_("决定结果"))
        .Case(this.reconsider, in_state(S.UNDER_RECONSIDERATION))
        .Default(this.end)
    )
    end = flow.End().Annotation(title=_("办结"))


NODE_OF_STATE: dict[str, str] = {
    S.FILED: "acceptance",
    S.SUPPLEMENT_ASKED: "supplement",
    S.ANSWER_ASKED: "answer",
    S.UNDER_RECONSIDERATION: "reconsider",
    S.DECISION_PROPOSED: "settle",
}
