"""Free places of a batch with a quota, who is next in order for them, and why one is not given now.

The reckoning is that of the rankings (`services.quota_places`) and of the minutes (`services.recognition_quota`); here
stands what has to be settled before a place counts as free for good:

- A case that was sent back to the committee holds its place until the committee decides anew.
- The place of one whose end is challenged may have to be given back: it is free for the time only (`left_places`).
- While a case of the batch is on its way to the committee, nobody knows who is next. One that was postponed takes a
  place that is left, as it always does, and is not waited for.
- Whoever cannot be granted the title (holds it by now, or is barred) is passed over; whoever challenges the letter that
  told of the quota is not: the place waits for it until it takes the challenge back or that is decided, as a decision
  may set aside the very act on which the calling up would rest.
- Once a public notice or a result of the national authority is entered the list that went up has been dealt with. No
  document of the city or of the nation is taken to open it again: a later recommendation is one of another batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, Q
from django.utils.translation import gettext_lazy as _

from accreditation.clocks import is_past
from accreditation.enums import APPLICATION_STATES, ApplicationState
from accreditation.errors import Reason
from accreditation.models import Application, Batch, Reconsideration
from accreditation.recommendation_words import ResultState
from accreditation.services import recognition_quota, titles
from accreditation.services.quota_places import QuotaPlaces, quota_places, undone
from workflows.guards import faults_of_bar
from workflows.left_places import LOOKED_AT, LeftPlace, left_places

S = ApplicationState
WITHOUT_EFFECT = (ResultState.DECLINED, ResultState.WITHDRAWN)
UNDECIDED = [
    state
    for state, facts in APPLICATION_STATES.items()
    if not facts.is_final and state not in (S.DRAFT, S.POSTPONED, S.TO_BE_RECOMMENDED, S.RECOMMENDED_UPWARD)
    and state not in recognition_quota.STANDING
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class PassedOver:
    """An application whose turn it would be, and why it cannot have the place."""

    application: Application
    reason: Reason


@dataclass(frozen=True, slots=True)
class FreePlaces:
    """Places that nobody holds; `provisional` of them, of those applications, may have to be given back.

    `former` are the places that were left for good, in that order, fewer than are free where one was never given;
    `queue` those whom the places reach, by the common order, one for each.
    """

    free: int
    provisional: list[Application]
    former: list[LeftPlace]
    queue: list[Application]
    passed_over: list[PassedOver]

    @property
    def open(self) -> int:
        """Places that can be given now."""
        return max(0, self.free - len(self.provisional))


def counts_places(batch: Batch) -> bool:
    """Whether the batch has places that can come to be free: a frozen ranking, or a quota of proposals."""
    if batch.is_recommendation:
        return batch.rankings.exists()
    return recognition_quota.limits_proposals(batch)


def free_places_of(batch: Batch, at: datetime) -> FreePlaces:
    """As the batch stands; none where it counts no places."""
    if not counts_places(batch):
        return FreePlaces(0, [], [], [], [])
    if batch.is_recommendation:
        places = quota_places(batch)
        return _put_together(batch, places.unused, [place.application for place in places.holding], places, at)
    held = list(recognition_quota.holding(batch).values_list("pk", flat=True))
    return _put_together(batch, recognition_quota.places_left(batch), held, None, at)


def _put_together(
    batch: Batch, free: int, holding: list[int], places: QuotaPlaces | None, at: datetime
) -> FreePlaces:  # fmt: skip
    if not free:
        return FreePlaces(0, [], [], [], [])
    left = left_places(batch, holding, free, (*UNDECIDED, S.DRAFT))
    provisional = [one.application for one in left if one.is_challenged]
    former = [one for one in left if not one.is_challenged][::-1]
    order, passed_over = _who_can(_by_order(batch, places), at)
    if places is not None:  # a place allowed for one supplementary ranking is for nobody else
        by_key = {one.pk: one for one in order}
        reached = places.but_for([row.application.pk for row in passed_over]).next_ones()
        order = [by_key[place.application] for place in reached]
    return FreePlaces(free, provisional, former, order[: free - len(provisional)], passed_over)


def _by_order(batch: Batch, places: QuotaPlaces | None) -> list[Application]:
    """Those of whom the committee was in favour and who have no place, the best first."""
    rows = batch.applications.filter(~Exists(undone("case")), state=S.NOT_IN_QUOTA, decision__isnull=False)
    waiting = list(rows.select_related("case", "enterprise", "batch__programme", "batch__rule_set", "decision__item"))
    if places is None:
        return [row.application for row in recognition_quota.by_score(waiting, batch.tie_rule)]
    rank = {place.application: place.order for place in places.without}
    return sorted((one for one in waiting if one.pk in rank), key=lambda one: rank[one.pk])


def _who_can(order: Iterable[Application], at: datetime) -> tuple[list[Application], list[PassedOver]]:
    found, passed_over = [], []
    for one in order:
        reason = next(iter(reasons_to_pass_over(one, at)), None)
        if reason is None:
            found.append(one)
        else:
            passed_over.append(PassedOver(one, reason))
    return found, passed_over


def reasons_to_pass_over(application: Application, at: datetime) -> Iterator[Reason]:
    """Why the title could not be granted to it: it stands in nobody's way."""
    if (held := titles.standing_title(application)) is not None:
        values = {"no": application.case.number, "title": held.number}
        yield Reason("already_held", _("%(no)s：该单位已持有本项目的有效资格（%(title)s），不再递补。") % values)
    yield from faults_of_bar(application.enterprise, application.batch, at)


