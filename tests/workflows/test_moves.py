"""What can come next, for every procedure: from its tables, never written down by hand."""

from __future__ import annotations

from datetime import date

import pytest

from accreditation.enums import ApplicationState as S
from accreditation.enums import Owner, ProceedingKind
from accreditation.enums import ProceedingState as P
from accreditation.models import Application, Batch, Proceeding
from accreditation.models.cases import CaseSubject
from workflows.moves import Turn, moves, possible_moves, reached, turn_of, way_to_the_end
from workflows.procedures import PROCEDURES, Procedure

MUNICIPAL = PROCEDURES["municipal_recognition/2022"]
LOCAL = PROCEDURES["district_recognition/2022"]
PROCEEDING = PROCEDURES["title_proceeding/2026"]
each_procedure = pytest.mark.parametrize("procedure", PROCEDURES.values(), ids=list(PROCEDURES))


def subject_of(procedure: Procedure, state: str, **values: object) -> CaseSubject:
    if procedure.subject.model is Proceeding:
        return Proceeding(state=state, kind=values.pop("kind", ProceedingKind.WARNING), **values)
    days = values.pop("notice_days", 5)
    return Application(state=state, batch=Batch(notice_days=days), **values)


def found(procedure: Procedure, state: str, **values: object) -> set[tuple[str, str, str]]:
    rows = possible_moves(procedure, subject_of(procedure, state, **values), state)
    return {(row.turn.value, row.verb.code, row.target) for row in rows}


@each_procedure
def test_every_state_in_which_a_case_waits_tells_what_comes_next_and_who_acts(procedure: Procedure) -> None:
    for state in procedure.node_of_state:
        rows = possible_moves(procedure, subject_of(procedure, state), state)
        assert rows, state
        assert all(str(row.verb.who.label) and str(row.verb.label) for row in rows)
        assert all(row.closes or row.target != state for row in rows), state


@each_procedure
def test_no_move_is_told_that_the_table_does_not_know(procedure: Procedure) -> None:
    known = {(code, *pair) for code, pairs in moves(procedure).items() for pair in pairs}
    used = reached(((pair[1], pair[2]) for pair in known), procedure.first)
    for state in used:
        rows = possible_moves(procedure, subject_of(procedure, state), state)
        assert {(row.verb.code, state, row.target) for row in rows if not row.closes} <= known


@each_procedure
def test_every_waiting_state_has_a_way_to_a_good_end_without_an_adverse_step(procedure: Procedure) -> None:
    for state in procedure.node_of_state:
        way = way_to_the_end(procedure, subject_of(procedure, state), state)
        assert way, state
        assert not {row.turn for row in way} & {Turn.ADVERSE, Turn.ENDING}
        last = procedure.subject.facts(way[-1].target)
        assert last.is_final
        assert not last.is_adverse


@each_procedure
def test_ends_have_no_way_on(procedure: Procedure) -> None:
    for state, facts in procedure.subject.states.items():
        if facts.ends_case:
            assert possible_moves(procedure, subject_of(procedure, state), state) == []
            assert way_to_the_end(procedure, subject_of(procedure, state), state) == []


def test_first_review_of_the_municipal_recognition_branches_as_the_measures_say() -> None:
    assert found(MUNICIPAL, S.UNDER_FIRST_REVIEW) == {
        ("onward", "recommend", S.UNDER_COMPLETENESS_CHECK),
        ("attention", "return_for_correction", S.RETURNED),
        ("adverse", "find_ineligible", S.INELIGIBLE),
        ("adverse", "not_recommend", S.NOT_RECOMMENDED),
    }


@pytest.mark.parametrize(
    ("owner", "target"), [(Owner.OFFICE, S.UNDER_COMPLETENESS_CHECK), (Owner.DISTRICT, S.UNDER_FIRST_REVIEW)]
)
def test_correction_goes_back_to_whoever_asked_for_it(owner: Owner, target: str) -> None:
    assert found(MUNICIPAL, S.RETURNED, returned_by=owner) == {
        ("onward", "correct", target),
        ("ending", "withdraw", S.WITHDRAWN),
        ("adverse", "lapse", S.LAPSED),
    }


