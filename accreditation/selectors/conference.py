"""Figures for the joint conference (联席会议): titles at the end of a period and what changed in it, in five cuts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from accreditation.audit import chain_key
from accreditation.clocks import SHANGHAI
from accreditation.enums import TitleState
from accreditation.models import Application, AuditEvent, Standing, Title
from accreditation.models.titles import BENEATH, STANDING
from accreditation.selectors.evaluation_terms import kept_among
from accreditation.selectors.holders import PROLONG, TitleStep, day_of, passed_from
from accreditation.selectors.standings import stands_on

CUTS = ("district", "programme", "industry", "batch", "state")
OVER = (TitleState.REVOKED, TitleState.CANCELLED, TitleState.EXPIRED)


@dataclass(slots=True)
class Line:
    """One line of a table: in force at the end, granted in the period, ended in the period and over at its end."""

    standing: int = 0
    granted: int = 0
    ended: int = 0


@dataclass(frozen=True, slots=True)
class Conference:
    """The report: both days, tables by cut and code, changes in the period newest first, totals."""

    since: date
    until: date
    tables: dict[str, dict[str, Line]]
    changes: tuple[TitleStep, ...]
    total: Line
    batches: dict[str, tuple[int, int]] = field(default_factory=dict)  # code to year and ordinal


@dataclass(frozen=True, slots=True)
class _Fate:
    """A title with its state at the end of the period and its steps within."""

    title: Title
    state: str
    steps: tuple[TitleStep, ...]


def conference(since: date, until: date) -> Conference:
    """Titles as they stood at the end of `until`, and what happened from `since` on, both days included.

    What was entered of a misread list is no title.
    """
    titles = list(
        Title.objects.filter(granted_on__lte=until, entered_wrongly=False)
        .select_related("programme", "holder")
        .order_by("pk")
    )
    fates = [*_fates(titles, since, until)]
    industries, batches = _industries(until), _batches()
    keys: dict[str, Callable[[_Fate], Iterable[str]]] = {
        "district": lambda fate: [fate.title.holder.district],
        "programme": lambda fate: [fate.title.programme_id],
        "industry": lambda fate: industries.get(fate.title.holder.uscc, [""]),
        "batch": lambda fate: [batches.get(fate.title.pk, ("", 0, 0))[0]],
        "state": lambda fate: [fate.state],
    }
    tables = {cut: _table(fates, keys[cut], by_state=cut == "state") for cut in CUTS}
    changes = sorted((step for fate in fates for step in fate.steps), key=lambda step: step.on, reverse=True)
    total = _table(fates, lambda _fate: [""], by_state=False).get("", Line())
    named = {code: (year, ordinal) for code, year, ordinal in batches.values()}
    return Conference(since, until, tables, tuple(changes), total, named)


def _table(fates: Iterable[_Fate], keys: Callable[[_Fate], Iterable[str]], *, by_state: bool) -> dict[str, Line]:
    """Lines by code; a title with several codes counts under each. By state every title counts, whatever its worth."""
    lines: dict[str, Line] = {}
    for fate in fates:
        for key in keys(fate):
            line = lines.setdefault(key, Line())
            line.standing += by_state or fate.state in STANDING
            line.granted += any(step.is_grant for step in fate.steps)
            line.ended += fate.state in OVER and any(step.state in OVER for step in fate.steps)
    return dict(sorted(lines.items()))


def _fates(titles: list[Title], since: date, until: date) -> Iterable[_Fate]:
    by_chain: dict[str, list[AuditEvent]] = {chain_key(title): [] for title in titles}
    end = datetime.combine(until + timedelta(days=1), time(), SHANGHAI)
    events = AuditEvent.objects.filter(chain__startswith="title:", at__lt=end, state_after__in=TitleState.values)
    events = events.exclude(verb__in=[PROLONG, *BENEATH])  # they keep its state
    for event in events.order_by("chain", "seq"):
        by_chain.get(event.chain, []).append(event)
    past = [title for title in titles if title.last_day is not None and title.last_day < until]
    kept = {title.pk for title in kept_among(past, until)}
    for title in titles:
        yield _fate(title, by_chain[chain_key(title)], since, until, runs_on=title.pk in kept)


def _fate(title: Title, events: list[AuditEvent], since: date, until: date, *, runs_on: bool) -> _Fate:
    steps = [TitleStep(title.granted_on, title, TitleState.IN_FORCE, is_grant=True)]
    steps += [TitleStep(day_of(event.at), title, event.state_after, passed_from=passed_from(event)) for event in events]
    state = events[-1].state_after if events else str(TitleState.IN_FORCE)
    if state in STANDING and not runs_on and title.last_day is not None and title.last_day < until:
        state = TitleState.EXPIRED
        steps.append(TitleStep(title.last_day + timedelta(days=1), title, state))
    return _Fate(title, state, tuple(step for step in steps if since <= step.on <= until))


def _industries(on: date) -> dict[str, list[str]]:
    """Strategic industries of holders as the register of standings has them."""
    rows = Standing.objects.filter(stands_on(on)).exclude(industry="").values_list("holder_uscc", "industry")
    found: dict[str, list[str]] = {}
    for uscc, industry in rows.order_by("industry").distinct():
        found.setdefault(uscc, []).append(industry)
    return found


def _batches() -> dict[int, tuple[str, int, int]]:
    """By title: code, year and ordinal of the batch that granted it; imported titles have none."""
    rows = Application.objects.filter(title__isnull=False)
    found = rows.values_list("title_id", "batch__code", "batch__year", "batch__ordinal")
    return {title: (code, year, ordinal) for title, code, year, ordinal in found}
