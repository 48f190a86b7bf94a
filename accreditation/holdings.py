"""What a person holds at an instant: powers by own grants, and powers that colleagues of the same body lend."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from accreditation.models import Delegation, Lender, RoleGrant, User
from accreditation.roles import DELEGABLE, ROLES, Power, Role

# Written out: every check of a power asks this, and composing it anew took far longer than answering it.
# The second half is `in_force`; that both say the same is tested.
_HELD = """
SELECT own.id, own.role, own.district, '', 0, 0, '', ''
FROM accreditation_rolegrant own
WHERE own.user_id = %s AND own.revoked_at IS NULL
UNION ALL
SELECT lent.id, lent.role, lent.district, loan.power, loan.id, lender.id, lender.name, lender.username
FROM accreditation_delegation loan
JOIN accreditation_rolegrant lent ON lent.id = loan.grant_id
JOIN accreditation_user lender ON lender.id = loan.delegator_id
WHERE loan.delegate_id = %s AND loan.revoked_at IS NULL AND lent.revoked_at IS NULL AND lender.is_active
    AND loan.starts_at <= %s AND loan.ends_at > %s
"""


@dataclass(frozen=True, slots=True)
class Holding:
    """One grant as it counts for this person: own with all its powers, or one power of it lent by its holder."""

    role: Role
    district: str
    lender: Lender | None = None
    lent: Power | None = None

    @property
    def powers(self) -> frozenset[Power]:
        """What it gives; a role that has lost a power lends it no more."""
        own = ROLES[self.role].powers
        return own if self.lent is None else own & {self.lent}

    @property
    def place(self) -> str | None:
        """Code of the authority to which it is bound; None for the city's office."""
        return self.district if ROLES[self.role].by_district else None

    def reaches(self, district: str | None) -> bool:
        """Whether it counts in a district; None asks for no particular one."""
        return district is None or self.place is None or self.place == district


def holdings(user: User, at: datetime | None = None) -> list[Holding]:
    """Own grants first, then what is lent at that instant (now, unless told otherwise), read anew in one statement."""
    moment = connection.ops.adapt_datetimefield_value(at or timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [user.pk, user.pk, moment, moment])
        rows = cursor.fetchall()
    held = [_holding(*row) for row in sorted(rows, key=lambda row: (bool(row[3]), row[0], row[4]))]
    places = offices(held)
    return [one for one in held if one.lender is None or one.place in places]


def in_force(at: datetime) -> QuerySet[Delegation]:
    """Delegations that count at an instant."""
    return Delegation.objects.filter(
        starts_at__lte=at,
        ends_at__gt=at,
        revoked_at__isnull=True,
        grant__revoked_at__isnull=True,
        delegator__is_active=True,
    )


def who_hold(power: Power, place: str | None, at: datetime | None = None) -> QuerySet[User]:
    """Active people who hold a power at an authority (None: the city's office), own or lent."""
    giving = _grants_at(place, [role for role, entry in ROLES.items() if power in entry.powers])
    lent = in_force(at or timezone.now()).filter(power=power, grant__in=giving.values("pk"))
    working = _grants_at(place, [role for role, entry in ROLES.items() if entry.powers & DELEGABLE.keys()])
    by_loan = Q(pk__in=lent.values("delegate")) & Q(pk__in=working.values("user"))
    return User.objects.filter(Q(pk__in=giving.values("user")) | by_loan, is_active=True).order_by("pk")


def stand_ins(person: User, power: Power, place: str | None, at: datetime) -> QuerySet[User]:
    """To whom the person lends the power at the authority at that instant."""
    lent = in_force(at).filter(power=power, delegator=person)
    return who_hold(power, place, at).filter(pk__in=lent.values("delegate"))


def _grants_at(place: str | None, roles: list[Role]) -> QuerySet[RoleGrant]:
    rows = RoleGrant.objects.filter(
        role__in=[role for role in roles if ROLES[role].by_district == (place is not None)], revoked_at__isnull=True
    )
    return rows if place is None else rows.filter(district=place)


def _holding(
    grant: int, role: str, district: str, power: str, delegation: int, person: int, name: str, username: str
) -> Holding:
    if not power:
        return Holding(Role(role), district)
    return Holding(Role(role), district, Lender(delegation, person, name or username), Power(power))


def offices(held: list[Holding]) -> frozenset[str | None]:
    """Authorities at which the person works by a grant of their own; only there can a colleague lend anything."""
    return frozenset(one.place for one in held if one.lender is None and one.powers & DELEGABLE.keys())
