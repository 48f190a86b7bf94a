"""Bodies and programmes of Shanghai: what every installation starts with and its operator corrects."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.translation import override

from accreditation.enums import DISTRICTS, Level

MUNICIPAL_OFFICE = "municipal-office"


@dataclass(frozen=True, slots=True)
class BodyEntry:
    """An authority: code, tier, names, district (GB/T 2260) or own code, credit code, authority it forwards to."""

    code: str
    level: Level
    name_zh: str
    name_en: str
    district: str = ""
    uscc: str = ""
    forwards_to: str = ""


@dataclass(frozen=True, slots=True)
class ProgrammeEntry:
    """A title that can be granted: code, tier, names, code of the granting body, prefix of its numbers."""

    code: str
    level: Level
    name_zh: str
    name_en: str
    granted_by: str
    number_prefix: str
    ground_zh: str = ""  # the measures that its certificates cite, without the title marks
    ground_en: str = ""  # no official English title is known: a description, with its article
    branch_of: str = ""  # the programme under whose standing title a branch centre is granted


def _district(code: str, name_zh: str, name_en: str) -> BodyEntry:
    return BodyEntry(f"district-{code}", Level.DISTRICT, name_zh, name_en, code)


# Names found in published notices: Songjiang, Qingpu, Jinshan, Jiading, Yangpu, Jing'an; the others are remembered and
# marked for the operator to check (docs/operations.md).
BODIES: tuple[BodyEntry, ...] = (
    BodyEntry(
        MUNICIPAL_OFFICE,
        Level.MUNICIPAL,
        "上海市经济和信息化委员会",
        "Shanghai Commission of Economy and Informatization",
    ),
    BodyEntry("ndrc", Level.NATIONAL, "国家发展和改革委员会", "National Development and Reform Commission"),
    BodyEntry("miit", Level.NATIONAL, "工业和信息化部", "Ministry of Industry and Information Technology"),
    _district("310101", "黄浦区商务委员会", "Huangpu District Commission of Commerce"),
    _district("310104", "徐汇区商务委员会", "Xuhui District Commission of Commerce"),
    _district("310105", "长宁区商务委员会", "Changning District Commission of Commerce"),
    _district("310106", "静安区科技和经济委员会", "Jing'an District Commission of Science, Technology and Economy"),
    _district("310107", "普陀区商务委员会", "Putuo District Commission of Commerce"),
    _district("310109", "虹口区商务委员会", "Hongkou District Commission of Commerce"),
    _district("310110", "杨浦区商务委员会", "Yangpu District Commission of Commerce"),
    _district("310112", "闵行区经济委员会", "Minhang District Commission of Economy"),
    _district("310113", "宝山区经济委员会", "Baoshan District Commission of Economy"),
    _district("310114", "嘉定区经济委员会", "Jiading District Commission of Economy"),
    _district("310115", "浦东新区科技和经济委员会", "Pudong New Area Commission of Science, Technology and Economy"),
    _district("310116", "金山区经济委员会", "Jinshan District Commission of Economy"),
    _district("310117", "松江区经济委员会", "Songjiang District Commission of Economy"),
    _district("310118", "青浦区经济委员会", "Qingpu District Commission of Economy"),
    _district("310120", "奉贤区经济委员会", "Fengxian District Commission of Economy"),
    _district("310151", "崇明区经济委员会", "Chongming District Commission of Economy"),
)

DEMO_OFFICE_USCC = "11310000MB0DEM0X10"  # invented; the check character is right


DEMO_DISTRICT = "310117"  # the one that recognises by itself in the demo
EVALUATING_DISTRICT = "310116"  # the one that evaluates what it granted
DEMO_USCCS = {DEMO_DISTRICT: "11310117MB0DEM0X1R", EVALUATING_DISTRICT: "11310116MB0DEM0X1B"}
DEMO_TOWN = BodyEntry("demo-town", Level.TOWN, "示例镇人民政府", "Example Town", "T10001", "", "district-310117")
DEMO_FIRM = BodyEntry("demo-firm", Level.VERIFIER, "示例会计师事务所", "Example Accountants", "V99999", "", "")
DEMO_ZONE = BodyEntry(
    "demo-zone", Level.ZONE, "示例新片区管理委员会", "Administrative Committee of the Example New Area", "Z10001",
    "11310000MB0DEMY10A",
)  # fmt: skip
DEMO_GROUP = BodyEntry(
    "demo-group", Level.GROUP, "上海示例电气（集团）股份有限公司", "Shanghai Example Electric (Group) Co., Ltd.",
    "G10001", "91310000MADEMGRP0F",
)  # fmt: skip


def demo_bodies() -> tuple[BodyEntry, ...]:
    """The same bodies under invented names, so that no demo document speaks in the name of a real authority."""
    return (*(_invented(entry) for entry in BODIES), DEMO_TOWN, DEMO_FIRM, DEMO_ZONE, DEMO_GROUP)


def _called(district: str, language: str) -> str:
    """A district as the pages call it, whatever language the command speaks."""
    with override(language):
        return str(DISTRICTS[district])


def _invented(entry: BodyEntry) -> BodyEntry:
    if entry.code == MUNICIPAL_OFFICE:
        name = "示例市经济和信息化主管部门"
        return replace(entry, name_zh=name, name_en="Example Municipal Authority", uscc=DEMO_OFFICE_USCC)
    if entry.district:
        name_zh = f"{_called(entry.district, 'zh-hans')}示例主管部门"
        name_en = f"Example Authority of {_called(entry.district, 'en')}"
        return replace(entry, name_zh=name_zh, name_en=name_en, uscc=DEMO_USCCS.get(entry.district, ""))
    return replace(entry, name_zh=f"示例{entry.name_zh}", name_en=f"Example {entry.name_en}")


PROGRAMMES: tuple[ProgrammeEntry, ...] = (
    ProgrammeEntry(
        "shanghai_municipal_centre",
        Level.MUNICIPAL,
        "上海市市级企业技术中心",
        "Shanghai Municipal Enterprise Technology Centre",
        MUNICIPAL_OFFICE,
        "SHETC",
        "上海市企业技术中心管理办法",
        "the Shanghai measures for the administration of enterprise technology centres",
    ),
    ProgrammeEntry(
        "district_centre",
        Level.DISTRICT,
        "区级企业技术中心",
        "District Enterprise Technology Centre",
        MUNICIPAL_OFFICE,
        "SHDTC",
        "区级企业技术中心认定及管理办法",
    ),
    ProgrammeEntry(
        "national_centre", Level.NATIONAL, "国家企业技术中心", "National Enterprise Technology Centre", "ndrc", "NETC"
    ),
    ProgrammeEntry(
        "national_branch_centre",
        Level.NATIONAL,
        "国家企业技术中心分中心",
        "Branch of a National Enterprise Technology Centre",
        "ndrc",
        "NETCB",
        branch_of="national_centre",
    ),
    ProgrammeEntry(
        "demonstration_national",
        Level.NATIONAL,
        "国家技术创新示范企业",
        "National Technology Innovation Demonstration Enterprise",
        "miit",
        "NTIDE",
    ),
)
