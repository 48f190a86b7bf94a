"""A title that comes to an enterprise while it applies for it, and the end of its case."""

from __future__ import annotations

from datetime import datetime

from accreditation.models import Application, Case, User
from accreditation.services.titles import import_title
from workflows import door

YEARS = 3
REASON = "申报期间补登记了该单位既有的纸质证书，同一称号不重复授予。"


def end_as_held(case: Case, *, entered_by: User, by: User, at: datetime) -> None:
    """The title is entered from an older list, then the case is ended by whoever would have granted it."""
    application = Application.objects.select_related("batch__programme", "enterprise").get(case=case)
    day = at.date()
    import_title(
        application.batch.programme, application.enterprise, product=application.product_name, granted_on=day,
        valid_until=day.replace(year=day.year + YEARS, day=1), announcement_number=f"示例〔{day.year}〕补 {case.pk} 号",
        provenance="演示环境补登记的既有名录", by=entered_by, at=at,
    )  # fmt: skip
    door.perform(case, "end_as_held", by=by, at=at, form={"reason": REASON})
