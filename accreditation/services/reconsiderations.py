"""Reconsiderations: who took part in the act under challenge, what a decision does to a title, the bar it lifts."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from accreditation.acts import act
from accreditation.audit import chain_key
from accreditation.enums import TitleState
from accreditation.models import AuditEvent, Body, Case, Letter, Reconsideration, Title, User
from accreditation.reconsideration_words import UNDOING, ReconsiderationState

LOST = (TitleState.REVOKED, TitleState.CANCELLED)
RESTRICTED = (TitleState.SUSPENDED, TitleState.WARNED)


def took_part(user: User, challenged: Case) -> bool:
    """Whether the person did anything in the case under challenge, or a colleague in the person's place."""
    whose = Q(by_id=user.pk) | Q(content__on_behalf_of__id=user.pk)
    return AuditEvent.objects.filter(whose, chain=chain_key(challenged)).exists()


def respondent_of(letter: Letter) -> str:
    """Code of the district, zone or group in whose name a letter went out; empty for the city's office."""
    body = Body.objects.filter(name_zh=letter.issued_by).exclude(district="").first()
    return body.district if body else ""


def challenged_title(row: Reconsideration) -> Title | None:
    """The title that the order under challenge moved; None where an application ended."""
    proceeding = getattr(row.challenged, "proceeding", None)
    return proceeding.title if proceeding is not None else None


def way_back(title: Title) -> str:
    """Name of the transition that undoes what an order did; empty where the title has meanwhile run out."""
    if title.state in LOST:
        return "restore"
    return "reinstate" if title.state in RESTRICTED else ""


def move_title(row: Reconsideration, title: Title, verb: str, *, by: User, at: datetime) -> Title:
    """Move a title by the decision, with an entry in its chain that names it."""
    with act(title, verb, by=by, at=at, acting_as="reconsideration") as doing:
        locked = doing.chain
        assert isinstance(locked, Title)
        before = locked.state
        getattr(locked, verb)()
        locked.save(update_fields=["state"])
        doing.moved(before, locked.state)
        doing.note(case=row.case.number, reconsideration=row.case.number, order=row.decision_number)
    return locked


def orders_redo(row: Reconsideration) -> bool:
    """Whether the decision orders an application to be decided again, and nobody has filed on it yet."""
    is_application = hasattr(row.challenged, "application")
    return row.state == ReconsiderationState.DECIDED and row.outcome in UNDOING and is_application and not row.redo_case
