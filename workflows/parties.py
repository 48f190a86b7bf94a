"""Whose own matter a case is: the people of its enterprise and of those to whom a change passes titles (回避).

With them whoever once stepped out of the case. Of a challenge, the same of the case under challenge.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet

from accreditation.models import Case, ChangeSuccessor, Member, User
from accreditation.recusals import people_who_left, who_left


def tied_people(case: Case) -> QuerySet[User]:
    """Accounts barred from acting in the case for an office, in one statement."""
    of_the_change = Q(change__case=case) | Q(change__case__reconsiderations__case=case)
    successors = ChangeSuccessor.objects.filter(of_the_change).values("enterprise")
    members = Member.objects.filter(Q(enterprise=case.enterprise_id) | Q(enterprise__in=successors)).values("user")
    return User.objects.filter(Q(pk__in=members) | Q(pk__in=people_who_left(case).values("pk")))


def ties_to(cases: Collection[Case]) -> set[tuple[int, int]]:
    """Numbers of account and case wherever the person is barred from acting in one of the cases, in four statements."""
    parties = {(case.enterprise_id, case.pk) for case in cases}
    named = ChangeSuccessor.objects.filter(change__case__in=[case.pk for case in cases])
    parties |= set(named.values_list("enterprise_id", "change__case_id"))
    rows = Member.objects.filter(enterprise_id__in={enterprise for enterprise, _case in parties})
    by_enterprise: dict[int, set[int]] = {}
    for user, enterprise in rows.values_list("user_id", "enterprise_id"):
        by_enterprise.setdefault(enterprise, set()).add(user)
    tied = {(user, case) for enterprise, case in parties for user in by_enterprise.get(enterprise, ())}
    return tied | who_left({case.pk for case in cases})
