"""The offices of a reconsideration, and whom its verbs tell. Nobody who took part in the act under challenge."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accreditation.holdings import who_hold
from accreditation.models import Reconsideration, User
from accreditation.permissions import has_any_power, has_power, has_power_at, persons_behind
from accreditation.reconsideration_words import Remedy
from accreditation.roles import Power
from accreditation.services.reconsiderations import took_part_in_act
from workflows.doing import Doing, Who
from workflows.parties import tied_people

RECONSIDERING = (Power.REVIEW_RECONSIDERATIONS, Power.DECIDE_RECONSIDERATIONS)


def reconsideration_of(doing: Doing) -> Reconsideration:
    """The subject of the attempt."""
    assert isinstance(doing.subject, Reconsideration)
    return doing.subject


def outcome_of(doing: Doing) -> str:
    """What is to be decided: as the form has it, or as a judgment or an own correction was prepared."""
    row = reconsideration_of(doing)
    if row.remedy == Remedy.RECONSIDERATION:
        return str(doing.form.get("outcome") or "")
    return str(row.proposed_outcome)


def _is_free(user: User, row: Reconsideration) -> bool:
    return not tied_people(row.case).filter(pk=user.pk).exists() and not took_part_in_act(user, row)


def _reconsiders(power: Power) -> Callable[[Doing], bool]:
    return lambda doing: has_power(doing.by, power) and _is_free(doing.by, reconsideration_of(doing))


def may_decide(user: User, row: Reconsideration) -> bool:
    """Whether the person examines or decides this challenge."""
    return row.remedy == Remedy.RECONSIDERATION and has_any_power(user, RECONSIDERING) and _is_free(user, row)


def may_answer(user: User, row: Reconsideration, at: datetime) -> bool:
    """Whether the person answers this challenge for the body whose act it is."""
    if not has_power_at(user, Power.ANSWER_CHALLENGES, row.respondent_code or None, at):
        return False
    return not tied_people(row.case).filter(pk__in=persons_behind(user)).exists()


def _answers(doing: Doing) -> bool:
    return may_answer(doing.by, reconsideration_of(doing), doing.at)


RECONSIDERER = Who(
    Power.REVIEW_RECONSIDERATIONS, _("复议承办人（未参与原案）"), _reconsiders(Power.REVIEW_RECONSIDERATIONS)
)
DECIDER = Who(Power.DECIDE_RECONSIDERATIONS, _("复议决定人（未参与原案）"), _reconsiders(Power.DECIDE_RECONSIDERATIONS))
RESPONDENT = Who("respondent", _("被申请人"), _answers)
AUTHOR = Who(Power.ANSWER_CHALLENGES, _("作出原行为的机关"), _answers)


def reconsiderers(doing: Doing) -> list[User]:
    """Everybody who may examine this challenge."""
    row = reconsideration_of(doing)
    return [person for person in who_hold(Power.REVIEW_RECONSIDERATIONS, None, doing.at) if _is_free(person, row)]


def deciders(doing: Doing) -> list[User]:
    """Everybody who may decide on this challenge."""
    row = reconsideration_of(doing)
    return [person for person in who_hold(Power.DECIDE_RECONSIDERATIONS, None, doing.at) if _is_free(person, row)]


def respondents(doing: Doing) -> Iterable[User]:
    """Everybody who answers for the body concerned."""
    code = reconsideration_of(doing).respondent_code or None
    return who_hold(Power.ANSWER_CHALLENGES, code, doing.at)
