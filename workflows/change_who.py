"""The offices that the verbs of a change name: holder, the two districts, the granting body and its second person."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from accreditation.change_words import ChangeState
from accreditation.models import ChangeRequest
from accreditation.permissions import acts_for, has_power_at, persons_behind
from accreditation.roles import Power
from workflows.doing import Doing, Who
from workflows.parties import tied_people


def change_of(doing: Doing) -> ChangeRequest:
    """The subject of the attempt."""
    assert isinstance(doing.subject, ChangeRequest)
    return doing.subject


def authority_over(change: ChangeRequest, district: str) -> str | None:
    """The body that confirms: the district of the case, or the city's office (None)."""
    return None if change.is_for_city else district


def _is_party(doing: Doing) -> bool:
    """Whether the person, or the colleague in whose place it is done, acted for holder or successor (回避)."""
    return tied_people(doing.case).filter(pk__in=persons_behind(doing.by)).exists()


def _of_district(doing: Doing, district: str) -> bool:
    if not district or not has_power_at(doing.by, Power.PREPARE_ORDERS, district, doing.at):
        return False
    return not _is_party(doing)


def _at_granting_body(power: Power) -> Callable[[Doing], bool]:
    def test(doing: Doing) -> bool:
        place = authority_over(change_of(doing), doing.case.district)
        return has_power_at(doing.by, power, place, doing.at) and not _is_party(doing)

    return test


def _whose_turn(doing: Doing) -> bool:
    """Whoever has the change on the desk now."""
    if doing.state == ChangeState.UNDER_CONFIRMATION:
        return CONFIRMER.test(doing)
    return (RECEIVING_DISTRICT if doing.state == ChangeState.UNDER_RECEIVING_OPINION else OWN_DISTRICT).test(doing)


HOLDER = Who("applicant", _("称号持有单位"), lambda doing: acts_for(doing.by, doing.case.enterprise_id))
OWN_DISTRICT = Who("district_officer", _("所在区主管部门"), lambda doing: _of_district(doing, doing.case.district))
RECEIVING_DISTRICT = Who(
    "receiving_officer", _("迁入区主管部门"), lambda doing: _of_district(doing, change_of(doing).new_district)
)
CONFIRMER = Who("confirming_officer", _("认定机关经办人"), _at_granting_body(Power.PREPARE_ORDERS))
SECOND = Who("second_officer", _("认定机关复核人"), _at_granting_body(Power.MAKE_ORDERS))
WHOSE_TURN = Who("reviewing_officer", _("正在审核的区主管部门或认定机关"), _whose_turn)
