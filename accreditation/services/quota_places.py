"""Who holds a place of the quota of a batch, read from its rankings, and whether it reaches one more application."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from django.db.models import Exists, OuterRef, Q, QuerySet

from accreditation.enums import ApplicationState, Choice
from accreditation.models import (
    Application,
    Batch,
    MeetingItem,
    Ranking,
    RankingLine,
    Reconsideration,
    Reopening,
    RevisedScore,
)
from accreditation.models.reopenings import ReopeningAnswer
from accreditation.reconsideration_words import SETTLED, UNDOING
from accreditation.services.evaluation import tie_value_of
from accreditation.services.quota_order import Place, Reach, free_places, next_in_order, reaches
from accreditation.services.reopened_figures import revised_score, revised_scores

# One that ended because it holds the title already has given its place back.
HOLDING = (
    ApplicationState.TO_BE_RECOMMENDED,
    ApplicationState.RECOMMENDED_UPWARD,
    ApplicationState.RECOGNISED_ABOVE,
    ApplicationState.NOT_RECOGNISED_ABOVE,
)
AGAINST = (Choice.REFUSE, Choice.POSTPONE)


@dataclass(frozen=True, slots=True)
class QuotaPlaces:
    """The rankings of a batch, by freezing, and its approved applications: those with a place, those without one."""

    rankings: list[Ranking]
    holding: list[Place]
    without: list[Place]

    @property
    def quota(self) -> int:
        """Of the batch, as the first ranking froze it."""
        return self.rankings[0].quota

    @property
    def extra(self) -> dict[int, int]:
        """Places allowed beyond the quota, by the turn of the supplementary ranking for which they were."""
        return {turn: ranking.extra_quota for turn, ranking in enumerate(self.rankings)}

    @property
    def free(self) -> int:
        """Places of the quota that nobody holds."""
        return free_places(self.quota, self.extra, Counter(place.turn for place in self.holding))

    @property
    def unused(self) -> int:
        """Places that nobody holds: of the quota, and of those that were allowed for one supplementary ranking."""
        taken = Counter(place.turn for place in self.holding)
        return max(0, self.free) + sum(max(0, extra - taken[turn]) for turn, extra in self.extra.items())

    def next_ones(self) -> list[Place]:
        """Those without a place who would have one now, one after the other, each the first by the common order."""
        holding, waiting, found = list(self.holding), list(self.without), []
        while (one := next_in_order(self.quota, self.extra, holding=holding, without=waiting)) is not None:
            holding.append(one)
            waiting.remove(one)
            found.append(one)
        return found

    def but_for(self, applications: Collection[int]) -> QuotaPlaces:
        """The same without those, by their keys, who cannot take a place whatever their order."""
        return QuotaPlaces(
            self.rankings, self.holding, [place for place in self.without if place.application not in applications]
        )

    def reaches(self, approved: Collection[Place], extra: dict[int, int] | None = None) -> dict[int, Reach]:
        """What the quota does with these, by the key of the application; `extra` adds turns not frozen yet."""
        allowed = self.extra | (extra or {})
        return reaches(self.quota, allowed, holding=self.holding, without=self.without, approved=approved)


def quota_places(batch: Batch) -> QuotaPlaces:
    """Those of a batch with a frozen ranking."""
    rankings = list(Ranking.objects.filter(batch=batch).order_by("pk"))
    return _sorted(rankings, _places(rankings), ())


def _sorted(rankings: list[Ranking], found: Iterable[tuple[Place, str]], apart_from: Collection[int]) -> QuotaPlaces:
    counting = [(place, state) for place, state in found if place.application not in apart_from]
    return QuotaPlaces(
        rankings,
        [place for place, state in counting if state in HOLDING],
        [place for place, state in counting if state == ApplicationState.NOT_IN_QUOTA],
    )


def reach_of(application: Application, item: MeetingItem) -> Reach:
    """Whether the quota reaches an application that the meeting of this agenda item approves; see `quota_order`."""
    rows = MeetingItem.objects.filter(meeting=item.meeting_id, outcome=Choice.RECOGNISE)
    here = set(rows.values_list("application_id", flat=True))
    rankings = list(Ranking.objects.filter(batch=application.batch_id).order_by("pk"))
    found = _places(rankings)
    approved = [place for place, _state in found if place.application in here]
    return _sorted(rankings, found, here).reaches(approved)[application.pk]


def _places(rankings: list[Ranking]) -> list[tuple[Place, str]]:
    """Every line of the rankings of a batch that stands, with the state of its application.

    What a decision on reconsideration or a judgment has set aside stands no more: it is decided again by another
    application, which has a line of its own.
    """
    turns = {ranking.pk: turn for turn, ranking in enumerate(rankings)}
    rows = RankingLine.objects.filter(~Exists(undone("application__case")), ranking__in=rankings)
    found = list(rows.annotate(keeps=Exists(sent_back("application"))).select_related("application__case"))
    revised = revised_scores([row.application_id for row in found])
    tie_rule = rankings[0].tie_rule if rankings else ""
    return [(standing_place(row, turns[row.ranking_id], revised, tie_rule), _stands_as(row)) for row in found]


def undone(case: str) -> QuerySet[Reconsideration]:
    """What has set an act in the case aside, of the outer row that has it at that field."""
    return Reconsideration.objects.filter(
        Q(redo_case__isnull=False) | Q(state__in=SETTLED, outcome__in=UNDOING), challenged=OuterRef(case)
    )


def sent_back(application: str) -> QuerySet[Reopening]:
    """It had a place when it was sent back, and no meeting has refused or postponed it since.

    Of the outer row that has the application at that field.
    """
    later = MeetingItem.objects.filter(
        application=OuterRef("application"), pk__gt=OuterRef("decision__item"), outcome__in=AGAINST
    )
    return Reopening.objects.filter(~Exists(later), application=OuterRef(application), answer=ReopeningAnswer.RETURNED)


def _stands_as(line: RankingLine) -> str:
    """State of the application; one that was sent back keeps its place (信赖保护) until the committee decides anew."""
    state = line.application.state
    keeps = state == ApplicationState.UNDER_OVERALL_REVIEW and getattr(line, "keeps", False)
    return ApplicationState.TO_BE_RECOMMENDED if keeps else state


def standing_place(line: RankingLine, turn: int, revised: Mapping[int, RevisedScore], tie_rule: str) -> Place:
    """A line as it counts now: by the score on corrected figures where there is one, else as it was frozen."""
    frozen, score = place_of(line, turn), revised.get(line.application_id)
    if score is None:
        return frozen
    tie = tie_value_of(line.application, tie_rule)
    return replace(frozen, score=counted_points(score.total), tie_value=tie, is_revised=True)


def counted_points(total: str) -> Fraction:
    """Points by which a ranked application counts. A total that the corrected figures do not give counts as none:

    no place is kept by a score that rests on figures which were found wrong.
    """
    return Fraction(total) if total else Fraction(0)


def score_of_line(line: RankingLine) -> Fraction:
    """The score by which a ranked application counts: on corrected figures where it was sent back for them."""
    revised = revised_score(line.application)
    return counted_points(revised.total) if revised is not None else Fraction(line.score)


def place_of(line: RankingLine, turn: int) -> Place:
    """A frozen line as the rule sees it."""
    number = line.application.case.number
    return Place(line.application_id, turn, Fraction(line.score), Fraction(line.tie_value), number)
