"""Lists of a batch of recommendations at the same moment: a late case ranked, the national result entered, settled."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings

from accreditation.enums import Choice
from accreditation.models import Application, Batch, Case, OpeningCorrection, OutsideList, Ranking, Title
from accreditation.recommendation_words import ResultState
from accreditation.roles import Role
from accreditation.selectors.deliveries import service_of
from accreditation.services.supplementary_rankings import Statement
from tests.clock import Clock
from tests.factories import late_recommending as late
from tests.factories import recommending as steps
from tests.factories.cast import Cast, make_cast
from tests.factories.held import REASON, hold_meanwhile
from tests.factories.reconsidering import reconsiderers, revoked
from tests.faults.racing import all_agrees, at_once, colleague, entered_once, one_won
from workflows import door
from workflows.deliveries import note_opening
from workflows.opening_corrections import confirm, propose, withdraw
from workflows.outside_lists import record_result, withdraw_result
from workflows.supplementary_ranking import freeze_supplementary_ranking

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, var_dir: object, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def batch(cast: Cast) -> Batch:
    found = steps.make_national(cast)
    case = steps.filed(cast, found)
    steps.score(cast, case, cast.at)
    steps.rank(cast, found)
    steps.decide(cast, found)
    steps.send(cast, found)
    return found


@pytest.fixture
def case(batch: Batch) -> Case:
    return Case.objects.get(batch=batch)


def state(case: Case) -> str:
    return str(Application.objects.get(case=case).state)


def test_late_case_is_ranked_by_one_of_two_officers(cast: Cast) -> None:
    batch, at = steps.make_national(cast), cast.at + timedelta(days=21)
    refused = steps.filed(cast, batch)
    steps.score(cast, refused, cast.at)
    steps.rank(cast, batch)
    steps.decide(cast, batch, {refused.number: Choice.REFUSE})
    again = late.decided_again(cast, refused, at)
    people = [cast.office, colleague(cast, Role.MUNICIPAL_OFFICER)]
    said = [late.ALLOWED, Statement()]
    won = one_won(at_once([
        lambda by=by, said=said: freeze_supplementary_ranking(batch, said, by=by, at=at)
        for by, said in zip(people, said, strict=True)
    ]))  # fmt: skip
    ranking = Ranking.objects.get(batch=batch, supplements__isnull=False)
    assert (ranking.frozen_by, ranking.extra_quota) == (people[won], said[won].extra_quota)
    assert (ranking.lines.get().application.case, state(again)) == (again, "under_overall_review")
    entered_once("freeze_supplementary_ranking")


def test_national_list_is_entered_once(cast: Cast, batch: Batch, case: Case) -> None:
    second = colleague(cast, Role.MUNICIPAL_OFFICER)
    one_won(at_once([
        lambda: steps.entered(cast, batch, [case]),
        lambda: steps.entered(cast, batch, [], {case: "未列入"}, by=second),
    ]))  # fmt: skip
    assert (OutsideList.objects.count(), state(case)) == (1, "recommended_upward")
    entered_once("propose_result")


def test_national_list_is_confirmed_once(cast: Cast, batch: Batch, case: Case) -> None:
    row, at = steps.entered(cast, batch, [case]), steps.answered_at(batch)
    people = [colleague(cast, Role.MUNICIPAL_OFFICER, name=f"office{n}") for n in (2, 3)]
    won = one_won(at_once([lambda by=by: record_result(row, by=by, at=at) for by in people]))
    assert OutsideList.objects.get().settled_by == people[won]
    assert (state(case), Title.objects.filter(programme=batch.programme).count()) == ("recognised_above", 1)
    entered_once("record_result")
    entered_once("recognise_above")


def test_national_list_is_confirmed_or_taken_back(cast: Cast, batch: Batch, case: Case) -> None:
    row, at = steps.entered(cast, batch, [], {case: "未列入"}), steps.answered_at(batch)
    second = colleague(cast, Role.MUNICIPAL_OFFICER)
    won = one_won(
        at_once([
            lambda: record_result(row, by=second, at=at),
            lambda: withdraw_result(row, by=cast.office, at=at),
        ])
    )  # fmt: skip
    assert OutsideList.objects.get().state == (ResultState.CONFIRMED, ResultState.WITHDRAWN)[won]
    assert state(case) == ("not_recognised_above", "recommended_upward")[won]
    entered_once("record_result", "withdraw_result")


def test_national_list_is_confirmed_or_a_listed_case_is_ended(cast: Cast, batch: Batch, case: Case) -> None:
    row, at = steps.entered(cast, batch, [], {case: "未列入"}), steps.answered_at(batch)
    second = colleague(cast, Role.MUNICIPAL_OFFICER)
    hold_meanwhile(case)
    won = one_won(
        at_once([
            lambda: record_result(row, by=second, at=at),
            lambda: door.perform(case.number, "end_as_held", by=cast.office, at=at, form={"reason": REASON}),
        ])
    )  # fmt: skip
    assert state(case) == ("not_recognised_above", "held_otherwise")[won]
    assert OutsideList.objects.get().state == (ResultState.CONFIRMED, ResultState.WAITING)[won]
    all_agrees()


def test_correction_is_entered_and_confirmed_once(cast: Cast, batch: Batch, case: Case) -> None:
    steps.result(cast, batch, [case])
    people = [colleague(cast, Role.MUNICIPAL_OFFICER, name=f"office{n}") for n in (3, 4)]
    one_won(at_once([lambda by=by: steps.corrected(cast, batch, [], [case], by=by) for by in people]))
    row, at = OutsideList.objects.get(state=ResultState.WAITING), steps.answered_at(batch)
    others = [person for person in people if person != row.recorded_by] + [steps.colleague(cast)]
    one_won(at_once([lambda by=by: record_result(row, by=by, at=at) for by in others]))
    title = Title.objects.get(programme=batch.programme)
    assert (state(case), title.state, title.entered_wrongly) == ("not_recognised_above", "cancelled", True)
    entered_once("correct_to_passed_over")
    all_agrees()


def test_opening_is_taken_back_once_or_counts(cast: Cast) -> None:
    reconsiderers(cast)
    letter, second = revoked(cast, cast.at), colleague(cast, Role.MUNICIPAL_OFFICER)
    note_opening(letter, by=cast.member0, at=cast.at)
    why = {"why": "授权委托书经核实系伪造，该账号由他人使用。", "evidence": "鉴定意见 示例1号"}
    won_by = one_won(at_once([lambda by=by: propose(letter, **why, by=by, at=cast.at) for by in (cast.office, second)]))
    row, other = OpeningCorrection.objects.get(), (second, cast.office)[won_by]
    won = one_won(
        at_once([lambda: confirm(row, by=other, at=cast.at), lambda: withdraw(row, by=row.recorded_by, at=cast.at)])
    )
    assert OpeningCorrection.objects.get().state == (ResultState.CONFIRMED, ResultState.WITHDRAWN)[won]
    assert letter.deliveries.count() == (2, 1)[won]
    assert (service_of(letter, cast.at.date()) is None) == (won == 0)
    entered_once("confirm_opening_correction", "withdraw_opening_correction")
