"""Titles that their rules keep until the next evaluation, whatever last day is entered for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

from django.db.models import Q

from accreditation.enums import Level
from accreditation.evaluation_words import LOSES_TITLE
from accreditation.models import Batch, EvaluationCall, RuleSetEdition, Title
from accreditation.models.titles import HELD
from accreditation.selectors.granting import OWN_TITLES, granting_bodies
from accreditation.selectors.results import failures_set_aside
from criteria.loading import thaw
from criteria.ruleset import Cycle

NEXT_EVALUATION = "next_evaluation"
CYCLE, FIRST = "evaluation_every_years", "first_evaluation_after_years"


def titles_kept(on: date) -> list[Title]:
    """Titles held on although their last day lies before that day, as they wait for their evaluation; by number."""
    rows = Title.objects.filter(state__in=HELD, valid_until__lt=on).exclude(programme__level=Level.NATIONAL)
    return kept_among(rows.select_related("programme__granted_by", "holder").order_by("number"), on)


def is_kept(title: Title, on: date) -> bool:
    """Whether the title runs on that day beyond its last one; False before that day has passed."""
    last = title.last_day
    return title.state in HELD and last is not None and last < on and bool(kept_among([title], on))


def kept_among(titles: Iterable[Title], on: date) -> list[Title]:
    """Those of titles past their last day that wait for their evaluation.

    "资格有效至下一次评价": the evaluation ends such a title, or prolongs it; a day that passes does neither, be the
    round late or never held, and a title that was never evaluated waits for its first one however far ahead that is.
    The last day is what the certificate states. It ends the title in two cases. Where no rules of the body that
    evaluates say when a title is due, no round can be frozen, so nothing but the day could ever end it; the same holds
    of designations set up from a file, which no procedure evaluates. And where the title was evaluated as due, without
    a result that prolongs it (failed or late, and not revoked for it), it runs to its day, unless it is due again by
    then.
    """
    rows = [title for title in titles if title.last_day is not None]
    years = _cycles_of(rows)
    last = _last_published([title for title in rows if years[title.pk]])
    return [title for title in rows if (every := years[title.pk]) and _waits(last.get(title.pk), every, on)]


def _waits(last: EvaluationCall | None, every: int, on: date) -> bool:
    is_prolonged = last is None or (last.band != "" and last.consequence != LOSES_TITLE)
    return is_prolonged or (last is not None and last.round.year + every <= on.year)


def _last_published(titles: Sequence[Title]) -> dict[int, EvaluationCall]:
    """The newest of what is published of each title, late lists included; what was set aside says nothing."""
    rows = EvaluationCall.objects.filter(title__in=[title.pk for title in titles], published_on__isnull=False)
    rows = rows.exclude(pk__in=failures_set_aside().values("pk")).select_related("round").order_by("round__year")
    return {call.title_id: call for call in rows} if titles else {}


def _cycles_of(titles: Sequence[Title]) -> dict[int, int]:
    """By key of the title: years from one evaluation to the next; 0 where nothing but its last day ends it."""
    bodies = granting_bodies(titles) if titles else {}
    found: dict[tuple[str, str], int] = {}
    years: dict[int, int] = {}
    for title in titles:
        body, place = bodies[title.pk], ""
        if title.programme.level == Level.DISTRICT:
            place = body.district if body.level in OWN_TITLES else title.holder.district
        key = title.programme_id, place
        if key not in found:
            found[key] = 0 if title.programme.procedure else _cycle_years(*key)
        years[title.pk] = found[key]
    return years


def _cycle_years(programme: str, place: str) -> int:
    """As the rules say that the body has taken into use; of the city, which shares its programmes with none, any."""
    pinned = Batch.objects.filter(programme=programme)
    pinned = pinned.filter(authority__district=place) if place else pinned.filter(authority__isnull=True)
    is_used = Q(pk__in=pinned.values("rule_set"))
    if not place:
        is_used |= Q(reference__startswith=f"{programme}/")
    editions = RuleSetEdition.objects.filter(is_used).order_by("-stored_at", "-pk")
    cycles = [cycle for checksum in editions.values_list("checksum", flat=True) if (cycle := _cycle(checksum))]
    if not cycles or cycles[0].until != NEXT_EVALUATION:
        return 0
    return next((years for cycle in cycles if (years := _known_years(cycle))), 0)


def _known_years(cycle: Cycle) -> int:
    """Years of the cycle where it says who is due: both figures are known."""
    figures = [cycle.figures.get(name) for name in (CYCLE, FIRST)]
    if any(figure is None or figure.value is None for figure in figures):
        return 0
    return int(cycle.figures[CYCLE].amount())


@lru_cache(maxsize=64)
def _cycle(checksum: str) -> Cycle | None:
    return thaw(RuleSetEdition.objects.get(checksum=checksum).text).cycle
