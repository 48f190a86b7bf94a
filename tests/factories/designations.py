"""A designation set up from its file, with an open batch on it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from accreditation.models import Batch, Body, Programme, RuleSetEdition
from accreditation.seeds.reference import MUNICIPAL_OFFICE
from accreditation.services.batches import open_batch
from tests.factories.cast import Cast
from tests.factories.snapshots import remembered
from workflows import designations
from workflows.procedures import PROCEDURES

SHIPPED = Path(designations.__file__).parents[1] / "accreditation/seeds/designations/ip_advantage_enterprise.yaml"


def shipped_text() -> str:
    """The designation that the product ships, granted by the office of the cast."""
    Body.objects.filter(code="office").update(code=MUNICIPAL_OFFICE)
    return SHIPPED.read_text(encoding="utf-8")


@remembered
def open_designated(cast: Cast, *, at: datetime, text: str | None = None) -> Batch:
    """Set up by the office and the publisher; a batch with the procedure that the file names."""
    found = designations.set_up(
        text or shipped_text(), "designation.yaml", by=cast.office, seconded_by=cast.publisher, at=at
    )
    programme = Programme.objects.get(code=found.designation.code)
    return open_batch(
        programme,
        RuleSetEdition.objects.get(checksum=found.designation.rules.checksum),
        ordinal=1,
        year=at.year,
        procedure=programme.procedure,
        opens_at=at - timedelta(days=1),
        closes_at=at + timedelta(days=20),
        base_date=at.date(),
        by=cast.office,
        at=at,
        needs=PROCEDURES[programme.procedure].needs,
    )
