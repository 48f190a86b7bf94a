"""The tables themselves: nothing unreachable, nobody without a way out, names that running cases rely on."""

from __future__ import annotations

import pytest

from accreditation.enums import Owner
from workflows.describe import README, procedures_text
from workflows.moves import moves, reached, transitions
from workflows.procedures import PROCEDURES, Procedure
from workflows.subjects import SUBJECTS

PUBLISHED_NODES = {
    "municipal_recognition/2022": [
        "after_announcement", "after_check", "after_correction", "after_first_review", "after_notice",
        "after_overall_review", "after_prepare", "after_publication", "all_reviews_in", "announce", "appoint_panel",
        "certify", "completeness_check", "correct", "end", "expert_review", "first_review", "notice_period",
        "overall_review", "prepare", "publish_notice", "rebuild", "resume", "seats", "start", "table_again",
    ],
    "municipal_recognition/2026": [
        "after_announcement", "after_check", "after_consultation", "after_correction", "after_first_review",
        "after_notice", "after_overall_review", "after_prepare", "after_publication", "all_reviews_in", "announce",
        "appoint_panel", "certify", "completeness_check", "consultation", "correct", "end", "expert_review",
        "first_review", "notice_period", "overall_review", "prepare", "publish_notice", "rebuild", "resume",
        "seats", "start", "table_again",
    ],
    "district_recognition/2022": [
        "after_announcement", "after_correction", "after_forwarding", "after_material_check", "after_notice",
        "after_overall_review", "after_prepare", "after_publication", "all_reviews_in", "announce", "appoint_panel",
        "certify", "correct", "end", "expert_review", "forwarding", "material_check", "notice_period",
        "overall_review", "prepare", "publish_notice", "rebuild", "resume", "seats", "site_visit", "start",
        "table_again",
    ],
    "district_evaluation/2026": [
        "after_announcement", "after_correction", "after_material_check", "after_notice", "after_overall_review",
        "after_prepare", "after_rectification", "announce", "check_rectification", "correct", "end", "material_check",
        "notice_period", "overall_review", "prepare", "publish_notice", "rebuild", "rectification", "resume", "start",
    ],
    "municipal_evaluation/2025": [
        "after_announcement", "after_check", "after_correction", "after_first_review", "after_notice",
        "after_overall_review", "after_prepare", "after_rectification", "announce", "check_rectification",
        "completeness_check", "correct", "end", "first_review", "notice_period", "overall_review", "prepare",
        "publish_notice", "rebuild", "rectification", "resume", "start",
    ],
    "generic_recognition/2026": [
        "after_announcement", "after_check", "after_correction", "after_first_review", "after_notice",
        "after_overall_review", "after_prepare", "after_publication", "all_reviews_in", "announce", "appoint_panel",
        "certify", "completeness_check", "correct", "end", "expert_review", "first_review", "notice_period",
        "overall_review", "prepare", "publish_notice", "rebuild", "resume", "seats", "start", "table_again",
    ],
    "reconsideration/2024": [
        "acceptance", "after_acceptance", "after_answer", "after_reconsider", "after_settle", "after_supplement",
        "answer", "end", "rebuild", "reconsider", "resume", "settle", "start", "supplement",
    ],
    "remedy/2026": ["confirmation", "end", "rebuild", "resume", "start"],
    "title_proceeding/2026": [
        "after_decision", "after_defence", "after_effect", "after_hearing", "after_prepare", "decide", "defence",
        "effect", "end", "hearing", "prepare", "rebuild", "resume", "start", "suspension",
    ],
    "title_change/2026": [
        "after_confirm", "after_correct", "after_opinion", "after_prepare", "after_receiving", "after_second",
        "confirm", "correct", "end", "opinion", "prepare", "rebuild", "receiving_opinion", "resume", "second", "start",
    ],
    "demonstration_recommendation/2010": [
        "after_check", "after_correction", "after_overall_review", "after_prepare", "after_ranking",
        "after_recommendation", "completeness_check", "correct", "end", "national_review", "overall_review",
        "prepare", "ranking", "rebuild", "recommend", "resume", "start", "table_again",
    ],
    "demonstration_reexamination/2010": [
        "after_forwarding", "after_late", "after_material", "after_review", "end", "forwarding", "late", "material",
        "national_review", "rebuild", "resume", "review", "start",
    ],
    "demonstration_yearly_report/2010": [
        "after_note", "after_report", "end", "note", "rebuild", "report", "resume", "start",
    ],
    "national_recommendation/2016": [
        "after_check", "after_consultation", "after_correction", "after_overall_review", "after_prepare",
        "after_ranking", "after_recommendation", "completeness_check", "consultation", "correct", "end",
        "national_review", "overall_review", "prepare", "ranking", "rebuild", "recommend", "resume", "start",
        "table_again",
    ],
}  # fmt: skip
each_procedure = pytest.mark.parametrize(("name", "procedure"), PROCEDURES.items(), ids=list(PROCEDURES))


