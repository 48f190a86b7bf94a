"""A free place and who is next for it at the same moment: proposed, confirmed, declined, while another is ranked."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.conf import LazySettings

from accreditation.models import Batch, CallingUp, Case
from accreditation.recommendation_words import ResultState
from accreditation.roles import Role
from accreditation.services.quota_places import quota_places
from tests.clock import Clock
from tests.factories import late_recommending as late
from tests.factories.calling_up import after, decided, form_of, give_up, state
from tests.factories.cast import Cast, make_cast
from tests.faults.racing import all_agrees, at_once, colleague, entered_once, one_won
from workflows.calling_up import confirm_calling_up, decline_calling_up, propose_calling_up, withdraw_calling_up

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, var_dir: object, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def free(cast: Cast) -> tuple[Batch, list[Case], datetime]:
    """One place that was given up, two below it."""
    batch, cases = decided(cast)
    give_up(cast, cases[0], after(batch))
    return batch, cases, after(batch)


def held(batch: Batch) -> int:
    """How many have a place; never more than the quota."""
    places = quota_places(batch)
    assert len(places.holding) <= places.quota
    return len(places.holding)


def test_next_in_order_is_proposed_once(cast: Cast, free: tuple[Batch, list[Case], datetime]) -> None:
    batch, cases, at = free
    people = [cast.office, colleague(cast, Role.MUNICIPAL_OFFICER)]
    won = one_won(at_once([lambda by=by: propose_calling_up(batch, by=by, at=at) for by in people]))
    row = CallingUp.objects.get()
    assert (row.recorded_by, row.application.case, held(batch)) == (people[won], cases[1], 0)
    entered_once("propose_calling_up")


@pytest.mark.parametrize("other", ["confirm", "decline", "withdraw"])
def test_place_is_given_once_or_the_proposal_is_declined_or_taken_back(
    cast: Cast, free: tuple[Batch, list[Case], datetime], other: str
) -> None:
    batch, cases, at = free
    row = propose_calling_up(batch, by=cast.office, at=at)
    second, third = (colleague(cast, Role.MUNICIPAL_OFFICER, name=f"office{n}") for n in (2, 3))
    jobs = {
        "confirm": lambda: confirm_calling_up(row, by=third, at=at),
        "decline": lambda: decline_calling_up(row, reason="企业正在核实情况", by=third, at=at),
        "withdraw": lambda: withdraw_calling_up(row, by=cast.office, at=at),
    }
    won = one_won(at_once([lambda: confirm_calling_up(row, by=second, at=at), jobs[other]]))
    is_given = won == 0 or other == "confirm"
    assert (CallingUp.objects.get().state == ResultState.CONFIRMED, held(batch)) == (is_given, int(is_given))
    assert state(cases[1]) == ("to_be_recommended" if is_given else "not_in_quota")
    entered_once("confirm_calling_up", f"{other}_calling_up")


def test_two_who_were_proposed_do_not_share_the_place_that_is_left(
    cast: Cast, free: tuple[Batch, list[Case], datetime]
) -> None:
    batch, cases, at = free
    second = colleague(cast, Role.MUNICIPAL_OFFICER)
    rows = [form_of(case, cast.office, at)["calling_up"] for case in cases[1:]]  # as while two places were free
    won = one_won(at_once([lambda row=row: confirm_calling_up(row, by=second, at=at) for row in rows]))
    assert (won, held(batch)) == (0, 1)
    assert [state(case) for case in cases] == ["withdrawn", "to_be_recommended", "not_in_quota"]
    entered_once("call_up")


def test_place_is_given_or_a_supplementary_ranking_frozen_one_after_the_other(
    cast: Cast, free: tuple[Batch, list[Case], datetime]
) -> None:
    batch, cases, at = free
    second = colleague(cast, Role.MUNICIPAL_OFFICER)
    row = propose_calling_up(batch, by=cast.office, at=at)
    again = late.decided_again(cast, cases[2], at, 2, rd_expenditure=99000)
    won = one_won(
        at_once([
            lambda: confirm_calling_up(row, by=second, at=at),
            lambda: late.supplement(cast, batch, at),
        ])
    )  # fmt: skip
    assert won == 1  # whoever waits to be ranked may stand before the next
    late.decide(cast, batch, at)
    assert (state(again), state(cases[1]), held(batch)) == ("to_be_recommended", "not_in_quota", 1)
    all_agrees()
