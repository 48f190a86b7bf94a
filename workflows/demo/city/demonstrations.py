"""Holders of the national demonstration title in the city: their yearly reports and re-examinations in every state."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from accreditation.models import Case, Programme, Reexamination, ReexaminationRound, Title, YearlyReport
from accreditation.reexamination_words import Advice, ReexaminationState
from accreditation.services.files import take_file
from accreditation.services.titles import import_title
from accreditation.yearly_report_words import DueMove, YearlyReportState
from criteria.fields import Kind
from workflows import further_returns
from workflows.demo.city.people import COLLEAGUE, CityPeople
from workflows.demo.clock import DemoClock
from workflows.demo.cultivation import DAYS_BACK as CALLED_BACK
from workflows.demo.cultivation import year_of_call
from workflows.demo.material import sample_pdf
from workflows.demo.national import DEMONSTRATION
from workflows.demo.reexaminations import hand_in
from workflows.demo.story import Story
from workflows.demo.telling import Teller, point_of
from workflows.opening_proceedings import ask_for_cancellation
from workflows.opening_reexaminations import open_round
from workflows.opening_yearly_reports import DAY, MONTH, open_call
from workflows.reexamination_results import confirm_results, propose_results
from workflows.reexamination_rounds import forward_opinions
from workflows.returnable import ANOTHER, DOCUMENT, FIGURE, TEXT
from workflows.returnable import SUMMARY as SUMMARY_TEXT
from workflows.tick import tick
from workflows.workdays import SHANGHAI
from workflows.yearly_report_acts import fields_asked

R, Y = ReexaminationState, YearlyReportState
OFFICE, PUBLISHER = "banshi", "fabu"
# Where the re-examination of each holder stands. The last one gives its title up meanwhile.
STANDS = (R.PASSED, R.FAILED, R.FORWARDED, R.REVIEWED, R.SENT_BACK, R.REFUSED, R.UNANSWERED, R.LATE, R.DROPPED)
HANDED_IN = STANDS[:5]
OVERDUE = (R.LATE,)  # of these the report of the year before is still awaited
# Working days back from today: the round was opened, was handed in to, fell due, was reviewed, forwarded, answered.
OPENED_BACK, HANDED_BACK, DUE_BACK, REVIEWED_BACK, FORWARDED_BACK, ANSWERED_BACK = 60, 50, 40, 30, 25, 8
CALL_DAYS = 40  # between the call for reports and their due day
SUMMARY = "全年完成新产品开发十余项，研发投入较上年增长，明年计划建设中试基地。"
WHY_AGAIN = "首次退回时审计报告尚未提交，缺少附注一事无从发现。"
GIVEN_UP = "主营业务已划转集团其他企业，不再保留国家技术创新示范企业称号。"
OPINION = "经核对材料和历年年度报告，继续符合认定条件，建议保留称号。"


class Demonstrations:
    """Enterprises numbered from `first`. Played before this year's call and round, which call them again."""

    def __init__(self, story: Story, people: CityPeople, first: int) -> None:
        self.story, self.world, self.people, self.made = story, story.world, people, first
        self.tell = Teller(lambda _text: None)
        self.called_at = self._clock(CALLED_BACK).at  # this year's call for reports
        self.titles: list[Title] = []
        self.members: dict[int, str] = {}  # user name by the key of the title

    def prepare(self) -> int:
        """Last year's reports, the round that is under way; the number after the last enterprise."""
        for _state in STANDS:
            self._holder()
        self._yearly_reports()
        self._reexaminations()
        return self.made

    def _clock(self, days_back: int) -> DemoClock:
        return DemoClock(self.world.calendar, self.story.now, days_back)

    def _act(self, case: Case, verb: str, by: str, at: datetime, **form: Any) -> None:
        self.tell.act(case, verb, self.world.people[by], at, **form)

    def _holder(self) -> None:
        username, at = self.people.enterprise(self.made), self.people.at
        self.made += 1
        today = self.story.now.date()
        title = import_title(
            Programme.objects.get(code=DEMONSTRATION), self.world.enterprise_of(username),
            granted_on=date(today.year - 4, 1, 10), valid_until=date(today.year + 1, 12, 31),
            announcement_number=f"示例工信〔{today.year - 4}〕7号", provenance="演示环境导入的国家名单",
            by=self.world.people[OFFICE], at=at,
        )  # fmt: skip
        self.titles.append(title)
        self.members[title.pk] = username

    # --- yearly reports -----------------------------------------------------------------------------------------------
    def _yearly_reports(self) -> None:
        """The call of the year before this one's: noted, overdue, and dropped where the title has ended."""
        year, office = year_of_call(self.called_at) - 1, self.world.people[OFFICE]
        due = datetime.combine(date(year, MONTH, DAY), time(9, 30), SHANGHAI)
        opened = due - timedelta(days=CALL_DAYS)
        call = open_call(
            year=year, document=f"示例经技〔{year}〕12号", moves=DueMove.NEXT_WORKING_DAY, return_days=10, by=office,
            at=opened,
        )  # fmt: skip
        at = opened + timedelta(days=10)
        for report in YearlyReport.objects.filter(call=call, title__in=self.titles).order_by("pk"):
            if STANDS[self.titles.index(report.title)] not in (*OVERDUE, R.DROPPED):
                self._report(report, at)
                self._act(report.case, "note_report", OFFICE, at + timedelta(days=5))
        tick(due + timedelta(days=7))

    def _report(self, report: YearlyReport, at: datetime) -> None:
        holder, case = self.members[report.title_id], report.case
        said = {
            f"{spec.code}-{year}": "true" if spec.kind is Kind.BOOLEAN else str(40 + place)
            for place, (spec, year) in enumerate(fields_asked(report))
        }
        self._act(case, "fill_report", holder, at, **said)
        name = "年度报告.pdf"
        file = take_file(sample_pdf(f"{case.number} REPORT"), name, media_type="application/pdf", at=at)
        self._act(case, "add_report_document", holder, at, file=file, name=name, purpose="盖章的年度报告")
        self._act(case, "hand_in_report", holder, at + timedelta(minutes=20), summary=SUMMARY)

    def answer_call(self) -> None:
        """To this year's call one report is in, two were sent back, the others are awaited.

        Of the two one was handed in again, and the officer asks to send it back a second time.
        """
        rows = YearlyReport.objects.filter(title__in=self.titles, state=Y.AWAITED).order_by("pk")[:3]
        for report, handed_in in zip(rows, (4, 5, 8), strict=True):
            self._report(report, self._clock(handed_in).minutes(30))
        _filed, sent_back, to_return_again = rows
        self._send_back(sent_back, self._clock(2).minutes(30))
        self._ask_to_send_back_again(to_return_again)

    def _send_back(self, report: YearlyReport, at: datetime) -> None:
        spec, year = fields_asked(report)[0]
        points = [
            point_of(FIGURE, spec.code, "与审计报告不一致，请核对。", year=year),
            point_of(DOCUMENT, ANOTHER, "请补充审计报告。"),
        ]
        self._act(report.case, "send_report_back", OFFICE, at, points=points)

    def _ask_to_send_back_again(self, report: YearlyReport) -> None:
        """Sent back, handed in again with the paper; a superior has still to consent to the second time."""
        self._send_back(report, self._clock(6).minutes(30))
        holder, at = self.members[report.title_id], self._clock(4).minutes(30)
        file = take_file(sample_pdf(f"{report.case.number} AUDIT"), "审计报告.pdf", media_type="application/pdf", at=at)
        paper = {"file": file, "name": "审计报告.pdf", "purpose": "证明研发投入"}
        self._act(report.case, "add_report_document", holder, at, **paper)
        self._act(report.case, "hand_in_report", holder, at + timedelta(minutes=20), summary=SUMMARY)
        further_returns.ask(
            report.case, points=[point_of(DOCUMENT, ANOTHER, "审计报告缺少研发投入的附注，请补充。")], remark="",
            reason=WHY_AGAIN, by=self.world.people[OFFICE], at=self._clock(2).minutes(45),
        )  # fmt: skip

    # --- re-examinations ----------------------------------------------------------------------------------------------
    def _reexaminations(self) -> None:
        """Opened, handed in, due day over, reviewed, sent up, answered by the ministry, as far as each case goes."""
        year, due = self._clock(CALLED_BACK).at.year, self._clock(DUE_BACK).at
        round_ = open_round(
            year=year, document=f"示例工信科函〔{year}〕5号", due_on=due.date(), return_days=10, review_days=20,
            by=self.world.people[OFFICE], at=self._clock(OPENED_BACK).at,
        )  # fmt: skip
        rows = {row.title_id: row for row in Reexamination.objects.filter(round=round_).select_related("case")}
        cases = {state: rows[title.pk] for state, title in zip(STANDS, self.titles, strict=True)}
        for state in HANDED_IN:
            row = cases[state]
            hand_in(self.tell, row, self.world.people[self.members[row.title_id]], self._clock(HANDED_BACK))
        refusing = self.members[cases[R.REFUSED].title_id]
        at = self._clock(HANDED_BACK).at
        self._act(cases[R.REFUSED].case, "refuse_reexamination", refusing, at, reason="业务已调整，不再参加复核。")
        tick(due + timedelta(days=4))
        self._review(round_, cases)
        self._close(cases)

    def _review(self, round_: ReexaminationRound, cases: dict[ReexaminationState, Reexamination]) -> None:
        for state in (R.PASSED, R.FAILED, R.FORWARDED, R.REVIEWED):
            said = {"position": Advice.WITHDRAW if state == R.FAILED else Advice.KEEP, "opinion": OPINION}
            self._act(cases[state].case, "give_reexamination_opinion", OFFICE, self._clock(REVIEWED_BACK).at, **said)
        at = self._clock(FORWARDED_BACK).at
        sent = self._fresh(cases, R.PASSED, R.FAILED, R.FORWARDED)
        forward_opinions(
            round_, sent, number=f"示例上报〔{at.year}〕3号", dated=at.date(), addressed_to="示例国家主管部门",
            by=self.world.people[PUBLISHER], at=at,
        )  # fmt: skip
        at = self._clock(ANSWERED_BACK).at
        file = take_file(sample_pdf("RESULT"), "复核结果.pdf", media_type="application/pdf", at=at)
        passed, failed = self._fresh(cases, R.PASSED, R.FAILED)
        notice: dict[str, Any] = {
            "valid_until": None, "dated": at.date(), "authority": "示例国家主管部门", "file": file,
            "file_name": "复核结果.pdf", "by": self.world.people[COLLEAGUE], "at": at,
        }  # fmt: skip
        notice["number"] = f"示例工信科函〔{at.year}〕7号"
        entry = propose_results(round_, [passed], [failed], reasons="研发投入强度低于认定条件", **notice)
        confirm_results(entry, by=self.world.people[OFFICE], at=at + timedelta(minutes=30))
        notice |= {"number": f"示例工信科函〔{at.year}〕9号", "at": at + timedelta(hours=2)}
        propose_results(round_, self._fresh(cases, R.FORWARDED), [], reasons="", **notice)  # waits for the office

    def _fresh(
        self, cases: dict[ReexaminationState, Reexamination], *states: ReexaminationState
    ) -> Sequence[Reexamination]:
        rows = Reexamination.objects.filter(pk__in=[cases[state].pk for state in states])
        return list(rows.select_related("case", "title", "round").order_by("pk"))

    def _close(self, cases: dict[ReexaminationState, Reexamination]) -> None:
        """One is to be handed in anew, one kept silent, one has given its title up meanwhile."""
        points = [
            point_of(DOCUMENT, ANOTHER, "审计报告缺少附注，请补充。"),
            point_of(TEXT, SUMMARY_TEXT, "请补充三年的成效。"),
        ]
        self._act(cases[R.SENT_BACK].case, "send_reexamination_back", OFFICE, self._clock(3).at, points=points)
        at = self._clock(6).at
        self._act(cases[R.UNANSWERED].case, "close_unanswered", OFFICE, at, reason="两次催报后仍未报送复核材料。")
        self._give_up(cases[R.DROPPED].title)
        reason, at = "该单位已申请注销称号。", self._clock(4).at
        self._act(cases[R.DROPPED].case, "drop_reexamination", OFFICE, at, reason=reason)
        report = YearlyReport.objects.get(title=cases[R.DROPPED].title)
        self._act(report.case, "drop_report", OFFICE, at + timedelta(minutes=10), reason=reason)

    def _give_up(self, title: Title) -> None:
        """By its holder; the ministry takes note in a document of its own, another person registers the order."""
        clock, holder = self._clock(7), self.world.people[self.members[title.pk]]
        case = ask_for_cancellation(title, reason=GIVEN_UP, confirmed=title.number, by=holder, at=clock.minutes(15))
        at = clock.minutes(50)
        file = take_file(sample_pdf("WITHDRAWAL"), "注销文件.pdf", media_type="application/pdf", at=at)
        self._act(
            case, "record_notice", OFFICE, at, authority="示例国家主管部门", number=f"示例工信科函〔{at.year}〕9号",
            dated=at.date(), file=file, name="注销文件.pdf",
        )  # fmt: skip
        self._act(case, "submit_for_order", OFFICE, clock.minutes(60))
        at = clock.days(1)
        self._act(
            case, "make_order", PUBLISHER, at, order_number=f"示例注〔{at.year}〕{case.pk} 号", ordered_on=at.date(),
            effective_from=at.date(), until=None, reasons="持有单位自愿申请注销，符合规定。",
        )  # fmt: skip
