"""An enterprise on the cultivation list, with what it has filed."""

from __future__ import annotations

from datetime import date
from typing import Any

from accreditation.models import Batch, Cultivation, GapReport
from accreditation.services.cultivation import put_on_list
from accreditation.services.gap_reports import make_report
from tests.factories import recommending as steps
from tests.factories.cast import Cast
from tests.factories.snapshots import remembered

SOURCE = "示例市创新〔2026〕8号"


def listed(cast: Cast, n: int = 0, **changes: Any) -> Cultivation:
    """Enterprise n, put on the list by the office."""
    values = {
        "ground": "selection",
        "source": SOURCE,
        "listed_from": date(2026, 1, 5),
        "industry": "equipment",
    } | changes
    return put_on_list(cast.enterprises[n], **values, by=cast.office, at=cast.at)


def with_filing(cast: Cast, batch: Batch, n: int = 0, **changed: int) -> None:
    """Enterprise n has filed for the national title."""
    steps.filed(cast, batch, n, **changed)


@remembered
def reported(cast: Cast, n: int = 0) -> tuple[Cultivation, GapReport]:
    """Enterprise n on the list with its first report; needs a batch of the national title."""
    row = listed(cast, n)
    return row, make_report(row, by=cast.office, at=cast.at)
