"""Whom a verb tells."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db.models import QuerySet

from accreditation.enums import Level, MemberState, SeatState
from accreditation.holdings import who_hold
from accreditation.models import Proceeding, User
from accreditation.roles import Power
from workflows.doing import Doing


def applicants(doing: Doing) -> QuerySet[User]:
    """Everybody who acts for the enterprise."""
    return User.objects.filter(
        is_active=True,
        memberships__enterprise_id=doing.case.enterprise_id,
        memberships__state=MemberState.ACTIVE,
    )


def holders(power: Power) -> Callable[[Doing], QuerySet[User]]:
    """Everybody who holds a power, own or lent, within the case's district where the role is bound to one."""

    def people(doing: Doing) -> QuerySet[User]:
        return who_hold(power, doing.case.district, doing.at) | who_hold(power, None, doing.at)

    return people


def forwarders(doing: Doing) -> QuerySet[User]:
    """Everybody who passes on applications for the town or park that was named; nobody where none was."""
    body = doing.application.forwarder
    if body is None:
        return User.objects.none()
    return who_hold(Power.FORWARD, body.district, doing.at)


def first_hands(doing: Doing) -> QuerySet[User]:
    """Whoever has a filed application first: the town or park, or else the bureau."""
    return forwarders(doing) if doing.application.forwarder else district(doing)


def at_authority(power: Power) -> Callable[[Doing], QuerySet[User]]:
    """Everybody who holds a power at the body that granted the title."""

    def people(doing: Doing) -> QuerySet[User]:
        assert isinstance(doing.subject, Proceeding)
        level = doing.subject.title.programme.level
        district = doing.case.district if level == Level.DISTRICT else None
        return who_hold(power, district, doing.at)

    return people


def heard_holder(doing: Doing) -> Iterable[User]:
    """The holder, once it was told of the proceeding or where it asked for it itself."""
    assert isinstance(doing.subject, Proceeding)
    return applicants(doing) if doing.subject.is_known_to_holder else ()


def experts(doing: Doing) -> QuerySet[User]:
    """Experts whose seat still waits for a declaration or marks."""
    return User.objects.filter(
        seats__panel__application=doing.application, seats__state__in=[SeatState.APPOINTED, SeatState.CLEARED]
    )


district = holders(Power.REVIEW_FIRST)
objection_officers = holders(Power.ANSWER_OBJECTIONS)
office = holders(Power.CHECK_COMPLETENESS)
publishers = holders(Power.PUBLISH)
local_officers = holders(Power.RUN_LOCALLY)
local_publishers = holders(Power.PUBLISH_LOCALLY)
preparers = at_authority(Power.PREPARE_ORDERS)
orderers = at_authority(Power.MAKE_ORDERS)
