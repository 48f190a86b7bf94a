"""The city's enterprises and the officers of the districts that the cast of the demo does not have."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from accreditation.enums import DISTRICTS
from accreditation.models import Enterprise, Programme, RoleGrant, User
from accreditation.roles import Role
from accreditation.seeds.accounts import FIELDS, GROUND
from accreditation.seeds.reference import DEMO_DISTRICT
from accreditation.services.enterprises import Particulars, Proof, register
from accreditation.services.grant_proposals import grant_role
from accreditation.services.grants import Expertise
from accreditation.services.members import Reading, confirm_member
from accreditation.services.titles import import_title
from criteria.workbook.samples import sample_credit_code
from workflows.demo.material import sample_pdf
from workflows.demo.world import World

FIRST_CODE = 2000
FIRST_NAMES = ("晨曦", "远帆", "青岚", "星屿", "云栖", "嘉禾", "海川", "明湖", "松石", "银杏", "汇源", "朗天", "静波")
TRADES = (
    "智能装备", "精密仪器", "新材料", "生物医药", "集成电路", "工业软件", "节能环保", "汽车电子", "航空部件",
    "医疗器械", "新能源",
)  # fmt: skip
ENDINGS = ("有限公司", "股份有限公司", "科技有限公司")
MANNED = ("310115", "310114")
COLLEAGUE = "banshi2"
EXPERTS_PER = 12  # cases of a panel to one further expert


class CityPeople:
    """Enters people as they are needed; `world.people` knows all of them by user name."""

    def __init__(self, world: World, at: datetime) -> None:
        self.world, self.at = world, at
        self.officers = self._officers()
        self.district_programme = Programme.objects.get(code="district_centre")

    def _officers(self) -> dict[str, User]:
        """Who reviews first, by district; one more officer where the cast has none."""
        found = {}
        for code in DISTRICTS:
            if code == DEMO_DISTRICT:
                found[code] = self.world.people["songjiang"]
                continue
            grant = RoleGrant.objects.filter(role=Role.DISTRICT_OFFICER, district=code).select_related("user").first()
            found[code] = grant.user if grant else self._officer(code)
        return found

    def _officer(self, district: str) -> User:
        person = self._account(f"qu{district}", f"{DISTRICTS[district]}经办人（示例）")
        self._grant(person, Role.DISTRICT_OFFICER, district=district)
        return person

    def experts(self, cases: int) -> None:
        """Further experts, so that no panel is drawn from too few."""
        for n in range(cases // EXPERTS_PER):
            person = self._account(f"chengshi-zhuanjia{n + 1}", f"城市专家{n + 1}（示例）")
            words, codes = FIELDS[n % len(FIELDS)]
            known = Expertise(field=words, employer=f"示例大学第{n + 1}学院", title="教授", fields=codes)
            self._grant(person, Role.EXPERT, expertise=known)

    def _grant(self, person: User, role: Role, **more: Any) -> None:
        first, second = (self.world.people[name] for name in ("anquan", "anquan2"))
        grant_role(person, role, by=first, second=second, at=self.at, ground=GROUND, **more)

    def enterprise(self, n: int, *, district: str = "") -> str:
        """The n-th enterprise of the city with its confirmed member; returns the member's user name."""
        place = district or district_of(n)
        name = enterprise_name(n)
        person = self._account(f"chengshi{n + 1}", f"{name[4:6]}申报人（示例）")
        stated = Particulars(sample_credit_code(FIRST_CODE + n), name, place)
        proof = Proof(sample_pdf(f"PROOF {n + 1}"), "授权证明（示例）.pdf")
        member = register(stated, by=person, proof=proof, at=self.at)
        confirmer = self.world.people["banshi"] if place == DEMO_DISTRICT else self.officers[place]
        confirm_member(member, by=confirmer, at=self.at, reading=Reading(name=name, district=place))
        return person.username

    def with_district_title(self, username: str) -> None:
        """The municipal rules ask for a district centre."""
        at = self.at
        holder = Enterprise.objects.get(members__user=self.world.people[username])
        import_title(
            self.district_programme, holder, granted_on=date(at.year - 2, 6, 1), valid_until=date(at.year + 2, 5, 31),
            announcement_number=f"示例区〔{at.year - 2}〕1 号", provenance="演示环境导入的区级名录",
            by=self.world.people["banshi"], at=at,
        )  # fmt: skip

    def _account(self, username: str, name: str) -> User:
        """An account with the demo's password; its hash is taken over, as hashing it for hundreds takes minutes."""
        known = self.world.people["qiye"].password
        mail = f"{username}@example.invalid"
        person = User.objects.create(username=username, name=name, email=mail, password=known)
        self.world.people[username] = person
        return person

    def officer_of(self, enterprise: Enterprise) -> str:
        """User name of whoever reviews its application first."""
        return self.officers[enterprise.district].username


def district_of(n: int) -> str:
    """Two of three in the districts whose officers stand on the demo's log-in page, the rest all over the city."""
    if n % 3 < len(MANNED):
        return MANNED[n % 3]
    others = [code for code in DISTRICTS if code not in (*MANNED, DEMO_DISTRICT)]
    return others[n // 3 % len(others)]


def enterprise_name(n: int) -> str:
    """An invented name that says so, each once."""
    first = FIRST_NAMES[n % len(FIRST_NAMES)]
    trade = TRADES[n % len(TRADES)]  # no common divisor with the names: each pair comes before one comes again
    ending = ENDINGS[n // (len(FIRST_NAMES) * len(TRADES)) % len(ENDINGS)]
    rounds = n // (len(FIRST_NAMES) * len(TRADES) * len(ENDINGS))
    return f"上海示例{first}{trade}{f'第{rounds + 1}' if rounds else ''}{ending}"
