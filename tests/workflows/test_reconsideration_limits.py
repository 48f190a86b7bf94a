"""The time to supplement is prolonged once for a reason, and nothing is accepted after five years from the act."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.forms import ChoiceField

from accreditation.clocks import DeadlineKind, DeadlineState
from accreditation.errors import Refusal
from accreditation.models import AuditEvent, Case, Deadline, Letter, Message, Reconsideration, User
from accreditation.reconsideration_words import DeclineGround
from accreditation.reconsideration_words import ReconsiderationState as S
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast
from tests.factories.reconsidering import CLAIM, REASONS, challenged, reconsiderers, revoked
from workflows import door
from workflows.calendar import current_calendar
from workflows.consistency import check_all
from workflows.deadlines import due_of
from workflows.forms.reconsiderations import DeclineForm
from workflows.opening_reconsiderations import open_reconsideration
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHY = "申请人因停工停产，不能按期取得加盖公章的委托书。"


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    found = make_cast(clock.at)
    reconsiderers(found)
    return found


@pytest.fixture
def asked(cast: Cast, clock: Clock) -> Case:
    """Told what lacks, an hour after it was filed."""
    case = challenged(cast, revoked(cast, clock.at), clock.at)
    form = {"lacking": "加盖公章的授权委托书"}
    door.perform(case, "ask_for_supplement", by=cast.people["reconsiderer1"], at=clock.at + HOUR, form=form)
    return case


def refused(case: Case, verb: str, by: User, at: datetime, **form: Any) -> list[str]:
    with pytest.raises(Refusal) as refusal:
        door.perform(case, verb, by=by, at=at, form=form)
    return [reason.code for reason in refusal.value.reasons]


def supplement_clock(case: Case) -> Deadline:
    return Deadline.objects.get(case=case, kind=DeadlineKind.RECONSIDERATION_SUPPLEMENT)


def test_time_to_supplement_is_prolonged_once_with_a_letter_and_then_runs_out(
    cast: Cast, clock: Clock, asked: Case
) -> None:
    first, at = cast.people["reconsiderer1"], clock.at + 2 * DAY
    before = supplement_clock(asked).due_at
    assert refused(asked, "prolong_supplement", first, at, days=0, reason="") == ["days_needed", "text_needed"]
    assert refused(asked, "prolong_supplement", first, at, days=11, reason=WHY) == ["days_needed"]
    door.perform(asked, "prolong_supplement", by=first, at=at, form={"days": 5, "reason": WHY})
    clock_now = supplement_clock(asked)
    assert clock_now.due_at - before == 7 * DAY  # five working days, and a weekend
    row = Reconsideration.objects.get(case=asked)
    assert (row.state, row.supplement_more_days) == (S.SUPPLEMENT_ASKED, 5)
    letter = Letter.objects.get(case=asked, kind="reconsideration_prolonged")
    last = clock_now.due_at.astimezone(clock.at.tzinfo).date()
    assert f"补正期限延长至{last.year}年{last.month}月{last.day}日" in letter.body
    assert WHY in letter.body
    assert "第三十一条" in letter.body
    assert Message.objects.get(kind="prolong_supplement").recipient == cast.member0
    assert refused(asked, "prolong_supplement", first, at, days=5, reason=WHY) == ["prolonged_before"]
    tick(before + HOUR)
    assert Reconsideration.objects.get(case=asked).state == S.SUPPLEMENT_ASKED
    form = {"claim": "请求撤销该决定，恢复称号并更正登记。", "reasons": REASONS}
    door.perform(asked, "supplement_reconsideration", by=cast.member0, at=before + DAY, form=form)
    assert supplement_clock(asked).state == DeadlineState.MET
    assert list(check_all()) == []


def test_prolonged_time_that_runs_out_gives_the_application_up(cast: Cast, clock: Clock, asked: Case) -> None:
    first = cast.people["reconsiderer1"]
    door.perform(asked, "prolong_supplement", by=first, at=clock.at + DAY, form={"days": 10, "reason": WHY})
    tick(supplement_clock(asked).due_at + HOUR)
    assert Reconsideration.objects.get(case=asked).state == S.WITHDRAWN
    assert list(check_all()) == []


def test_what_has_ended_is_not_prolonged(cast: Cast, clock: Clock, asked: Case) -> None:
    over = supplement_clock(asked).due_at + timedelta(minutes=1)
    found = refused(asked, "prolong_supplement", cast.people["reconsiderer1"], over, days=5, reason=WHY)
    assert found == ["supplement_late"]
    assert due_of(supplement_clock(asked), current_calendar()).at == supplement_clock(asked).due_at
    assert not AuditEvent.objects.filter(verb="prolong_supplement").exists()


def test_database_keeps_the_limits(asked: Case) -> None:
    for values in ({"supplement_more_days": 11}, {"supplement_more_days": 5, "supplement_asked_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Reconsideration.objects.filter(case=asked).update(**values)


def filed_after(cast: Cast, letter: Letter, at: datetime) -> Case:
    return open_reconsideration(
        letter, known_on=at.date() - DAY, claim=CLAIM, reasons=REASONS, by=cast.member0, at=at, late_reason=WHY
    )


def offered(case: Case) -> set[str]:
    field = DeclineForm(subject=Reconsideration.objects.get(case=case)).fields["decline_ground"]
    assert isinstance(field, ChoiceField)
    return {str(value) for value, _label in list(field.choices)}


def test_after_five_years_it_is_declined_and_never_accepted_by_a_person(cast: Cast, clock: Clock) -> None:
    letter, first = revoked(cast, clock.at), cast.people["reconsiderer1"]
    at = clock.at.replace(year=clock.at.year + 5) + DAY
    case = filed_after(cast, letter, at)
    assert refused(case, "accept_reconsideration", first, at) == ["too_old"]
    assert DeclineGround.TOO_OLD in offered(case)
    said = {"decline_ground": DeclineGround.TOO_OLD, "reason": "自决定作出之日起已超过五年。"}
    door.perform(case, "decline_reconsideration", by=first, at=at, form=said)
    row = Reconsideration.objects.get(case=case)
    assert (row.state, row.decline_ground) == (S.NOT_ACCEPTED, DeclineGround.TOO_OLD)
    assert list(check_all()) == []


def test_within_five_years_the_limit_is_no_ground(cast: Cast, clock: Clock) -> None:
    letter, first = revoked(cast, clock.at), cast.people["reconsiderer1"]
    at = clock.at.replace(year=clock.at.year + 5)  # the last day
    case = filed_after(cast, letter, at)
    said = {"decline_ground": DeclineGround.TOO_OLD, "reason": "自决定作出之日起已超过五年。"}
    assert refused(case, "decline_reconsideration", first, at, **said) == ["not_too_old"]
    assert DeclineGround.TOO_OLD not in offered(case)
    door.perform(case, "accept_reconsideration", by=first, at=at)
    assert Reconsideration.objects.get(case=case).state == S.ANSWER_ASKED
