"""Registers of the municipal office: objections with their objectors, certificates in all stages, a case's trail."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce, Greatest

from accreditation.audit import Break, chain_key, verify_chain
from accreditation.clocks import DeadlineKind
from accreditation.enums import ObjectionState
from accreditation.models import (
    AdjustedEntry,
    Application,
    AuditEvent,
    Case,
    Deadline,
    FirstReview,
    Forwarding,
    GateAnswer,
    Letter,
    MeetingItem,
    NoticeExtension,
    Objection,
    User,
)
from accreditation.permissions import batches_under, persons_behind
from accreditation.roles import Power
from accreditation.visibility import matters_of
from certificates.models import Certificate
from certificates.selectors import certificates_refused, certificates_waiting
from certificates.standing import Standing
from workflows.certification import newest_certificate_of_title

GROUPS = ("waiting", "refused", "issued")


@dataclass(frozen=True, slots=True)
class Trail:
    """The audit trail of a case: events oldest first, breaks of the chain, hash of the last event."""

    events: tuple[AuditEvent, ...]
    breaks: tuple[Break, ...]
    head: str


def objections(user: User, state: str = "") -> QuerySet[Objection]:
    """Objections that the person looks into, none in matters of its own (回避): open ones first, by when they are due.

    `due_at` is when the public notice of the case ends, from when on an open objection holds the case back; those that
    are settled follow, the newest first. One state alone is listed in the same order.
    """
    rows = Objection.objects.filter(batches_under(user, Power.ANSWER_OBJECTIONS, "notice__batch__"))
    tied = Case.objects.filter(matters_of(persons_behind(user))).values("pk")
    rows = rows.exclude(application__case__in=tied)
    rows = rows.select_related(
        "application__case__enterprise", "notice__batch__authority", "hearing__clock", "settled_by"
    )
    if state in ObjectionState.values:
        rows = rows.filter(state=state)
    return _by_due_day(rows)


def _by_due_day(rows: QuerySet[Objection]) -> QuerySet[Objection]:
    """The order of `accreditation.services.notice_ends.end_of_notice` in one statement."""
    case, notice = OuterRef("application__case"), OuterRef("notice")
    clock = Deadline.objects.filter(case=case, kind=DeadlineKind.NOTICE).order_by("-pk").values("due_at")[:1]
    extended = NoticeExtension.objects.filter(application=OuterRef("application"), notice=notice)
    anew = AdjustedEntry.objects.filter(
        entry__application=OuterRef("application"), entry__notice=notice, ends_at__isnull=False
    )
    listed = F("notice__ends_at")
    ends = Greatest(
        listed,
        Coalesce(models.Case(When(Exists(extended), then=Subquery(clock))), listed),
        Coalesce(Subquery(anew.order_by("-ends_at").values("ends_at")[:1]), listed),
    )
    is_open = models.Case(When(state=ObjectionState.RECEIVED, then=True), default=False)
    open_due = models.Case(When(state=ObjectionState.RECEIVED, then=ends))
    return rows.annotate(due_at=ends, is_open=is_open, open_due=open_due).order_by(
        "-is_open", "open_due", "-settled_at", "raised_at", "pk"
    )


def objections_of(application: Application) -> list[Objection]:
    """Objections against one application, newest first."""
    return list(application.objections.select_related("settled_by").order_by("-raised_at"))


def gate_answers(application: Application) -> dict[str, GateAnswer]:
    """Officers' answers to conditions, by code of the condition."""
    return {row.gate: row for row in application.gate_answers.select_related("answered_by")}


def first_reviews(application: Application) -> list[FirstReview]:
    """The district's opinions, newest first."""
    return list(application.first_reviews.select_related("reviewed_by", "submission").order_by("-reviewed_at"))


def forwardings_of(application: Application) -> list[Forwarding]:
    """What the town or park said, newest first."""
    return list(application.forwardings.select_related("body", "forwarded_by").order_by("-forwarded_at"))


def meeting_items(application: Application) -> list[MeetingItem]:
    """Agenda items of an application with their meetings, newest first."""
    return list(application.meeting_items.select_related("meeting").order_by("-meeting__held_at", "-pk"))


def letters_of(case: Case) -> list[Letter]:
    """Letters of a case that was fetched for the person, newest first."""
    return list(case.letters.all())


def standing_certificate(number: str) -> Certificate | None:
    """The version in force under a number."""
    return Certificate.objects.filter(number=number, state=Standing.IN_FORCE).first()


def certificates(group: str) -> QuerySet[Certificate]:
    """Certificates that wait for the signer, that it refused, or that were issued (newest first)."""
    if group == "waiting":
        return certificates_waiting()
    if group == "refused":
        return certificates_refused()
    return Certificate.objects.exclude(state=Standing.REQUESTED).order_by("-issued_at", "-pk")


def certificate_counts() -> dict[str, int]:
    """How many certificates are in each group."""
    return {group: certificates(group).count() for group in GROUPS}


def certificate_of(application: Application) -> Certificate | None:
    """The first certificate of the title that the application led to."""
    return newest_certificate_of_title(application.title) if application.title else None


def trail_of(case: Case) -> Trail:
    """Every event of a case that was fetched for the person, and whether the chain verifies."""
    events = tuple(AuditEvent.objects.filter(chain=chain_key(case)).order_by("seq"))
    return Trail(events, tuple(verify_chain(case)), case.audit_head)
