"""Evaluations as their pages see them: a round with its calls, a holder's own calls, the public results of a title."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import QuerySet

from accreditation.enums import ApplicationState, Level
from accreditation.errors import NotFound
from accreditation.evaluation_words import CallReason
from accreditation.models import (
    Announcement,
    Application,
    Batch,
    EarlierResult,
    EarlierResultLine,
    EvaluationCall,
    EvaluationRound,
    Title,
    User,
)
from accreditation.permissions import Person, batches_under, districts_of
from accreditation.recusals import enterprises_barred_to
from accreditation.roles import Power
from accreditation.selectors.evaluation_terms import kept_among, titles_kept
from accreditation.selectors.granting import proceeded_over_at
from accreditation.selectors.results import results_set_aside
from accreditation.services.evaluation_rounds import (
    NOT_HANDED_IN,
    Listed,
    knows_cycle,
    population,
    rounds_of,
    titles_of,
)
from accreditation.services.rule_sets import rules_of
from accreditation.visibility import enterprises_of
from workflows.evaluation_acts import is_late_list_alone
from workflows.own_matters import own_among
from workflows.selectors import batch_desk
from workflows.selectors.own_batches import own_batch

SHOWN_TO_HOLDER = (ApplicationState.UNDER_NOTICE, ApplicationState.NOTICE_COMPLETED)
ANSWERED, MISSING, LATE, LEFT_OUT = "answered", "missing", "late", "left_out"


def evaluation_batch(code: str) -> Batch:
    """A batch that evaluates titles; NotFound otherwise."""
    row = batch_desk.batch(code)
    if not row.is_evaluation:
        raise NotFound(code)
    return row


def office_round(code: str) -> Batch:
    """One that the municipal office runs itself; NotFound for what a district, a zone or a group runs."""
    row = evaluation_batch(code)
    if row.authority_id is not None:
        raise NotFound(code)
    return row


def local_round(user: Person, code: str) -> Batch:
    """One of the bodies for which the person runs evaluations; NotFound for another body's and the office's."""
    row = own_batch(user, code)
    if not row.is_evaluation:
        raise NotFound(code)
    return row


def round_of(batch: Batch) -> EvaluationRound | None:
    """The frozen round; None before."""
    return EvaluationRound.objects.select_related("frozen_by").filter(batch=batch).first()


def would_freeze(batch: Batch) -> list[Listed]:
    """Whom a freeze now would name; nobody while the rules do not say who is due."""
    return population(batch) if knows_cycle(rules_of(batch)) else []


def calls_of(round_: EvaluationRound, part: str = "") -> QuerySet[EvaluationCall]:
    """The calls of a round in their order; `part` narrows them to one column of the counts."""
    rows = round_.calls.select_related(
        "title__holder", "announced_holder", "application__case", "proposal", "announcement"
    )
    return rows.filter(pk__in=[call.pk for call in rows if part_of(call) == part]) if part else rows


def own_calls_of(user: User, calls: Iterable[EvaluationCall]) -> frozenset[int]:
    """Keys of those calls whose evaluation is the person's own matter, sent in or not."""
    every = list(calls)
    cases = {call.application.case_id: call.pk for call in every if call.application is not None}
    barred = {cases[key] for key in own_among(user, cases.keys())}
    holders = set(enterprises_barred_to({user.pk}).values_list("enterprise_id", flat=True))
    return frozenset(barred | {call.pk for call in every if call.title.holder_id in holders})


def part_of(call: EvaluationCall) -> str:
    """In which column of the counts a call stands."""
    if call.reason != CallReason.DUE:
        return LEFT_OUT
    if call.late_at is not None:
        return LATE
    is_open = call.application is None or call.application.state in NOT_HANDED_IN
    return MISSING if is_open else ANSWERED


def earlier_round(batch: Batch) -> EvaluationRound | None:
    """The round before, whose excellent titles stand aside from this one."""
    return rounds_of(batch).filter(year__lt=batch.year).order_by("-year").first()


def earlier_entered(batch: Batch) -> list[EarlierResult]:
    """What was entered of the round before, whatever became of it, the newest first."""
    rows = batch.earlier_results.select_related("recorded_by", "recorded_for", "settled_by", "settled_for")
    return list(rows.order_by("-pk"))


def lines_of_earlier(entry: EarlierResult) -> list[EarlierResultLine]:
    """Each title with its band, in the order of entry."""
    return list(entry.lines.select_related("title__holder").order_by("position"))


