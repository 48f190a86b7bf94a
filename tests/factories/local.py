"""A district that recognises by itself: its authority, a town that forwards, everybody's roles, an open batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from accreditation.enums import Level
from accreditation.models import Application, Batch, Body, Case, Enterprise, Programme, Title, User
from accreditation.roles import Role
from accreditation.services.batches import open_batch
from accreditation.services.rule_sets import store_edition
from tests.factories.cast import Cast, grant, make_cast, person, with_material
from tests.factories.snapshots import remembered
from tests.factories.steps import answer_gates, marks
from workflows import door
from workflows.opening import open_application

LOCAL_RULES = "district_centre/songjiang-demo"
LOCAL_PROCEDURE = "district_recognition/2022"
SONGJIANG, TOWN, OTHER = "310117", "T00001", "310118"
AUTHORITY_USCC = "11310117MB0DEM0X1R"


@dataclass(frozen=True, slots=True)
class Recogniser:
    """A body that recognises by itself, with the town or park that forwards to it and the rules it rests on."""

    code: str
    level: Level
    district: str
    name_zh: str
    name_en: str
    uscc: str
    forwarder: str
    rules: str = LOCAL_RULES


DISTRICT = Recogniser(
    "songjiang",
    Level.DISTRICT,
    SONGJIANG,
    "松江示例主管部门",
    "Example Authority of Songjiang",
    AUTHORITY_USCC,
    "示例镇",
)
ZONE = Recogniser(
    "zone", Level.ZONE, "Z00001", "中国（上海）示例贸易试验区临江新片区管理委员会",
    "Administrative Committee of the Linjiang New Area of the China (Shanghai) Example Pilot Zone",
    "91310000MADEMG001W", "示例园区",
)  # fmt: skip
GROUP = Recogniser(
    "group", Level.GROUP, "G00001", "上海示例电气装备制造与能源科技（集团）股份有限公司",
    "Shanghai Example Electric Equipment and Energy Technology (Group) Co., Ltd.", "91310000MADEMG001W",
    "示例产业园",
)  # fmt: skip


@dataclass
class LocalCast:
    """The people of the body, and their colleagues of Qingpu who have nothing to do with it."""

    cast: Cast
    batch: Batch
    authority: Body
    town: Body
    people: dict[str, User]
    group: list[User]
    enterprise: Enterprise

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None


@remembered
def make_local_cast(at: datetime, *, notice_days: int | None = None, body: Recogniser = DISTRICT) -> LocalCast:
    """Needs settings.ACCREDITATION_DEMO. `notice_days` replaces the days of the rule set."""
    cast = make_cast(at)
    Title.objects.all().delete()
    authority, town = make_local_bodies(body)
    if body.level == Level.DISTRICT:  # which takes its own enterprises alone; the second stays in Jiading
        for enterprise in (cast.enterprises[0], cast.enterprises[2]):
            enterprise.district = body.district
            enterprise.save(update_fields=["district"])
    people = {
        "checker": _officer("sj_checker", "松江审核员示例", Role.DISTRICT_OFFICER, body.district, at),
        "officer": _officer("sj_officer", "松江经办示例", Role.LOCAL_OFFICER, body.district, at),
        "publisher": _officer("sj_publisher", "松江发布示例", Role.LOCAL_PUBLISHER, body.district, at),
        "forwarder": _officer("town", "街镇转报示例", Role.FORWARDER, TOWN, at),
        "other_checker": _officer("qp_checker", "青浦审核员示例", Role.DISTRICT_OFFICER, OTHER, at),
        "other_officer": _officer("qp_officer", "青浦经办示例", Role.LOCAL_OFFICER, OTHER, at),
        "other_publisher": _officer("qp_publisher", "青浦发布示例", Role.LOCAL_PUBLISHER, OTHER, at),
        "other_forwarder": _officer("town2", "他镇转报示例", Role.FORWARDER, "T00002", at),
        "other_member": _officer("qp_member", "青浦领导示例", Role.LEADING_GROUP_MEMBER, OTHER, at),
        "applicant": cast.people["member0"],
        "clock": cast.people["clock"],
    }
    group = [_officer(f"sj_group{n}", f"领导{n}示例", Role.LEADING_GROUP_MEMBER, body.district, at) for n in range(5)]
    batch = open_local_batch(cast, authority, at, rules=body.rules)
    if notice_days is not None:
        Batch.objects.filter(pk=batch.pk).update(notice_days=notice_days)
        batch.refresh_from_db(fields=["notice_days"])
    return LocalCast(cast, batch, authority, town, people, group, cast.enterprises[0])


def make_local_bodies(body: Recogniser = DISTRICT) -> tuple[Body, Body]:
    """The body that recognises, the authority of Qingpu, and the town or park that forwards to the first."""
    authority = Body.objects.create(
        code=body.code, level=body.level, district=body.district, name_zh=body.name_zh, name_en=body.name_en,
        uscc=body.uscc,
    )  # fmt: skip
    Body.objects.create(
        code="qingpu", level=Level.DISTRICT, district=OTHER, name_zh="青浦示例主管部门", name_en="Example Qingpu"
    )
    town = Body.objects.create(
        code="town-1", level=Level.TOWN, district=TOWN, name_zh=body.forwarder, name_en="Example Town",
        forwards_to=authority,
    )  # fmt: skip
    Body.objects.create(code="town-2", level=Level.TOWN, district="T00002", name_zh="他示例镇", name_en="Other Town")
    return authority, town


def _officer(username: str, name: str, role: Role, district: str, at: datetime) -> User:
    user = person(username, name)
    grant(user, role, district, at=at)
    return user


def open_local_batch(cast: Cast, authority: Body, at: datetime, *, rules: str = LOCAL_RULES, ordinal: int = 1) -> Batch:
    """A batch of district centres under an authority of its own."""
    return open_batch(
        Programme.objects.get(code="district_centre"),
        store_edition(rules, at=at),
        ordinal=ordinal,
        year=at.year,
        procedure=LOCAL_PROCEDURE,
        authority=authority,
        opens_at=at - timedelta(days=1),
        closes_at=at + timedelta(days=20),
        base_date=at.date(),
        by=cast.people["office"],
        at=at,
    )


def hold_title(programme: Programme, holder: Enterprise) -> Title:
    """A title granted before."""
    return Title.objects.create(
        number="SHDTC-T-2024-00001", programme=programme, holder=holder, granted_on=date(2024, 6, 1),
        valid_from=date(2024, 6, 1), valid_until=date(2029, 5, 31), announcement_number="示例〔2024〕1号",
        provenance="测试",
    )  # fmt: skip


@remembered
def drafted(local: LocalCast, n: int = 0, **changed: int) -> Case:
    """A draft of enterprise n with all its material."""
    by, at = local.cast.people[f"member{n}"], local.cast.at
    case = open_application(local.cast.enterprises[n], local.batch, by=by, at=at)
    with_material(case, by, at, **changed)
    return case


@remembered
def filed(local: LocalCast, n: int = 0, *, through_town: bool = False, **changed: int) -> Case:
    """Submitted, through the town where asked."""
    case = drafted(local, n, **changed)
    form = {"declaration": True, "insists": True, "forwarder": local.town if through_town else None}
    door.perform(case, "submit", by=local.cast.people[f"member{n}"], at=local.cast.at, form=form)
    return case


@remembered
def checked(local: LocalCast, case: Case) -> None:
    """Accepted, conditions answered, material found in order."""
    at = local.cast.at
    door.perform(case, "accept", by=local.checker, at=at)
    answer_gates(case, local.checker, at)
    door.perform(case, "pass_material_check", by=local.checker, at=at, form={"opinion": "材料审核通过"})


@remembered
def seated(local: LocalCast, case: Case) -> list[User]:
    """Five experts are asked to visit and to review."""
    people = local.cast.experts[: local.batch.panel_size]
    door.perform(
        case, "appoint_panel", by=local.officer, at=local.cast.at, form={"experts": people, "reason": "测试指定的专家"}
    )
    return people


def visit_form(local: LocalCast, people: list[User], **changed: Any) -> dict[str, Any]:
    """What is said of a visit."""
    said = {
        "visited_on": local.cast.at.date(), "place": "示例路 1 号", "visitors": people[:2], "has_no_ties": True,
        "findings": "研发场所、设备和人员与申报材料一致。", "is_confirmed": True, "documents": [],
    }  # fmt: skip
    return said | changed


@remembered
def reviewed(local: LocalCast, case: Case) -> None:
    """Visited and marked by all; waits for the leading group."""
    people, at = seated(local, case), local.cast.at
    door.perform(case, "record_site_visit", by=local.officer, at=at, form=visit_form(local, people))
    for expert in people:
        door.perform(case, "declare_no_tie", by=expert, at=at)
        door.perform(case, "submit_review", by=expert, at=at, form={"marks": marks(case), "opinion": "同意"})


def application(case: Case) -> Application:
    """Fresh from the table."""
    return Application.objects.get(case=case)
