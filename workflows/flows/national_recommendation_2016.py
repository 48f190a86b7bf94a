"""Recommendation of a national enterprise technology centre, order 34 of 2016 and guide 发改办高技〔2016〕937号."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow

from accreditation.enums import ApplicationState as S
from accreditation.roles import Power
from workflows.flows.foundation import CaseProcedure, for_applicant, for_power, in_state
from workflows.nodes import Desk, Wait


class NationalRecommendation2016(CaseProcedure):
    """The office checks, consults and scores; ranking and committee within the quota; then the national authority."""

    process_title = _("国家企业技术中心推荐")

    start = flow.StartHandle().Annotation(title=_("开始申报")).Next(this.prepare)
    # A lost flow starts again here and goes straight to the task that the legal state asks for.
    rebuild = flow.StartHandle().Annotation(title=_("重建待办")).Next(this.resume)
    resume = (
        flow.Switch()
        .Annotation(title=_("按法定状态恢复"))
        .Case(this.prepare, in_state(S.DRAFT))
        .Case(this.correct, in_state(S.RETURNED))
        .Case(this.completeness_check, in_state(S.UNDER_COMPLETENESS_CHECK))
        .Case(this.consultation, in_state(S.UNDER_CONSULTATION))
        .Case(this.ranking, in_state(S.AWAITING_RANKING))
        .Case(this.overall_review, in_state(S.UNDER_OVERALL_REVIEW))
        .Case(this.table_again, in_state(S.POSTPONED))
        .Case(this.recommend, in_state(S.TO_BE_RECOMMENDED))
        .Case(this.national_review, in_state(S.RECOMMENDED_UPWARD))
        .Default(this.end)
    )

    prepare = Desk(for_applicant).Annotation(title=_("填报并提交")).Next(this.after_prepare)
    after_prepare = (
        flow.Switch()
        .Annotation(title=_("是否提交"))
        .Case(this.completeness_check, in_state(S.UNDER_COMPLETENESS_CHECK))
        .Default(this.end)
    )

    completeness_check = (
        Desk(for_power(Power.CHECK_COMPLETENESS)).Annotation(title=_("市级核查")).Next(this.after_check)
    )
    after_check = (
        flow.Switch()
        .Annotation(title=_("核查结果"))
        .Case(this.consultation, in_state(S.UNDER_CONSULTATION))
        .Case(this.correct, in_state(S.RETURNED))
        .Default(this.end)
    )

    correct = Desk(for_applicant).Annotation(title=_("补正")).Next(this.after_correction)
    after_correction = (
        flow.Switch()
        .Annotation(title=_("补正后去向"))
        .Case(this.completeness_check, in_state(S.UNDER_COMPLETENESS_CHECK))
        .Default(this.end)
    )

    consultation = (
        Desk(for_power(Power.CHECK_COMPLETENESS)).Annotation(title=_("部门会商与初评")).Next(this.after_consultation)
    )
    after_consultation = (
        flow.Switch().Annotation(title=_("初评结果")).Case(this.ranking, in_state(S.AWAITING_RANKING)).Default(this.end)
    )

    ranking = Desk(for_power(Power.CALL_MEETINGS)).Annotation(title=_("按初评得分排序")).Next(this.after_ranking)
    after_ranking = (
        flow.Switch()
        .Annotation(title=_("是否进入审议"))
        .Case(this.overall_review, in_state(S.UNDER_OVERALL_REVIEW))
        .Default(this.end)
    )

    overall_review = (
        Desk(for_power(Power.CALL_MEETINGS)).Annotation(title=_("综合评审")).Next(this.after_overall_review)
    )
    after_overall_review = (
        flow.Switch()
        .Annotation(title=_("评审决定"))
        .Case(this.recommend, in_state(S.TO_BE_RECOMMENDED))
        .Case(this.table_again, in_state(S.POSTPONED))
        .Default(this.end)
    )
    table_again = Desk(for_power(Power.CALL_MEETINGS)).Annotation(title=_("重新提请审议")).Next(this.overall_review)

    recommend = Desk(for_power(Power.PUBLISH)).Annotation(title=_("行文推荐")).Next(this.after_recommendation)
    after_recommendation = (
        flow.Switch()
        .Annotation(title=_("是否已行文"))
        .Case(this.national_review, in_state(S.RECOMMENDED_UPWARD))
        .Case(this.overall_review, in_state(S.UNDER_OVERALL_REVIEW))
        .Default(this.end)
    )
    national_review = Wait().Annotation(title=_("国家主管部门评审")).Next(this.end)
    end = flow.End().Annotation(title=_("办结"))


# Where a case stands in the flow for each legal state; the consistency check compares the open tasks with it.
NODE_OF_STATE: dict[str, str] = {
    S.DRAFT: "prepare",
    S.RETURNED: "correct",
    S.UNDER_COMPLETENESS_CHECK: "completeness_check",
    S.UNDER_CONSULTATION: "consultation",
    S.AWAITING_RANKING: "ranking",
    S.UNDER_OVERALL_REVIEW: "overall_review",
    S.POSTPONED: "table_again",
    S.TO_BE_RECOMMENDED: "recommend",
    S.RECOMMENDED_UPWARD: "national_review",
}
