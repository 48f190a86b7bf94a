"""Whoever has a tie to an enterprise learns nothing of its case for an office: no page, list or file tells of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse

from accreditation.enums import MemberState
from accreditation.models import Member, OfficerRecusal
from tests.attacks.browsing import addresses, call
from tests.attacks.table import Row, load
from tests.attacks.world import OFFICES, World

pytestmark = [
    pytest.mark.django_db, pytest.mark.slow, pytest.mark.one_database, pytest.mark.usefixtures("short_refusals"),
]  # fmt: skip
TABLE = load()
ASIDE = {"office": False, "district_own": True}  # officers, and whether they step aside from the case alone
CASE = "names the case"
STAGES = ("called", "proposed")  # before anything of the case is public
NUMBERED = {  # pages that name the number of the case all the same, and why
    "messages_list": "what the person was told before the tie stays in the own letter-box",
    "expert_history": "what the person did before the tie stays in the own record",
    "meeting": "the agenda names the item and says that the person steps out of it",
    "meeting_minutes": "one text over the whole meeting, which its members hear read and its signers sign",
    "recipients": "the sample in the sentences happens to be this number",
}
NAMED = {  # pages that name the enterprise without a word of its case
    **dict.fromkeys(("members", "member"), "who acts for it"),
    **dict.fromkeys(("orders_titles", "orders_new", "office_holder"), "titles of the public register"),
    **dict.fromkeys(("office_standings", "office_standings_export", "office_standing"), "standings of other registers"),
    "office_standing_file": "standings of other registers",
    **dict.fromkeys(("office_cultivation", "office_cultivation_export", "office_cultivation_entry"), "the pool"),
    **dict.fromkeys(("office_gap_report", "office_gap_report_print"), "the pool"),
    **dict.fromkeys(("district_figures", "office_figures", "expert_case"), "both cases filed the same workbook"),
}


@pytest.fixture
def tied(world: World) -> Iterator[World]:
    """Every holder of an office once acted for the own enterprise."""
    with transaction.atomic():
        for role in OFFICES:
            Member.objects.create(
                enterprise=world.cast.enterprises[0], user=world.people[role], state=MemberState.ENDED,
                requested_at=world.at, settled_at=world.at,
            )  # fmt: skip
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def aside(world: World) -> Iterator[World]:
    """Officers of both levels step aside, from the enterprise or from the case alone."""
    case = world.cases["own"]
    with transaction.atomic():
        for role, alone in ASIDE.items():
            officer = world.people[role]
            OfficerRecusal.objects.create(
                officer=officer, enterprise=case.enterprise, case=case if alone else None, reason="配偶在该单位任职",
                recorded_by=officer, recorded_at=world.at,
            )  # fmt: skip
        yield world
        transaction.set_rollback(True)


@pytest.mark.parametrize("world", STAGES, indirect=True, scope="module")
def test_nobody_conflicted_reads_of_the_case(world: World, tied: World) -> None:
    faults, opened = [], 0
    for row in TABLE.values():
        for role, made in _asked(row, world):
            answer = call(world.browsers[role], "get", made)
            if answer.status_code == 200:
                opened += 1
                faults += [f"{made} ({row.name}) {role}: {what}" for what in _told(_text(answer), row.name, world)]
    assert opened > 200
    assert faults == [], "\n".join(faults)


@pytest.mark.parametrize("world", STAGES[:1], indirect=True, scope="module")
def test_officer_who_stepped_aside_reads_no_more_of_the_case(world: World, aside: World) -> None:
    """The same rule as for ties by membership, so one stage and two officers show that every page asks it."""
    faults, opened = [], 0
    for row in TABLE.values():
        for role, made in _asked(row, world, tuple(ASIDE)):
            answer = call(world.browsers[role], "get", made)
            if answer.status_code == 200:
                opened += 1
                told = _told(_text(answer), row.name, world)
                faults += [f"{made} ({row.name}) {role}: {what}" for what in told if not ASIDE[role] or what == CASE]
    assert opened > 60
    assert faults == [], "\n".join(faults)


def _asked(row: Row, world: World, roles: tuple[str, ...] = OFFICES) -> Iterator[tuple[str, str]]:
    """Addresses with the role that may open them by office, as far as what they name is there at this stage."""
    if row.audience == "everybody":
        return
    try:
        made = addresses(row, world)
    except KeyError:
        return
    for role in roles:
        if row.is_open_to(role):
            for one in made.values():
                yield role, one


def _text(answer: object) -> str:
    if isinstance(answer, StreamingHttpResponse):
        return answer.getvalue().decode(errors="replace")
    assert isinstance(answer, HttpResponse)
    return answer.content.decode(errors="replace")


def _told(text: str, name: str, world: World) -> Iterator[str]:
    if world.cases["own"].number in text and name not in NUMBERED:
        yield CASE
    if world.cast.enterprises[0].name in text and name not in NUMBERED.keys() | NAMED.keys():
        yield "names the enterprise"
