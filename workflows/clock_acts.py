"""Clocks of an authority stopped and started again on a ground that is named; the days between are never counted.

行政许可法第四十五条 leaves the time of hearing, testing, appraisal and experts out of the limits of its own section: so
the time to decide stands still, by analogy that of a review and of an order, but not the twenty days in which a
hearing is called (第四十七条). 行政复议法第三十九条 suspends the reconsideration itself: every limit in it stands
still. When the time of the experts stands still is written down nowhere that was read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from accreditation.clocks import (
    NOT_COUNTED,
    STOPS_EXPERTS,
    SUSPENDS_RECONSIDERATION,
    DeadlineKind,
    DeadlineState,
    PauseGround,
)
from accreditation.enums import LetterKind
from accreditation.errors import Reason
from accreditation.models import Application, Case, Deadline, Proceeding, Reconsideration
from accreditation.services import letters
from accreditation.services.reconsiderations import authority_of
from workflows import deadlines
from workflows.doing import Doing

STOPPING = frozenset({"pause_clock", "pause_experts"})
STARTING = frozenset({"resume_clock", "resume_experts"})
BY_LICENSING_LAW = "《中华人民共和国行政许可法》第四十五条（参照）"


@dataclass(frozen=True, slots=True)
class Standstill:
    """What stops together: which clocks, on which grounds, cited as what; whose letter tells of it, about what."""

    kinds: tuple[DeadlineKind, ...]
    grounds: tuple[PauseGround, ...]
    article_zh: str
    issued_by: Callable[[Doing], str]
    matter_zh: str = ""  # nothing for an application, which is named after the title that it is for

    def runs(self, doing: Doing) -> Iterable[Reason]:
        """Only a running clock whose last second has not passed can be stopped."""
        found = self._clocks(doing, DeadlineState.RUNNING)
        if not found:
            yield Reason("no_clock", _("当前没有正在计算的办理时限。"))
        elif any(deadlines.is_overdue(clock, doing.at) for clock in found):
            yield Reason("overdue", _("时限已过，不能再中止。"))

    def ground_is_named(self, doing: Doing) -> Iterable[Reason]:
        """Only on a ground that the rules name for these clocks."""
        if doing.form.get("ground") not in self.grounds:
            yield Reason("ground", _("请选择中止时限的法定事由。"), "ground")

    def stands(self, doing: Doing) -> Iterable[Reason]:
        """Only a stopped clock can be started again."""
        if not self._clocks(doing, DeadlineState.PAUSED):
            yield Reason("no_clock", _("办理时限没有中止。"))

    def is_over(self, doing: Doing) -> Iterable[Reason]:
        """What is suspended is not gone on with before it is resumed."""
        if self._clocks(doing, DeadlineState.PAUSED):
            yield Reason("suspended", _("本案正在中止，恢复以后才能办理。"))

    def pause(self, doing: Doing) -> None:
        """Form: ground, remark. The enterprise is told in writing, as both laws ask."""
        clocks = self._clocks(doing, DeadlineState.RUNNING)
        ground, remark = PauseGround(doing.form["ground"]), doing.form["remark"].strip()
        for clock in clocks:
            deadlines.pause(clock, ground=ground, remark=remark, at=doing.at)
        doing.act.note(clocks=[clock.kind for clock in clocks], ground=ground.value, remark=remark)
        names = [DeadlineKind(clock.kind).label for clock in clocks]
        self._send(doing, LetterKind.CLOCK_PAUSED, clocks_zh=names, ground_zh=ground.label, remark=remark)

    def resume(self, doing: Doing) -> None:
        """The clocks go on with the days they had left, and the enterprise is told until when."""
        told = []
        for clock in self._clocks(doing, DeadlineState.PAUSED):
            due = deadlines.resume(clock, calendar=doing.calendar, at=doing.at)
            doing.act.note(**{f"due_{clock.kind}": due.at.isoformat(), f"provisional_{clock.kind}": due.is_provisional})
            told.append({"label": DeadlineKind(clock.kind).label, "due": due.at})
        self._send(doing, LetterKind.CLOCK_RESUMED, clocks=told)

    def _clocks(self, doing: Doing, state: DeadlineState) -> list[Deadline]:
        return list(doing.case.deadlines.filter(kind__in=self.kinds, state=state).order_by("pk"))

    def _send(self, doing: Doing, kind: LetterKind, **content: Any) -> None:
        content |= {"matter_zh": self.matter_zh, "article_zh": self.article_zh}
        body = self.issued_by(doing)
        if isinstance(doing.subject, Application):
            letter = letters.write_letter(doing.subject, kind=kind, issued_by=body, at=doing.at, **content)
        else:
            letter = letters.write_case_letter(
                doing.case, kind=kind, issued_by=body, is_adverse=False, at=doing.at, **content
            )
        doing.act.note(letter=letter.number, letter_sha256=letter.sha256)
        doing.act.reply(letter=letter.number)


def _reviewing_body(doing: Doing) -> str:
    is_district = doing.case.deadlines.filter(kind=DeadlineKind.FIRST_REVIEW, state__in=deadlines.OPEN).exists()
    return letters.issuing_body(doing.application, is_district=is_district)


def _granting_body(doing: Doing) -> str:
    return letters.issuing_body(doing.application, is_district=False)


def _reconsidering_body(doing: Doing) -> str:
    assert isinstance(doing.subject, Reconsideration)
    return authority_of(doing.subject)


def _ordering_body(doing: Doing) -> str:
    assert isinstance(doing.subject, Proceeding)
    return letters.authority_of(doing.subject.title, doing.case.district)


REVIEW = Standstill(
    (DeadlineKind.FIRST_REVIEW, DeadlineKind.COMPLETENESS_CHECK), NOT_COUNTED, BY_LICENSING_LAW, _reviewing_body
)
EXPERTS = Standstill((DeadlineKind.EXPERT_REVIEW,), STOPS_EXPERTS, "本批次专家评审安排", _granting_body)
ORDER = Standstill((DeadlineKind.ORDER,), NOT_COUNTED, BY_LICENSING_LAW, _ordering_body, "称号处理案")
RECONSIDERATION = Standstill(
    (DeadlineKind.RECONSIDERATION_ANSWER, DeadlineKind.RECONSIDERATION),
    SUSPENDS_RECONSIDERATION,
    "《中华人民共和国行政复议法》第三十九条",
    _reconsidering_body,
    "行政复议案",
)


def pointless(case: Case) -> frozenset[str]:
    """Of stopping and starting the clock of an application only one makes sense; the verbs of the other."""
    return STOPPING if deadlines.paused_clock(case) else STARTING
