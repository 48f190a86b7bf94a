"""Reconsideration in the demo: an adverse act is challenged; one application waits for the respondent, one is new."""

from __future__ import annotations

from accreditation.models import Letter, Member
from accreditation.reconsideration_words import CHALLENGEABLE
from workflows.demo.story import Story
from workflows.opening_reconsiderations import open_reconsideration
from workflows.procedures import procedure_of

CLAIM = "请求撤销原决定，责令重新审查申报材料。"
REASONS = "申报材料符合指南要求，原决定所依据的事实认定有误，有关证明材料已随申报一并提交。"
CASES = 2


def challenge_decisions(story: Story) -> None:
    """The newest adverse ends of applications are challenged by their enterprises; the first is accepted."""
    story.tell.step("行政复议：企业对不利决定申请复议，一件已受理待答复，一件待审查")
    officer = story.world.people["fuyi1"]
    for place, letter in enumerate(_challengeable()[:CASES]):
        holder = Member.objects.filter(enterprise=letter.case.enterprise, state="active").select_related("user")[0].user
        case = open_reconsideration(
            letter, known_on=letter.dated, claim=CLAIM, reasons=REASONS, by=holder, at=story.clock.minutes(30)
        )
        story.tell.line(story.clock.at, holder, f"{case.number} 对 {letter.case.number} 申请行政复议")
        if place == 0:
            story.tell.act(case, "accept_reconsideration", officer, story.clock.minutes(30))


def _challengeable() -> list[Letter]:
    """Letters that told of an adverse end which still stands, the newest first."""
    letters = Letter.objects.filter(kind__in=CHALLENGEABLE).exclude(remedy="").exclude(kind="order")
    letters = letters.filter(case__enterprise__members__state="active").select_related("case__enterprise").distinct()
    return [letter for letter in letters.order_by("-dated", "-pk") if _stands(letter)]


def _stands(letter: Letter) -> bool:
    subject = procedure_of(letter.case).subject
    facts = subject.facts(str(subject.of(letter.case).state))
    return facts.is_final and facts.is_adverse
