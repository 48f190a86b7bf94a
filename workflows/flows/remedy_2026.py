"""A judgment over an act of an authority is carried out, or the authority takes its own wrong act back."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow

from accreditation.reconsideration_words import ReconsiderationState as S
from workflows.flows.foundation import CaseProcedure, in_state
from workflows.flows.reconsideration_2024 import for_respondent
from workflows.nodes import Desk
from workflows.subjects import RECONSIDERATION, Subject


class Remedy2026(CaseProcedure):
    """Prepared by one person of the body whose act it was, carried out by another."""

    process_title = _("执行法院裁判或自行纠正")
    subject: ClassVar[Subject] = RECONSIDERATION

    start = flow.StartHandle().Annotation(title=_("提请执行裁判或自行纠正")).Next(this.confirmation)
    rebuild = flow.StartHandle().Annotation(title=_("重建待办")).Next(this.resume)
    resume = (
        flow.Switch()
        .Annotation(title=_("按法定状态恢复"))
        .Case(this.confirmation, in_state(S.PREPARED))
        .Default(this.end)
    )
    confirmation = Desk(for_respondent).Annotation(title=_("核准执行")).Next(this.end)
    end = flow.End().Annotation(title=_("办结"))


NODE_OF_STATE: dict[str, str] = {S.PREPARED: "confirmation"}
FIRST = S.PREPARED
