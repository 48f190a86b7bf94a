"""The three-yearly re-examination of a demonstration enterprise, 2010: reported, reviewed, passed on, decided above."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow

from accreditation.reexamination_words import ReexaminationState as S
from accreditation.roles import Power
from workflows.flows.foundation import CaseProcedure, for_applicant, for_power, in_state
from workflows.nodes import Desk
from workflows.subjects import REEXAMINATION, Subject


class DemonstrationReexamination2010(CaseProcedure):
    """The holder reports, the office reviews, the publisher sends it up, the ministry's result is entered."""

    process_title = _("示范企业复核")
    subject: ClassVar[Subject] = REEXAMINATION

    start = flow.StartHandle().Annotation(title=_("通知参加复核")).Next(this.material)
    rebuild = flow.StartHandle().Annotation(title=_("重建待办")).Next(this.resume)
    resume = (
        flow.Switch()
        .Annotation(title=_("按法定状态恢复"))
        .Case(this.material, in_state(S.CALLED, S.SENT_BACK))
        .Case(this.late, in_state(S.LATE))
        .Case(this.review, in_state(S.UNDER_REVIEW))
        .Case(this.forwarding, in_state(S.REVIEWED))
        .Case(this.national_review, in_state(S.FORWARDED))
        .Default(this.end)
    )

    material = Desk(for_applicant).Annotation(title=_("报送复核材料")).Next(this.after_material)
    after_material = (
        flow.Switch()
        .Annotation(title=_("报送结果"))
        .Case(this.review, in_state(S.UNDER_REVIEW))
        .Case(this.late, in_state(S.LATE))
        .Default(this.end)
    )
    late = Desk(for_power(Power.PREPARE_ORDERS)).Annotation(title=_("处理逾期未报送")).Next(this.after_late)
    after_late = (
        flow.Switch().Annotation(title=_("逾期处理结果")).Case(this.review, in_state(S.UNDER_REVIEW)).Default(this.end)
    )
    review = Desk(for_power(Power.PREPARE_ORDERS)).Annotation(title=_("审核复核材料")).Next(this.after_review)
    after_review = (
        flow.Switch()
        .Annotation(title=_("审核结果"))
        .Case(this.forwarding, in_state(S.REVIEWED))
        .Case(this.material, in_state(S.SENT_BACK))
        .Default(this.end)
    )
    forwarding = Desk(for_power(Power.PUBLISH)).Annotation(title=_("上报审核意见")).Next(this.after_forwarding)
    after_forwarding = (
        flow.Switch()
        .Annotation(title=_("上报结果"))
        .Case(this.national_review, in_state(S.FORWARDED))
        .Case(this.review, in_state(S.UNDER_REVIEW))
        .Default(this.end)
    )
    national_review = Desk(for_power(Power.PREPARE_ORDERS)).Annotation(title=_("登记国家复核结果")).Next(this.end)
    end = flow.End().Annotation(title=_("办结"))


NODE_OF_STATE: dict[str, str] = {
    S.CALLED: "material",
    S.SENT_BACK: "material",
    S.LATE: "late",
    S.UNDER_REVIEW: "review",
    S.REVIEWED: "forwarding",
    S.FORWARDED: "national_review",
}
