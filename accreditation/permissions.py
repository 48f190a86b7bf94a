"""Who may: powers by standing grants, read from the rows on every request so that a change takes effect at once.

A request that only reads asks the rows once; whatever happens in a transaction asks them each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accreditation.enums import MemberState
from accreditation.errors import Denied, Reason
from accreditation.holdings import Holding, holdings
from accreditation.models import Application, Batch, Enterprise, Member, RoleGrant, User
from accreditation.recusals import cases_left_by, enterprises_barred_to
from accreditation.remembered_holdings import holdings_now
from accreditation.roles import LOCAL_POWERS, Power, Role

SECOND_FACTOR_KEY = "second_factor_at"  # session key set by the log-in with a second factor

Person = User | AnonymousUser


def standing_grants(user: Person) -> list[RoleGrant]:
    """Own grants in force of an active account, read anew each time it is asked."""
    if not isinstance(user, User) or not user.is_active:
        return []
    return list(RoleGrant.objects.filter(user=user, revoked_at__isnull=True))


def powers_of(user: Person) -> frozenset[Power]:
    """All powers that the person has now, by own grants and lent by colleagues."""
    return frozenset(power for held in holdings_of(user) for power in held.powers)


def holdings_of(user: Person, at: datetime | None = None) -> list[Holding]:
    """What an active account holds, its own and what is lent to it; in one statement, anew at a stated instant."""
    if not isinstance(user, User) or not user.is_active:
        return []
    return holdings_now(user) if at is None else holdings(user, at)


def has_power(user: Person, power: Power, *, district: str | None = None, at: datetime | None = None) -> bool:
    """Whether the person has the power now or at an instant; one bound to a district for that district only."""
    return _rests_on(user, {power}, at, lambda held: held.reaches(district))


def has_any_power(user: Person, powers: Iterable[Power]) -> bool:
    """Whether the person has one of the powers now, anywhere; in one statement."""
    return _rests_on(user, set(powers), None, lambda held: True)


def has_power_at(user: Person, power: Power, district: str | None, at: datetime | None = None) -> bool:
    """Whether the person has the power at that very authority: a district's bureau, or the city's office (None)."""
    return _rests_on(user, {power}, at, lambda held: held.place == district)


def _rests_on(user: Person, powers: set[Power], at: datetime | None, fits: Callable[[Holding], bool]) -> bool:
    """Own grants come first; whose power it is stays with the person for the entry of the act that follows."""
    found = next((held for held in holdings_of(user, at) if held.powers & powers and fits(held)), None)
    if found is not None:
        assert isinstance(user, User)
        user.stands_in_for = found.lender
    return found is not None


def persons_behind(user: User) -> set[int]:
    """The acting person and, by the last check, whose power it is: numbers of the accounts."""
    return {user.pk} | ({user.stands_in_for.person} if user.stands_in_for else set())


def is_connected(user: User, enterprise_id: int) -> bool:
    """Whether the acting person, or whose power it is by the last check, has to do with the enterprise (回避).

    As one who is or was of its people, or as an officer who steps aside from all its matters.
    """
    barred = enterprises_barred_to(persons_behind(user))
    return Enterprise.objects.filter(pk=enterprise_id).filter(pk__in=barred).exists()


def has_left(user: User, applications: QuerySet[Application]) -> bool:
    """Whether the acting person, or whose power it is by the last check, stepped out of the case of one of these.

    For what is put right of the outcome of those very cases: it is the same matter, also once the case has ended.
    """
    return cases_left_by(persons_behind(user)).filter(application__in=applications).exists()


def in_own_name(user: User) -> None:
    """What the person does next needs no office: it is recorded for nobody else."""
    user.stands_in_for = None


def districts_of(user: Person, power: Power | None = None) -> frozenset[str]:
    """Codes of the districts, zones, groups and towns for which the person holds an office, or that very power."""
    return frozenset(
        held.place for held in holdings_of(user) if held.place is not None and (power is None or power in held.powers)
    )


def has_power_over(user: Person, power: Power, batch: Batch, at: datetime | None = None) -> bool:
    """Whether the person holds a power over a batch: of the municipal office, or of the authority that runs it."""
    if batch.authority is None:
        return has_power(user, power, at=at)
    return has_power(user, LOCAL_POWERS[power], district=batch.authority.district, at=at)


def demand_power(user: Person, *powers: Power, at: datetime | None = None) -> None:
    """Deny to everybody with none of these powers at that instant; asked under the lock of the act that needs it."""
    if not _rests_on(user, set(powers), at, lambda held: held.reaches(None)):
        raise _without_power()


def demand_power_over(user: Person, power: Power, batch: Batch, *, at: datetime) -> None:
    """The same for a power over a batch."""
    if not has_power_over(user, power, batch, at):
        raise _without_power()


def demand_unconnected(user: User, enterprise_id: int) -> None:
    """Deny an act of an office to whoever is or was of the enterprise's people, or steps aside from it (回避)."""
    if is_connected(user, enterprise_id):
        raise Denied([Reason("connected", _("您与该单位有利害关系，应当回避。"))])


def _without_power() -> Denied:
    return Denied([Reason("no_power", _("您没有办理此项的职权。"))])


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
