"""Moves that a procedure knows but that one subject cannot take, by what stands on it: for what comes next in words.

Each function gives codes of verbs, and pairs of verb and state where the verb itself is open. The guards of the verbs
say the same when one of them is tried; these are for pages that tell beforehand.
"""

from __future__ import annotations

from accreditation.clocks import SHANGHAI
from accreditation.enums import ApplicationState as S
from accreditation.enums import Owner, ProceedingKind
from accreditation.enums import ProceedingState as P
from accreditation.models import Application, Proceeding, Reconsideration
from accreditation.models.cases import CaseSubject
from accreditation.models.held_otherwise import BEFORE_THE_GRANT
from accreditation.models.reopenable import REOPENABLE
from accreditation.services import proceedings, reopenings, titles

Closed = frozenset[str | tuple[str, str]]
NONE: Closed = frozenset()
BACK, GIVE_UP = "return_to_committee", "give_up"
GRANTS: Closed = frozenset({"publish_notice", "announce", "recognise_above"})  # and what makes one known beforehand


def none(subject: CaseSubject) -> Closed:
    """Every way is open."""
    return NONE


def of_grants(subject: CaseSubject) -> Closed:
    """After the decision the title is granted or, where it has come otherwise, the case is ended."""
    is_held = (
        isinstance(subject, Application)
        and not subject._state.adding  # a state that is only thought of
        and subject.state in BEFORE_THE_GRANT
        and titles.standing_title(subject) is not None
    )
    return (GRANTS if is_held else frozenset({"end_as_held"})) | _of_reopenings(subject)


def _of_reopenings(subject: CaseSubject) -> Closed:
    """Nothing goes back to the committee but what was put forward, nothing is given up there but what came back."""
    if not isinstance(subject, Application):
        return frozenset({BACK})
    is_thought_of = subject._state.adding
    if subject.state == S.UNDER_OVERALL_REVIEW:
        came_back = not is_thought_of and reopenings.is_before_committee_again(subject)
        return frozenset({BACK}) if came_back else frozenset({BACK, GIVE_UP})
    if is_thought_of or subject.state not in REOPENABLE:
        return frozenset({BACK})
    return NONE if reopenings.waiting(subject) is not None else frozenset({BACK})


def of_designated_grants(subject: CaseSubject) -> Closed:
    """As `of_grants`; a case is ended as barred where a revocation has barred its enterprise since it filed."""
    return of_grants(subject) | (NONE if _was_barred(subject) else {"end_as_barred"})


def _was_barred(subject: CaseSubject) -> bool:
    if not isinstance(subject, Application) or subject._state.adding or subject.submitted_at is None:
        return False
    day, batch = subject.submitted_at.astimezone(SHANGHAI).date(), subject.batch
    bar = proceedings.standing_bar(subject.enterprise, batch.programme, day)
    return bar is not None or proceedings.suspending_fraud(batch) is not None


def of_recognition(subject: CaseSubject) -> Closed:
    """As `of_grants`; a correction goes back to whoever asked for it; marks are opened by the last sheet or answer."""
    return of_grants(subject) | _of_recognition(subject)


def of_local_recognition(subject: CaseSubject) -> Closed:
    """As `of_grants`; a correction goes back to whoever asked; a batch without days of notice goes without one."""
    return of_grants(subject) | _of_local_recognition(subject)


def _of_recognition(subject: CaseSubject) -> Closed:
    if isinstance(subject, Application) and subject.state == S.UNDER_EXPERT_REVIEW:
        return _opening(subject)
    if not isinstance(subject, Application) or subject.state != S.RETURNED:
        return NONE
    return _but_for(
        S.UNDER_COMPLETENESS_CHECK if subject.returned_by == Owner.OFFICE else _where_district_had_it(subject)
    )


def _where_district_had_it(subject: Application) -> S:
    return S.SUBMITTED if subject.returned_before_acceptance else S.UNDER_FIRST_REVIEW


def _but_for(target: S) -> Closed:
    """A correction goes there alone."""
    goals = (S.UNDER_FORWARDING, S.SUBMITTED, S.UNDER_FIRST_REVIEW, S.UNDER_COMPLETENESS_CHECK)
    return frozenset(("correct", str(goal)) for goal in goals if goal != target)


def _of_local_recognition(subject: CaseSubject) -> Closed:
    if not isinstance(subject, Application):
        return NONE
    has_notice = subject.batch.notice_days > 0
    closed: set[str | tuple[str, str]] = {("propose", str(S.AWAITING_ANNOUNCEMENT if has_notice else S.PROPOSED))}
    if subject.state == S.UNDER_EXPERT_REVIEW:
        closed |= _opening(subject)
    if subject.state == S.RETURNED:
        is_forwarders = subject.returned_by == Owner.FORWARDER
        closed |= _but_for(S.UNDER_FORWARDING if is_forwarders else _where_district_had_it(subject))
    return frozenset(closed)


def _opening(subject: Application) -> Closed:
    panel = getattr(subject, "panel", None)  # none where a state is only thought of
    waits = panel is not None and panel.waits_for_an_answer
    return frozenset({"submit_review"} if waits else {"decline_sheet_aside", "withdraw_sheet_request"})


def of_reconsideration(subject: CaseSubject) -> Closed:
    """What lacks is asked for once."""
    was_asked = isinstance(subject, Reconsideration) and subject.supplement_asked_at is not None
    return frozenset({"ask_for_supplement"}) if was_asked else NONE


def of_proceeding(subject: CaseSubject) -> Closed:
    """Against a holder nothing is ordered before it was told; where it asks itself, nobody has to tell it."""
    assert isinstance(subject, Proceeding)
    closed = _of_order(subject) | {"drop_proceeding" if subject.asked_at else "withdraw_request"}
    if subject.is_adverse and subject.notice_id is not None:
        return closed  # a national document has decided; the holder may be heard on it all the same
    return closed | {"submit_for_order" if subject.is_adverse else "notify_holder"}


def _of_order(subject: Proceeding) -> Closed:
    """Only a suspension runs, and one that is ordered runs exactly where it has a last day."""
    running = frozenset({("make_order", str(P.ORDER_RUNNING)), ("take_effect", str(P.ORDER_RUNNING))})
    if subject.kind != ProceedingKind.SUSPENSION:
        return running
    if subject.state != P.ORDERED:
        return NONE
    return frozenset({("take_effect", str(P.CONCLUDED if subject.until else P.ORDER_RUNNING))})
