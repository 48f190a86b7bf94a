"""A judgment on appeal or retrial comes into the place of the one that was carried out over the same act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from accreditation.audit import verify_all
from accreditation.enums import ProceedingKind, ProceedingState, TitleState
from accreditation.errors import Refusal
from accreditation.models import Case, Letter, Proceeding, Reconsideration, Title, User
from accreditation.reconsideration_words import Outcome, Remedy
from accreditation.reconsideration_words import ReconsiderationState as S
from accreditation.roles import Role
from accreditation.services.proceedings import standing_bar
from certificates.standing import Standing
from tests.attacks.change_states import ChangeStates
from tests.clock import MONDAY, Clock
from tests.factories.cast import Cast, grant, make_cast, person
from tests.factories.changes import issued_certificate
from tests.factories.reconsidering import declined, reconsiderers, revoked
from tests.factories.remedies import carried_out, judgment, put_forward
from tests.factories.titles import municipal_title, ordered
from workflows import door
from workflows.certification import newest_certificate_of_title
from workflows.consistency import check_all
from workflows.opening import open_ordered_again
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DAY = timedelta(days=1)
T, K = TitleState, ProceedingKind


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


def order_over(cast: Cast, title: Title, clock: Clock, kind: str, **said: Any) -> Letter:
    return Letter.objects.get(case=ordered(cast, title, clock.at, kind, **said).case, kind="order")


def appealed(cast: Cast, letter: Letter, before: str, after: str, clock: Clock, **people: Any) -> Case:
    """The first judgment carried out, and a day later the one on appeal."""
    carried_out(cast, letter, judgment(clock.at, before), clock.at, **people)
    return carried_out(cast, letter, later(clock, after), clock.at + DAY, **people)


def later(clock: Clock, outcome: str, **changed: Any) -> Any:
    at = clock.at + DAY
    return judgment(at, outcome, number="（2026）沪03行终9号", court="示例中级人民法院", is_later=True, **changed)


def title_of(letter: Letter) -> Title:
    return Title.objects.get(proceedings__case=letter.case)


def states() -> list[str]:
    return [str(row.state) for row in Reconsideration.objects.order_by("pk")]


@pytest.mark.parametrize(
    ("kind", "first", "second", "state"),
    [
        (K.REVOCATION, Outcome.ANNULLED, Outcome.UPHELD, T.REVOKED),
        (K.REVOCATION, Outcome.UPHELD, Outcome.ANNULLED, T.IN_FORCE),
        (K.REVOCATION, Outcome.ANNULLED, Outcome.REDO, T.IN_FORCE),
        (K.REVOCATION, Outcome.ANNULLED, Outcome.MODIFIED, T.WARNED),
        (K.REVOCATION, Outcome.MODIFIED, Outcome.ANNULLED, T.IN_FORCE),
        (K.REVOCATION, Outcome.MODIFIED, Outcome.UPHELD, T.REVOKED),
        (K.REVOCATION, Outcome.ILLEGAL, Outcome.UPHELD, T.REVOKED),
        (K.SUSPENSION, Outcome.ANNULLED, Outcome.ILLEGAL, T.SUSPENDED),
        (K.SUSPENSION, Outcome.MODIFIED, Outcome.UPHELD, T.SUSPENDED),
        (K.WARNING, Outcome.ANNULLED, Outcome.UPHELD, T.WARNED),
    ],
)
def test_title_stands_as_the_later_judgment_says(
    cast: Cast, clock: Clock, kind: str, first: str, second: str, state: T
) -> None:
    letter = order_over(cast, municipal_title(cast), clock, kind)
    case = appealed(cast, letter, first, second, clock)
    title = title_of(letter)
    assert title.state == state
    assert not title.warned_beneath
    assert states() == [S.REPLACED, S.CARRIED_OUT]
    is_barred = standing_bar(title.holder, title.programme, clock.at.date()) is not None
    assert is_barred == (state == T.REVOKED)
    body = Letter.objects.get(case=case, kind="judgment_carried_out").body
    assert "该裁判替代示例铁路运输法院作出的、此前已执行的裁判（（2026）沪7101行初1号）" in body
    if first != Outcome.ILLEGAL:
        assert f"现为“{title.get_state_display()}”" in body
    assert (list(check_all()), verify_all()[1]) == ([], [])


def test_certificate_follows_the_later_judgment_and_a_third_one(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    issued_certificate(title, clock.at)
    letter = order_over(cast, title, clock, K.SUSPENSION)
    appealed(cast, letter, Outcome.ANNULLED, Outcome.UPHELD, clock)
    newest = newest_certificate_of_title(title)
    assert newest is not None
    assert newest.standing is Standing.SUSPENDED
    at = clock.at + 2 * DAY
    retrial = judgment(at, Outcome.ANNULLED, number="（2026）沪行再3号", is_later=True)
    carried_out(cast, letter, retrial, at)
    newest = newest_certificate_of_title(title)
    assert newest is not None
    assert (newest.standing, newest.state_ground) == (Standing.IN_FORCE, "（2026）沪行再3号，法院生效裁判")
    assert states() == [S.REPLACED, S.REPLACED, S.CARRIED_OUT]
    assert title_of(letter).state == T.IN_FORCE
    assert (list(check_all()), verify_all()[1]) == ([], [])


def test_order_goes_on_beneath_what_came_over_the_title_meanwhile(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    letter = order_over(cast, title, clock, K.SUSPENSION)
    carried_out(cast, letter, judgment(clock.at, Outcome.ANNULLED), clock.at)
    ordered(cast, title_of(letter), clock.at, K.REVOCATION, number="示例撤〔2026〕22号")
    carried_out(cast, letter, later(clock, Outcome.UPHELD), clock.at + DAY)
    found = Title.objects.get(pk=title.pk)
    assert (found.state, found.suspended_beneath) == (T.REVOKED, True)
    assert list(check_all()) == []


def test_order_for_a_later_day_takes_effect_after_all(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    letter = order_over(cast, title, clock, K.REVOCATION, effective_from=clock.at.date() + 3 * DAY)
    carried_out(cast, letter, judgment(clock.at, Outcome.ANNULLED), clock.at)
    tick(clock.at + 10 * DAY)
    assert title_of(letter).state == T.IN_FORCE
    at = clock.at + 11 * DAY
    again = judgment(at, Outcome.UPHELD, number="（2026）沪03行终9号", is_later=True)
    carried_out(cast, letter, again, at)
    assert Proceeding.objects.get(case=letter.case).state == ProceedingState.ORDERED
    assert list(check_all()) == []
    tick(at + timedelta(minutes=1))
    assert title_of(letter).state == T.REVOKED
    assert (list(check_all()), verify_all()[1]) == ([], [])


def test_application_filed_again_rests_on_the_later_judgment_and_is_not_taken_back(cast: Cast, clock: Clock) -> None:
    letter = declined(cast, clock.at)
    second = person("pudong_second", "浦东同事示例")
    grant(second, Role.DISTRICT_OFFICER, "310115", at=cast.at)
    people = {"by": cast.pudong, "second": second}
    first = carried_out(cast, letter, judgment(clock.at, Outcome.REDO), clock.at, **people)
    opened = open_ordered_again(Reconsideration.objects.get(case=first), by=cast.member0, at=clock.at)
    at = clock.at + DAY
    harsh = later(clock, Outcome.UPHELD)
    assert refused(lambda: put_forward(cast, letter, harsh, at, cast.pudong)) == [("redone_meanwhile", "")]
    case = carried_out(cast, letter, later(clock, Outcome.ANNULLED), at, **people)
    assert Reconsideration.objects.get(case=case).redo_case == opened
    assert Reconsideration.objects.get(case=first).redo_case is None
    assert "依前一裁判开始的办理继续进行" in Letter.objects.get(case=case).body
    assert list(check_all()) == []


def test_new_application_is_not_filed_on_a_judgment_that_was_replaced(cast: Cast, clock: Clock) -> None:
    letter = declined(cast, clock.at)
    second = person("pudong_second", "浦东同事示例")
    grant(second, Role.DISTRICT_OFFICER, "310115", at=cast.at)
    appealed(cast, letter, Outcome.REDO, Outcome.UPHELD, clock, by=cast.pudong, second=second)
    for row in Reconsideration.objects.all():
        with pytest.raises(Refusal):
            open_ordered_again(row, by=cast.member0, at=clock.at + DAY)
    assert "原行为恢复效力" in Letter.objects.filter(kind="judgment_carried_out").latest("pk").body


def test_change_opened_again_is_not_closed_by_a_later_judgment(settings: LazySettings, clock: Clock) -> None:
    settings.ACCREDITATION_DEMO = True
    world = ChangeStates(MONDAY)
    case = world.case_in("change_refused")
    letter = Letter.objects.filter(case=case, kind="change_refused").latest("pk")
    carried_out(world.cast, letter, judgment(world.at, Outcome.REDO), world.at)
    harsh = judgment(world.at, Outcome.UPHELD, number="（2026）沪03行终9号", is_later=True)
    assert refused(lambda: put_forward(world.cast, letter, harsh, world.at)) == [("resumed_meanwhile", "")]
    mild = judgment(world.at, Outcome.ANNULLED, number="（2026）沪03行终9号", is_later=True)
    carried_out(world.cast, letter, mild, world.at)
    assert states() == [S.REPLACED, S.CARRIED_OUT]


def test_only_a_judgment_with_its_own_number_replaces_one_that_was_carried_out(cast: Cast, clock: Clock) -> None:
    letter, at = revoked(cast, clock.at), clock.at + DAY
    alone = later(clock, Outcome.UPHELD)
    assert refused(lambda: put_forward(cast, letter, alone, at)) == [("nothing_to_replace", "is_later")]
    first = carried_out(cast, letter, judgment(clock.at, Outcome.UPHELD), clock.at)
    same = judgment(at, Outcome.ANNULLED, is_later=True)
    assert refused(lambda: put_forward(cast, letter, same, at)) == [("same_judgment", "number")]
    early = later(clock, Outcome.ANNULLED, dated=letter.dated - DAY)
    of_act_and_of_first = [("before_basis", "dated")] * 2
    assert refused(lambda: put_forward(cast, letter, early, at)) == of_act_and_of_first
    case = put_forward(cast, letter, alone, at)
    assert refused(lambda: put_forward(cast, letter, later(clock, Outcome.REDO), at)) == [("prepared_before", "")]
    assert refused(lambda: door.perform(case, "carry_out_remedy", by=cast.office, at=at)) == [("four_eyes", "")]
    assert states() == [S.CARRIED_OUT, S.PREPARED]
    door.perform(case, "carry_out_remedy", by=User.objects.get(username="office2"), at=at)
    assert Case.objects.get(pk=first.pk).state == S.REPLACED


def test_database_refuses_two_in_the_place_of_one_and_a_correction_in_the_place_of_a_judgment(
    cast: Cast, clock: Clock
) -> None:
    letter = revoked(cast, clock.at)
    case = appealed(cast, letter, Outcome.UPHELD, Outcome.ANNULLED, clock)
    row = Reconsideration.objects.get(case=case)
    assert row.replaces is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        Reconsideration.objects.filter(pk=row.pk).update(remedy=Remedy.OWN_CORRECTION, court="", in_force_on=None)
    Reconsideration.objects.filter(pk=row.replaces_id).update(replaces=row.replaces_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reconsideration.objects.filter(pk=row.replaces_id).update(state=S.CARRIED_OUT)


@pytest.mark.parametrize("kind", [K.REVOCATION, K.SUSPENSION])
def test_judgment_changes_a_heavier_order_to_a_warning(cast: Cast, clock: Clock, kind: str) -> None:
    letter = order_over(cast, municipal_title(cast), clock, kind)
    case = carried_out(cast, letter, judgment(clock.at, Outcome.MODIFIED), clock.at)
    assert title_of(letter).state == T.WARNED
    body = Letter.objects.get(case=case).body
    assert "裁判结果：变更为警告" in body
    assert "现为“警告”" in body
    assert (list(check_all()), verify_all()[1]) == ([], [])


def test_judgment_does_not_change_a_warning(cast: Cast, clock: Clock) -> None:
    warned = order_over(cast, municipal_title(cast), clock, K.WARNING)
    changed = judgment(clock.at, Outcome.MODIFIED)
    assert refused(lambda: put_forward(cast, warned, changed, clock.at)) == [("not_modifiable", "outcome")]


def test_judgment_does_not_change_what_is_no_order(cast: Cast, clock: Clock) -> None:
    letter, changed = declined(cast, clock.at), judgment(clock.at, Outcome.MODIFIED)
    assert refused(lambda: put_forward(cast, letter, changed, clock.at, cast.pudong)) == [("not_modifiable", "outcome")]
