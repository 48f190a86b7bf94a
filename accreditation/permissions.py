"""Who may: powers by standing grants, read from the rows on every request so that a change takes effect at once."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from accreditation.enums import MemberState
from accreditation.models import Batch, Member, RoleGrant, User
from accreditation.roles import LOCAL_POWERS, ROLES, Power, Role

SECOND_FACTOR_KEY = "second_factor_at"  # session key set by the log-in with a second factor

Person = User | AnonymousUser


def standing_grants(user: Person) -> list[RoleGrant]:
    """Grants in force of an active account, read anew each time it is asked."""
    if not isinstance(user, User) or not user.is_active:
        return []
    return list(RoleGrant.objects.filter(user=user, revoked_at__isnull=True))


def powers_of(user: Person) -> frozenset[Power]:
    """All powers that the standing grants give."""
    return frozenset(power for grant in standing_grants(user) for power in ROLES[Role(grant.role)].powers)


def has_power(user: Person, power: Power, *, district: str | None = None) -> bool:
    """Whether a standing grant gives the power; a grant bound to a district gives it for that district only."""
    for grant in standing_grants(user):
        entry = ROLES[Role(grant.role)]
        if power in entry.powers and (district is None or not entry.by_district or grant.district == district):
            return True
    return False


def has_power_at(user: Person, power: Power, district: str | None) -> bool:
    """Whether the person holds the power at that very authority: a district's bureau, or the city's office (None)."""
    return any(
        power in ROLES[Role(grant.role)].powers
        and (grant.district if ROLES[Role(grant.role)].by_district else None) == district
        for grant in standing_grants(user)
    )


def districts_of(user: Person, power: Power | None = None) -> frozenset[str]:
    """Codes of the districts, zones, groups and towns for which the person holds an office, or that very power."""
    bound = [(grant.district, ROLES[Role(grant.role)]) for grant in standing_grants(user)]
    return frozenset(code for code, entry in bound if entry.by_district and (power is None or power in entry.powers))


def has_power_over(user: Person, power: Power, batch: Batch) -> bool:
    """Whether the person holds a power over a batch: of the municipal office, or of the authority that runs it."""
    if batch.authority is None:
        return has_power(user, power)
    return has_power(user, LOCAL_POWERS[power], district=batch.authority.district)


def batches_under(user: Person, power: Power, batch: str = "") -> Q:
    """The batches over which the person holds the power; `batch` is the path to them, such as `batch__`."""
    codes = districts_of(user, LOCAL_POWERS[power])
    found = Q(**{f"{batch}authority__district__in": codes}) if codes else Q(pk__in=[])
    return found | Q(**{f"{batch}authority__isnull": True}) if has_power(user, power) else found


def is_applicant(user: Person) -> bool:
    """Whether the person acts, or has asked to act, for an enterprise."""
    return isinstance(user, User) and user.is_active and standing_memberships(user).exists()


def standing_memberships(user: Person) -> QuerySet[Member]:
    """Memberships that are requested or active."""
    if not isinstance(user, User):
        return Member.objects.none()
    return Member.objects.filter(user=user, state__in=[MemberState.REQUESTED, MemberState.ACTIVE])


def acts_for(user: Person, enterprise_id: int) -> bool:
    """Whether the person's authority for the enterprise has been checked and stands."""
    if not isinstance(user, User) or not user.is_active:
        return False
    return Member.objects.filter(user=user, enterprise_id=enterprise_id, state=MemberState.ACTIVE).exists()


def is_staff_person(user: Person) -> bool:
    """Whether the person holds any office."""
    return bool(standing_grants(user))


def acting_as(user: Person) -> str:
    """The office under which an act outside the verb tables is recorded: auditor first, then the first grant."""
    roles = [grant.role for grant in standing_grants(user)]
    return Role.AUDITOR.value if Role.AUDITOR.value in roles else next(iter(roles), "")


def signed_in(request: HttpRequest) -> User:
    """The signed-in person, where the access table has made sure that there is one."""
    assert isinstance(request.user, User)
    return request.user


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this session was opened with a second factor."""
    return bool(request.session.get(SECOND_FACTOR_KEY))
