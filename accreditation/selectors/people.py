"""Who is who: members of enterprises, officers of a district, standing and past grants."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest

from accreditation.enums import MemberState
from accreditation.errors import NotFound
from accreditation.models import Batch, Enterprise, GrantProposal, Member, RoleGrant, User
from accreditation.permissions import districts_of, has_power, has_power_at, holdings_of
from accreditation.roles import ROLES, Power, Role


def person(request: HttpRequest) -> User:
    """The signed-in person; the access table lets nobody else come so far."""
    assert isinstance(request.user, User)
    return request.user


# --- Members ----------------------------------------------------------------------------------------------------
def standing_member(user: User, enterprise: Enterprise) -> Member | None:
    """The person's requested or active membership."""
    states = [MemberState.REQUESTED, MemberState.ACTIVE]
    return Member.objects.filter(user=user, enterprise=enterprise, state__in=states).first()


def administrators_of(enterprise: Enterprise) -> list[User]:
    """People who may settle the membership of others."""
    rows = Member.objects.filter(enterprise=enterprise, state=MemberState.ACTIVE, is_administrator=True)
    return [row.user for row in rows.select_related("user") if row.user.is_active]


def active_people_of(enterprise: Enterprise) -> list[User]:
    """Everybody who acts for an enterprise."""
    rows = Member.objects.filter(enterprise=enterprise, state=MemberState.ACTIVE).select_related("user")
    return [row.user for row in rows.order_by("pk") if row.user.is_active]


def is_administrator(user: User, enterprise_id: int) -> bool:
    """Whether the person is an active administrator of the enterprise."""
    rows = Member.objects.filter(
        user=user, enterprise_id=enterprise_id, state=MemberState.ACTIVE, is_administrator=True
    )
    return user.is_active and rows.exists()


def has_been_confirmed(enterprise: Enterprise) -> bool:
    """Whether anybody's authority for the enterprise was ever confirmed."""
    return Member.objects.filter(enterprise=enterprise, state__in=[MemberState.ACTIVE, MemberState.ENDED]).exists()


def members_in_scope(officer: User) -> QuerySet[Member]:
    """Memberships that the officer may see: of the own district, or all of them for a municipal officer."""
    rows = Member.objects.select_related("enterprise", "user", "settled_by").order_by("requested_at", "pk")
    if not has_power(officer, Power.CONFIRM_MEMBERS):
        return rows.none()
    if confirms_everywhere(officer):
        return rows
    return rows.filter(enterprise__district__in=districts_of(officer, Power.CONFIRM_MEMBERS))


def confirms_everywhere(officer: User) -> bool:
    """Whether the officer holds the power to confirm members without a district."""
    return has_power_at(officer, Power.CONFIRM_MEMBERS, None)


def member_for_officer(officer: User, pk: int) -> Member:
    """One membership in the officer's scope; raises NotFound."""
    return _one(members_in_scope(officer), pk)


def own_enterprises(user: User) -> list[Member]:
    """The person's own standing memberships, newest first."""
    states = [MemberState.REQUESTED, MemberState.ACTIVE]
    rows = Member.objects.filter(user=user, state__in=states).select_related("enterprise")
    return list(rows.order_by("-requested_at"))


def fellow_members(user: User) -> QuerySet[Member]:
    """Members of the enterprises for which the person's authority stands; requests only for administrators."""
    acting = Member.objects.filter(user=user, state=MemberState.ACTIVE)
    ruled = acting.filter(is_administrator=True).values("enterprise")
    visible = Q(enterprise__in=acting.values("enterprise"), state=MemberState.ACTIVE) | Q(enterprise__in=ruled)
    rows = Member.objects.filter(visible).select_related("enterprise", "user", "settled_by")
    return rows.order_by("enterprise", "state", "requested_at", "pk")


def member_for_administrator(user: User, pk: int) -> Member:
    """One membership of an enterprise that the person administers; raises NotFound."""
    ruled = Member.objects.filter(user=user, state=MemberState.ACTIVE, is_administrator=True).values("enterprise")
    return _one(Member.objects.filter(enterprise__in=ruled).select_related("enterprise", "user", "settled_by"), pk)


