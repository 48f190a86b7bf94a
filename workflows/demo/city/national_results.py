"""Results of the nation's evaluation over titles of the city that would warn them: one waits, one was declined."""

from __future__ import annotations

from datetime import date

from accreditation.models import Programme, ResultProposal, Title
from accreditation.services.files import take_file
from accreditation.services.outside_results import decline_result
from accreditation.services.titles import import_title
from workflows.demo.city.people import COLLEAGUE, CityPeople
from workflows.demo.clock import DemoClock
from workflows.demo.material import sample_pdf
from workflows.demo.national import CENTRE
from workflows.demo.story import Story
from workflows.national_results import record_national_result

OFFICE = "banshi"
DECLINED_BACK, ENTERED_BACK = 3, 1
CONSEQUENCE = "予以警告，限期整改。"
WHY_NOT = "文件所列基本合格的是同名分公司的分中心，不是本单位，请核对后重新登记。"


class NationalResults:
    """Two holders of the national title, numbered from `first`."""

    def __init__(self, story: Story, people: CityPeople, first: int) -> None:
        self.story, self.people, self.made = story, people, first

    def build(self) -> int:
        """Declined by the office, waiting for whoever looks at the demo; the number after the last enterprise."""
        clock = self._clock(DECLINED_BACK)
        declined = self._entered(clock)
        decline_result(declined, reason=WHY_NOT, by=self.story.world.people[OFFICE], at=clock.minutes(50))
        self._entered(self._clock(ENTERED_BACK))
        return self.made

    def _entered(self, clock: DemoClock) -> ResultProposal:
        """By a colleague, so that the office can settle it."""
        title, by, at = self._title(clock), self.story.world.people[COLLEAGUE], clock.minutes(30)
        name = f"国家评价结果{title.number}.pdf"
        file = take_file(sample_pdf(f"NATIONAL RESULT {title.number}"), name, media_type="application/pdf", at=at)
        record_national_result(
            title, year=at.year - 1, band="marginal_pass", number=f"示例国评〔{at.year}〕4 号",
            dated=min(date(at.year, 1, 15), at.date()), authority="示例国家主管部门", consequence=CONSEQUENCE,
            file=file, file_name=name, by=by, at=at,
        )  # fmt: skip
        return ResultProposal.objects.get(title=title)

    def _title(self, clock: DemoClock) -> Title:
        enterprise = self.story.world.enterprise_of(self.people.enterprise(self.made))
        self.made += 1
        at = clock.minutes(10)
        return import_title(
            Programme.objects.get(code=CENTRE), enterprise, granted_on=date(at.year - 5, 6, 1),
            valid_until=date(at.year + 3, 5, 31), announcement_number=f"示例国〔{at.year - 5}〕2 号",
            provenance="演示环境导入的国家名录", by=self.story.world.people[OFFICE], at=at,
        )  # fmt: skip

    def _clock(self, days_back: int) -> DemoClock:
        return DemoClock(self.story.world.calendar, self.story.now, days_back)
