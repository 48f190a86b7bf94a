"""Who answers a request for another certificate, and who may not: the proposer, whoever gave an answer set aside."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from accreditation.audit import chain_key
from accreditation.models import Application, AuditEvent, Reissue, ReissueLetter, Title, User
from accreditation.permissions import has_left, has_power_at, is_connected, persons_behind
from accreditation.recusals import cases_left_by, enterprises_barred_to
from accreditation.roles import ROLES, Power

POWERS = (Power.PREPARE_ORDERS, Power.RUN_LOCALLY)  # of the city's office and the bureaus; of zones and groups


def power_at(person: User, place: str, at: datetime | None = None) -> Power | None:
    """The power by which the person answers there; None for everybody else."""
    return next((power for power in POWERS if has_power_at(person, power, place or None, at)), None)


def power_over_certificate(person: User, title: Title, place: str, at: datetime | None = None) -> Power | None:
    """The same over a title's certificate: None with a tie to the holder, or out of the case of the grant (回避)."""
    power = power_at(person, place, at)
    return None if power is None or _is_tied(person, title) else power


def _is_tied(person: User, title: Title) -> bool:
    return is_connected(person, title.holder_id) or has_left(person, Application.objects.filter(title=title))


def without_ties(rows: QuerySet[Reissue], person: User) -> QuerySet[Reissue]:
    """The same of many requests: without those of titles with which the person has nothing to do as an official."""
    own = enterprises_barred_to({person.pk})
    left = Application.objects.filter(case__in=cases_left_by({person.pk}).values("pk"), title__isnull=False)
    return rows.exclude(Q(title__holder__in=own) | Q(title__in=left.values("title")))


def is_tied_to_answer(person: User, letter: ReissueLetter) -> bool:
    """Whether the person has to do with the title it is about, or stepped out of a challenge of the answer (回避)."""
    left = cases_left_by(persons_behind(person))
    return _is_tied(person, letter.reissue.title) or left.filter(reconsideration__reissue_letter=letter).exists()


def answering(reissue: Reissue, at: datetime) -> list[User]:
    """Everybody who may answer and has no tie, but for who proposed it and who gave the answer that was set aside."""
    roles = [role for role, entry in ROLES.items() if entry.powers & set(POWERS)]
    rows = User.objects.filter(is_active=True, grants__revoked_at__isnull=True, grants__role__in=roles).distinct()
    barred, title, place = {reissue.asked_by_id, reissue.asked_for_id}, reissue.title, reissue.place
    barred |= answered_before(reissue)
    return [person for person in rows if person.pk not in barred and power_over_certificate(person, title, place, at)]


def answered_before(reissue: Reissue) -> set[int]:
    """Keys of the persons behind every answer that a decision on reconsideration set aside; empty where none was."""
    numbers, before = [], reissue.reopens
    while before is not None:
        numbers.append(before.number)
        before = before.reopens
    if not numbers:
        return set()
    answers = AuditEvent.objects.filter(chain=chain_key(reissue.title), content__reissue__in=numbers)
    found: set[int] = set()
    for event in answers.filter(verb="refuse_reissue"):
        found |= {event.by_id, event.content.get("on_behalf_of", {}).get("id")} - {None}
    return found
