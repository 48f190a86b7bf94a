"""Evaluation of the titles of Shanghai municipal centres, every two years, after the notice of 2025, first edition."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow

from accreditation.enums import ApplicationState as S
from accreditation.roles import Power
from workflows.flows.foundation import CaseProcedure, for_applicant, for_district, for_power, in_state
from workflows.nodes import Desk, Wait


class MunicipalEvaluation2025(CaseProcedure):
    """The holder reports, the district and the office check, the committee adopts the result, the public, the end."""

    process_title = _("市级企业技术中心评价")

    start = flow.StartHandle().Annotation(title=_("开始填报")).Next(this.prepare)
    # A lost flow starts again here and goes straight to the task that the legal state asks for.
    rebuild = flow.StartHandle().Annotation(title=_("重建待办")).Next(this.resume)
    resume = (
        flow.Switch()
        .Annotation(title=_("按法定状态恢复"))
        .Case(this.prepare, in_state(S.DRAFT))
        .Case(this.first_review, in_state(S.SUBMITTED, S.UNDER_FIRST_REVIEW))
        .Case(this.correct, in_state(S.RETURNED))
        .Case(this.completeness_check, in_state(S.UNDER_COMPLETENESS_CHECK))
        .Case(this.overall_review, in_state(S.UNDER_OVERALL_REVIEW))
        .Case(this.publish_notice, in_state(S.RESULT_ADOPTED))
        .Case(this.notice_period, in_state(S.UNDER_NOTICE))
        .Case(this.announce, in_state(S.NOTICE_COMPLETED))
        .Case(this.rectification, in_state(S.UNDER_RECTIFICATION))
        .Case(this.check_rectification, in_state(S.RECTIFICATION_REPORTED))
        .Default(this.end)
    )

    prepare = Desk(for_applicant).Annotation(title=_("填报评价材料")).Next(this.after_prepare)
    after_prepare = (
        flow.Switch().Annotation(title=_("是否提交")).Case(this.first_review, in_state(S.SUBMITTED)).Default(this.end)
    )

    first_review = Desk(for_district).Annotation(title=_("区级初审")).Next(this.after_first_review)
    after_first_review = (
        flow.Switch()
        .Annotation(title=_("初审结果"))
        .Case(this.completeness_check, in_state(S.UNDER_COMPLETENESS_CHECK))
        .Case(this.correct, in_state(S.RETURNED))
        .Default(this.end)
    )

    correct = Desk(for_applicant).Annotation(title=_("补正")).Next(this.after_correction)
    after_correction = (
        flow.Switch()
        .Annotation(title=_("补正后去向"))
        .Case(this.first_review, in_state(S.SUBMITTED, S.UNDER_FIRST_REVIEW))
        .Case(this.completeness_check, in_state(S.UNDER_COMPLETENESS_CHECK))
        .Default(this.end)
    )

    completeness_check = (
        Desk(for_power(Power.CHECK_COMPLETENESS)).Annotation(title=_("市级核查与计分")).Next(this.after_check)
    )
    after_check = (
        flow.Switch()
        .Annotation(title=_("核查结果"))
        .Case(this.overall_review, in_state(S.UNDER_OVERALL_REVIEW))
        .Case(this.correct, in_state(S.RETURNED))
        .Default(this.end)
    )

    overall_review = (
        Desk(for_power(Power.CALL_MEETINGS)).Annotation(title=_("审定评价结果")).Next(this.after_overall_review)
    )
    after_overall_review = (
        flow.Switch()
        .Annotation(title=_("审定决定"))
        .Case(this.publish_notice, in_state(S.RESULT_ADOPTED))
        .Case(this.completeness_check, in_state(S.UNDER_COMPLETENESS_CHECK))
        .Default(this.end)
    )

    publish_notice = Desk(for_power(Power.PUBLISH)).Annotation(title=_("公示评价结果")).Next(this.notice_period)
    notice_period = Wait().Annotation(title=_("公示期")).Next(this.after_notice)
    after_notice = (
        flow.Switch()
        .Annotation(title=_("公示结果"))
        .Case(this.announce, in_state(S.NOTICE_COMPLETED))
        .Case(this.completeness_check, in_state(S.UNDER_COMPLETENESS_CHECK))
        .Default(this.end)
    )

    announce = Desk(for_power(Power.PUBLISH)).Annotation(title=_("公布评价结果")).Next(this.after_announcement)
    after_announcement = (
        flow.Switch()
        .Annotation(title=_("是否限期整改"))
        .Case(this.rectification, in_state(S.UNDER_RECTIFICATION))
        .Default(this.end)
    )

    rectification = Desk(for_applicant).Annotation(title=_("限期整改")).Next(this.after_rectification)
    after_rectification = (
        flow.Switch()
        .Annotation(title=_("是否报告整改"))
        .Case(this.check_rectification, in_state(S.RECTIFICATION_REPORTED))
        .Default(this.end)
    )
    check_rectification = Desk(for_power(Power.CHECK_COMPLETENESS)).Annotation(title=_("核查整改情况")).Next(this.end)
    end = flow.End().Annotation(title=_("办结"))


# Where a case stands in the flow for each legal state; the consistency check compares the open tasks with it.
NODE_OF_STATE: dict[str, str] = {
    S.DRAFT: "prepare",
    S.SUBMITTED: "first_review",
    S.UNDER_FIRST_REVIEW: "first_review",
    S.RETURNED: "correct",
    S.UNDER_COMPLETENESS_CHECK: "completeness_check",
    S.UNDER_OVERALL_REVIEW: "overall_review",
    S.RESULT_ADOPTED: "publish_notice",
    S.UNDER_NOTICE: "notice_period",
    S.NOTICE_COMPLETED: "announce",
    S.UNDER_RECTIFICATION: "rectification",
    S.RECTIFICATION_REPORTED: "check_rectification",
}
