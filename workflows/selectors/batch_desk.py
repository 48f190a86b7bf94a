"""Batches as their desks see them: what they rest on, where their cases stand, what waits to be published."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from accreditation.enums import ApplicationState, Level
from accreditation.errors import NotFound
from accreditation.models import (
    Announcement,
    Application,
    Batch,
    Body,
    Notice,
    Proceeding,
    Programme,
    RuleSetEdition,
    Title,
)
from accreditation.permissions import Person, batches_under
from accreditation.roles import Power
from accreditation.services import proceedings
from accreditation.services.rule_sets import rules_of
from accreditation.services.titles import titles_held
from criteria.live import LiveFault, live_faults
from criteria.loading import thaw
from criteria.ruleset import Figure
from workflows.batch_acts import TO_ANNOUNCE, TO_PUBLISH
from workflows.calendar import current_calendar
from workflows.own_matters import known
from workflows.procedures import PROCEDURES
from workflows.workdays import Due


@dataclass(frozen=True, slots=True)
class StatedFigure:
    """A figure of a rule set with the name under which the set holds it."""

    code: str
    figure: Figure


def batches() -> QuerySet[Batch]:
    """All batches, newest first, each with the number of its filed cases."""
    filed = Count("cases", filter=~Q(cases__state=ApplicationState.DRAFT))
    return (
        Batch.objects.select_related("programme", "rule_set", "authority")
        .annotate(filed=filed)
        .order_by("-opens_at", "-pk")
    )


def batch(code: str) -> Batch:
    """One batch by its code; NotFound when there is none."""
    row = Batch.objects.select_related("programme__granted_by", "rule_set", "opened_by").filter(code=code).first()
    if row is None:
        raise NotFound(code)
    return row


def counts(row: Batch) -> dict[str, int]:
    """Cases of a batch by state, drafts left out; only states that occur."""
    rows = row.cases.exclude(state=ApplicationState.DRAFT).order_by().values_list("state").annotate(n=Count("pk"))
    found: Mapping[str, int] = dict(rows)
    return {state.value: found[state.value] for state in ApplicationState if state.value in found}


def batch_for(user: Person, code: str) -> Batch:
    """One batch whose lists the person publishes; NotFound otherwise."""
    row = batch(code)
    if not Batch.objects.filter(batches_under(user, Power.PUBLISH), pk=row.pk).exists():
        raise NotFound(code)
    return row


def waiting_for_publisher(user: Person) -> QuerySet[Batch]:
    """The person's batches with cases to publish, to announce or under notice, the longest waiting first."""
    states = [*TO_PUBLISH, *TO_ANNOUNCE, ApplicationState.UNDER_NOTICE]
    return (
        Batch.objects.filter(batches_under(user, Power.PUBLISH))
        .select_related("programme")
        .annotate(
            to_publish=Count("cases", filter=Q(cases__state__in=TO_PUBLISH)),
            to_announce=Count("cases", filter=Q(cases__state__in=TO_ANNOUNCE)),
            under_notice=Count("cases", filter=Q(cases__state=ApplicationState.UNDER_NOTICE)),
            since=Max("cases__moved_at", filter=Q(cases__state__in=states)),
        )
        .filter(Q(to_publish__gt=0) | Q(to_announce__gt=0) | Q(under_notice__gt=0))
        .order_by("since", "pk")
    )


def listed(row: Batch, states: Collection[str]) -> QuerySet[Application]:
    """Applications of a batch in these states, as a list to be published would name them."""
    rows = row.applications.filter(state__in=states).select_related("case", "enterprise", "decision", "batch")
    return rows.order_by("case__number")


def held_under_notice(user: Person) -> list[tuple[Application, Title]]:
    """Cases under notice in the person's batches whose enterprises hold the title by now, with it."""
    shown = known(user, _under_notice(user).order_by("case__number")).rows
    held = titles_held(shown)
    return [(row, held[row.pk]) for row in shown if row.pk in held]


def barred(batch: Batch, rows: Iterable[Application], on: date) -> dict[int, Proceeding]:
    """By the key of the application: the revocation for which it can be ended as barred on that day."""
    if "end_as_barred" not in PROCEDURES[batch.procedure].verbs:
        return {}
    bars, fraud = proceedings.standing_bars(batch.programme, on), proceedings.suspending_fraud(batch)
    found = {row.pk: bars.get(row.enterprise_id, fraud) for row in rows}
    return {key: bar for key, bar in found.items() if bar is not None}


