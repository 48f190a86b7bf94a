"""People, bodies, programmes, calendar and register of the demo, made through the services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accreditation.models import Batch, Body, Enterprise, Programme, User
from accreditation.seeds.accounts import ENTERPRISES, seed_accounts
from accreditation.seeds.reference import DEMO_DISTRICT
from accreditation.services import experts
from accreditation.services.batches import open_batch
from accreditation.services.experts import Particulars, StatedTie
from accreditation.services.rule_sets import store_edition
from accreditation.services.titles import import_title
from workflows.calendar import current_calendar, seed_calendar
from workflows.demo.register import seed_register
from workflows.workdays import WorkCalendar

RULES = "shanghai_municipal_centre/2022-demo"
PROCEDURE = "municipal_recognition/2022"
HOLDING = "91310115MADEMH5K0X"
FICTIONAL_OFFICE = (
    "示例市经济与科技主管委员会",
    "Commission of Economy and Technology of Example City",
    "11310000MB00000196",
)


@dataclass(frozen=True, slots=True)
class World:
    """Who and what the demo plays with."""

    people: dict[str, User]
    programme: Programme
    calendar: WorkCalendar

    def enterprise_of(self, username: str) -> Enterprise:
        """The enterprise for which a person acts."""
        return Enterprise.objects.get(members__user=self.people[username])


def make_world(at: datetime) -> World:
    """Everything that a batch needs; the granting body is renamed to a fictional one."""
    seed_calendar(range(at.year - 4, at.year + 2), at=at)
    people = seed_accounts(at)
    programme = Programme.objects.select_related("granted_by").get(code="shanghai_municipal_centre")
    name_zh, name_en, uscc = FICTIONAL_OFFICE
    Body.objects.filter(pk=programme.granted_by_id).update(name_zh=name_zh, name_en=name_en, uscc=uscc)
    programme = Programme.objects.select_related("granted_by").get(pk=programme.pk)
    world = World(people, programme, current_calendar())
    _import_district_titles(world, at)
    seed_register(people, at)
    _enter_ties(world, at)
    return world


def _enter_ties(world: World, at: datetime) -> None:
    """One adviser of an enterprise, one shareholder of it that employs an expert: both are kept out of its panel."""
    office = world.people["banshi"]
    adviser, employed = world.people["zhuanjia3"], world.people["zhuanjia5"]
    biotech = world.enterprise_of("qiye3")
    advice = StatedTie("consultancy", "技术顾问合同登记", biotech.uscc, biotech.name, until=date(at.year - 1, 12, 31))
    experts.record_tie(adviser, advice, by=office, at=at)
    employer = Particulars(
        field=employed.expert.field,
        employer="上海示例新能源控股有限公司",
        fields=tuple(employed.expert.fields),
        title=employed.expert.title,
        employer_uscc=HOLDING,
    )
    experts.change_particulars(employed, employer, by=office, at=at)
    materials = world.enterprise_of("qiye2")
    experts.record_link(
        uscc=materials.uscc, other_uscc=HOLDING, other_name=employer.employer, kind="shareholder",
        source="国家企业信用信息公示系统股东信息（示例）", by=office, at=at,
    )  # fmt: skip


def _import_district_titles(world: World, at: datetime) -> None:
    """The municipal rules ask for a district centre: enter the ones that the demo's enterprises hold."""
    district = Programme.objects.get(code="district_centre")
    elsewhere = [entry.uscc for entry in ENTERPRISES.values() if entry.applies_at]
    for enterprise in Enterprise.objects.exclude(district=DEMO_DISTRICT).exclude(uscc__in=elsewhere).order_by("pk"):
        import_title(
            district,
            enterprise,
            granted_on=date(at.year - 3, 6, 1),
            valid_until=date(at.year + 3, 5, 31),
            announcement_number=f"示例区〔{at.year - 3}〕1 号",
            provenance="演示环境导入的区级名录",
            by=world.people["banshi"],
            at=at,
        )


def open_demo_batch(world: World, ordinal: int, *, opens_at: datetime, closes_at: datetime) -> Batch:
    """Open a batch on the demo rule set."""
    return open_batch(
        world.programme,
        store_edition(RULES, at=opens_at),
        ordinal=ordinal,
        year=opens_at.year,
        procedure=PROCEDURE,
        opens_at=opens_at - timedelta(minutes=1),
        closes_at=closes_at,
        base_date=opens_at.date(),
        by=world.people["banshi"],
        at=opens_at,
    )
