"""Four eyes: one person puts forward, another decides; as long as nobody has, the first takes it back.

    FOUR_EYES = FourEyes(
        DesignationProposal,
        check_decider=needs_publisher,  # both raise Denied; they get the row, the person and the instant
        check_proposer=needs_drafter,
        own=Reason("four_eyes", _("...")),
        left=Reason("drafter_left", _("...")),
        wordless=Reason("reason_needed", _("..."), "reason"),
    )

    with act(CHAIN, "publish_designation", by=by, at=at, acting_as=office) as doing:
        row = FOUR_EYES.to_confirm(doing, proposal)     # locked, waiting, put forward by another who is in office
        ...                                             # what it brings about
        FOUR_EYES.settle(row, DesignationProposal.publish, by=by, at=at)

The module of each such act says who may do what, in which words and to what effect; what all of them owe to the
persons concerned stands here. Acts on a case have the guards of `workflows.second_person` instead.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from accreditation.acts import Act
from accreditation.errors import AlreadyDone, Denied, Reason, Refusal
from accreditation.models import User
from accreditation.permissions import persons_behind

WAITING = "waiting"  # the state in which such a row begins
NOT_OWN = Reason("not_own", _("只有提请人可以撤回。"))

Row = TypeVar("Row", bound=Model)


def check_another(people: Collection[int | None], by: User, own: Reason) -> None:
    """Denied for one of the people (numbers of accounts), and for whoever acts in the place of one.

    Ask for the power first: its last check says whose power it is.
    """
    if persons_behind(by) & set(people):
        raise Denied([own])


def said_in_full(words: str, wordless: Reason, *, least: int = 1, most: int | None = None) -> str:
    """A reason without blanks around it; Refusal where it is shorter than it must be, or longer than is kept.

    The text of `wordless` may name the least number of letters as `%(n)d`.
    """
    said = words.strip()
    if len(said) < least:
        raise Refusal([replace(wordless, text=str(wordless.text) % {"n": least})])
    if most is not None and len(said) > most:
        raise Refusal([Reason("reason_too_long", _("理由不超过 %(n)d 个字。") % {"n": most}, wordless.place)])
    return said


def decided_before(row: Any, settled: str = "settled") -> AlreadyDone:
    """What became of the row, by whom and when; `settled` is how its fields are named: `settled_by`, `settled_at`."""
    state = row.get_state_display()
    reason = Reason("decided_already", _("该项现为“%(state)s”，不能再办理。") % {"state": state})
    done_by = getattr(row, f"{settled}_by")
    return AlreadyDone(reason, done_by=str(done_by or ""), done_at=getattr(row, f"{settled}_at"))


@dataclass(frozen=True, slots=True)
class FourEyes(Generic[Row]):
    """How rows of a model are put forward and decided; they have a protected `state` that begins as waiting."""

    model: type[Row]
    check_decider: Callable[[Row, User, datetime | None], object]  # raises Denied; does not ask who put it forward
    check_proposer: Callable[[Row, User, datetime | None], object]  # raises Denied, also once the office is lost
    own: Reason  # said to whoever put it forward and would decide it
    left: Reason  # said where whoever put it forward no longer answers for it in office
    wordless: Reason  # said where it is declined without a reason
    proposed: tuple[str, ...] = ("proposed_by",)  # who put it forward, then in whose place where that is possible
    settled: str = "settled"  # `settled_by`, `settled_at`
    keeps_lender: bool = False  # whether the row says in whose place it was settled: `settled_for`
    reason: str = "reason"  # field of the reason why it was declined
    least: int = 1  # letters of such a reason
    related: tuple[str, ...] = ()  # rows to be read with it

    def to_confirm(self, doing: Act, row: Row) -> Row:
        """The fresh row under its lock, for another person to give effect to, while its proposer is in office.

        Denied, AlreadyDone, Refusal. Its effect follows, and `settle`.
        """
        fresh = self._for_second(doing, row)
        people = [person for name in self.proposed if (person := getattr(fresh, name)) is not None]
        if not any(_allows(self.check_proposer, fresh, person, doing.at) for person in people):
            raise Refusal([self.left])
        return fresh

    def decline(self, doing: Act, row: Row, transition: Callable[[Row], object], reason: str) -> Row:
        """Another person leaves it without effect; also where its proposer has left. Denied, AlreadyDone, Refusal."""
        fresh = self._for_second(doing, row)
        most: int | None = getattr(self.model._meta.get_field(self.reason), "max_length", None)
        said = said_in_full(reason, self.wordless, least=self.least, most=most)
        self.settle(fresh, transition, by=doing.by, at=doing.at, **{self.reason: said})
        return fresh

    def withdraw(self, doing: Act, row: Row, transition: Callable[[Row], object]) -> Row:
        """Its proposer takes it back. Denied for everybody else, AlreadyDone."""
        fresh = self._locked(row)
        self.check_proposer(fresh, doing.by, doing.at)
        if doing.by != getattr(fresh, self.proposed[0]):
            raise Denied([NOT_OWN])
        self._check_waiting(fresh)
        self.settle(fresh, transition, by=doing.by, at=doing.at)
        return fresh

    def settle(self, row: Row, transition: Callable[[Row], object], *, by: User, at: datetime, **more: Any) -> None:
        """What became of it, by whom and when, in whose place where that is kept, with other fields."""
        transition(row)
        values = {f"{self.settled}_by": by, f"{self.settled}_at": at, **more}
        if self.keeps_lender:
            values[f"{self.settled}_for_id"] = by.stands_in_for.person if by.stands_in_for else None
        for name, value in values.items():
            setattr(row, name, value)
        row.save(update_fields=["state", *values])

    def check_second(self, row: Row, by: User, at: datetime | None = None) -> None:
        """Denied unless the person may decide it and has not put it forward, by an own or a lent office."""
        self.check_decider(row, by, at)
        check_another([getattr(row, f"{name}_id") for name in self.proposed], by, self.own)

    def may_decide(self, row: Row, by: User, at: datetime | None = None) -> bool:
        """Whether the person could decide it, now unless told otherwise; for the page that offers it."""
        return _allows(self.check_second, row, by, at)

    def _for_second(self, doing: Act, row: Row) -> Row:
        fresh = self._locked(row)
        self.check_second(fresh, doing.by, doing.at)
        self._check_waiting(fresh)
        return fresh

    def _locked(self, row: Row) -> Row:
        names = (*self.proposed, f"{self.settled}_by", *self.related)
        return self.model._default_manager.select_for_update(of=("self",)).select_related(*names).get(pk=row.pk)

    def _check_waiting(self, row: Any) -> None:
        if row.state != WAITING:
            raise decided_before(row, self.settled)


def _allows(check: Callable[[Row, User, datetime | None], object], row: Row, by: User, at: datetime | None) -> bool:
    try:
        check(row, by, at)
    except Denied:
        return False
    return True
