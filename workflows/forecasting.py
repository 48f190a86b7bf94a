"""When a case will be finished: what the law allows at the latest, and what cases of its kind usually took.

Plain values in, plain values out; no tables, no clock. All lengths are working days of the calendar that is given,
unless a limit is said to run in calendar days. What lies in a year without a published calendar makes a day
provisional.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from workflows.workdays import WorkCalendar

ENOUGH = 5  # below so many finished cases nothing is said of what is usual


@dataclass(frozen=True, slots=True)
class Visit:
    """A stay of a finished case at a node: working days of the stay, and from its beginning to the end of the case."""

    node: str
    stay: int
    to_end: int


@dataclass(frozen=True, slots=True)
class Quartiles:
    """A quarter took no longer than `lower`, half than `middle`, three quarters than `upper`; of `count` cases."""

    lower: int
    middle: int
    upper: int
    count: int


@dataclass(frozen=True, slots=True)
class Limit:
    """How many days a rule gives for a stage."""

    days: int
    in_calendar_days: bool = False
    ends_on_working_day: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage still to come, or the one in which the case is: its node, its limit, what it usually takes."""

    node: str
    limit: Limit | None
    usual: Quartiles | None


@dataclass(frozen=True, slots=True)
class Day:
    """A day, and whether it rests on a year whose calendar is not published."""

    on: date
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class Usual:
    """Between which days cases like this one came to their end, the day in the middle, and how many there were."""

    earliest: Day
    middle: Day
    latest: Day
    count: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """Both estimates with their grounds.

    `count` is the number of comparable cases even where they are too few for `usual`. `latest` is None while the clock
    stands still or where a stage has neither a limit nor enough finished cases (`unknown`); `by_habit` are stages
    without a limit for which the upper quartile was taken instead.
    """

    usual: Usual | None
    count: int
    latest: Day | None
    stages: tuple[Stage, ...]
    by_habit: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    is_paused: bool = False

    @property
    def latest_is_legal(self) -> bool:
        """Whether every day of it rests on a limit."""
        return self.latest is not None and not self.by_habit


def quartiles(days: Iterable[int]) -> Quartiles | None:
    """Quartiles by nearest rank, so that each is a length that really occurred; None of fewer than `ENOUGH`."""
    rows = sorted(days)
    if len(rows) < ENOUGH:
        return None
    lower, middle, upper = (rows[-(-len(rows) * part // 4) - 1] for part in (1, 2, 3))
    return Quartiles(lower, middle, upper, len(rows))


def forecast(
    stages: Sequence[Stage],
    visits: Iterable[Visit],
    *,
    on: date,
    entered: date,
    due: Day | None,
    is_paused: bool,
    calendar: WorkCalendar,
) -> Forecast:
    """What is to be expected on the day `on` of a case that entered `stages[0]` on `entered`.

    `due` is the last day of the clock that runs for that stage. `visits` are the stays of finished cases at any node;
    compared is only what stayed in this stage at least as long as this case has by now.
    """
    elapsed = max(calendar.left(entered, on), 0)
    alike = [visit for visit in visits if visit.node == stages[0].node and visit.stay >= elapsed]
    rest = quartiles(visit.to_end - elapsed for visit in alike)
    usual = _usual(rest, on, calendar) if rest else None
    if is_paused:
        return Forecast(usual, len(alike), None, tuple(stages), is_paused=True)
    latest, by_habit, unknown = _latest(stages, on, elapsed, due, calendar)
    return Forecast(usual, len(alike), latest, tuple(stages), by_habit, unknown)


def _usual(rest: Quartiles, on: date, calendar: WorkCalendar) -> Usual:
    first, middle, last = (Day(*calendar.add(on, days)) for days in (rest.lower, rest.middle, rest.upper))
    return Usual(first, middle, last, rest.count)


def _latest(
    stages: Sequence[Stage], on: date, elapsed: int, due: Day | None, calendar: WorkCalendar
) -> tuple[Day | None, tuple[str, ...], tuple[str, ...]]:
    """The day, the stages for which habit stands in for a limit, those for which nothing is known."""
    by_habit: list[str] = []
    unknown: list[str] = []
    day = Day(on, False)
    for place, stage in enumerate(stages):
        if place == 0 and due is not None:
            day = Day(max(due.on, on), due.is_provisional)
        elif place > 0 and stage.limit is not None:
            day = _after(day, stage.limit, calendar)
        elif stage.usual is not None:
            by_habit.append(stage.node)
            left = max(stage.usual.upper - elapsed, 0) if place == 0 else stage.usual.upper
            day = _after(day, Limit(left), calendar)
        else:
            unknown.append(stage.node)
    return (None if unknown else day), tuple(by_habit), tuple(unknown)


def _after(day: Day, limit: Limit, calendar: WorkCalendar) -> Day:
    if limit.in_calendar_days:
        on, is_provisional = day.on + timedelta(days=limit.days), False
        if limit.ends_on_working_day:
            on, is_provisional = calendar.from_day(on)
    else:
        on, is_provisional = calendar.add(day.on, limit.days)
    return Day(on, is_provisional or day.is_provisional)
