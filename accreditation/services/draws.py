"""The draw of a panel: the seed is fixed before anybody is asked for, then the pool is drawn from once and for all."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, datetime

from django.utils.translation import override

from accreditation.enums import SeatState
from accreditation.models import Application, Panel, PanelDraw, Seat, User
from accreditation.services.expert_pool import Entry, employer_mark, pool_of
from accreditation.services.panels import sitting_experts
from criteria.draw import Barred, Candidate, DrawRecord, commitment_of, draw, drawn_panel, majority, successor
from criteria.plain import from_text, to_text

OFFICIAL = "zh-hans"  # the record is an official text


def fix_seed(application: Application, *, at: datetime) -> PanelDraw:
    """Fix the seed of an application's draw; one that is fixed stays."""
    seed = secrets.token_hex(32)
    values = {"seed": seed, "commitment": commitment_of(seed), "fixed_at": at}
    return PanelDraw.objects.get_or_create(application=application, defaults=values)[0]


def draw_of(application: Application) -> PanelDraw | None:
    """The draw of an application; None before its seed was fixed."""
    return PanelDraw.objects.select_related("drawn_by").filter(application=application).first()


def record_of(application: Application) -> DrawRecord | None:
    """What was drawn; None before."""
    row = draw_of(application)
    return from_text(DrawRecord, row.record) if row is not None and row.drawn_at is not None else None


def tried_draw(application: Application, row: PanelDraw, entries: Iterable[Entry]) -> DrawRecord:
    """The draw from a pool that was read in the official language."""
    known = list(entries)
    return draw(
        row.seed,
        application.case.number,
        [Candidate(one.key, one.employer, one.is_matched, one.load) for one in known if one.is_selectable],
        size=application.batch.panel_size,
        matched_least=majority(application.batch.panel_size),
        barred=[Barred(one.key, one.reasons) for one in known if not one.is_selectable],
    )


def seats_that_fill(application: Application, *, on: date) -> int:
    """How many seats the pool could fill on a day: one for each employer. Nothing of the seed shows in it."""
    return len({one.employer for one in pool_of(application, on=on) if one.is_selectable})


def keep_draw(application: Application, *, by: User, at: datetime, on: date) -> DrawRecord:
    """Draw and keep the record. The seed must have been fixed, and the pool must suffice."""
    row = PanelDraw.objects.select_for_update().get(application=application, drawn_at__isnull=True)
    with override(OFFICIAL):
        record = tried_draw(application, row, pool_of(application, on=on))
    row.record, row.drawn_by, row.drawn_at = to_text(record), by, at
    row.save(update_fields=["record", "drawn_by", "drawn_at"])
    return record


# --- What follows from the draw -----------------------------------------------------------------------------------
def due_panel(application: Application, entries: Iterable[Entry]) -> list[User]:
    """Who is to be appointed by the draw, in the order of the seats; empty before it."""
    record = record_of(application)
    return [] if record is None else _people(entries, drawn_panel(record, gone=_gone(record, entries)))


def due_successor(panel: Panel, entries: Iterable[Entry]) -> User | None:
    """Who takes the next vacant seat by the draw; None without a draw, or when its reserve is used up."""
    record = record_of(panel.application)
    if record is None:
        return None
    seats = Seat.objects.filter(panel=panel).exclude(state=SeatState.RECUSED).order_by("place", "pk")
    sitting = [str(pk) for pk in seats.values_list("expert_id", flat=True)]
    found = successor(record, sitting=sitting, gone=_gone(record, entries))
    return next(iter(_people(entries, [found] if found else [])), None)


def possible_successors(panel: Panel, entries: Iterable[Entry]) -> list[Entry]:
    """Who could take a vacant seat at all, drawn or not: may sit, and is of no employer that the panel hears."""
    heard = {employer_mark(person.expert) for person in sitting_experts(panel) if hasattr(person, "expert")}
    return [one for one in entries if one.is_selectable and one.employer not in heard]


def passed_over(record: DrawRecord, entries: Iterable[Entry]) -> dict[str, tuple[str, ...]]:
    """Drawn to a seat, yet no longer to be appointed: keys with the reasons since, none for who left the pool."""
    known = {one.key: one for one in entries}
    seated = {key: known.get(key) for key in record.seats}
    return {key: one.reasons if one else () for key, one in seated.items() if one is None or not one.is_selectable}


def _gone(record: DrawRecord, entries: Iterable[Entry]) -> set[str]:
    """Who of the drawn order may not take a seat (any more), or left the pool altogether."""
    return set(record.order) - {one.key for one in entries if one.is_selectable}


def _people(entries: Iterable[Entry], keys: Iterable[str]) -> list[User]:
    people = {one.key: one.person for one in entries}
    return [people[key] for key in keys]
