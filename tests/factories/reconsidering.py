"""Two officers of reconsideration, an adverse act of each kind, and a challenge of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from accreditation.enums import ProceedingKind
from accreditation.grounds import Ground
from accreditation.models import Case, Letter, User
from accreditation.roles import Role
from tests.factories.cast import Cast, filed_case, grant, person
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


def revoked(cast: Cast, at: datetime, *, kind: str = ProceedingKind.REVOCATION) -> Letter:
    """The order by which the title of the first enterprise was revoked, as its letter told."""
    title = municipal_title(cast)
    ground = Ground.GIVEN_UP if kind == ProceedingKind.CANCELLATION else Ground.FALSE_MATERIAL
    case = open_proceeding(title, kind=kind, ground=ground, found_facts=FACTS, by=cast.office, at=at)
    door.perform(case, "notify_holder", by=cast.office, at=at)
    door.perform(case, "defend", by=cast.member0, at=at, form={"statement": "差异来自统计口径。"})
    form = {
        "order_number": f"示例撤〔2026〕{case.pk}号", "ordered_on": at.date(), "effective_from": at.date(),
        "until": None, "reasons": "证据确凿，口径说明不能成立。",
    }  # fmt: skip
    door.perform(case, "make_order", by=cast.publisher, at=at, form=form)
    return Letter.objects.get(case=case, kind="order")


def declined(cast: Cast, at: datetime) -> Letter:
    """The decision of the district not to accept an application."""
    case = filed_case(cast)
    door.perform(case, "decline", by=cast.pudong, at=at, form={"reasons": "不属于本区受理范围"})
    return Letter.objects.get(case=case, kind="decline")


def challenged(cast: Cast, letter: Letter, at: datetime) -> Case:
    """Filed by the enterprise."""
    return open_reconsideration(
        letter, known_on=letter.dated, claim=CLAIM, reasons=REASONS, by=cast.member0, at=at + timedelta(minutes=1)
    )
