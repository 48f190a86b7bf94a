"""The offices that verbs name, each with its test against the standing grants and memberships."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from accreditation.enums import ApplicationState, Level, Owner
from accreditation.models import Application, Proceeding
from accreditation.permissions import acts_for, has_power, has_power_at, has_power_over, persons_behind
from accreditation.roles import LOCAL_POWERS, Power
from accreditation.services import figure_checks
from workflows.doing import Doing, Who
from workflows.parties import tied_people

OFFICE_STATES = frozenset(
    {
        ApplicationState.UNDER_COMPLETENESS_CHECK,
        ApplicationState.UNDER_CONSULTATION,
        ApplicationState.UNDER_OVERALL_REVIEW,
    }
)


def level_of(application: Application) -> Owner:
    """Whose turn it is among those who check material: town or park, district, municipal office."""
    if application.state == ApplicationState.UNDER_FORWARDING:
        return Owner.FORWARDER
    return Owner.OFFICE if application.state in OFFICE_STATES else Owner.DISTRICT


def _unconnected(doing: Doing) -> bool:
    """Nobody decides on an enterprise that they act or acted for, or in a case they stepped out of (回避).

    Nor does a colleague in their place.
    """
    return not tied_people(doing.case).filter(pk__in=persons_behind(doing.by)).exists()


def _holds(power: Power) -> Who:
    return Who(
        power, OFFICE_LABELS[power], lambda doing: has_power(doing.by, power, at=doing.at) and _unconnected(doing)
    )


def _holds_over_batch(power: Power) -> Who:
    """The same office of the authority that runs the batch."""
    local = LOCAL_POWERS[power]
    return Who(
        local,
        LOCAL_LABELS[local],
        lambda doing: has_power_over(doing.by, power, doing.batch, doing.at) and _unconnected(doing),
    )


def _forwarder(doing: Doing) -> bool:
    body = doing.application.forwarder
    if body is None or not has_power(doing.by, Power.FORWARD, district=body.district, at=doing.at):
        return False
    return _unconnected(doing)


def _district(doing: Doing) -> bool:
    return has_power(doing.by, Power.REVIEW_FIRST, district=doing.case.district, at=doing.at) and _unconnected(doing)


def _seat_holder(doing: Doing) -> bool:
    return (
        doing.seat is not None
        and doing.seat.expert_id == doing.by.pk
        and has_power(doing.by, Power.REVIEW_AS_EXPERT, at=doing.at)
        and _unconnected(doing)
    )


def _verifier(doing: Doing) -> bool:
    """A person of the body that is commissioned with the figures of the case."""
    check = figure_checks.open_check(doing.application)
    if check is None or not has_power(doing.by, Power.VERIFY_FIGURES, district=check.body.district, at=doing.at):
        return False
    return _unconnected(doing)


def _at_authority(power: Power) -> Callable[[Doing], bool]:
    """Whether the person holds the power at the body that granted the title."""

    def test(doing: Doing) -> bool:
        assert isinstance(doing.subject, Proceeding)
        level = doing.subject.title.programme.level
        district = doing.case.district if level == Level.DISTRICT else None
        return has_power_at(doing.by, power, district, doing.at) and _unconnected(doing)

    return test


OFFICE_LABELS = {
    Power.CHECK_COMPLETENESS: _("市认定办公室"),
    Power.APPOINT_PANELS: _("市认定办公室"),
    Power.CALL_MEETINGS: _("市认定办公室（会议秘书）"),
    Power.PUBLISH: _("发布人"),
    Power.ANSWER_OBJECTIONS: _("市认定办公室"),
}
LOCAL_LABELS = {
    Power.RUN_LOCALLY: _("区级认定机构"),
    Power.PUBLISH_LOCALLY: _("区级发布人"),
}

APPLICANT = Who("applicant", _("申报单位"), lambda doing: acts_for(doing.by, doing.case.enterprise_id))
DISTRICT = Who("district_officer", _("区主管部门"), _district)
CHECKER = _holds(Power.CHECK_COMPLETENESS)
APPOINTER = _holds(Power.APPOINT_PANELS)
SECRETARY = _holds(Power.CALL_MEETINGS)
PUBLISHER = _holds(Power.PUBLISH)
OBJECTION_OFFICER = _holds(Power.ANSWER_OBJECTIONS)
REVIEWER = Who(
    "reviewing_officer",
    _("区主管部门或市认定办公室"),
    lambda doing: CHECKER.test(doing) if doing.application.state in OFFICE_STATES else DISTRICT.test(doing),
)
SEAT_HOLDER = Who("expert", _("评审专家"), _seat_holder)
VERIFIER = Who("verifier", _("受托核查机构"), _verifier)
FORWARDER = Who("forwarder", _("街镇（园区）"), _forwarder)
LOCAL_REVIEWER = Who(
    "reviewing_officer",
    _("街镇（园区）或区主管部门"),
    lambda doing: (FORWARDER if level_of(doing.application) is Owner.FORWARDER else DISTRICT).test(doing),
)
LOCAL_APPOINTER = _holds_over_batch(Power.APPOINT_PANELS)
LOCAL_SECRETARY = _holds_over_batch(Power.CALL_MEETINGS)
LOCAL_PUBLISHER = _holds_over_batch(Power.PUBLISH)
LOCAL_OBJECTION_OFFICER = _holds_over_batch(Power.ANSWER_OBJECTIONS)
LEADING_GROUP = Who("leading_group", _("认定领导小组（已签发纪要）"), lambda doing: bool(doing.form.get("decision")))
COMMITTEE = Who("committee", _("评审委员会（已签发纪要）"), lambda doing: bool(doing.form.get("decision")))
CLOCK = Who("clock", _("系统时钟"), lambda doing: doing.by.is_system)
PUBLIC = Who("public", _("署名异议人"), lambda doing: doing.by.is_system)
HOLDER = Who("applicant", _("称号持有单位"), APPLICANT.test)
TITLE_KEEPER = Who(
    Power.PREPARE_ORDERS,
    _("市认定办公室"),
    lambda doing: has_power_at(doing.by, Power.PREPARE_ORDERS, None, doing.at) and _unconnected(doing),
)
PREPARER = Who(Power.PREPARE_ORDERS, _("认定机关承办人"), _at_authority(Power.PREPARE_ORDERS))
ORDERER = Who(Power.MAKE_ORDERS, _("认定机关决定人"), _at_authority(Power.MAKE_ORDERS))
