"""Conditions of the steps that the municipal recognition has from edition 2026 on."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accreditation.errors import Reason
from accreditation.services import hearings
from workflows import guards
from workflows.doing import Doing


def departments_were_asked(doing: Doing) -> Iterable[Reason]:
    """Where the rules of the batch have the consultation, nothing goes on without it."""
    if doing.batch.consultation_days and not doing.application.consultations.exists():
        yield Reason("consultation_needed", _("本批次须先提请部门会商。"))


def batch_consults(doing: Doing) -> Iterable[Reason]:
    """A consultation without a time limit in the rules is none."""
    if not doing.batch.consultation_days:
        yield Reason("no_consultation", _("本批次的规则没有部门会商环节。"))


def adjustment_is_given(doing: Doing) -> Iterable[Reason]:
    """Only as a line of a published adjustment to the notice that lists the application."""
    row = doing.form.get("adjustment")
    if row is None or not row.lines.filter(entry__application=doing.application).exists():
        yield Reason("no_adjustment", _("没有涉及本件的公示调整通知。"))


def applicant_waived(doing: Doing) -> Iterable[Reason]:
    """An entry leaves the list at the applicant's own wish alone."""
    if hearings.waiver_of(doing.application) is None:
        yield Reason("not_waived", _("申报单位没有申请撤下公示名单，须由其在办件页面自行申请。"))


def notice_runs_or_is_waived(doing: Doing) -> Iterable[Reason]:
    """A declaration made in time is carried out after the last day too."""
    if hearings.waiver_of(doing.application) is None:
        yield from guards.notice_is_running(doing)


def no_waiver_stands(doing: Doing) -> Iterable[Reason]:
    """Whoever asked to be taken off the notice is not recognised by its end."""
    if hearings.waiver_of(doing.application) is not None:
        yield Reason("waived", _("申报单位已申请撤下公示名单，须先公布调整通知。"))


def not_waived_before(doing: Doing) -> Iterable[Reason]:
    """Once is enough."""
    if hearings.waiver_of(doing.application) is not None:
        yield Reason("already_waived", _("已申请撤下公示名单，等待公布调整通知。"))
