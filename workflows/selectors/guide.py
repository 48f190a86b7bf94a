"""What anybody may read before applying: programmes, their newest batch and rules, what was published lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from accreditation.enums import BatchState
from accreditation.errors import NotFound
from accreditation.models import Announcement, Batch, Notice, Programme
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
    """Programmes that had a batch here, with rules to show."""
    rows = Programme.objects.filter(batch__isnull=False).exclude(batch__state=BatchState.PREPARED)
    return list(rows.select_related("granted_by").distinct().order_by("name_zh"))


def programme_by_code(code: str) -> tuple[Programme, Batch]:
    """A programme with its newest opened batch; NotFound when it never had one."""
    rows = Batch.objects.select_related("programme__granted_by", "rule_set").exclude(state=BatchState.PREPARED)
    batch = rows.filter(programme=code).order_by("-year", "-ordinal").first()
    if batch is None:
        raise NotFound(code)
    return batch.programme, batch


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
