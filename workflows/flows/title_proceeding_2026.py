"""A proceeding over a title: revocation, suspension, warning, reinstatement, cancellation; first edition.

Steps and time limits after 行政许可法 articles 36, 42, 47, 48 and 69, applied by analogy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow

from accreditation.enums import Level
from accreditation.enums import ProceedingState as S
from accreditation.models import Case, Proceeding
from accreditation.roles import Power
from workflows.flows.foundation import CaseProcedure, for_applicant, in_state
from workflows.nodes import Desk, Wait
from workflows.subjects import PROCEEDING, Subject


def for_authority(power: Power) -> Callable[[Case], str]:
    """Inbox key of those who hold the power at the body that granted the title: its district, or the whole office."""

    def key(case: Case) -> str:
        level = Proceeding.objects.select_related("title__programme").get(case=case).title.programme.level
        return f"{power}:{case.district if level == Level.DISTRICT else '*'}"

    return key


class TitleProceeding2026(CaseProcedure):
    """Prepared by one person, the holder heard, ordered by another, in effect on its day."""

    process_title = _("称号处理")
    subject: ClassVar[Subject] = PROCEEDING

    start = flow.StartHandle().Annotation(title=_("立案")).Next(this.prepare)
    rebuild = flow.StartHandle().Annotation(title=_("重建待办")).Next(this.resume)
    resume = (
        flow.Switch()
        .Annotation(title=_("按法定状态恢复"))
        .Case(this.prepare, in_state(S.IN_PREPARATION))
        .Case(this.defence, in_state(S.DEFENCE_OPEN))
        .Case(this.hearing, in_state(S.AWAITING_HEARING))
        .Case(this.decide, in_state(S.AWAITING_ORDER))
        .Case(this.effect, in_state(S.ORDERED))
        .Case(this.suspension, in_state(S.ORDER_RUNNING))
        .Default(this.end)
    )

    prepare = Desk(for_authority(Power.PREPARE_ORDERS)).Annotation(title=_("立案准备")).Next(this.after_prepare)
    after_prepare = (
        flow.Switch()
        .Annotation(title=_("准备结果"))
        .Case(this.defence, in_state(S.DEFENCE_OPEN))
        .Case(this.decide, in_state(S.AWAITING_ORDER))
        .Default(this.end)
    )

    defence = Desk(for_applicant).Annotation(title=_("陈述申辩")).Next(this.after_defence)
    after_defence = (
        flow.Switch()
        .Annotation(title=_("是否听证"))
        .Case(this.hearing, in_state(S.AWAITING_HEARING))
        .Default(this.decide)
    )

    hearing = Desk(for_authority(Power.PREPARE_ORDERS)).Annotation(title=_("听证")).Next(this.after_hearing)
    after_hearing = (
        flow.Switch().Annotation(title=_("听证结果")).Case(this.decide, in_state(S.AWAITING_ORDER)).Default(this.end)
    )

    decide = Desk(for_authority(Power.MAKE_ORDERS)).Annotation(title=_("作出决定")).Next(this.after_decision)
    after_decision = (
        flow.Switch()
        .Annotation(title=_("决定结果"))
        .Case(this.effect, in_state(S.ORDERED))
        .Case(this.suspension, in_state(S.ORDER_RUNNING))
        .Default(this.end)
    )

    effect = Wait().Annotation(title=_("等待生效")).Next(this.after_effect)
    after_effect = (
        flow.Switch()
        .Annotation(title=_("是否有期限"))
        .Case(this.suspension, in_state(S.ORDER_RUNNING))
        .Default(this.end)
    )
    suspension = Wait().Annotation(title=_("暂停期")).Next(this.end)
    end = flow.End().Annotation(title=_("办结"))


NODE_OF_STATE: dict[str, str] = {
    S.IN_PREPARATION: "prepare",
    S.DEFENCE_OPEN: "defence",
    S.AWAITING_HEARING: "hearing",
    S.AWAITING_ORDER: "decide",
    S.ORDERED: "effect",
    S.ORDER_RUNNING: "suspension",
}
