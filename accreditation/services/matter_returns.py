"""Returns of matters by field: kept with what stood there, open until handed in again, closed with what stands then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from accreditation.models import Case, CaseDocument, FurtherReturn, MatterPoint, MatterReturn, User


@dataclass(frozen=True, slots=True)
class ReturnedPoint:
    """A point as it is kept: a figure, text or document with its official name, remark, clause, value as it stands."""

    target: str
    code: str
    year: int | None
    name: str
    remark: str
    clause: str
    before: str


def keep_return(
    case: Case,
    points: Iterable[ReturnedPoint],
    *,
    remark: str,
    by_owner: str,
    permission: FurtherReturn | None,
    by: User,
    at: datetime,
) -> MatterReturn:
    """A new return with all its points; one before it that nothing was handed in on is closed."""
    close_return(case, at=at)
    row = MatterReturn.objects.create(
        case=case,
        number=case.returns.count() + 1,
        by_owner=by_owner,
        requested_by=by,
        requested_at=at,
        permission=permission,
        general_remark=remark,
        on_file=sorted(case.documents.values_list("pk", flat=True)),
    )
    MatterPoint.objects.bulk_create(
        MatterPoint(
            request=row,
            target=point.target,
            code=point.code,
            year=point.year,
            name=point.name,
            remark=point.remark,
            clause=point.clause,
            before=point.before,
        )
        for point in points
    )
    return row


def open_return(case: Case) -> MatterReturn | None:
    """The return that the holder has to answer."""
    return case.returns.filter(closed_at__isnull=True).first()


def points_of(row: MatterReturn) -> list[MatterPoint]:
    """Its points in the order in which they were named."""
    return list(row.points.order_by("pk"))


def added_since(row: MatterReturn) -> list[CaseDocument]:
    """Papers on file that came after the return."""
    rows = row.case.documents.filter(removed_at__isnull=True).exclude(pk__in=row.on_file)
    return list(rows.order_by("added_at", "pk"))


def close_return(case: Case, *, at: datetime, after: Mapping[tuple[str, str], str] | None = None) -> None:
    """The return is answered with the values `after` by (target, field); without them nothing was handed in on it."""
    row = open_return(case)
    if row is None:
        return
    for point in points_of(row) if after is not None else ():
        point.after = (after or {}).get((point.target, point.field), "")
        point.save(update_fields=["after"])
    row.closed_at = at
    row.save(update_fields=["closed_at"])


def answered_returns(case: Case) -> list[MatterReturn]:
    """Returns on which something was handed in, the newest first."""
    rows = case.returns.filter(closed_at__isnull=False, points__after__isnull=False).distinct()
    return list(rows.select_related("requested_by").order_by("-number"))
