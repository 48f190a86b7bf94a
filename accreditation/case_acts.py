"""Who acted in a case, and in which office, as its audit trail says: for separation of duties (职责分离、回避)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from accreditation.audit import chain_key
from accreditation.models import AuditEvent, Case
from accreditation.reconsideration_words import TAKING_NO_PART
from accreditation.roles import Power

# Who keeps or reads a case has prepared nothing in it, nor who confirmed a calendar by which its days count anew.
KEEPING = ("take", "release", "hand_over", *TAKING_NO_PART)
# Offices whose acts in a case are opinions or decisions on it. The secretary and the publisher carry out what others
# decided, and keep minutes of it.
WITH_OPINION = frozenset(
    {
        "forwarder", "district_officer", "reviewing_officer", "verifier", "expert",
        Power.FORWARD, Power.REVIEW_FIRST, Power.CHECK_COMPLETENESS, Power.APPOINT_PANELS, Power.RUN_LOCALLY,
        Power.ANSWER_OBJECTIONS, Power.SUPERVISE,
    }
)  # fmt: skip
WITHOUT_OPINION = (*KEEPING, "declare_no_tie", "table_again")  # acts of these offices that say nothing on the case


def acts_of(case: Case, people: Iterable[int]) -> QuerySet[AuditEvent]:
    """What these people (numbers of accounts) did in the case, or others in their place, but for keeping it."""
    return acts_in([case], people)


def acts_in(cases: Iterable[Case], people: Iterable[int]) -> QuerySet[AuditEvent]:
    """The same of several cases; the chain of an event names its case."""
    asked = list(people)
    whose = Q(by_id__in=asked) | Q(content__on_behalf_of__id__in=asked)
    return AuditEvent.objects.filter(whose, chain__in=[chain_key(case) for case in cases]).exclude(verb__in=KEEPING)


def people_with_opinion(case: Case) -> set[int]:
    """Accounts by which, or in whose place, an office gave an opinion or a decision in the case; one statement."""
    events = AuditEvent.objects.filter(chain=chain_key(case), acting_as__in=WITH_OPINION)
    return everybody_behind(events.exclude(verb__in=WITHOUT_OPINION))


def everybody_behind(events: QuerySet[AuditEvent]) -> set[int]:
    """Who did these acts, and in whose place they were done."""
    found = events.values_list("by_id", "content__on_behalf_of__id")
    return {person for pair in found for person in pair if person is not None}
