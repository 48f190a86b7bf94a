"""Delegations as their two sides see them, and whom anything can be delegated to."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accreditation.errors import NotFound
from accreditation.models import Delegation, RoleGrant, User
from accreditation.permissions import standing_grants
from accreditation.roles import DELEGABLE, ROLES, Power, Role

LENDING = frozenset(role for role, entry in ROLES.items() if entry.powers & DELEGABLE.keys())


def place_of(grant: RoleGrant) -> str | None:
    """Code of the authority to which a grant is bound; None for the city's office."""
    return grant.district if ROLES[Role(grant.role)].by_district else None


def lendable(user: User) -> list[tuple[RoleGrant, Power]]:
    """What the person can delegate: each own grant with each delegable power of its role, in the table's order."""
    grants = [grant for grant in standing_grants(user) if grant.role in LENDING]
    return [(grant, power) for grant in grants for power in DELEGABLE if power in ROLES[Role(grant.role)].powers]


def colleagues(user: User) -> list[User]:
    """Other active people with an office at one of the person's own authorities, by name."""
    places = {place_of(grant) for grant in standing_grants(user) if grant.role in LENDING}
    rows = RoleGrant.objects.filter(role__in=sorted(LENDING), revoked_at__isnull=True, user__is_active=True)
    found = {row.user for row in rows.exclude(user=user).select_related("user") if place_of(row) in places}
    return sorted(found, key=lambda person: (person.name, person.username))


def delegations_of(user: User) -> QuerySet[Delegation]:
    """Given and received, what ends last first."""
    rows = Delegation.objects.filter(Q(delegator=user) | Q(delegate=user))
    return rows.select_related("grant__body", "delegator", "delegate", "revoked_by").order_by("-ends_at", "-pk")


def delegation_of(user: User, pk: int) -> Delegation:
    """One of them; raises NotFound."""
    row = delegations_of(user).filter(pk=pk).first()
    if row is None:
        raise NotFound(str(pk))
    return row
