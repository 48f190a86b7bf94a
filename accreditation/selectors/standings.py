"""The register of standings as it is read: lists, what stands on a day, what answers the figures of a form."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum

from django.db.models import Q, QuerySet

from accreditation.enums import StandingState
from accreditation.errors import NotFound
from accreditation.models import AuditEvent, Standing, StandingImport
from accreditation.seeds.standings import FieldEntry, catalogue

ADMITTED = (StandingState.CONFIRMED, StandingState.ENDED)
EXACT = ("kind", "level", "district", "industry", "year", "state")


class Fault(StrEnum):
    """Why an entry does not count for a figure."""

    UNCONFIRMED = "unconfirmed"  # no second person compared it with its source yet
    LEVEL = "level"
    YEAR = "year"  # began outside the years that the figure counts
    LATER = "later"  # began after the last day of the figure's year
    EXPIRED = "expired"  # its time had run out on that day
    ENDED = "ended"  # it was ended by that day
    DOUBLE = "double"  # what it names is counted already, by a newer entry


def standings(filters: Mapping[str, str]) -> QuerySet[Standing]:
    """Entries by `words` (holder, code, name, number) and the columns of `EXACT`; without a state all but dropped."""
    rows = Standing.objects.select_related("entered_by", "settled_by", "intake")
    if not filters.get("state"):
        rows = rows.exclude(state=StandingState.DROPPED)
    if words := filters.get("words"):
        fits = Q()
        for column in ("holder_name", "holder_uscc", "name", "reference", "number"):
            fits |= Q(**{f"{column}__icontains": words})
        rows = rows.filter(fits)
    exact = {name: filters[name] for name in EXACT if filters.get(name)}
    return rows.filter(**exact).order_by("-year", "kind", "holder_name", "number")


def standing(number: str) -> Standing:
    """One entry; NotFound when there is none."""
    row = Standing.objects.select_related("entered_by", "settled_by", "intake").filter(number=number).first()
    if row is None:
        raise NotFound(number)
    return row


def imports() -> QuerySet[StandingImport]:
    """Files that were sent, the newest first."""
    return StandingImport.objects.select_related("entered_by", "settled_by").order_by("-entered_at", "-pk")


def standing_import(number: str) -> StandingImport:
    """One file; NotFound when there is none."""
    row = imports().filter(number=number).first()
    if row is None:
        raise NotFound(number)
    return row


def events_of(number: str, kind: str) -> list[AuditEvent]:
    """What happened to an entry (`standing`) or a file (`standing_import`), newest first."""
    return list(AuditEvent.objects.filter(chain=f"{kind}:{number}").order_by("-seq"))


def years() -> list[int]:
    """Years with an entry, the newest first."""
    return list(Standing.objects.order_by("-year").values_list("year", flat=True).distinct())


def stands_on(day: date) -> Q:
    """Confirmed entries that stand on a day."""
    begun = Q(valid_from__lte=day) | Q(valid_from__isnull=True, year__lte=day.year)
    lasts = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
    return Q(state__in=ADMITTED) & begun & lasts & (Q(ended_on__isnull=True) | Q(ended_on__gt=day))


def standings_of(uscc: str) -> list[Standing]:
    """Every confirmed entry of a holder, ended ones as well, the newest first."""
    return list(Standing.objects.filter(holder_uscc=uscc, state__in=ADMITTED).order_by("-year", "kind", "number"))


def counted_for(field: FieldEntry, year: int, held: Iterable[Standing]) -> list[Standing]:
    """Those of a holder's entries that the figure of a year counts; see `seeds/standings.yaml`."""
    return [row for row, faults in weighed(field, year, held) if not faults]


def weighed(field: FieldEntry, year: int, held: Iterable[Standing]) -> list[tuple[Standing, list[Fault]]]:
    """A holder's entries of fitting kinds, the newest first, each with every condition that it does not meet.

    A platform that was recognised anew under another number is one platform; what is counted by years is not.
    """
    found, seen = [], set[tuple[str, ...]]()
    for row in held:
        if row.kind not in field.kinds:
            continue
        faults, thing = list(faults_for(field, year, row)), (row.kind, row.level, plain_name(row.name))
        if not faults and row.name and not field.years:
            faults += [Fault.DOUBLE] if thing in seen else []
            seen.add(thing)
        found.append((row, faults))
    return found


def plain_name(name: str) -> str:
    """A name without blanks and differences of width, by which a thing is known again."""
    return "".join(unicodedata.normalize("NFKC", name).split())


def faults_for(field: FieldEntry, year: int, row: Standing) -> Iterator[Fault]:
    """Every condition of the figure of a year that an entry of a fitting kind does not meet."""
    last = date(year, 12, 31)
    if row.state not in ADMITTED:
        yield Fault.UNCONFIRMED
    if row.level not in field.levels:
        yield Fault.LEVEL
    if field.years:
        if not year - field.years < row.year <= year:
            yield Fault.YEAR
        return
    if row.begins > last:
        yield Fault.LATER
    if row.valid_until is not None and row.valid_until < last:
        yield Fault.EXPIRED
    if row.ended_on is not None and row.ended_on <= last:
        yield Fault.ENDED


def entries_asked(uscc: str, codes: Iterable[str]) -> dict[str, list[Standing]]:
    """By field that the register can answer: every entry of a fitting kind but dropped ones, the newest first."""
    known = catalogue().fields
    fields = {code: known[code] for code in codes if code in known}
    if not fields:
        return {}
    rows = Standing.objects.filter(holder_uscc=uscc).exclude(state=StandingState.DROPPED)
    held = list(rows.order_by("-year", "kind", "number"))
    return {code: [row for row in held if row.kind in entry.kinds] for code, entry in fields.items()}


def stands(row: Standing, day: date) -> bool:
    """The same as `stands_on` for one confirmed entry at hand."""
    lasts = row.valid_until is None or row.valid_until >= day
    return row.begins <= day and lasts and (row.ended_on is None or row.ended_on > day)


def answers(uscc: str, years_by_field: Mapping[str, int]) -> dict[str, list[Standing]]:
    """By field that the register can answer: the entries that count for its year, empty for none; one query."""
    fields = {code: entry for code, entry in catalogue().fields.items() if code in years_by_field}
    held = standings_of(uscc) if fields else []
    return {code: counted_for(entry, years_by_field[code], held) for code, entry in fields.items()}
