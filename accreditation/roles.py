"""The roles, as a table read like a regulation: what each may do is a list of powers, nothing is inherited."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Role(StrEnum):
    """Offices that a person can hold by grant."""

    DISTRICT_OFFICER = "district_officer"
    MUNICIPAL_OFFICER = "municipal_officer"
    EXPERT = "expert"
    COMMITTEE_MEMBER = "committee_member"
    PUBLISHER = "publisher"
    OPERATOR = "operator"
    SECURITY_OFFICER = "security_officer"
    AUDITOR = "auditor"
    LOCAL_OFFICER = "local_officer"
    LEADING_GROUP_MEMBER = "leading_group_member"
    LOCAL_PUBLISHER = "local_publisher"
    FORWARDER = "forwarder"
    RECONSIDERATION_OFFICER = "reconsideration_officer"
    DISTRICT_SUPERVISOR = "district_supervisor"
    MUNICIPAL_SUPERVISOR = "municipal_supervisor"
    VERIFIER = "verifier"


class Power(StrEnum):
    """One thing that can be done or seen."""

    REVIEW_FIRST = "review_first"  # accept, return, recommend within a district
    CONFIRM_MEMBERS = "confirm_members"  # check proof of authority of an enterprise's people
    RUN_BATCHES = "run_batches"
    DRAFT_RULES = "draft_rules"
    PUBLISH_RULES = "publish_rules"  # by a person who changed nothing in the draft
    CHECK_COMPLETENESS = "check_completeness"
    APPOINT_PANELS = "appoint_panels"
    REVIEW_AS_EXPERT = "review_as_expert"
    CALL_MEETINGS = "call_meetings"
    VOTE = "vote"
    KEEP_STANDINGS = "keep_standings"  # enter, import and end standings, enter figures of the plan
    CONFIRM_STANDINGS = "confirm_standings"  # by a person who did not enter them
    KEEP_REGISTER = "keep_register"  # enter titles granted on paper, with a second person
    PUBLISH = "publish"  # notices and announcements
    ANSWER_OBJECTIONS = "answer_objections"
    PREPARE_ORDERS = "prepare_orders"  # proceedings over titles: facts, notice to the holder, hearing
    MAKE_ORDERS = "make_orders"  # by a person who did not prepare the proceeding
    ANSWER_CHALLENGES = "answer_challenges"  # for the own body, where what it decided is reconsidered
    REVIEW_RECONSIDERATIONS = "review_reconsiderations"  # by nobody who took part in the act under challenge
    DECIDE_RECONSIDERATIONS = "decide_reconsiderations"  # by a person who did not prepare the decision
    GRANT_ROLES = "grant_roles"
    OPERATE = "operate"  # queues, calendar, health; no case content
    AUDIT = "audit"  # read every trail, change nothing
    SEE_ALL_CASES = "see_all_cases"
    FORWARD = "forward"  # check and pass on, within a town or park
    RUN_LOCALLY = "run_locally"  # panels, visits, meetings and objections of the own authority's recognition
    VOTE_LOCALLY = "vote_locally"
    PUBLISH_LOCALLY = "publish_locally"
    VERIFY_FIGURES = "verify_figures"  # of the cases that the own body was commissioned with
    SUPERVISE = "supervise"  # hand cases to others, countersign what one officer may not do alone


# What takes the place of a power of the municipal office where a district, a zone or a group recognises by itself.
LOCAL_POWERS: dict[Power, Power] = {
    Power.RUN_BATCHES: Power.RUN_LOCALLY,  # the rounds of its evaluations alone
    Power.APPOINT_PANELS: Power.RUN_LOCALLY,
    Power.CALL_MEETINGS: Power.RUN_LOCALLY,
    Power.ANSWER_OBJECTIONS: Power.RUN_LOCALLY,
    Power.VOTE: Power.VOTE_LOCALLY,
    Power.PUBLISH: Power.PUBLISH_LOCALLY,
}

# What may be lent to a colleague for a time, and nothing else. Left out: what is done as a named person (marks, votes),
# what needs a second person by itself (rules, orders, standings, the register of paper), the three administrators.
DELEGABLE: dict[Power, Promise] = {
    Power.REVIEW_FIRST: _("受理和初审"),
    Power.CONFIRM_MEMBERS: _("核验单位成员"),
    Power.CHECK_COMPLETENESS: _("形式审查"),
    Power.APPOINT_PANELS: _("组成评审组"),
    Power.CALL_MEETINGS: _("召集评审会议"),
    Power.ANSWER_OBJECTIONS: _("处理异议"),
    Power.PREPARE_ORDERS: _("承办称号处理"),
    Power.ANSWER_CHALLENGES: _("答复行政复议"),
    Power.RUN_LOCALLY: _("办理区级认定"),
    Power.PUBLISH: _("公示和公布"),
    Power.PUBLISH_LOCALLY: _("区级公示和公布"),
}


@dataclass(frozen=True, slots=True)
class RoleEntry:
    """A role: label, powers, whether a grant names a district or body, roles that the same person may not hold."""

    label: Promise
    powers: frozenset[Power]
    by_district: bool = False
    excludes: frozenset[Role] = frozenset()


# Separation of the three administrators: GB/T 22239-2019, 8.1.5.
_SEPARATED = frozenset({Role.OPERATOR, Role.SECURITY_OFFICER, Role.AUDITOR})
# Two levels look at a case one after the other: whoever recommends to the city does not check or publish there.
_FIRST_LEVEL = frozenset({Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR, Role.LOCAL_OFFICER, Role.FORWARDER})
_CITY = frozenset({Role.MUNICIPAL_OFFICER, Role.MUNICIPAL_SUPERVISOR, Role.PUBLISHER})
# Another authority than the one whose act it reviews: 行政复议法第四条、第二十四条.
_RECONSIDERS = frozenset({Role.RECONSIDERATION_OFFICER})
_RECONSIDERED = _FIRST_LEVEL | _CITY | {Role.COMMITTEE_MEMBER, Role.LEADING_GROUP_MEMBER, Role.LOCAL_PUBLISHER}

ROLES: dict[Role, RoleEntry] = {
    Role.DISTRICT_OFFICER: RoleEntry(
        _("区主管部门经办人"),
        frozenset(
            {
                Power.REVIEW_FIRST,
                Power.CONFIRM_MEMBERS,
                Power.PREPARE_ORDERS,
                Power.MAKE_ORDERS,
                Power.ANSWER_CHALLENGES,
            }
        ),
        by_district=True,
        excludes=_CITY | _RECONSIDERS,
    ),
    Role.MUNICIPAL_OFFICER: RoleEntry(
        _("市认定办公室经办人"),
        frozenset(
            {
                Power.RUN_BATCHES,
                Power.DRAFT_RULES,
                Power.PUBLISH_RULES,
                Power.CHECK_COMPLETENESS,
                Power.APPOINT_PANELS,
                Power.CALL_MEETINGS,
                Power.ANSWER_OBJECTIONS,
                Power.PREPARE_ORDERS,
                Power.ANSWER_CHALLENGES,
                Power.CONFIRM_MEMBERS,
                Power.KEEP_STANDINGS,
                Power.CONFIRM_STANDINGS,
                Power.KEEP_REGISTER,
                Power.SEE_ALL_CASES,
            }
        ),
        excludes=_FIRST_LEVEL | _RECONSIDERS,
    ),
    Role.EXPERT: RoleEntry(
        _("评审专家"),
        frozenset({Power.REVIEW_AS_EXPERT}),
        excludes=frozenset({Role.COMMITTEE_MEMBER, Role.LEADING_GROUP_MEMBER}),
    ),
    Role.COMMITTEE_MEMBER: RoleEntry(
        _("评审委员会委员"), frozenset({Power.VOTE}), excludes=_RECONSIDERS | {Role.EXPERT}
    ),
    Role.PUBLISHER: RoleEntry(
        _("发布人"),
        frozenset(
            {
                Power.PUBLISH,
                Power.PUBLISH_RULES,
                Power.CONFIRM_STANDINGS,
                Power.MAKE_ORDERS,
                Power.KEEP_REGISTER,
                Power.SEE_ALL_CASES,
            }
        ),
        excludes=_FIRST_LEVEL | _RECONSIDERS,
    ),
    Role.OPERATOR: RoleEntry(_("系统管理员"), frozenset({Power.OPERATE}), excludes=_SEPARATED - {Role.OPERATOR}),
    Role.SECURITY_OFFICER: RoleEntry(
        _("安全管理员"), frozenset({Power.GRANT_ROLES}), excludes=_SEPARATED - {Role.SECURITY_OFFICER}
    ),
    Role.AUDITOR: RoleEntry(
        _("审计管理员"), frozenset({Power.AUDIT, Power.SEE_ALL_CASES}), excludes=_SEPARATED - {Role.AUDITOR}
    ),
    # Recognition by a district, a development zone or a group: the grant names its code instead of a district's.
    Role.LOCAL_OFFICER: RoleEntry(
        _("区级认定机构经办人"),
        frozenset({Power.REVIEW_FIRST, Power.RUN_LOCALLY, Power.ANSWER_CHALLENGES}),
        by_district=True,
        excludes=_CITY | _RECONSIDERS,
    ),
    Role.LEADING_GROUP_MEMBER: RoleEntry(
        _("认定领导小组成员"), frozenset({Power.VOTE_LOCALLY}), by_district=True, excludes=_RECONSIDERS | {Role.EXPERT}
    ),
    Role.LOCAL_PUBLISHER: RoleEntry(
        _("区级发布人"), frozenset({Power.PUBLISH_LOCALLY}), by_district=True, excludes=_RECONSIDERS
    ),
    Role.FORWARDER: RoleEntry(
        _("街镇（园区）转报人"), frozenset({Power.FORWARD}), by_district=True, excludes=_CITY | _RECONSIDERS
    ),
    Role.RECONSIDERATION_OFFICER: RoleEntry(
        _("行政复议人员"),
        frozenset({Power.REVIEW_RECONSIDERATIONS, Power.DECIDE_RECONSIDERATIONS}),
        excludes=_RECONSIDERED,
    ),
    # Superiors of the officers of one body; a district's is also its recognising office's and its towns'.
    Role.DISTRICT_SUPERVISOR: RoleEntry(
        _("区主管部门负责人"),
        frozenset({Power.REVIEW_FIRST, Power.SUPERVISE}),
        by_district=True,
        excludes=_CITY | _RECONSIDERS,
    ),
    Role.MUNICIPAL_SUPERVISOR: RoleEntry(
        _("市认定办公室负责人"),
        frozenset({Power.CHECK_COMPLETENESS, Power.SUPERVISE, Power.SEE_ALL_CASES}),
        excludes=_FIRST_LEVEL | _RECONSIDERS,
    ),
    # Commissioned from outside: whoever holds any office of the authorities does not verify.
    Role.VERIFIER: RoleEntry(
        _("核查机构人员"),
        frozenset({Power.VERIFY_FIGURES}),
        by_district=True,
        excludes=frozenset(set(Role) - {Role.VERIFIER}),
    ),
}


def exclude_each_other(one: Role, other: Role) -> bool:
    """Whether the same person may not hold both."""
    return other in ROLES[one].excludes or one in ROLES[other].excludes
