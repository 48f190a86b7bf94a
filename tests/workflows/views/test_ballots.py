"""How votes are cast and what a deadlock means: named or secret, postponed, refused or left to the chair."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import serializers
from django.test import Client
from django.urls import reverse

from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice
from accreditation.errors import Denied, Refusal
from accreditation.meeting_words import BallotKind, DeadlockRule
from accreditation.models import Application, AuditEvent, Batch, Case, Meeting, MeetingItem, User, Vote
from accreditation.services import meetings
from accreditation.services.meeting_course import decide_deadlock, note_presence
from accreditation.services.tallies import tally
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.steps import to_committee
from workflows import batch_acts
from workflows.exports.dossier_rows import anchors_of, tables

VOTED_PARTS = {"meetings/items.csv", "meetings/voted.csv", "meetings/votes.csv"}
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_cast(clock.at, committee=4)


@pytest.fixture
def case(cast: Cast, clock: Clock) -> Case:
    found = filed_case(cast)
    to_committee(cast, found, clock.at)
    return found


def begun(cast: Cast, case: Case, **rules: Any) -> MeetingItem:
    """The only item of a meeting in session under those rules, all present."""
    Batch.objects.update(**rules)
    listed = [Application.objects.get(case=case)]
    meeting = meetings.call_meeting(
        listed[0].batch, listed, held_at=cast.at, place="示例会议室", chair=cast.members[0], secretary=cast.office,
        by=cast.office, at=cast.at,
    )  # fmt: skip
    return meetings.start_meeting(meeting, present=cast.members, by=cast.office, at=cast.at).items.get()


def voted(cast: Cast, item: MeetingItem, *choices: Choice) -> None:
    for member, choice in zip(cast.members, choices, strict=False):
        meetings.cast_vote(item, choice=choice, remark="研发投入不足", by=member, at=cast.at)


def minuted(cast: Cast, item: MeetingItem) -> str:
    row = meetings.draft_minutes(item.meeting, reasons={1: "研发投入不足"}, by=cast.office, at=cast.at)
    for signer in (cast.office, cast.members[0]):
        batch_acts.sign_minutes(row, sha256=row.minutes_sha256, by=signer, at=cast.at)
    return row.minutes


def seen(user: User, item: MeetingItem) -> str:
    return log_in(Client(), user).get(reverse("meeting_item", args=[item.meeting.number, 1])).content.decode()


# --- secret ---------------------------------------------------------------------------------------------------------
def test_secret_votes_are_kept_without_a_trace_of_whose_they_are(cast: Cast, case: Case) -> None:
    item = begun(cast, case, ballot=BallotKind.SECRET)
    assert "无记名投票：系统只登记您已投票" in seen(cast.members[0], item)
    address = reverse("meeting_vote", args=[item.meeting.number, 1])
    for member, choice in zip(cast.members, ("recognise", "refuse", "recognise", "recognise"), strict=True):
        assert tally(MeetingItem.objects.get()).cast.total() == 0  # nothing before all are in
        form = {"choice": choice, "remark": "谁都能认出的笔迹"}
        assert log_in(Client(), member).post(address, form).status_code == 302
    item = MeetingItem.objects.get()
    assert item.ballots == {"recognise": 3, "refuse": 1, "postpone": 0}
    assert set(Vote.objects.values_list("choice", "remark")) == {("", "")}
    assert not {"choice", "remark"} & {
        key for row in AuditEvent.objects.filter(verb="cast_vote") for key in row.content
    }
    kept = serializers.serialize("json", [*Vote.objects.all(), *AuditEvent.objects.filter(verb="cast_vote")])
    assert not any(word in kept for word in ("recognise", "refuse", "笔迹"))
    orders = Choice.values, sorted(Choice.values, key=lambda word: (len(word), word))
    assert list(item.ballots) in orders  # of the choices, or of PostgreSQL's jsonb: never of the voters
    page = seen(cast.members[1], item)
    assert "已投票" in page
    assert "不予认定</dt><dd>1</dd>" in page
    text = minuted(cast, item)
    assert "表决方式：无记名投票" in text
    assert "同意认定 3 票，不予认定 1 票" in text
    assert Case.objects.get(pk=case.pk).state == S.PROPOSED


def test_counts_of_a_secret_vote_stay_shut_until_the_last_is_in_or_gone(cast: Cast, case: Case) -> None:
    item = begun(cast, case, ballot=BallotKind.SECRET)
    voted(cast, item, Choice.RECOGNISE, Choice.REFUSE, Choice.RECOGNISE)
    office = seen(cast.office, item)
    assert "不予认定</dt>" not in office
    assert all(member.name in office for member in cast.members[:3])
    minutes = log_in(Client(), cast.office).get(reverse("meeting_minutes", args=[item.meeting.number]))
    assert "尚缺 1 票" in minutes.content.decode()
    with pytest.raises(Refusal, match="votes_missing"):
        minuted(cast, item)
    assert {part.path for part in tables(anchors_of(case), [])} & VOTED_PARTS == {"meetings/items.csv"}
    assert not [part for part in tables(anchors_of(case), []) if b'"recognise": 2' in part.content]
    note_presence(item.meeting, cast.members[3], is_present=False, reason="因公离会", by=cast.office, at=cast.at)
    assert "不予认定</dt><dd>1</dd>" in seen(cast.office, item)
    with pytest.raises(Refusal):
        voted(cast, item, *[Choice.RECOGNISE] * 4)


# --- deadlock -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("rule", [DeadlockRule.POSTPONE, DeadlockRule.REFUSE])
def test_two_against_two_is_what_the_rule_says(cast: Cast, case: Case, rule: DeadlockRule) -> None:
    item = begun(cast, case, deadlock_rule=rule, deadlock_ground="示例议事规则 第五条")
    voted(cast, item, Choice.RECOGNISE, Choice.RECOGNISE, Choice.REFUSE, Choice.REFUSE)
    with pytest.raises(Refusal, match="no_deadlock"):
        decide_deadlock(item, choice=Choice.RECOGNISE, reason="可以认定", by=cast.members[0], at=cast.at)
    assert "示例议事规则 第五条" in seen(cast.members[0], item)
    text = minuted(cast, item)
    assert f"各项票数均未过半的，{rule.label}（依据：示例议事规则 第五条）" in text
    assert f"　各项票数均未过半，{rule.label}。" in text
    assert Case.objects.get(pk=case.pk).state == {"postpone": S.POSTPONED, "refuse": S.REFUSED}[rule]


@pytest.mark.parametrize("ballot", BallotKind.values)
def test_chair_decides_a_deadlock_once_and_nobody_else_does(cast: Cast, case: Case, ballot: str) -> None:
    item = begun(cast, case, ballot=ballot, deadlock_rule=DeadlockRule.CHAIR)
    chair, address = cast.members[0], reverse("meeting_deadlock", args=[item.meeting.number, 1])
    form = {"choice": "recognise", "reason": "创新能力突出"}
    voted(cast, item, Choice.RECOGNISE, Choice.RECOGNISE, Choice.REFUSE)
    early = log_in(Client(), chair).post(address, form)
    assert (early.status_code, "本项不须由主持人决定" in early.content.decode()) == (422, True)
    meetings.cast_vote(item, choice=Choice.REFUSE, remark="研发投入不足", by=cast.members[3], at=cast.at)
    with pytest.raises(Refusal, match="chair_decides"):
        minuted(cast, item)
    assert "须由您决定" in seen(chair, item)
    assert log_in(Client(), cast.members[1]).post(address, form).status_code == 404
    with pytest.raises(Denied):
        decide_deadlock(item, choice="recognise", reason="可以认定", by=cast.members[1], at=cast.at)
    assert log_in(Client(), chair).post(address, {"choice": "recognise", "reason": ""}).status_code == 422
    assert log_in(Client(), chair).post(address, form).status_code == 302
    assert log_in(Client(), chair).post(address, form).status_code == 422
    event = AuditEvent.objects.get(verb="decide_deadlock")
    assert json.loads(json.dumps(event.content))["reason"] == "创新能力突出"
    assert "由主持人决定：同意认定，创新能力突出" in minuted(cast, item)
    assert Case.objects.get(pk=case.pk).state == S.PROPOSED


def test_deadlock_without_the_chair_postpones(cast: Cast, case: Case) -> None:
    item = begun(cast, case, deadlock_rule=DeadlockRule.CHAIR, quorum_numerator=1, quorum_denominator=2)
    meetings.declare_recusal(item, tie="曾任该单位顾问", by=cast.members[0], at=cast.at)
    for member, choice in zip(cast.members[1:], (Choice.RECOGNISE, Choice.REFUSE, Choice.POSTPONE), strict=True):
        meetings.cast_vote(item, choice=choice, remark="研发投入不足", by=member, at=cast.at)
    assert "主持人未参加本项表决，暂缓" in minuted(cast, item)
    assert Meeting.objects.get().state == "adopted"
    assert Case.objects.get(pk=case.pk).state == S.POSTPONED
