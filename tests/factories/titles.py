"""Titles to deal with: of the city, of a district, with the people who may."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from accreditation.enums import ProceedingKind
from accreditation.grounds import Ground, grounds_for
from accreditation.models import Proceeding, Title, User
from accreditation.roles import Role
from tests.factories.cast import Cast, grant, person
from tests.factories.snapshots import remembered
from workflows import door
from workflows.calendar import current_calendar
from workflows.opening_proceedings import open_proceeding
from workflows.proceeding_guards import HEARING_NOTICE

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


@remembered
def ordered(
    cast: Cast, title: Title, at: datetime, kind: ProceedingKind, *, number: str = "示例处〔2026〕1号", **days: Any
) -> Proceeding:
    """An order over a title, heard and made, its certificate with it; `days` change those of the order."""
    ground = min(grounds_for(kind)) if kind != ProceedingKind.REVOCATION else Ground.FALSE_MATERIAL
    case = open_proceeding(title, kind=kind, ground=ground, found_facts=FACTS, by=cast.office, at=at)
    if case.proceeding.is_adverse:
        door.perform(case, "notify_holder", by=cast.office, at=at)
        door.perform(case, "defend", by=cast.people["member0"], at=at, form={"statement": "差异来自统计口径。"})
        door.perform(case, "waive_rest_of_defence", by=cast.people["member0"], at=at, form={"gives_up_rest": True})
    else:
        door.perform(case, "submit_for_order", by=cast.office, at=at)
    form = {
        "order_number": number, "until": None, "reasons": "事实清楚，证据确凿。",
        **dict.fromkeys(("ordered_on", "effective_from"), timezone.localdate(at)),
    }  # fmt: skip
    door.perform(case, "make_order", by=cast.publisher, at=at, form=form | days)
    return Proceeding.objects.get(case=case)


def hearing_day(at: datetime) -> date:
    """The first day to which a hearing may be called: a working day, seven working days after."""
    return current_calendar().add(timezone.localdate(at), HEARING_NOTICE)[0]


def second_officer(cast: Cast) -> User:
    """A colleague of the office's officer."""
    officer = person("office2", "市经办二示例")
    grant(officer, Role.MUNICIPAL_OFFICER, at=cast.at)
    return officer
