"""Who stepped out of a case, as its expert or in the committee: the tie outlasts that seat, whatever office comes next.

The same holds for a challenge of what was decided in the case (回避). Whoever merely has no vote because an office of
theirs had a part in the case has not left it.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet

from accreditation.enums import SeatState
from accreditation.meeting_words import RecusalGround
from accreditation.models import Case, MeetingRecusal, Reconsideration, Seat, User


def _stepped_out() -> QuerySet[MeetingRecusal]:
    return MeetingRecusal.objects.exclude(ground=RecusalGround.ACTED)


def cases_left_by(user: User) -> QuerySet[Case]:
    """Cases of which the person stepped out, and the challenges of them."""
    left = _left_by(user)
    challenges = Reconsideration.objects.filter(challenged__in=Case.objects.filter(left)).values("case")
    return Case.objects.filter(left | Q(pk__in=challenges))


def _left_by(user: User) -> Q:
    items = _stepped_out().filter(member=user).values("item__application__case")
    seats = Seat.objects.filter(expert=user, state=SeatState.RECUSED).values("panel__application__case")
    return Q(pk__in=items) | Q(pk__in=seats)


def people_who_left(case: Case) -> QuerySet[User]:
    """Accounts that stepped out of the case, or of the one that is challenged by it; in one statement."""
    cases = Case.objects.filter(Q(pk=case.pk) | Q(reconsiderations__case=case)).values("pk")
    members = _stepped_out().filter(item__application__case__in=cases).values("member")
    experts = Seat.objects.filter(panel__application__case__in=cases, state=SeatState.RECUSED).values("expert")
    return User.objects.filter(Q(pk__in=members) | Q(pk__in=experts))


def who_left(cases: Collection[int]) -> set[tuple[int, int]]:
    """Numbers of account and case of whoever stepped out of one of the cases, in two statements."""
    members = _stepped_out().filter(item__application__case__in=cases)
    experts = Seat.objects.filter(panel__application__case__in=cases, state=SeatState.RECUSED)
    return {
        *members.values_list("member_id", "item__application__case_id"),
        *experts.values_list("expert_id", "panel__application__case_id"),
    }
