"""How limits and goals were kept, in words: two tables that are never added up, the same for page and file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from accreditation.clocks import DeadlineKind
from accreditation.enums import DISTRICTS
from accreditation.models import Body
from accreditation.templatetags.figures import grouped_text
from workflows.presentation.editions import edition_name
from workflows.presentation.words import Words, body_name, state_label
from workflows.selectors.time_limits import CITY, Kept, Line, by_limit, by_office

LIMITS, GOALS = "limits", "goals"
COUNTED = ("ended", "kept", "exceeded", "overdue")
CITY_CODE = "city"  # of the city's office in the choice of an office, whose own code is empty


def office_name(place: str, bodies: Mapping[str, Body]) -> str:
    """The city's office, a district, or the zone, group or town of a code."""
    if place == CITY:
        return _("市认定办公室")
    if place in DISTRICTS:
        return str(DISTRICTS[place])
    return body_name(bodies[place]) if place in bodies else place


def choices_of(kept: Kept) -> dict[str, list[tuple[str, str]]]:
    """Offices and procedures that have a line at all, for the filters."""
    lines = [*kept.limits, *kept.goals]
    procedures = dict.fromkeys(line.procedure for line in lines)
    places = sorted({line.place for line in lines})
    return {
        "office": [(place or CITY_CODE, office_name(place, kept.bodies)) for place in places],
        "procedure": [(one, edition_name(one)) for one in procedures],
    }


def chosen(lines: Iterable[Line], said: Mapping[str, str]) -> list[Line]:
    """The lines of the office and the procedure that were asked for, each for all where it is empty."""
    office, procedure = said.get("office", ""), said.get("procedure", "")
    return [line for line in lines if office in ("", line.place or CITY_CODE) and procedure in ("", line.procedure)]


def report_words(kept: Kept, said: Mapping[str, str]) -> list[Words]:
    """Both parts: `code`, `title`, `note`, `tiles`, `offices` and `procedures` of the page, `lines` of the file."""
    limits, goals = (chosen(lines, said) for lines in (kept.limits, kept.goals))
    return [
        {
            "code": LIMITS,
            "title": _("法律和规则规定的期限"),
            "note": _("按了结时的期限计，含依法延长和中止；办件终结、期限随之取消的，未过期限的计为按期。"),
            "none": _("没有了结的期限，也没有逾期未结的期限"),
            **_part(_("期限"), limits, kept),
        },
        {
            "code": GOALS,
            "title": _("内部办理目标（非法定期限）"),
            "note": _("机关自定的办理目标，超过不产生法律后果，不与期限合计。"),
            "none": _("没有了结的目标，也没有超过未结的目标"),
            **_part(_("环节"), goals, kept),
        },
    ]


def _part(head: str, lines: list[Line], kept: Kept) -> Words:
    """Sums of the offices where there are several, then a table for each procedure, open where it is the only one."""
    offices = by_office(lines)
    sums = [sum(getattr(line, name) for line in offices) for name in COUNTED]
    rows = [_cells(line, counts(), name=office_name(line.place, kept.bodies)) for line in offices]
    known = dict.fromkeys(line.procedure for line in lines)
    return {
        "tiles": [{"label": label, "number": number} for label, number in zip(counts(), sums, strict=True)],
        "offices": _table(_("按办理机关"), _("办理机关"), counts(), rows) if len(offices) > 1 else None,
        "procedures": [_procedure(head, [line for line in by_limit(lines) if line.procedure == one]) for one in known],
        "head": head,
        "lines": [_plain(line, kept.bodies) for line in lines],
    }


def _procedure(head: str, lines: list[Line]) -> Words:
    name, said = edition_name(lines[0].procedure), _("%(name)s：了结 %(ended)d，超期 %(late)d，逾期未结 %(overdue)d")
    ended, _kept, late, overdue = (sum(getattr(line, name) for line in lines) for name in COUNTED)
    rows = [_cells(line, columns(), name=what_name(line.what)) for line in lines]
    summary = said % {"name": name, "ended": ended, "late": late, "overdue": overdue}
    return {"summary": summary, "table": _table(name, head, columns(), rows)}


def _table(title: str, head: str, heads: list[str], rows: list[Words]) -> Words:
    return {"title": title, "head": head, "heads": heads, "rows": rows}


def heads_of(part: Words) -> list[str]:
    """Heads of the columns of the file."""
    return [_("程序"), part["head"], _("办理机关"), *columns()]


def counts() -> list[str]:
    """Heads of the four counts."""
    return [_("时段内了结"), _("按期"), _("超期了结"), _("目前逾期未结")]


def columns() -> list[str]:
    """Heads of the four counts and the two times."""
    return [*counts(), _("用时中位数（工作日）"), _("九成不超过（工作日）")]


def _cells(line: Line, heads: list[str], *, name: str) -> Words:
    shown = [*(grouped_text(str(number)) for number in _numbers(line)), *_times(line)]
    return {"name": name, "cells": [{"head": head, "text": shown[n]} for n, head in enumerate(heads)]}


def _plain(line: Line, bodies: Mapping[str, Body]) -> list[str]:
    names = (edition_name(line.procedure), what_name(line.what), office_name(line.place, bodies))
    return [*names, *map(str, _numbers(line)), *_times(line)]


def _numbers(line: Line) -> list[int]:
    return [getattr(line, name) for name in COUNTED]


def _times(line: Line) -> list[str]:
    return [days_text(line.within(share), is_on_end=line.in_calendar_days) for share in (50, 90)]


def what_name(what: str) -> str:
    """The kind of a limit, or a state, in words."""
    return str(DeadlineKind(what).label) if what in DeadlineKind.values else state_label(what)


def days_text(days: int | None, *, is_on_end: bool) -> str:
    """So many working days; days on end say so; a dash where nothing ended."""
    if days is None:
        return "—"
    return _("%(n)d（自然日）") % {"n": days} if is_on_end else str(days)
