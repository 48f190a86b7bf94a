"""The tables themselves: nothing unreachable, nobody without a way out, names that running cases rely on."""

from __future__ import annotations

import pytest

from accreditation.enums import APPLICATION_STATES, ApplicationState, Owner
from accreditation.models import Application
from workflows.describe import README, procedures_text, transitions
from workflows.procedures import PROCEDURES, Procedure

PUBLISHED_NODES = {
    "municipal_recognition/2022": [
        "after_check", "after_correction", "after_first_review", "after_notice", "after_overall_review",
        "after_prepare", "all_reviews_in", "announce", "appoint_panel", "certify", "completeness_check", "correct",
        "end", "expert_review", "first_review", "notice_period", "overall_review", "prepare", "publish_notice",
        "rebuild", "resume", "seats", "start", "table_again",
    ],
}  # fmt: skip
each_procedure = pytest.mark.parametrize(("name", "procedure"), PROCEDURES.items(), ids=list(PROCEDURES))


def moves() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for pairs in transitions().values():
        for source, targets in pairs:
            found.setdefault(source, set()).update(targets)
    return found


def test_readme_is_what_the_code_says() -> None:
    assert README.read_text() == procedures_text()


@each_procedure
def test_published_node_names_still_exist(name: str, procedure: Procedure) -> None:
    assert sorted(node.name for node in procedure.flow.instance.nodes()) == PUBLISHED_NODES[name]


@each_procedure
def test_flow_waits_for_its_row_lock(name: str, procedure: Procedure) -> None:
    assert type(procedure.flow.lock_impl).__name__ == "SelectForUpdateLock"
    assert procedure.flow.lock_impl.nowait is False


def test_every_state_is_reached_from_a_draft() -> None:
    reached, todo = {"draft"}, ["draft"]
    while todo:
        fresh = moves().get(todo.pop(), set()) - reached
        reached |= fresh
        todo += fresh
    assert reached == set(ApplicationState.values)


@pytest.mark.parametrize("state", list(ApplicationState))
def test_state_is_final_or_has_a_way_out_and_an_owner(state: ApplicationState) -> None:
    facts = APPLICATION_STATES[state]
    assert facts.is_final == (not moves().get(state, set()))
    assert facts.is_final == (facts.owner == Owner.NOBODY)


@each_procedure
def test_every_transition_belongs_to_a_verb(name: str, procedure: Procedure) -> None:
    assert {line.transition for line in procedure.verbs.values()} - {None} == set(transitions())


@each_procedure
def test_every_verb_names_who_ground_and_existing_nodes(name: str, procedure: Procedure) -> None:
    nodes = {node.name for node in procedure.flow.instance.nodes()}
    for line in procedure.verbs.values():
        assert set(line.nodes) <= nodes, line.code
        assert line.nodes, line.code
        assert line.ground, line.code
        assert line.who.label, line.code
        assert line.transition is None or hasattr(Application, line.transition), line.code


@each_procedure
def test_every_waiting_state_has_its_node(name: str, procedure: Procedure) -> None:
    waiting = {state for state, facts in APPLICATION_STATES.items() if not facts.is_final}
    assert set(procedure.node_of_state) == waiting | {ApplicationState.RECOGNISED}
