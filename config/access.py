"""Who may open which address: every URL name has a policy here, and a name without one is refused.

The policy guards the door of a page; which rows a person sees is decided by the function that fetches them
(`accreditation.visibility`), so an address of somebody else's case answers 404.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.http import HttpRequest

from accreditation.permissions import has_power, is_applicant
from accreditation.roles import Power


@dataclass(frozen=True, slots=True)
class Policy:
    """A named test of the request; `staff` pages also ask for the second factor."""

    name: str
    allows: Callable[[HttpRequest], bool]
    is_public: bool = False
    needs_second_factor: bool = False
    demo_only: bool = False


def _power(*powers: Power) -> Policy:
    names = "|".join(powers)
    return Policy(names, lambda request: any(has_power(request.user, p) for p in powers), needs_second_factor=True)


PUBLIC = Policy("public", lambda request: True, is_public=True)
DEMO = Policy("demo", lambda request: True, is_public=True, demo_only=True)
SIGNED_IN = Policy("signed_in", lambda request: request.user.is_authenticated)
APPLICANT = Policy("applicant", lambda request: is_applicant(request.user))
DISTRICT = _power(Power.REVIEW_FIRST)
MEMBERS = _power(Power.CONFIRM_MEMBERS)
OFFICE = _power(Power.CHECK_COMPLETENESS)
BATCHES = _power(Power.RUN_BATCHES)
EXPERT = _power(Power.REVIEW_AS_EXPERT)
COMMITTEE = _power(Power.VOTE)
MEETINGS = _power(Power.CALL_MEETINGS, Power.VOTE)
PUBLISHER = _power(Power.PUBLISH)
OBJECTIONS = _power(Power.ANSWER_OBJECTIONS)
SECURITY = _power(Power.GRANT_ROLES)
OPERATOR = _power(Power.OPERATE)
AUDITOR = _power(Power.AUDIT)

ACCESS: Mapping[str, Policy] = {
    "home": PUBLIC,
    "set_language": PUBLIC,
    "styleguide": DEMO,
}
