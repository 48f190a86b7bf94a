"""回避申请 in the demo: of one officer an applicant's request waits for the superior, of another it was refused."""

from __future__ import annotations

from collections.abc import Iterator

from accreditation.audit import chain_key
from accreditation.enums import ApplicationState
from accreditation.models import AuditEvent, Case, RecusalRequest, User
from accreditation.models.recusal_requests import RecusalClaim
from workflows.demo.city.build import MUNICIPAL_ORDINAL
from workflows.demo.city.sessions import member_of
from workflows.demo.clock import DemoClock
from workflows.demo.story import Story
from workflows.recusal_answerers import answerers
from workflows.recusal_requests import answer, ask
from workflows.superiors import hierarchy

REFUSED_BACK, WAITING_BACK = 2, 1
WHY_REFUSED = "该经办人曾在与我单位有竞争关系的企业任职，担心影响公正审核。"
ANSWER = "经核实，该经办人从未在所述企业任职，所述企业经理与其同名，不存在应当回避的情形。"
WHY_WAITING = "该经办人的配偶现任与我单位有竞争关系的企业的财务负责人，请求由其他人员审核。"


def ask_aside(story: Story) -> None:
    """Of two officers who review first in the city, and of whom the applicants have read that they accepted."""
    found = list(_reviewed(story))
    if len(found) < 2:  # only in a city smaller than its cohorts
        return
    (waiting, officer), (refused, other) = found[:2]
    clock = DemoClock(story.world.calendar, story.now, REFUSED_BACK)
    row = _ask(refused, other, RecusalClaim.EMPLOYER, WHY_REFUSED, clock)
    superior = answerers(row, hierarchy())[0]
    answer(row, is_granted=False, reason=ANSWER, seen=row.person_id, by=superior, at=clock.minutes(180))
    clock = DemoClock(story.world.calendar, story.now, WAITING_BACK)
    _ask(waiting, officer, RecusalClaim.RELATIVE, WHY_WAITING, clock)


def _reviewed(story: Story) -> Iterator[tuple[Case, User]]:
    """Cases in the first review and who accepted them, the oldest first; not those that the clock accepted."""
    rows = Case.objects.filter(
        state=ApplicationState.UNDER_FIRST_REVIEW, batch__ordinal=MUNICIPAL_ORDINAL, batch__authority=None,
        batch__programme=story.world.programme,
    )  # fmt: skip
    for case in rows.select_related("enterprise").order_by("pk"):
        accepted = AuditEvent.objects.filter(chain=chain_key(case), verb="accept")
        officer = User.objects.filter(pk__in=accepted.values("by_id"), is_system=False).first()
        if officer is not None:
            yield case, officer


def _ask(case: Case, person: User, ground: str, reason: str, clock: DemoClock) -> RecusalRequest:
    at = clock.minutes(30)
    ask(case, person=person, named="", ground=ground, reason=reason, by=member_of(case), at=at)
    return RecusalRequest.objects.select_related("case").get(case=case, person=person)
