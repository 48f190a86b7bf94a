"""Whom a verb of a change tells."""

from __future__ import annotations

from collections.abc import Iterable

from accreditation.change_words import ChangeState
from accreditation.enums import MemberState
from accreditation.holdings import who_hold
from accreditation.models import User
from accreditation.roles import Power
from workflows.change_who import authority_over, change_of
from workflows.doing import Doing


def holder(doing: Doing) -> Iterable[User]:
    """Everybody who acts for the holder."""
    active = {"memberships__enterprise_id": doing.case.enterprise_id, "memberships__state": MemberState.ACTIVE}
    return User.objects.filter(is_active=True, **active).distinct()


def own_district(doing: Doing) -> Iterable[User]:
    """The bureau of the district in which the holder is registered."""
    return who_hold(Power.PREPARE_ORDERS, doing.case.district, doing.at)


def next_hands(doing: Doing) -> Iterable[User]:
    """After an opinion: the district to which the holder moves, or the body that confirms."""
    change = change_of(doing)
    if change.state == ChangeState.UNDER_RECEIVING_OPINION:
        return who_hold(Power.PREPARE_ORDERS, change.new_district, doing.at)
    return confirmers(doing)


def confirmers(doing: Doing) -> Iterable[User]:
    """Whoever prepares the confirmation at the granting body."""
    return who_hold(Power.PREPARE_ORDERS, authority_over(change_of(doing), doing.case.district), doing.at)


def seconds(doing: Doing) -> Iterable[User]:
    """Whoever may confirm a plan of succession there."""
    return who_hold(Power.MAKE_ORDERS, authority_over(change_of(doing), doing.case.district), doing.at)


def who_has_seen_it(doing: Doing) -> Iterable[User]:
    """The district and the granting body of a change that was filed; nobody else knew of a draft."""
    if change_of(doing).filed_at is None:
        return []
    return [*own_district(doing), *confirmers(doing)]
