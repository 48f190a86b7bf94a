"""An adverse letter can be challenged exactly where its remedy says so, and something follows if it is set aside."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string

from accreditation.adverse_ends import ADVERSE_ENDS, FOLLOWING_VERBS, USUAL, Sequel
from accreditation.enums import LetterKind
from accreditation.reissue_words import REISSUE_REFUSED
from accreditation.services.letters import ALWAYS_ADVERSE
from workflows.doing import Verb
from workflows.moves import moves, reached, transitions
from workflows.procedures import PROCEDURES, Procedure

ROOT = Path(__file__).resolve().parents[2]
IN_THE_DECISION = (Sequel.NEW_APPLICATION, Sequel.ORDER_UNDONE, Sequel.REISSUE_REOPENED)
HERE = "向示例市人民政府申请行政复议"


def sent_adverse() -> Iterator[str]:
    """Names of the letter kinds that some act sends with the word `is_adverse`, unless it says that none of them is."""
    for path in (ROOT / "workflows").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and any(
                word.arg == "is_adverse" and ast.unparse(word.value) != "False" for word in node.keywords
            ):
                yield from (
                    kind.attr
                    for kind in [*node.args, *(word.value for word in node.keywords)]
                    if isinstance(kind, ast.Attribute) and ast.unparse(kind.value) == "LetterKind"
                )


def test_every_letter_sent_as_adverse_is_in_the_table_and_the_other_way_round() -> None:
    sent = {LetterKind[name] for name in sent_adverse()} | ALWAYS_ADVERSE | {REISSUE_REFUSED}
    assert sent == set(ADVERSE_ENDS)


@pytest.mark.parametrize("kind", ADVERSE_ENDS)
def test_remedy_names_reconsideration_here_exactly_where_it_can_be_asked_for_here(kind: LetterKind) -> None:
    end = ADVERSE_ENDS[kind]
    authority = {
        "issued_by": "示例委",
        "reconsidered_by": "示例市人民政府",
        "notice": SimpleNamespace(authority="示例部"),
    }
    remedy = render_to_string(f"accreditation/letters/{end.remedy}.txt", authority)
    assert (HERE in remedy) == (end.sequel is not None) == (end.remedy == USUAL)
    assert str(end.why)


@pytest.mark.parametrize("sequel", Sequel)
def test_what_follows_is_a_verb_of_a_procedure_that_opens_an_ended_case_or_lies_in_the_decision(sequel: Sequel) -> None:
    assert sequel in {end.sequel for end in ADVERSE_ENDS.values()}
    lines = {name: edition.verbs.get(FOLLOWING_VERBS.get(sequel, "")) for name, edition in PROCEDURES.items()}
    found = {name: line for name, line in lines.items() if line is not None}
    assert all(line.after_end and not line.for_page for line in found.values())
    assert bool(found) == (sequel not in IN_THE_DECISION)
    subjects = {PROCEDURES[name].subject.model for name in found}
    alike = {name: edition for name, edition in PROCEDURES.items() if edition.subject.model in subjects}
    for line in found.values():  # a case under any edition finds the way back in its own table
        assert found.keys() == {name for name, edition in alike.items() if can_stand_before(line, edition)}


def can_stand_before(line: Verb, edition: Procedure) -> bool:
    """Whether a case of the edition can come to a state from which the verb leads."""
    if line.transition is None:
        return True
    before = {source for source, _targets in transitions(edition.subject).get(line.transition, [])}
    pairs = [pair for code, found in moves(edition).items() if code != line.code for pair in found]
    return bool(before & reached(pairs, edition.first))
