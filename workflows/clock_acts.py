"""Pausing and resuming the clock of a review: 行政许可法第四十五条, the time of these things is not counted."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accreditation.clocks import DeadlineKind, DeadlineState, PauseGround
from accreditation.enums import LetterKind
from accreditation.errors import Reason
from accreditation.models import Deadline
from accreditation.services import letters
from workflows import deadlines
from workflows.doing import Doing

PAUSABLE = (DeadlineKind.FIRST_REVIEW, DeadlineKind.COMPLETENESS_CHECK)


def _clock(doing: Doing, state: DeadlineState) -> Deadline | None:
    return doing.case.deadlines.filter(kind__in=PAUSABLE, state=state).first()


def review_clock_runs(doing: Doing) -> Iterable[Reason]:
    """Only a running clock whose last second has not passed can be stopped."""
    clock = _clock(doing, DeadlineState.RUNNING)
    if clock is None:
        yield Reason("no_clock", _("当前没有正在计算的办理时限。"))
    elif deadlines.is_overdue(clock, doing.at):
        yield Reason("overdue", _("时限已过，不能再中止。"))


def ground_is_legal(doing: Doing) -> Iterable[Reason]:
    """The law names the grounds."""
    if doing.form.get("ground") not in PauseGround.values:
        yield Reason("ground", _("请选择中止时限的法定事由。"), "ground")


def review_clock_stands(doing: Doing) -> Iterable[Reason]:
    """Only a stopped clock can be started again."""
    if _clock(doing, DeadlineState.PAUSED) is None:
        yield Reason("no_clock", _("办理时限没有中止。"))


def pause(doing: Doing) -> None:
    """Form: ground, remark. The applicant is told in writing, as the article asks."""
    clock = _clock(doing, DeadlineState.RUNNING)
    assert clock is not None
    ground, remark = PauseGround(doing.form["ground"]), doing.form["remark"].strip()
    deadlines.pause(clock, ground=ground, remark=remark, at=doing.at)
    doing.act.note(clock=clock.kind, ground=ground.value, remark=remark)
    letter = letters.write_letter(
        doing.application,
        kind=LetterKind.CLOCK_PAUSED,
        issued_by=letters.issuing_body(doing.application, is_district=clock.kind == DeadlineKind.FIRST_REVIEW),
        at=doing.at,
        clock_zh=DeadlineKind(clock.kind).label,
        ground_zh=ground.label,
        remark=remark,
    )
    doing.act.note(letter=letter.number, letter_sha256=letter.sha256)


def resume(doing: Doing) -> None:
    """The clock goes on with the days it had left."""
    clock = _clock(doing, DeadlineState.PAUSED)
    assert clock is not None
    due = deadlines.resume(clock, calendar=doing.calendar, at=doing.at)
    doing.act.note(clock=clock.kind, due=due.at.isoformat(), provisional=due.is_provisional)
