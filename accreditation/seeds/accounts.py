"""The cast of the demo: everybody fictional, one account per part, made and given roles through the services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.enums import MemberState
from accreditation.errors import Refusal
from accreditation.models import Member, RoleGrant, User
from accreditation.roles import Role
from accreditation.seeds.reference import (
    DEMO_DISTRICT,
    DEMO_GROUP,
    DEMO_ZONE,
    EVALUATING_DISTRICT,
    demo_bodies,
)
from accreditation.services.accounts import write_account
from accreditation.services.enterprises import Particulars, Proof, register
from accreditation.services.grant_proposals import grant_role
from accreditation.services.grants import Expertise, appoint_security_officer
from accreditation.services.installation import create_bodies, create_programmes, create_system_account
from accreditation.services.members import Reading, confirm_member

DEMO_PASSWORD = "yanshi-2026-demo"  # noqa: S105  printed on the demo's own log-in page; refused outside demo mode
GROUND = "演示环境示例任命"
FIELDS: tuple[tuple[str, tuple[str, ...]], ...] = (  # in words, and by the codes that panels are matched by
    ("智能制造", ("34", "35")),
    ("新材料", ("26", "30", "35")),
    ("生物医药", ("27", "35")),
    ("电子信息", ("39", "65")),
    ("新能源", ("35", "38")),
    ("财务审计", ("finance",)),
    ("精密仪器", ("35", "40")),
    ("知识产权", ("ip", "standards")),
)


@dataclass(frozen=True, slots=True)
class DemoEnterprise:
    """An invented enterprise with a code that passes GB 32100, and the officer who confirms its first member.

    `applies_at` is the code of the zone or group in which it asks for its centre, empty for all others.
    """

    uscc: str
    name: str
    district: str
    confirmed_by: str
    applies_at: str = ""


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An account of the demo: user name, invented name, what it is for, role and district, enterprise."""

    username: str
    name: str
    label: str | Promise
    role: Role | None = None
    district: str = ""
    enterprise: DemoEnterprise | None = None


ENTERPRISES: Mapping[str, DemoEnterprise] = {
    "qiye": DemoEnterprise("91310115MADEMQ1K0R", "上海示例精密装备有限公司", "310115", "pudong"),
    "qiye2": DemoEnterprise("91310114MADEMQ2K01", "上海示例新材料股份有限公司", "310114", "jiading"),
    "qiye3": DemoEnterprise("91310115MADEMQ3K05", "上海示例生物科技有限公司", "310115", "pudong"),
    "qiye4": DemoEnterprise("91310117MADEMQ4K0P", "上海示例机器人有限公司", "310117", "banshi"),
    "qiye5": DemoEnterprise("91310120MADEMQ5K0P", "上海示例航空部件有限公司", "310120", "banshi", DEMO_ZONE.district),
    "qiye6": DemoEnterprise(
        "91310112MADEMQ6K0T", "上海示例集团成员电机有限公司", "310112", "banshi", DEMO_GROUP.district
    ),
}


def _applicant(username: str, name: str) -> DemoAccount:
    return DemoAccount(username, name, _("申报企业"), enterprise=ENTERPRISES[username])


def _own_body(code: str, username: str, name: str, label: Promise) -> tuple[DemoAccount, ...]:
    """Who recognises for a zone or a group: two officers, three who vote, publisher, two for its titles; one label."""
    members = (
        DemoAccount(f"{username}{n}", f"{name}{c}（示例）", label, Role.LEADING_GROUP_MEMBER, code)
        for n, c in enumerate("一二三", 1)
    )
    return (
        DemoAccount(username, f"{name}办（示例）", label, Role.LOCAL_OFFICER, code),
        DemoAccount(f"{username}yi", f"{name}查（示例）", label, Role.LOCAL_OFFICER, code),
        *members,
        DemoAccount(f"{username}fabu", f"{name}告（示例）", label, Role.LOCAL_PUBLISHER, code),
        DemoAccount(f"{username}he", f"{name}核（示例）", label, Role.DISTRICT_OFFICER, code),
        DemoAccount(f"{username}he2", f"{name}合（示例）", label, Role.DISTRICT_OFFICER, code),
    )


