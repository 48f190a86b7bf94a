"""Which pages belong to which procedure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from workflows.procedures import procedure_of
from workflows.views.matters.changes import CHANGES
from workflows.views.matters.proceedings import PROCEEDINGS
from workflows.views.matters.reconsiderations import RECONSIDERATIONS
from workflows.views.matters.reexaminations import REEXAMINATIONS
from workflows.views.matters.remedies import REMEDIES
from workflows.views.matters.shapes import MatterPages
from workflows.views.matters.yearly_reports import YEARLY_REPORTS

if TYPE_CHECKING:
    from accreditation.models import Case

PAGES: Mapping[str, MatterPages] = {
    "title_proceeding/2026": PROCEEDINGS,
    "reconsideration/2024": RECONSIDERATIONS,
    "remedy/2026": REMEDIES,
    "title_change/2026": CHANGES,
    "demonstration_yearly_report/2010": YEARLY_REPORTS,
    "demonstration_reexamination/2010": REEXAMINATIONS,
}


def name_of(case: Case) -> str:
    """What a case is about, in a list."""
    return pages_of(case).name(procedure_of(case).subject.of(case))


def names_of(cases: Iterable[Case]) -> dict[int, str]:
    """The same for several cases, by their keys; one statement for each kind of subject among them."""
    of_kind: dict[type[Any], list[Case]] = defaultdict(list)
    for case in cases:
        of_kind[procedure_of(case).subject.model].append(case)
    found: dict[int, str] = {}
    for rows in of_kind.values():
        subjects = procedure_of(rows[0]).subject.of_all(rows)
        found |= {case.pk: pages_of(case).name(subjects[case.pk]) for case in rows}
    return found


def pages_of(case: Case) -> MatterPages:
    """Pages of a case by its procedure and edition."""
    return PAGES[case.procedure]