def barred_under_notice(user: Person, on: date) -> list[tuple[Application, Proceeding]]:
    """Cases under notice in the person's batches whose enterprises are barred by now, with the revocation."""
    rows = _under_notice(user).filter(batch__programme__procedure__gt="").order_by("batch", "case__number")
    found: list[tuple[Application, Proceeding]] = []
    for batch, group in groupby(known(user, rows).rows, key=lambda row: row.batch):
        listed = list(group)
        bars = barred(batch, listed, on)
        found += [(row, bars[row.pk]) for row in listed if row.pk in bars]
    return found


def _under_notice(user: Person) -> QuerySet[Application]:
    rows = Application.objects.filter(
        batches_under(user, Power.PUBLISH, "batch__"), state=ApplicationState.UNDER_NOTICE, evaluated_title__isnull=True
    )
    return rows.select_related("case", "enterprise", "batch__programme")


def recent_notices(user: Person) -> list[Notice]:
    """The newest notices of the person's batches with the number of entries."""
    rows = Notice.objects.filter(batches_under(user, Power.PUBLISH, "batch__"))
    rows = rows.select_related("batch__programme", "published_by").annotate(listed=Count("entries"))
    return list(rows.order_by("-published_at", "-pk")[:10])


def recent_announcements(user: Person) -> list[Announcement]:
    """The newest announcements of the person's batches."""
    rows = Announcement.objects.filter(batches_under(user, Power.PUBLISH, "batch__"))
    rows = rows.select_related("batch__programme", "announced_by")
    return list(rows.order_by("-announced_at", "-pk")[:10])


def notices_of(row: Batch) -> list[Notice]:
    """Notices of one batch, newest first."""
    return list(row.notices.select_related("published_by").annotate(listed=Count("entries")).order_by("-published_at"))


def announcements_of(row: Batch) -> list[Announcement]:
    """Announcements of one batch, newest first."""
    return list(row.announcements.select_related("announced_by").order_by("-announced_at"))


def notice_due(row: Batch, *, at: datetime) -> Due:
    """Last day of a notice of the batch that were published at this instant."""
    return current_calendar().due(at, row.notice_days)


def parameters(row: Batch) -> list[StatedFigure]:
    """Figures of the procedure, with their confidence and source."""
    return [StatedFigure(code, figure) for code, figure in rules_of(row).parameters.items()]


def confidence_counts(row: Batch) -> list[LiveFault]:
    """Every figure of the pinned rule set on which a live batch may not rest."""
    return live_faults(rules_of(row))


# --- Opening a batch --------------------------------------------------------------------------------------------
def editions() -> list[RuleSetEdition]:
    """Stored editions of rule sets, newest first."""
    return list(RuleSetEdition.objects.order_by("-stored_at", "-pk"))


def edition_faults(edition: RuleSetEdition) -> list[LiveFault]:
    """Why a live batch may not rest on an edition; empty when it may."""
    return live_faults(thaw(edition.text)) if edition.live_faults else []


def programmes() -> QuerySet[Programme]:
    """Programmes by code."""
    return Programme.objects.order_by("code")


def usual_programme() -> str:
    """The programme of the newest edition, which a form offers first; empty without any."""
    newest = RuleSetEdition.objects.order_by("-stored_at", "-pk").first()
    return newest.reference.split("/")[0] if newest else ""


def procedures() -> Iterator[tuple[str, str]]:
    """Installed editions of procedures, as choices."""
    for code, procedure in PROCEDURES.items():
        yield code, f"{procedure.flow.process_title} {code.rsplit('/', 1)[-1]}"


def authorities() -> QuerySet[Body]:
    """Districts, zones and groups that can recognise by themselves, by code."""
    return Body.objects.filter(level__in=[Level.DISTRICT, Level.GROUP, Level.ZONE]).order_by("district", "pk")


def next_ordinal() -> int:
    """The ordinal that follows the highest one."""
    highest: int = Batch.objects.aggregate(most=Max("ordinal"))["most"] or 0
    return highest + 1


def sources() -> dict[str, Any]:
    """What a new batch may rest on: programmes, editions, procedures."""
    return {
        "programme": programmes(),
        "edition": RuleSetEdition.objects.order_by("-stored_at", "-pk"),
        "procedure": list(procedures()),
        "authority": authorities(),
    }