ACCOUNTS: tuple[DemoAccount, ...] = (
    DemoAccount("anquan", "严守（示例）", _("安全管理员"), Role.SECURITY_OFFICER),
    DemoAccount("anquan2", "严复核（示例）", _("安全管理员"), Role.SECURITY_OFFICER),
    _applicant("qiye", "钱一（示例）"),
    _applicant("qiye2", "钱二（示例）"),
    _applicant("qiye3", "钱三（示例）"),
    _applicant("qiye4", "钱四（示例）"),
    _applicant("qiye5", "钱五（示例）"),
    _applicant("qiye6", "钱六（示例）"),
    DemoAccount("pudong", "浦明（示例）", _("浦东新区经办人"), Role.DISTRICT_OFFICER, "310115"),
    DemoAccount("pudong2", "浦合（示例）", _("浦东新区经办人"), Role.DISTRICT_OFFICER, "310115"),
    DemoAccount("puchang", "浦审（示例）", _("浦东新区负责人"), Role.DISTRICT_SUPERVISOR, "310115"),
    DemoAccount("jiading", "嘉禾（示例）", _("嘉定区经办人"), Role.DISTRICT_OFFICER, "310114"),
    DemoAccount("songhe", "松合（示例）", _("松江区经办人"), Role.DISTRICT_OFFICER, "310117"),
    DemoAccount("songhe2", "松同（示例）", _("松江区经办人"), Role.DISTRICT_OFFICER, "310117"),
    DemoAccount("songchang", "松审（示例）", _("松江区负责人"), Role.DISTRICT_SUPERVISOR, "310117"),
    DemoAccount("zhenban", "镇安（示例）", _("街镇转报人"), Role.FORWARDER, "T10001"),
    DemoAccount("songjiang", "松青（示例）", _("松江区认定机构经办人"), Role.LOCAL_OFFICER, "310117"),
    DemoAccount("songyi1", "松查（示例）", _("松江区认定机构经办人"), Role.LOCAL_OFFICER, "310117"),
    DemoAccount("songyi2", "松核（示例）", _("松江区认定机构经办人"), Role.LOCAL_OFFICER, "310117"),
    *(
        DemoAccount(f"lingdao{n}", f"领导{c}（示例）", _("松江区领导小组成员"), Role.LEADING_GROUP_MEMBER, "310117")
        for n, c in enumerate("一二三", 1)
    ),
    DemoAccount("songfabu", "松告（示例）", _("松江区发布人"), Role.LOCAL_PUBLISHER, "310117"),
    DemoAccount("jinhe", "金核（示例）", _("金山区经办人"), Role.DISTRICT_OFFICER, "310116"),
    DemoAccount("jinhe2", "金合（示例）", _("金山区经办人"), Role.DISTRICT_OFFICER, "310116"),
    DemoAccount("jinshan", "金山（示例）", _("金山区认定机构经办人"), Role.LOCAL_OFFICER, "310116"),
    DemoAccount("jinyi", "金查（示例）", _("金山区认定机构经办人"), Role.LOCAL_OFFICER, "310116"),
    *(
        DemoAccount(f"jinling{n}", f"金领{c}（示例）", _("金山区领导小组成员"), Role.LEADING_GROUP_MEMBER, "310116")
        for n, c in enumerate("一二三", 1)
    ),
    DemoAccount("jinfabu", "金告（示例）", _("金山区发布人"), Role.LOCAL_PUBLISHER, "310116"),
    *_own_body(DEMO_ZONE.district, "xinpian", "新片", _("开发区认定机构")),
    *_own_body(DEMO_GROUP.district, "jituan", "集团", _("集团认定机构")),
    DemoAccount("banshi", "市文（示例）", _("市认定办公室经办人"), Role.MUNICIPAL_OFFICER),
    DemoAccount("banshi2", "市助（示例）", _("市认定办公室经办人"), Role.MUNICIPAL_OFFICER),
    DemoAccount("yiyi1", "市查（示例）", _("市认定办公室经办人"), Role.MUNICIPAL_OFFICER),
    DemoAccount("yiyi2", "市核（示例）", _("市认定办公室经办人"), Role.MUNICIPAL_OFFICER),
    DemoAccount("shichang", "市审（示例）", _("市认定办公室负责人"), Role.MUNICIPAL_SUPERVISOR),
    *(
        DemoAccount(f"zhuanjia{n}", f"专家{c}（示例）", _("评审专家"), Role.EXPERT)
        for n, c in enumerate("一二三四五六七八", 1)
    ),
    *(
        DemoAccount(f"weiyuan{n}", f"委员{c}（示例）", _("评审委员会委员"), Role.COMMITTEE_MEMBER)
        for n, c in enumerate("一二三四五六七", 1)
    ),
    DemoAccount("fabu", "公告（示例）", _("发布人"), Role.PUBLISHER),
    DemoAccount("hecha", "核实（示例）", _("核查机构人员"), Role.VERIFIER, "V99999"),
    DemoAccount("fuyi1", "复查（示例）", _("行政复议人员"), Role.RECONSIDERATION_OFFICER),
    DemoAccount("fuyi2", "复决（示例）", _("行政复议人员"), Role.RECONSIDERATION_OFFICER),
    DemoAccount("yunwei", "常运（示例）", _("系统管理员"), Role.OPERATOR),
    DemoAccount("shenji", "审明（示例）", _("审计管理员"), Role.AUDITOR),
)
BY_USERNAME: Mapping[str, DemoAccount] = {entry.username: entry for entry in ACCOUNTS}
_LOCAL = frozenset({Role.LOCAL_OFFICER, Role.LEADING_GROUP_MEMBER, Role.LOCAL_PUBLISHER})
# How the log-in page of the demo arranges them: who they are, their roles, and where one role works at several bodies
# their codes; without a role they act for enterprises.
GROUPS: tuple[tuple[Promise, frozenset[Role | None], frozenset[str]], ...] = (
    (_("申报企业"), frozenset({None}), frozenset()),
    (
        _("区主管部门和街镇"),
        frozenset({Role.DISTRICT_OFFICER, Role.DISTRICT_SUPERVISOR, Role.FORWARDER}),
        frozenset(),
    ),
    (_("自行认定的区"), _LOCAL, frozenset({DEMO_DISTRICT, EVALUATING_DISTRICT})),
    (
        _("自行认定的开发区和集团"),
        _LOCAL | {Role.DISTRICT_OFFICER},
        frozenset({DEMO_ZONE.district, DEMO_GROUP.district}),
    ),
    (
        _("市认定办公室"),
        frozenset({Role.MUNICIPAL_OFFICER, Role.MUNICIPAL_SUPERVISOR, Role.PUBLISHER}),
        frozenset(),
    ),
    (_("评审专家"), frozenset({Role.EXPERT}), frozenset()),
    (_("评审委员会"), frozenset({Role.COMMITTEE_MEMBER}), frozenset()),
    (_("核查机构和行政复议"), frozenset({Role.VERIFIER, Role.RECONSIDERATION_OFFICER}), frozenset()),
    (_("系统、安全和审计管理"), frozenset({Role.OPERATOR, Role.SECURITY_OFFICER, Role.AUDITOR}), frozenset()),
)
MOST_SHOWN = 6  # accounts of a group that stand open on the page; a longer one is folded up


