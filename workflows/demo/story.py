"""The main job once, without a browser: a batch of three enterprises, one recognised, one refused, one withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction

from accreditation.enums import Choice
from accreditation.models import Application, Batch, Case, Objection, Panel, Seat
from accreditation.services.evaluation import reported_evaluation
from accreditation.services.panels import panel_result
from accreditation.services.rule_sets import rules_of, template_of
from criteria.units import amount_text
from workflows import batch_acts
from workflows.demo.clock import DemoClock
from workflows.demo.material import workbook_for
from workflows.demo.telling import Teller
from workflows.demo.turns import Turns
from workflows.demo.world import World, make_world, open_demo_batch
from workflows.opening import open_application
from workflows.tick import tick

DAYS_BACK = 21


class Story:
    """Plays the job; `world`, `batch` and `cases` stay for whoever goes on from there."""

    def __init__(self, write: Callable[[str], object], now: datetime) -> None:
        self.tell = Teller(write)
        self.now = now
        self.world: World = make_world(now - timedelta(days=2 * DAYS_BACK))
        self.clock = DemoClock(self.world.calendar, now, DAYS_BACK)
        self.turns = Turns(self.tell, self.world, self.clock)
        self.batch: Batch
        self.cases: dict[str, Case] = {}

    def run(self) -> Case:
        """Every step in order; returns the recognised case."""
        for step in (
            self.open_batch, self.apply, self.meet_faults, self.file, self.first_review, self.check_and_seat,
            self.review, self.meet, self.notice, self.announce,
        ):  # fmt: skip
            step()
        return self.cases["qiye3"]

    def open_batch(self) -> None:
        """1. The office opens the batch."""
        self.tell.step("市认定办公室开启批次")
        at = self.clock.at
        self.batch = open_demo_batch(self.world, 34, opens_at=at, closes_at=at + timedelta(days=21))
        rules = rules_of(self.batch)
        said = f"批次 {self.batch.code}，规则集 {rules.ref}（{rules.checksum[:12]}），程序版本 {self.batch.procedure}"
        self.tell.line(at, self.world.people["banshi"], said)

    def apply(self) -> None:
        """2. Three enterprises open their applications and download the template."""
        self.tell.step("三家企业创建申报并下载数据表模板")
        for username in ("qiye3", "qiye2", "qiye"):
            person = self.world.people[username]
            at = self.clock.minutes(10)
            self.cases[username] = open_application(self.world.enterprise_of(username), self.batch, by=person, at=at)
            said = f"{self.cases[username].number}，模板 {template_of(self.batch).id}"
            self.tell.line(at, person, said)

    def meet_faults(self) -> None:
        """3. A workbook with planted faults is answered cell by cell, nothing of it is stored."""
        self.tell.step("上传有问题的数据表：逐格指出，不入库")
        self.turns.upload_faulty(self.cases["qiye3"], "qiye3", self.batch)

    def file(self) -> None:
        """4. Corrected workbooks are accepted, scored and submitted; the third is withdrawn."""
        self.tell.step("上传正确的数据表和证明材料，核对得分，提交；其中一家撤回")
        for seed, (username, profile) in enumerate((("qiye3", "strong"), ("qiye2", "middling"), ("qiye", "strong")), 1):
            case = self.cases[username]
            book = workbook_for(case.enterprise, self.batch, seed=seed, profile=profile)
            self.turns.upload(case, username, book)
            self.turns.upload_evidence(case, username)
            self._show_score(case)
            self.tell.act(
                case, "submit", self.world.people[username], self.clock.minutes(5), declaration=True, insists=True
            )
        self.tell.act(self.cases["qiye"], "withdraw", self.world.people["qiye"], self.clock.minutes(30))

    def _show_score(self, case: Case) -> None:
        found = reported_evaluation(Application.objects.select_related("batch").get(case=case))
        assert found is not None
        gates = f"申报条件 {len(found.gates)} 项，不符合 {len(found.failed_gates)} 项"
        total = amount_text(found.total, "point", "zh") if found.total is not None else "尚不能评分"
        band = found.band.name_zh if found.band else "未分档"
        self.tell.line(self.clock.at, "系统", f"{case.number} 试算 {total}（{band}）；{gates}")

    def first_review(self) -> None:
        """5. The district returns one for correction; another changed cell is refused; both are recommended."""
        self.tell.step("区主管部门初审：退回补正一次，补正后推荐")
        self.clock.days(2)
        self.turns.return_and_correct(self.cases["qiye3"], "qiye3", "pudong", self.batch)
        for username, officer in (("qiye3", "pudong"), ("qiye2", "jiading")):
            case, person = self.cases[username], self.world.people[officer]
            if username == "qiye2":
                self.tell.act(case, "accept", person, self.clock.minutes(20))
            self.turns.answer_gates(case, person)
            self.tell.act(
                case, "recommend", person, self.clock.minutes(15), opinion="材料齐全，数据与凭证一致，同意推荐。"
            )

    def check_and_seat(self) -> None:
        """6. The office checks and draws five experts from a seed fixed before; one steps down, the next follows."""
        self.tell.step("市级形式审查，按事先固定的种子抽取五人评审组；一人回避，依次递补")
        self.clock.days(2)
        for username in ("qiye3", "qiye2"):
            case = self.cases[username]
            self.tell.act(case, "pass_completeness_check", self.world.people["banshi"], self.clock.minutes(20))
            self.turns.draw_and_appoint(case)
        case = self.cases["qiye3"]
        seat = Seat.objects.select_related("expert").filter(panel__application__case=case).latest("place")
        self.tell.act(case, "recuse", seat.expert, self.clock.minutes(60), tie="配偶在该单位任职")
        self.turns.replace_by_draw(case)

    def review(self) -> None:
        """7. Every expert declares, marks with reasons and hands in; the last one opens all marks."""
        self.tell.step("专家声明、评分、提交；齐全后同时开封")
        self.clock.days(3)
        for username, share in (("qiye3", Fraction(86, 100)), ("qiye2", Fraction(52, 100))):
            case = self.cases[username]
            self.turns.review_all(case, share)
            result = panel_result(Panel.objects.get(application__case=case))
            assert result is not None
            total, spread = (amount_text(number, "point", "zh") for number in (result.rounded, result.spread))
            said = f"{case.number} 评审组得分 {total}，极差 {spread}"
            self.tell.line(self.clock.at, "系统", said)

    def meet(self) -> None:
        """8. The committee meets over the batch."""
        self.tell.step("评审委员会会议：法定人数、回避、表决、纪要、双签")
        self.clock.days(3)
        choices = {self.cases["qiye3"].number: Choice.RECOGNISE, self.cases["qiye2"].number: Choice.REFUSE}
        self.turns.hold_meeting(self.batch, choices)

    def notice(self) -> None:
        """9. Public notice; an objection holds the case and is dismissed with reasons."""
        self.tell.step("公示：受理异议，核查后不成立，公示期满")
        case, people = self.cases["qiye3"], self.world.people
        application = Application.objects.get(case=case)
        at = self.clock.days(1)
        notice = batch_acts.publish_notice(
            self.batch, [application], body="现将拟认定名单予以公示。", by=people["fabu"], at=at
        )
        self.tell.line(
            at, people["fabu"], f"公示 {notice.number}，{notice.working_days} 个工作日，至 {notice.ends_at:%Y-%m-%d}"
        )
        at = self.clock.days(1)
        clock_person = self.turns.clock_person()
        self.tell.act(
            case, "raise_objection", clock_person, at, objector="周示例", contact="021-00000000",
            text="该单位研发人员中有部分为兼职人员，请核查。",
        )  # fmt: skip
        objection = Objection.objects.get(application=application)
        at = self.clock.days(1)
        reasons = "经核对社保参保证明，申报的研究开发人员均为专职。"
        self.tell.act(case, "dismiss_objection", people["yiyi1"], at, objection=objection, reasons=reasons)
        done = tick(self.clock.just_after(notice.ends_at))
        self.tell.line(self.clock.at, "系统时钟", f"公示期满，{done.fired} 件转入待公布")

    def announce(self) -> None:
        """10. The announcement grants the title; the certificate is asked for."""
        self.tell.step("公布认定，资格生效")
        case, person = self.cases["qiye3"], self.world.people["fabu"]
        at = self.clock.days(1)
        application = Application.objects.get(case=case)
        announcement = batch_acts.announce(
            self.batch, [application], number=f"示例经技〔{at.year}〕12 号", dated=at.date(),
            body="现予公布，自公布之日起生效。", by=person, at=at,
        )  # fmt: skip
        title = Application.objects.select_related("title").get(case=case).title
        assert title is not None
        said = f"{announcement.number}：{title.number}，有效期 {title.valid_from} 至 {title.valid_until}"
        self.tell.line(at, person, said)
