"""What anybody may read before applying: programmes, their newest batch and rules, what was published lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from accreditation.batch_words import BatchState
from accreditation.errors import NotFound
from accreditation.models import Announcement, Batch, Notice, Programme
from accreditation.models.batches import is_evaluation
from accreditation.services.rule_sets import rules_of, template_of
from criteria.ruleset import RuleSet
from criteria.workbook import Template, template_from_json
from criteria.workbook.template import write_template

NEWEST = 6


@dataclass(frozen=True, slots=True)
class Published:
    """A notice or an announcement as a line of news."""

    kind: str  # notice or announcement
    number: str
    at: datetime
    batch: Batch
    ends_at: datetime | None = None


def batch_by_code(code: str) -> Batch:
    """A batch that has been opened, whatever became of it; NotFound otherwise."""
    rows = Batch.objects.select_related("programme__granted_by", "rule_set").exclude(state=BatchState.PREPARED)
    batch = rows.filter(code=code).first()
    if batch is None:
        raise NotFound(code)
    return batch


def programmes() -> list[Programme]:
    """Programmes that had a batch to apply in here, with rules to show."""
    opened = Batch.objects.exclude(state=BatchState.PREPARED).values_list("programme_id", "procedure").distinct()
    found = {programme for programme, procedure in opened if not is_evaluation(procedure)}
    return list(Programme.objects.filter(pk__in=found).select_related("granted_by").order_by("name_zh"))


def batches_of_programme(code: str) -> list[Batch]:
    """The newest opened batch of each body that grants the title, those that take applications first.

    One that was called off stands behind every other of its body. A round of evaluation is nothing to apply for.
    NotFound where the programme never had a batch.
    """
    rows = Batch.objects.select_related("programme__granted_by", "rule_set", "authority").filter(programme=code)
    newest: dict[int | None, Batch] = {}
    opened = rows.exclude(state=BatchState.PREPARED).order_by("-year", "-ordinal")
    for batch in sorted(opened, key=lambda batch: batch.state == BatchState.CALLED_OFF):
        if not batch.is_evaluation:
            newest.setdefault(batch.authority_id, batch)
    if not newest:
        raise NotFound(code)
    return sorted(newest.values(), key=lambda batch: (batch.state != BatchState.OPEN, -batch.year, batch.code))


def batches_of_body(batch: Batch) -> list[Batch]:
    """This batch and the others of its programme by the same body, as far as they have been opened."""
    rows = Batch.objects.filter(programme=batch.programme_id, authority=batch.authority_id)
    return list(rows.exclude(state=BatchState.PREPARED))


def batch_rules(batch: Batch) -> RuleSet:
    """The rule set that a batch pinned."""
    return rules_of(batch)


def batch_template(batch: Batch) -> Template:
    """The workbook template of a batch."""
    return template_of(batch)


def template_file(batch: Batch) -> bytes:
    """The template of a batch as a file."""
    return _written(template_of(batch).to_json())


@lru_cache(maxsize=8)
def _written(template: str) -> bytes:
    return write_template(template_from_json(template))


def newest_published() -> list[Published]:
    """The newest notices and announcements, newest first."""
    notices = Notice.objects.select_related("batch__programme").order_by("-published_at")[:NEWEST]
    announced = Announcement.objects.select_related("batch__programme").order_by("-announced_at")[:NEWEST]
    rows = [Published("notice", row.number, row.published_at, row.batch, row.ends_at) for row in notices]
    rows += [Published("announcement", row.number, row.announced_at, row.batch) for row in announced]
    return sorted(rows, key=lambda row: row.at, reverse=True)[:NEWEST]
