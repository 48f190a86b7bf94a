"""Recognition of a Shanghai municipal enterprise technology centre, edition 2026 beside that of 2022."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow

from accreditation.enums import ApplicationState as S
from accreditation.roles import Power
from workflows.flows.foundation import CaseProcedure, for_applicant, for_district, for_power, in_state
from workflows.flows.municipal_recognition_2022 import NODE_OF_STATE as NODES_2022
from workflows.nodes import Desk, SeatDesk, Seats, Wait


class MunicipalRecognition2026(CaseProcedure):
    """As in 2022; before the experts other departments are consulted, and the committee decides within a quota."""

    process_title = _("市级企业技术中心认定（会商、名额）")

    start = flow.StartHandle().Annotation(title=_("开始申报")).Next(this.prepare)
    # A lost flow starts again here and goes straight to the task that the legal state asks for.
    rebuild = flow.StartHandle().Annotation(title=_("重建待办")).Next(this.resume)
    resume = (
        flow.Switch()
        .Annotation(title=_("按法定状态恢复"))
        .Case(this.prepare, in_state(S.DRAFT))
        .Case(this.first_review, in_state(S.SUBMITTED, S.UNDER_FIRST_REVIEW))
        .Case(this.correct, in_state(S.RETURNED))
        .Case(this.completeness_check, in_state(S.UNDER_COMPLETENESS_CHECK))
        .Case(this.consultation, in_state(S.UNDER_CONSULTATION))
        .Case(this.appoint_panel, in_state(S.AWAITING_PANEL))
        .Case(this.seats, in_state(S.UNDER_EXPERT_REVIEW))
        .Case(this.overall_review, in_state(S.UNDER_OVERALL_REVIEW))
        .Case(this.table_again, in_state(S.POSTPONED))
        .Case(this.publish_notice, in_state(S.PROPOSED))
        .Case(this.notice_period, in_state(S.UNDER_NOTICE))
        .Case(this.announce, in_state(S.NOTICE_COMPLETED))
        .Case(this.certify, in_state(S.RECOGNISED))
        .Default(this.end)
    )

    prepare = Desk(for_applicant).Annotation(title=_("填报并提交")).Next(this.after_prepare)
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
        Desk(for_power(Power.CHECK_COMPLETENESS)).Annotation(title=_("市级形式审查")).Next(this.after_check)
    )
    after_check = (
        flow.Switch()
        .Annotation(title=_("形审结果"))
        .Case(this.appoint_panel, in_state(S.AWAITING_PANEL))
        .Case(this.consultation, in_state(S.UNDER_CONSULTATION))
        .Case(this.correct, in_state(S.RETURNED))
        .Default(this.end)
    )

    consultation = (
        Desk(for_power(Power.CHECK_COMPLETENESS)).Annotation(title=_("部门会商")).Next(this.after_consultation)
    )
    after_consultation = (
        flow.Switch()
        .Annotation(title=_("会商结果"))
        .Case(this.appoint_panel, in_state(S.AWAITING_PANEL))
        .Default(this.end)
    )

    appoint_panel = Desk(for_power(Power.APPOINT_PANELS)).Annotation(title=_("组成评审组")).Next(this.seats)
    seats = Seats().Annotation(title=_("逐席评审")).Next(this.expert_review)
    expert_review = SeatDesk(for_power(Power.APPOINT_PANELS)).Annotation(title=_("专家评审")).Next(this.all_reviews_in)
    all_reviews_in = flow.Join().Annotation(title=_("评审齐全")).Next(this.overall_review)

    overall_review = (
        Desk(for_power(Power.CALL_MEETINGS)).Annotation(title=_("综合评审")).Next(this.after_overall_review)
    )
    after_overall_review = (
        flow.Switch()
        .Annotation(title=_("评审决定"))
        .Case(this.publish_notice, in_state(S.PROPOSED))
        .Case(this.table_again, in_state(S.POSTPONED))
        .Default(this.end)
    )
    table_again = Desk(for_power(Power.CALL_MEETINGS)).Annotation(title=_("重新提请审议")).Next(this.overall_review)

    publish_notice = Desk(for_power(Power.PUBLISH)).Annotation(title=_("发布公示")).Next(this.after_publication)
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
    announce = Desk(for_power(Power.PUBLISH)).Annotation(title=_("公布名单")).Next(this.after_announcement)
    after_announcement = (
        flow.Switch()
        .Annotation(title=_("是否已公布认定"))
        .Case(this.certify, in_state(S.RECOGNISED))
        .Case(this.overall_review, in_state(S.UNDER_OVERALL_REVIEW))
        .Default(this.end)
    )
    certify = Wait().Annotation(title=_("制发证书")).Next(this.end)
    end = flow.End().Annotation(title=_("办结"))


# Where a case stands in the flow for each legal state: as in 2022, and at the new desk.
NODE_OF_STATE: dict[str, str] = {**NODES_2022, S.UNDER_CONSULTATION: "consultation"}
# Here the departments are asked within the check, before the experts; in a recommendation after it.
STEP_OF_STATE: dict[str, int] = {S.UNDER_CONSULTATION: 3}
