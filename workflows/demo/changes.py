"""What happens to holders in the demo: one has a new name, which the office has to confirm; another one moves."""

from __future__ import annotations

from typing import Any

from accreditation.change_words import ChangeKind
from accreditation.models import Case
from accreditation.services.changes import Particulars
from accreditation.services.files import take_file
from workflows.demo.clock import DemoClock
from workflows.demo.material import sample_pdf
from workflows.demo.telling import Teller
from workflows.demo.world import World
from workflows.opening_changes import open_change

RENAMED = "经市场监督管理部门准予变更登记，公司由有限公司变更为股份有限公司，技术中心的人员、场地和设备没有变化。"
MOVED = "公司注册地和技术中心整体迁至嘉定区新厂区，研发人员和主要仪器设备随迁，已办理变更登记。"


def report_changes(tell: Teller, world: World, clock: DemoClock) -> None:
    """One change waits for the city's office, one for the district to which the holder moves."""
    tell.step("称号变更：一件更名待市级确认，一件跨区迁移待迁入区审核")
    new_name = {"new_name": "上海示例生物科技股份有限公司", "new_name_en": "Shanghai Example Biotech Co., Ltd."}
    renamed = _filed(tell, world, clock, "qiye3", ChangeKind.RENAME, facts=RENAMED, **new_name)
    said: dict[str, Any] = {
        "is_favourable": True,
        "opinion": "已核对准予变更登记通知书和新营业执照，技术中心情况未变，同意更名。",
    }
    tell.act(renamed, "give_opinion", world.people["pudong"], clock.minutes(40), **said)
    moved = _filed(tell, world, clock, "qiye", ChangeKind.RELOCATION, facts=MOVED, new_district="310114")
    said = {"is_favourable": True, "opinion": "情况属实，同意迁出。"}
    tell.act(moved, "give_opinion", world.people["pudong"], clock.minutes(30), **said)


def _filed(tell: Teller, world: World, clock: DemoClock, username: str, kind: str, **stated: Any) -> Case:
    """A change of a holder with its paper, filed."""
    person, holder = world.people[username], world.enterprise_of(username)
    said = Particulars(occurred_on=clock.at.date(), **stated)
    case = open_change(holder, kind, said, by=person, at=clock.minutes(20))
    name = "准予变更登记通知书.pdf"
    file = take_file(sample_pdf(f"{case.number} REGISTERED"), name, media_type="application/pdf", at=clock.at)
    paper: dict[str, Any] = {"file": file, "name": name, "purpose": "证明变更已经登记"}
    tell.act(case, "add_change_document", person, clock.minutes(5), **paper)
    tell.act(case, "submit_change", person, clock.minutes(5))
    return case
