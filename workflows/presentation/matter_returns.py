"""Returns of matters in words: the list that the holder works through, and what it put where, field by field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from accreditation.models import Case, MatterPoint
from accreditation.models.cases import CaseSubject
from accreditation.services import matter_returns as kept
from workflows.matter_returns import values_now
from workflows.presentation.cases import clock_of
from workflows.presentation.words import Words, quoted
from workflows.presentation.yearly_reports import figure_text
from workflows.returnable import DOCUMENT, FIGURE, TITLES, figures_asked, returnables

Address = Callable[[MatterPoint], str]
Places = dict[tuple[str, str], str]


def matter_return_notice(
    case: Case, subject: CaseSubject, *, at: datetime, address: Address | None = None
) -> Words | None:
    """Parameters of `return_notice.html` while a return is open; `address` gives the page that puts a point right.

    Only whoever works on it (`address`) is told what is put right already.
    """
    row = kept.open_return(case)
    if row is None or case.closed_at is not None:
        return None
    places, clock = _places(case, subject), clock_of(case, at=at) or {}
    now = values_now(case, subject, row) if address else {}
    return {
        "points": [_point(point, places, now, address) for point in kept.points_of(row)],
        "remark": quoted(row.general_remark) if row.general_remark else "",
        "chances": _("只有上列内容可以改动；全部补正后重新提交。"),
        "due": clock.get("due"),
        "left": clock.get("left"),
        "provisional": clock.get("provisional", False),
    }


def _point(point: MatterPoint, places: Places, now: dict[tuple[str, str], str], address: Address | None) -> Words:
    key = point.target, point.field
    return {
        "place": _place(point, places),
        "words": quoted(point.remark),
        "closed": key in now and now[key] != ("" if point.target == DOCUMENT else point.before),
        "href": address(point) if address and point.code != TITLES else "",
    }


def corrections_made(case: Case, subject: CaseSubject) -> list[Words]:
    """Returns that were answered, the newest first: number, days, and of each point remark, value before and after."""
    places = _places(case, subject)
    units = {f"{spec.code}-{year}": spec.unit for spec, year in figures_asked(subject)}
    return [
        {
            "number": row.number,
            "returned": row.requested_at,
            "answered": row.closed_at,
            "by": quoted(row.requested_by.name),
            "rows": [_change(point, places, units) for point in kept.points_of(row)],
        }
        for row in kept.answered_returns(case)
    ]


def _change(point: MatterPoint, places: Places, units: dict[str, str]) -> Words:
    before, after = (_shown(point, value or "", units) for value in (point.before, point.after))
    return {
        "place": _place(point, places),
        "words": quoted(point.remark),
        "before": before,
        "had_value": bool(point.before),
        "after": after,
        "is_changed": bool(point.after) if point.target == DOCUMENT else point.before != point.after,
    }


def _shown(point: MatterPoint, value: str, units: dict[str, str]) -> str:
    """A value as people read it."""
    if point.target == FIGURE and value:
        return figure_text(value, units.get(point.field, ""))
    return quoted(value) if value else "—"


def _places(case: Case, subject: CaseSubject) -> Places:
    return {(row.target, row.field): row.place for row in returnables(case, subject)}


def _place(point: MatterPoint, places: Places) -> str:
    """In the reader's language; as the letter names it where it is no longer there."""
    return places.get((point.target, point.field)) or quoted(point.name)
