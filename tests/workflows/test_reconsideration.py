"""Days of a reconsideration, what its decision does to certificate and title, and that nothing else brings one back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from accreditation.audit import verify_all
from accreditation.clocks import DeadlineKind
from accreditation.enums import ApplicationState, ProceedingKind, TitleState
from accreditation.errors import Refusal
from accreditation.models import Application, Case, Letter, Reconsideration, Title
from accreditation.reconsideration_words import Outcome
from accreditation.reconsideration_words import ReconsiderationState as S
from accreditation.services.proceedings import carry_order_out
from certificates.models import Certificate
from certificates.services.keys import open_keys
from certificates.services.signing import sign_pending
from certificates.standing import Standing
from tests.clock import SHANGHAI, Clock
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.reconsidering import CLAIM, REASONS, challenged, decided, declined, reconsiderers, revoked
from tests.factories.steps import hold_meeting, publish, to_committee
from tests.factories.titles import FACTS
from workflows import batch_acts, door
from workflows.certification import newest_certificate_of_title
from workflows.consistency import check_all, check_titles
from workflows.opening import open_ordered_again
from workflows.opening_proceedings import open_proceeding
from workflows.opening_reconsiderations import open_reconsideration
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    found = make_cast(clock.at)
    reconsiderers(found)
    return found


def due(case: Case, kind: DeadlineKind) -> str:
    return case.deadlines.get(kind=kind).due_at.astimezone(SHANGHAI).date().isoformat()


def test_examination_answer_and_decision_have_the_days_of_the_law(cast: Cast, clock: Clock) -> None:
    case = challenged(cast, revoked(cast, clock.at), clock.at)  # Monday 2 March 2026
    assert due(case, DeadlineKind.RECONSIDERATION_EXAMINATION) == "2026-03-09"
    first, at = cast.people["reconsiderer1"], clock.at + timedelta(hours=1)
    door.perform(case, "accept_reconsideration", by=first, at=at)
    assert due(case, DeadlineKind.RECONSIDERATION_ANSWER) == "2026-03-16"
    assert due(case, DeadlineKind.RECONSIDERATION) == "2026-05-06", "the sixtieth day is a holiday"
    assert tick(datetime(2026, 3, 16, 23, 59, 59, tzinfo=SHANGHAI)).fired == 0
    assert tick(datetime(2026, 3, 17, tzinfo=SHANGHAI)).fired == 1
    assert Reconsideration.objects.get(case=case).state == S.UNDER_RECONSIDERATION
    form = {"days": 31, "reason": "案情复杂，须补充调查"}
    later = datetime(2026, 3, 20, tzinfo=SHANGHAI)
    with pytest.raises(Refusal) as refused:
        door.perform(case, "prolong_reconsideration", by=first, at=later, form=form)
    assert [reason.code for reason in refused.value.reasons] == ["days_needed"]
    door.perform(case, "prolong_reconsideration", by=first, at=later, form=form | {"days": 30})
    assert due(case, DeadlineKind.RECONSIDERATION) == "2026-06-01", "the ninetieth is a Sunday"
    assert list(check_all()) == []


def test_sixty_days_from_knowing(cast: Cast, clock: Clock) -> None:
    letter = revoked(cast, clock.at)
    said = {"known_on": letter.dated, "claim": CLAIM, "reasons": REASONS, "by": cast.member0}
    # The sixtieth day is 1 May 2026; offices work again on Wednesday 6 May.
    assert letter.dated + timedelta(days=60) == date(2026, 5, 1)
    with pytest.raises(Refusal) as refused:
        open_reconsideration(letter, **said, at=clock.at + timedelta(days=66))
    assert [(reason.code, reason.place) for reason in refused.value.reasons] == [("late_reason", "late_reason")]
    unneeded = {"late_reason": "台风停工，五月六日方才复工。"}
    case = open_reconsideration(letter, **said, **unneeded, at=clock.at + timedelta(days=65))
    row = Reconsideration.objects.get(case=case)
    assert (case.state, row.late_days, row.late_reason) == (S.FILED, 0, ""), "in time"


def test_letters_that_are_no_adverse_act_cannot_be_challenged(cast: Cast, clock: Clock) -> None:
    revoked(cast, clock.at)
    told = Letter.objects.get(kind="advance_notice")
    with pytest.raises(Refusal) as refused:
        challenged(cast, told, clock.at)
    assert [reason.code for reason in refused.value.reasons] == ["not_challengeable"]


def test_annulled_suspension_is_lifted(cast: Cast, clock: Clock) -> None:
    letter = revoked(cast, clock.at, kind=ProceedingKind.SUSPENSION)
    decided(cast, challenged(cast, letter, clock.at), Outcome.ANNULLED, clock.at + timedelta(days=1))
    assert Title.objects.get(proceedings__case=letter.case).state == TitleState.IN_FORCE
    assert list(check_all()) == []


def test_new_application_on_a_decision_is_filed_though_the_batch_is_closed(cast: Cast, clock: Clock) -> None:
    letter = declined(cast, clock.at)
    case = challenged(cast, letter, clock.at)
    first, second = cast.people["reconsiderer1"], cast.people["reconsiderer2"]
    at = clock.at + timedelta(days=1)
    form: dict[str, Any] = {
        "outcome": Outcome.ANNULLED, "reason": "经审理，理由充分。", "answer": "原决定事实清楚，程序合法。",
        "decision_number": "示例复决〔2026〕7号", "decided_on": at.date(), "reasons": "申报属于本区受理范围。",
    }  # fmt: skip
    door.perform(case, "accept_reconsideration", by=first, at=at)
    door.perform(case, "answer_challenge", by=cast.pudong, at=at, form=form)
    door.perform(case, "propose_decision", by=first, at=at, form=form)
    door.perform(case, "decide_reconsideration", by=second, at=at, form=form)
    assert Application.objects.get(case=letter.case).state == ApplicationState.DECLINED
    assert "重新提出申报" in Letter.objects.get(case=case, kind="reconsideration_decision").body
    batch = cast.batch
    batch.close()
    batch.save()
    opened = open_ordered_again(Reconsideration.objects.get(case=case), by=cast.member0, at=at)
    with pytest.raises(Refusal) as refused:
        door.perform(opened, "submit", by=cast.member0, at=at)
    assert "batch_closed" not in [reason.code for reason in refused.value.reasons]
    assert "workbook_needed" in [reason.code for reason in refused.value.reasons]
    assert list(check_all()) == []


@pytest.fixture
def certified(cast: Cast, clock: Clock) -> Title:
    """A title with a signed certificate."""
    case = filed_case(cast)
    to_committee(cast, case, clock.at)
    hold_meeting(cast, [case], clock.at)
    notice = publish(cast, [case], clock.at)
    tick(notice.ends_at + timedelta(seconds=1))
    at = notice.ends_at + timedelta(days=1)
    listed = [Application.objects.get(case=case)]
    batch_acts.announce(
        cast.batch, listed, number="示例〔2026〕1号", dated=at.date(), body="公布", by=cast.publisher, at=at
    )
    sign_pending(limit=5, keys=open_keys(at=at), at=at)
    title = Application.objects.get(case=case).title
    assert title is not None
    return title


def test_revoked_certificate_stays_revoked_and_a_new_version_is_signed(cast: Cast, certified: Title) -> None:
    at = datetime(2026, 3, 20, 9, tzinfo=SHANGHAI)
    proceeding = open_proceeding(
        certified, kind="revocation", ground="false_material", found_facts=FACTS, by=cast.office, at=at
    )
    door.perform(proceeding, "notify_holder", by=cast.office, at=at)
    door.perform(proceeding, "defend", by=cast.member0, at=at, form={"statement": "差异来自统计口径。"})
    door.perform(proceeding, "waive_rest_of_defence", by=cast.member0, at=at, form={"gives_up_rest": True})
    form = {
        "order_number": "示例撤〔2026〕1号", "ordered_on": at.date(), "effective_from": at.date(), "until": None,
        "reasons": "证据确凿，口径说明不能成立。",
    }  # fmt: skip
    door.perform(proceeding, "make_order", by=cast.publisher, at=at, form=form)
    old = newest_certificate_of_title(certified)
    assert old is not None
    assert old.standing is Standing.REVOKED
    case = challenged(cast, Letter.objects.get(case=proceeding, kind="order"), at)
    decided(cast, case, Outcome.ANNULLED, at + timedelta(days=1))
    new = Certificate.objects.filter(number=old.number).latest("version")
    assert (new.number, new.version, new.standing) == (old.number, old.version + 1, Standing.REQUESTED)
    sign_pending(limit=5, keys=open_keys(at=at), at=at + timedelta(days=1))
    standing = {row.version: row.standing for row in Certificate.objects.filter(number=old.number)}
    assert standing == {old.version: Standing.REVOKED, new.version: Standing.IN_FORCE}
    assert Title.objects.get(pk=certified.pk).state == TitleState.IN_FORCE
    assert list(check_all()) == []
    assert verify_all()[1] == []


def test_title_that_comes_back_without_a_decision_is_found(cast: Cast, clock: Clock) -> None:
    letter = revoked(cast, clock.at)
    proceeding = letter.case.proceeding
    with transaction.atomic():
        carry_order_out(proceeding, "restore", by=cast.office, at=clock.at)
        assert ["no decision" in found.what for found in check_titles()] == [True]
        transaction.set_rollback(True)
    case = challenged(cast, letter, clock.at)
    decided(cast, case, Outcome.UPHELD, clock.at + timedelta(days=1))
    assert list(check_titles()) == []


def test_database_refuses_a_decision_by_its_preparer_or_without_reasons(cast: Cast, clock: Clock) -> None:
    case = challenged(cast, revoked(cast, clock.at), clock.at)
    decided(cast, case, Outcome.UPHELD, clock.at + timedelta(days=1))
    rows = Reconsideration.objects.filter(case=case)
    for values in ({"prepared_by": cast.people["reconsiderer2"]}, {"decision_reasons": ""}, {"outcome": "nothing"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)
