"""The history of a holder in the register of titles: names, titles and their states over time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from accreditation.audit import chain_key
from accreditation.clocks import SHANGHAI
from accreditation.enums import TitleState
from accreditation.errors import NotFound
from accreditation.models import AuditEvent, Enterprise, HolderRecord, NoticeEntry, Title
from accreditation.models.titles import BENEATH

PROLONG = "prolong"
FORMER_NAME = "former_name"  # the one kind of record that is public: `note` is the name given up on that day


@dataclass(frozen=True, slots=True)
class FormerName:
    """A name that the holder bore: until a day where the change is recorded, else on a day it was printed."""

    name: str
    until: date | None
    printed_on: date | None
    where: str


@dataclass(frozen=True, slots=True)
class TitleStep:
    """Something that happened to a title: day, title, state afterwards; `is_grant` for its beginning.

    `passed_from` names the holder before, where the title passed to a successor.
    """

    on: date
    title: Title
    state: str
    is_grant: bool = False
    passed_from: str = ""


@dataclass(frozen=True, slots=True)
class HolderHistory:
    """Who holds, under which names, which titles, and what happened to each, newest first."""

    enterprise: Enterprise
    names: tuple[FormerName, ...]
    titles: tuple[Title, ...]
    steps: tuple[TitleStep, ...]


def holder_history(uscc: str) -> HolderHistory:
    """The history of a holder with at least one title; NotFound otherwise."""
    rows = Title.objects.filter(holder__uscc=uscc).select_related("programme__granted_by", "holder")
    titles = list(rows.order_by("-granted_on", "number"))
    if not titles:
        raise NotFound(uscc)
    enterprise = titles[0].holder
    return HolderHistory(enterprise, tuple(former_names(enterprise)), tuple(titles), tuple(title_steps(titles)))


def former_names(enterprise: Enterprise) -> list[FormerName]:
    """Other names than today's: recorded changes, and names as public notices printed them; two queries."""
    records = HolderRecord.objects.filter(enterprise=enterprise, kind=FORMER_NAME).order_by("-happened_on")
    found = {row.note: FormerName(row.note, row.happened_on, None, row.source) for row in records}
    printed = NoticeEntry.objects.filter(application__enterprise=enterprise).exclude(enterprise_name=enterprise.name)
    for entry in printed.select_related("notice").order_by("-notice__published_at"):
        day = entry.notice.published_at.astimezone(SHANGHAI).date()
        found.setdefault(entry.enterprise_name, FormerName(entry.enterprise_name, None, day, entry.notice.number))
    return list(found.values())


def once_called(words: str) -> QuerySet[Enterprise]:
    """Enterprises that bore a name with these words in it before, as the history above tells it."""
    given_up, printed = _given_up(words).values("enterprise"), _printed(words).values("application__enterprise")
    return Enterprise.objects.filter(Q(pk__in=given_up) | Q(pk__in=printed))


def former_names_with(words: str, enterprises: Iterable[Enterprise]) -> dict[int, str]:
    """The earlier name by which these words find each enterprise that is called otherwise today, by its key."""
    keys = {row.pk for row in enterprises if words and words.casefold() not in row.name.casefold()}
    if not keys:
        return {}
    printed = _printed(words).filter(application__enterprise__in=keys)
    found = dict(printed.values_list("application__enterprise", "enterprise_name"))
    given_up = _given_up(words).filter(enterprise__in=keys).order_by("happened_on", "pk")
    return found | dict(given_up.values_list("enterprise", "note"))


def _given_up(words: str) -> QuerySet[HolderRecord]:
    return HolderRecord.objects.filter(kind=FORMER_NAME, note__icontains=words)


def _printed(words: str) -> QuerySet[NoticeEntry]:
    return NoticeEntry.objects.filter(enterprise_name__icontains=words)


def title_steps(titles: list[Title]) -> list[TitleStep]:
    """Grants and changes of state of these titles, newest first; one query."""
    by_chain = {chain_key(title): title for title in titles}
    events = AuditEvent.objects.filter(chain__in=by_chain, state_after__in=TitleState.values)
    events = events.exclude(verb__in=[PROLONG, *BENEATH]).order_by("chain", "seq")  # they keep its state
    steps = [
        TitleStep(day_of(event.at), by_chain[event.chain], event.state_after, passed_from=passed_from(event))
        for event in events
    ]
    steps += [TitleStep(title.granted_on, title, TitleState.IN_FORCE, is_grant=True) for title in titles]
    return sorted(steps, key=lambda step: (step.on, not step.is_grant), reverse=True)


def passed_from(event: AuditEvent) -> str:
    """The holder before, where the event in a title's chain is its passing to a successor."""
    return str(event.content["from_name"]) if event.verb == "succeed" else ""


def day_of(at: datetime) -> date:
    """The day in Shanghai."""
    return at.astimezone(SHANGHAI).date()
