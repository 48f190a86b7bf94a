"""Recognition of an enterprise technology centre by a district, a development zone or a group, first edition."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow

from accreditation.enums import ApplicationState as S
from accreditation.roles import Power
from workflows.flows.foundation import (
    CaseProcedure,
    for_applicant,
    for_district,
    for_forwarder,
    for_local,
    in_state,
)
from workflows.nodes import Desk, SeatDesk, Seats, Wait


class DistrictRecognition2022(CaseProcedure):
    """Town or park, the authority, experts on the spot and at the desk, the leading group, the announcement."""

    process_title = _("区级企业技术中心认定")
    is_local = True

    start = flow.StartHandle().Annotation(title=_("开始申报")).Next(this.prepare)
    # A lost flow starts again here and goes straight to the task that the legal state asks for.
    rebuild = flow.StartHandle().Annotation(title=_("重建待办")).Next(this.resume)
    resume = (
        flow.Switch()
        .Annotation(title=_("按法定状态恢复"))
        .Case(this.prepare, in_state(S.DRAFT))
        .Case(this.forwarding, in_state(S.UNDER_FORWARDING))
        .Case(this.material_check, in_state(S.SUBMITTED, S.UNDER_FIRST_REVIEW))
        .Case(this.correct, in_state(S.RETURNED))
        .Case(this.appoint_panel, in_state(S.AWAITING_PANEL))
        .Case(this.site_visit, in_state(S.UNDER_SITE_VISIT))
        .Case(this.seats, in_state(S.UNDER_EXPERT_REVIEW))
        .Case(this.overall_review, in_state(S.UNDER_OVERALL_REVIEW))
        .Case(this.table_again, in_state(S.POSTPONED))
        .Case(this.publish_notice, in_state(S.PROPOSED))
        .Case(this.notice_period, in_state(S.UNDER_NOTICE))
        .Case(this.announce, in_state(S.NOTICE_COMPLETED, S.AWAITING_ANNOUNCEMENT))
        .Case(this.certify, in_state(S.RECOGNISED))
        .Default(this.end)
    )

    prepare = Desk(for_applicant).Annotation(title=_("填报并提交")).Next(this.after_prepare)
    after_prepare = (
        flow.Switch()
        .Annotation(title=_("提交去向"))
        .Case(this.forwarding, in_state(S.UNDER_FORWARDING))
        .Case(this.material_check, in_state(S.SUBMITTED))
        .Default(this.end)
    )

    forwarding = Desk(for_forwarder).Annotation(title=_("街镇（园区）审核转报")).Next(this.after_forwarding)
    after_forwarding = (
        flow.Switch()
        .Annotation(title=_("转报结果"))
        .Case(this.material_check, in_state(S.SUBMITTED))
        .Case(this.correct, in_state(S.RETURNED))
        .Default(this.end)
    )

    material_check = Desk(for_district).Annotation(title=_("区级材料审核")).Next(this.after_material_check)
    after_material_check = (
        flow.Switch()
        .Annotation(title=_("审核结果"))
        .Case(this.appoint_panel, in_state(S.AWAITING_PANEL))
        .Case(this.correct, in_state(S.RETURNED))
        .Default(this.end)
    )

    correct = Desk(for_applicant).Annotation(title=_("补正")).Next(this.after_correction)
    after_correction = (
        flow.Switch()
        .Annotation(title=_("补正后去向"))
        .Case(this.forwarding, in_state(S.UNDER_FORWARDING))
        .Case(this.material_check, in_state(S.SUBMITTED, S.UNDER_FIRST_REVIEW))
        .Default(this.end)
    )

    appoint_panel = Desk(for_local(Power.RUN_LOCALLY)).Annotation(title=_("组成评审组")).Next(this.site_visit)
    site_visit = Desk(for_local(Power.RUN_LOCALLY)).Annotation(title=_("实地核查")).Next(this.seats)
    seats = Seats().Annotation(title=_("逐席评审")).Next(this.expert_review)
    expert_review = SeatDesk(for_local(Power.RUN_LOCALLY)).Annotation(title=_("专家复评")).Next(this.all_reviews_in)
    all_reviews_in = flow.Join().Annotation(title=_("评审齐全")).Next(this.overall_review)

    overall_review = (
        Desk(for_local(Power.RUN_LOCALLY)).Annotation(title=_("领导小组审定")).Next(this.after_overall_review)
    )
    after_overall_review = (
        flow.Switch()
        .Annotation(title=_("审定决定"))
        .Case(this.publish_notice, in_state(S.PROPOSED))
        .Case(this.announce, in_state(S.AWAITING_ANNOUNCEMENT))
        .Case(this.table_again, in_state(S.POSTPONED))
        .Default(this.end)
    )
    table_again = Desk(for_local(Power.RUN_LOCALLY)).Annotation(title=_("重新提请审议")).Next(this.overall_review)

    publish_notice = Desk(for_local(Power.PUBLISH_LOCALLY)).Annotation(title=_("发布公示")).Next(this.after_publication)
    after_publication = (
        flow.Switch()
        .Annotation(title=_("是否已公示"))
        .Case(this.notice_period, in_state(S.UNDER_NOTICE))
        .Case(this.overall_review, in_state(S.UNDER_OVERALL_REVIEW))
        .Default(this.end)
    )
    notice_period = Wait().Annotation(title=_("公示期")).Next(this.after_notice)
    after_notice = (
        flow.Switch()
        .Annotation(title=_("公示结果"))
        .Case(this.announce, in_state(S.NOTICE_COMPLETED))
        .Case(this.overall_review, in_state(S.UNDER_OVERALL_REVIEW))
        .Default(this.end)
    )
    announce = Desk(for_local(Power.PUBLISH_LOCALLY)).Annotation(title=_("公布名单")).Next(this.after_announcement)
    after_announcement = (
        flow.Switch()
        .Annotation(title=_("是否已公布认定"))
        .Case(this.certify, in_state(S.RECOGNISED))
        .Case(this.overall_review, in_state(S.UNDER_OVERALL_REVIEW))
        .Default(this.end)
    )
    certify = Wait().Annotation(title=_("制发证书")).Next(this.end)
    end = flow.End().Annotation(title=_("办结"))


# Where a case stands in the flow for each legal state; the consistency check compares the open tasks with it.
NODE_OF_STATE: dict[str, str] = {
    S.DRAFT: "prepare",
    S.UNDER_FORWARDING: "forwarding",
    S.SUBMITTED: "material_check",
    S.UNDER_FIRST_REVIEW: "material_check",
    S.RETURNED: "correct",
    S.AWAITING_PANEL: "appoint_panel",
    S.UNDER_SITE_VISIT: "site_visit",
    S.UNDER_EXPERT_REVIEW: "expert_review",
    S.UNDER_OVERALL_REVIEW: "overall_review",
    S.POSTPONED: "table_again",
    S.PROPOSED: "publish_notice",
    S.UNDER_NOTICE: "notice_period",
    S.NOTICE_COMPLETED: "announce",
    S.AWAITING_ANNOUNCEMENT: "announce",
    S.RECOGNISED: "certify",
}
