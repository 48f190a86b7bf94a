"""Paper certificates in many variations, entered without an office."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from certificates.models import PaperCertificate
from certificates.paper import PaperRecord
from certificates.services.paper import PaperEntry, Source, enter_paper
from tests.certificates.samples import HOLDER

NUMBER = "沪经信技〔2015〕第 12 号"
USCC = "91350100M000100Y43"
SOURCE = Source("名单.xlsx", "ab" * 32, "PAPER-2026-0001", "录入人示例", "复核人示例")


def record(**changes: Any) -> PaperRecord:
    """A paper certificate; `changes` replace its fields."""
    values: dict[str, Any] = {
        "number": NUMBER,
        "title": "SHETC-T-2015-00001",
        "programme": "shanghai_municipal_centre",
        "programme_zh": "上海市企业技术中心",
        "programme_en": "Shanghai Municipal Enterprise Technology Centre",
        "holder_zh": HOLDER,
        "uscc": USCC,
        "granted_on": date(2015, 6, 1),
        "valid_until": date(2095, 5, 31),
        "issuer_zh": "示例市经济与科技主管委员会",
        "issuer_en": "Example Municipal Commission of Economy and Technology",
        "document_number": "示例经信技〔2015〕88 号",
        "document_date": date(2015, 5, 20),
        "original_seen": False,
    }
    return PaperRecord(**{**values, **changes})


def entered(at: datetime, *, verb: str = "", ground: str = "", **changes: Any) -> PaperCertificate:
    """One in the register."""
    (row,) = enter_paper([PaperEntry(record(**changes), "纸质证书!2", verb, ground)], SOURCE, at=at)
    return PaperCertificate.objects.get(number=row.number)