@dataclass(frozen=True, slots=True)
class DemoGroup:
    """Accounts of one kind of people."""

    label: Promise
    people: Sequence[DemoAccount]

    @property
    def is_long(self) -> bool:
        """Whether the page folds it up."""
        return len(self.people) > MOST_SHOWN


def demo_people() -> list[DemoAccount]:
    """The accounts of the table that exist here, in its order."""
    present = set(User.objects.filter(username__in=BY_USERNAME, is_active=True).values_list("username", flat=True))
    return [entry for entry in ACCOUNTS if entry.username in present]


def demo_groups() -> list[DemoGroup]:
    """The same by who they are, everybody once; no group is empty."""
    people = demo_people()
    named = {entry.username for entry in people for _label, roles, codes in GROUPS if _is_at(entry, roles, codes)}
    groups = (
        DemoGroup(
            label,
            [
                entry
                for entry in people
                if _is_at(entry, roles, codes) or (not codes and entry.role in roles and entry.username not in named)
            ],
        )
        for label, roles, codes in GROUPS
    )
    return [group for group in groups if group.people]


def _is_at(entry: DemoAccount, roles: frozenset[Role | None], codes: frozenset[str]) -> bool:
    """Whether a group that names its bodies has the account."""
    return entry.role in roles and entry.district in codes


