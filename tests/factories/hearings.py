"""The applicant is heard on an objection; the applicant asks to be taken off a notice."""

from __future__ import annotations

from datetime import datetime

from accreditation.models import Case, Objection, User
from workflows import door

FACTS = "有反映称申报的研究开发人员人数与实际不符，请说明并提供依据。"
STATEMENT = "申报人员均为专职，社保参保记录可以证明。"
WAIVED = "经营计划调整，自愿退出本次申报。"


def ask(case: Case, objection: Objection, *, office: User, at: datetime) -> None:
    """The office tells the facts."""
    door.perform(case, "ask_for_statement", by=office, at=at, form={"objection": objection, "facts": FACTS})


def hear(case: Case, objection: Objection, *, office: User, applicant: User, at: datetime) -> None:
    """The office tells the facts, the applicant answers at once."""
    ask(case, objection, office=office, at=at)
    door.perform(case, "state_on_objection", by=applicant, at=at, form={"objection": objection, "text": STATEMENT})


def waive(case: Case, *, by: User, at: datetime) -> None:
    """The applicant's own declaration."""
    door.perform(case, "waive_notice", by=by, at=at, form={"reason": WAIVED})
