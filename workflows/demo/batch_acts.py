"""What two officers did to batches in the demo: prolonged, called off, one waits; a year of the calendar waits, too."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Max

from accreditation.batch_words import BatchState
from accreditation.models import Batch, BatchProposal
from accreditation.services.rule_sets import store_edition
from workflows import batch_proposals, calendar_proposals
from workflows.calendar_import import CalendarLine
from workflows.demo.clock import DemoClock
from workflows.demo.story import Story
from workflows.demo.world import PROCEDURE, RULES
from workflows.workdays import SATURDAY

DAYS_BACK = 2
WINDOW = timedelta(days=30)
LEAST_YEAR = 2000  # an evaluation is numbered by its year, the others one after the other
HOLIDAYS = {  # days off in most years, as stand-ins until the State Council has published the year
    "元旦": ((1, 1),), "清明节": ((4, 5),), "劳动节": ((5, 1), (5, 2), (5, 3)),
    "国庆节": tuple((10, day) for day in range(1, 8)),
}  # fmt: skip


def change_batches(story: Story) -> None:
    """By two officers each; what waits can be confirmed by any of their colleagues."""
    story.tell.step("批次由两人开启、延长和取消；下一年度工作日历已试算，待第二人确认")
    clock = DemoClock(story.world.calendar, story.now, DAYS_BACK)
    _prolong(story, clock)
    highest = Batch.objects.filter(programme=story.world.programme, ordinal__lt=LEAST_YEAR).aggregate(
        most=Max("ordinal")
    )["most"]
    mistaken = _prepare(story, clock, highest + 1, clock.at)
    _confirm(story, clock, mistaken)
    batch = Batch.objects.get(proposals=mistaken)
    reason = "基准日填写有误（演示），另行开启批次。"
    row = batch_proposals.propose_calling_off(
        batch, reason=reason, by=story.world.people["banshi"], at=clock.minutes(9)
    )
    _confirm(story, clock, row)
    _prepare(story, clock, highest + 2, story.now + WINDOW)
    _propose_year(story, clock)


def _prolong(story: Story, clock: DemoClock) -> None:
    rows = Batch.objects.filter(programme=story.world.programme, state=BatchState.OPEN, closes_at__gt=clock.at)
    batch = rows.latest("opens_at")
    row = batch_proposals.propose_longer_window(
        batch, batch.closes_at + timedelta(days=7), reason="申报系统停机维护一日（演示），顺延申报期。",
        document="关于延长申报期的通知（演示〔2026〕1 号）", by=story.world.people["banshi"], at=clock.minutes(7),
    )  # fmt: skip
    _confirm(story, clock, row)


def _prepare(story: Story, clock: DemoClock, ordinal: int, opens_at: datetime) -> BatchProposal:
    office, at = story.world.people["banshi"], clock.minutes(11)
    said = {
        "programme": story.world.programme, "edition": store_edition(RULES, at=at), "procedure": PROCEDURE,
        "authority": None, "ordinal": ordinal, "year": opens_at.year, "reporting_year": opens_at.year - 1,
        "opens_at": opens_at, "closes_at": opens_at + WINDOW, "base_date": opens_at.date(),
    }  # fmt: skip
    row = batch_proposals.propose_opening(said, by=office, at=at)
    story.tell.line(at, office, f"{row.number} 提请开启 {row.subject}")
    return row


def _confirm(story: Story, clock: DemoClock, row: BatchProposal) -> None:
    by, at = story.world.people["banshi2"], clock.minutes(13)
    batch_proposals.confirm(row, by=by, at=at)
    story.tell.line(at, by, f"{row.number} {row.subject} {row.get_kind_display()}，已确认")


def _propose_year(story: Story, clock: DemoClock) -> None:
    """By the operator; another operator or any officer confirms it."""
    operator, at, year = story.world.people["yunwei"], clock.minutes(5), story.now.year + 1
    row = calendar_proposals.propose(
        year, _days_of(year), source="示例放假安排（演示，非国务院通知）", by=operator, at=at
    )
    story.tell.line(at, operator, f"{row.number} {year} 年工作日历")


def _days_of(year: int) -> list[CalendarLine]:
    found = [(date(year, *day), name) for name, days in HOLIDAYS.items() for day in days]
    return [(day, False, name) for day, name in found if day.weekday() < SATURDAY]
