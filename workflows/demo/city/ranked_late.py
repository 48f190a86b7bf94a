"""One that is ranked after its batch: the office takes back the act that left it out, and a place more is allowed."""

from __future__ import annotations

from collections.abc import Mapping

from accreditation.models import Batch, Case, Letter, Ranking, Reconsideration, User
from accreditation.reconsideration_words import Outcome, Remedy
from accreditation.services.supplementary_rankings import Statement
from workflows import door
from workflows.demo.city.people import COLLEAGUE
from workflows.demo.city.sessions import member_of
from workflows.demo.clock import DemoClock
from workflows.opening import open_ordered_again
from workflows.opening_remedies import Prepared, open_remedy
from workflows.supplementary_ranking import freeze_supplementary_ranking

OFFICE = "banshi"
WHY = "经自查，原排序所依据的博士人数系本机关录入错误，予以纠正，重新办理。"
ALLOWED = Statement(extra_quota=1, extra_ground="示例国家主管部门关于追加推荐名额的函（演示）")


def open_again(case: Case, people: Mapping[str, User], clock: DemoClock) -> Case:
    """Two officers set the adverse act of the case aside; its applicant begins anew in the batch."""
    letter, at = Letter.objects.filter(case=case).exclude(remedy="").latest("pk"), clock.minutes(20)
    number = f"示例纠〔{at.year}〕{letter.pk} 号"
    said = Prepared(Remedy.OWN_CORRECTION, Outcome.ANNULLED, number, at.date(), WHY)
    remedy = open_remedy(letter, said, by=people[OFFICE], at=at)
    door.perform(remedy, "carry_out_remedy", by=people[COLLEAGUE], at=clock.minutes(30), form={})
    row = Reconsideration.objects.select_related("case").get(case=remedy)
    return open_ordered_again(row, by=member_of(case), at=clock.minutes(30))


def supplement(batch: Batch, people: Mapping[str, User], clock: DemoClock) -> Ranking:
    """Freeze who came to be ranked late; nobody of the first ranking loses a place."""
    return freeze_supplementary_ranking(batch, ALLOWED, by=people[OFFICE], at=clock.days(1))
