"""What every flow shares: the row lock that waits, and the reading of the legal state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from viewflow.workflow import Activation, Flow
from viewflow.workflow.lock import SelectForUpdateLock

from accreditation.models import Case
from accreditation.roles import Power
from workflows.models import CaseFlow
from workflows.subjects import APPLICATION, Subject


class CaseProcedure(Flow):
    """Base of all flows; the engine's own default is no lock at all."""

    process_class = CaseFlow
    subject: ClassVar[Subject] = APPLICATION
    is_local: ClassVar[bool] = False  # run by a district, a zone or a group, whose batch names it
    is_for_designations: ClassVar[bool] = False  # runs for programmes set up from a file, and for no other
    lock_impl = SelectForUpdateLock(nowait=False)


def legal_state(activation: Activation) -> str:
    """State of the subject as it stands in the table now."""
    rows = activation.flow_class.subject.model._default_manager
    return str(rows.values_list("state", flat=True).get(case=activation.process.case_id))


def in_state(*states: str) -> Callable[[Any], bool]:
    """A branch taken when the legal state is one of these; flows decide nothing by themselves."""
    return lambda activation: legal_state(activation) in states


def for_applicant(case: Case) -> str:
    """Inbox key of the people who act for the enterprise."""
    return f"applicant:{case.enterprise_id}"


def for_district(case: Case) -> str:
    """Inbox key of the bureau of the accepting district."""
    return f"{Power.REVIEW_FIRST}:{case.district}"


def for_forwarder(case: Case) -> str:
    """Inbox key of the town or park that passes the application on."""
    body = case.application.forwarder
    return f"{Power.FORWARD}:{body.district if body else ''}"


def for_local(power: Power) -> Callable[[Case], str]:
    """Inbox key of everybody who holds a power in the authority that recognises by itself."""
    return lambda case: f"{power}:{case.district}"


def for_power(power: Power) -> Callable[[Case], str]:
    """Inbox key of everybody in the municipal office who holds a power."""
    return lambda case: f"{power}:*"
