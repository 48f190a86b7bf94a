"""What follows from an announcement of results for those who lose: a proposal to revoke, never a revocation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accreditation.acts import act
from accreditation.enums import ApplicationState as S
from accreditation.enums import ProceedingKind, states_where
from accreditation.evaluation_words import LOSES_TITLE
from accreditation.grounds import Ground
from accreditation.models import Announcement, Batch, Case, EvaluationCall, User
from accreditation.models.titles import HELD
from accreditation.selectors.results import OVER
from accreditation.services.evaluation_results import publish_result
from accreditation.services.evaluation_rounds import NOT_HANDED_IN
from workflows.opening_proceedings import propose_proceeding
from workflows.workdays import SHANGHAI

OFFICIAL = "zh-hans"
# Cases of a round with which no announcement has to wait: at their end, never handed in, or published already.
SETTLED = [*states_where(is_final=True), *NOT_HANDED_IN, S.UNDER_RECTIFICATION, S.RECTIFICATION_REPORTED]
FAILED = _("%(year)d 年度评价结果为%(band)s（得分 %(score)s），结果已由《%(no)s》公布。%(override)s")
OVERDUE = _("%(year)d 年度评价的报送期限至%(due)s止，至%(day)s仍未报送符合要求的评价材料，已由《%(no)s》公布。")


def conclude(batch: Batch, announcement: Announcement, *, at: datetime) -> list[Case]:
    """Publish who is late with the first announcement after, and propose the revocation of whoever failed or is late.

    A title that is no longer held by then is left out. Runs in the transaction of the announcement; the proposals are
    prepared by nobody yet and heard before any order.
    """
    for call in _late_and_held(batch).select_related("title"):
        publish_result(call, announcement)
    # Of a call that was open again, what was proposed before it is over by now.
    free = Q(proposal__isnull=True) | Q(proposal__proceeding__state__in=OVER)
    named = EvaluationCall.objects.filter(free, announcement=announcement)
    lost = named.filter(Q(consequence=LOSES_TITLE) | Q(late_at__isnull=False, band=""))
    proposed = list(_proposals(lost.select_related("title__programme", "round__batch").order_by("position"), at))
    if proposed:
        with act(batch, "propose_revocations", by=_clock(), at=at, acting_as="clock") as doing:
            doing.note(announcement=announcement.number, cases=[case.number for case in proposed])
    return proposed


def is_late_list_alone(batch: Batch) -> bool:
    """Whether nothing is left to a round but its late list: it is made out and not published, and no case is open."""
    late = _late_and_held(batch).filter(round__late_listed_at__isnull=False)
    open_cases = batch.applications.exclude(state__in=SETTLED)
    return late.exists() and not open_cases.exists()


def late_list_since(batch: Batch) -> datetime | None:
    """When the last of those was found late whom the next announcement publishes; None where there are none."""
    newest: datetime | None = _late_and_held(batch).aggregate(at=Max("late_at"))["at"]
    return newest


def _late_and_held(batch: Batch) -> QuerySet[EvaluationCall]:
    """Who is late and not published yet, of titles that are still held: what is lost can be late with nothing."""
    rows = EvaluationCall.objects.filter(round__batch=batch, late_at__isnull=False, published_on__isnull=True)
    return rows.filter(title__state__in=HELD)


def _proposals(calls: Iterable[EvaluationCall], at: datetime) -> Iterator[Case]:
    for call in calls:
        ground = Ground.EVALUATION_FAILED if call.band else Ground.MATERIAL_OVERDUE
        case = propose_proceeding(
            call.title, kind=ProceedingKind.REVOCATION, ground=ground, found_facts=_facts(call), by=_clock(), at=at
        )
        if case is not None:
            call.proposal = case
            call.save(update_fields=["proposal"])
            yield case


def _facts(call: EvaluationCall) -> str:
    """The facts of a proposal, in the official language."""
    assert call.announcement is not None
    values: dict[str, object] = {"year": call.round.year, "no": call.announcement.number}
    with override(OFFICIAL):
        if call.band:
            return str(FAILED) % (values | {"band": call.band_zh, "score": call.score, "override": call.override})
        assert call.late_at is not None
        assert call.round.batch is not None
        return str(OVERDUE) % (values | {"day": _day(call.late_at), "due": _day(call.round.batch.closes_at)})


def _day(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y年%m月%d日}"


def _clock() -> User:
    return User.objects.get(is_system=True)
