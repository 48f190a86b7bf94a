"""Who is above whom among the officers: the head of the own authority, of a town's the one it passes on to.

Where an authority has no other head, the head of the city's office stands in; for who has left every office it is the
one that lifts a recusal. Among those who examine and decide reconsiderations, an authority of its own, whoever decides
is above.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from accreditation.models import Body, RoleGrant, User
from accreditation.roles import ROLES, Power, Role

# Who deals with cases for an authority. Experts, the committee and verifying bodies step aside by acts of their own.
OFFICERS = (
    Role.FORWARDER, Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR, Role.LOCAL_OFFICER, Role.LOCAL_PUBLISHER,
    Role.MUNICIPAL_OFFICER, Role.MUNICIPAL_SUPERVISOR, Role.PUBLISHER, Role.RECONSIDERATION_OFFICER,
)  # fmt: skip
CITY = ""  # place of the city's office, as a grant has it


@dataclass(frozen=True, slots=True)
class Office:
    """One office that a person holds: the role and the code of its authority."""

    role: Role
    place: str


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """All standing offices at once, by the keys of the accounts that hold them; from it everything is answered."""

    people: Mapping[int, User]
    offices: Mapping[int, frozenset[Office]]
    above_town: Mapping[str, str]  # code of a town or park: code of the authority to which it passes on

    def superiors(self, officer: User) -> list[User]:
        """Everybody who may order a recusal of this officer; the officer is never among them."""
        found = {pk for office in self.offices.get(officer.pk, ()) for pk in self._above(office, officer.pk)}
        return [self.people[pk] for pk in sorted(found)]

    def who_lift(self, officer: User) -> list[User]:
        """Everybody who may lift a recusal of this person: the superiors, of who left office the heads of the city."""
        return self.superiors(officer) if officer.pk in self.offices else self.heads_of_city()

    def subordinates(self, head: User) -> list[User]:
        """Everybody whose recusal this person may order."""
        return [person for _pk, person in sorted(self.people.items()) if head in self.superiors(person)]

    def heads_of_city(self) -> list[User]:
        """The heads of the city's office."""
        return self.heads_at({CITY})

    def heads_at(self, places: Collection[str]) -> list[User]:
        """The heads of these authorities; of a town or park of the one to which it passes on."""
        found = {pk for place in places for pk in self._heads(self.above_town.get(place, place))}
        return [self.people[pk] for pk in sorted(found)]

    def examiners(self) -> list[User]:
        """Those who examine and decide reconsiderations, each above the others."""
        return [self.people[pk] for pk in sorted(self._with(Power.DECIDE_RECONSIDERATIONS, CITY))]

    def _above(self, office: Office, officer: int) -> set[int]:
        if office.role is Role.RECONSIDERATION_OFFICER:
            return self._with(Power.DECIDE_RECONSIDERATIONS, office.place) - {officer}
        here = self._heads(self.above_town.get(office.place, office.place)) - {officer}
        return here or self._heads(CITY) - {officer}

    def _heads(self, place: str) -> set[int]:
        return self._with(Power.SUPERVISE, place)

    def _with(self, power: Power, place: str) -> set[int]:
        return {
            pk
            for pk, held in self.offices.items()
            if any(one.place == place and power in ROLES[one.role].powers for one in held)
        }


def hierarchy() -> Hierarchy:
    """The offices as they are held now; in two statements."""
    rows = RoleGrant.objects.filter(role__in=OFFICERS, revoked_at__isnull=True, user__is_active=True)
    people: dict[int, User] = {}
    offices: dict[int, set[Office]] = defaultdict(set)
    for row in rows.select_related("user"):
        people[row.user_id] = row.user
        offices[row.user_id].add(Office(Role(row.role), row.district))
    towns = Body.objects.filter(forwards_to__isnull=False).values_list("district", "forwards_to__district")
    return Hierarchy(people, {pk: frozenset(held) for pk, held in offices.items()}, dict(towns))
