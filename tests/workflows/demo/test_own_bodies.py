"""The zone and the group of the demo: every step to the certificate by the accounts of its log-in page."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.conf import LazySettings

from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice
from accreditation.models import Application, Body
from accreditation.permissions import has_power_over
from accreditation.roles import Power
from accreditation.seeds.accounts import BY_USERNAME
from workflows import batch_acts
from workflows.demo.clock import DemoClock
from workflows.demo.own_bodies import CASES, fill_own_bodies
from workflows.demo.story import Story
from workflows.demo.telling import Teller
from workflows.demo.turns import Board, Turns
from workflows.workdays import SHANGHAI

NOW = datetime(2026, 9, 16, 15, 30, tzinfo=SHANGHAI)


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.one_database
def test_zone_and_group_stand_before_their_own_people(settings: LazySettings, var_dir: object) -> None:
    settings.ACCREDITATION_DEMO = True
    story = Story(lambda _text: None, NOW)
    cases = fill_own_bodies(story)
    rows = [Application.objects.select_related("batch__authority").get(case=case) for case in cases]
    assert [row.state for row in rows] == [line[-1] for line in CASES]
    assert [row.batch.authority for row in rows] == [Body.objects.get(district=line[0]) for line in CASES]
    people = story.world.people
    for row, (_code, officer, *_rest) in zip(rows, CASES, strict=True):
        members = [f"{officer}{n}" for n in (1, 2, 3)]
        assert {officer, f"{officer}fabu", *members} <= BY_USERNAME.keys()
        assert has_power_over(people[officer], Power.CALL_MEETINGS, row.batch)
        assert all(has_power_over(people[name], Power.VOTE, row.batch) for name in members)
        assert has_power_over(people[f"{officer}fabu"], Power.PUBLISH, row.batch)
    zone = rows[0]
    turns = Turns(Teller(lambda _text: None), story.world, DemoClock(story.world.calendar, NOW, 0))
    board = Board(("xinpian1", "xinpian2", "xinpian3"), "xinpian", "xinpianfabu", recusing=0)
    turns.hold_meeting(zone.batch, {zone.case.number: Choice.RECOGNISE}, board)
    zone = Application.objects.get(pk=zone.pk)
    batch_acts.publish_notice(zone.batch, [zone], body="公示", by=people[board.publisher], at=turns.clock.minutes(30))
    assert Application.objects.get(pk=zone.pk).state == S.UNDER_NOTICE