def demo_person(username: str) -> User | None:
    """The account of that name, if it is one of the demo's."""
    return User.objects.filter(username=username, is_active=True).first() if username in BY_USERNAME else None


def seed_accounts(at: datetime) -> dict[str, User]:
    """Create the cast with roles and confirmed memberships; what is there already is left as it is.

    Raises Refusal outside demo mode.
    """
    if not settings.ACCREDITATION_DEMO:
        raise Refusal([])
    system = create_system_account()
    create_bodies(demo_bodies())
    create_programmes()
    password = make_password(DEMO_PASSWORD)  # once: hashing it for each of them takes a quarter of a minute
    people = {entry.username: _account(entry, password) for entry in ACCOUNTS}
    if not RoleGrant.objects.exists():
        for officer in ("anquan", "anquan2"):
            appoint_security_officer(people[officer], system=system, at=at, ground=GROUND)
    for entry in ACCOUNTS:
        _give_role(entry, people, at)
    for entry in ACCOUNTS:
        _join(entry, people, at)
    return people


def _account(entry: DemoAccount, password: str) -> User:
    found = User.objects.filter(username=entry.username).first()
    if found is None:
        found = write_account(username=entry.username, name=entry.name, email=f"{entry.username}@example.invalid")
        found.password = password
        found.save(update_fields=["password"])
    return found


def _give_role(entry: DemoAccount, people: Mapping[str, User], at: datetime) -> None:
    user = people[entry.username]
    if entry.role is None or RoleGrant.objects.filter(user=user, role=entry.role).exists():
        return
    grant_role(
        user,
        entry.role,
        by=people["anquan"],
        second=people["anquan2"],
        at=at,
        ground=GROUND,
        district=entry.district,
        expertise=_expertise(entry),
    )


def _expertise(entry: DemoAccount) -> Expertise | None:
    if entry.role != Role.EXPERT:
        return None
    place = int(entry.username.removeprefix("zhuanjia")) - 1
    words, codes = FIELDS[place]
    employer = f"示例研究院第{place + 1}研究所"
    return Expertise(field=words, employer=employer, title="教授级高级工程师", fields=codes)


def _join(entry: DemoAccount, people: Mapping[str, User], at: datetime) -> None:
    user, enterprise = people[entry.username], entry.enterprise
    if enterprise is None or Member.objects.filter(user=user).exists():
        return
    stated = Particulars(enterprise.uscc, enterprise.name, enterprise.district)
    member = register(stated, by=user, proof=Proof(_proof_page(), "授权证明（示例）.pdf"), at=at)
    assert member.state == MemberState.REQUESTED
    reading = Reading(name=enterprise.name, district=enterprise.district)
    confirm_member(member, by=people[enterprise.confirmed_by], at=at, reading=reading)


def _proof_page() -> bytes:
    """A one-page PDF that says what it is."""
    text = b"BT /F1 18 Tf 60 760 Td (DEMO: proof of authority, fictional) Tj ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
    )
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % count + table + trailer
