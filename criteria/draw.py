"""The draw of a panel: a seed fixed beforehand decides, and whoever has the record can work it out again.

The method `accreditation-draw/1`:

1. The seed is 32 random bytes in hexadecimal, whose SHA-256 (of the 64 characters) was written down beforehand.
2. A candidate holds `TICKETS` tickets less one for each open review above that of the least loaded, at least one.
   Ticket n (from 1) of candidate k bears the SHA-256 of `accreditation-draw/1|<seed>|<case>|<k>|<n>`; the lowest
   ticket of a candidate, compared as hexadecimal text, is the candidate's place. The order is that of the lowest ones.
3. Seats are taken in that order. First only by candidates of the field, until `matched_least` sit or nobody of the
   field is left; then by anybody. Nobody sits whose employer has a seat already.
4. The rest of the order is the reserve. A vacant seat goes to the first of the reserve who may still sit, of the field
   first where too few of the field sit.

The lowest of several equally likely tickets is lowest of all with a chance in proportion to their number, so that a
candidate with four tickets is drawn first four times as often as one with a single ticket.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

METHOD = "accreditation-draw/1"
TICKETS = 4
SEED_SIGNS = 64


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who can be drawn: key, mark of the employer (alike for the same employer), is of the field, open reviews."""

    key: str
    employer: str
    is_matched: bool
    load: int


@dataclass(frozen=True, slots=True)
class Barred:
    """Who cannot be drawn, and every reason in the official language."""

    key: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DrawRecord:
    """A whole draw: what went in, and what came out (`order`, `seats`, `reserve` hold keys of candidates).

    `seats` is shorter than `size` where the candidates do not suffice.
    """

    method: str
    case: str
    seed: str
    commitment: str
    size: int
    matched_least: int
    candidates: tuple[Candidate, ...]
    barred: tuple[Barred, ...]
    order: tuple[str, ...]
    seats: tuple[str, ...]
    reserve: tuple[str, ...]

    @property
    def is_full(self) -> bool:
        """Whether every seat was taken."""
        return len(self.seats) == self.size

    @property
    def matched_seats(self) -> int:
        """Seats taken by candidates of the field."""
        return len(matched(self.candidates) & set(self.seats))


class EvenPanel(ValueError):
    """A panel of an even number can end in a tie of votes."""


def commitment_of(seed: str) -> str:
    """What is written down before the draw: SHA-256 of the seed's text, hexadecimal."""
    return hashlib.sha256(seed.encode()).hexdigest()


def majority(size: int) -> int:
    """The least number of seats for the field: more than half."""
    return size // 2 + 1


def tickets(load: int, least: int) -> int:
    """Tickets of a candidate with `load` open reviews where the least loaded has `least`."""
    return max(1, TICKETS - (load - least))


def lowest_ticket(seed: str, case: str, key: str, number: int) -> str:
    """The lowest of a candidate's tickets, hexadecimal."""
    return min(
        hashlib.sha256(f"{METHOD}|{seed}|{case}|{key}|{ticket}".encode()).hexdigest() for ticket in range(1, number + 1)
    )


def order_of(seed: str, case: str, candidates: Collection[Candidate]) -> list[str]:
    """Keys of all candidates in the drawn order, whatever order they are given in."""
    least = min((one.load for one in candidates), default=0)
    places = {one.key: lowest_ticket(seed, case, one.key, tickets(one.load, least)) for one in candidates}
    return sorted(places, key=lambda key: (places[key], key))


def matched(candidates: Iterable[Candidate]) -> set[str]:
    """Keys of the candidates of the field."""
    return {one.key for one in candidates if one.is_matched}


def take_seats(
    order: Sequence[str], candidates: Iterable[Candidate], size: int, matched_least: int, sitting: Sequence[str] = ()
) -> list[str]:
    """Keys that fill the panel up to `size` beside those who sit already, in the order in which they are drawn.

    `sitting` need not stand in the order, and who is in the order alone is no candidate; shorter than asked for where
    the candidates do not suffice.
    """
    known = {one.key: one for one in candidates}
    of_the_field = matched(known.values())
    employers = {known[key].employer for key in sitting if key in known}
    free = max(0, size - len(sitting))
    wanted = max(0, matched_least - len(of_the_field & set(sitting)))
    taken: list[str] = []
    for keys, until in (([key for key in order if key in of_the_field], min(wanted, free)), (order, free)):
        for key in keys:
            may_sit = key in known and key not in taken and key not in sitting
            if len(taken) < until and may_sit and known[key].employer not in employers:
                taken.append(key)
                employers.add(known[key].employer)
    return taken


def draw(
    seed: str,
    case: str,
    candidates: Iterable[Candidate],
    *,
    size: int,
    matched_least: int,
    barred: Iterable[Barred] = (),
) -> DrawRecord:
    """Draw a panel of `size`. EvenPanel for an even size, ValueError for a seed of another length or a key twice."""
    known = tuple(sorted(candidates, key=lambda one: one.key))
    if size % 2 == 0:
        raise EvenPanel(size)
    if len(seed) != SEED_SIGNS or len({one.key for one in known}) != len(known):
        raise ValueError("a seed of 64 signs and every candidate once")
    order = order_of(seed, case, known)
    seats = take_seats(order, known, size, matched_least)
    return DrawRecord(
        method=METHOD,
        case=case,
        seed=seed,
        commitment=commitment_of(seed),
        size=size,
        matched_least=matched_least,
        candidates=known,
        barred=tuple(sorted(barred, key=lambda one: one.key)),
        order=tuple(order),
        seats=tuple(seats),
        reserve=tuple(key for key in order if key not in seats),
    )


def successor(record: DrawRecord, *, sitting: Sequence[str], gone: Collection[str]) -> str | None:
    """Who takes the next vacant seat: `sitting` are those who stay, `gone` those who may not sit (any more)."""
    order = [key for key in record.order if key not in gone]
    found = take_seats(order, record.candidates, len(sitting) + 1, record.matched_least, sitting)
    return found[0] if found else None


def drawn_panel(record: DrawRecord, *, gone: Collection[str]) -> list[str]:
    """The panel as it is to be appointed: as drawn, but for those who may not sit any more since the draw."""
    order = [key for key in record.order if key not in gone]
    return take_seats(order, record.candidates, record.size, record.matched_least)


def faults_of(record: DrawRecord) -> list[str]:
    """What does not come out when the draw is worked out again from its own inputs; empty when all does."""
    if record.method != METHOD:
        return [f"unknown method {record.method}"]
    again = draw(
        record.seed, record.case, record.candidates,
        size=record.size, matched_least=record.matched_least, barred=record.barred,
    )  # fmt: skip
    names = ("commitment", "candidates", "order", "seats", "reserve")
    faults = [f"{name} comes out differently" for name in names if getattr(again, name) != getattr(record, name)]
    both = {one.key for one in record.candidates} & {one.key for one in record.barred}
    return faults + [f"{key} is candidate and barred" for key in sorted(both)]
