"""The demo's register of standings: an invented file sent by the office and confirmed by the publisher, one waiting."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta

from accreditation.models import Enterprise, Standing, User
from accreditation.services.plan import create_plan
from accreditation.services.standing_imports import propose_import
from accreditation.services.standing_texts import HEADINGS
from accreditation.services.standings import confirm_entry, end_standing, propose_standing

SOURCE = "示例市产业技术创新名单（虚构）"
DISTRICTS = ("310104", "310105", "310107", "310109", "310110", "310112", "310113", "310116", "310117", "310118")
CODES = (
    "91310104MADEMR0K0D", "91310105MADEMR1K0H", "91310107MADEMR2K04", "91310109MADEMR3K0N", "91310110MADEMR4K0R",
    "91310112MADEMR5K0C", "91310113MADEMR6K0G", "91310116MADEMR7K0H", "91310117MADEMR8K0M", "91310118MADEMR9K0R",
)  # fmt: skip
INDUSTRIES = ("information", "equipment", "biology", "energy", "materials", "environment", "vehicles")
OWN = (  # username, kind, level, name, reference, years back, industry
    ("qiye", "high_tech_enterprise", "national", "", "GR-示例-0001", 2, ""),
    ("qiye", "engineering_centre", "municipal", "示例精密装备工程技术研究中心", "", 4, "equipment"),
    ("qiye", "backbone_enterprise", "municipal", "", "", 2, "equipment"),
    ("qiye2", "key_laboratory", "municipal", "示例功能材料重点实验室", "", 3, "materials"),
    ("qiye2", "backbone_enterprise", "municipal", "", "", 3, "materials"),
    ("qiye3", "key_laboratory", "national", "示例生物制剂国家重点实验室", "", 5, "biology"),
    ("qiye3", "engineering_centre", "municipal", "示例生物工程技术研究中心", "", 2, "biology"),
    ("qiye3", "accredited_laboratory", "national", "示例生物检测实验室", "CNAS-示例-01", 1, ""),
    ("qiye3", "special_project", "national", "示例国家科技重大专项课题", "2025ZX-示例", 1, "biology"),
    ("qiye3", "ip_demonstration", "municipal", "", "", 1, ""),
    ("qiye3", "leading_enterprise", "municipal", "", "", 1, ""),
    ("qiye3", "backbone_enterprise", "municipal", "", "", 1, "biology"),
)


def seed_register(people: dict[str, User], at: datetime) -> None:
    """Plan and register: one file confirmed, one standing ended, one file and one entry left for the second person."""
    create_plan(at)
    office, second = people["banshi"], people["fabu"]
    first = propose_import(_file([*_own(people, at), *_others(at)]), "资质登记表（示例）.csv", by=office, at=at)
    assert first is not None
    confirm_entry(first, by=second, at=at + timedelta(hours=2))
    ended = Standing.objects.filter(kind="foreign_rd_centre").order_by("number")[0]
    reason = "研发中心迁出本市（示例）"
    end_standing(ended, ended_on=date(at.year, 1, 15), reason=reason, by=office, at=at + timedelta(hours=3))
    propose_import(_file(_waiting(at)), "新认定名单（示例）.csv", by=office, at=at + timedelta(hours=4))
    entry = _texts("demonstration_enterprise", "municipal", CODES[0], 0, at.year, name="")
    propose_standing(entry, by=office, at=at + timedelta(hours=5))


def _own(people: dict[str, User], at: datetime) -> list[dict[str, str]]:
    rows = []
    for username, kind, level, name, reference, back, industry in OWN:
        holder = Enterprise.objects.get(members__user=people[username])
        said = _texts(kind, level, holder.uscc, 0, at.year - back, name=name, industry=industry)
        own = {"holder_name": holder.name, "district": holder.district, "reference": reference}
        rows.append(said | own)
    return rows


def _others(at: datetime) -> list[dict[str, str]]:
    """Enterprises that are not registered here, known by their code alone."""
    rows = []
    for n, code in enumerate(CODES):
        industry = INDUSTRIES[n % len(INDUSTRIES)]
        year = at.year - 1 - n % 4
        rows.append(_texts("backbone_enterprise", "municipal", code, n, year, industry=industry))
        rows.append(_texts("high_tech_enterprise", "national", code, n, year))
        if n < 4:
            rows.append(_texts("demonstration_enterprise", "national" if n < 2 else "municipal", code, n, year))
        if n < 2:
            rows.append(_texts("leading_enterprise", "municipal", code, n, year))
        if n % 3 == 0:
            rows.append(_texts("foreign_rd_centre", "municipal", code, n, year, name=f"示例研发中心{n + 1}"))
        if n % 4 == 1:
            rows.append(_texts("innovation_platform", "municipal", code, n, year, name=f"示例创新平台{n + 1}"))
        rows.append(_texts("key_task", "municipal", code, n, at.year, name=f"示例攻关任务{n + 1}", industry=industry))
    return rows


def _waiting(at: datetime) -> list[dict[str, str]]:
    return [
        _texts("specialised_sme", "municipal", code, n, at.year, industry=INDUSTRIES[n])
        for n, code in enumerate(CODES[:3])
    ]


def _texts(
    kind: str, level: str, code: str, n: int, year: int, *, name: str = "", industry: str = ""
) -> dict[str, str]:
    return {
        "kind": kind, "level": level, "holder_name": f"上海示例企业{n + 1}有限公司", "holder_uscc": code,
        "district": DISTRICTS[n], "name": name, "industry": industry, "year": str(year), "source": SOURCE,
        "confidence": "demo",
    }  # fmt: skip


def _file(rows: list[dict[str, str]]) -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=list(HEADINGS), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()
