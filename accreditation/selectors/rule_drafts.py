"""Editions of rules and drafts of new ones, as their desks and the public see them."""

from __future__ import annotations

from django.db.models import QuerySet

from accreditation.enums import RuleDraftState
from accreditation.errors import NotFound
from accreditation.models import Programme, RuleDraft, RuleSetEdition
from criteria.catalogue import load_catalogue

SHIPPED = "shipped:"


def drafts() -> QuerySet[RuleDraft]:
    """All drafts: open ones first, the newest first among them."""
    rows = RuleDraft.objects.select_related("programme", "base", "changed_by", "decided_by", "edition")
    return rows.order_by("decided_at", "-changed_at", "-pk")


def draft(number: str) -> RuleDraft:
    """One draft; NotFound when there is none."""
    rows = RuleDraft.objects.select_related(
        "programme", "base", "created_by", "changed_by", "submitted_by", "decided_by", "edition"
    )
    row = rows.filter(number=number).first()
    if row is None:
        raise NotFound(number)
    return row


def waiting_for_publication() -> QuerySet[RuleDraft]:
    """Drafts before a second person, the longest waiting first."""
    return RuleDraft.objects.filter(state=RuleDraftState.SUBMITTED).order_by("submitted_at", "pk")


def editions() -> QuerySet[RuleSetEdition]:
    """Stored editions by programme, the newest first."""
    return RuleSetEdition.objects.select_related("published_by").order_by("reference", "-stored_at")


def edition(programme: str, name: str) -> RuleSetEdition:
    """The newest stored text of an edition; NotFound when there is none."""
    row = RuleSetEdition.objects.filter(reference=f"{programme}/{name}").order_by("-stored_at", "-pk").first()
    if row is None:
        raise NotFound(f"{programme}/{name}")
    return row


def bases() -> list[tuple[str, str]]:
    """What a draft may begin from: stored editions, then shipped sets that are not stored yet; keys and references."""
    stored = list(RuleSetEdition.objects.order_by("-stored_at", "-pk"))
    known, checksums = set(Programme.objects.values_list("code", flat=True)), {row.checksum for row in stored}
    shipped = [
        (f"{SHIPPED}{rules.ref}", rules.ref)
        for rules in load_catalogue().rule_sets
        if rules.programme in known and rules.checksum not in checksums
    ]
    return [*((str(row.pk), f"{row.reference} · {row.checksum[:8]}") for row in stored), *shipped]
