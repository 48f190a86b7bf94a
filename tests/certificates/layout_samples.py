"""A specimen for every layout and occasion, with the granting authorities that a layout serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from certificates.occasions import OCCASIONS
from certificates.services.requests import Particulars
from certificates.snapshot import Snapshot
from tests.certificates.samples import snapshot

OCCASION_NAMES = tuple(OCCASIONS)

_HOLDERS: Mapping[str, dict[str, Any]] = {
    "municipal_centre-1": {
        "ground_en": "the Shanghai measures for the administration of enterprise technology centres"
    },
    "district_centre-1": {
        "programme": "district_centre",
        "programme_zh": "松江区企业技术中心",
        "programme_en": "Songjiang District Enterprise Technology Centre",
        "ground_zh": "松江区企业技术中心认定及管理办法",
        "ground_en": "the Songjiang measures for the recognition and administration of enterprise technology centres",
        "issuer_zh": "松江区示例经济主管部门",
        "issuer_en": "Example Authority of Songjiang District",
    },
    "group_centre-1": {
        "programme": "group_centre",
        "programme_zh": "示例重工集团企业技术中心",
        "programme_en": "Example Heavy Industries Group Enterprise Technology Centre",
        "ground_zh": "示例重工集团企业技术中心管理办法",
        "issuer_zh": "示例重工（集团）股份有限公司",
        "issuer_en": "Example Heavy Industries (Group) Co., Ltd.",
    },
    "zone_centre-1": {
        "programme": "zone_centre",
        "programme_zh": "示例开发区企业技术中心",
        "programme_en": "Example Development Zone Enterprise Technology Centre",
        "ground_zh": "示例开发区企业技术中心管理办法",
        "issuer_zh": "示例开发区管理委员会",
        "issuer_en": "Administrative Committee of the Example Development Zone",
    },
    "demonstration_reserve-1": {
        "programme": "demonstration_shanghai",
        "programme_zh": "上海市技术创新示范企业",
        "programme_en": "Shanghai Technology Innovation Demonstration Enterprise",
        "ground_zh": "示例市技术创新示范企业认定管理办法",
        "centre_name": "",
    },
    "branch_centre-1": {
        "programme": "branch_centre",
        "programme_zh": "上海市企业技术中心分中心",
        "programme_en": "Branch Centre of a Shanghai Municipal Enterprise Technology Centre",
        "parent_zh": "示例临港动力装备集团有限公司",
        "parent_en": "Example Lin-gang Power Equipment Group Co., Ltd.",
        "centre_name": "氢能分中心",
    },
    "product-1": {
        "programme": "patent_product",
        "programme_zh": "上海市专利新产品",
        "programme_en": "Shanghai Patented New Product",
        "ground_zh": "示例市专利新产品认定办法",
        "product_zh": "HN-120 型质子交换膜燃料电池系统",
        "product_en": "HN-120 proton exchange membrane fuel cell system",
        "centre_name": "",
    },
}
HOLDERS: Mapping[str, dict[str, Any]] = {
    **_HOLDERS,
    "designation-1": {
        "programme": "ip_advantage_enterprise",
        "programme_zh": "上海市知识产权优势企业",
        "programme_en": "Shanghai Enterprise of Intellectual Property Strength",
        "ground_zh": "示例市知识产权优势企业认定办法",
        "centre_name": "",
    },
    "product-2": _HOLDERS["product-1"],
    "group_centre-2": _HOLDERS["group_centre-1"],
    "zone_centre-2": _HOLDERS["zone_centre-1"],
}
_LATER: dict[str, Any] = {
    "version": 2,
    "replaces": "1.2.156.3005.2.11330105002500287C001.11330105002500287C.SHETC202300001.001.X",
    "recognised_on": date(2023, 12, 1),
}
OCCASION_VALUES: Mapping[str, dict[str, Any]] = {
    "": {},
    "renewal": {**_LATER, "batch_zh": "2026 年度", "batch_en": "2026", "result_zh": "优秀", "result_en": "excellent"},
    "rename": {
        **_LATER,
        "formerly_zh": "上海汇能燃料电池有限公司",
        "formerly_en": "Shanghai Huineng Fuel Cell Co., Ltd.",
    },
    "reissue": _LATER,
    "exchange": {**_LATER, "version": 3},
}


def specimen(of: str, occasion: str = "", **changes: Any) -> Snapshot:
    """The specimen of a layout for an occasion, with the fixed code of the samples; `changes` replace its fields."""
    return snapshot(**{**HOLDERS[of], **OCCASION_VALUES[occasion], "layout": of, "occasion": occasion, **changes})


def requested(of: str, occasion: str = "", **changes: Any) -> Particulars:
    """What a request for this specimen says."""
    said = asdict(specimen(of, occasion, **changes))
    return Particulars(**{field.name: said[field.name] for field in fields(Particulars)})
