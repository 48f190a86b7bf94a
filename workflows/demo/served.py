"""How letters of the city's office were served in the demo: one by post, one that the post brought back."""

from __future__ import annotations

from datetime import date, timedelta

from accreditation.delivery_words import DeliveryWay
from accreditation.models import Delivery, Letter
from workflows.deliveries import Recorded, record_delivery
from workflows.demo.clock import DemoClock
from workflows.demo.story import Story
from workflows.selectors.deliveries import unserved_letters
from workflows.workdays import SHANGHAI

DAYS_BACK = 1
POSTED, BROUGHT_BACK = "EMS 示例 1001（签收回执已归档）", "EMS 示例 1002"
WHY_NOT_SERVED = "邮件因地址变更被退回，原记录按寄出日登记有误，实际未送达。"


def serve_letters(story: Story) -> None:
    """Of the adverse letters that nobody has opened: the oldest was delivered, the next one was recorded too early."""
    story.tell.step("文书送达：一件邮寄送达，一件邮件退回、更正为未送达")
    clock, office = DemoClock(story.world.calendar, story.now, DAYS_BACK), story.world.people["banshi"]
    on = clock.at.astimezone(SHANGHAI).date()
    of_cases = [letter for letter in unserved_letters(office, on) if isinstance(letter, Letter)]
    for letter, evidence in zip(of_cases[:2], (POSTED, BROUGHT_BACK), strict=False):
        said = Recorded(DeliveryWay.POST, _arrived(letter, on), evidence)
        record_delivery(letter, said, by=office, at=clock.minutes(10))
        story.tell.line(clock.at, office, f"{letter.number} 登记邮寄送达")
        if evidence == BROUGHT_BACK:
            wrong = Delivery.objects.get(letter=letter)
            taken_back = Recorded(
                DeliveryWay.NOT_SERVED, said.done_on, evidence, remark=WHY_NOT_SERVED, corrects=wrong.pk
            )
            record_delivery(letter, taken_back, by=office, at=clock.minutes(20))
            story.tell.line(clock.at, office, f"{letter.number} 更正为未送达")


def _arrived(letter: Letter, on: date) -> date:
    """Some days after it was written."""
    return min(letter.dated + timedelta(days=3), on)