def own_holders(user: User, holders: Iterable[int]) -> frozenset[int]:
    """Those of the enterprises with which the person has nothing to do as an official."""
    return frozenset(enterprises_barred_to({user.pk}).values_list("enterprise_id", flat=True)).intersection(holders)


def titles_in_force(batch: Batch) -> list[Title]:
    """Titles for which an earlier result can be entered."""
    return list(titles_of(batch))


def awaiting_in(batch: Batch, on: date) -> list[Title]:
    """Titles that the body of an evaluation batch evaluates, past their last day and kept for their evaluation."""
    past = titles_of(batch).filter(valid_until__lt=on).select_related("programme__granted_by", "holder")
    return kept_among(past.order_by("valid_until", "number"), on)


def awaiting_of_city(on: date) -> list[Title]:
    """The same of those that the city's office evaluates, whether or not a batch is open for it."""
    return [title for title in _by_last_day(on) if title.programme.level != Level.DISTRICT]


def awaiting_of_bodies(user: Person, on: date) -> list[Title]:
    """The same of the districts, zones and groups for which the person runs recognition and evaluation."""
    own = Title.objects.filter(proceeded_over_at(list(districts_of(user, Power.RUN_LOCALLY))))
    keys = set(own.filter(valid_until__lt=on).values_list("pk", flat=True))
    return [title for title in _by_last_day(on) if title.pk in keys] if keys else []


def _by_last_day(on: date) -> list[Title]:
    return sorted(titles_kept(on), key=lambda title: (title.valid_until or on, title.number))


def rounds_awaited(titles: Iterable[Title]) -> Mapping[int, EvaluationRound]:
    """By key of the title: the newest round into which it is frozen as due and which has no published result of it."""
    rows = EvaluationCall.objects.filter(
        title__in=[title.pk for title in titles], reason=CallReason.DUE, published_on__isnull=True
    )
    return {call.title_id: call.round for call in rows.select_related("round").order_by("round__year")}


def own_calls(user: Person) -> list[EvaluationCall]:
    """Calls of the person's enterprises that were sent out, the newest first."""
    rows = EvaluationCall.objects.filter(title__holder__in=enterprises_of(user), round__called_at__isnull=False)
    found = rows.select_related("title__programme", "title__holder", "round__batch", "application__case")
    return list(found.order_by("-round__year", "title__number"))


def results_of(title: Title) -> list[EvaluationCall]:
    """Published results of a title, the newest first."""
    rows = title.evaluation_calls.filter(published_on__isnull=False)
    rows = rows.select_related("round", "announcement", "announced_holder")
    return list(rows.order_by("-round__year"))


def announced_results(row: Announcement) -> list[EvaluationCall]:
    """What an announcement of results lists, late holders included."""
    rows = row.evaluation_calls.select_related("title__holder", "announced_holder", "announcement", "round")
    return list(rows.order_by("position"))


def set_aside(calls: Iterable[EvaluationCall]) -> frozenset[int]:
    """Keys of those whose published result a decision on reconsideration has set aside; one query, none for none."""
    keys = [call.pk for call in calls]
    rows = results_set_aside().filter(pk__in=keys).values_list("pk", flat=True) if keys else ()
    return frozenset(rows)


def result_of(application: Application) -> EvaluationCall | None:
    """The result of an evaluation as far as it is fixed; None for every other application."""
    row = EvaluationCall.objects.select_related("title", "round").filter(application=application).first()
    return row if row is not None and row.band else None


def results_by_case(applications: Iterable[Application]) -> Mapping[int, EvaluationCall]:
    """Fixed results of several applications by the key of each; one query."""
    rows = EvaluationCall.objects.filter(application__in=[row.pk for row in applications]).exclude(band="")
    return {row.application_id: row for row in rows if row.application_id is not None}


def is_shown_to_holder(application: Application, call: EvaluationCall) -> bool:
    """The holder learns score and band with the public notice."""
    return call.published_on is not None or application.state in SHOWN_TO_HOLDER


def late_lists(user: Person) -> list[Batch]:
    """Batches of the person's authority to which nothing is left but their late list."""
    rows = Batch.objects.filter(batches_under(user, Power.PUBLISH), evaluation_round__late_listed_at__isnull=False)
    return [row for row in rows.select_related("programme").order_by("pk") if is_late_list_alone(row)]
