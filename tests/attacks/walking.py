"""Random walks through a procedure: anybody does anything, time goes on, and after each step everything must hold."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, ClassVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from accreditation.clocks import DeadlineState
from accreditation.enums import MemberState, NoticeState, ObjectionState, SeatState
from accreditation.errors import AlreadyDone, Denied, NotFound, Refusal
from accreditation.models import Batch, Case, Deadline, Member, Message, Notice, Objection, Seat, User
from tests.attacks import invariants
from tests.attacks.sittings import Committee
from workflows import door
from workflows.procedures import PROCEDURES
from workflows.tick import tick

LONG = int(os.environ.get("ACCREDITATION_WALKS", "0"))  # so many walks of each procedure, each time others
SHORT, STEPS = 3, 12
LATE = 1  # walks of a procedure with a committee that begin before it, beside those that begin anywhere
MORE = 3  # how much more often than other acts those are chosen that lead on
LATE_DEEDS = ("meeting",) * 8 + ("forbidden",) * 2 + ("wait", "tie")
DEEDS = ("allowed",) * 8 + ("forbidden",) * 3 + ("wait",) * 2 + ("twice", "tie")
GAPS = (timedelta(hours=3), timedelta(days=1), timedelta(days=4), None)  # None: to the next last moment
BARRED_FROM_TIES = ("clock", "applicant", "holder")


def budget(walks: int = SHORT) -> settings:
    """Few walks, the same in each build; many others where the environment asks for them."""
    phases = (Phase.generate, Phase.shrink) if LONG else (Phase.generate,)
    return settings(
        max_examples=LONG or walks, stateful_step_count=STEPS, derandomize=not LONG, database=None, deadline=None,
        phases=phases, suppress_health_check=list(HealthCheck), print_blob=False,
    )  # fmt: skip


class Walk(Committee, RuleBasedStateMachine):
    """One case of one procedure from some state of it; its rows are gone when the walk is over."""

    edition: ClassVar[str]
    said: ClassVar[Mapping[str, Any]]  # the procedure's block of the table that people decided
    base: ClassVar[Any]  # the world, shared by all walks
    done: ClassVar[set[tuple[str, str]]]  # state and verb, to show that the walks get somewhere
    starts: ClassVar[tuple[str, ...]] = ()  # states in which the walk may begin, or any
    deeds: ClassVar[tuple[str, ...]] = DEEDS

    def __init__(self) -> None:
        super().__init__()
        self.world = copy.copy(self.base)
        batch = self._batch()
        if batch is not None:  # the walk before may have changed it where its case needed that
            batch.refresh_from_db(fields=["notice_days", "quota"])
        self._savepoint = transaction.atomic()
        self._savepoint.__enter__()

    def _batch(self) -> Batch | None:
        holder = getattr(self.world, "local", self.world)
        return getattr(holder, "batch", None)

    def teardown(self) -> None:
        """Leave no row behind."""
        transaction.set_rollback(True)
        self._savepoint.__exit__(None, None, None)

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        """Some state in which the procedure goes on."""
        facts = PROCEDURES[self.edition].subject.facts
        known = self.said["states"]
        starts = self.starts or [state for state in known if known[state] and not facts(state).ends_case]
        self.case = self.world.case_in(data.draw(st.sampled_from(starts), label="state"))
        self.people = self._everybody()
        self.since = Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self._look(invariants.titles_now())

    def _everybody(self) -> dict[str, list[User]]:
        people = {role: [user] for role, user in self.world.people.items()}
        cast = getattr(self.world, "cast", None) or self.world.local.cast
        if "expert" in people:
            people["expert"] = cast.experts[:6]
        return people

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        """One deed a minute after the last, then a look at everything."""
        self.world.at += timedelta(minutes=1)
        titles, deed = invariants.titles_now(), data.draw(st.sampled_from(self.deeds), label="deed")
        if getattr(self, f"_{deed}")(data):
            self._look(titles)

    # --- deeds, each telling whether anything was done --------------------------------------------------------------
    def _allowed(self, data: st.DataObject) -> bool:
        return self._act(data, [*self._ways_on() * MORE, *self._open_acts()])

    def _forbidden(self, data: st.DataObject) -> bool:
        verbs = sorted(PROCEDURES[self.edition].verbs)
        return self._act(data, [(role, verb) for role in self.people for verb in verbs])

    def _twice(self, data: st.DataObject) -> bool:
        """The same form sent twice is one act."""
        return self._act(data, self._open_acts(), times=2)

    def _wait(self, data: st.DataObject) -> bool:
        gap = data.draw(st.sampled_from(GAPS), label="gap")
        at = self.world.at
        if gap is None:
            running = Deadline.objects.filter(state=DeadlineState.RUNNING, due_at__gt=at).values_list(
                "due_at", flat=True
            )
            ends = Notice.objects.filter(state=NoticeState.PUBLISHED, ends_at__gt=at).values_list("ends_at", flat=True)
            gap = min([*running, *ends], default=at) - at + timedelta(seconds=1)
        self.world.at = at + gap
        tick(self.world.at)
        return True

    def _tie(self, data: st.DataObject) -> bool:
        """Somebody in office asks to act for the enterprise, and has lost the case with that."""
        roles = [role for role in self.people if role not in BARRED_FROM_TIES]
        user = self.people[data.draw(st.sampled_from(roles), label="tied")][0]
        enterprise = Case.objects.get(pk=self.case.pk).enterprise
        Member.objects.get_or_create(
            user=user, enterprise=enterprise, defaults={"state": MemberState.REQUESTED, "requested_at": self.world.at}
        )
        return True

    # --- what the table says ----------------------------------------------------------------------------------------
    def _state(self) -> str:
        return str(Case.objects.values_list("state", flat=True).get(pk=self.case.pk))

    def _open_acts(self) -> list[tuple[str, str]]:
        verbs = sorted(self.said["states"][self._state()])
        return [(role, verb) for verb in verbs for role in self._holders(verb)]

    def _ways_on(self) -> list[tuple[str, str]]:
        """Acts after which the case stands elsewhere and goes on."""
        answers, facts = self.said["states"][self._state()], PROCEDURES[self.edition].subject.facts
        leads = {verb: next(iter(said.values())) if isinstance(said, dict) else said for verb, said in answers.items()}
        on = [verb for verb, to in leads.items() if to in self.said["states"] and not facts(to).ends_case]
        return [(role, verb) for verb in on for role in self._holders(verb)]

    def _holders(self, verb: str) -> list[str]:
        """Who may ever do it."""
        answer = self.said["states"][self._state()].get(verb)
        own = next(office for office, verbs in self.said["offices"].items() if verb in verbs)
        office = next(iter(answer)) if isinstance(answer, dict) else own
        return [role for role in (office, *self.said.get("also", {}).get(office, [])) if role in self.people]

    def _may_ever(self, verb: str) -> set[str]:
        """Offices that the table names for the verb in any state."""
        offices = {office for office, verbs in self.said["offices"].items() if verb in verbs}
        answers = [cells.get(verb) for cells in self.said["states"].values() if cells]
        offices |= {next(iter(answer)) for answer in answers if isinstance(answer, dict)}
        return offices | {also for office in offices for also in self.said.get("also", {}).get(office, [])}

    def _take(self, data: st.DataObject, choices: list[tuple[str, str]]) -> bool:
        return self._act(data, choices)

    # --- one act ----------------------------------------------------------------------------------------------------
    def _act(self, data: st.DataObject, choices: list[tuple[str, str]], times: int = 1) -> bool:
        if not choices:
            return False
        role, verb = data.draw(st.sampled_from(choices), label="act")
        by = data.draw(st.sampled_from(self.people[role]), label="by") if len(self.people[role]) > 1 else None
        by, case = by or self.people[role][0], Case.objects.get(pk=self.case.pk)
        try:
            with transaction.atomic():
                try:
                    form = self._form(case, verb, role)
                except UNFIT as nothing_to_name:
                    raise _Undone from nothing_to_name
                if not self._perform(case, verb, role, by, form, times):
                    raise _Undone
        except _Undone:
            return False
        return True

    def _perform(self, case: Case, verb: str, role: str, by: User, form: Mapping[str, Any], times: int) -> bool:
        """Whether it was done; refused, it must have changed nothing."""
        before, state = invariants.photograph(), case.state
        key = f"walk-{self.world.at.isoformat()}" if times > 1 else None
        try:
            door.perform(case, verb, by=by, at=self.world.at, form=form, request_key=key)
        except (Denied, AlreadyDone, NotFound, Refusal):
            _none(invariants.changed_since(before))
            return False
        self.done.add((state, verb))
        assert role in self._may_ever(verb), f"{verb} was done by {role}"
        _none(invariants.acts_in_spite_of_tie(by, case))
        if times > 1:
            after = invariants.photograph()
            assert door.perform(case, verb, by=by, at=self.world.at, form=form, request_key=key).is_replay
            _none(invariants.changed_since(after))
        return True

    def _form(self, case: Case, verb: str, role: str) -> dict[str, Any]:
        """The world's form, with what only a case on its way has."""
        form = self.world.form(case, verb, role)
        objection = Objection.objects.filter(application__case=case, state=ObjectionState.RECEIVED).first()
        if "objection" in form and objection is not None:
            form["objection"] = objection
        if verb == "replace_expert":
            sitting = Seat.objects.filter(panel__application__case=case)
            vacant = sitting.filter(state=SeatState.RECUSED).order_by("-pk").first()
            form = {"vacant": vacant, "expert": self.people["expert"][5], "reason": "原专家回避"}
        return form

    def _look(self, titles: Mapping[str, str]) -> None:
        _none(invariants.all_faults())
        _none(invariants.titles_come_back(titles))
        _none(invariants.told_twice(self.since))


UNFIT = (
    ObjectDoesNotExist,
    IndexError,
    AssertionError,
    Refusal,
)  # what a form raises where the case has nothing to name


class _Undone(Exception):
    """Take back what the form had to prepare."""


def _none(faults: Iterator[str]) -> None:
    found = list(faults)
    if found:
        raise Broken(found)


class Broken(Exception):
    """An invariant does not hold."""
