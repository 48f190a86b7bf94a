"""Whose own matter a case is: the people of its enterprise and of those to whom a change passes titles (回避).

With them whoever once stepped out of the case, and each officer who steps aside from it or from its enterprise. Of a
challenge, the same of the case under challenge.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Q, QuerySet

from accreditation.models import Case, ChangeSuccessor, Member, User
from accreditation.recusals import people_who_left, standing_recusals, who_left, who_left_enterprises


def tied_people(case: Case) -> QuerySet[User]:
    """Accounts barred from acting in the case for an office, in one statement."""
    of_the_change = Q(change__case=case) | Q(change__case__reconsiderations__case=case)
    successors = ChangeSuccessor.objects.filter(of_the_change).values("enterprise")
    members = Member.objects.filter(Q(enterprise=case.enterprise_id) | Q(enterprise__in=successors)).values("user")
    aside = standing_recusals().filter(case__isnull=True, enterprise__in=successors).values("officer")
    return User.objects.filter(Q(pk__in=members) | Q(pk__in=aside) | Q(pk__in=people_who_left(case).values("pk")))


def untied(officials: Iterable[User], case: Case) -> Iterable[User]:
    """Those of them who have no tie to the case. A query is narrowed; of others it is asked at once, if there are any.

    For people who are told something in an office: whoever is barred from the case cannot open what they are told of.
    """
    if isinstance(officials, QuerySet):
        return officials.exclude(pk__in=tied_people(case).values("pk"))
    if not (people := list(officials)):
        return []
    tied = set(tied_people(case).filter(pk__in=[one.pk for one in people]).values_list("pk", flat=True))
    return [one for one in people if one.pk not in tied]


def ties_to(cases: Collection[Case]) -> set[tuple[int, int]]:
    """Numbers of account and case wherever the person is barred from acting in one of the cases; three statements."""
    parties = {(case.enterprise_id, case.pk) for case in cases}
    named = ChangeSuccessor.objects.filter(change__case__in=[case.pk for case in cases])
    parties |= set(named.values_list("enterprise_id", "change__case_id"))
    by_enterprise: dict[int, set[int]] = {}
    for user, enterprise in who_left_enterprises({enterprise for enterprise, _case in parties}):
        by_enterprise.setdefault(enterprise, set()).add(user)
    tied = {(user, case) for enterprise, case in parties for user in by_enterprise.get(enterprise, ())}
    return tied | who_left({case.pk for case in cases})
