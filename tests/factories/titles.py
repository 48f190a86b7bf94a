"""Titles to deal with: of the city, of a district, with the people who may."""

from __future__ import annotations

from datetime import date
from typing import Any

from accreditation.models import Title, User
from accreditation.roles import Role
from tests.factories.cast import Cast, grant, person

FACTS = "经核查，2025 年度申报材料中的研究开发费用与审计报告不符。"


def municipal_title(cast: Cast, n: int = 0, **values: Any) -> Title:
    """A standing title of the city, entered from an older register."""
    return Title.objects.create(
        number=f"SHETC-T-2025-{n:05d}",
        programme=cast.programme,
        holder=cast.enterprises[n],
        granted_on=date(2025, 6, 1),
        valid_from=date(2025, 6, 1),
        valid_until=date(2028, 5, 31),
        announcement_number="示例〔2025〕9号",
        provenance="测试",
        **values,
    )


def second_officer(cast: Cast) -> User:
    """A colleague of the office's officer."""
    officer = person("office2", "市经办二示例")
    grant(officer, Role.MUNICIPAL_OFFICER, at=cast.at)
    return officer