@pytest.mark.parametrize(
    ("owner", "target"), [(Owner.FORWARDER, S.UNDER_FORWARDING), (Owner.DISTRICT, S.UNDER_FIRST_REVIEW)]
)
def test_local_correction_goes_back_to_town_or_bureau(owner: Owner, target: str) -> None:
    assert ("onward", "correct", target) in found(LOCAL, S.RETURNED, returned_by=owner)
    assert len([row for row in found(LOCAL, S.RETURNED, returned_by=owner) if row[1] == "correct"]) == 1


@pytest.mark.parametrize(("days", "target"), [(0, S.AWAITING_ANNOUNCEMENT), (7, S.PROPOSED)])
def test_batch_without_days_of_notice_goes_without_one(days: int, target: str) -> None:
    assert ("onward", "propose", target) in found(LOCAL, S.UNDER_OVERALL_REVIEW, notice_days=days)
    way = way_to_the_end(LOCAL, subject_of(LOCAL, S.UNDER_OVERALL_REVIEW, notice_days=days), S.UNDER_OVERALL_REVIEW)
    assert (S.UNDER_NOTICE in [row.target for row in way]) == (days > 0)


def test_nothing_is_ordered_against_a_holder_that_was_not_told() -> None:
    against = found(PROCEEDING, P.IN_PREPARATION, kind=ProceedingKind.REVOCATION)
    assert {code for _turn, code, _target in against} == {"notify_holder", "drop_proceeding"}
    asked_for = found(PROCEEDING, P.IN_PREPARATION, kind=ProceedingKind.CANCELLATION)
    assert {code for _turn, code, _target in asked_for} == {"submit_for_order", "drop_proceeding"}


def test_an_order_is_offered_only_the_states_that_its_kind_has() -> None:
    for kind in ProceedingKind:
        decided = {
            target for _turn, code, target in found(PROCEEDING, P.AWAITING_ORDER, kind=kind) if code == "make_order"
        }
        assert (P.ORDER_RUNNING in decided) == (kind == ProceedingKind.SUSPENSION), kind

    def on_its_day(kind: str, until: date | None) -> set[tuple[str, str]]:
        return {(code, target) for _t, code, target in found(PROCEEDING, P.ORDERED, kind=kind, until=until)}

    assert ("take_effect", P.CONCLUDED) in on_its_day(ProceedingKind.REVOCATION, None)
    assert ("take_effect", P.ORDER_RUNNING) not in on_its_day(ProceedingKind.REVOCATION, None)
    assert ("take_effect", P.ORDER_RUNNING) not in on_its_day(ProceedingKind.SUSPENSION, None)
    last_day = on_its_day(ProceedingKind.SUSPENSION, date(2026, 12, 31))
    assert ("take_effect", P.ORDER_RUNNING) in last_day
    assert ("take_effect", P.CONCLUDED) not in last_day


def test_consultation_of_a_recognition_leads_on_to_the_experts() -> None:
    edition = PROCEDURES["municipal_recognition/2026"]
    assert ("onward", "conclude_consultation", S.AWAITING_PANEL) in found(edition, S.UNDER_CONSULTATION)
    national = PROCEDURES["national_recommendation/2016"]
    assert ("onward", "adopt_initial_score", S.AWAITING_RANKING) in found(national, S.UNDER_CONSULTATION)


@each_procedure
def test_only_what_sends_a_case_back_is_a_detour_to_an_earlier_step(procedure: Procedure) -> None:
    back = {
        code
        for code, pairs in moves(procedure).items()
        for source, target in pairs
        if source in procedure.node_of_state and turn_of(procedure, source, target) is Turn.ATTENTION
        and procedure.subject.facts(target).tone != "warn"
    }  # fmt: skip
    assert back <= {
        "refuse", "uphold_objection", "send_back_proposal", "review_reexamination_again", "return_to_committee",
    }  # fmt: skip


def test_recognised_case_waits_for_its_certificate_and_ends_with_it() -> None:
    (row,) = possible_moves(MUNICIPAL, subject_of(MUNICIPAL, S.RECOGNISED), S.RECOGNISED)
    assert (row.verb.code, row.closes, row.turn) == ("certify", True, Turn.ONWARD)


def test_committee_may_recognise_refuse_or_postpone() -> None:
    turns = {code: turn for turn, code, _target in found(MUNICIPAL, S.UNDER_OVERALL_REVIEW)}
    assert turns == {"propose": "onward", "refuse": "adverse", "postpone": "adverse"}
    assert turn_of(MUNICIPAL, S.POSTPONED, S.UNDER_OVERALL_REVIEW) is Turn.ONWARD
