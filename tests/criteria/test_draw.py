"""The draw of a panel: nobody barred, one per employer, the field first, fair within chance, and worked out again."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from criteria.__main__ import main
from criteria.draw import (
    Barred,
    Candidate,
    DrawRecord,
    EvenPanel,
    commitment_of,
    draw,
    drawn_panel,
    faults_of,
    lowest_ticket,
    majority,
    successor,
    take_seats,
    tickets,
)
from criteria.plain import from_text, to_text

PATIENT = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SEED = hashlib.sha256(b"seed").hexdigest()
CASE = "SHETC-2026-0001"


def pool(*, matched: int = 8, others: int = 4, employers: int = 99, load: int = 0) -> list[Candidate]:
    """Candidates 1 to n, the matched ones first, spread over so many employers."""
    return [Candidate(str(n), f"employer {n % employers}", n <= matched, load) for n in range(1, matched + others + 1)]


def drawn(candidates: list[Candidate], seed: str = SEED, size: int = 5) -> DrawRecord:
    return draw(seed, CASE, candidates, size=size, matched_least=majority(size))


@st.composite
def pools(make: st.DrawFn) -> list[Candidate]:
    keys = make(st.lists(st.integers(1, 999), unique=True, max_size=30))
    employers, loads = st.sampled_from([f"e{n}" for n in range(12)]), st.integers(0, 9)
    return [Candidate(str(key), make(employers), make(st.booleans()), make(loads)) for key in keys]


@pytest.mark.slow
@PATIENT
@given(pools(), st.binary(min_size=32, max_size=32), st.sampled_from([3, 5, 7, 9]))
def test_every_draw_keeps_its_rules(candidates: list[Candidate], seed: bytes, size: int) -> None:
    record = drawn(candidates, seed.hex(), size)
    known = {one.key: one for one in candidates}
    assert sorted(record.order) == sorted(known)
    assert set(record.seats) <= set(known)
    employers = [known[key].employer for key in record.seats]
    assert len(employers) == len(set(employers)) == min(size, len({one.employer for one in candidates}))
    of_the_field = {one.employer for one in candidates if one.is_matched}
    assert record.matched_seats >= min(majority(size), len(of_the_field))
    assert set(record.reserve) == set(known) - set(record.seats)
    assert [key for key in record.order if key in record.reserve] == list(record.reserve)


@pytest.mark.slow
@PATIENT
@given(pools(), st.binary(min_size=32, max_size=32), st.randoms(use_true_random=False))
def test_draw_comes_out_again_whatever_order_the_pool_is_read_in(
    candidates: list[Candidate], seed: bytes, shuffled: object
) -> None:
    record = drawn(candidates, seed.hex())
    mixed = list(candidates)
    shuffled.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis hands out a random.Random
    assert drawn(mixed, seed.hex()) == record
    assert from_text(DrawRecord, to_text(record)) == record
    assert faults_of(record) == []


@pytest.mark.slow
@PATIENT
@given(pools(), st.binary(min_size=32, max_size=32), st.data())
def test_successor_keeps_the_rules_of_the_panel(candidates: list[Candidate], seed: bytes, data: st.DataObject) -> None:
    record = drawn(candidates, seed.hex())
    gone = {key for key in record.seats if data.draw(st.booleans())}
    sitting = [key for key in record.seats if key not in gone]
    found = successor(record, sitting=sitting, gone=gone)
    known = {one.key: one for one in candidates}
    free = [
        key
        for key in record.order
        if key not in gone and known[key].employer not in {known[seat].employer for seat in sitting}
    ]
    assert (found is None) == (not free)
    if found is not None:
        assert found in free
        first_of_the_field = next((key for key in free if known[key].is_matched), None)
        too_few = sum(known[key].is_matched for key in sitting) < record.matched_least
        assert found == (first_of_the_field if too_few and first_of_the_field else free[0])


@pytest.mark.slow
def test_each_candidate_is_drawn_equally_often() -> None:
    """2,000 seeds, 12 alike, 5 seats: 833 each is expected; five standard deviations are 110."""
    candidates = pool(matched=12, others=0)
    counted = Counter(
        key for n in range(2000) for key in drawn(candidates, hashlib.sha256(str(n).encode()).hexdigest()).seats
    )
    assert len(counted) == 12
    assert all(abs(count - 2000 * 5 / 12) < 110 for count in counted.values()), counted


def test_chance_to_be_first_goes_with_the_tickets() -> None:
    """Loads 0 and 3 hold four tickets and one: first in four of five draws. 2,000 seeds, five deviations are 90."""
    candidates = [Candidate("idle", "a", True, 0), Candidate("busy", "b", True, 3)]
    seeds = (hashlib.sha256(f"load {n}".encode()).hexdigest() for n in range(2000))
    first = Counter(drawn(candidates, seed, 3).order[0] for seed in seeds)
    assert abs(first["idle"] - 1600) < 90, first


def test_tickets_fall_with_the_load_above_the_least_and_never_below_one() -> None:
    assert [tickets(load, 2) for load in range(2, 8)] == [4, 3, 2, 1, 1, 1]


def test_ticket_is_the_documented_hash() -> None:
    texts = [f"accreditation-draw/1|{SEED}|{CASE}|7|{n}" for n in (1, 2)]
    expected = min(hashlib.sha256(text.encode()).hexdigest() for text in texts)
    assert lowest_ticket(SEED, CASE, "7", 2) == expected
    assert commitment_of(SEED) == hashlib.sha256(SEED.encode()).hexdigest()


def test_draw_worked_out_by_hand() -> None:
    """The place of each is sorted here without the module's own functions."""
    candidates = pool(matched=6, others=0)
    places = {
        one.key: min(
            hashlib.sha256(f"accreditation-draw/1|{SEED}|{CASE}|{one.key}|{n}".encode()).hexdigest()
            for n in (1, 2, 3, 4)
        )
        for one in candidates
    }
    record = drawn(candidates)
    assert list(record.order) == sorted(places, key=lambda key: places[key])
    assert list(record.seats) == list(record.order[:5])


