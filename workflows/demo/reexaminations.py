"""The demo's re-examination: a holder of the national title was called and has handed in; the office is to review."""

from __future__ import annotations

from datetime import timedelta

from accreditation.models import Reexamination, User
from accreditation.services.files import take_file
from criteria.fields import Kind
from workflows.demo.clock import DemoClock
from workflows.demo.material import sample_pdf
from workflows.demo.story import Story
from workflows.demo.telling import Teller
from workflows.opening_reexaminations import open_round
from workflows.reexamination_acts import fields_asked

DAYS_BACK, OPEN_FOR_DAYS, RETURN_DAYS, REVIEW_DAYS = 9, 45, 10, 20
SUMMARY = "三年来研发投入持续增长，主持制定两项行业标准，建成中试基地，继续符合认定条件。"


class ReexaminationStory:
    """Played after the call for yearly reports, which enters the title."""

    def __init__(self, story: Story) -> None:
        self.story, self.people = story, story.world.people
        self.clock = DemoClock(story.world.calendar, story.now, DAYS_BACK)

    def run(self) -> list[Reexamination]:
        """Called, filled in, handed in."""
        self.story.tell.step("示范企业复核：部署、报送")
        at = self.clock.minutes(15)
        round_ = open_round(
            year=at.year + 1, document=f"示例工信科函〔{at.year}〕11号",
            due_on=at.date() + timedelta(days=OPEN_FOR_DAYS), return_days=RETURN_DAYS, review_days=REVIEW_DAYS,
            by=self.people["banshi"], at=at,
        )  # fmt: skip
        found = list(Reexamination.objects.filter(round=round_).select_related("case", "round__rule_set"))
        holder = self.people["qiye"]
        row = next(row for row in found if row.title.holder.members.filter(user=holder).exists())
        self.clock.days(1)
        hand_in(self.story.tell, row, holder, self.clock)
        return found


def hand_in(tell: Teller, row: Reexamination, holder: User, clock: DemoClock) -> None:
    """Figures, the sealed material, the report of the years."""
    said = {
        f"{spec.code}-{year}": "true" if spec.kind is Kind.BOOLEAN else str(60 + place)
        for place, (spec, year) in enumerate(fields_asked(row))
    }
    tell.act(row.case, "fill_reexamination", holder, clock.minutes(15), **said)
    at = clock.minutes(20)
    file = take_file(sample_pdf("复核材料"), "复核材料.pdf", media_type="application/pdf", at=at)
    tell.act(
        row.case, "add_reexamination_document", holder, at, file=file, name="复核材料.pdf", purpose="盖章的复核材料"
    )
    tell.act(row.case, "hand_in_reexamination", holder, clock.minutes(10), summary=SUMMARY)
