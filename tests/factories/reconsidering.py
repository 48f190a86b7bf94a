"""Two officers of reconsideration, an adverse act of each kind, and a challenge of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accreditation.enums import ProceedingKind
from accreditation.grounds import Ground
from accreditation.models import Case, Letter, Reconsideration, User
from accreditation.reconsideration_words import Outcome
from accreditation.roles import Role
from tests.factories.cast import Cast, filed_case, grant, person
from tests.factories.snapshots import remembered
from tests.factories.titles import FACTS, municipal_title
from workflows import door
from workflows.opening_proceedings import open_proceeding
from workflows.opening_reconsiderations import open_reconsideration

CLAIM = "请求撤销该决定并恢复称号。"
REASONS = "所依据的事实有误，差异来自统计口径。"


def reconsiderers(cast: Cast) -> tuple[User, User]:
    """Who examines and who decides."""
    found = []
    for number, name in enumerate(("复议承办示例", "复议决定示例"), start=1):
        user = person(f"reconsiderer{number}", name)
        grant(user, Role.RECONSIDERATION_OFFICER, at=cast.at)
        cast.people[user.username] = user
        found.append(user)
    return found[0], found[1]


def set_aside(case: Case, kind: str) -> Reconsideration:
    """A decision, not stored, that sets aside what a letter of this kind told in the case."""
    return Reconsideration(
        case=Case(number="RECON-2026-00099"), challenged=case, letter=Letter(case=case, kind=kind),
        outcome=Outcome.ANNULLED, decision_number="示例复决〔2026〕99号", decision_reasons="原认定事实不清，证据不足。",
    )  # fmt: skip


@remembered
def revoked(cast: Cast, at: datetime, *, kind: str = ProceedingKind.REVOCATION) -> Letter:
    """The order by which the title of the first enterprise was revoked, as its letter told."""
    title = municipal_title(cast)
    ground = Ground.GIVEN_UP if kind == ProceedingKind.CANCELLATION else Ground.FALSE_MATERIAL
    case = open_proceeding(title, kind=kind, ground=ground, found_facts=FACTS, by=cast.office, at=at)
    door.perform(case, "notify_holder", by=cast.office, at=at)
    door.perform(case, "defend", by=cast.member0, at=at, form={"statement": "差异来自统计口径。"})
    door.perform(case, "waive_rest_of_defence", by=cast.member0, at=at, form={"gives_up_rest": True})
    form = {
        "order_number": f"示例撤〔2026〕{case.pk}号", "until": None, "reasons": "证据确凿，口径说明不能成立。",
        **dict.fromkeys(("ordered_on", "effective_from"), timezone.localdate(at)),
    }  # fmt: skip
    door.perform(case, "make_order", by=cast.publisher, at=at, form=form)
    return Letter.objects.get(case=case, kind="order")


@remembered
def declined(cast: Cast, at: datetime) -> Letter:
    """The decision of the district not to accept an application."""
    case = filed_case(cast)
    door.perform(case, "decline", by=cast.pudong, at=at, form={"reasons": "不属于本区受理范围"})
    return Letter.objects.get(case=case, kind="decline")


@remembered
def challenged(cast: Cast, letter: Letter, at: datetime) -> Case:
    """Filed by the enterprise."""
    return open_reconsideration(
        letter, known_on=letter.dated, claim=CLAIM, reasons=REASONS, by=cast.member0, at=at + timedelta(minutes=1)
    )


@remembered
def decided(cast: Cast, case: Case, outcome: str, at: datetime, *, respondent: User | None = None) -> None:
    """From filed to decided; the office answers unless another respondent does."""
    form = proposed(cast, case, outcome, at, respondent=respondent)
    door.perform(case, "decide_reconsideration", by=cast.people["reconsiderer2"], at=at, form=form)


@remembered
def proposed(cast: Cast, case: Case, outcome: str, at: datetime, *, respondent: User | None = None) -> dict[str, Any]:
    """From filed to a decision that only has to be taken, and the form for taking it."""
    first = cast.people["reconsiderer1"]
    form: dict[str, Any] = {
        "outcome": outcome, "reason": "经审理，理由充分。", "answer": "原决定事实清楚，程序合法。",
        "decision_number": f"示例复决〔2026〕{case.pk}号", "decided_on": timezone.localdate(at),
        "reasons": "原决定认定事实不清，证据不足。",
    }  # fmt: skip
    door.perform(case, "accept_reconsideration", by=first, at=at)
    door.perform(case, "answer_challenge", by=respondent or cast.office, at=at, form=form)
    door.perform(case, "propose_decision", by=first, at=at, form=form)
    return form
