"""A title, or a bar against it, that comes to an enterprise while its application for it is under way."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from accreditation.enums import ProceedingKind
from accreditation.models import Application, Case, Notice, Proceeding, Title
from tests.factories.cast import Cast, filed_case
from tests.factories.steps import hold_meeting, publish, to_committee
from tests.factories.titles import ordered
from workflows.tick import tick

REASON = "合并承继而来，同一称号不重复授予。"
BARRED_BY = "同类称号已被撤销，期限内不得再次申报。"


def hold_meanwhile(case: Case) -> Title:
    """The title that the case asks for, as a succession gives it or a list of paper certificates enters it."""
    application = Application.objects.select_related("batch__programme").get(case=case)
    return Title.objects.create(
        number=f"HELD-T-2025-{case.pk:05d}",
        programme=application.batch.programme,
        holder=application.enterprise,
        product=application.product_name,
        granted_on=date(2025, 6, 1),
        valid_from=date(2025, 6, 1),
        valid_until=date(2028, 5, 31),
        announcement_number="示例〔2025〕9号",
        provenance="测试",
    )


def bar_meanwhile(case: Case, cast: Cast, at: datetime) -> Proceeding:
    """The title that the enterprise had is revoked, which bars it from the same one for years."""
    return ordered(cast, hold_meanwhile(case), at, ProceedingKind.REVOCATION)


def under_notice(cast: Cast, at: datetime) -> tuple[Case, Notice]:
    """A case whose public notice runs, and the notice."""
    case = filed_case(cast)
    to_committee(cast, case, at)
    hold_meeting(cast, [case], at)
    return case, publish(cast, [case], at)


def past_its_notice(cast: Cast, at: datetime) -> tuple[Case, datetime]:
    """A case that only waits for the announcement, and the day after its notice."""
    case, notice = under_notice(cast, at)
    later = notice.ends_at + timedelta(days=1)
    tick(later)
    return case, later
