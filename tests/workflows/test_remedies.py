"""A judgment is carried out, or an act taken back by its own body: by two persons, with the effects of a decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from accreditation.audit import verify_all
from accreditation.change_words import ChangeState
from accreditation.enums import ApplicationState, ProceedingKind, ProceedingState, TitleState
from accreditation.errors import Denied, NotFound, Refusal
from accreditation.models import (
    Application,
    Case,
    CaseDocument,
    ChangeRequest,
    Letter,
    Message,
    Proceeding,
    Reconsideration,
    Reissue,
    Title,
    User,
)
from accreditation.reconsideration_words import Outcome, Remedy
from accreditation.reconsideration_words import ReconsiderationState as S
from accreditation.roles import Role
from accreditation.services.proceedings import standing_bar
from accreditation.visibility import case_for
from certificates.models import Certificate
from certificates.standing import Standing
from tests.attacks.change_states import ChangeStates
from tests.attacks.evaluation_states import EvaluationStates
from tests.clock import MONDAY, Clock
from tests.factories.cast import Cast, grant, make_cast, person
from tests.factories.changes import issued_certificate
from tests.factories.reconsidering import CLAIM, REASONS, challenged, decided, declined, reconsiderers, revoked
from tests.factories.reissues import asked
from tests.factories.remedies import carried_out, correction, judgment, put_forward
from tests.factories.titles import municipal_title, ordered, second_officer
from workflows import door
from workflows.certification import newest_certificate_of_title
from workflows.consistency import check_all
from workflows.opening import open_ordered_again
from workflows.opening_reconsiderations import open_reconsideration
from workflows.reissuing import refuse_reissue
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DAY = timedelta(days=1)


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    found = make_cast(clock.at)
    reconsiderers(found)
    return found


def refused(attempt: Callable[[], Any]) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as refusal:
        attempt()
    return [(reason.code, reason.place) for reason in refusal.value.reasons]


def order_over(cast: Cast, title: Title, at: datetime, kind: ProceedingKind, **said: Any) -> Letter:
    return Letter.objects.get(case=ordered(cast, title, at, kind, **said).case, kind="order")


def title_of(letter: Letter) -> Title:
    return Title.objects.get(proceedings__case=letter.case)


# --- what it does -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("outcome", "state", "said"),
    [
        (Outcome.ANNULLED, TitleState.IN_FORCE, "现为“有效”"),
        (Outcome.REDO, TitleState.IN_FORCE, "现为“有效”"),
        (Outcome.ILLEGAL, TitleState.REVOKED, "确认违法而不撤销"),
        (Outcome.UPHELD, TitleState.REVOKED, "驳回诉讼请求。"),
    ],
)
def test_judgment_over_a_revocation_does_to_the_title_what_it_says(
    cast: Cast, clock: Clock, outcome: str, state: TitleState, said: str
) -> None:
    letter = revoked(cast, clock.at)
    title = title_of(letter)
    assert standing_bar(title.holder, title.programme, clock.at.date()) is not None
    case = carried_out(cast, letter, judgment(clock.at + DAY, outcome), clock.at + DAY)
    assert title_of(letter).state == state
    is_barred = standing_bar(title.holder, title.programme, clock.at.date()) is not None
    assert is_barred == (state == TitleState.REVOKED)
    body = Letter.objects.get(case=case, kind="judgment_carried_out").body
    assert said in body
    assert "示例铁路运输法院于2026年3月3日作出的裁判（（2026）沪7101行初1号）自2026年3月3日起生效" in body
    assert Message.objects.filter(kind="carry_out_remedy", recipient=cast.member0).count() == 1
    assert list(check_all()) == []
    assert verify_all()[1] == []


@pytest.mark.parametrize(
    ("kind", "state"), [(ProceedingKind.SUSPENSION, TitleState.SUSPENDED), (ProceedingKind.WARNING, TitleState.WARNED)]
)
def test_own_correction_takes_an_order_back(cast: Cast, clock: Clock, kind: str, state: str) -> None:
    letter = order_over(cast, municipal_title(cast), clock.at, ProceedingKind(kind))
    assert title_of(letter).state == state
    case = carried_out(cast, letter, correction(clock.at + DAY), clock.at + DAY)
    assert title_of(letter).state == TitleState.IN_FORCE
    told = Letter.objects.get(case=case, kind="own_correction")
    assert ("决定：撤销原行为" in told.body, told.remedy) == (True, "")
    assert told.issued_by == letter.issued_by
    assert list(check_all()) == []


def test_order_for_a_later_day_that_is_taken_back_never_takes_effect(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    later = clock.at.date() + 10 * DAY
    letter = order_over(cast, title, clock.at, ProceedingKind.SUSPENSION, effective_from=later)
    assert Proceeding.objects.get(case=letter.case).state == ProceedingState.ORDERED
    carried_out(cast, letter, correction(clock.at + DAY), clock.at + DAY)
    tick(clock.at + 20 * DAY)
    assert title_of(letter).state == TitleState.IN_FORCE
    found = refused(lambda: put_forward(cast, letter, judgment(clock.at + 21 * DAY), clock.at + 21 * DAY))
    assert found[0] == ("undone", "")


def test_certificates_say_what_gave_them_back(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    made = issued_certificate(title, clock.at)
    suspended = order_over(cast, title, clock.at, ProceedingKind.SUSPENSION)
    carried_out(cast, suspended, judgment(clock.at), clock.at)
    newest = newest_certificate_of_title(title)
    assert newest is not None
    assert (newest.pk, newest.standing) == (made.pk, Standing.IN_FORCE)
    assert newest.state_ground == "（2026）沪7101行初1号，法院生效裁判"
    at = clock.at + DAY
    revoked_by = order_over(cast, title_of(suspended), at, ProceedingKind.REVOCATION, number="示例处〔2026〕2号")
    carried_out(cast, revoked_by, correction(at), at)
    found = {row.version: row.standing for row in Certificate.objects.filter(number=made.number)}
    assert found == {1: Standing.REVOKED, 2: Standing.REQUESTED}
    again = Certificate.objects.filter(number=made.number).latest("version")
    assert again.content.announcement == "示例纠〔2026〕1号"
    assert list(check_all()) == []
    assert verify_all()[1] == []


def test_refused_certificate_is_answered_anew(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    issued_certificate(title, clock.at)
    row = refuse_reissue(asked(cast, title, at=clock.at), reason="未附遗失声明。", by=cast.office, at=clock.at)
    case = carried_out(cast, row.letter, judgment(clock.at, Outcome.REDO), clock.at)
    again = Reissue.objects.get(reopens=row)
    assert again.state == "waiting"
    assert again.number in Letter.objects.get(case=case).body
    assert list(check_all()) == []


def test_refused_application_is_filed_again_on_a_judgment(cast: Cast, clock: Clock) -> None:
    letter = declined(cast, clock.at)
    at = clock.at + DAY
    with pytest.raises(Denied):  # the act is the district's
        put_forward(cast, letter, judgment(at), at)
    case = carried_out(cast, letter, judgment(at, Outcome.REDO), at, by=cast.pudong, second=_colleague(cast))
    assert "可以凭本告知书在原批次重新提出申报" in Letter.objects.get(case=case).body
    assert Application.objects.get(case=letter.case).state == ApplicationState.DECLINED
    opened = open_ordered_again(Reconsideration.objects.get(case=case), by=cast.member0, at=at)
    assert Application.objects.get(case=opened).is_ordered_again
    assert list(check_all()) == []


def _colleague(cast: Cast) -> User:
    user = person("pudong_second", "浦东同事示例")
    grant(user, Role.DISTRICT_OFFICER, "310115", at=cast.at)
    return user


def test_refused_change_is_opened_again(settings: LazySettings) -> None:
    settings.ACCREDITATION_DEMO = True
    world = ChangeStates(MONDAY)
    case = world.case_in(ChangeState.REFUSED)
    letter = Letter.objects.filter(case=case, kind="change_refused").latest("pk")
    carried_out(world.cast, letter, judgment(world.at, Outcome.REDO), world.at)
    assert ChangeRequest.objects.get(case=case).state == ChangeState.UNDER_CONFIRMATION
    assert Message.objects.filter(kind="reopen_change", recipient=world.cast.member0).exists()
    assert list(check_all()) == []


def test_warning_by_a_result_is_lifted(settings: LazySettings) -> None:
    settings.ACCREDITATION_DEMO = True
    world = EvaluationStates(MONDAY)
    case = world.case_in(ApplicationState.UNDER_RECTIFICATION)
    letter = Letter.objects.filter(case=case, kind="evaluation_result").latest("pk")
    carried_out(world.cast, letter, correction(world.at), world.at)
    title = Application.objects.get(case=case).evaluated_title
    assert title is not None
    assert Title.objects.get(pk=title.pk).state == TitleState.IN_FORCE
    assert Case.objects.get(pk=case.pk).state == ApplicationState.EVALUATED
    assert list(check_all()) == []


# --- who, and when ------------------------------------------------------------------------------------------------
def test_nobody_confirms_what_was_put_forward_by_the_same_person(cast: Cast, clock: Clock) -> None:
    letter = revoked(cast, clock.at)
    case = put_forward(cast, letter, judgment(clock.at), clock.at)
    second = second_officer(cast)
    assert Message.objects.filter(kind="remedy_prepared").values_list("recipient", flat=True).count() == 0
    assert refused(lambda: door.perform(case, "carry_out_remedy", by=cast.office, at=clock.at)) == [("four_eyes", "")]
    for other in (cast.pudong, cast.publisher, cast.people["reconsiderer2"], cast.member0):
        with pytest.raises(Denied):
            door.perform(case, "carry_out_remedy", by=other, at=clock.at)
    assert title_of(letter).state == TitleState.REVOKED
    door.perform(case, "carry_out_remedy", by=second, at=clock.at)
    assert title_of(letter).state == TitleState.IN_FORCE


def test_enterprise_learns_of_it_once_it_is_carried_out_and_never_of_what_is_not(cast: Cast, clock: Clock) -> None:
    letter = revoked(cast, clock.at)
    second = second_officer(cast)
    case = put_forward(cast, letter, correction(clock.at), clock.at)
    assert Message.objects.filter(kind="remedy_prepared").get().recipient == second
    with pytest.raises(NotFound):
        case_for(cast.member0, case.number)
    with pytest.raises(NotFound):
        case_for(cast.people["reconsiderer1"], case.number)
    assert refused(lambda: door.perform(case, "discard_remedy", by=cast.office, at=clock.at)) == [
        ("text_needed", "reason")
    ]
    door.perform(case, "discard_remedy", by=cast.office, at=clock.at, form={"reason": "录入的文号有误"})
    with pytest.raises(NotFound):
        case_for(cast.member0, case.number)
    assert not Message.objects.filter(recipient=cast.member0, kind="discard_remedy").exists()
    again = put_forward(cast, letter, correction(clock.at), clock.at)  # under the same number
    door.perform(again, "carry_out_remedy", by=second, at=clock.at)
    assert case_for(cast.member0, again.number) == again
    assert list(check_all()) == []


def test_nothing_lies_before_what_it_rests_on_or_ahead(cast: Cast, clock: Clock) -> None:
    letter = revoked(cast, clock.at)
    at = clock.at + 5 * DAY
    today = at.date()
    early = judgment(at, dated=letter.dated - DAY, in_force_on=letter.dated - 2 * DAY)
    assert refused(lambda: put_forward(cast, letter, early, at)) == [
        ("before_basis", "dated"), ("before_basis", "in_force_on"),
    ]  # fmt: skip
    ahead = judgment(at, dated=today + DAY, in_force_on=today + DAY)
    assert refused(lambda: put_forward(cast, letter, ahead, at)) == [
        ("day_to_come", "dated"), ("day_to_come", "in_force_on"),
    ]  # fmt: skip
    decided(cast, challenged(cast, letter, clock.at), Outcome.UPHELD, clock.at + 3 * DAY)
    before = judgment(at, dated=letter.dated + DAY)
    assert refused(lambda: put_forward(cast, letter, before, at)) == [("before_basis", "dated")]
    carried_out(cast, letter, judgment(at), at)  # a suit after the reconsideration that upheld
    assert title_of(letter).state == TitleState.IN_FORCE
    assert list(check_all()) == []


def test_judgment_needs_court_file_and_force_and_a_correction_only_sets_aside(cast: Cast, clock: Clock) -> None:
    letter, at = revoked(cast, clock.at), clock.at
    bare = judgment(at, court=" ", file=None, in_force_on=None, number=" ", reasons="短")
    assert refused(lambda: put_forward(cast, letter, bare, at)) == [
        ("text_needed", "reasons"), ("order_number", "number"), ("court_needed", "court"), ("file_needed", "file"),
        ("in_force_needed", "in_force_on"),
    ]  # fmt: skip
    for outcome in (Outcome.UPHELD, Outcome.REDO, Outcome.MODIFIED, Outcome.ILLEGAL):
        unfit = correction(at, outcome=outcome)
        assert refused(lambda unfit=unfit: put_forward(cast, letter, unfit, at)) == [("outcome_unfit", "outcome")]
    mixed = correction(at, court="示例法院")
    assert refused(lambda: put_forward(cast, letter, mixed, at)) == [("no_judgment", "court")]
    case = put_forward(cast, letter, judgment(at), at)
    assert CaseDocument.objects.get(case=case).purpose == "裁判文书"
    assert refused(lambda: put_forward(cast, letter, judgment(at), at)) == [("prepared_before", "")]


def test_letters_that_tell_of_no_adverse_act_are_nobodys(cast: Cast, clock: Clock) -> None:
    revoked(cast, clock.at)
    with pytest.raises(Denied):
        put_forward(cast, Letter.objects.get(kind="advance_notice"), judgment(clock.at), clock.at)


def test_reconsideration_and_judgment_wait_for_each_other(cast: Cast, clock: Clock) -> None:
    letter, second = revoked(cast, clock.at), second_officer(cast)
    prepared = put_forward(cast, letter, correction(clock.at), clock.at)
    open_one = challenged(cast, letter, clock.at)  # what is only prepared keeps nobody from asking
    at = clock.at + DAY
    assert refused(lambda: door.perform(prepared, "carry_out_remedy", by=second, at=at)) == [
        ("reconsideration_open", "")
    ]
    decided(cast, open_one, Outcome.ANNULLED, at)
    assert refused(lambda: door.perform(prepared, "carry_out_remedy", by=second, at=at)) == [("undone", "")]
    door.perform(prepared, "discard_remedy", by=second, at=at, form={"reason": "复议决定已经撤销原处理"})
    assert list(check_all()) == []


def test_after_a_judgment_nobody_asks_for_reconsideration_and_no_second_one_is_carried_out(
    cast: Cast, clock: Clock
) -> None:
    letter = revoked(cast, clock.at)
    carried_out(cast, letter, judgment(clock.at, Outcome.UPHELD), clock.at)
    at = clock.at + DAY
    said = {"known_on": letter.dated, "claim": CLAIM, "reasons": REASONS, "by": cast.member0}
    assert refused(lambda: open_reconsideration(letter, **said, at=at)) == [("settled_otherwise", "")]
    assert refused(lambda: put_forward(cast, letter, judgment(at), at)) == [("judged", "")]


def test_database_refuses_a_judgment_without_court_or_by_one_person(cast: Cast, clock: Clock) -> None:
    case = carried_out(cast, revoked(cast, clock.at), judgment(clock.at), clock.at)
    rows = Reconsideration.objects.filter(case=case)
    for values in (
        {"decided_by": cast.office}, {"court": ""}, {"in_force_on": None}, {"remedy": Remedy.RECONSIDERATION},
        {"state": S.DECIDED}, {"decision_reasons": ""},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)
