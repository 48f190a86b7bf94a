"""Returns of matters without a data table: everything at once by field, and only what was named may be changed.

An office returns once by itself, then as a superior has allowed in writing; the consent is asked for and answered as
that of an application is (`workflows.further_returns`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accreditation.enums import Owner
from accreditation.errors import Reason
from accreditation.models import Application, Case, MatterPoint, MatterReturn
from accreditation.models.cases import CaseSubject
from accreditation.services import further_returns
from accreditation.services import matter_returns as kept
from accreditation.services.further_returns import Returned
from workflows import flow_tasks
from workflows.doing import Doing, Guard, Record
from workflows.returnable import DOCUMENT, Returnable, returnables
from workflows.who import level_of

OFFICIAL = "zh-hans"  # letters and the trail are official texts, whatever language the officer reads
Points = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Told:
    """What a return tells the holder: the points in one text, and what the letter needs."""

    text: str
    letter: Mapping[str, Any]


def owner_at(of: Returned) -> str:
    """The level that has it in hand: of an application by its state, of another case by the desk at which it waits."""
    if isinstance(of, Application):
        return level_of(of)
    is_citys = any((task.owner_permission or "").endswith(":*") for task in flow_tasks.open_tasks(of))
    return Owner.OFFICE if is_citys else Owner.DISTRICT


# --- the officer returns it -----------------------------------------------------------------------------------------
def points_are_fields(doing: Doing) -> Iterable[Reason]:
    """Every point names a field of the matter once and says what is wrong."""
    yield from faults_of_fields(doing.case, doing.subject, doing.form.get("points") or [])


def faults_of_fields(case: Case, subject: CaseSubject, points: Points) -> Iterable[Reason]:
    """The same for points that are only asked for."""
    known = {_key_of(row) for row in returnables(case, subject)}
    named = [(point.get("target"), point.get("code"), point.get("year")) for point in points]
    if not named:
        yield Reason("points_needed", _("请至少列出一项需补正的内容，并写明补正意见。"), "points")
    for point, key in zip(points, named, strict=True):
        if key not in known or named.count(key) > 1:
            yield Reason("no_such_field", _("%(code)s：本件没有这一项内容。") % {"code": point.get("code")}, "points")
        if not str(point.get("remark") or "").strip():
            yield Reason("remark_needed", _("%(code)s：请写明补正意见。") % {"code": point.get("code")}, "points")


def _key_of(row: Returnable) -> tuple[str, str, int | None]:
    return row.target, row.code, row.year


def matter_returns_are_left(doing: Doing) -> Iterable[Reason]:
    """An office returns a matter once by itself in each state; beyond that only what a superior has allowed, once."""
    owner = owner_at(doing.case)
    if further_returns.returns_left(doing.case, owner):
        return
    permission = further_returns.allowed(doing.case, owner)
    said = doing.form.get("points") or [], str(doing.form.get("remark") or "")
    if permission is None:
        text = _("本级已退回补正 %(n)d 次。再次退回须写明理由，先经本机构负责人书面同意。")
        yield Reason("no_returns_left", text % {"n": further_returns.returns_made(doing.case, owner)})
    elif not further_returns.says(permission, *said):
        yield Reason("not_as_allowed", _("再次退回只能按负责人同意的内容办理，不能增减或者改动。"), "points")


def returning(tell: Callable[[Doing, Told], None]) -> Record:
    """Form: points, remark. Keep the return, spend a superior's consent where the office has none left, and `tell`."""

    def record(doing: Doing) -> None:
        owner = owner_at(doing.case)
        is_further = not further_returns.returns_left(doing.case, owner)
        permission = further_returns.allowed(doing.case, owner) if is_further else None
        row = kept.keep_return(
            doing.case,
            _as_kept(doing),
            remark=str(doing.form.get("remark") or "").strip(),
            by_owner=owner,
            permission=permission,
            by=doing.by,
            at=doing.at,
        )
        if permission is not None:
            further_returns.spend(permission, at=doing.at)
            doing.act.note(countersigned_by=str(permission.answered_by), further_return=permission.pk)
        told = _told(doing, row)
        doing.act.note(correction=row.number, reason=told.text, points=told.letter["points"])
        tell(doing, told)

    return record


def _as_kept(doing: Doing) -> list[kept.ReturnedPoint]:
    with override(OFFICIAL):
        found = {_key_of(row): row for row in returnables(doing.case, doing.subject)}
    named = [(point, found[point["target"], point["code"], point.get("year")]) for point in doing.form["points"]]
    return [
        kept.ReturnedPoint(
            target=row.target,
            code=row.code,
            year=row.year,
            name=_official_place(row),
            remark=str(point["remark"]).strip(),
            clause=str(point.get("clause") or ""),
            before=row.value,
        )
        for point, row in named
    ]


