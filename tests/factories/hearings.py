"""The applicant is heard on an objection; the applicant asks to be taken off a notice."""

from __future__ import annotations

from datetime import datetime

from accreditation.models import Case, Objection, User
from accreditation.roles import Role
from tests.factories.cast import grant, person
from workflows import door

FACTS = "有反映称申报的研究开发人员人数与实际不符，请说明并提供依据。"
STATEMENT = "申报人员均为专职，社保参保记录可以证明。"
WAIVED = "经营计划调整，自愿退出本次申报。"


def ask(case: Case, objection: Objection, *, office: User, at: datetime) -> None:
    """The office tells the facts."""
    door.perform(case, "ask_for_statement", by=office, at=at, form={"objection": objection, "facts": FACTS})


def hear(case: Case, objection: Objection, *, office: User, applicant: User, at: datetime) -> None:
    """The office tells the facts, the applicant answers at once and needs no more time."""
    ask(case, objection, office=office, at=at)
    said = {"objection": objection, "text": STATEMENT, "gives_up_rest": True}
    door.perform(case, "state_on_objection", by=applicant, at=at, form=said)


def waive(case: Case, *, by: User, at: datetime) -> None:
    """The applicant's own declaration."""
    door.perform(case, "waive_notice", by=by, at=at, form={"reason": WAIVED})


def officers(case: Case, at: datetime) -> tuple[User, User]:
    """Two of the office that looks into objections who did nothing in the case; made when they are asked for."""
    authority = case.application.batch.authority
    role, place = (Role.LOCAL_OFFICER, authority.district) if authority else (Role.MUNICIPAL_OFFICER, "")
    first, second = (_officer(f"objections{n}{place}", role, place, at) for n in (1, 2))
    return first, second


def _officer(username: str, role: Role, place: str, at: datetime) -> User:
    found = User.objects.filter(username=username).first()
    if found is None:
        found = person(username, f"异议经办{username[10:]}示例")
        grant(found, role, place, at=at)
    return found


def dismiss(case: Case, objection: Objection, *, at: datetime, reasons: str = "经核查，与事实相符。") -> User:
    """By an officer who did not check the case."""
    by, _other = officers(case, at)
    door.perform(case, "dismiss_objection", by=by, at=at, form={"objection": objection, "reasons": reasons})
    return by


def propose(case: Case, objection: Objection, *, at: datetime, reasons: str = "经核查属实。") -> User:
    """One officer proposes that it be upheld."""
    by, _other = officers(case, at)
    door.perform(case, "propose_upholding", by=by, at=at, form={"objection": objection, "reasons": reasons})
    return by


def uphold(case: Case, objection: Objection, *, at: datetime, reasons: str = "经核查属实。") -> User:
    """Proposed by one, confirmed by the other."""
    propose(case, objection, at=at, reasons=reasons)
    _first, by = officers(case, at)
    door.perform(case, "uphold_objection", by=by, at=at, form={"objection": objection})
    return by
