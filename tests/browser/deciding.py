"""The part of the journey from the committee to the announcement."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import expect

from accreditation.enums import ApplicationState
from accreditation.models import Meeting, Notice, Objection
from tests.browser.applying import MAIN, REFUSED, my
from tests.browser.walk import Journey
from workflows.tick import tick
from workflows.workdays import SHANGHAI

MEMBERS = [f"weiyuan{n}" for n in range(1, 8)]
RECUSED_MEMBER = MEMBERS[-1]
REASONS = "研发投入强度和核心技术积累不足，创新平台薄弱。"
DISMISSED = "经核对社保参保证明，申报的研究开发人员均为专职。"


def call_meeting(journey: Journey) -> None:
    """The office calls the committee over the batch."""
    walk, page, now = journey.walk, journey.page, journey.walk.clock.now().astimezone(SHANGHAI)
    walk.enter("banshi", "/meetings/")
    walk.open_link("召集会议")
    walk.look("batches")
    page.goto(f"/office/meetings/new/?batch={journey.batch.code}")
    walk.look("form")
    for box in page.locator('input[name="cases"]').all():
        box.check()
    page.get_by_label("会议日期").fill(f"{now:%Y-%m-%d}")
    page.get_by_label("会议时间").fill(f"{now:%H:%M}")
    page.get_by_label("会议地点").fill("示例会议中心 301")
    page.get_by_label("主持人").select_option(label=walk.world.people[MEMBERS[0]].name)
    walk.press("召集会议并通知委员")
    assert Meeting.objects.get().items.count() == 2


def meeting(journey: Journey, page: str = "") -> str:
    """Address of a page of the meeting."""
    return f"/meetings/{Meeting.objects.get().number}/{page}"


def position_of(username: str, journey: Journey) -> int:
    """Where a case stands on the agenda."""
    item = Meeting.objects.get().items.get(application__case__number=journey.numbers[username])
    return int(item.position)


def recuse_member(journey: Journey) -> None:
    """One member steps out of one item and sees neither paper nor vote of it any more."""
    position = position_of(MAIN, journey)
    journey.walk.enter(RECUSED_MEMBER, "/meetings/")
    journey.walk.go(meeting(journey))
    journey.walk.go(meeting(journey, f"items/{position}/"))
    journey.walk.open_link("申请回避本项")
    journey.page.get_by_label("利害关系").fill("配偶在该单位任职")
    journey.walk.press("确认回避")
    answer = journey.page.request.get(meeting(journey, f"items/{position}/"))
    assert answer.status == 404


def start_meeting(journey: Journey) -> None:
    """Attendance, then the meeting is in session."""
    journey.walk.enter("banshi", meeting(journey))
    for box in journey.page.locator('input[name="present"]').all():
        box.check()
    journey.walk.press("登记到会并开始会议")
    journey.walk.look("in session")


def vote_all(journey: Journey) -> None:
    """Every member votes by page on every item that is open to them; the recused one on one item only."""
    choices = {MAIN: ("同意认定", ""), REFUSED: ("不予认定", REASONS)}
    for username in MEMBERS:
        journey.walk.enter(username, meeting(journey))
        for case, (choice, remark) in choices.items():
            if case == MAIN and username == RECUSED_MEMBER:
                continue
            journey.walk.go(meeting(journey, f"items/{position_of(case, journey)}/"))
            journey.page.get_by_label(choice, exact=True).check()
            journey.page.locator("#id_remark").fill(remark)
            journey.walk.press("投票")
    journey.walk.go(meeting(journey, f"items/{position_of(REFUSED, journey)}/"))
    journey.walk.look("voted")


def sign_minutes(journey: Journey) -> None:
    """Drafted, signed by one and sent back by the other; then anew, and the second signature decides."""
    walk = journey.walk
    _draft_and_sign(journey, "理由写错了")
    walk.enter(MEMBERS[0], meeting(journey, "minutes/"))
    journey.page.locator("textarea").fill("第2项理由与表决不符")
    walk.look("to decline")
    walk.press("拒签，退回修改")
    walk.told("第2项理由与表决不符")
    walk.look("declined")
    _draft_and_sign(journey, REASONS)
    assert journey.state(MAIN) == ApplicationState.UNDER_OVERALL_REVIEW
    walk.enter(MEMBERS[0], meeting(journey, "minutes/"))
    walk.press("已阅读，签发纪要")
    walk.look("signed")
    assert journey.state(MAIN) == ApplicationState.PROPOSED
    assert journey.state(REFUSED) == ApplicationState.REFUSED


def _draft_and_sign(journey: Journey, reasons: str) -> None:
    walk = journey.walk
    walk.enter("banshi", meeting(journey, "minutes/"))
    walk.look("counted")
    journey.page.locator("textarea").fill(reasons)
    walk.press("关闭表决并生成纪要")
    walk.press("已阅读，签发纪要")


def read_refusal(journey: Journey) -> None:
    """The refused enterprise finds reasons, letter and remedy on its pages."""
    journey.walk.enter(REFUSED, my(journey, username=REFUSED))
    journey.walk.look("refused")
    journey.walk.told(REASONS)
    journey.walk.open_link("查看文书和救济途径")
    for text in (REASONS, "行政复议", "行政诉讼"):
        journey.walk.told(text)


def publish_notice(journey: Journey) -> None:
    """The publisher publishes, after a confirm step; anybody reads the list without logging in."""
    walk = journey.walk
    walk.enter("fabu", "/office/publishing/")
    walk.open_link("发布公示")
    walk.press("发布公示")
    walk.press("发布公示")
    walk.told("已发布")
    walk.leave()
    walk.go("/")
    walk.go("/notices/")
    walk.go(f"/notices/{Notice.objects.get().number}/")
    walk.told("上海示例生物科技有限公司")


def object_and_dismiss(journey: Journey) -> None:
    """A signed objection from the public page; an officer who did not check the case dismisses it with reasons."""
    walk, page = journey.walk, journey.page
    walk.open_link("提出异议", page.locator("table"))
    page.get_by_label("异议人姓名或单位名称").fill("周示例")
    page.get_by_label("联系方式").fill("021-00000000")
    page.get_by_label("异议事实和理由").fill("该单位研发人员中有部分为兼职人员，请核查。")
    walk.press("提交异议")
    objection = Objection.objects.get()
    walk.told(objection.number)
    walk.enter("yiyi1", "/office/objections/")
    walk.go(f"/office/objections/{objection.number}/")
    page.get_by_label("核查情况和处理理由").fill(DISMISSED)
    walk.press("异议不成立")
    walk.told("已认定异议不成立")


def let_notice_run(journey: Journey) -> None:
    """Nothing happens before the last second of the last working day; after it the case waits for the announcement."""
    notice = Notice.objects.get()
    assert tick(notice.ends_at - timedelta(seconds=1)).fired == 0
    journey.walk.clock.to_morning(notice.ends_at.astimezone(SHANGHAI).date() + timedelta(days=1))
    assert tick(journey.walk.clock.now()).fired == 1
    assert journey.state(MAIN) == ApplicationState.NOTICE_COMPLETED


def announce(journey: Journey) -> None:
    """The publisher announces; the title is in force."""
    walk, year = journey.walk, journey.walk.clock.now().year
    walk.enter("fabu", "/office/publishing/")
    walk.open_link("公布名单")
    journey.page.get_by_label("文号").fill(f"示例经技〔{year}〕12 号")
    walk.press("公布名单")
    walk.press("公布名单")
    walk.told("已公布")
    assert journey.state(MAIN) == ApplicationState.RECOGNISED
    walk.leave()
    walk.go("/notices/")
    walk.open_link("认定名单公布")
    walk.go("/centres/")
    expect(journey.page.locator("tbody")).to_contain_text(re.compile("上海示例生物科技有限公司"))