# --- why a place is not given now -----------------------------------------------------------------------------------
def faults_of_batch(batch: Batch, found: FreePlaces, at: datetime) -> Iterator[Reason]:
    """Everything that speaks against giving any place of the batch now."""
    if not counts_places(batch):
        yield Reason("no_places", _("本批次没有可递补的名额。"))
        return
    if not is_past(batch.closes_at, at):
        yield Reason("window_open", _("申报期未满，尚不能确定顺位。"))
    if not found.free:
        yield Reason("quota_full", _("名额已满，没有空余名额。"))
    elif not found.open:
        for one in found.provisional:
            text = _("%(no)s 终结办理的决定正在复议、诉讼或者纠正之中，其名额暂不能递补。")
            yield Reason("place_provisional", text % {"no": one.case.number})
    if batch.external_notices.exclude(outside_lists__state__in=WITHOUT_EFFECT).exists():
        yield Reason("list_closed", _("已登记国家公示或者国家结果，本批次的推荐名单已经办结，不再递补。"))
    yield from _undecided(batch)


def _undecided(batch: Batch) -> Iterator[Reason]:
    """Cases on their way to the committee may stand before whoever is next now."""
    drafts = Q(state=S.DRAFT, case__ordered_by__isnull=False)  # what was ordered to be decided again
    rows = batch.applications.filter(Q(state__in=UNDECIDED) | drafts)
    if not batch.is_recommendation:
        rows = rows.exclude(pk__in=recognition_quota.holding(batch).values("pk"))
    else:
        rows = rows.exclude(pk__in=[place.application for place in quota_places(batch).holding])
    for row in rows.select_related("case").order_by("case__number"):
        text = _("%(no)s 尚未由评审委员会作出决定，顺位未定。")
        yield Reason("case_undecided", text % {"no": row.case.number})


def faults_of_next(application: Application) -> Iterator[Reason]:
    """What holds back the one whose turn it is; nobody goes before it meanwhile."""
    if Reconsideration.objects.filter(challenged=application.case_id, state__in=LOOKED_AT).exists():
        text = _("%(no)s 已就未列入名额申请复议或者提请纠正，尚未办结；撤回或者作出决定后再办理递补。")
        yield Reason("letter_challenged", text % {"no": application.case.number})