def _official_place(row: Returnable) -> str:
    with override(OFFICIAL):
        return row.place


def _told(doing: Doing, row: MatterReturn) -> Told:
    points = [{"place": point.name, "remark": point.remark, "clause": point.clause} for point in kept.points_of(row)]
    lines = [f"{number}．{point['place']}：{point['remark']}" for number, point in enumerate(points, start=1)]
    text = "\n".join([*lines, *([row.general_remark] if row.general_remark else [])])
    return Told(text, {"points": points, "remark": row.general_remark, "due": due_of(doing)})


def due_of(doing: Doing) -> datetime | None:
    """When the clock that the verb starts is due; None where no text sets any days."""
    clocks = doing.verb.starts(doing) if doing.verb.starts is not None else []
    due = [doing.calendar.due_after(doing.at, c.length(doing), **c.counting) for c in clocks]
    return min((one.at for one in due), default=None)


# --- the holder corrects it -----------------------------------------------------------------------------------------
def fields_named(case: Case) -> frozenset[str] | None:
    """Fields that may be changed now, by name; None where nothing is returned and all of them may."""
    row = kept.open_return(case)
    return None if row is None else frozenset(point.field for point in kept.points_of(row))


def only_named_fields(stated: Callable[[Doing], Mapping[str, str]]) -> Guard:
    """While a return is open nothing that it does not name may change; `stated` gives the new values by field."""

    def nothing_else_is_changed(doing: Doing) -> Iterable[Reason]:
        named = fields_named(doing.case)
        if named is None:
            return
        new = stated(doing)
        for row in returnables(doing.case, doing.subject):
            if row.field in new and row.field not in named and new[row.field] != row.value:
                text = _("“%(name)s”不在退回补正的内容之内，不能改动。")
                yield Reason("not_returned", text % {"name": row.place}, row.field)

    return nothing_else_is_changed


def papers_may_be_added(doing: Doing) -> Iterable[Reason]:
    """While a return is open, papers come only where it asks for some."""
    row = kept.open_return(doing.case)
    if row is not None and not row.points.filter(target=DOCUMENT).exists():
        yield Reason("not_returned", _("退回补正的内容不含文件，不能增加文件。"), "file")


def paper_may_be_dropped(doing: Doing) -> Iterable[Reason]:
    """While a return is open, only a paper that it names, or one that came since."""
    row, paper = kept.open_return(doing.case), doing.form.get("document")
    if row is None or paper is None or paper.pk not in row.on_file:
        return
    if not row.points.filter(target=DOCUMENT, code=str(paper.pk)).exists():
        yield Reason("not_returned", _("“%(name)s”不在退回补正的内容之内，不能改动。") % {"name": paper.name})


def papers_asked_for_are_there(doing: Doing) -> Iterable[Reason]:
    """Where a return asks for papers, some came since."""
    row = kept.open_return(doing.case)
    if row is None or kept.added_since(row):
        return
    for point in row.points.filter(target=DOCUMENT).order_by("pk"):
        yield Reason("point_open", _("尚未补正：%(remark)s") % {"remark": point.remark}, f"point-{point.pk}")


def answering(record: Record) -> Record:
    """`record`, and the open return is closed with what stands in each of its fields now."""

    def handing_in(doing: Doing) -> None:
        record(doing)
        row = kept.open_return(doing.case)
        if row is None:
            return
        points, after = kept.points_of(row), values_now(doing.case, doing.subject, row)
        kept.close_return(doing.case, at=doing.at, after=after)
        doing.act.note(correction=row.number, corrected=[_changed(point, after) for point in points])

    return handing_in


def _changed(point: MatterPoint, after: Mapping[tuple[str, str], str]) -> dict[str, str]:
    return {"place": point.name, "before": point.before, "after": after.get((point.target, point.field), "")}


def values_now(case: Case, subject: CaseSubject, row: MatterReturn) -> dict[tuple[str, str], str]:
    """What stands in each field of a return now; of a paper the names of those that came since."""
    with override(OFFICIAL):
        found = {(one.target, one.field): one.value for one in returnables(case, subject)}
    added = "、".join(paper.name for paper in kept.added_since(row))
    return {
        (point.target, point.field): added if point.target == DOCUMENT else found.get((point.target, point.field), "")
        for point in kept.points_of(row)
    }
