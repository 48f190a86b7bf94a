"""Recommendations for national titles as their desks see them: the batch, its ranking, lists, titles from above."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Max, Q, QuerySet

from accreditation.enums import ApplicationState, Level
from accreditation.errors import NotFound, Reason
from accreditation.models import (
    Application,
    Batch,
    Case,
    Consultation,
    DepartmentLetter,
    ExternalNotice,
    Ranking,
    Recommendation,
    Title,
    User,
)
from accreditation.recommendation_words import Department, ResultState
from accreditation.services.consultations import not_asked
from accreditation.services.rankings import Standing, ranked
from accreditation.services.supplementary_rankings import LateStanding, late_standings
from workflows.own_matters import Known, own_among
from workflows.selectors import batch_desk

WITHOUT_EFFECT = (ResultState.WAITING, ResultState.DECLINED, ResultState.WITHDRAWN)
TO_RECOMMEND, TO_HEAR_OF = ApplicationState.TO_BE_RECOMMENDED, ApplicationState.RECOMMENDED_UPWARD


def recommending_batch(code: str) -> Batch:
    """A batch that leads to a recommendation; NotFound for any other."""
    row = batch_desk.batch(code)
    if not row.is_recommendation:
        raise NotFound(code)
    return row


def rankings_of(batch: Batch) -> list[Ranking]:
    """The frozen rankings of a batch: the first one, then those that supplement it."""
    return list(Ranking.objects.filter(batch=batch).select_related("frozen_by", "supplements").order_by("pk"))


def lines_of(ranking: Ranking) -> QuerySet[Application]:
    """Its applications by place."""
    rows = Application.objects.filter(ranking_line__ranking=ranking)
    return rows.select_related("case", "enterprise", "ranking_line__ranking").order_by("ranking_line__place")


def standings_known(user: User, batch: Batch, tie_rule: str) -> Known[Standing]:
    """The places as they would be frozen now, the person's own matters left out; the other places stay as they are."""
    every = ranked(batch, tie_rule)
    own = own_among(user, {row.application.case_id for row in every})
    shown = [row for row in every if row.application.case_id not in own]
    return Known(shown, len(every) - len(shown))


def late_standings_known(user: User, first: Ranking | None) -> Known[LateStanding]:
    """The same of a supplementary ranking, if no place beyond the quota were allowed; none beside no first ranking."""
    every = late_standings(first) if first is not None else []
    own = own_among(user, {row.application.case_id for row in every})
    shown = [row for row in every if row.application.case_id not in own]
    return Known(shown, len(every) - len(shown))


def faults_known(user: User, batch: Batch, faults: Iterable[Reason]) -> list[str]:
    """Why a ranking cannot be frozen, without those reasons that name a case of the person's own."""
    cases = dict(batch.cases.values_list("pk", "number"))
    own = {cases[key] for key in own_among(user, cases.keys())}
    return [text for text in map(str, faults) if not any(number in text for number in own)]


def letters_of(batch: Batch) -> list[Recommendation]:
    """The recommendations sent, newest first, each with how many it lists."""
    rows = batch.recommendations.select_related("sent_by").annotate(count=Count("listed"))
    return list(rows.order_by("-sent_at"))


def notices_of(batch: Batch) -> list[ExternalNotice]:
    """The national notices of a batch that count, newest first: no result without the second officer's word."""
    rows = batch.external_notices.exclude(outside_lists__state__in=WITHOUT_EFFECT)
    return list(rows.select_related("recorded_by").order_by("-recorded_at"))


def notice_of_batch(batch: Batch, pk: int) -> ExternalNotice:
    """One of them; NotFound for any other."""
    row = batch.external_notices.select_related("file").filter(pk=pk).first()
    if row is None:
        raise NotFound(str(pk))
    return row


def waiting_for_letter() -> QuerySet[Batch]:
    """Batches with applications that the publisher has to recommend, the longest waiting first."""
    rows = Batch.objects.select_related("programme").annotate(
        to_recommend=Count("cases", filter=Q(cases__state=TO_RECOMMEND)),
        since=Max("cases__moved_at", filter=Q(cases__state=TO_RECOMMEND)),
    )
    return rows.filter(to_recommend__gt=0).order_by("since", "pk")


def packed(batch: Batch) -> list[Application]:
    """The applications that the package for the national authority holds, by ranking and place."""
    states = [TO_RECOMMEND, TO_HEAR_OF, ApplicationState.RECOGNISED_ABOVE, ApplicationState.NOT_RECOGNISED_ABOVE]
    rows = batch.applications.filter(state__in=states, ranking_line__isnull=False)
    filed = rows.select_related("case", "enterprise", "current__upload__file", "batch__rule_set")
    kept = filed.select_related("recommendation", "parent_title", "ranking_line__ranking")
    return list(kept.order_by("ranking_line__ranking", "ranking_line__place"))


def consultations_of(application: Application) -> list[Consultation]:
    """Departments asked about an application, in the order of asking."""
    rows = application.consultations.select_related("recorded_by").order_by("pk")
    return list(rows.prefetch_related("letters__file", "letters__recorded_by"))


def department_letters_of(case: Case) -> list[DepartmentLetter]:
    """Every file that was entered with an answer of a department, those that a correction took away included."""
    rows = DepartmentLetter.objects.filter(consultation__application__case=case)
    return list(rows.select_related("consultation", "file", "recorded_by").order_by("recorded_at", "pk"))


def departments_left(application: Application) -> list[Department]:
    """Whom the batch asks and nobody has asked, of an application whose departments were consulted."""
    return not_asked(application) if application.consultations.exists() else []


def titles_from_above() -> QuerySet[Title]:
    """Titles of national programmes, newest first."""
    rows = Title.objects.filter(programme__level=Level.NATIONAL).select_related("programme", "holder", "parent__holder")
    return rows.order_by("-granted_on", "-pk")


def title_from_above(number: str) -> Title:
    """One of them with its evaluations; NotFound for any other."""
    row = titles_from_above().select_related("granted_above__file").filter(number=number).first()
    if row is None:
        raise NotFound(number)
    return row
