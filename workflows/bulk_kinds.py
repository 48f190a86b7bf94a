"""What may be done to several cases at once, and what speaks against it for one of them.

Only acts whose words fit every case alike are here. Adverse decisions, returns and verified figures need the facts of
each case, so they are not. A decision on merit needs a second person of the same power, who confirms and so decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.errors import NotFound, Reason
from accreditation.holdings import Holding
from accreditation.models import BulkLine, Case, Member, RoleGrant, User
from accreditation.permissions import holdings_of
from accreditation.roles import ROLES, Power
from accreditation.visibility import visible_cases
from workflows import door
from workflows.assignments import desk_task, may_assign, may_hold, possible_holders
from workflows.parties import ties_to

TAKE, HAND_OVER = "take", "hand_over"
DISTRICT, OFFICE = "district", "office"  # the desks


@dataclass(frozen=True, slots=True)
class BulkKind:
    """One act offered for several cases: desk, code (a verb, or taking and handing over), power, the shared words.

    `words` is the name under which the verb's form takes the shared text; empty where it takes none.
    """

    desk: str
    code: str
    label: Promise
    power: Power
    words: str = ""
    words_label: str | Promise = ""
    needs_second: bool = False
    for_superior: bool = False

    @property
    def is_verb(self) -> bool:
        """Whether it is a verb of the case's table."""
        return self.code not in (TAKE, HAND_OVER)


_DISTRICT, _OFFICE = (DISTRICT, Power.REVIEW_FIRST), (OFFICE, Power.CHECK_COMPLETENESS)


def _at(place: tuple[str, Power], code: str, label: Promise, **values: object) -> BulkKind:
    return BulkKind(place[0], code, label, place[1], **values)  # type: ignore[arg-type]  # the fields of a kind


_KINDS = (
    _at(_DISTRICT, TAKE, _("领办")),
    _at(_DISTRICT, "accept", _("受理")),
    _at(
        _DISTRICT, "recommend", _("通过并推荐"), words="opinion", words_label=_("共同的初审意见"), needs_second=True
    ),
    _at(
        _DISTRICT, "pass_material_check", _("材料审核通过"), words="opinion", words_label=_("共同的审核意见"),
        needs_second=True,
    ),
    _at(_DISTRICT, HAND_OVER, _("转交承办"), words="reason", words_label=_("转交的理由"), for_superior=True),
    _at(_OFFICE, TAKE, _("领办")),
    _at(_OFFICE, "pass_completeness_check", _("形式审查通过"), words="opinion", words_label=_("共同的审查意见")),
    _at(_OFFICE, HAND_OVER, _("转交承办"), words="reason", words_label=_("转交的理由"), for_superior=True),
)  # fmt: skip
KINDS: Mapping[tuple[str, str], BulkKind] = {(kind.desk, kind.code): kind for kind in _KINDS}


def kind_of(desk: str, code: str) -> BulkKind:
    """The act of that name at that desk; NotFound where it is not offered for several cases."""
    found = KINDS.get((desk, code))
    if found is None:
        raise NotFound(code)
    return found


def reasons_against(kind: BulkKind, case: Case, *, by: User, at: datetime) -> list[Reason]:
    """Everything that speaks against it for this case as it stands, the shared words left aside."""
    if not kind.is_verb:
        return list(_against_hands(kind, case, by, at))
    try:
        found = door.reasons_against(case, kind.code, by=by, at=at)
    except NotFound:
        return [Reason("not_of_this_procedure", _("该办件的程序没有这一办理事项。"))]
    return [reason for reason in found if not kind.words or reason.place != kind.words]


def _against_hands(kind: BulkKind, case: Case, by: User, at: datetime) -> Iterator[Reason]:
    found = desk_task(case)
    may = may_hold if kind.code == TAKE else may_assign
    if found is None or not may(found, by, case, at):
        yield Reason("not_yours", _("该办件当前不由您的机构办理，或者您没有此项职权。"))
    elif kind.code == TAKE and found.holder is not None:
        yield Reason("already_done", _("该办件现由%(who)s承办。") % {"who": found.holder})


def holder_of(case: Case) -> User | None:
    """Who has it in hand at the desk where it waits."""
    found = desk_task(case)
    return found.holder if found is not None else None


def colleagues(cases: list[Case]) -> list[User]:
    """To whom at least one of the cases can be handed."""
    found: dict[int, User] = {}
    for case in cases:
        task = desk_task(case)
        if task is not None:
            found |= {person.pk: person for person in possible_holders(task, case)}
    return sorted(found.values(), key=lambda person: person.pk)


# --- whose desk -------------------------------------------------------------------------------------------------
def cases_as_officer(user: User) -> QuerySet[Case]:
    """Cases that the person may know, without those of enterprises to which there is a tie."""
    return visible_cases(user).exclude(enterprise_id__in=Member.objects.filter(user=user).values("enterprise_id"))


def cases_at_desk(user: User, desk: str) -> QuerySet[Case]:
    """Cases that the person knows as an officer of that desk."""
    where = _desks(user).get(desk)
    return cases_as_officer(user).filter(where) if where is not None else Case.objects.none()


def at_own_desk(user: User, **lines: Any) -> Q:
    """Acts on several cases that have a line (as `lines` narrows it) for a case at the person's own desk."""
    found, known = Q(pk__in=[]), cases_as_officer(user)
    for desk, where in _desks(user).items():
        rows = BulkLine.objects.filter(case__in=known.filter(where), **lines)
        found |= Q(desk=desk, pk__in=rows.values("bulk"))
    return found


def _desks(user: User) -> dict[str, Q]:
    """The desks at which the person works, and of which cases: of the own districts, or all at the municipal office."""
    held, found = holdings_of(user), {}
    places = {one.place for one in held if one.place is not None and Power.REVIEW_FIRST in one.powers}
    if places:
        found[DISTRICT] = Q(district__in=places)
    if any(one.place is None and Power.CHECK_COMPLETENESS in one.powers for one in held):
        found[OFFICE] = Q()
    return found


def resting(kind: BulkKind, cases: Iterable[Case], *, by: User, at: datetime) -> dict[int, Holding]:
    """By the number of each case the holding on which the act rests, chosen as the door does; none where not held."""
    held = [one for one in holdings_of(by, at) if kind.power in one.powers]
    found = {}
    for case in cases:
        place = case.district if kind.desk == DISTRICT else None
        first = next((one for one in held if one.reaches(place)), None)
        if first is not None:
            found[case.pk] = first
    return found


def officers_at(kind: BulkKind, cases: Collection[Case], *, but: Collection[int]) -> list[User]:
    """Who holds the power where one of the cases is and has no tie to it; without those accounts."""
    roles = [role for role, entry in ROLES.items() if kind.power in entry.powers]
    grants = RoleGrant.objects.filter(role__in=roles, revoked_at__isnull=True, user__is_active=True)
    if kind.desk == DISTRICT:
        grants = grants.filter(district__in={case.district for case in cases})
    tied = ties_to(cases)
    found = {
        grant.user_id: grant.user
        for grant in grants.exclude(user_id__in=but).select_related("user")
        for case in cases
        if kind.desk != DISTRICT or grant.district == case.district
        if (grant.user_id, case.pk) not in tied
    }
    return sorted(found.values(), key=lambda person: person.pk)
