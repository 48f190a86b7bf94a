"""The supplementary ranking (补充排序): cases that come to be ranked after the ranking of their batch was frozen.

A decision on reconsideration or a judgment set the first act aside, and the application was decided again. It is placed
by its score against the frozen first order, which stays as it is; how far the quota reaches says `quota_order`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accreditation.enums import ApplicationState
from accreditation.errors import Reason
from accreditation.models import Application, Batch, Ranking, RankingLine, Reconsideration, User
from accreditation.recommendation_words import TieRule
from accreditation.reconsideration_words import GROUND_ZH, Remedy
from accreditation.services.numbers import next_number_at
from accreditation.services.quota_order import FIRST, Place, Reach
from accreditation.services.quota_places import QuotaPlaces, place_of, quota_places, standing_place
from accreditation.services.rankings import WAITING, Standing, line_of_text, ranked, unsettled
from accreditation.services.reopened_figures import revised_score, revised_scores
from criteria.facts import exact_text

LEAST_TEXT = 5


@dataclass(frozen=True, slots=True)
class Statement:
    """What the office states with it: places allowed beyond the quota, the document that allows them, why it is late.

    The reason is for cases that no decision sent back.
    """

    extra_quota: int = 0
    extra_ground: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LateStanding:
    """A late case: its standing among the late ones, between which places of the first ranking it belongs, and why.

    `ahead` counts the approved ones before it by the same order; `reach` is what becomes of it if the committee
    approves everybody in this ranking.
    """

    standing: Standing
    after: int | None
    before: int | None
    ground: str
    ahead: int
    reach: Reach

    @property
    def application(self) -> Application:
        """Whose standing it is."""
        return self.standing.application


def first_ranking(batch: Batch) -> Ranking | None:
    """The ranking that the others of the batch supplement; None before it is frozen."""
    return Ranking.objects.filter(batch=batch, supplements__isnull=True).first()


def late_standings(first: Ranking, *, extra_quota: int = 0) -> list[LateStanding]:
    """Those who wait now, by the order of the first ranking, if so many places beyond the quota were allowed."""
    batch = first.batch
    rows, places = ranked(batch, first.tie_rule), quota_places(batch)
    turn = len(places.rankings)
    late = {row.application.pk: _place(row, turn) for row in rows}
    found = places.reaches(late.values(), {turn: extra_quota})
    lines = frozen_lines(first)
    return [_late(row, late[row.application.pk], lines, places, found) for row in rows]


def frozen_lines(first: Ranking) -> list[RankingLine]:
    """The lines of the first ranking by whose frozen scores another one is placed, best first.

    The line of one whose figures were corrected since says nothing any more of where that one stands.
    """
    lines = list(first.lines.select_related("application__case").order_by("place"))
    revised = revised_scores([line.application_id for line in lines])
    return [line for line in lines if line.application_id not in revised]


def _late(
    row: Standing, place: Place, lines: Iterable[RankingLine], places: QuotaPlaces, found: dict[int, Reach]
) -> LateStanding:
    """Its own former line is no neighbour: what was decided on that has been set aside."""
    own = row.application
    after, before = neighbours(place, own, lines)
    ahead = sum(one.order < place.order for one in (*places.holding, *places.without))
    return LateStanding(row, after, before, ground_of(own), ahead, found[own.pk])


def neighbours(place: Place, own: Application, lines: Iterable[RankingLine]) -> tuple[int | None, int | None]:
    """Between which of these places it belongs by the same order; None above or beneath all of them."""
    better: list[int] = []
    worse: list[int] = []
    for line in lines:
        other = line.application
        if (other.enterprise_id, other.product_name) != (own.enterprise_id, own.product_name):
            (better if place_of(line, FIRST).order < place.order else worse).append(line.place)
    return max(better, default=None), min(worse, default=None)


def _place(row: Standing, turn: int) -> Place:
    return Place(row.application.pk, turn, row.score, row.tie_value, row.application.case.number)


def ground_of(application: Application) -> str:
    """The decision or judgment by which it is decided again, as its case has it; empty where there is none."""
    ordered: Reconsideration | None = getattr(application.case, "ordered_by", None)
    return "" if ordered is None else f"{ordered.decision_number}（{GROUND_ZH[Remedy(ordered.remedy)]}）"


def between(after: int | None, before: int | None) -> str:
    """Where a late case would have stood in the first ranking, in words."""
    if after is not None and before is not None:
        return _("首次排序第 %(after)d 位与第 %(before)d 位之间") % {"after": after, "before": before}
    if before is not None:
        return _("首次排序第 %(before)d 位之前") % {"before": before}
    if after is not None:
        return _("首次排序第 %(after)d 位之后") % {"after": after}
    return _("首次排序中没有其他申报")


def faults_of_supplementing(batch: Batch, said: Statement) -> Iterator[Reason]:
    """Every reason against freezing a supplementary ranking now."""
    if first_ranking(batch) is None:
        yield Reason("no_first_ranking", gettext_lazy("本批次尚未排序，待排序的申报列入首次排序。"))
        return
    yield from unsettled(batch)
    yield from _undecided(batch)
    waiting = list(batch.applications.filter(state=WAITING).select_related("case__ordered_by").order_by("pk"))
    if not waiting:
        yield Reason("empty_list", gettext_lazy("没有待排序的申报。"))
    if said.extra_quota > len(waiting) > 0:
        text = _("追加的名额不能多于本次补充排序的申报件数（%(n)d 件）。") % {"n": len(waiting)}
        yield Reason("extra_quota_too_many", text, "extra_quota")
    if said.extra_quota and len(said.extra_ground) < LEAST_TEXT:
        text = _("请写明上级同意追加名额的文件名称和文号。")
        yield Reason("extra_ground_needed", text, "extra_ground")
    if said.extra_ground and not said.extra_quota:
        yield Reason("extra_quota_needed", gettext_lazy("已填写追加名额的依据，请填写追加的名额数。"), "extra_quota")
    without = [row.case.number for row in waiting if not ground_of(row)]
    if without and len(said.reason) < LEAST_TEXT:
        text = _("%(no)s 没有责令重新办理的决定或者裁判，请写明排序固定后才列入的事由。")
        yield Reason("reason_needed", text % {"no": "、".join(without)}, "reason")


def _undecided(batch: Batch) -> Iterator[Reason]:
    """An earlier ranking is decided first, so that it is known which places are left."""
    rows = batch.applications.filter(state=ApplicationState.UNDER_OVERALL_REVIEW, ranking_line__isnull=False)
    for row in rows.select_related("case").order_by("case__number"):
        text = _("%(no)s 已列入此前的排序，评审委员会尚未作出决定。")
        yield Reason("earlier_undecided", text % {"no": row.case.number})


def create_supplementary(first: Ranking, said: Statement, *, by: User, at: datetime) -> Ranking:
    """Write the ranking and its lines; its text names the first one, which it does not change."""
    late = late_standings(first, extra_quota=said.extra_quota)
    ranking = Ranking(
        batch=first.batch, supplements=first, number=next_number_at("RANK", at, 3), quota=first.quota,
        tie_rule=first.tie_rule, frozen_by=by, frozen_at=at, **asdict(said),
    )  # fmt: skip
    ranking.text = _text(ranking, late)
    ranking.sha256 = hashlib.sha256(ranking.text.encode()).hexdigest()
    ranking.save()
    RankingLine.objects.bulk_create(
        RankingLine(
            ranking=ranking, application=row.application, place=row.standing.place,
            score=exact_text(row.standing.score), tie_value=exact_text(row.standing.tie_value),
            stands_after=row.after, stands_before=row.before, ground=row.ground,
        )
        for row in late
    )  # fmt: skip
    return ranking


def _text(ranking: Ranking, late: Iterable[LateStanding]) -> str:
    batch, places = ranking.batch, quota_places(ranking.batch)
    with override("zh-hans"):  # a ranking is an official text
        lines = [
            line_of_text(row.standing, batch, ranking.tie_rule)
            | {
                "between": between(row.after, row.before), "ground": row.ground, "ahead": row.ahead,
                "is_outranked": row.ahead >= ranking.quota,
            }
            for row in late
        ]  # fmt: skip
        words = {
            "ranking": ranking, "batch": batch, "programme": batch.programme, "lines": lines,
            "tie_rule": TieRule(ranking.tie_rule).label, "held": len(places.holding), "free": max(0, places.free),
        }  # fmt: skip
        return render_to_string("accreditation/ranking_supplementary.txt", words).strip()


def revised_place(line: RankingLine) -> tuple[int | None, int | None] | None:
    """Between which places of the frozen first order one belongs whose figures were corrected since; None for others.

    Both are None where no other line of it stands.
    """
    revised = revised_score(line.application)
    if revised is None:
        return None
    first = line.ranking.supplements or line.ranking
    place = standing_place(line, FIRST, {line.application_id: revised}, first.tie_rule)
    return neighbours(place, line.application, frozen_lines(first))


def revised_between(line: RankingLine) -> str | None:
    """The same in words of an official text, which is Chinese."""
    found = revised_place(line)
    if found is None:
        return None
    with override("zh-hans"):
        return between(*found)


def why_not_within(line: RankingLine, reach: Reach) -> str:
    """The reason of a case that the committee approves and the quota does not reach, as an official text.

    One of the first ranking, which is never outranked, finds the places used: by who stands before it, or by who was
    approved earlier than it, although it stands behind.
    """
    if (where := revised_between(line)) is not None:
        used = (
            "排在其前、评审委员会同意推荐的申报已不少于推荐名额" if reach is Reach.OUTRANKED
            else "推荐名额已由此前同意推荐的申报使用"
        )  # fmt: skip
        said = f"推荐名额 {line.ranking.quota} 个，核定数据改正后按首次排序的同一次序，应列{where}"
        return f"{said}；{used}，未列入推荐名额。"
    if line.ranking.supplements is None:
        used = "此前" if line.place <= line.ranking.quota else "位次在前或者此前"
        said = f"推荐名额 {line.ranking.quota} 个，按初评得分排序列第 {line.place} 位；"
        return f"{said}名额已由{used}同意推荐的申报使用，未列入推荐名额。"
    with override("zh-hans"):
        where = between(line.stands_after, line.stands_before)
    said = f"推荐名额 {line.ranking.quota} 个，按首次排序的同一次序，应列{where}。"
    if reach is Reach.OUTRANKED:
        return f"{said}排在其前、评审委员会同意推荐的申报已不少于推荐名额，未列入推荐名额。"
    extra = line.ranking.extra_quota
    allowed = (
        f"上级同意追加的名额 {extra} 个已由本次补充排序中位次在前的申报使用" if extra else "未取得上级同意追加的名额"
    )
    return f"{said}推荐名额已由此前同意推荐的申报使用，其推荐不因补充排序而改变；{allowed}，未列入推荐名额。"
