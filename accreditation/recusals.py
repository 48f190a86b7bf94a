"""Who stepped out of a case: as its expert, in the committee, or as an officer; it outlasts whatever office comes next.

The same holds for a challenge of what was decided in the case (回避). Whoever merely has no vote because an office of
theirs had a part in the case has not left it. An officer's recusal alone may be lifted
(公务员法第七十六条、第七十七条).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q, QuerySet

from accreditation.enums import SeatState
from accreditation.meeting_words import RecusalGround
from accreditation.models import (
    Application,
    Case,
    MeetingRecusal,
    Member,
    OfficerRecusal,
    Reconsideration,
    RecusalRequest,
    Seat,
    User,
)


def _stepped_out() -> QuerySet[MeetingRecusal]:
    return MeetingRecusal.objects.exclude(ground=RecusalGround.ACTED)


def standing_recusals() -> QuerySet[OfficerRecusal]:
    """Recusals of officers that nobody has lifted."""
    return OfficerRecusal.objects.filter(lifted_at__isnull=True)


def is_asked_aside(case: Case, people: Collection[int]) -> bool:
    """Whether a request of a party, not yet answered, holds one of these people (keys) back in the case (回避申请).

    The row of the case is fresh and says by its count whether anything has to be asked at all.
    """
    if not case.recusals_asked:
        return False
    return RecusalRequest.objects.filter(case=case, person__in=people, holds_back=True, answer="").exists()


def people_asked_aside(case: Case) -> QuerySet[Any]:
    """Keys of the accounts that a request of a party holds back in the case, not yet answered; as a subquery."""
    return RecusalRequest.objects.filter(case=case, holds_back=True, answer="").values_list("person_id", flat=True)


def enterprises_barred_to(people: Collection[int]) -> QuerySet[Any]:
    """Keys of the enterprises with which these people (keys) have nothing to do as officials, as a subquery.

    Those for which one of them acts, acted or asked to act, and those from whose matters one steps aside altogether.
    """
    acted_for = Member.objects.filter(user__in=people).values("enterprise_id")
    left = standing_recusals().filter(officer__in=people, case__isnull=True).values("enterprise_id")
    return acted_for.union(left)


def people_barred_from(enterprise: int) -> QuerySet[User]:
    """Accounts that have nothing to do as officials with the enterprise of that key: the same, asked the other way."""
    members = Member.objects.filter(enterprise=enterprise).values("user")
    left = standing_recusals().filter(enterprise=enterprise, case__isnull=True).values("officer")
    return User.objects.filter(Q(pk__in=members) | Q(pk__in=left))


def cases_left_by(people: Collection[int]) -> QuerySet[Case]:
    """Cases of which one of these people (keys) stepped out, and the challenges of them.

    Among these what challenges an answer about the certificate of a title that was granted in such a case.
    """
    granted = Application.objects.filter(_left_by(people, "case"), title__isnull=False).values("title")
    over = _left_by(people, "challenged") | Q(reissue_letter__reissue__title__in=granted)
    return Case.objects.filter(
        _left_by(people, "pk") | Q(pk__in=Reconsideration.objects.filter(over).values("case"))
    )  # fmt: skip


def _left_by(people: Collection[int], case: str) -> Q:
    """Of the field that holds the case; one level of subqueries and no more, as SQLite parses only so many."""
    items = _stepped_out().filter(member__in=people).values("item__application__case")
    seats = Seat.objects.filter(expert__in=people, state=SeatState.RECUSED).values("panel__application__case")
    officers = standing_recusals().filter(officer__in=people, case__isnull=False).values("case")
    return Q(**{f"{case}__in": items}) | Q(**{f"{case}__in": seats}) | Q(**{f"{case}__in": officers})


def people_who_left(case: Case) -> QuerySet[User]:
    """Accounts that stepped out of the case, of the one that is challenged by it, or of all of its enterprise.

    In one statement. An answer about a certificate, challenged, belongs to the case in which the title was granted.
    """
    granted = Application.objects.filter(title__reissues__letter__reconsiderations__case=case).values("case")
    cases = Case.objects.filter(Q(pk=case.pk) | Q(reconsiderations__case=case) | Q(pk__in=granted)).values("pk")
    members = _stepped_out().filter(item__application__case__in=cases).values("member")
    experts = Seat.objects.filter(panel__application__case__in=cases, state=SeatState.RECUSED).values("expert")
    of_all = Q(case__isnull=True, enterprise=case.enterprise_id)
    officers = standing_recusals().filter(of_all | Q(case__in=cases)).values("officer")
    return User.objects.filter(Q(pk__in=members) | Q(pk__in=experts) | Q(pk__in=officers))


def who_left(cases: Collection[int]) -> set[tuple[int, int]]:
    """Keys of account and case of whoever stepped out of one of these very cases, in one statement."""
    members = _stepped_out().filter(item__application__case__in=cases)
    experts = Seat.objects.filter(panel__application__case__in=cases, state=SeatState.RECUSED)
    officers = standing_recusals().filter(case__in=cases)
    found = members.values_list("member_id", "item__application__case_id").union(
        experts.values_list("expert_id", "panel__application__case_id"), officers.values_list("officer_id", "case_id")
    )
    return set(found)


def who_left_enterprises(enterprises: Collection[int]) -> QuerySet[Any]:
    """Keys of account and enterprise: who steps aside from all matters of one of them, and its own people."""
    own = Member.objects.filter(enterprise__in=enterprises).values_list("user_id", "enterprise_id")
    left = standing_recusals().filter(enterprise__in=enterprises, case__isnull=True)
    return own.union(left.values_list("officer_id", "enterprise_id"))
