"""What the auditor and the operator read: the trail across all chains, and the health of the installation."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, QuerySet
from django.utils.dateparse import parse_date

from accreditation.audit import Break, verify_all
from accreditation.enums import EffectState
from accreditation.models import AuditEvent, Case, Effect, Reminder, User
from accreditation.reminders import ReminderState
from accreditation.services.scanning import ScanState, scan_state
from accreditation.visibility import own_matters
from certificates.selectors import certificates_waiting, latest_head
from certificates.services.progress import Progress, progress_of_all
from certificates.services.waking import last_round, last_woken
from workflows.calendar import provisional_deadlines
from workflows.consistency import Disagreement, check_all
from workflows.heartbeat import last_beat
from workflows.models import CalendarDay, CalendarYear
from workflows.workdays import SHANGHAI

QUIET_WORKER = timedelta(minutes=2)
QUIET_SIGNER = timedelta(minutes=2)
SLOW_SIGNATURE = timedelta(minutes=10)
LITTLE_DISK = 10  # percent free
NOVEMBER = 11
SHOWN_FAILURES = 20
REMINDERS_SHOWN = timedelta(days=7)


# --- the trail ----------------------------------------------------------------------------------------------------
def own_numbers(user: User) -> list[str]:
    """Numbers of the cases that are the person's own matter (回避)."""
    return list(Case.objects.filter(own_matters(user)).values_list("number", flat=True))


def events(filters: Mapping[str, str], *, withheld: Iterable[str] = ()) -> QuerySet[AuditEvent]:
    """Events by the filters `person`, `chain`, `verb`, `since`, `until`, the newest first.

    Of all chains but those of the cases whose numbers are `withheld`.
    """
    rows = AuditEvent.objects.exclude(chain__in=[f"case:{number}" for number in withheld])
    if person := filters.get("person"):
        rows = rows.filter(by_name__icontains=person)
    if chain := filters.get("chain"):
        rows = rows.filter(chain__icontains=chain)
    if verb := filters.get("verb"):
        rows = rows.filter(verb=verb)
    if (since := parse_date(filters.get("since", ""))) is not None:
        rows = rows.filter(at__gte=_midnight(since))
    if (until := parse_date(filters.get("until", ""))) is not None:
        rows = rows.filter(at__lt=_midnight(until + timedelta(days=1)))
    return rows.order_by("-at", "-pk")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), SHANGHAI)


@dataclass(frozen=True, slots=True)
class Verified:
    """One run of all checks: chains, breaks, disagreements of rows, seconds it took."""

    chains: int
    breaks: tuple[Break, ...]
    disagreements: tuple[Disagreement, ...]
    seconds: float

    @property
    def is_sound(self) -> bool:
        """Whether nothing was found."""
        return not (self.breaks or self.disagreements)


def verify_everything() -> Verified:
    """Verify every chain and compare legal states, tasks and clocks of every case."""
    began = time.monotonic()
    chains, breaks = verify_all()
    return Verified(chains, tuple(breaks), tuple(check_all()), time.monotonic() - began)


# --- health -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Health:
    """Facts about the installation; nothing of any case."""

    database: str
    worker_beat: datetime | None
    worker_is_quiet: bool
    signer_woken: datetime | None
    signer_round: datetime | None
    signer_is_quiet: bool
    issuing: Progress
    waiting_since: datetime | None
    log_size: int
    effects: Mapping[str, int]
    failures: tuple[Effect, ...]
    disk_free: int
    disk_total: int
    disk_is_low: bool
    years: tuple[int, ...]
    missing_years: tuple[int, ...]
    provisional: int
    scanner: ScanState
    reminders: Mapping[str, int]


def health(*, at: datetime) -> Health:
    """Look at database, worker, signer, effects, disk and calendar."""
    beat, round_ = last_beat(), last_round()
    oldest = certificates_waiting().first()
    head = latest_head()
    disk = shutil.disk_usage(settings.VAR_DIR)
    years = published_years()
    return Health(
        database=connection.vendor,
        worker_beat=beat,
        worker_is_quiet=beat is None or at - beat > QUIET_WORKER,
        signer_woken=_instant(last_woken()),
        signer_round=_instant(round_),
        signer_is_quiet=_is_quiet_signer(round_, oldest, at),
        issuing=progress_of_all(at=at),
        waiting_since=oldest.requested_at if oldest else None,
        log_size=head.size if head else 0,
        effects=effect_counts(),
        failures=tuple(Effect.objects.filter(state=EffectState.FAILED).order_by("-due_at", "-pk")[:SHOWN_FAILURES]),
        disk_free=disk.free,
        disk_total=disk.total,
        disk_is_low=disk.free * 100 < LITTLE_DISK * disk.total,
        years=years,
        missing_years=missing_years(years, on=at.astimezone(SHANGHAI).date()),
        provisional=len(list(provisional_deadlines())),
        scanner=scan_state(),
        reminders=reminder_counts(since=at - REMINDERS_SHOWN),
    )


def _instant(nanoseconds: int) -> datetime | None:
    return datetime.fromtimestamp(nanoseconds / 1_000_000_000, tz=SHANGHAI) if nanoseconds else None


def _is_quiet_signer(round_: int, oldest: Any, at: datetime) -> bool:
    """No sign of life, or a certificate that waits too long."""
    last = _instant(round_)
    if last is None or at - last > QUIET_SIGNER:
        return True
    return oldest is not None and at - oldest.requested_at > SLOW_SIGNATURE


def reminder_counts(*, since: datetime) -> dict[str, int]:
    """Steps of reminders dealt with since then, by what became of them, every state named."""
    counted = dict(Reminder.objects.filter(at__gt=since).order_by().values_list("state").annotate(n=Count("pk")))
    return {state.value: counted.get(state.value, 0) for state in ReminderState}


def effect_counts() -> dict[str, int]:
    """Effects by state, every state named."""
    counted = dict(Effect.objects.order_by().values_list("state").annotate(n=Count("pk")))
    return {state.value: counted.get(state.value, 0) for state in EffectState}


# --- the calendar -------------------------------------------------------------------------------------------------
def published_years() -> tuple[int, ...]:
    """Years whose plan is in the table."""
    return tuple(CalendarYear.objects.order_by("year").values_list("year", flat=True))


def missing_years(years: tuple[int, ...], *, on: date) -> tuple[int, ...]:
    """Years that should be there: this one always, the next from November on, when the plan is published."""
    wanted = [on.year, *([on.year + 1] if on.month >= NOVEMBER else [])]
    return tuple(year for year in wanted if year not in years)


def calendar_years() -> list[CalendarYear]:
    """Years of the calendar, the newest first."""
    return list(CalendarYear.objects.order_by("-year"))


def departures(year: int) -> list[CalendarDay]:
    """Days of a year that depart from Monday to Friday."""
    return list(CalendarDay.objects.filter(day__year=year).order_by("day"))
