"""What a holder states in writing leaves it its days and its hearing; what it asked for itself it can take back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from accreditation.clocks import DeadlineState
from accreditation.enums import ProceedingKind as K
from accreditation.enums import ProceedingState as P
from accreditation.enums import TitleState
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.grounds import Ground
from accreditation.models import AuditEvent, Case, Deadline, Letter, Message, Proceeding, Title, User
from accreditation.reconsideration_words import Outcome
from accreditation.roles import Role
from accreditation.selectors.reconsidering import where_to_challenge
from accreditation.services.reconsiderations import is_challengeable
from accreditation.visibility import View
from tests.clock import Clock
from tests.factories.cast import Cast, grant, make_cast, person, stored_file
from tests.factories.reconsidering import challenged, decided, reconsiderers
from tests.factories.titles import FACTS, municipal_title
from workflows import door
from workflows.challenged_acts import reasons_not_to_modify
from workflows.consistency import check_all
from workflows.opening_proceedings import ask_for_cancellation, open_proceeding
from workflows.presentation.whereabouts import next_groups, whereabouts
from workflows.procedures import procedure_of
from workflows.reminding import remind
from workflows.tick import tick
from workflows.workdays import SHANGHAI

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FIRST, SECOND = "差异来自统计口径。", "补充：审计报告附注已说明口径。"
GIVEN_UP = "公司已停止相关业务，申请注销。"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def told(cast: Cast, clock: Clock) -> Case:
    """A revocation of which the holder was told."""
    said = {"kind": K.REVOCATION, "ground": Ground.FALSE_MATERIAL, "found_facts": FACTS}
    case = open_proceeding(municipal_title(cast), **said, by=cast.office, at=clock.at)
    door.perform(case, "notify_holder", by=cast.office, at=clock.at)
    return case


@pytest.fixture
def asked(cast: Cast, clock: Clock) -> Case:
    """A title that its holder gives up."""
    title = municipal_title(cast)
    return ask_for_cancellation(title, reason=GIVEN_UP, confirmed=title.number, by=cast.member0, at=clock.at)


def row(case: Case) -> Proceeding:
    return Proceeding.objects.get(case=case)


def codes(case: Case, verb: str, by: User, at: Any, **form: Any) -> set[str]:
    """Why the verb is refused."""
    with pytest.raises(Refusal) as refused:
        door.perform(case, verb, by=by, at=at, form=form)
    return {reason.code for reason in refused.value.reasons}


def order(clock: Clock, **changed: Any) -> dict[str, Any]:
    form = {
        "order_number": "示例处〔2026〕7号", "ordered_on": clock.on, "effective_from": clock.on, "until": None,
        "reasons": "事实清楚，申辩理由不成立。",
    }  # fmt: skip
    return form | changed


# --- the days of a defence ------------------------------------------------------------------------------------------
def test_statement_leaves_the_holder_its_days_and_every_version_is_kept(cast: Cast, told: Case, clock: Clock) -> None:
    holder = cast.member0
    door.perform(told, "defend", by=holder, at=clock.at, form={"statement": FIRST})
    assert row(told).state == P.DEFENCE_OPEN
    assert row(told).heard_at is None
    later = clock.advance(days=1)
    paper = {"file": stored_file(b"paper", later), "name": "附注.pdf", "purpose": "说明口径"}
    door.perform(told, "add_own_document", by=holder, at=later, form=paper)
    door.perform(told, "defend", by=holder, at=later, form={"statement": SECOND})
    assert row(told).statement == f"{FIRST}\n\n{SECOND}"
    kept = AuditEvent.objects.filter(chain=f"case:{told.number}", verb="defend").order_by("seq")
    assert [event.content["statement"] for event in kept] == [FIRST, SECOND]
    due = Deadline.objects.get(case=told, kind="defence")
    assert due.state == DeadlineState.RUNNING
    assert tick(due.due_at).fired == 0
    with pytest.raises((AlreadyDone, Denied)):
        door.perform(told, "make_order", by=cast.publisher, at=due.due_at, form=order(clock))
    assert tick(due.due_at + timedelta(seconds=1)).fired == 1
    assert (row(told).state, row(told).statement) == (P.AWAITING_ORDER, f"{FIRST}\n\n{SECOND}")
    assert row(told).rest_waived_at is None
    assert Message.objects.filter(recipient=cast.office, kind="let_defence_pass").exists()
    assert list(check_all()) == []


def test_hearing_may_be_asked_for_after_a_statement_which_stays_on_file(cast: Cast, told: Case, clock: Clock) -> None:
    door.perform(told, "defend", by=cast.member0, at=clock.at, form={"statement": FIRST})
    last = Deadline.objects.get(case=told, kind="defence").due_at
    door.perform(told, "ask_for_hearing", by=cast.member0, at=last, form={"statement": SECOND})
    assert (row(told).state, row(told).statement) == (P.AWAITING_HEARING, f"{FIRST}\n\n{SECOND}")


@pytest.mark.parametrize(("begun", "shown"), [("told", "按程序继续"), ("asked", "顺利时")])
def test_only_who_asked_for_it_is_told_that_going_on_is_going_well(
    begun: str, shown: str, request: pytest.FixtureRequest
) -> None:
    case: Case = request.getfixturevalue(begun)
    with translation.override("zh-hans"):
        labels = {str(group["label"]) for group in next_groups(procedure_of(case), row(case))}
    assert labels & {"按程序继续", "顺利时"} == {shown}


def test_rest_is_given_up_in_words_or_not_at_all(cast: Cast, told: Case, clock: Clock) -> None:
    holder, give_up = cast.member0, "waive_rest_of_defence"
    for form in ({}, {"gives_up_rest": False}, {"gives_up_rest": "on"}):
        assert codes(told, give_up, holder, clock.at, **form) == {"not_given_up"}
    with pytest.raises(Denied):
        door.perform(told, give_up, by=cast.office, at=clock.at, form={"gives_up_rest": True})
    door.perform(told, give_up, by=holder, at=clock.at, form={"gives_up_rest": True})
    assert (row(told).state, row(told).rest_waived_at) == (P.AWAITING_ORDER, clock.at)
    assert Deadline.objects.get(case=told, kind="defence").state == DeadlineState.MET
    event = AuditEvent.objects.get(chain=f"case:{told.number}", verb=give_up)
    assert event.content["gives_up_rest"] is True
    for verb in ("defend", "ask_for_hearing", give_up):
        with pytest.raises(AlreadyDone):
            door.perform(told, verb, by=holder, at=clock.at, form={"statement": FIRST, "gives_up_rest": True})


def test_database_knows_no_waiver_of_who_was_not_told(told: Case, clock: Clock) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Proceeding.objects.filter(case=told).update(rest_waived_at=clock.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Proceeding.objects.filter(case=told).update(asked_at=clock.at)


# --- a title given up -----------------------------------------------------------------------------------------------
def test_title_is_given_up_by_its_number(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    for number in ("", title.number[:-1]):
        with pytest.raises(Refusal) as refused:
            ask_for_cancellation(title, reason=GIVEN_UP, confirmed=number, by=cast.member0, at=clock.at)
        assert [(one.code, one.place) for one in refused.value.reasons] == [("not_confirmed", "confirmed")]
    assert not Proceeding.objects.exists()


def test_time_to_decide_runs_from_the_request_on(cast: Cast, asked: Case, clock: Clock) -> None:
    due = Deadline.objects.get(case=asked)
    assert (due.kind, due.working_days, due.started_at) == ("order", 20, clock.at)
    assert Message.objects.filter(recipient=cast.office, kind="ask_for_cancellation").exists()
    told = whereabouts(asked, row(asked), view=View.APPLICANT, at=clock.at)
    assert told["holder"]
    assert told["clock"]["due"] == due.due_at
    door.perform(asked, "submit_for_order", by=cast.office, at=clock.advance(days=3))
    assert Deadline.objects.get(case=asked).due_at == due.due_at
    late = (due.due_at + timedelta(days=7)).astimezone(SHANGHAI).replace(hour=9)
    remind(late)
    assert Message.objects.filter(case_number=asked.number, kind="escalate_overdue").exists()
    clock.advance(days=1)
    door.perform(asked, "make_order", by=cast.publisher, at=clock.at, form=order(clock))
    assert Deadline.objects.get(case=asked, kind="order").settled_at == clock.at
    assert list(check_all()) == []


@pytest.mark.parametrize("is_submitted", [False, True])
def test_holder_takes_its_request_back_until_the_order_is_made(
    cast: Cast, asked: Case, clock: Clock, is_submitted: bool
) -> None:
    if is_submitted:
        door.perform(asked, "submit_for_order", by=cast.office, at=clock.at)
    with pytest.raises(Denied):
        door.perform(asked, "withdraw_request", by=cast.member1, at=clock.at)
    door.perform(asked, "withdraw_request", by=cast.member0, at=clock.at, form={"reason": "业务恢复"})
    assert (row(asked).state, row(asked).reasons) == (P.DROPPED, "业务恢复")
    assert Title.objects.get(pk=row(asked).title_id).state == TitleState.IN_FORCE
    assert Deadline.objects.get(case=asked).state == DeadlineState.CANCELLED
    assert Message.objects.filter(recipient=cast.office, kind="withdraw_request").exists()
    assert list(check_all()) == []
    title = row(asked).title
    again = ask_for_cancellation(title, reason=GIVEN_UP, confirmed=title.number, by=cast.member0, at=clock.at)
    assert row(again).state == P.IN_PREPARATION


def test_what_is_ordered_is_not_taken_back(cast: Cast, asked: Case, clock: Clock) -> None:
    door.perform(asked, "submit_for_order", by=cast.office, at=clock.at)
    later = order(clock, effective_from=clock.on + timedelta(days=9))
    door.perform(asked, "make_order", by=cast.publisher, at=clock.at, form=later)
    with pytest.raises(AlreadyDone):
        door.perform(asked, "withdraw_request", by=cast.member0, at=clock.at)


def test_only_the_holders_own_request_is_taken_back(cast: Cast, clock: Clock) -> None:
    said = {"kind": K.CANCELLATION, "ground": Ground.GIVEN_UP, "found_facts": FACTS}
    case = open_proceeding(municipal_title(cast), **said, by=cast.office, at=clock.at)
    assert Deadline.objects.get(case=case).kind == "goal"
    assert codes(case, "withdraw_request", cast.member0, timezone.now()) == {"not_asked_for"}


def refused(cast: Cast, asked: Case, clock: Clock) -> Letter:
    """The request put before another person, who does not grant it."""
    door.perform(asked, "submit_for_order", by=cast.office, at=clock.at)
    door.perform(asked, "refuse_order", by=cast.publisher, at=clock.at, form={"reason": "称号涉及在办案件"})
    return Letter.objects.get(case=asked, kind="dropped")


def test_one_person_does_not_drop_what_the_holder_asked_for(cast: Cast, asked: Case, clock: Clock) -> None:
    assert codes(asked, "drop_proceeding", cast.office, clock.at, reason="称号涉及在办案件") == {"asked_for"}
    door.perform(asked, "submit_for_order", by=cast.office, at=clock.at)
    grant(cast.office, Role.PUBLISHER, at=clock.at)
    assert codes(asked, "refuse_order", cast.office, clock.at, reason="称号涉及在办案件") == {"four_eyes"}


def test_request_is_answered_also_where_the_title_is_gone(cast: Cast, asked: Case, clock: Clock) -> None:
    title = row(asked).title
    title.revoke()
    title.save()
    assert refused(cast, asked, clock).remedy
    assert row(asked).state == P.DROPPED


def test_holder_is_told_by_letter_where_its_request_is_not_granted(cast: Cast, asked: Case, clock: Clock) -> None:
    letter = refused(cast, asked, clock)
    for text in ("你单位", "申请注销称号", "可以随时再次提出申请", "适用依据："):
        assert text in letter.body
    assert f"向{where_to_challenge(letter.issued_by)}申请行政复议" in letter.remedy
    assert "行政诉讼" in letter.remedy
    assert is_challengeable(letter)
    assert Message.objects.filter(recipient=cast.member0, kind="refuse_order").exists()


def test_request_that_was_dropped_wrongly_is_decided_anew_by_somebody_else(
    cast: Cast, asked: Case, clock: Clock
) -> None:
    reconsiderers(cast)
    letter = refused(cast, asked, clock)
    challenge = challenged(cast, letter, clock.at)
    assert list(reasons_not_to_modify(letter, is_undone=False))
    decided(cast, challenge, Outcome.ANNULLED, clock.at)
    proceeding = row(asked)
    assert (proceeding.state, proceeding.title.state, proceeding.reasons) == (P.IN_PREPARATION, TitleState.IN_FORCE, "")
    assert Case.objects.get(pk=asked.pk).closed_at is None
    assert Deadline.objects.filter(case=asked, kind="order", state=DeadlineState.RUNNING).count() == 1
    assert "申请恢复办理" in Letter.objects.get(case=challenge, kind="reconsideration_decision").body
    assert Message.objects.filter(recipient=cast.member0, kind="reopen_request").exists()
    door.perform(asked, "submit_for_order", by=cast.office, at=clock.at)
    assert "four_eyes" in codes(asked, "make_order", cast.publisher, clock.at, **order(clock))
    other = person("publisher2", "市决定二示例")
    grant(other, Role.PUBLISHER, at=clock.at)
    door.perform(asked, "make_order", by=other, at=clock.at, form=order(clock))
    assert Title.objects.get(pk=proceeding.title_id).state == TitleState.CANCELLED
    assert list(check_all()) == []


def test_request_is_not_opened_again_beside_a_new_one(cast: Cast, asked: Case, clock: Clock) -> None:
    reconsiderers(cast)
    challenge, title = challenged(cast, refused(cast, asked, clock), clock.at), row(asked).title
    ask_for_cancellation(title, reason=GIVEN_UP, confirmed=title.number, by=cast.member0, at=clock.at)
    with pytest.raises(Refusal) as told:
        decided(cast, challenge, Outcome.ANNULLED, clock.at)
    assert [reason.code for reason in told.value.reasons] == ["already_open"]


def test_letter_that_drops_what_was_intended_against_the_holder_tells_no_remedy(cast: Cast, clock: Clock) -> None:
    said = {"kind": K.WARNING, "ground": Ground.DISHONESTY, "found_facts": FACTS}
    case = open_proceeding(municipal_title(cast), **said, by=cast.office, at=clock.at)
    door.perform(case, "notify_holder", by=cast.office, at=clock.at)
    door.perform(case, "ask_for_hearing", by=cast.member0, at=clock.at)
    door.perform(case, "drop_proceeding", by=cast.office, at=clock.at, form={"reason": "查无实据"})
    assert Letter.objects.get(case=case, kind="dropped").remedy == ""
