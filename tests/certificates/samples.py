"""One certificate in many variations."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date, datetime, timedelta, timezone
from typing import Any

from certificates.codes import new_code
from certificates.services.requests import Particulars
from certificates.snapshot import Snapshot

SHANGHAI = timezone(timedelta(hours=8))
CODE = "7K2M9QX4T8VWZ3ABCDE5F6GHJRZ"
HOLDER = "上海临港新片区汇能氢动力系统有限公司"
AT = datetime(2026, 12, 1, 9, 30, tzinfo=SHANGHAI)


def snapshot(**changes: Any) -> Snapshot:
    """A specimen; `changes` replace its fields."""
    values: dict[str, Any] = {
        "number": "SHETC-2026-00001",
        "version": 1,
        "kind": "11330105002500287C001",
        "programme": "shanghai_municipal_centre",
        "programme_zh": "上海市企业技术中心",
        "programme_en": "Shanghai Municipal Enterprise Technology Centre",
        "holder_zh": HOLDER,
        "holder_en": "Shanghai Lin-gang Huineng Hydrogen Power Systems Co., Ltd.",
        "uscc": "91350100M000100Y43",
        "centre_name": "智能装备与先进制造技术中心",
        "batch_zh": "第 32 批",
        "batch_en": "batch 32",
        "ground_zh": "上海市企业技术中心管理办法",
        "granted_on": date(2026, 12, 1),
        "valid_from": date(2026, 12, 1),
        "valid_until": date(2029, 11, 30),
        "issuer_zh": "示例市经济与科技主管委员会",
        "issuer_en": "Example Municipal Commission of Economy and Technology",
        "issuer_uscc": "11330105002500287C",
        "announcement": "示例经信技〔2026〕128 号",
        "code": CODE,
        "url": f"HTTP://127.0.0.1:8000/V/{CODE}",
        "layout": "municipal_centre-1",
        "demo": True,
        "issued_at": AT,
    }
    return Snapshot(**{**values, **changes})


def fresh_snapshot(**changes: Any) -> Snapshot:
    """A specimen with a code of its own."""
    code = new_code()
    return snapshot(code=code, url=f"HTTP://127.0.0.1:8000/V/{code}", **changes)


def particulars(**changes: Any) -> Particulars:
    """What a request for the specimen says."""
    names = {field.name for field in fields(Particulars)}
    values = {name: value for name, value in asdict(snapshot()).items() if name in names}
    return Particulars(**{**values, **changes})
