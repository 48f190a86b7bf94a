"""What is to become of the running cases of an edition: each of its legal states named once, read from a file.

reason: 管理办法修订
states:
  draft: draft                       # stays; its clocks go on
  under_consultation:                # goes back to a state that the other edition knows
    to: under_completeness_check
    starts: {completeness_check: {days: check_days}}
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from accreditation.clocks import DeadlineKind
from accreditation.errors import Reason, Refusal
from accreditation.services.batches import PARAMETERS
from criteria.faults import RuleSetFaults
from criteria.rulefile import read_text
from workflows.doing import Clock
from workflows.procedures import PROCEDURES, Procedure


@dataclass(frozen=True, slots=True)
class Goal:
    """The legal state after the change, and the clocks that start with it."""

    state: str
    starts: tuple[Clock, ...] = ()


@dataclass(frozen=True, slots=True)
class EditionMapping:
    """A checked mapping from every state in which a case waits under one edition."""

    before: str
    after: str
    reason: str
    states: Mapping[str, Goal] = field(repr=False)
    text: str = field(repr=False)

    @property
    def sha256(self) -> str:
        """Hash of the file."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_mapping(text: str, before: str, after: str, name: str = "mapping") -> EditionMapping:
    """Read and check a mapping file; Refusal with every reason against it."""
    try:
        content = read_text(text, name).content
    except RuleSetFaults as faults:
        raise Refusal([Reason("unreadable", str(faults))]) from faults
    if reasons := list(_faults_of_editions(before, after)):
        raise Refusal(reasons)
    goals = {str(state): _goal(said) for state, said in _section(content, "states").items()}
    mapping = EditionMapping(before, after, str(content.get("reason") or "").strip(), goals, text)
    if reasons := list(_faults(mapping)):
        raise Refusal(reasons)
    return mapping


def _section(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = content.get(name)
    return found if isinstance(found, dict) else {}


def _goal(said: Any) -> Goal:
    """A state, or a state with the clocks that start there."""
    if not isinstance(said, dict):
        return Goal(str(said))
    starts = [_clock(kind, clock) for kind, clock in _section(said, "starts").items()]
    return Goal(str(said.get("to") or ""), tuple(starts))


def _clock(kind: str, said: Any) -> Clock:
    found = said if isinstance(said, dict) else {}
    known = DeadlineKind(kind) if kind in DeadlineKind.values else kind
    return Clock(known, str(found.get("days") or ""), fires=str(found.get("fires") or ""))  # type: ignore[arg-type]  # checked after


def _faults_of_editions(before: str, after: str) -> Iterator[Reason]:
    for edition in (before, after):
        if edition not in PROCEDURES:
            yield Reason("unknown_edition", _("没有安装办理程序 %(edition)s。") % {"edition": edition})
    if before == after:
        yield Reason("same_edition", _("前后是同一办理程序版本。"))


def _faults(mapping: EditionMapping) -> Iterator[Reason]:
    before, after = PROCEDURES[mapping.before], PROCEDURES[mapping.after]
    if before.subject is not after.subject or before.flow.is_local != after.flow.is_local:
        yield Reason("other_kind", _("两个办理程序办理的不是同一类事项。"))
        return
    if not mapping.reason:
        yield Reason("reason_needed", _("请写明更换办理程序版本的理由。"), "reason")
    for state in sorted(before.node_of_state.keys() - mapping.states.keys()):
        yield Reason("state_missing", _("没有写明“%(state)s”的去向。") % {"state": state}, "states")
    for state in sorted(mapping.states.keys() - before.node_of_state.keys()):
        yield Reason("unknown_state", _("原办理程序没有停在“%(state)s”的办件。") % {"state": state}, "states")
    for state in before.node_of_state.keys() & mapping.states.keys():
        yield from _faults_of_goal(state, mapping.states[state], after)


def _faults_of_goal(state: str, goal: Goal, after: Procedure) -> Iterator[Reason]:
    words = {"state": state, "goal": goal.state}
    if goal.state not in after.node_of_state:
        yield Reason("no_such_state", _("“%(state)s”：新办理程序没有停在“%(goal)s”的办件。") % words, "states")
        return
    facts = after.subject.facts
    if goal.state != state and facts(goal.state).step > facts(state).step:
        yield Reason("goes_forward", _("“%(state)s”不能改到在后的“%(goal)s”。") % words, "states")
    for clock in goal.starts:
        runs = goal.state in after.subject.clocks.get(clock.kind, frozenset())
        if not runs or clock.days not in PARAMETERS or (clock.fires and clock.fires not in after.verbs):
            said = words | {"clock": str(clock.kind)}
            yield Reason("wrong_clock", _("“%(goal)s”不能起算时限“%(clock)s”。") % said, "states")
