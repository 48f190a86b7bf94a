"""What everybody may read: notices and announcements, the register of titles, progress by number and check code."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value

from accreditation.audit import chain_key
from accreditation.clocks import is_past
from accreditation.correction_words import AnnouncementCorrectionState
from accreditation.enums import ApplicationState, TitleState
from accreditation.errors import NotFound
from accreditation.models import (
    Announcement,
    AnnouncementCorrection,
    Application,
    AuditEvent,
    Batch,
    Notice,
    NoticeAdjustment,
    NoticeEntry,
    Programme,
    Submission,
    Title,
)
from accreditation.models.batches import is_evaluation
from accreditation.models.titles import BENEATH, HELD, STANDING
from accreditation.reissue_words import ALLOW_REISSUE
from accreditation.selectors.evaluation_terms import kept_among
from accreditation.selectors.holders import PROLONG, once_called
from accreditation.selectors.renewals import kept_by_a_renewal, pending_renewal
from accreditation.selectors.results import calls_undecided
from accreditation.services.adjustments import last_moment
from accreditation.services.reconsiderations import stay_over
from certificates.models import Certificate, PaperCertificate
from certificates.selectors import paper_certificate_of
from certificates.standing import Standing
from workflows.certification import newest_certificate_of_title

NOTICE, ANNOUNCEMENT, ADJUSTMENT, CORRECTION = "notice", "announcement", "adjustment", "correction"
CHECK_CODE_LENGTH = 8
ALL_STATES = "all"
PUBLISHED_FOR = ("batch__programme__granted_by", "batch__authority")
COLUMNS = (
    "kind",
    "number",
    "at",
    "batch__year",
    "batch__ordinal",
    "batch__procedure",
    "batch_id",
)


@dataclass(frozen=True, slots=True)
class Published:
    """One line of the list: kind, number, instant; year, ordinal, procedure and key of the batch."""

    kind: str
    number: str
    at: datetime
    year: int
    ordinal: int
    procedure: str
    batch: int

    @property
    def notice_number(self) -> str:
        """Number of the notice whose page shows it."""
        return self.number.rpartition("-A")[0] if self.kind == ADJUSTMENT else self.number

    @property
    def announcement_number(self) -> str:
        """Number of the announcement whose page shows it."""
        return self.number.rpartition("-G")[0] if self.kind == CORRECTION else self.number

    @property
    def anchor(self) -> str:
        """Where on that page: a number of an announcement has blanks, so its own last part."""
        return self.number.rpartition("-")[2]

    @property
    def is_evaluation(self) -> bool:
        """Whether results of an evaluation are published."""
        return is_evaluation(self.procedure)


def published(kind: str = "", year: str = "") -> QuerySet[Any, Any]:
    """Notices, announcements and what adjusts or corrects them in one list, newest first; rows for `as_published`."""
    wanted: dict[str, QuerySet[Any]] = {
        NOTICE: Notice.objects.all(),
        ADJUSTMENT: NoticeAdjustment.objects.all(),
        ANNOUNCEMENT: Announcement.objects.all(),
        CORRECTION: AnnouncementCorrection.objects.filter(state=AnnouncementCorrectionState.PUBLISHED),
    }
    moments = {
        NOTICE: "published_at",
        ADJUSTMENT: "published_at",
        ANNOUNCEMENT: "announced_at",
        CORRECTION: "settled_at",
    }
    parts = []
    for name, rows in wanted.items():
        if kind and kind != name:
            continue
        if year:
            rows = rows.filter(batch__year=year)
        named = rows.order_by().annotate(kind=Value(name, output_field=CharField()), at=F(moments[name]))
        parts.append(named.values_list(*COLUMNS))
    union = parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0]
    newest_first: QuerySet[Any, Any] = union.order_by("-at")
    return newest_first


def as_published(row: tuple[Any, ...]) -> Published:
    """One row of `published`."""
    return Published(*row)


def batches_of(rows: Iterable[Published]) -> QuerySet[Batch]:
    """The batches of these lines with what names their titles."""
    keys = {row.batch for row in rows}
    return Batch.objects.filter(pk__in=keys).select_related("programme__granted_by", "authority")


def published_years() -> list[int]:
    """Years of batches with a notice, the newest first."""
    return list(Notice.objects.order_by("-batch__year").values_list("batch__year", flat=True).distinct())


def notice(number: str) -> Notice:
    """One public notice; NotFound when there is none."""
    row = (
        Notice.objects.select_related("batch__programme__granted_by", "batch__authority").filter(number=number).first()
    )
    if row is None:
        raise NotFound(number)
    return row


def entries(row: Notice) -> list[NoticeEntry]:
    """The list as it was printed."""
    rows = row.entries.select_related(
        "application__case", "application__enterprise", "application__notice", "notice"
    ).order_by("position")
    return list(rows.prefetch_related("application__notice_extensions"))


def entry(row: Notice, case_number: str) -> NoticeEntry:
    """One case of the list that is still held by this notice; NotFound for anything else."""
    found = (
        row.entries.select_related("application__case", "application__enterprise")
        .filter(application__case__number=case_number)
        .first()
    )
    if found is None or found.application.notice_id != row.pk:
        raise NotFound(case_number)
    return found


def may_object(found: NoticeEntry, *, at: datetime) -> bool:
    """Whether objections against this entry are taken now."""
    ends_at = last_moment(found.application)
    return found.application.state == ApplicationState.UNDER_NOTICE and ends_at is not None and not is_past(ends_at, at)


def announcement(number: str) -> Announcement:
    """One announcement by its document number; NotFound when there is none."""
    row = (
        Announcement.objects.select_related("batch__programme__granted_by", "batch__authority")
        .filter(number=number)
        .first()
    )
    if row is None:
        raise NotFound(number)
    return row


def announced(row: Announcement) -> list[Application]:
    """Recognitions that an announcement lists, with their titles."""
    rows = Application.objects.filter(announcement=row).select_related(
        "case", "enterprise", "title__holder", "announcement"
    )
    return list(rows.order_by("case__number"))


def terms_announced(row: Announcement, applications: Iterable[Application]) -> dict[int, date | None]:
    """By key of the application: the last day of its title as the announcement gave it, whatever prolonged it since."""
    titles = {one.pk: one.title for one in applications if one.title is not None}
    chains = {chain_key(title) for title in titles.values()}
    events: dict[str, list[AuditEvent]] = {}
    for event in AuditEvent.objects.filter(chain__in=chains, verb=PROLONG).order_by("seq"):
        events.setdefault(event.chain, []).append(event)
    return {key: _term_in(row, title, events.get(chain_key(title), [])) for key, title in titles.items()}


def _term_in(row: Announcement, title: Title, prolonged: list[AuditEvent]) -> date | None:
    own = next((event for event in prolonged if event.content.get("announcement") == row.number), None)
    later = next((event for event in prolonged if event.at > row.announced_at), None)
    if own is not None:
        said = own.content["until"]
    elif later is not None:
        said = later.content["before"]
    else:
        return title.valid_until
    return date.fromisoformat(said) if said else None


# --- the register ------------------------------------------------------------------------------------------------
def titles(filters: Mapping[str, str]) -> QuerySet[Title]:
    """Titles by the filters `words`, `programme`, `district`, `year`, `state`; without a state those in force.

    The words are looked for in product, name and earlier names of the holder.
    """
    rows = Title.objects.select_related("programme__granted_by", "holder")
    state = filters.get("state", "")
    if not state:
        rows = rows.filter(state__in=STANDING)
    elif state != ALL_STATES:
        rows = rows.filter(state=state)
    if words := filters.get("words"):
        found = Q(holder__name__icontains=words) | Q(product__icontains=words)
        rows = rows.filter(found | Q(holder__in=once_called(words)))
    for name, column in (("programme", "programme_id"), ("district", "holder__district"), ("year", "granted_on__year")):
        if value := filters.get(name):
            rows = rows.filter(**{column: value})
    return rows.order_by("-granted_on", "number")


def title_years() -> list[int]:
    """Years in which titles were granted, the newest first."""
    return [day.year for day in Title.objects.dates("granted_on", "year", order="DESC")]


def programmes() -> list[Programme]:
    """Programmes with at least one title."""
    return list(Programme.objects.filter(title__isnull=False).distinct().order_by("code"))


def title(number: str) -> Title:
    """One title; NotFound when there is none."""
    row = Title.objects.select_related("programme__granted_by", "holder").filter(number=number).first()
    if row is None:
        raise NotFound(number)
    return row


def title_events(row: Title) -> list[AuditEvent]:
    """What happened to a title or its certificate since it was granted, the newest first."""
    happened = ~Q(state_after="") | Q(verb=ALLOW_REISSUE)
    rows = AuditEvent.objects.filter(happened, chain=chain_key(row)).exclude(verb__in=BENEATH)
    return list(rows.order_by("-seq"))


def stay_of_title(row: Title) -> tuple[datetime, str] | None:
    """Since when, and of which number, an order over the title is not carried out for the time; None mostly."""
    found = stay_over(row)
    if found is None or found.stayed_at is None:
        return None
    return found.stayed_at, found.challenged_case.proceeding.order_number


def certificate_of_title(row: Title) -> Certificate | None:
    """The issued certificate of a title."""
    found = newest_certificate_of_title(row)
    return found if found is not None and found.state != Standing.REQUESTED else None


def paper_of_title(row: Title) -> PaperCertificate | None:
    """The paper certificate that a title rests on."""
    return paper_certificate_of(row.number)


def is_in_force(row: Title, *, on: date) -> bool:
    """Whether the title can be relied on that day.

    What the nation granted ends by an order, not by its term; others run on until evaluation or renewal are decided.
    """
    if row.state not in STANDING or on < row.valid_from:
        return False
    return row.last_day is None or on <= row.last_day or runs_beyond_its_day(row, on=on) or is_kept(row, on=on)


def is_kept(row: Title, *, on: date) -> bool:
    """Whether the title goes on although its last day is over, as a renewal filed in time is undecided."""
    is_over = row.last_day is not None and row.last_day < on
    return is_over and row.state in HELD and pending_renewal(row) is not None


def runs_beyond_its_day(row: Title, *, on: date) -> bool:
    """Whether the title is past its last day and goes on, as its evaluation is awaited or not decided."""
    return bool(kept_of([row], on=on))


def renewals_pending(rows: Iterable[Title], *, on: date) -> frozenset[int]:
    """Keys of those past their last day that go on, as a renewal filed in time is undecided."""
    past = [row.pk for row in rows if row.state in HELD and row.last_day is not None and row.last_day < on]
    kept = kept_by_a_renewal(Title.objects.filter(pk__in=past)) if past else []
    return frozenset(row.pk for row in kept)


def kept_of(rows: Iterable[Title], *, on: date) -> frozenset[int]:
    """Keys of those past their last day that go on, as their evaluation is awaited or not decided."""
    past = [row for row in rows if row.state in HELD and row.last_day is not None and row.last_day < on]
    if not past:
        return frozenset()
    undecided = calls_undecided().filter(title__in=past).values_list("title_id", flat=True)
    return frozenset({*undecided, *(row.pk for row in kept_among(past, on))})


def state_choices() -> list[tuple[str, Any]]:
    """Every state of a title as a choice."""
    return list(TitleState.choices)


# --- progress ----------------------------------------------------------------------------------------------------
def tracked(number: str, code: str) -> Application | None:
    """The application of a case whose receipt carries this check code; None for unknown and for mismatch alike.

    The code is the beginning of the content hash that any receipt of the case states.
    """
    hashes = Submission.objects.filter(application__case__number=number).values_list("content_sha256", flat=True)
    matches = [hmac.compare_digest(digest[:CHECK_CODE_LENGTH].encode(), code.encode()) for digest in hashes]
    if not any(matches):
        return None
    rows = Application.objects.select_related("case", "batch__programme", "current")
    return rows.get(case__number=number)


def check_code(submission: Submission) -> str:
    """The check code of a filed version."""
    return submission.content_sha256[:CHECK_CODE_LENGTH]
