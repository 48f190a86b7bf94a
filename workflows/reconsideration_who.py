"""The offices of a reconsideration, and whom its verbs tell. Nobody who took part in the act under challenge."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from accreditation.models import Member, Reconsideration, User
from accreditation.permissions import has_power, has_power_at, persons_behind
from accreditation.roles import ROLES, Power
from accreditation.services.reconsiderations import took_part
from workflows.doing import Doing, Who


def reconsideration_of(doing: Doing) -> Reconsideration:
    """The subject of the attempt."""
    assert isinstance(doing.subject, Reconsideration)
    return doing.subject


def _is_free(user: User, row: Reconsideration) -> bool:
    connected = Member.objects.filter(user=user, enterprise_id=row.challenged.enterprise_id).exists()
    return not connected and not took_part(user, row.challenged)


def _reconsiders(power: Power) -> Callable[[Doing], bool]:
    return lambda doing: has_power(doing.by, power) and _is_free(doing.by, reconsideration_of(doing))


def _answers(doing: Doing) -> bool:
    row = reconsideration_of(doing)
    if not has_power_at(doing.by, Power.PREPARE_ORDERS, row.respondent_code or None, doing.at):
        return False
    people = persons_behind(doing.by)
    return not Member.objects.filter(user__in=people, enterprise_id=row.challenged.enterprise_id).exists()


RECONSIDERER = Who(
    Power.REVIEW_RECONSIDERATIONS, _("复议承办人（未参与原案）"), _reconsiders(Power.REVIEW_RECONSIDERATIONS)
)
DECIDER = Who(Power.DECIDE_RECONSIDERATIONS, _("复议决定人（未参与原案）"), _reconsiders(Power.DECIDE_RECONSIDERATIONS))
RESPONDENT = Who("respondent", _("被申请人"), _answers)


def _holding(power: Power) -> list[User]:
    roles = [role for role, entry in ROLES.items() if power in entry.powers]
    asked = User.objects.filter(is_active=True, grants__revoked_at__isnull=True, grants__role__in=roles)
    return list(asked.distinct())


def reconsiderers(doing: Doing) -> list[User]:
    """Everybody who may examine this challenge."""
    row = reconsideration_of(doing)
    return [person for person in _holding(Power.REVIEW_RECONSIDERATIONS) if _is_free(person, row)]


def deciders(doing: Doing) -> list[User]:
    """Everybody who may decide on this challenge."""
    row = reconsideration_of(doing)
    return [person for person in _holding(Power.DECIDE_RECONSIDERATIONS) if _is_free(person, row)]


def respondents(doing: Doing) -> list[User]:
    """Everybody who answers for the body concerned."""
    code = reconsideration_of(doing).respondent_code or None
    return [person for person in _holding(Power.PREPARE_ORDERS) if has_power_at(person, Power.PREPARE_ORDERS, code)]
