"""What a draft would have done: every filed application of the programme scored again, before the edition counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.effects import handles
from accreditation.enums import DISTRICTS, ApplicationState, RuleDraftState
from accreditation.errors import Reason, Refusal
from accreditation.models import Application, Programme, RuleDraft, RuleTrial, User
from accreditation.models.titles import STANDING
from accreditation.services.evaluation import standing_of, verified_facts
from accreditation.services.files import WORKBOOK, keep_file
from accreditation.services.rule_drafts import check_drafter
from accreditation.services.rule_sets import faults_as_reasons, rules_of_edition
from criteria.editing import checked
from criteria.ruleset import RuleSet
from criteria.scope import Standing
from criteria.simulation import Applicant, simulate
from criteria.workbook.simulation_sheet import simulation_workbook

TOLD_EVERY = 50  # applications between two signs of progress


def order_trial(draft: RuleDraft, *, by: User, at: datetime) -> RuleTrial:
    """Have the draft tried on the past by the worker; the same text is tried once. Refusal for an unsound text."""
    check_drafter(by)
    with act(draft, "order_rule_trial", by=by, at=at, acting_as="municipal_officer") as doing:
        row = doing.chain
        assert isinstance(row, RuleDraft)
        if row.state != RuleDraftState.DRAFTING:
            raise Refusal([Reason("not_drafting", _("该草案已不在起草中，不能更改。"))])
        found = checked(row.text)
        if found.rule_set is None:
            raise Refusal(faults_as_reasons(found.faults))
        trial, is_new = RuleTrial.objects.get_or_create(
            draft=row,
            checksum=found.rule_set.checksum,
            defaults={"asked_by": by, "asked_at": at, "expected": history_of(row.programme).count()},
        )
        doing.note(checksum=trial.checksum)
        if is_new:
            doing.promise("rule_trial", f"rule_trial:{row.number}:{trial.checksum}", trial=trial.pk)
    return trial


def history_of(programme: Programme) -> Any:
    """Filed applications of a programme that were not taken back, oldest first."""
    rows = Application.objects.filter(batch__programme=programme, current__isnull=False)
    rows = rows.exclude(state=ApplicationState.WITHDRAWN)
    return rows.select_related("case", "batch__rule_set", "enterprise", "title", "current__upload").order_by("pk")


def applicants(programme: Programme, *rule_sets: RuleSet) -> Iterator[Applicant]:
    """The past as the simulation takes it; answers and records as they were given under the applications' own rules."""
    for row in history_of(programme).iterator(chunk_size=200):
        facts = verified_facts(row)
        assert facts is not None, "a filed application has facts"
        yield Applicant(
            reference=row.case.number,
            name=row.enterprise.name,
            district=str(DISTRICTS.get(row.case.district, row.case.district)),
            industry="",
            size="",
            facts=facts,
            on=row.batch.base_date,
            standing=_standing(row, rule_sets),
            holds_title=row.title is not None and row.title.state in STANDING,
        )


def _standing(row: Application, rule_sets: tuple[RuleSet, ...]) -> Standing:
    """Records and lists that any of the sets asks about."""
    found = [standing_of(row, rules) for rules in rule_sets]
    records: dict[str, Any] = {}
    lists: dict[str, bool] = {}
    for one in found:
        records |= one.records
        lists |= one.lists
    return replace(found[0], records=records, lists=lists)


@handles("rule_trial")
def run_trial(key: str, payload: Mapping[str, Any]) -> None:
    """Score the past under base and draft; figures for the page, every row as a workbook. Done once per text."""
    trial = RuleTrial.objects.select_related("draft__base", "draft__programme").get(pk=payload["trial"])
    if trial.finished_at is not None:
        return
    draft = trial.draft
    before, after = rules_of_edition(draft.base), checked(draft.text).rule_set
    if after is None or after.checksum != trial.checksum:
        return  # the text has changed since; its successor is tried when it is asked for
    past = applicants(draft.programme, before, after)
    simulation = simulate(before, after, past, progress=lambda done: _tell(trial, done))
    book = simulation_workbook(simulation, "zh")
    at = timezone.now()
    trial.workbook = keep_file(book, media_type=WORKBOOK.media_type, at=at)
    trial.figures, trial.finished_at = simulation.plain(), at
    trial.done = len(simulation.rows)
    trial.save()


def _tell(trial: RuleTrial, done: int) -> None:
    if done % TOLD_EVERY == 0:
        RuleTrial.objects.filter(pk=trial.pk).update(done=done)
