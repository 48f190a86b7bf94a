"""Recusals of officers as those above them and the auditor read them; of own matters nobody reads any."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from accreditation.errors import NotFound
from accreditation.models import Case, Enterprise, OfficerRecusal, User
from accreditation.permissions import has_power
from accreditation.recusals import cases_left_by, enterprises_barred_to
from accreditation.roles import Power
from accreditation.services.enterprises import compact_uscc
from workflows.officer_recusals import Subject, who_remain
from workflows.superiors import Hierarchy, hierarchy

RELATED = ("officer", "enterprise", "case", "recorded_by", "lifted_by")


@dataclass(frozen=True, slots=True)
class Reader:
    """A person before recusals: whether an officer, of whom the superior, whether the auditor."""

    person: User
    line: Hierarchy
    subordinates: tuple[User, ...]
    is_auditor: bool

    @property
    def is_officer(self) -> bool:
        """Whether the person can step aside here."""
        return self.person.pk in self.line.people

    @property
    def own(self) -> int:
        """How many recusals of the person stand."""
        return OfficerRecusal.objects.filter(officer=self.person, lifted_at__isnull=True).count()

    @property
    def has_superior(self) -> bool:
        """Whether anybody could lift a recusal of this officer; the only head of the city's office has nobody."""
        return bool(self.line.superiors(self.person))

    def may_lift(self, row: OfficerRecusal) -> bool:
        """Whether the person is above the officer of a recusal that stands."""
        return row.lifted_at is None and self.person in self.line.who_lift(row.officer)

    @property
    def is_head_of_city(self) -> bool:
        """Whether the person looks after recusals of those who have left every office."""
        return self.person in self.line.heads_of_city()


def reader(user: User) -> Reader:
    """How the person stands to the recusals of others."""
    line = hierarchy()
    return Reader(user, line, tuple(line.subordinates(user)), has_power(user, Power.AUDIT))


def recusals(who: Reader) -> QuerySet[OfficerRecusal]:
    """What the person may read, standing ones first, the newest first."""
    rows = OfficerRecusal.objects.select_related(*RELATED)
    if not who.is_auditor:
        mine = Q(officer__in=who.subordinates)
        rows = rows.filter(mine | ~Q(officer__in=who.line.people) if who.is_head_of_city else mine)
    rows = rows.exclude(enterprise__in=enterprises_barred_to({who.person.pk}))
    rows = rows.exclude(case__in=cases_left_by({who.person.pk}).values("pk"))
    return rows.order_by(F("lifted_at").asc(nulls_first=True), "-recorded_at", "-pk")


def recusals_of_case(who: Reader, case: Case) -> list[OfficerRecusal]:
    """Those of the case and of its enterprise as a whole."""
    rows = recusals(who).filter(enterprise=case.enterprise_id)
    return [row for row in rows if row.case_id in (None, case.pk)]


def recusal_for(who: Reader, pk: int) -> OfficerRecusal:
    """One of them; NotFound for another's."""
    row = recusals(who).filter(pk=pk).first()
    if row is None:
        raise NotFound(str(pk))
    return row


def subject_of_code(uscc: str) -> Subject | None:
    """All matters of the enterprise with that credit code; None where it is not known here."""
    enterprise = Enterprise.objects.filter(uscc=compact_uscc(uscc)).first()
    return Subject(enterprise) if enterprise is not None else None


def remaining(case: Case) -> list[User] | None:
    """Who can act on the case now; None where it lies at no desk."""
    return who_remain(case)
