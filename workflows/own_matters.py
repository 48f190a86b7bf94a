"""Many cases at once before somebody who is tied to one of them (回避): what a list hides, what an act refuses."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.errors import Denied, Reason
from accreditation.holdings import who_hold
from accreditation.models import Case, User
from accreditation.permissions import Person, persons_behind
from accreditation.roles import Power
from accreditation.visibility import own_matters
from workflows.parties import ties_to


class OfCase(Protocol):
    """A row of a list that is about one case."""

    @property
    def case_id(self) -> int:
        """Key of that case."""


Listed = TypeVar("Listed")
Row = TypeVar("Row", bound=OfCase)


@dataclass(frozen=True, slots=True)
class Known(Generic[Listed]):
    """The rows of a list that the person may read, in their order, and how many are left out."""

    rows: list[Listed]
    hidden: int


def own_among(user: Person, cases: Collection[int]) -> frozenset[int]:
    """Keys of those cases that are the person's own matter, so that no office opens them; one query, none for none."""
    if not cases or not isinstance(user, User):
        return frozenset(cases)
    return frozenset(Case.objects.filter(own_matters(user), pk__in=cases).values_list("pk", flat=True))


def known(user: Person, rows: Iterable[Row]) -> Known[Row]:
    """A list without the person's own matters."""
    every = list(rows)
    own = own_among(user, {row.case_id for row in every})
    shown = [row for row in every if row.case_id not in own]
    return Known(shown, len(every) - len(shown))


def is_tied(user: User, cases: Collection[Case]) -> bool:
    """Whether the acting person, or whose power it is by the last check, is barred from one of the cases."""
    return not persons_behind(user).isdisjoint(person for person, _case in ties_to(cases))


def demand_no_tie(user: User, cases: Collection[Case], powers: Collection[Power], *, at: datetime) -> None:
    """Deny an act over all these cases to whoever is tied to one of them, naming who of the city's office may do it.

    Asked behind the check of the power, which tells whose power it is. The sentence does not say which case it is.
    """
    tied = {person for person, _case in ties_to(cases)}
    if persons_behind(user).isdisjoint(tied):
        return
    others = {one.pk: one for power in powers for one in who_hold(power, None, at) if one.pk not in tied}
    raise Denied([Reason("connected", _told([one for _key, one in sorted(others.items())]))])


def _told(others: list[User]) -> str | Promise:
    if not others:
        return _("本批次中有您应当回避的办件，不能由您整批办理；现无其他人持有此项职权，请先为他人授予职权。")
    return _("本批次中有您应当回避的办件，不能由您整批办理；可由%(who)s办理。") % {"who": "、".join(map(str, others))}
