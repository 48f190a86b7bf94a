"""The part of the journey at the desks: district bureau, municipal office, experts."""

from __future__ import annotations

import re
from fractions import Fraction

from playwright.sync_api import expect

from accreditation.clocks import DeadlineKind
from accreditation.enums import ApplicationState, SeatState
from accreditation.models import Deadline, Panel, Review, Seat, VerifiedValue
from accreditation.services import draws
from accreditation.services.panels import panel_result
from accreditation.services.rule_sets import rules_of
from criteria.exact import shown_text
from tests.browser.applying import MAIN, REFUSED
from tests.browser.walk import Journey
from workflows.workdays import SHANGHAI

DISTRICT_REMARK = "请按获奖证书核对后填报"
MOST_SHARES = (Fraction(84, 100), Fraction(88, 100), Fraction(90, 100), Fraction(86, 100), Fraction(92, 100))


def district(journey: Journey, page: str = "") -> str:
    """Address of a page at the district's desk."""
    return f"/district/cases/{journey.numbers[MAIN]}/{page}"


def office(journey: Journey, page: str = "") -> str:
    """Address of a page at the office's desk."""
    return f"/office/cases/{journey.numbers[MAIN]}/{page}"


def see_inbox(journey: Journey) -> None:
    """The case waits with its deadline in working days: first that of the acceptance."""
    journey.walk.enter("pudong", "/district/")
    due = Deadline.objects.get(case=journey.case(MAIN), kind=DeadlineKind.ACCEPTANCE, state="running")
    row = journey.page.locator("tbody tr", has_text=journey.numbers[MAIN])
    expect(row).to_contain_text(f"{due.due_at.astimezone(SHANGHAI):%Y年%-m月%-d日}")
    expect(row).to_contain_text(re.compile(r"还剩 \d+ 个工作日"))
    journey.walk.open_link("上海示例生物科技有限公司")


def accept_and_answer(journey: Journey) -> None:
    """Accepted; the condition that no figure decides is answered with its ground."""
    journey.walk.press("受理")
    for gate in rules_of(journey.batch).gates:
        if gate.is_answered and gate.is_binding:
            journey.walk.go(district(journey, f"gates/{gate.code}/"))
            journey.page.get_by_label("符合", exact=True).check()
            journey.page.get_by_label("核定依据").fill("经查询当年度目录，不在限制类、淘汰类之列")
            journey.walk.press("核定")
    journey.walk.look("accepted")


def return_one_figure(journey: Journey) -> None:
    """First tick, then write one remark; the due day is shown."""
    walk, page = journey.walk, journey.page
    walk.go(district(journey, "return/"))
    page.locator(f'[id="target-figure.awards_2y.{journey.batch.reporting_year}"]').check()
    walk.press("下一步：逐项写补正意见")
    walk.look("remarks")
    page.get_by_label("补正意见").fill(DISTRICT_REMARK)
    walk.press("退回补正")
    walk.told("已退回补正")


def verify_and_recommend(journey: Journey) -> None:
    """One value is verified, the differences of the versions are read, the case is recommended."""
    year = journey.batch.reporting_year
    journey.walk.enter("pudong", district(journey, "changes/"))
    journey.walk.told("改动 1 处")
    journey.walk.go(district(journey, "figures/"))
    expect(journey.page.locator('#figure-revenue_main a[href$="?shown=1#page=1"]')).to_have_count(3)
    journey.walk.go(district(journey, f"figures/doctors/{year}/"))
    journey.page.get_by_label("核定值").fill("7")
    journey.page.get_by_label("核定理由").fill("学位证书七份，见证明材料第 3 页。")
    journey.walk.press("核定")
    journey.walk.told("学位证书七份")
    journey.walk.go(district(journey, "review/"))
    for box in journey.page.get_by_role("checkbox").all():
        box.check()
    journey.page.get_by_label("意见", exact=True).or_(journey.page.locator("#id_opinion")).first.fill("同意推荐。")
    journey.walk.press("通过并推荐")
    assert journey.state(MAIN) == ApplicationState.UNDER_COMPLETENESS_CHECK
    journey.walk.go("/district/done/")


def check_completeness(journey: Journey) -> None:
    """The office finds the case, checks it and passes it."""
    journey.walk.enter("banshi", "/office/")
    journey.walk.go("/office/cases/")
    journey.walk.go(office(journey))
    for page in ("figures/", "changes/", "trail/", "return/", "review/"):
        journey.walk.go(office(journey, page))
    for box in journey.page.get_by_role("checkbox").all():
        box.check()
    journey.page.locator("#id_opinion").fill("材料齐全。")
    journey.walk.press("形式审查通过")


def keep_pool(journey: Journey) -> None:
    """The pool, one expert with a tie on record, the links between enterprises, the import."""
    walk = journey.walk
    tied = walk.world.people["zhuanjia3"]
    walk.go("/office/experts/")
    walk.go(f"/office/experts/{tied.pk}/")
    walk.told("技术顾问合同登记")
    for page in (f"{tied.pk}/ties/", "links/", "import/"):
        walk.go(f"/office/experts/{page}")


