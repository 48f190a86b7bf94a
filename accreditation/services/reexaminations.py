"""Whom a round of re-examinations calls, the hash of its frozen list, and the new term of a title that passed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max

from accreditation.acts import act
from accreditation.clocks import years_on
from accreditation.enums import TitleState
from accreditation.models import Reexamination, Title, User
from accreditation.models.titles import STANDING
from accreditation.reexamination_words import OPEN, ReexaminationReason, ReexaminationState
from accreditation.selectors.cultivation import RULES_OF
from criteria.ruleset import RuleSet

CHAIN = "reexaminations"  # in the trail: acts over a round
CYCLE = "evaluation_every_years"
HELD = [*STANDING, TitleState.SUSPENDED]
ACTING_AS = "municipal_officer"


@dataclass(frozen=True, slots=True)
class Listed:
    """A title that is held, why it is called or left out, and the day from which its years are counted."""

    title: Title
    reason: ReexaminationReason
    since: date


def cycle_years(rules: RuleSet) -> int | None:
    """Years from one re-examination to the next; None where the rules set none."""
    figure = rules.cycle.figures.get(CYCLE) if rules.cycle else None
    return int(figure.amount()) if figure is not None and figure.value is not None else None


def population(year: int, every_years: int) -> list[Listed]:
    """Every demonstration title that is held now, by number; due in the year in which its cycle is over."""
    rows = Title.objects.filter(programme=RULES_OF, state__in=HELD).select_related("holder", "programme")
    found = list(rows.order_by("number"))
    mine = Reexamination.objects.filter(title__in=found)
    still_open = set(mine.filter(state__in=OPEN).values_list("title_id", flat=True))
    passed = mine.filter(state=ReexaminationState.PASSED).values_list("title_id").annotate(Max("notice__dated"))
    last = dict(passed)
    listed = ((title, last.get(title.pk) or title.granted_on) for title in found)
    return [
        Listed(title, _reason(title, since, year - every_years, title.pk in still_open), since)
        for title, since in listed
    ]


def _reason(title: Title, since: date, latest_year: int, is_open: bool) -> ReexaminationReason:
    if title.state == TitleState.SUSPENDED:
        return ReexaminationReason.SUSPENDED
    if is_open:
        return ReexaminationReason.STILL_OPEN
    return ReexaminationReason.DUE if since.year <= latest_year else ReexaminationReason.NOT_YET_DUE


def list_hash(listed: Iterable[Listed]) -> str:
    """SHA-256 of the frozen list, one line a title: number, credit code, day the years count from, reason."""
    lines = ("\t".join((one.title.number, one.title.holder.uscc, str(one.since), one.reason)) for one in listed)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def end_of_cycle(begins_on: date, years: int) -> date:
    """The day before the anniversary, which is 1 March for 29 February."""
    again = years_on(begins_on, years)
    return again - timedelta(days=1) if again.day == begins_on.day else again


def renew_term(row: Reexamination, *, stated: date | None, by: User, at: datetime) -> date:
    """Enter the new last day in the title's chain: the one that the notice states, else a cycle after the notice.

    A title that runs longer already keeps its day, and one without an end gets none that no notice states; what is
    returned is then the last day of the new cycle.
    """
    assert row.notice is not None
    until = stated or end_of_cycle(row.notice.dated, row.round.every_years)
    if row.title.valid_until is None and stated is None:
        return until
    with act(row.title, "prolong", by=by, at=at, acting_as=ACTING_AS) as doing:
        title = doing.chain
        assert isinstance(title, Title)
        before = title.valid_until
        title.valid_until = max(until, before) if before else until
        title.save(update_fields=["valid_until"])
        doing.moved(title.state, title.state)
        doing.note(
            title=title.number, before=str(before or ""), until=str(title.valid_until), reexamination=row.round.year,
            announcement=row.notice.number,
        )  # fmt: skip
    return title.valid_until