def test_field_has_more_than_half_of_the_seats_where_it_has_the_people() -> None:
    records = [drawn(pool(matched=3, others=20), hashlib.sha256(bytes([n])).hexdigest()) for n in range(20)]
    assert {record.matched_seats for record in records} == {3}
    assert drawn(pool(matched=2, others=20)).matched_seats == 2
    assert (majority(3), majority(5), majority(7)) == (2, 3, 4)


def test_pool_of_one_employer_fills_one_seat() -> None:
    record = drawn(pool(employers=1))
    assert (len(record.seats), record.is_full) == (1, False)


def test_even_panel_bad_seed_and_twice_the_same_are_refused() -> None:
    with pytest.raises(EvenPanel):
        drawn(pool(), size=4)
    for seed, candidates in (("ab", pool()), (SEED, pool() + pool())):
        with pytest.raises(ValueError, match="seed of 64 signs"):
            drawn(candidates, seed)


def test_who_may_not_sit_any_more_is_passed_over_in_the_drawn_order() -> None:
    record = drawn(pool(matched=12, others=0))
    gone = {record.seats[1]}
    assert drawn_panel(record, gone=()) == list(record.seats)
    assert drawn_panel(record, gone=gone) == [key for key in record.order if key not in gone][:5]
    assert successor(record, sitting=[key for key in record.seats if key not in gone], gone=gone) == record.reserve[0]


def test_sitting_outside_the_draw_takes_a_place_but_no_employer() -> None:
    assert take_seats(["1", "2"], pool(matched=2, others=0), 2, 0, ["somebody else"]) == ["1"]


CHANGES = [
    {"seed": hashlib.sha256(b"another").hexdigest()},
    {"commitment": "0" * 64},
    {"matched_least": 0},
    {"case": "SHETC-2026-0002"},
    {"size": 3},
    {"method": "accreditation-draw/9"},
]


@pytest.mark.parametrize("change", CHANGES)
def test_changed_record_does_not_come_out(change: dict[str, object]) -> None:
    assert faults_of(replace(drawn(pool(matched=3, others=9)), **change)) != []  # type: ignore[arg-type]  # any field


def test_swapped_seats_a_hidden_candidate_and_a_load_made_heavier_are_found() -> None:
    record = drawn(pool())
    swapped = replace(record, seats=(record.seats[1], record.seats[0], *record.seats[2:]))
    hidden = replace(record, candidates=record.candidates[1:])
    other = replace(record, seats=(*record.seats[:-1], record.reserve[-1]))
    both = replace(record, barred=(Barred(record.seats[0], ("任职于该单位",)),))
    for changed in (swapped, hidden, other, both):
        assert faults_of(changed) != []


def run(record: DrawRecord, folder: Path, *more: str, under: str = "") -> int:
    path = folder / "record.json"
    text = to_text(record)
    path.write_text(f'{{"{under}":{text}}}' if under else text, encoding="utf-8")
    return main(["draw", str(path), "--lang", "en", *more])


def test_command_works_a_draw_out_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = drawn(pool())
    assert run(record, tmp_path, "--commitment", commitment_of(SEED), under="draw") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{CASE}: 12 candidates"
    assert [line.split(". ")[1] for line in lines[1:6]] == list(record.seats)
    assert lines[-1] == "the same"


def test_command_finds_what_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = drawn(pool())
    assert run(record, tmp_path, "--commitment", "0" * 64) == 1
    assert "fixed beforehand" in capsys.readouterr().out
    assert run(replace(record, order=record.order[::-1]), tmp_path) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "DIFFERENT"


@pytest.mark.parametrize("text", ["", "[]", "7", '{"draw": {"seed": 1}}', json.dumps({"method": "x"})])
def test_command_refuses_what_is_no_record(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "record.json"
    path.write_text(text, encoding="utf-8")
    assert main(["draw", str(path), "--lang", "en"]) == 2
    assert "no record" in capsys.readouterr().out


def test_order_of_lowest_tickets_rises() -> None:
    record = drawn(pool())
    places = [lowest_ticket(SEED, CASE, key, 4) for key in record.order]
    assert all(first < second for first, second in pairwise(places))
