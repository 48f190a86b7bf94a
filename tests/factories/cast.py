"""The cast: one person per office, two districts, three enterprises and a stranger to all of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password

from accreditation.enums import Level, MemberState
from accreditation.models import (
    Application,
    Batch,
    Body,
    Case,
    Enterprise,
    ExpertProfile,
    Member,
    Programme,
    RoleGrant,
    StoredFile,
    Title,
    User,
)
from accreditation.roles import Role
from accreditation.services.batches import open_batch
from accreditation.services.rule_sets import rules_of, store_edition
from tests.factories.figures import facts_for
from tests.factories.snapshots import remembered
from workflows import door
from workflows.calendar import seed_calendar
from workflows.intake import open_kinds
from workflows.opening import open_application
from workflows.workdays import SHANGHAI

DEMO_RULES = "shanghai_municipal_centre/2022-demo"
JOINED = datetime(2026, 1, 5, 9, 0, tzinfo=SHANGHAI)
OFFICE_USCC = "11310000MB00000196"
CODES = ["91310000MA1FL0007C", "91310000MA1FL00157", "91310000MA1FL00232"]
NAMES = ["上海示例智能装备有限公司", "上海示例生物材料有限公司", "上海示例软件有限公司"]

OFFICERS = [
    ("pudong", "浦东初审员示例", Role.DISTRICT_OFFICER, "310115"),
    ("jiading", "嘉定初审员示例", Role.DISTRICT_OFFICER, "310114"),
    ("office", "市经办示例", Role.MUNICIPAL_OFFICER, ""),
    ("publisher", "发布人示例", Role.PUBLISHER, ""),
    ("operator", "运维示例", Role.OPERATOR, ""),
    ("security", "安全示例", Role.SECURITY_OFFICER, ""),
    ("auditor", "审计示例", Role.AUDITOR, ""),
]


@dataclass
class Cast:
    """Everybody by the name of the office."""

    at: datetime
    programme: Programme
    batch: Batch
    people: dict[str, User]
    enterprises: list[Enterprise]
    experts: list[User] = field(default_factory=list)
    members: list[User] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None


def person(username: str, name: str, **values: Any) -> User:
    """An account that can log in with the password `示例密码-2026`; the same row each time, for `remembered`."""
    user = User(username=username, name=name, email=f"{username}@example.invalid", date_joined=JOINED, **values)
    user.password = make_password("示例密码-2026", salt=username.ljust(16, "0"))
    user.save()
    return user


def grant(user: User, role: Role, district: str = "", *, at: datetime) -> None:
    """A standing grant made by the installation."""
    RoleGrant.objects.create(user=user, role=role, district=district, granted_at=at, ground="测试")


@remembered
def make_cast(at: datetime, *, panel: int = 8, committee: int = 7, working_window: int = 20) -> Cast:
    """Bodies, programmes, people, enterprises and an open demo batch. Needs settings.ACCREDITATION_DEMO."""
    seed_calendar(range(2024, 2027), at=at)
    municipal, district = make_programmes()
    people = make_officers(at)
    enterprises = [make_enterprise(n, people, district, at) for n in range(len(CODES))]
    batch = open_batch(
        municipal,
        store_edition(DEMO_RULES, at=at),
        ordinal=34,
        year=at.year,
        procedure="municipal_recognition/2022",
        opens_at=at - timedelta(days=1),
        closes_at=at + timedelta(days=working_window),
        base_date=at.date(),
        by=people["office"],
        at=at,
    )
    experts = [make_expert(n, at) for n in range(panel)]
    members = [make_committee_member(n, at) for n in range(committee)]
    return Cast(at, municipal, batch, people, enterprises, experts, members)


def make_programmes() -> tuple[Programme, Programme]:
    """The municipal and the district centre, with the bodies that grant and review."""
    office = Body.objects.create(
        code="office",
        level=Level.MUNICIPAL,
        name_zh="示例市经济和信息化主管部门",
        name_en="Example Commission",
        uscc=OFFICE_USCC,
    )
    for code, district in (("pudong", "310115"), ("jiading", "310114")):
        Body.objects.create(code=code, level=Level.DISTRICT, district=district, name_zh=f"示例{district}", name_en=code)
    municipal = Programme.objects.create(
        code="shanghai_municipal_centre",
        level=Level.MUNICIPAL,
        name_zh="上海市市级企业技术中心",
        name_en="Shanghai municipal enterprise technology centre",
        granted_by=office,
        number_prefix="SHETC",
        ground_zh="上海市企业技术中心管理办法",
    )
    below = Programme.objects.create(
        code="district_centre",
        level=Level.DISTRICT,
        name_zh="区级企业技术中心",
        name_en="District centre",
        granted_by=office,
        number_prefix="SHDTC",
    )
    return municipal, below


def make_officers(at: datetime) -> dict[str, User]:
    """The clock, one person per office, and a stranger."""
    clock = User(username="system", name="系统时钟", is_system=True, is_active=False)
    clock.set_unusable_password()
    clock.save()
    people = {"clock": clock, "stranger": person("stranger", "路人示例")}
    for username, name, role, district in OFFICERS:
        people[username] = person(username, name)
        grant(people[username], role, district, at=at)
    return people


def make_enterprise(n: int, people: dict[str, User], programme: Programme, at: datetime) -> Enterprise:
    """An enterprise with one member, who is its administrator, and a district centre."""
    district = "310114" if n == 1 else "310115"
    enterprise = Enterprise.objects.create(uscc=CODES[n], name=NAMES[n], district=district, registered_at=at)
    people[f"member{n}"] = member = person(f"member{n}", f"申报人{n}示例")
    Member.objects.create(
        enterprise=enterprise,
        user=member,
        is_administrator=True,
        state=MemberState.ACTIVE,
        requested_at=at,
        settled_at=at,
    )
    Title.objects.create(
        number=f"SHDTC-T-2023-{n:05d}",
        programme=programme,
        holder=enterprise,
        granted_on=date(2023, 6, 1),
        valid_from=date(2023, 6, 1),
        valid_until=date(2028, 5, 31),
        announcement_number="示例〔2023〕1号",
        provenance="测试",
    )
    return enterprise


def make_expert(n: int, at: datetime) -> User:
    """An expert of a fictional university."""
    expert = person(f"expert{n}", f"专家{n}示例")
    ExpertProfile.objects.create(user=expert, field="智能制造", employer=f"示例大学{n}")
    grant(expert, Role.EXPERT, at=at)
    return expert


def make_committee_member(n: int, at: datetime) -> User:
    """A member of the committee."""
    member = person(f"committee{n}", f"委员{n}示例")
    grant(member, Role.COMMITTEE_MEMBER, at=at)
    return member


def stored_file(content: bytes, at: datetime, media_type: str = "application/pdf") -> StoredFile:
    """A row of the store without its file, for tests that never read it."""
    digest = hashlib.sha256(content).hexdigest()
    return StoredFile.objects.get_or_create(
        sha256=digest, defaults={"size": len(content), "media_type": media_type, "stored_at": at}
    )[0]


@remembered
def with_material(case: Case, by: User, at: datetime, **changed: int) -> None:
    """Hand in an accepted workbook and every required kind of evidence, in a correction the kinds asked for."""
    rules = rules_of(case.application.batch)
    assert rules.form is not None
    facts = facts_for(rules.form, case.application.batch.reporting_year, **changed)
    book = stored_file(f"{case.number}{sorted(changed.items())}{at}".encode(), at)
    form = {"name": "数据表.xlsx", "sha256": book.sha256, "facts": facts, "file": book}
    door.perform(case, "upload_workbook", by=by, at=at, form=form)
    asked = open_kinds(Application.objects.get(case=case))
    for kind in rules.evidence:
        if kind.required if asked is None else kind.code in asked:
            file = stored_file(f"{case.number}{kind.code}".encode(), at)
            form = {"kind": kind.code, "file": file, "name": f"{kind.name_zh}.pdf"}
            door.perform(case, "attach_evidence", by=by, at=at, form=form)


@remembered
def filed_case(cast: Cast, n: int = 0, **changed: int) -> Case:
    """The application of enterprise n, submitted."""
    by = cast.people[f"member{n}"]
    case = open_application(cast.enterprises[n], cast.batch, by=by, at=cast.at)
    with_material(case, by, cast.at, **changed)
    door.perform(case, "submit", by=by, at=cast.at, form={"declaration": True, "insists": True})
    return case
