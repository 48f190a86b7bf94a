"""Registers of the municipal office: objections with their objectors, certificates in all stages, a case's trail."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from accreditation.audit import Break, chain_key, verify_chain
from accreditation.enums import ObjectionState
from accreditation.models import (
    Application,
    AuditEvent,
    Case,
    FirstReview,
    Forwarding,
    GateAnswer,
    Letter,
    MeetingItem,
    Member,
    Objection,
    User,
)
from accreditation.permissions import batches_under, persons_behind
from accreditation.roles import Power
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
    """Objections that the person looks into, none against its own enterprises; open ones first, then the newest."""
    rows = Objection.objects.filter(batches_under(user, Power.ANSWER_OBJECTIONS, "notice__batch__"))
    tied = Member.objects.filter(user__in=persons_behind(user)).values("enterprise_id")
    rows = rows.exclude(application__enterprise__in=tied)
    rows = rows.select_related("application__case__enterprise", "notice__batch", "settled_by")
    if state in ObjectionState.values:
        rows = rows.filter(state=state)
    return rows.order_by("settled_at", "-raised_at") if not state else rows.order_by("-raised_at")


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
