"""At most so many proposals in a batch: the quota with its ground, places by score, how far it reaches."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.db.models import Exists, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.enums import ApplicationState, Choice, MeetingState
from accreditation.errors import Reason, Refusal
from accreditation.models import Application, Batch, MeetingItem, User
from accreditation.permissions import demand_power
from accreditation.recommendation_words import TieRule
from accreditation.roles import Power
from accreditation.services.evaluation import tie_value_of, verified_evaluation
from accreditation.services.quota_places import sent_back, undone
from accreditation.services.reopened_figures import revised_scores
from accreditation.services.rule_sets import rules_of
from criteria.facts import exact_text
from criteria.units import amount_text

S = ApplicationState
STANDING = (S.PROPOSED, S.UNDER_NOTICE, S.NOTICE_COMPLETED, S.RECOGNISED)  # proposals that use up the quota
RANKED = (S.UNDER_OVERALL_REVIEW, S.POSTPONED, S.NOT_IN_QUOTA, *STANDING)


@dataclass(frozen=True, slots=True)
class Place:
    """One application in the order of scores: place from 1, exact score, exact figure of the tie rule."""

    place: int
    application: Application
    score: Fraction
    tie_value: Fraction


def limits_proposals(batch: Batch) -> bool:
    """Whether the batch has a quota of its own proposals, entered with a tie rule; other quotas have their rankings."""
    return batch.quota is not None and bool(batch.tie_rule) and not batch.is_recommendation


def set_proposal_quota(batch: Batch, *, quota: int, ground: str, tie_rule: str, by: User, at: datetime) -> Batch:
    """Enter the most proposals of a batch, the document that sets it, and who comes first of two with equal scores.

    Refused once minutes that count by it are written: the committee has then been told the old number.
    """
    with act(batch, "set_proposal_quota", by=by, at=at, acting_as="municipal_officer") as doing:
        demand_power(by, Power.RUN_BATCHES, at=at)
        row = doing.chain
        assert isinstance(row, Batch)
        if tie_rule not in TieRule.values:
            raise Refusal([Reason("tie_rule_needed", _("请选择得分相同时的排序规则。"), "tie_rule")])
        decided = (MeetingState.MINUTES_DRAFTED, MeetingState.ADOPTED)
        if MeetingItem.objects.filter(meeting__batch=row, meeting__state__in=decided).exists():
            raise Refusal([Reason("quota_in_use", _("本批次已有会议纪要，认定名额不能再改。"))])
        doing.note(quota=quota, ground=ground, tie_rule=tie_rule, before=row.quota)
        row.quota, row.quota_ground, row.tie_rule = quota, ground, tie_rule
        row.save()
    return row


def by_score(applications: Iterable[Application], tie_rule: str) -> list[Place]:
    """By the score of the verified figures, then by the figure of the tie rule, then by case number."""
    keyed = [(_score(row), tie_value_of(row, tie_rule), row) for row in applications]
    keyed.sort(key=lambda key: (-key[0], -key[1], key[2].case.number))
    return [Place(place, row, score, tie) for place, (score, tie, row) in enumerate(keyed, start=1)]


def _score(application: Application) -> Fraction:
    found = verified_evaluation(application)
    return found.total if found is not None and found.total is not None else Fraction(0)


def places_left(batch: Batch, *, apart_from: Iterable[int] = ()) -> int:
    """How many proposals the quota still allows; a proposal that fell in the public notice frees its place.

    Places that minutes give are taken as soon as they are written: another meeting does not give them again. Of
    `apart_from`, applications by their keys, the places are given anew.
    """
    assert batch.quota is not None
    promised = MeetingItem.objects.filter(
        meeting__batch=batch, meeting__state=MeetingState.MINUTES_DRAFTED, is_within_quota=True
    )
    held = holding(batch).exclude(pk__in=[*apart_from, *promised.values_list("application", flat=True)])
    return max(batch.quota - held.count() - promised.count(), 0)


def holding(batch: Batch) -> QuerySet[Application]:
    """Who has a place: the proposals that stand, and who was sent back until the committee decides anew (信赖保护)."""
    back = Q(state=S.UNDER_OVERALL_REVIEW) & Exists(sent_back("pk"))
    return batch.applications.filter(Q(state__in=STANDING) | back)


def standing_order(batch: Batch) -> list[Place]:
    """The order as it stands now: every application that has come before the committee, or will.

    One that was set aside stands no more; what it is decided again by has a place of its own.
    """
    rows = batch.applications.filter(~Exists(undone("case")), state__in=RANKED).select_related(
        "case", "enterprise", "batch__rule_set"
    )
    return by_score(rows, batch.tie_rule)


def ahead_of(place: Place, batch: Batch, here: Collection[int]) -> int:
    """How many that an earlier meeting was for stand before it by score: whom its place depends on decided again.

    Whoever keeps its place while it is sent back is among them, one that was set aside is not; nor are the applications
    `here`, by their keys, on which this meeting decides as well.

    Whose figures were corrected since the minutes gave it a place is placed among all of them, as a late case is in a
    ranking (`quota_order`): a proposal that stands is not taken back, but does not yield to a lower score either.
    """
    below = Q(state=S.NOT_IN_QUOTA)
    earlier = batch.applications.filter(below | Q(pk__in=holding(batch).values("pk")), ~Exists(undone("case")))
    earlier = earlier.exclude(pk__in=[place.application.pk, *here])
    others = by_score(earlier.select_related("case", "enterprise", "batch__rule_set"), batch.tie_rule)
    return sum(_order(other) < _order(place) for other in others)


def _order(place: Place) -> tuple[Fraction, Fraction, str]:
    return -place.score, -place.tie_value, place.application.case.number


def place_items(batch: Batch, items: Collection[MeetingItem]) -> list[str]:
    """Give the items that the votes recognise their places, and say so in lines of the minutes."""
    Batch.objects.select_for_update().get(pk=batch.pk)  # two meetings of a batch count one after the other
    wanted = {item.application_id: item for item in items if item.outcome == Choice.RECOGNISE}
    here = [item.application_id for item in items]
    left, revised = places_left(batch, apart_from=here), revised_scores(wanted)
    quota = batch.quota or 0
    lines = []
    for row in by_score([item.application for item in wanted.values()], batch.tie_rule):
        item = wanted[row.application.pk]
        item.place, item.score = row.place, exact_text(row.score)
        ahead = ahead_of(row, batch, here) if row.application.pk in revised else None
        is_outranked = ahead is not None and ahead + row.place - 1 >= quota
        item.is_within_quota = left > 0 and not is_outranked
        left -= item.is_within_quota
        item.save(update_fields=["place", "score", "is_within_quota"])
        lines.append(_line(batch, row, ahead, is_within=item.is_within_quota))
    return lines


def _line(batch: Batch, row: Place, ahead: int | None, *, is_within: bool) -> str:
    """One line of the official text, which is Chinese; `ahead` of one whose figures were corrected, as `ahead_of`."""
    field = rules_of(batch).fields[batch.tie_rule]
    tie = f"{field.name_zh} {amount_text(row.tie_value, field.unit, 'zh')}"
    score = amount_text(row.score, "point", "zh")
    reach = "名额以内" if is_within else "名额以外"
    name, number = row.application.enterprise.name, row.application.case.number
    among = "" if ahead is None else f"（核定数据改正，此前同意认定的申报中 {ahead} 件排在其前）"
    return f"{row.place}．{name}（{number}）　得分 {score}　{tie}　{reach}{among}"
