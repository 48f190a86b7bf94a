"""A challenge is examined: accepted by silence, late for a reason, completed once or given up. Articles 20, 30, 31."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from accreditation.audit import verify_all
from accreditation.clocks import DeadlineKind, DeadlineState
from accreditation.errors import AlreadyDone, Refusal
from accreditation.models import AuditEvent, Case, Deadline, Letter, Message, Reconsideration, User
from accreditation.reconsideration_words import DeclineGround
from accreditation.reconsideration_words import ReconsiderationState as S
from tests.clock import SHANGHAI, Clock
from tests.factories.cast import Cast, make_cast, stored_file
from tests.factories.reconsidering import CLAIM, REASONS, challenged, declined, reconsiderers, revoked
from workflows import door
from workflows.consistency import check_all
from workflows.moves import possible_moves
from workflows.opening_reconsiderations import open_reconsideration
from workflows.procedures import procedure_of
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LAST_SECOND = datetime(2026, 3, 9, 23, 59, 59, tzinfo=SHANGHAI)  # filed on Monday 2 March, five working days
LACKING = "授权委托书；具体的复议请求"
WHY_LATE = "主要负责人因公共卫生事件被隔离至四月三十日。"


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    found = make_cast(clock.at)
    reconsiderers(found)
    return found


def row_of(case: Case) -> Reconsideration:
    return Reconsideration.objects.get(case=case)


def last_day(case: Case, kind: DeadlineKind) -> str:
    found = case.deadlines.filter(kind=kind).latest("pk")
    return found.due_at.astimezone(SHANGHAI).date().isoformat()


def told(verb: str) -> set[str]:
    return set(Message.objects.filter(kind=verb).values_list("recipient__username", flat=True))


def refused(case: Case, verb: str, by: User, at: datetime, **form: Any) -> list[str]:
    with pytest.raises(Refusal) as found:
        door.perform(case, verb, by=by, at=at, form=form)
    return [reason.code for reason in found.value.reasons]


# --- silence --------------------------------------------------------------------------------------------------------
def test_silence_accepts_when_the_five_days_are_over(cast: Cast, clock: Clock) -> None:
    case = challenged(cast, revoked(cast, clock.at), clock.at)
    assert tick(LAST_SECOND).fired == 0
    assert row_of(case).state == S.FILED
    assert tick(datetime(2026, 3, 10, tzinfo=SHANGHAI)).fired == 1
    row = row_of(case)
    assert (row.state, row.accepted_by_silence, row.accepted_at) == (S.ANSWER_ASKED, True, LAST_SECOND)
    assert last_day(case, DeadlineKind.RECONSIDERATION) == "2026-05-08", "sixty days from 9 March"
    assert last_day(case, DeadlineKind.RECONSIDERATION_ANSWER) == "2026-03-24", "ten working days from being told"
    letter = Letter.objects.get(case=case, kind="reconsideration_accepted")
    assert "2026年3月9日审查期限届满" in letter.body
    assert "视为受理" in letter.body
    assert told("let_examination_pass") == {"member0", "office", "reconsiderer1", "reconsiderer2"}
    assert AuditEvent.objects.get(verb="let_examination_pass").content["by_silence"] is True
    assert list(check_all()) == []
    assert verify_all()[1] == []


def test_late_run_of_the_system_costs_the_enterprise_no_day(cast: Cast, clock: Clock) -> None:
    case = challenged(cast, revoked(cast, clock.at), clock.at)
    assert tick(datetime(2026, 3, 13, 8, tzinfo=SHANGHAI)).fired == 1
    assert row_of(case).accepted_at == LAST_SECOND
    assert last_day(case, DeadlineKind.RECONSIDERATION) == "2026-05-08"
    assert last_day(case, DeadlineKind.RECONSIDERATION_ANSWER) == "2026-03-27", "the respondent hears of it today"


def test_nothing_is_refused_or_returned_once_the_days_are_over(cast: Cast, clock: Clock) -> None:
    """The clock may run a little after midnight; the law does not wait for it."""
    case = challenged(cast, revoked(cast, clock.at), clock.at)
    first, after = cast.people["reconsiderer1"], LAST_SECOND + timedelta(seconds=1)
    form = {"decline_ground": DeclineGround.CLAIM, "reason": "请求事项不明确", "lacking": LACKING}
    for verb in ("decline_reconsideration", "ask_for_supplement"):
        assert refused(case, verb, first, after, **form) == ["examination_over"]
    door.perform(case, "accept_reconsideration", by=first, at=after)
    row = row_of(case)
    assert (row.accepted_by_silence, row.accepted_at) == (True, LAST_SECOND)
    with pytest.raises(AlreadyDone):
        door.perform(case, "let_examination_pass", by=cast.people["clock"], at=after)


def test_accepted_by_a_person_in_time_is_accepted_that_day(cast: Cast, clock: Clock) -> None:
    case = challenged(cast, revoked(cast, clock.at), clock.at)
    door.perform(case, "accept_reconsideration", by=cast.people["reconsiderer1"], at=LAST_SECOND)
    row = row_of(case)
    assert (row.accepted_by_silence, row.accepted_at) == (False, LAST_SECOND)
    assert "现予受理" in Letter.objects.get(case=case, kind="reconsideration_accepted").body
    with transaction.atomic(), pytest.raises(IntegrityError):
        Reconsideration.objects.filter(case=case).update(accepted_by_silence=True, accepted_at=None)


def test_silence_accepts_what_was_filed_before_the_system_knew_of_it(cast: Cast, clock: Clock) -> None:
    case = challenged(cast, revoked(cast, clock.at), clock.at)
    rows = Deadline.objects.filter(case=case, kind=DeadlineKind.RECONSIDERATION_EXAMINATION)
    rows.update(fires="")
    import_module("accreditation.migrations.0055_reconsideration_examined").let_silence_accept(apps, None)
    assert rows.get().fires == "let_examination_pass"
    assert tick(datetime(2026, 3, 10, tzinfo=SHANGHAI)).fired == 1
    assert row_of(case).accepted_at == LAST_SECOND


# --- lateness -------------------------------------------------------------------------------------------------------
def filed_late(cast: Cast, letter: Letter, at: datetime) -> Case:
    said = {"known_on": letter.dated, "claim": CLAIM, "reasons": REASONS, "by": cast.member0}
    return open_reconsideration(letter, **said, late_reason=WHY_LATE, at=at)


def test_late_application_is_taken_with_its_reason_and_examined_by_a_person(cast: Cast, clock: Clock) -> None:
    letter, first = declined(cast, clock.at), cast.people["reconsiderer1"]
    late = clock.at + timedelta(days=75)  # the sixtieth day, 1 May, and those after it are free until 5 May
    case = filed_late(cast, letter, late)
    row = row_of(case)
    assert (row.late_days, row.late_reason) == (10, WHY_LATE)
    opened = AuditEvent.objects.get(chain=f"case:{case.number}", verb="open")
    assert (opened.content["late_days"], opened.content["late_reason"]) == (10, WHY_LATE)
    form = {"decline_ground": DeclineGround.TIME, "reason": "隔离于三月底已经解除。"}
    door.perform(case, "decline_reconsideration", by=first, at=late, form=form)
    row = row_of(case)
    assert (row.state, row.decline_ground) == (S.NOT_ACCEPTED, DeclineGround.TIME)
    told_why = Letter.objects.get(case=case, kind="reconsideration_declined")
    assert "超过法定申请期限，且没有不可抗力或者其他正当理由" in told_why.body
    assert "十五日" in told_why.remedy
    again = filed_late(cast, letter, late + timedelta(days=1))
    door.perform(again, "accept_reconsideration", by=first, at=late + timedelta(days=1))
    assert "耽误期限有不可抗力或者其他正当理由" in Letter.objects.get(case=again, kind="reconsideration_accepted").body
    assert list(check_all()) == []


def test_lateness_is_no_ground_against_what_came_in_time(cast: Cast, clock: Clock) -> None:
    case = challenged(cast, revoked(cast, clock.at), clock.at)
    first, form = cast.people["reconsiderer1"], {"reason": "超过期限提出。"}
    late = form | {"decline_ground": DeclineGround.TIME}
    assert refused(case, "decline_reconsideration", first, clock.at, **late) == ["not_late"]
    assert refused(case, "decline_reconsideration", first, clock.at, **form) == ["decline_ground"]
    with transaction.atomic(), pytest.raises(IntegrityError):
        Reconsideration.objects.filter(case=case).update(late_days=1)


def test_day_of_knowing_before_the_letter_stays_refused_however_late(cast: Cast, clock: Clock) -> None:
    letter = revoked(cast, clock.at)
    said = {"claim": CLAIM, "reasons": REASONS, "late_reason": WHY_LATE, "by": cast.member0}
    for day in (letter.dated - timedelta(days=1), letter.dated + timedelta(days=101)):
        with pytest.raises(Refusal) as found:
            open_reconsideration(letter, known_on=day, **said, at=clock.at + timedelta(days=100))
        assert [reason.code for reason in found.value.reasons] == ["known_on"]


# --- what lacks -----------------------------------------------------------------------------------------------------
@pytest.fixture
def asked(cast: Cast, clock: Clock) -> Case:
    """Asked on Tuesday 3 March what lacks."""
    case = challenged(cast, revoked(cast, clock.at), clock.at)
    at = clock.advance(days=1)
    door.perform(case, "ask_for_supplement", by=cast.people["reconsiderer1"], at=at, form={"lacking": LACKING})
    return case


def test_what_lacks_is_told_once_with_its_last_day(cast: Cast, clock: Clock, asked: Case) -> None:
    letter = Letter.objects.get(case=asked, kind="reconsideration_supplement")
    assert LACKING in letter.body
    assert "2026年3月17日前" in letter.body
    assert last_day(asked, DeadlineKind.RECONSIDERATION_SUPPLEMENT) == "2026-03-17", "ten working days"
    assert asked.deadlines.get(kind=DeadlineKind.RECONSIDERATION_EXAMINATION).state == DeadlineState.MET
    assert told("ask_for_supplement") == {"member0"}
    with pytest.raises(AlreadyDone):
        door.perform(asked, "accept_reconsideration", by=cast.people["reconsiderer1"], at=clock.at)
    assert tick(LAST_SECOND + timedelta(hours=1)).fired == 0, "no silence while the enterprise has to act"


def test_completed_it_is_examined_anew_from_that_day_and_not_returned_again(
    cast: Cast, clock: Clock, asked: Case
) -> None:
    at, first = datetime(2026, 3, 17, 23, 59, 59, tzinfo=SHANGHAI), cast.people["reconsiderer1"]
    same = {"claim": CLAIM, "reasons": REASONS}
    assert refused(asked, "supplement_reconsideration", cast.member0, at, **same) == ["nothing_new"]
    assert refused(asked, "supplement_reconsideration", cast.member0, at, claim="短", reasons=REASONS) == [
        "text_needed"
    ]
    form = {"claim": "请求撤销撤销称号的决定。", "reasons": REASONS}
    door.perform(asked, "supplement_reconsideration", by=cast.member0, at=at, form=form)
    row = row_of(asked)
    assert (row.state, row.claim, row.supplemented_at) == (S.FILED, form["claim"], at)
    assert AuditEvent.objects.get(verb="supplement_reconsideration").content["claim"] == form["claim"]
    assert told("supplement_reconsideration") == {"reconsiderer1", "reconsiderer2"}
    assert last_day(asked, DeadlineKind.RECONSIDERATION_EXAMINATION) == "2026-03-24"
    assert refused(asked, "ask_for_supplement", first, at, lacking=LACKING) == ["asked_before"]
    ways = {move.verb.code for move in possible_moves(procedure_of(asked), row, str(row.state))}
    assert ways == {
        "accept_reconsideration", "decline_reconsideration", "let_examination_pass", "withdraw_reconsideration",
    }  # fmt: skip
    assert tick(datetime(2026, 3, 25, tzinfo=SHANGHAI)).fired == 1
    assert row_of(asked).accepted_by_silence
    assert last_day(asked, DeadlineKind.RECONSIDERATION) == "2026-05-25", "the 23rd is a Saturday"
    assert list(check_all()) == []


def test_paper_alone_completes_it(cast: Cast, clock: Clock, asked: Case) -> None:
    at = clock.advance(days=1)
    paper = {"file": stored_file(b"%PDF-1.4", at), "name": "授权委托书.pdf", "purpose": "授权委托书"}
    door.perform(asked, "add_own_document", by=cast.member0, at=at, form=paper)
    said = {"claim": CLAIM, "reasons": REASONS}
    door.perform(asked, "supplement_reconsideration", by=cast.member0, at=at, form=said)
    assert row_of(asked).state == S.FILED


def test_not_completed_in_time_counts_as_given_up(cast: Cast, clock: Clock, asked: Case) -> None:
    over = datetime(2026, 3, 18, tzinfo=SHANGHAI)
    assert tick(over - timedelta(seconds=1)).fired == 0
    late = {"claim": "请求撤销撤销称号的决定。", "reasons": REASONS}
    assert refused(asked, "supplement_reconsideration", cast.member0, over, **late) == ["supplement_late"]
    assert tick(over).fired == 1
    row = row_of(asked)
    assert row.state == S.WITHDRAWN
    assert "视为放弃" in row.ended_for
    letter = Letter.objects.get(case=asked, kind="reconsideration_ended")
    assert "视为放弃申请，本案终止" in letter.body
    assert LACKING in letter.body
    assert told("let_supplement_pass") == {"member0", "reconsiderer1", "reconsiderer2"}
    assert not Deadline.objects.filter(case=asked, state=DeadlineState.RUNNING).exists()
    assert row.letter is not None
    assert challenged(cast, row.letter, over).state == S.FILED, "within the sixty days it is filed again"
    assert list(check_all()) == []


def test_database_refuses_a_return_that_names_nothing(asked: Case) -> None:
    rows = Reconsideration.objects.filter(case=asked)
    for values in ({"lacking": ""}, {"supplement_asked_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)
