"""Places of a ranking in words, before and after it is frozen."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accreditation.models import Application, Batch, Ranking, RankingLine, RevisedScore
from accreditation.services.quota_order import Reach
from accreditation.services.quota_places import quota_places
from accreditation.services.rankings import Standing
from accreditation.services.rule_sets import rules_of
from accreditation.services.supplementary_rankings import LateStanding, between, revised_between, revised_place
from workflows.presentation.reopenings import points
from workflows.presentation.words import Words, amount, state_label, state_tone


def standing_words(row: Standing, batch: Batch, tie_rule: str) -> Words:
    """One place as it would be frozen now; `is_last_in` marks the last one within the quota."""
    unit = rules_of(batch).fields[tie_rule].unit
    return {
        "place": row.place,
        "name": row.application.enterprise.name,
        "number": row.application.case.number,
        "score": amount(row.score, "point"),
        "tie": amount(row.tie_value, unit),
        "is_within": batch.quota is not None and row.place <= batch.quota,
    }


REACHES: Mapping[Reach, tuple[str, Promise]] = {
    Reach.WITHIN: ("green", _("名额以内")),
    Reach.OUTRANKED: ("grey", _("名额以外")),
    Reach.FULL: ("amber", _("须追加名额")),
}


def late_words(row: LateStanding, first: Ranking) -> Words:
    """One late case as it would be frozen now: `between`, `ground`, `ahead`, and `tone` with `reach` of the quota."""
    tone, reach = REACHES[row.reach]
    words = standing_words(row.standing, first.batch, first.tie_rule)
    return words | {
        "between": between(row.after, row.before),
        "ground": row.ground,
        "ahead": row.ahead,
        "tone": tone,
        "reach": reach,
    }


def places_words(first: Ranking) -> Words:
    """The first ranking as the ground of a supplementary one, with the places of the quota held and free."""
    places = quota_places(first.batch)
    return {
        "number": first.number,
        "quota": first.quota,
        "tie_rule": first.get_tie_rule_display(),
        "held": len(places.holding),
        "free": max(0, places.free),
    }


def official_place(line: RankingLine) -> int | str:
    """The place as papers for the authority above name it, in Chinese; the frozen one, and where it belongs since."""
    is_first = line.ranking.supplements_id is None
    if (where := revised_between(line)) is not None:
        return f"排序 {line.ranking.number} 第 {line.place} 位，核定数据改正后应列{where}"
    return line.place if is_first else f"补充排序 {line.ranking.number} 第 {line.place} 位"


def line_words(application: Application, revised: Mapping[int, RevisedScore]) -> Words:
    """One line of a frozen ranking with where the case stands now; `between` of late ones, and of those `revised`.

    `revised` holds the scores on figures that were corrected since, by the key of the application.
    """
    line, score = application.ranking_line, revised.get(application.pk)
    return {
        "place": line.place,
        "name": application.enterprise.name,
        "number": application.case.number,
        "score": points(score.total if score else line.score),
        "between": _between(line, is_revised=score is not None),
        "ground": line.ground,
        "state": state_label(application.state),
        "tone": state_tone(application.state),
    }


def _between(line: RankingLine, *, is_revised: bool) -> str:
    """Where a line stands by the first order: of a late case, or of one whose figures were corrected since."""
    if is_revised and (revised := revised_place(line)) is not None:
        return gettext("核定数据改正后应列%(where)s") % {"where": between(*revised)}
    return between(line.stands_after, line.stands_before) if line.ranking.supplements_id else ""
