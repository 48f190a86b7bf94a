"""kill -9 in the middle of a change of edition: each case is wholly under one edition, and a later run ends it."""

from __future__ import annotations

import random

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from accreditation.audit import verify_all
from accreditation.models import AuditEvent, Case, EditionChange, Enterprise, Member, RoleGrant
from accreditation.roles import Role
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, grant, make_cast, person
from tests.faults.test_kills import kill_midway, run_and_kill
from tests.workflows.test_edition_change import NEW, OLD, mapping
from workflows.consistency import check_all
from workflows.edition_change import carry_on
from workflows.edition_proposals import confirm, propose
from workflows.edition_takeovers import take_over
from workflows.procedures import PROCEDURES

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

CASES, FEW, MOST_TURNS, SEED = 24, 8, 60, 20261128


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def file_cases(cast: Cast, count: int = CASES) -> None:
    for n in range(count):
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
    row = propose(mapping(), by=cast.office, at=clock.at)
    confirm(row, seen=row.preview_sha256, by=cast.publisher, at=clock.at)
    command, chance = ["migrate_edition", "--carry-on", row.number], random.Random(SEED)
    for turn in range(MOST_TURNS):
        run_and_kill(command, child_environment, chance, turn)
        gone = check_each_is_whole()
        row = EditionChange.objects.get(pk=row.pk)
        if row.finished_at is not None:  # asked of the record: the kill may fall between the last step and the exit
            break
    assert (gone, Case.objects.filter(procedure=OLD).count()) == (CASES, 0)
    assert row.finished_at is not None
    assert [(line["case"], line["reasons"]) for line in row.report] == [(line["case"], []) for line in row.preview]


def test_killed_change_of_who_left_office_is_taken_over_and_ended_by_another(
    cast: Cast, clock: Clock, child_environment: dict[str, str]
) -> None:
    file_cases(cast, FEW)
    row = propose(mapping(), by=cast.office, at=clock.at)
    confirm(row, seen=row.preview_sha256, by=cast.publisher, at=clock.at)
    gone_over = AuditEvent.objects.filter(verb="change_edition")
    kill_midway(["migrate_edition", "--carry-on", row.number], child_environment, lambda: 2 <= gone_over.count() < FEW)
    RoleGrant.objects.filter(user=cast.publisher).update(revoked_at=clock.at)
    done = check_each_is_whole()
    with pytest.raises(CommandError, match="接办"):
        call_command("migrate_edition", "--carry-on", row.number)
    other = person("second_publisher", "第二发布人")
    grant(other, Role.PUBLISHER, at=clock.at)
    take_over(row, reason="原确认人已调离", by=other, at=clock.at)
    row = carry_on(row.number, at=clock.at)
    assert (row.state, check_each_is_whole()) == ("finished", FEW)
    assert [(line["case"], line["reasons"]) for line in row.report] == [(line["case"], []) for line in row.preview]
    by = list(gone_over.order_by("pk").values_list("by_id", flat=True))
    assert by == [cast.publisher.pk] * done + [other.pk] * (FEW - done)