def pairs(procedure: Procedure) -> set[tuple[str, str]]:
    """(from, to) of every move that a procedure knows of itself; what opens an ended case again comes from outside."""
    known = moves(procedure)
    return {pair for code, line in procedure.verbs.items() if not line.after_end for pair in known[code]}


def test_readme_is_what_the_code_says() -> None:
    assert README.read_text() == procedures_text()


@each_procedure
def test_published_node_names_still_exist(name: str, procedure: Procedure) -> None:
    assert sorted(node.name for node in procedure.flow.instance.nodes()) == PUBLISHED_NODES[name]


@each_procedure
def test_flow_waits_for_its_row_lock(name: str, procedure: Procedure) -> None:
    assert type(procedure.flow.lock_impl).__name__ == "SelectForUpdateLock"
    assert procedure.flow.lock_impl.nowait is False


def test_every_state_of_a_subject_is_reached_in_some_procedure() -> None:
    subjects = {id(procedure.subject): procedure.subject for procedure in PROCEDURES.values()}
    for key, subject in subjects.items():
        same = [each for each in PROCEDURES.values() if id(each.subject) == key]
        found = [reached({pair for known in moves(each).values() for pair in known}, each.first) for each in same]
        assert set().union(*found) == set(subject.words.values), subject.model


@each_procedure
def test_state_is_final_or_has_a_way_out_and_an_owner(name: str, procedure: Procedure) -> None:
    moved = pairs(procedure)
    for state in reached(moved, procedure.first):
        facts = procedure.subject.facts(state)
        assert facts.is_final == (state not in {source for source, _target in moved}), state
        assert facts.is_final == (facts.owner == Owner.NOBODY), state


def test_every_transition_belongs_to_a_verb_of_some_procedure() -> None:
    for procedure in PROCEDURES.values():
        same = [each for each in PROCEDURES.values() if each.subject is procedure.subject]
        used = {line.transition for each in same for line in each.verbs.values()} - {None}
        assert used == set(transitions(procedure.subject))


@each_procedure
def test_every_verb_names_who_ground_and_existing_nodes(name: str, procedure: Procedure) -> None:
    nodes = {node.name for node in procedure.flow.instance.nodes()}
    for line in procedure.verbs.values():
        assert set(line.nodes) <= nodes, line.code
        assert line.nodes, line.code
        assert line.ground, line.code
        assert line.who.label, line.code
        assert line.transition is None or hasattr(procedure.subject.model, line.transition), line.code


@each_procedure
def test_every_waiting_state_has_its_node(name: str, procedure: Procedure) -> None:
    states = reached(pairs(procedure), procedure.first)
    waiting = {state for state in states if not procedure.subject.facts(state).ends_case}
    assert set(procedure.node_of_state) == waiting


def test_no_two_kinds_of_subjects_share_a_state() -> None:
    values = [value for kind in SUBJECTS for value in kind.words.values]
    assert len(values) == len(set(values))
    assert {id(procedure.subject) for procedure in PROCEDURES.values()} == {id(kind) for kind in SUBJECTS}


@each_procedure
def test_every_message_of_a_verb_reaches_a_reader_of_the_case(name: str, procedure: Procedure) -> None:
    told = {line.code for line in procedure.verbs.values() if line.tells}
    assert {line.code for line in procedure.verbs.values() if line.transition and not line.tells} == set()
    assert told
