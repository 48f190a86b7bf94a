"""A result of a national evaluation as it comes in; what moves the title or takes it away waits for a second person."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accreditation.enums import ProceedingKind
from accreditation.grounds import Ground
from accreditation.models import ResultProposal, StoredFile, Title, TitleEvaluation, User
from accreditation.recommendation_words import OutsideBand
from accreditation.services import outside_results
from workflows import door
from workflows.opening_proceedings import open_proceeding

OFFICIAL = "zh-hans"
FACTS = _("%(authority)s以%(no)s公布的%(year)d年度评价结果为不合格。%(consequence)s")


@transaction.atomic
def record_national_result(
    title: Title, *, year: int, band: str, number: str, dated: date, authority: str, consequence: str,
    file: StoredFile, file_name: str, by: User, at: datetime,
) -> TitleEvaluation | ResultProposal:  # fmt: skip
    """Enter a result with its document: the evaluation, or the entry that waits for a second officer.

    Of a title that failed, the loss is put before a second person at once.

    Denied without the power to prepare it, Refusal with every reason, of the entry or of the proceeding.
    """
    row = outside_results.record_evaluation(
        title, year=year, band=band, number=number, dated=dated, authority=authority, consequence=consequence,
        file=file, file_name=file_name, by=by, at=at,
    )  # fmt: skip
    if band != OutsideBand.FAIL:
        return row
    values = {"authority": authority, "no": number, "year": year, "consequence": consequence.strip()}
    with override(OFFICIAL):
        found = str(FACTS % values)
    case = open_proceeding(
        title, kind=ProceedingKind.REVOCATION, ground=Ground.EVALUATION_FAILED, found_facts=found, by=by, at=at,
        notice=row.notice,
    )  # fmt: skip
    door.perform(case, "submit_for_order", by=by, at=at)
    return row
