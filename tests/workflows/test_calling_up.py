"""递补 through the services: whose turn it is, what it needs, what it brings about, what holds a place back."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from accreditation.audit import verify_all
from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice, LetterKind, MemberState
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.models import Application, Batch, CallingUp, Case, Letter, Member, Message, Ranking
from accreditation.recommendation_words import ResultState
from accreditation.services import recognition_quota
from accreditation.services.quota_order import Place
from accreditation.services.quota_places import QuotaPlaces, quota_places
from tests.clock import Clock
from tests.factories import late_recommending as late
from tests.factories import recognition as later
from tests.factories import recommending as steps
from tests.factories.calling_up import after, called_up, decided, give_up, state
from tests.factories.cast import Cast, make_cast, with_material
from tests.factories.held import hold_meanwhile
from tests.factories.remedies import correction, put_forward
from tests.factories.reopenings import sent_back
from tests.factories.steps import hold_meeting
from workflows import challenged_acts, door
from workflows.batch_acts import publish_notice
from workflows.calling_places import free_places_of
from workflows.calling_up import confirm_calling_up, decline_calling_up, propose_calling_up, withdraw_calling_up
from workflows.consistency import check_all
from workflows.opening import open_application

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DAY = timedelta(days=1)


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def codes(refused: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def refused_with(batch: Batch, cast: Cast, at: datetime, **ground: object) -> list[str]:
    with pytest.raises(Refusal) as refused:
        propose_calling_up(batch, by=cast.office, at=at, **ground)  # type: ignore[arg-type]  # as a form sends it
    assert not CallingUp.objects.filter(batch=batch, state=ResultState.WAITING).exists()
    return codes(refused)


def test_next_in_order_takes_the_place_that_was_given_up_and_goes_on_like_the_others(cast: Cast) -> None:
    batch, cases = decided(cast)
    at, text = after(batch), Ranking.objects.get(batch=batch).text
    assert refused_with(batch, cast, at) == ["quota_full"]
    give_up(cast, cases[0], at)
    found = free_places_of(batch, at)
    assert (found.free, [row.case for row in found.queue]) == (1, [cases[1]])
    earlier = Letter.objects.get(case=cases[1], kind=LetterKind.NOT_IN_QUOTA)
    before = Application.objects.get(case=cases[1])
    row = called_up(cast, batch, at)
    application = Application.objects.get(case=cases[1])
    assert [state(case) for case in cases] == [S.WITHDRAWN, S.TO_BE_RECOMMENDED, S.NOT_IN_QUOTA]
    assert (application.decision, application.ended_for, application.case.closed_at) == (before.decision, "", None)
    assert (row.vacated_by.case, row.document) == (cases[0], "")
    letter = Letter.objects.get(case=cases[1], kind=LetterKind.CALLED_UP)
    assert f"《未列入推荐名额告知书》{earlier.number}" in letter.body
    assert "示例通知" in letter.body
    assert letter.remedy == ""
    assert not challenged_acts.is_in_effect(earlier)  # nothing is left to be challenged
    assert quota_places(batch).free == 0
    assert Ranking.objects.get(batch=batch).text == text
    told = set(Message.objects.filter(kind__in=["call_up", "calling_up_confirmed"]).values_list("recipient__username"))
    assert {("member1",), ("office",)} <= told
    assert list(check_all()) == []
    assert refused_with(batch, cast, at) == ["quota_full"]
    # it goes on like the others: listed in the letter, answered above
    steps.send(cast, batch)
    steps.result(cast, batch, [cases[1]])
    assert state(cases[1]) == S.RECOGNISED_ABOVE
    assert list(check_all()) == []
    assert verify_all()[1] == []


def test_after_the_letter_upward_it_takes_a_document_and_after_the_result_nothing_helps(cast: Cast) -> None:
    batch, cases = decided(cast, quota=2)
    at = after(batch)
    steps.send(cast, batch)
    for case in cases[:2]:
        hold_meanwhile(case)
        door.perform(case, "end_as_held", by=cast.office, at=at, form={"reason": "已另获认定，终结办理"})
    assert refused_with(batch, cast, at) == ["document_needed"]
    said = {"document": "示例函〔2026〕8号"}
    assert refused_with(batch, cast, at, **said) == ["day_needed"]
    assert refused_with(batch, cast, at, **said, dated=at.date() + DAY) == ["day_in_future"]
    row = called_up(cast, batch, at, **said, dated=at.date())
    letter = Letter.objects.get(case=cases[2], kind=LetterKind.CALLED_UP)
    assert "递补的依据：示例函〔2026〕8号" in letter.body
    assert row.application.case == cases[2]
    found = free_places_of(batch, at)
    assert (found.free, found.queue) == (1, [])
    assert refused_with(batch, cast, at, **said, dated=at.date()) == ["nobody_next"]


def test_list_that_the_nation_has_answered_is_closed(cast: Cast) -> None:
    batch, cases = decided(cast, quota=2)
    at = after(batch)
    steps.send(cast, batch)
    hold_meanwhile(cases[0])
    door.perform(cases[0], "end_as_held", by=cast.office, at=at, form={"reason": "已另获认定，终结办理"})
    steps.entered(cast, batch, [cases[1]])  # even before it is confirmed: the document is there
    later = steps.answered_at(batch) + DAY
    ground = {"document": "国家主管部门函〔2026〕9号", "dated": later.date()}
    assert refused_with(batch, cast, later, **ground) == ["list_closed"]


def test_proposal_is_answered_by_another_and_nobody_else_is_put_in_its_place(cast: Cast) -> None:
    batch, cases = decided(cast)
    at, second = after(batch), steps.colleague(cast)
    give_up(cast, cases[0], at)
    row = propose_calling_up(batch, by=cast.office, at=at)
    with pytest.raises(Refusal) as refused:
        propose_calling_up(batch, by=second, at=at)
    assert codes(refused) == ["proposed_already"]
    with pytest.raises(Denied):
        confirm_calling_up(row, by=cast.office, at=at)
    with pytest.raises(Denied):
        withdraw_calling_up(row, by=second, at=at)
    with pytest.raises(Refusal) as refused:
        decline_calling_up(row, reason="", by=second, at=at)
    assert codes(refused) == ["reason_needed"]
    decline_calling_up(row, reason="企业正在核实情况", by=second, at=at)
    with pytest.raises(AlreadyDone):
        confirm_calling_up(row, by=second, at=at)
    assert Message.objects.filter(kind="calling_up_declined", recipient=cast.office).exists()
    again = propose_calling_up(batch, by=second, at=at)
    assert again.application.case == cases[1]  # nobody goes before it
    assert withdraw_calling_up(again, by=second, at=at).state == ResultState.WITHDRAWN
    assert [state(case) for case in cases] == [S.WITHDRAWN, S.NOT_IN_QUOTA, S.NOT_IN_QUOTA]


def test_places_go_to_the_common_order_and_an_allowed_one_to_its_own_ranking() -> None:
    def place(key: int, score: int, turn: int = 0) -> Place:
        return Place(key, turn, Fraction(score), Fraction(0), f"NO-{key}")

    def order(quota: int, extra: int, holding: list[Place], without: list[Place]) -> list[int]:
        rows = [Ranking(quota=quota), Ranking(quota=quota, extra_quota=extra)]
        return [one.application for one in QuotaPlaces(rows, holding, without).next_ones()]

    first, second, third, late = place(1, 90), place(2, 80), place(3, 70), place(4, 85, turn=1)
    assert order(2, 0, [], [third, second, late]) == [4, 2]
    assert order(2, 0, [first], [third, second]) == [2]
    assert order(2, 1, [first, second], [third, late]) == [4]  # only the late one may have the place allowed for it
    assert order(2, 1, [first, second], [third, place(5, 75, turn=1)]) == []  # two stand before: it is outranked
    # whoever holds the allowed place took none of the quota
    assert order(2, 1, [first, late], [place(6, 65, turn=1), place(7, 60, turn=1)]) == [6]
    assert QuotaPlaces([Ranking(quota=2), Ranking(quota=2, extra_quota=1)], [third], []).unused == 2


def test_place_is_held_by_one_sent_back_and_free_once_the_committee_has_refused_it(cast: Cast) -> None:
    batch, cases = decided(cast)
    at = after(batch)
    sent_back(cases[0], applicant=cast.member0, at=at)
    assert refused_with(batch, cast, at) == ["quota_full"]
    late.decide(cast, batch, at, {cases[0].number: Choice.REFUSE})
    challenged = put_forward(
        cast, Letter.objects.get(case=cases[0], kind=LetterKind.NOT_RECOMMENDED), correction(at), at
    )
    assert refused_with(batch, cast, at) == ["place_provisional"]
    assert [row.case for row in free_places_of(batch, at).provisional] == [cases[0]]
    door.perform(challenged, "discard_remedy", by=steps.colleague(cast), at=at, form={"reason": "原决定无误，不予纠正"})
    assert called_up(cast, batch, at).vacated_by.case == cases[0]
    give_up(cast, cases[1], at, 1)  # who was called up and does not want the place leaves it to the next
    row = called_up(cast, batch, at)
    assert (row.application.case, row.vacated_by.case) == (cases[2], cases[1])


def test_who_cannot_be_granted_the_title_is_passed_over_and_who_challenges_the_letter_is_waited_for(
    cast: Cast,
) -> None:
    batch, cases = decided(cast)
    at = after(batch)
    give_up(cast, cases[0], at)
    challenge = put_forward(cast, Letter.objects.get(case=cases[1], kind=LetterKind.NOT_IN_QUOTA), correction(at), at)
    assert refused_with(batch, cast, at) == ["letter_challenged"]
    door.perform(challenge, "discard_remedy", by=steps.colleague(cast), at=at, form={"reason": "原决定无误，不予纠正"})
    row = propose_calling_up(batch, by=cast.office, at=at)
    hold_meanwhile(cases[1])
    found = free_places_of(batch, at)
    assert [one.application.case for one in found.passed_over] == [cases[1]]
    with pytest.raises(Refusal) as refused:
        confirm_calling_up(row, by=steps.colleague(cast), at=at)
    assert codes(refused) == ["not_next"]
    withdraw_calling_up(row, by=cast.office, at=at)
    assert called_up(cast, batch, at).application.case == cases[2]


def test_nobody_is_called_up_while_a_late_case_may_stand_before_the_next(cast: Cast) -> None:
    batch, cases = decided(cast)
    at = after(batch)
    give_up(cast, cases[0], at)
    again = late.decided_again(cast, cases[2], at, 2, rd_expenditure=99000)
    assert refused_with(batch, cast, at) == ["case_undecided"]
    late.supplement(cast, batch, at)
    assert refused_with(batch, cast, at) == ["case_undecided"]
    late.decide(cast, batch, at + DAY)
    assert [state(again), state(cases[1])] == [S.TO_BE_RECOMMENDED, S.NOT_IN_QUOTA]


def test_late_case_above_the_others_is_next_before_them(cast: Cast) -> None:
    batch, cases = decided(cast)
    at = after(batch)
    again = late.decided_again(cast, cases[2], at, 2, rd_expenditure=99000)
    late.supplement(cast, batch, at)
    late.decide(cast, batch, at + DAY)  # no place for it then: nobody loses the own one
    assert state(again) == S.NOT_IN_QUOTA
    give_up(cast, cases[0], at + DAY)
    assert called_up(cast, batch, at + DAY).application.case == again


def test_tied_officers_neither_propose_nor_confirm(cast: Cast) -> None:
    batch, cases = decided(cast)
    at = after(batch)
    give_up(cast, cases[0], at)
    row, second = propose_calling_up(batch, by=cast.office, at=at), steps.colleague(cast)
    Member.objects.create(
        enterprise=cast.enterprises[2], user=second, state=MemberState.ENDED, requested_at=cast.at, settled_at=cast.at
    )
    for act in (lambda: confirm_calling_up(row, by=second, at=at), lambda: propose_calling_up(batch, by=second, at=at)):
        with pytest.raises(Denied, match="connected"):
            act()
    assert state(cases[1]) == S.NOT_IN_QUOTA


def test_database_passes_a_place_on_once_and_calls_a_decision_up_once(cast: Cast) -> None:
    batch, cases = decided(cast)
    at = after(batch)
    give_up(cast, cases[0], at)
    row = called_up(cast, batch, at)
    other, second = Application.objects.get(case=cases[2]), row.settled_by
    settled = {"state": ResultState.CONFIRMED, "settled_by": second, "settled_at": at}
    for wrong in (
        {"vacated_decision": row.vacated_decision, **settled},
        {"vacated_decision": other.decision, **settled},
        {"vacated_decision": row.decision},
        {"decision": row.decision},
        {"document": "示例函〔2026〕8号"},
    ):
        values = {"application": other, "decision": other.decision, "recorded_by": cast.office, "recorded_at": at}
        with pytest.raises(IntegrityError), transaction.atomic():
            CallingUp.objects.create(batch=batch, **values | wrong)


def test_letter_that_a_calling_up_took_back_stays_so_when_the_nation_says_no(cast: Cast) -> None:
    batch, cases = decided(cast, quota=2)
    at = after(batch)
    give_up(cast, cases[0], at)
    called_up(cast, batch, at)
    steps.send(cast, batch)
    steps.result(cast, batch, [cases[1]], {cases[2]: "未达到国家认定要求"})
    assert state(cases[2]) == S.NOT_RECOGNISED_ABOVE
    kinds = {LetterKind.NOT_IN_QUOTA: False, LetterKind.NOT_RECOGNISED_ABOVE: True}
    for kind, stands in kinds.items():
        assert challenged_acts.is_in_effect(Letter.objects.get(case=cases[2], kind=kind)) is stands


@pytest.mark.parametrize("end", [Choice.REFUSE, Choice.POSTPONE])
def test_place_is_free_where_what_was_decided_again_ends_without_it(cast: Cast, end: Choice) -> None:
    batch, cases = decided(cast)
    at = after(batch)
    sent_back(cases[0], applicant=cast.member0, at=at)
    late.decide(cast, batch, at, {cases[0].number: Choice.REFUSE})
    again = late.decided_again(cast, cases[0], at, 0, rd_expenditure=95000)
    assert "case_undecided" in refused_with(batch, cast, at)
    late.supplement(cast, batch, at)
    late.decide(cast, batch, at + DAY, {again.number: end})
    if end == Choice.REFUSE:  # its end may give the place back to it
        letter = Letter.objects.get(case=again, kind=LetterKind.NOT_RECOMMENDED)
        challenge = put_forward(cast, letter, correction(at + DAY, number="示例纠〔2026〕2号"), at + DAY)
        assert refused_with(batch, cast, at + DAY) == ["place_provisional"]
        said = {"reason": "原决定无误，不予纠正"}
        door.perform(challenge, "discard_remedy", by=steps.colleague(cast), at=at + DAY, form=said)
    row = called_up(cast, batch, at + DAY)
    assert (row.application.case, row.vacated_by.case) == (cases[1], cases[0])


def test_who_was_called_up_and_falls_beneath_the_next_leaves_the_place_and_may_be_called_up_again(cast: Cast) -> None:
    batch, cases = decided(cast)
    at = after(batch)
    give_up(cast, cases[0], at)
    first = called_up(cast, batch, at)
    sent_back(cases[1], applicant=cast.member1, at=at, figures={("rd_expenditure", 2025): 60000})
    late.decide(cast, batch, at + DAY)
    assert [state(case) for case in cases] == [S.WITHDRAWN, S.NOT_IN_QUOTA, S.NOT_IN_QUOTA]
    second = called_up(cast, batch, at + DAY)
    assert (second.application.case, second.vacated_decision) == (cases[2], first.decision)
    letter = Letter.objects.get(case=cases[2], kind=LetterKind.CALLED_UP).body
    assert "顺位按改正后的得分确定" in letter
    give_up(cast, cases[2], at + DAY, 2)
    third = called_up(cast, batch, at + DAY)
    assert (third.application.case, third.vacated_decision) == (cases[1], second.decision)
    give_up(cast, cases[1], at + DAY, 1)
    assert refused_with(batch, cast, at + DAY) == ["nobody_next"]
    assert list(check_all()) == []


def test_whoever_lost_the_own_place_takes_it_again_where_the_next_cannot(cast: Cast) -> None:
    batch, cases = decided(cast)
    at = after(batch)
    sent_back(cases[0], applicant=cast.member0, at=at, figures={("rd_expenditure", 2025): 60000})
    late.decide(cast, batch, at + DAY)
    for case in cases[1:]:
        hold_meanwhile(case)
    assert state(cases[0]) == S.NOT_IN_QUOTA
    row = called_up(cast, batch, at + DAY)
    assert (row.application.case, row.vacated_by.case) == (cases[0], cases[0])
    assert row.vacated_decision != row.decision


def test_place_that_a_postponed_one_has_taken_waits_for_nobody(cast: Cast) -> None:
    batch, cases = decided(cast, choices={1: Choice.POSTPONE})
    at = after(batch)
    sent_back(cases[0], applicant=cast.member0, at=at)
    late.decide(cast, batch, at, {cases[0].number: Choice.REFUSE})
    late.set_aside(cast, cases[0], at)
    assert refused_with(batch, cast, at) == ["place_provisional"]
    door.perform(cases[1], "table_again", by=cast.office, at=at + DAY, form={"reason": "已补充说明"})
    late.decide(cast, batch, at + DAY)
    assert state(cases[1]) == S.TO_BE_RECOMMENDED
    give_up(cast, cases[1], at + 2 * DAY, 1)
    row = called_up(cast, batch, at + 2 * DAY)
    assert (row.application.case, row.vacated_by.case) == (cases[2], cases[1])


def test_officer_tied_to_whoever_gave_up_before_the_committee_is_kept_out(cast: Cast) -> None:
    batch, cases = decided(cast)
    at, second = after(batch), steps.colleague(cast)
    sent_back(cases[0], applicant=cast.member0, at=at)
    give_up(cast, cases[0], at)
    assert Application.objects.get(case=cases[0]).decision is None
    Member.objects.create(
        enterprise=cast.enterprises[0], user=second, state=MemberState.ENDED, requested_at=cast.at, settled_at=cast.at
    )
    with pytest.raises(Denied, match="connected"):
        propose_calling_up(batch, by=second, at=at)


def test_municipal_proposal_is_called_up_and_its_place_is_held_while_it_is_sent_back(cast: Cast, clock: Clock) -> None:
    batch, better, other = municipal(cast, clock)
    give_up_at = batch.closes_at + DAY
    sent_back(better, applicant=cast.member0, at=give_up_at)
    assert recognition_quota.places_left(batch) == 0
    assert refused_with(batch, cast, give_up_at) == ["quota_full"]
    meet(cast, batch, [better], give_up_at)  # in favour once more, of its own place
    assert [state(better), state(other)] == [S.PROPOSED, S.NOT_IN_QUOTA]
    give_up(cast, better, give_up_at)
    row = called_up(cast, batch, give_up_at)
    item = row.decision.item
    assert (row.application.case, item.is_within_quota, state(other)) == (other, False, S.PROPOSED)
    letter = Letter.objects.get(case=other, kind=LetterKind.CALLED_UP)
    assert ("列入认定名额" in letter.body, "此后将依法公示" in letter.body) == (True, True)
    assert recognition_quota.places_left(batch) == 0
    publish_notice(batch, [Application.objects.get(case=other)], body="现予公示。", by=cast.publisher, at=give_up_at)
    assert state(other) == S.UNDER_NOTICE
    assert list(check_all()) == []


def municipal(cast: Cast, clock: Clock) -> tuple[Batch, Case, Case]:
    """One place of two proposals: the better case has it, the other has none."""
    batch = later.make_municipal_2026(cast, quota=1)
    cases = []
    for n, changed in ((0, {}), (2, {"doctors": 0, "standards_3y": 0, "invention_patents_valid": 1})):
        by = cast.people[f"member{n}"]
        case = open_application(cast.enterprises[n], batch, by=by, at=clock.at)
        with_material(case, by, clock.at, **changed)
        door.perform(case, "submit", by=by, at=clock.at, form={"declaration": True, "insists": True})
        later.to_committee(cast, case, clock.at)
        cases.append(case)
    meet(cast, batch, cases, clock.at)
    assert [state(case) for case in cases] == [S.PROPOSED, S.NOT_IN_QUOTA]
    return batch, cases[0], cases[1]


def meet(cast: Cast, batch: Batch, cases: list[Case], at: datetime) -> None:
    here = Cast(cast.at, batch.programme, batch, cast.people, cast.enterprises, cast.experts, cast.members)
    hold_meeting(here, cases, at)
