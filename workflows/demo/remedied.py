"""Judgments and own corrections in the demo: one upheld on appeal, one waiting for a second officer, one discarded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta

from accreditation.holdings import who_hold
from accreditation.models import Letter, User
from accreditation.reconsideration_words import Outcome, Remedy
from accreditation.reconsideration_words import ReconsiderationState as S
from accreditation.roles import Power
from accreditation.services.files import take_file
from accreditation.services.reconsiderations import respondent_of
from workflows.demo.material import sample_pdf
from workflows.demo.story import Story
from workflows.opening_remedies import Prepared, open_remedy
from workflows.workdays import SHANGHAI

WAYS: tuple[tuple[S, str, str, str], ...] = (  # state, remedy, outcome, verb of the second officer
    (S.CARRIED_OUT, Remedy.JUDGMENT, Outcome.UPHELD, "carry_out_remedy"),
    (S.PREPARED, Remedy.JUDGMENT, Outcome.REDO, ""),
    (S.DISCARDED, Remedy.OWN_CORRECTION, Outcome.ANNULLED, "discard_remedy"),
)
REASONS = {
    Outcome.UPHELD: "法院判决驳回原告的诉讼请求，原决定的效力不变。",
    Outcome.REDO: "法院判决撤销原决定，责令重新作出；依照生效判决办理。",
    Outcome.ANNULLED: "经自查，原决定适用的数据口径有误，予以撤销。",
}
LEAST_OFFICERS = 2
DISCARDED_FOR = "经核对，原决定适用的口径无误，不予纠正。"


def set_right(story: Story, letters: Iterable[Letter]) -> None:
    """Of the letters the first ones whose body has two officers to answer for it, as many as there are ways."""
    story.tell.step("法院裁判和自行纠正：一人提请，另一人核准")
    able = (letter for letter in letters if len(who_hold(*_office(letter), story.now)) >= LEAST_OFFICERS)
    for letter, way in zip(able, WAYS, strict=False):
        _set_right(story, letter, way)


def _office(letter: Letter) -> tuple[Power, str | None]:
    return Power.ANSWER_CHALLENGES, respondent_of(letter) or None


def _set_right(story: Story, letter: Letter, way: tuple[S, str, str, str]) -> None:
    state, remedy, outcome, verb = way
    first, second = sorted(who_hold(*_office(letter), story.now), key=lambda one: one.pk)[:LEAST_OFFICERS]
    at = max(story.now - timedelta(hours=2), datetime.combine(letter.dated, time(0, 0), SHANGHAI))
    case = open_remedy(letter, _prepared(letter, remedy, outcome, at), by=first, at=at)
    story.tell.line(at, first, f"{case.number} 提请：{letter.number}")
    if verb:
        story.tell.act(case, verb, second, min(at + timedelta(hours=1), story.now), reason=DISCARDED_FOR)
    if state == S.CARRIED_OUT:
        _uphold_on_appeal(story, letter, first, second)


def _uphold_on_appeal(story: Story, letter: Letter, first: User, second: User) -> None:
    """The judgment on appeal comes into the place of the one that was carried out, which is shown as replaced."""
    earlier = _prepared(letter, Remedy.JUDGMENT, Outcome.UPHELD, story.now)
    later = replace(
        earlier, number=earlier.number.replace("初", "终"), court="示例中级人民法院", is_later=True,
        reasons="二审判决驳回上诉，维持一审判决。",
    )  # fmt: skip
    case = open_remedy(letter, later, by=first, at=story.now)
    story.tell.line(story.now, first, f"{case.number} 提请：{letter.number}，二审裁判")
    story.tell.act(case, "carry_out_remedy", second, story.now)


def _prepared(letter: Letter, remedy: str, outcome: str, at: datetime) -> Prepared:
    today, reasons = at.astimezone(SHANGHAI).date(), REASONS[Outcome(outcome)]
    if remedy == Remedy.OWN_CORRECTION:
        return Prepared(remedy, outcome, f"示例纠〔{today.year}〕{letter.pk} 号", today, reasons)
    name = "行政判决书.pdf"
    file = take_file(sample_pdf(f"{letter.number} JUDGMENT"), name, media_type="application/pdf", at=at)
    return Prepared(
        remedy, outcome, f"（{today.year}）沪示例行初 {letter.pk} 号", today, reasons, court="示例铁路运输法院",
        in_force_on=today, file=file, file_name=name,
    )  # fmt: skip
