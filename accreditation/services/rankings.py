"""Initial scores, and the first ranking of a batch frozen by hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accreditation.acts import act
from accreditation.clocks import is_past
from accreditation.enums import ApplicationState
from accreditation.errors import Reason, Refusal
from accreditation.models import Application, Batch, InitialScore, Ranking, RankingLine, User
from accreditation.permissions import demand_power
from accreditation.recommendation_words import TieRule
from accreditation.roles import Power
from accreditation.services.evaluation import tie_value_of, verified_evaluation
from accreditation.services.numbers import next_number_at
from accreditation.services.rule_sets import rules_of
from criteria.facts import exact_text
from criteria.units import amount_text

WAITING = ApplicationState.AWAITING_RANKING
UNSETTLED = frozenset(
    {
        ApplicationState.RETURNED,
        ApplicationState.UNDER_COMPLETENESS_CHECK,
        ApplicationState.UNDER_CONSULTATION,
    }
)


@dataclass(frozen=True, slots=True)
class Standing:
    """One application in the order of a ranking: place from 1, exact score and exact figure of the tie rule."""

    place: int
    application: Application
    score: Fraction
    tie_value: Fraction


def keep_initial_score(
    application: Application, *, opinion: str, without_answer_for: str, by: User, at: datetime
) -> InitialScore:
    """Freeze the score that the rules give on the verified figures."""
    found = verified_evaluation(application)
    assert found is not None
    assert found.total is not None
    return InitialScore.objects.create(
        application=application,
        total=exact_text(found.total),
        evaluation=found.to_json(),
        digest=found.digest(),
        opinion=opinion,
        without_answer_for=without_answer_for,
        scored_by=by,
        scored_at=at,
    )


def set_quota(batch: Batch, *, quota: int, ground: str, by: User, at: datetime) -> Batch:
    """Enter the number of recommendations and the document that sets it; not after the ranking is frozen."""
    with act(batch, "set_quota", by=by, at=at, acting_as="municipal_officer") as doing:
        demand_power(by, Power.RUN_BATCHES, at=at)
        row = doing.chain
        assert isinstance(row, Batch)
        if Ranking.objects.filter(batch=row).exists():
            raise Refusal([Reason("ranking_frozen", _("排序已固定，名额不能再改。"))])
        doing.note(quota=quota, ground=ground, before=row.quota)
        row.quota, row.quota_ground = quota, ground
        row.save()
    return row


def ranked(batch: Batch, tie_rule: str) -> list[Standing]:
    """The waiting applications by score, then by the figure of the tie rule, then by case number."""
    rows = batch.applications.filter(state=WAITING).select_related("initial_score", "case", "enterprise", "batch")
    keyed = [(Fraction(row.initial_score.total), tie_value_of(row, tie_rule), row) for row in rows]
    keyed.sort(key=lambda key: (-key[0], -key[1], key[2].case.number))
    return [Standing(place, row, score, tie) for place, (score, tie, row) in enumerate(keyed, start=1)]


def faults_of_freezing(batch: Batch, tie_rule: str, at: datetime) -> Iterator[Reason]:
    """Every reason against freezing the ranking of a batch now."""
    if Ranking.objects.filter(batch=batch).exists():
        yield Reason("ranking_frozen", _("本批次排序已固定。"))
        return
    if batch.quota is None:
        yield Reason("quota_needed", _("请先登记推荐名额及其依据。"), "quota")
    if not is_past(batch.closes_at, at):
        yield Reason("window_open", _("申报期未满，不能排序。"))
    if tie_rule not in TieRule.values:
        yield Reason("tie_rule_needed", _("请选择得分相同时的排序规则。"), "tie_rule")
    yield from unsettled(batch)
    if not batch.applications.filter(state=WAITING).exists():
        yield Reason("empty_list", _("没有待排序的申报。"))


def unsettled(batch: Batch) -> Iterator[Reason]:
    """Cases that may still come to be ranked: those beside them wait, so that nobody's place depends on the hour."""
    for row in batch.applications.filter(state__in=UNSETTLED).select_related("case").order_by("case__number"):
        yield Reason("case_unsettled", _("%(no)s 尚在核查、补正或会商中。") % {"no": row.case.number})


def create_ranking(batch: Batch, *, tie_rule: str, by: User, at: datetime) -> Ranking:
    """Write the ranking and its lines; the text carries quota, ground, tie rule, rule set and every place."""
    standings = ranked(batch, tie_rule)
    number = next_number_at("RANK", at, 3)
    text = _text(batch, number, tie_rule, standings)
    assert batch.quota is not None
    ranking = Ranking.objects.create(
        batch=batch,
        number=number,
        quota=batch.quota,
        tie_rule=tie_rule,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        frozen_by=by,
        frozen_at=at,
    )
    RankingLine.objects.bulk_create(
        RankingLine(
            ranking=ranking,
            application=row.application,
            place=row.place,
            score=exact_text(row.score),
            tie_value=exact_text(row.tie_value),
        )
        for row in standings
    )
    return ranking


def line_of_text(row: Standing, batch: Batch, tie_rule: str) -> dict[str, object]:
    """One place as the frozen text names it."""
    field = rules_of(batch).fields[tie_rule]
    return {
        "place": row.place,
        "name": row.application.enterprise.name,
        "uscc": row.application.enterprise.uscc,
        "number": row.application.case.number,
        "shown": amount_text(row.score, "point", "zh"),
        "tie_shown": f"{field.name_zh} {amount_text(row.tie_value, field.unit, 'zh')}",
    }


def _text(batch: Batch, number: str, tie_rule: str, standings: Iterable[Standing]) -> str:
    lines = [line_of_text(row, batch, tie_rule) for row in standings]
    with override("zh-hans"):  # a ranking is an official text
        words = {"tie_rule": TieRule(tie_rule).label, "programme": batch.programme, "number": number}
        return render_to_string("accreditation/ranking.txt", {"batch": batch, "lines": lines, **words}).strip()


def missing_from_agenda(applications: Iterable[Application]) -> list[Application]:
    """Lines of any ranking of the batch that wait for the committee and are not on this agenda.

    A ranking is decided whole, and beside the others of its batch: they share one quota.
    """
    listed = list(applications)
    batches = {row.batch_id for row in listed if hasattr(row, "ranking_line")}
    waiting = Application.objects.filter(
        ranking_line__ranking__batch__in=batches, state=ApplicationState.UNDER_OVERALL_REVIEW
    ).exclude(pk__in=[row.pk for row in listed])
    return list(waiting.select_related("case").order_by("case__number"))
