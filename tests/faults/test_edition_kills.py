"""kill -9 in the middle of a change of edition: each case is wholly under one edition, and a later run ends it."""

from __future__ import annotations

import random

import pytest
from django.conf import LazySettings

from accreditation.audit import verify_all
from accreditation.models import AuditEvent, Case, Enterprise, Member
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast, person
from tests.faults.test_kills import run_and_kill
from tests.workflows.test_edition_change import NEW, OLD, mapping
from workflows.consistency import check_all
from workflows.edition_change import propose_change
from workflows.procedures import PROCEDURES

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

CASES, MOST_TURNS, SEED = 24, 60, 20261128


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def file_cases(cast: Cast) -> None:
    for n in range(CASES):
        place = len(cast.enterprises)
        enterprise = Enterprise.objects.create(
            uscc=f"TEST{n:014d}", name=f"示例{n}有限公司", district="310115", registered_at=cast.at
        )
        member = cast.people[f"member{place}"] = person(f"m{n}", f"申报人{n}")
        Member.objects.create(
            enterprise=enterprise, user=member, state="active", requested_at=cast.at, settled_at=cast.at
        )
        cast.enterprises.append(enterprise)
        filed_case(cast, place)


def check_each_is_whole() -> int:
    """How many cases have gone over; each with its edition, its flow and its audit entry, or with none of them."""
    changed = set(AuditEvent.objects.filter(verb="change_edition").values_list("chain", flat=True))
    gone = [case for case in Case.objects.select_related("flow") if case.procedure == NEW]
    for case in Case.objects.select_related("flow"):
        assert case.flow.flow_class is PROCEDURES[case.procedure].flow
    assert len(changed) == len(gone)
    assert list(check_all()) == []
    assert verify_all()[1] == []
    return len(gone)


def test_killed_change_leaves_each_case_whole_and_is_taken_up_again(
    cast: Cast, clock: Clock, child_environment: dict[str, str]
) -> None:
    file_cases(cast)
    row = propose_change(mapping(), by=cast.office, at=clock.at)
    command, chance = ["migrate_edition", "--confirm", row.number, "--by", "publisher"], random.Random(SEED)
    for turn in range(MOST_TURNS):
        run_and_kill(command, child_environment, chance, turn)
        gone = check_each_is_whole()
        row.refresh_from_db()
        if row.finished_at is not None:  # asked of the record: the kill may fall between the last step and the exit
            break
    assert (gone, Case.objects.filter(procedure=OLD).count()) == (CASES, 0)
    assert row.finished_at is not None
