"""The pool of experts as the office keeps it: search, one expert with all ties, links between enterprises."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accreditation.errors import NotFound
from accreditation.models import AuditEvent, Enterprise, ExpertProfile, Link, RoleGrant, Seat, Tie, User
from accreditation.roles import Role
from accreditation.services.expert_pool import WORKING
from accreditation.services.experts import trail_of
from accreditation.services.ties import FoundTie, ties_between

PAUSED = Q(is_available=False)


def experts(*, on: date, words: str = "", field: str = "", state: str = "") -> QuerySet[Any]:
    """Profiles with `load`, `seats` and `in_office`, by user name."""
    grants = RoleGrant.objects.filter(user=OuterRef("user"), role=Role.EXPERT, revoked_at__isnull=True)
    rows = ExpertProfile.objects.select_related("user").annotate(
        load=Count("user__seats", filter=Q(user__seats__state__in=WORKING), distinct=True),
        seats=Count("user__seats", distinct=True),
        in_office=Exists(grants),
    )
    if words:
        named = Q(user__name__icontains=words) | Q(user__username__icontains=words)
        rows = rows.filter(named | Q(employer__icontains=words) | Q(field__icontains=words))
    if field:
        rows = rows.filter(pk__in=_of_field(field))
    return rows.filter(_in_state(state, on)).order_by("user__username")


def _of_field(code: str) -> list[int]:
    """Profiles that name a field; compared here because not every database looks into lists."""
    return [pk for pk, codes in ExpertProfile.objects.values_list("pk", "fields") if code in codes]


def _in_state(state: str, on: date) -> Q:
    paused = PAUSED & (Q(paused_until__isnull=True) | Q(paused_until__gte=on))
    out = Q(term_from__gt=on) | Q(term_until__lt=on)
    states = {
        "asked": ~paused & ~out & Q(in_office=True, user__is_active=True),
        "paused": paused,
        "out_of_term": out,
        "not_in_office": Q(in_office=False) | Q(user__is_active=False),
    }
    return states.get(state, Q())


def expert(pk: int) -> User:
    """One expert by the key of the account, with the profile; NotFound without one."""
    found = User.objects.select_related("expert").filter(pk=pk, expert__isnull=False).first()
    if found is None:
        raise NotFound(str(pk))
    return found


def is_in_office(user: User) -> bool:
    """Whether the person holds the office of an expert."""
    return user.is_active and RoleGrant.objects.filter(user=user, role=Role.EXPERT, revoked_at__isnull=True).exists()


def ties_of_expert(user: User) -> list[Tie]:
    """Every tie of the person, standing ones first, then the newest."""
    rows = Tie.objects.filter(expert=user).select_related("recorded_by", "withdrawn_by")
    return sorted(rows.order_by("-recorded_at", "-pk"), key=lambda row: row.withdrawn_at is not None)


def tie(user_pk: int, pk: int) -> Tie:
    """One standing tie of an expert; NotFound when it is not there or was withdrawn."""
    row = Tie.objects.select_related("expert").filter(pk=pk, expert_id=user_pk, withdrawn_at__isnull=True).first()
    if row is None:
        raise NotFound(str(pk))
    return row


def trail(user: User, most: int = 20) -> list[AuditEvent]:
    """The newest acts about one expert."""
    return list(AuditEvent.objects.filter(chain=f"ledger:{trail_of(user)}").order_by("-seq")[:most])


def open_seats_at(user: User, uscc: str) -> list[str]:
    """Numbers of the cases of an enterprise in which the person sits and has not handed in."""
    rows = Seat.objects.filter(expert=user, state__in=WORKING, panel__application__enterprise__uscc=uscc)
    return list(rows.order_by("pk").values_list("panel__application__case__number", flat=True))


def tied_seats(people: list[User], *, on: date) -> list[tuple[Seat, list[FoundTie]]]:
    """Open seats of these people at whose applicants the records show a tie on that day, with the ties."""
    rows = Seat.objects.filter(expert__in=people, state__in=WORKING).order_by("pk")
    related = ("expert__expert", "panel__application__case", "panel__application__enterprise")
    found = []
    for seat in rows.select_related(*related, "panel__application__batch"):
        if ties := ties_between(seat.expert, seat.panel.application, on=on):
            found.append((seat, ties))
    return found


def links(words: str = "") -> QuerySet[Link]:
    """Standing links between enterprises, newest first."""
    rows = Link.objects.filter(withdrawn_at__isnull=True).select_related("recorded_by").order_by("-recorded_at", "-pk")
    if words:
        rows = rows.filter(Q(uscc=words) | Q(other_uscc=words) | Q(other_name__icontains=words))
    return rows


def link(pk: int) -> Link:
    """One standing link; NotFound otherwise."""
    row = Link.objects.filter(pk=pk, withdrawn_at__isnull=True).first()
    if row is None:
        raise NotFound(str(pk))
    return row


def names_of(codes: set[str]) -> dict[str, str]:
    """Names of registered enterprises by their codes."""
    return dict(Enterprise.objects.filter(uscc__in=codes).values_list("uscc", "name"))
