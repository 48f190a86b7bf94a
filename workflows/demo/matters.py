"""What happens to titles in the demo: a warning is announced to one holder, another gives its title up."""

from __future__ import annotations

from accreditation.enums import Level, ProceedingKind
from accreditation.grounds import Ground
from accreditation.models import Title, User
from workflows.demo.clock import DemoClock
from workflows.demo.telling import Teller
from workflows.demo.world import World
from workflows.opening_proceedings import ask_for_cancellation, open_proceeding

FACTS = "你单位未在 2025 年度评价规定的期限内报送评价表和佐证材料，经提醒后仍未报送。"
GIVEN_UP = "公司业务调整，研发部门已并入集团研究院，不再单独设置技术中心。"


def deal_with_titles(tell: Teller, world: World, clock: DemoClock) -> None:
    """One proceeding waits for the holder's answer, one for the bureau."""
    tell.step("称号处理：一件告知持有单位，一件由持有单位申请注销")
    officer, holder = world.people["pudong"], world.people["qiye2"]
    case = open_proceeding(
        _district_title(world, world.people["qiye"]), kind=ProceedingKind.WARNING, ground=Ground.MATERIAL_OVERDUE,
        found_facts=FACTS, by=officer, at=clock.days(1),
    )  # fmt: skip
    tell.act(case, "notify_holder", officer, clock.minutes(30))
    title = _district_title(world, holder)
    given_up = ask_for_cancellation(title, reason=GIVEN_UP, confirmed=title.number, by=holder, at=clock.minutes(20))
    tell.line(clock.at, holder, f"{given_up.number} 申请注销")


def _district_title(world: World, person: User) -> Title:
    return Title.objects.get(holder=world.enterprise_of(person.username), programme__level=Level.DISTRICT)
