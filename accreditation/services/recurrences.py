"""The same file or the same number in two applications: an index written at each filing, and what it finds.

A recurrence is a question to the reviewer, never an error: a standard has several drafters, a file may be public.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accreditation.enums import ApplicationState, states_where
from accreditation.models import Application, Case, Evidence, FiledIdentifier, Submission
from accreditation.services.rule_sets import rules_of
from criteria.facts import Facts
from criteria.identifiers import identifiers_of

FILE = "file"
KEY_LENGTH, SHOWN_LENGTH = 140, 200
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A file or number of this application, where it stands here, and the cases that report it as well."""

    key: str
    shown: str
    annex: str
    line: int | None
    cases: tuple[Case, ...]
    is_own: bool  # all of these cases are of the same enterprise

    @property
    def is_file(self) -> bool:
        """Whether it is the same file, not the same number."""
        return self.key.startswith(f"{FILE}:")


def index_identifiers(application: Application, submission: Submission) -> None:
    """Write the index of a filed version in place of the one before."""
    application.identifiers.all().delete()
    facts = Facts.from_json(submission.upload.facts)
    rows = _rows(application, _files(submission.evidence), facts)
    FiledIdentifier.objects.bulk_create(rows, batch_size=CHUNK)


def _files(entries: Iterable[dict[str, str]]) -> dict[str, str]:
    """Name by digest, the first name of each."""
    names: dict[str, str] = {}
    for entry in entries:
        names.setdefault(entry["sha256"], entry["name"])
    return names


def _rows(application: Application, files: dict[str, str], facts: Facts | None) -> Iterator[FiledIdentifier]:
    """One row for each file and each number; a number reported on two lines is indexed at the first."""
    for digest, name in files.items():
        yield FiledIdentifier(application=application, key=f"{FILE}:{digest}", shown=name[:SHOWN_LENGTH])
    seen = set()
    form = rules_of(application.batch).form
    for found in identifiers_of(facts, form) if facts else ():
        key = found.key[:KEY_LENGTH]
        if key not in seen:
            seen.add(key)
            shown = found.shown[:SHOWN_LENGTH]
            yield FiledIdentifier(application=application, key=key, shown=shown, annex=found.annex, line=found.line)


def recurrences(application: Application) -> list[Recurrence]:
    """What filed applications of others report as well, and other open ones of the same enterprise.

    Applications that have ended since count too: they were filed. One query where nothing recurs, else three.
    """
    others = FiledIdentifier.objects.exclude(application=application).filter(
        ~Q(application__enterprise=application.enterprise_id) | ~Q(application__state__in=states_where(is_final=True)),
        key__in=application.identifiers.values("key"),
    )
    return _grouped(application.identifiers.order_by("pk"), others.values_list("key", "application__case_id"))


def own_recurrences(application: Application, facts: Facts | None) -> list[Recurrence]:
    """What other open applications of the same enterprise hold as well, for the draft that is about to be filed.

    Nothing of any other enterprise is looked at. Three queries where nothing recurs, else four.
    """
    files: dict[str, str] = {}
    for row in application.evidence.filter(removed_at__isnull=True).order_by("pk"):
        files.setdefault(row.file_id, row.name)
    elsewhere = Application.objects.filter(enterprise=application.enterprise_id).exclude(pk=application.pk)
    elsewhere = elsewhere.exclude(state__in=states_where(is_final=True))
    filed = FiledIdentifier.objects.filter(application__in=elsewhere).values_list("key", "application__case_id")
    return _grouped(list(_rows(application, files, facts)), [*filed, *_drafted_files(elsewhere, files)])


def _drafted_files(elsewhere: QuerySet[Application], files: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Files that lie in drafts, which have no index yet."""
    drafts = elsewhere.filter(state=ApplicationState.DRAFT)
    rows = Evidence.objects.filter(application__in=drafts, file__in=list(files), removed_at__isnull=True)
    for digest, case in rows.values_list("file_id", "application__case_id"):
        yield f"{FILE}:{digest}", case


def _grouped(own: Iterable[FiledIdentifier], others: Iterable[tuple[str, int]]) -> list[Recurrence]:
    """Own identifiers that occur among the others (key, case), each with its cases, the oldest first."""
    found: dict[str, set[int]] = {}
    for key, case in others:
        found.setdefault(key, set()).add(case)
    here = [row for row in own if row.key in found] if found else []
    wanted = {case for row in here for case in found[row.key]}
    rows = Case.objects.filter(pk__in=wanted).select_related("enterprise", "batch__programme").order_by("pk")
    cases = list(rows) if wanted else []
    return [_recurrence(row, [case for case in cases if case.pk in found[row.key]]) for row in here]


def _recurrence(row: FiledIdentifier, cases: list[Case]) -> Recurrence:
    is_own = all(case.enterprise_id == row.application.enterprise_id for case in cases)
    return Recurrence(row.key, row.shown, row.annex, row.line, tuple(cases), is_own)