def administered_enterprise(user: User, pk: int) -> Enterprise:
    """An enterprise that the person administers; raises NotFound."""
    enterprise = Enterprise.objects.filter(pk=pk).first()
    if enterprise is None or not is_administrator(user, pk):
        raise NotFound
    return enterprise


def member_to_end(user: User, pk: int) -> Member:
    """A membership that the person may end: one's own, or of an enterprise administered; raises NotFound."""
    own = Member.objects.filter(user=user, state=MemberState.ACTIVE, pk=pk).select_related("enterprise", "user").first()
    return own or member_for_administrator(user, pk)


def _one(rows: QuerySet[Member], pk: int) -> Member:
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


# --- Officers ---------------------------------------------------------------------------------------------------
def holders_of(roles: Iterable[Role], *, district: str = "") -> list[User]:
    """Active people with a standing grant of one of the roles, in the district where one is named."""
    grants = RoleGrant.objects.filter(role__in=list(roles), revoked_at__isnull=True, user__is_active=True)
    if district:
        grants = grants.filter(district=district)
    return list(User.objects.filter(pk__in=grants.values("user")).order_by("pk"))


def committee_of(batch: Batch) -> list[User]:
    """Who stands as a member of those who vote on a batch: the committee, or the authority's leading group."""
    if batch.authority is None:
        return holders_of([Role.COMMITTEE_MEMBER])
    return holders_of([Role.LEADING_GROUP_MEMBER], district=batch.authority.district)


def officers_for(district: str) -> list[User]:
    """Who confirms members in a district: its own officers, or the municipal ones where it has none."""
    roles = [role for role, entry in ROLES.items() if Power.CONFIRM_MEMBERS in entry.powers]
    by_district = [role for role in roles if ROLES[role].by_district]
    return holders_of(by_district, district=district) or holders_of(set(roles) - set(by_district))


def acting_role(user: User, power: Power, *, district: str | None = None) -> Role | None:
    """The role by which the person has the power, for the record of the act; own first, then the district's own."""
    fitting = [held for held in holdings_of(user) if power in held.powers and held.reaches(district)]
    found = min(fitting, key=lambda held: (held.lender is not None, held.place is None), default=None)
    user.stands_in_for = found.lender if found else None
    return found.role if found else None


# --- Grants -----------------------------------------------------------------------------------------------------
def all_grants() -> QuerySet[RoleGrant]:
    """Standing grants first, then past ones, newest first."""
    rows = RoleGrant.objects.select_related("user", "granted_by", "confirmed_by", "revoked_by", "body")
    return rows.order_by(F("revoked_at").asc(nulls_first=True), "-granted_at", "-pk")


def grant_proposals() -> QuerySet[GrantProposal]:
    """Proposals that wait for a second security officer first, then settled ones, newest first."""
    rows = GrantProposal.objects.select_related("user", "proposed_by", "settled_by")
    return rows.order_by(F("settled_at").asc(nulls_first=True), "-proposed_at", "-pk")


def unfulfilled_proposals() -> QuerySet[GrantProposal]:
    """Those without a grant: waiting ones and, after them, declined ones."""
    return grant_proposals().filter(grant__isnull=True)


def grant_proposal(pk: int) -> GrantProposal:
    """One proposal; raises NotFound."""
    row = grant_proposals().filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def grant(pk: int) -> RoleGrant:
    """One standing or past grant; raises NotFound."""
    row = all_grants().filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def accounts() -> QuerySet[User]:
    """Every account of a person, open ones first."""
    return User.objects.filter(is_system=False).order_by("-is_active", "username")


def account(pk: int) -> User:
    """One account of a person; raises NotFound."""
    row = accounts().filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


def system_account() -> User:
    """The account under which the clock and the installation act."""
    return User.objects.get(is_system=True)
