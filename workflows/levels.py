"""Separation of duties in one case: whoever acted on one level does not act on another, by whatever office.

Town or park, district, city: each looks at what the one before it did. The door asks this of every verb of an office,
so that neither a table nor a page has to; an act in a colleague's place counts for both.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.audit import chain_key
from accreditation.case_acts import KEEPING, acts_of
from accreditation.change_words import ChangeState
from accreditation.enums import ApplicationState, Owner
from accreditation.errors import Reason
from accreditation.models import AuditEvent, Case, ChangeRequest
from accreditation.permissions import persons_behind
from accreditation.roles import Power
from workflows.doing import Doing

CODE = "acted_on_another_level"
# By the name under which the trail records the office. Proceedings over titles are one authority's and not listed.
LEVELS: dict[str, Owner] = {
    "forwarder": Owner.FORWARDER,
    Power.FORWARD: Owner.FORWARDER,
    "district_officer": Owner.DISTRICT,
    "receiving_officer": Owner.DISTRICT,
    Power.REVIEW_FIRST: Owner.DISTRICT,
    Power.RUN_LOCALLY: Owner.DISTRICT,
    Power.PUBLISH_LOCALLY: Owner.DISTRICT,
    Power.CHECK_COMPLETENESS: Owner.OFFICE,
    Power.APPOINT_PANELS: Owner.OFFICE,
    Power.CALL_MEETINGS: Owner.OFFICE,
    Power.ANSWER_OBJECTIONS: Owner.OFFICE,
    Power.PUBLISH: Owner.OFFICE,
    "confirming_officer": Owner.OFFICE,
    "second_officer": Owner.OFFICE,
}
WHOSE_TURN = "reviewing_officer"  # one verb of several levels: the state says whose it is
TURNS: dict[str, Owner] = {
    ApplicationState.UNDER_FORWARDING: Owner.FORWARDER,
    ApplicationState.UNDER_COMPLETENESS_CHECK: Owner.OFFICE,
    ApplicationState.UNDER_CONSULTATION: Owner.OFFICE,
    ApplicationState.UNDER_OVERALL_REVIEW: Owner.OFFICE,
    ChangeState.UNDER_CONFIRMATION: Owner.OFFICE,
}
STAGES: dict[Owner, Promise] = {
    Owner.FORWARDER: _("街镇（园区）转报"),
    Owner.DISTRICT: _("区级初审"),
    Owner.OFFICE: _("市级审核"),
}


def level_of_act(acting_as: str, state: str) -> Owner | None:
    """The level on which an office acts in a state of the case; None where it is of none of them."""
    return TURNS.get(state, Owner.DISTRICT) if acting_as == WHOSE_TURN else LEVELS.get(acting_as)


def not_on_another_level(doing: Doing) -> Iterable[Reason]:
    """For every verb: neither the person nor whoever it is done for acted in the case on another level."""
    if isinstance(doing.subject, ChangeRequest) and not doing.subject.is_for_city:
        return  # opinion and decision are one authority's
    level = level_of_act(doing.verb.who.code, doing.state)
    if level is not None and not doing.by.is_system:
        yield from reasons_of_other_levels(doing.case, persons_behind(doing.by), level)


def reasons_of_other_levels(case: Case, people: set[int], level: Owner) -> Iterable[Reason]:
    """One reason for each other level on which one of the people acted."""
    acts = acts_of(case, people).values_list("acting_as", "state_before")
    earlier = {level_of_act(*act) for act in acts} - {level, None}
    for other in sorted(filter(None, earlier)):
        values = {"before": STAGES[other], "now": STAGES[level]}
        yield Reason(CODE, _("已在本件办理过%(before)s环节，不得再办理%(now)s环节。") % values)


def people_of_other_levels(case: Case, level: Owner | None) -> set[int]:
    """Accounts that acted in the case on another level than this, or in whose place it was done; one statement."""
    if level is None:
        return set()
    events = AuditEvent.objects.filter(chain=chain_key(case), acting_as__in=[WHOSE_TURN, *LEVELS])
    acts = events.exclude(verb__in=KEEPING)
    rows = acts.values_list("acting_as", "state_before", "by_id", "content__on_behalf_of__id")
    found = [people for acting_as, state, *people in rows if level_of_act(acting_as, state) not in (level, None)]
    return {person for people in found for person in people if person is not None}
