"""How far the city's plan is: what the registers count, and what was entered from elsewhere, never mixed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from accreditation.errors import NotFound
from accreditation.models import PlanFigure, PlanTarget, Standing, Title
from accreditation.models.titles import STANDING
from accreditation.seeds.plan import Counted, TargetEntry, city_plan
from accreditation.seeds.standings import catalogue
from accreditation.selectors.run_out import titles_run_out
from accreditation.selectors.standings import plain_name, stands_on


@dataclass(frozen=True, slots=True)
class Held:
    """One title or standing in force: programme or kind, level, holder, district, year it began, strategic industry."""

    source: str  # `titles` or `standings`
    kind: str
    level: str
    uscc: str
    name: str
    district: str
    year: int
    industry: str


@dataclass(frozen=True, slots=True)
class Progress:
    """A target with what counts towards it today (None: no register can tell) and figures entered, newest first."""

    entry: TargetEntry
    target: PlanTarget
    held: tuple[Held, ...] | None
    figures: tuple[PlanFigure, ...]

    @property
    def count(self) -> int | None:
        """What the registers count."""
        if self.held is None or self.entry.counts is None:
            return None
        return len({row.uscc for row in self.held}) if self.entry.counts.holders else len(self.held)


def progress(on: date) -> list[Progress]:
    """Every target that is loaded, in the order of the plan; six queries."""
    targets = PlanTarget.objects.in_bulk()
    figures: dict[str, list[PlanFigure]] = {}
    for row in PlanFigure.objects.select_related("entered_by").order_by("-year", "-entered_at", "-pk"):
        figures.setdefault(row.target_id, []).append(row)
    held = in_force(on)
    return [
        Progress(entry, targets[code], counted(entry.counts, held, on), tuple(figures.get(code, ())))
        for code, entry in city_plan().targets.items()
        if code in targets
    ]


def plan_target(code: str) -> tuple[TargetEntry, PlanTarget]:
    """One target that is loaded, with its entry; NotFound when there is none."""
    entry, target = city_plan().targets.get(code), PlanTarget.objects.filter(pk=code).first()
    if entry is None or target is None:
        raise NotFound(code)
    return entry, target


def in_force(on: date) -> list[Held]:
    """Titles in force and standings that stand on a day; four queries, and more where a title is past its last day.

    What a holder has of one kind, level, industry and name is one thing, told by its newest entry, but for what is
    granted each year.
    """
    standing = Title.objects.filter(state__in=STANDING, valid_from__lte=on)
    titles = standing.exclude(pk__in=titles_run_out(on).values("pk")).values_list(
        "programme_id", "programme__level", "holder__uscc", "holder__name", "holder__district", "granted_on__year"
    )
    standings = (
        Standing.objects.filter(stands_on(on))
        .order_by("year", "pk")
        .values_list("kind", "level", "holder_uscc", "holder_name", "district", "year", "industry", "name", "pk")
    )
    yearly = {kind.code for kind in catalogue().kinds.values() if kind.yearly}
    things: dict[tuple[object, ...], Held] = {}
    for row in standings:
        held, name, pk = Held("standings", *row[:7]), row[7], row[8]
        known_by = plain_name(name) if name and held.kind not in yearly else pk
        things[held.kind, held.level, held.uscc, held.industry, known_by] = held
    return [Held("titles", *row, "") for row in titles] + [*things.values()]


def counted(counts: Counted | None, held: Iterable[Held], on: date) -> tuple[Held, ...] | None:
    """Those that count towards a target; None where the registers cannot tell."""
    if counts is None:
        return None
    kinds = {"titles": counts.titles, "standings": counts.standings}
    least = on.year if counts.yearly else counts.since
    return tuple(
        row
        for row in held
        if row.kind in kinds[row.source]
        and row.year >= least
        and (row.source == "titles" or not counts.levels or row.level in counts.levels)
    )


def by_industry(rows: Iterable[Held]) -> Counter[str]:
    """Distinct holders by strategic industry; one without is under the empty code."""
    return Counter(industry for industry, _uscc in {(row.industry, row.uscc) for row in rows})


def by_district(rows: Iterable[Held]) -> Counter[str]:
    """Distinct holders by district; one without is under the empty code."""
    return Counter(district for district, _uscc in {(row.district, row.uscc) for row in rows})


def granted_by_year() -> dict[tuple[str, int], int]:
    """Titles by programme and year in which they were granted, whatever they are worth today; one query.

    One that nobody granted, entered from a list that was misread, is none of them.
    """
    rows = (
        Title.objects.filter(entered_wrongly=False)
        .values_list("programme_id", "granted_on__year")
        .annotate(number=Count("pk"))
        .order_by()
    )
    return {(programme, year): number for programme, year, number in rows}
