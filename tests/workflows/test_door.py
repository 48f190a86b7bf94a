"""The door: who is let in, what a second click is told, what a repeated request gets, what is left when it fails."""

from __future__ import annotations

import pytest
from django.conf import LazySettings

from accreditation.audit import chain_key, verify_chain
from accreditation.enums import ApplicationState as S
from accreditation.errors import AlreadyDone, Denied, KeyReused, NotFound, Refusal
from accreditation.models import Application, AuditEvent, Case, Effect, Letter, Member, Message
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.steps import answer_gates, marks, recommend, seat_panel
from workflows import door, flow_tasks

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.mark.parametrize(
    "who", ["jiading", "office", "publisher", "operator", "security", "auditor", "stranger", "member0"]
)
def test_only_the_own_district_accepts(cast: Cast, clock: Clock, who: str) -> None:
    case = filed_case(cast)
    with pytest.raises(Denied):
        door.perform(case, "accept", by=cast.people[who], at=clock.at)
    assert Application.objects.get(case=case).state == S.SUBMITTED


def test_officer_who_ever_acted_for_the_enterprise_is_kept_out(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    Member.objects.create(
        enterprise=cast.enterprises[0], user=cast.pudong, state="ended", requested_at=clock.at, settled_at=clock.at
    )
    with pytest.raises(Denied):
        door.perform(case, "accept", by=cast.pudong, at=clock.at)


def test_deactivated_officer_is_kept_out(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    cast.pudong.is_active = False
    cast.pudong.save()
    with pytest.raises(Denied):
        door.perform(case, "accept", by=cast.pudong, at=clock.at)


def test_second_click_is_told_who_did_it(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    task = flow_tasks.open_tasks(case)[0]
    door.perform(case, "decline", by=cast.pudong, at=clock.at, form={"reasons": "材料不属本区"}, task_id=task.pk)
    with pytest.raises(AlreadyDone) as done:
        door.perform(case, "accept", by=cast.pudong, at=clock.at, task_id=task.pk)
    assert done.value.done_by == "浦东初审员示例"
    assert "不予受理" in str(done.value.reasons[0])


def test_task_of_another_case_is_not_found(cast: Cast, clock: Clock) -> None:
    first, second = filed_case(cast, 0), filed_case(cast, 2)
    task = flow_tasks.open_tasks(second)[0]
    with pytest.raises(NotFound):
        door.perform(first, "accept", by=cast.pudong, at=clock.at, task_id=task.pk)


def test_unknown_verb_and_unknown_case_are_not_found(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    with pytest.raises(NotFound):
        door.perform(case, "recognise_at_once", by=cast.pudong, at=clock.at)
    with pytest.raises(NotFound):
        door.perform("SHETC-2026-9999", "accept", by=cast.pudong, at=clock.at)


def test_repeated_request_gets_the_first_answer_and_acts_once(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    first = door.perform(case, "accept", by=cast.pudong, at=clock.at, request_key="k1")
    events, letters, messages = AuditEvent.objects.count(), Letter.objects.count(), Message.objects.count()
    second = door.perform(case, "accept", by=cast.pudong, at=clock.at, request_key="k1")
    assert second.is_replay
    assert (second.after, second.seq, second.answer) == (first.after, first.seq, first.answer)
    assert (AuditEvent.objects.count(), Letter.objects.count(), Message.objects.count()) == (events, letters, messages)


def test_request_key_with_other_content_is_refused(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    door.perform(case, "accept", by=cast.pudong, at=clock.at, request_key="k1")
    with pytest.raises(KeyReused):
        door.perform(case, "not_recommend", by=cast.pudong, at=clock.at, form={"opinion": "不同意"}, request_key="k1")


def test_refused_act_leaves_nothing_and_its_key_can_be_used_again(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    events, effects = AuditEvent.objects.count(), Effect.objects.count()
    with pytest.raises(Refusal):
        door.perform(case, "decline", by=cast.pudong, at=clock.at, form={}, request_key="k2")
    assert (AuditEvent.objects.count(), Effect.objects.count()) == (events, effects)
    form = {"reasons": "材料不属本区"}
    assert door.perform(case, "decline", by=cast.pudong, at=clock.at, form=form, request_key="k2").after == S.DECLINED


def test_failure_inside_the_record_rolls_everything_back(
    cast: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = filed_case(cast)
    events = AuditEvent.objects.count()
    monkeypatch.setattr("workflows.door.deadlines.settle", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        door.perform(case, "accept", by=cast.pudong, at=clock.at)
    assert Application.objects.get(case=case).state == S.SUBMITTED
    assert AuditEvent.objects.count() == events
    assert verify_chain(Case.objects.get(pk=case.pk)) == []


def test_every_act_is_one_entry_that_names_office_and_states(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    recommend(cast, case, clock.at)
    event = AuditEvent.objects.filter(chain=chain_key(case)).latest("seq")
    assert (event.verb, event.acting_as) == ("recommend", "district_officer")
    assert (event.state_before, event.state_after) == (S.UNDER_FIRST_REVIEW, S.UNDER_COMPLETENESS_CHECK)
    assert event.content["rule_set"] == cast.batch.rule_set.checksum


def test_pages_offer_what_this_person_may_do_now(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)

    def offered(who: str) -> set[str]:
        return {line.code for line in door.possible_verbs(case, by=cast.people[who], at=clock.at)}

    assert offered("pudong") >= {"accept", "decline"}
    assert offered("member0") == {"withdraw"}
    assert offered("jiading") == offered("office") == offered("stranger") == set()


def test_expert_sits_alone_on_the_seat(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    recommend(cast, case, clock.at)
    seat_panel(cast, case, clock.at)
    form = {"marks": marks(case), "opinion": "同意"}
    with pytest.raises(Refusal) as refused:
        door.perform(case, "submit_review", by=cast.experts[0], at=clock.at, form=form)
    assert [reason.code for reason in refused.value.reasons] == ["seat_state"]
    with pytest.raises(Denied):
        door.perform(case, "declare_no_tie", by=cast.experts[6], at=clock.at)
    door.perform(case, "declare_no_tie", by=cast.experts[0], at=clock.at)
    door.perform(case, "submit_review", by=cast.experts[0], at=clock.at, form=form)
    with pytest.raises(AlreadyDone):
        door.perform(case, "submit_review", by=cast.experts[0], at=clock.at, form=form)


def test_recused_expert_is_replaced_and_counts_no_more(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    recommend(cast, case, clock.at)
    seat_panel(cast, case, clock.at)
    door.perform(case, "recuse", by=cast.experts[4], at=clock.at, form={"tie": "曾任顾问"})
    for expert in cast.experts[:4]:
        door.perform(case, "declare_no_tie", by=expert, at=clock.at)
        form = {"marks": marks(case), "opinion": "同意"}
        door.perform(case, "submit_review", by=expert, at=clock.at, form=form)
    assert Application.objects.get(case=case).state == S.UNDER_EXPERT_REVIEW
    with pytest.raises(Denied):
        door.perform(case, "declare_no_tie", by=cast.experts[4], at=clock.at)
    vacant = Application.objects.get(case=case).panel.seats.get(state="recused")
    with pytest.raises(Refusal) as refused:
        door.perform(
            case, "replace_expert", by=cast.office, at=clock.at, form={"vacant": vacant, "expert": cast.experts[0]}
        )
    assert "sat_before" in [reason.code for reason in refused.value.reasons]
    door.perform(
        case,
        "replace_expert",
        by=cast.office,
        at=clock.at,
        form={"vacant": vacant, "expert": cast.experts[5], "reason": "测试指定"},
    )
    door.perform(case, "declare_no_tie", by=cast.experts[5], at=clock.at)
    door.perform(case, "submit_review", by=cast.experts[5], at=clock.at, form={"marks": marks(case), "opinion": "同意"})
    assert Application.objects.get(case=case).state == S.UNDER_OVERALL_REVIEW


def test_answering_conditions_is_for_those_no_figure_decides(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    door.perform(case, "accept", by=cast.pudong, at=clock.at)
    form = {"gate": "MG1", "is_met": True, "reason": "属实"}
    with pytest.raises(Refusal) as refused:
        door.perform(case, "answer_gate", by=cast.pudong, at=clock.at, form=form)
    assert [reason.code for reason in refused.value.reasons] == ["unknown_gate"]
    answer_gates(case, cast.pudong, clock.at)
