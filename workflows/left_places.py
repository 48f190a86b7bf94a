"""Who left a place of the quota that nobody has taken since, and whether it may have to be given back.

A place is known by the decision in favour by which its holder had it: one application may have a place, lose it, be
called up again and leave that one as well. From below the quota nothing leads away but a calling up, so that every
decision in favour had a place, the last of an application that is not within the quota apart. What is decided again by
another application has passed its place on to that, unless that ended without ever having it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from accreditation.enums import ApplicationState, Choice, MeetingState
from accreditation.models import Application, Batch, CallingUp, Decision, Reconsideration
from accreditation.recommendation_words import ResultState
from accreditation.reconsideration_words import RECONSIDERATION_STATES, SETTLED, UNDOING

LOOKED_AT = [state for state, facts in RECONSIDERATION_STATES.items() if not facts.is_final]


@dataclass(frozen=True, slots=True)
class LeftPlace:
    """A place that its holder left, and the decision by which it was held; is_challenged: the end is not settled."""

    application: Application
    decision: Decision
    is_challenged: bool

    @property
    def left_at(self) -> datetime:
        """When the application came where it stands now."""
        return self.application.case.moved_at


def left_places(batch: Batch, holding: Collection[int], free: int, undecided: Collection[str]) -> list[LeftPlace]:
    """At most `free` of them, the latest first; `holding` are keys of applications, `undecided` states of a case."""
    placed, challenged = _placed(batch), _challenged(batch)
    redone = dict(
        Reconsideration.objects.filter(challenged__batch=batch, redo_case__isnull=False).values_list(
            "challenged", "redo_case"
        )
    )
    rows = {row.case_id: row for row in batch.applications.select_related("case", "enterprise")}
    passed_on = set(_confirmed(batch).values_list("vacated_decision", flat=True))
    found = []
    for key, row in rows.items():
        heirs = [rows[case] for case in _heirs(key, redone)]
        last = placed[row.pk][-1] if placed[row.pk] else None
        is_passed_on = any(placed[heir.pk] or heir.state in undecided for heir in heirs)
        if last is None or row.pk in holding or is_passed_on or last.pk in passed_on:
            continue
        found.append(LeftPlace(row, last, any(one.case_id in challenged for one in (row, *heirs))))
    found.sort(key=lambda one: (one.left_at, one.application.pk), reverse=True)
    return _without_retaken(found, free, _given_by_minutes(batch, placed))


def _placed(batch: Batch) -> dict[int, list[Decision]]:
    """The decisions by which each application of the batch, by its key, had a place, the earliest first."""
    found: dict[int, list[Decision]] = defaultdict(list)
    rows = Decision.objects.filter(
        application__batch=batch, outcome=Choice.RECOGNISE, item__meeting__state=MeetingState.ADOPTED
    )
    for row in rows.select_related("application").order_by("pk"):
        is_below = row.application.state == ApplicationState.NOT_IN_QUOTA
        if not (is_below and row.application.decision_id == row.pk):
            found[row.application_id].append(row)
    return found


def _confirmed(batch: Batch) -> QuerySet[CallingUp]:
    return CallingUp.objects.filter(batch=batch, state=ResultState.CONFIRMED)


def _heirs(case: int, redone: dict[int, int]) -> list[int]:
    """The cases by which a case was decided again, one after the other."""
    found = []
    while case in redone:
        case = redone[case]
        found.append(case)
    return found


def _challenged(batch: Batch) -> set[int]:
    """Cases whose end is looked at again, or was set aside, so that they may be filed anew."""
    set_aside = Q(state__in=SETTLED, outcome__in=UNDOING, redo_case__isnull=True)
    rows = Reconsideration.objects.filter(Q(state__in=LOOKED_AT) | set_aside, challenged__batch=batch)
    return set(rows.values_list("challenged", flat=True))


# --- places that minutes gave to somebody else meanwhile -------------------------------------------------------------
def _given_by_minutes(batch: Batch, placed: dict[int, list[Decision]]) -> list[datetime]:
    """When a meeting, and no calling up, gave an application its place, in order of time."""
    called = set(_confirmed(batch).values_list("decision", flat=True))
    return sorted(row.decided_at for rows in placed.values() for row in rows if row.pk not in called)


def _without_retaken(left: list[LeftPlace], free: int, given: Iterable[datetime]) -> list[LeftPlace]:
    """More were left than are free: a postponed or late case took the others, which wait for nobody any more.

    Each took one that had been left by then; one whose end is not settled was left to it last.
    """
    kept = list(left)
    for at in given:
        before = [one for one in kept if one.left_at <= at]
        if len(kept) > free and before:
            kept.remove(min(before, key=lambda one: (one.is_challenged, one.left_at)))
    return kept[:free]
