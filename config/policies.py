"""Who is let through a door: named tests of a request, each a policy that an address can have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from accreditation.delivery_words import DELIVERING
from accreditation.permissions import has_any_power, is_applicant
from accreditation.roles import DELEGABLE, Power


@dataclass(frozen=True, slots=True)
class Policy:
    """A named test of the request; `staff` pages also ask for the second factor."""

    name: str
    allows: Callable[[HttpRequest], bool]
    is_public: bool = False
    needs_second_factor: bool = False
    before_second_factor: bool = False  # open to a session of staff that has only the password so far
    demo_only: bool = False


def _power(*powers: Power) -> Policy:
    names = "|".join(powers)
    return Policy(names, lambda request: has_any_power(request.user, powers), needs_second_factor=True)


PUBLIC = Policy("public", lambda request: True, is_public=True)
DEMO = Policy("demo", lambda request: True, is_public=True, demo_only=True)
SIGNED_IN = Policy("signed_in", lambda request: request.user.is_authenticated)
PASSWORD_GIVEN = Policy("password_given", lambda request: request.user.is_authenticated, before_second_factor=True)
APPLICANT = Policy("applicant", lambda request: is_applicant(request.user))
DISTRICT = _power(Power.REVIEW_FIRST)
MEMBERS = _power(Power.CONFIRM_MEMBERS)
VERIFIER = _power(Power.VERIFY_FIGURES)
RULES = _power(Power.DRAFT_RULES, Power.PUBLISH_RULES)
EDITIONS = _power(Power.RUN_BATCHES, Power.PUBLISH_RULES)
DRAFTS = _power(Power.DRAFT_RULES)
OFFICE = _power(Power.CHECK_COMPLETENESS)
POOL = _power(Power.APPOINT_PANELS)
BATCHES = _power(Power.RUN_BATCHES)
EXPERT = _power(Power.REVIEW_AS_EXPERT)
COMMITTEE = _power(Power.VOTE, Power.VOTE_LOCALLY)
MEETINGS = _power(Power.CALL_MEETINGS, Power.VOTE, Power.RUN_LOCALLY, Power.VOTE_LOCALLY)
CALLS_MEETINGS = _power(Power.CALL_MEETINGS, Power.RUN_LOCALLY)
PUBLISHER = _power(Power.PUBLISH, Power.PUBLISH_LOCALLY)
CASEWORK = _power(Power.REVIEW_FIRST, Power.CHECK_COMPLETENESS, Power.FORWARD)
OBJECTIONS = _power(Power.ANSWER_OBJECTIONS, Power.RUN_LOCALLY)
LOCAL = _power(Power.RUN_LOCALLY)
FORWARDER = _power(Power.FORWARD)
VISITS = _power(
    Power.REVIEW_FIRST, Power.CHECK_COMPLETENESS, Power.REVIEW_AS_EXPERT, Power.VOTE, Power.VOTE_LOCALLY, Power.AUDIT
)
REGISTER = _power(Power.KEEP_REGISTER)
STANDINGS = _power(Power.KEEP_STANDINGS, Power.CONFIRM_STANDINGS)
KEEPS_STANDINGS = _power(Power.KEEP_STANDINGS)
CONSULTING = _power(Power.CHECK_COMPLETENESS, Power.AUDIT)  # what departments write is between authorities
RECOMMENDERS = _power(Power.CHECK_COMPLETENESS, Power.PUBLISH)
ORDERS = _power(Power.PREPARE_ORDERS, Power.MAKE_ORDERS, Power.REVIEW_RECONSIDERATIONS, Power.DECIDE_RECONSIDERATIONS)
ANSWERERS = _power(Power.ANSWER_CHALLENGES)
MATTERS = _power(  # whoever answers for those who deal with titles reads the case and its papers
    Power.PREPARE_ORDERS, Power.MAKE_ORDERS, Power.ANSWER_CHALLENGES, Power.REVIEW_RECONSIDERATIONS,
    Power.DECIDE_RECONSIDERATIONS, Power.SUPERVISE,
)  # fmt: skip
AUTHORS = _power(*DELIVERING)
DELIVERERS = _power(*DELIVERING, Power.REVIEW_RECONSIDERATIONS, Power.DECIDE_RECONSIDERATIONS)
CERTIFIERS = _power(Power.PREPARE_ORDERS, Power.RUN_LOCALLY)
CORRECTORS = _power(Power.PUBLISH, Power.PUBLISH_LOCALLY, Power.CALL_MEETINGS, Power.RUN_LOCALLY)
LENDERS = _power(*DELEGABLE)
RECUSALS = _power(  # every officer may step aside; the auditor reads the list
    Power.FORWARD, Power.REVIEW_FIRST, Power.RUN_LOCALLY, Power.PUBLISH_LOCALLY, Power.CHECK_COMPLETENESS,
    Power.PUBLISH, Power.SUPERVISE, Power.REVIEW_RECONSIDERATIONS, Power.AUDIT,
)  # fmt: skip
SECURITY = _power(Power.GRANT_ROLES)
OPERATOR = _power(Power.OPERATE)
OVERSEERS = _power(Power.OPERATE, Power.CHECK_COMPLETENESS)
CALENDAR = _power(Power.OPERATE, Power.RUN_BATCHES)
PEOPLE = _power(Power.OPERATE, Power.GRANT_ROLES)
AUDITOR = _power(Power.AUDIT)
DOSSIERS = _power(  # beside who keeps and audits the file, who answers or decides a challenge of what it decided
    Power.AUDIT, Power.CHECK_COMPLETENESS, Power.ANSWER_CHALLENGES, Power.REVIEW_RECONSIDERATIONS,
    Power.DECIDE_RECONSIDERATIONS,
)  # fmt: skip