def appoint_panel(journey: Journey) -> None:
    """Five experts drawn from the seed that was fixed with the check, and appointed as drawn."""
    walk = journey.walk
    walk.go(office(journey, "panel/"))
    walk.press("抽取评审组")
    walk.told("顾问或有偿服务（至 ")  # it ended, and counts for some years still
    walk.told("-12-31）（来源：技术顾问合同登记）")
    walk.look("drawn")
    walk.press("按抽取结果组成评审组")
    seats = Seat.objects.filter(panel__application__case__number=journey.numbers[MAIN])
    record = draws.record_of(journey.case(MAIN).application)
    assert record is not None
    drawn = [str(seat.expert_id) for seat in seats.order_by("place")]
    assert (drawn, str(walk.world.people["zhuanjia3"].pk) in drawn) == (list(record.seats), False)


def expert(journey: Journey, page: str = "") -> str:
    """Address of a page of an expert."""
    return f"/expert/cases/{journey.numbers[MAIN]}/{page}"


def recuse_and_replace(journey: Journey) -> None:
    """One expert declares a tie; the next in the drawn order takes the place."""
    seat = Seat.objects.select_related("expert").filter(panel__application__case=journey.case(MAIN)).latest("place")
    journey.walk.enter(seat.expert.username, "/expert/")
    journey.walk.go("/expert/profile/")
    journey.walk.go("/expert/profile/ties/")
    journey.walk.go(expert(journey))
    journey.walk.open_link("有利害关系，申请回避")
    journey.page.get_by_label("利害关系").fill("曾任该单位技术顾问")
    journey.walk.press("确认回避")
    journey.walk.enter("banshi", office(journey, "panel/"))
    journey.walk.told("曾任该单位技术顾问")
    journey.walk.open_link("递补")
    journey.walk.press("依次递补")
    journey.walk.told("已递补专家")


def mark(journey: Journey, share: Fraction, *, propose: bool = False) -> None:
    """Declare, mark each heading with reasons, confirm, hand in."""
    walk, page = journey.walk, journey.page
    walk.go(expert(journey))
    walk.press("声明无利害关系，开始评审")
    if propose:
        _propose(journey)
    section = rules_of(journey.batch).expert_review
    assert section is not None
    for heading in section.headings:
        points = round(heading.most.amount() * share)
        page.locator(f"#id_points-{heading.code}").fill(shown_text(Fraction(points)))
        page.locator(f"#id_reason-{heading.code}").fill(f"{heading.name_zh}与材料相符。")
    page.locator("#id_opinion").fill("同意评审结论，详见各项理由。")
    walk.press("核对并提交")
    walk.press("确认并提交评审")
    walk.told("您提交的评审")


def _propose(journey: Journey) -> None:
    """Another value for one figure, with the reason."""
    journey.walk.go(expert(journey, f"values/standards_3y/{journey.batch.reporting_year}/"))
    journey.page.get_by_label("核定值").fill("6")
    journey.page.get_by_label("核定理由").fill("其中一项标准发布于三年之前。")
    journey.walk.press("提出建议核定值")
    journey.walk.told("其中一项标准发布于三年之前")


def review_all(journey: Journey) -> None:
    """All five by page; nobody sees a mark of anybody else before the last one is in."""
    seats = Seat.objects.filter(panel__application__case=journey.case(MAIN)).exclude(state=SeatState.RECUSED)
    people = [seat.expert.username for seat in seats.select_related("expert").order_by("place")]
    for number, (username, share) in enumerate(zip(people, MOST_SHARES, strict=True)):
        journey.walk.enter(username, "/expert/")
        if number == 1:
            _see_nothing_of_others(journey)
        mark(journey, share, propose=number == 0)
    journey.walk.go("/expert/history/")


def _see_nothing_of_others(journey: Journey) -> None:
    """Neither the expert nor the office reads what the first expert handed in."""
    handed_in = Review.objects.get()
    journey.walk.go(expert(journey))
    assert handed_in.opinion not in journey.page.content()
    username = journey.walk.person
    journey.walk.enter("banshi", office(journey, "panel/"))
    journey.walk.told("评分在全部专家提交后公开")
    assert handed_in.opinion not in journey.page.content()
    journey.walk.enter(username, "/expert/")


def adopt_value(journey: Journey) -> None:
    """The office reads all marks with their spread and adopts the proposed value."""
    result = panel_result(Panel.objects.get(application__case=journey.case(MAIN)))
    assert result is not None
    journey.walk.enter("banshi", office(journey, "panel/"))
    journey.walk.look("opened")
    journey.walk.go(f"/office/batches/{journey.batch.code}/calibration/")
    journey.walk.go(office(journey, "panel/"))
    expect(journey.page.locator("#marks .lead-line")).to_contain_text(f"总分极差 {shown_text(result.spread)} 分")
    expect(journey.page.locator("#marks .lead-line")).to_contain_text(f"综合 {shown_text(result.rounded)}")
    journey.walk.open_link("采纳", journey.page.locator("#proposals"))
    journey.walk.press("采纳")
    assert VerifiedValue.objects.filter(code="standards_3y", adopted_at__isnull=False).exists()
    journey.walk.go(office(journey))


def bring_company(journey: Journey) -> None:
    """The second enterprise comes as far through the services."""
    turns, people, case = journey.turns(), journey.walk.world.people, journey.case(REFUSED)
    now = journey.walk.clock.now
    turns.tell.act(case, "accept", people["jiading"], now())
    turns.answer_gates(case, people["jiading"])
    turns.tell.act(case, "recommend", people["jiading"], now(), opinion="材料齐全，同意推荐。")
    turns.tell.act(case, "pass_completeness_check", people["banshi"], now())
    turns.draw_and_appoint(case)
    turns.review_all(case, Fraction(52, 100))
