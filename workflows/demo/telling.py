"""How the demo tells its story on a terminal: who acted, on what, state before and after, what it produced."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from accreditation.models import Case, Deadline, User
from workflows import door
from workflows.door import Outcome
from workflows.subjects import subject_of_state
from workflows.workdays import SHANGHAI


class Teller:
    """Numbers the steps; `step` prints a heading, `line` what was produced, `act` carries out a verb and prints it."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self.write, self.number = write, 0

    def step(self, title: str) -> None:
        """A step of the job."""
        self.number += 1
        self.write(f"\n{self.number}. {title}")

    def line(self, at: datetime, who: User | str, what: str) -> None:
        """One event: instant, person, what was done and produced."""
        self.write(f"   {at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}  {who}：{what}")

    def act(self, case: Case, verb: str, by: User, at: datetime, said: str = "", **form: Any) -> Outcome:
        """Carry out a verb through the door and print states, deadline and what was answered."""
        outcome = door.perform(case, verb, by=by, at=at, form=form)
        self.tell(case, verb, by, at, outcome, said)
        return outcome

    def tell(self, case: Case, verb: str, by: User, at: datetime, outcome: Outcome, said: str = "") -> None:
        """Print what a verb did."""
        label = door.verb_label(case, verb)
        before, after = (_state(outcome.before), _state(outcome.after))
        moved = f"{before} → {after}" if before != after else after
        parts = [f"{case.number} {label}：{moved}", said, *_answers(outcome), _clock(case)]
        self.line(at, by, "；".join(part for part in parts if part))


def _state(value: str) -> str:
    kind = subject_of_state(value)
    return kind.label(value) if kind else "（新）"


def _answers(outcome: Outcome) -> list[str]:
    names = {"letter": "文书", "content_sha256": "内容校验码", "objection": "异议编号"}
    return [f"{words} {outcome.answer[name]}" for name, words in names.items() if name in outcome.answer]


def _clock(case: Case) -> str:
    clock = Deadline.objects.filter(case=case, state="running").order_by("due_at").first()
    if clock is None:
        return ""
    mark = "（暂定）" if clock.is_provisional else ""
    return f"{clock.get_kind_display()} {clock.due_at.astimezone(SHANGHAI):%Y-%m-%d}{mark}"


def point_of(target: str, code: str, remark: str, *, year: int | None = None) -> dict[str, Any]:
    """One point of a return of a matter, as the door takes it."""
    return {"target": target, "code": code, "year": year, "remark": remark}
