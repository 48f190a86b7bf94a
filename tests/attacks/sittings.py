"""Meetings of a walk: called, begun, voted in, minuted and signed by whoever tries, or held in one go; then onward."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar

from django.db import transaction
from hypothesis import strategies as st

from accreditation.clocks import DeadlineState
from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice, MeetingState, NoticeState
from accreditation.errors import AlreadyDone, Denied, NotFound, Refusal
from accreditation.meeting_words import Signer
from accreditation.models import Application, Batch, Deadline, Meeting, Notice, RoleGrant, User
from accreditation.selectors import signers
from accreditation.services import meeting_course, meetings
from accreditation.services.meeting_signers import decline_minutes, replace_signer
from certificates.services.signing import sign_pending
from tests.attacks import invariants
from workflows import batch_acts
from workflows.tick import tick

BEFORE_COMMITTEE = S.UNDER_OVERALL_REVIEW
ORDER = {  # what comes next in a meeting
    "": "call", MeetingState.CALLED: "start", MeetingState.IN_SESSION: "vote", MeetingState.MINUTES_DRAFTED: "sign",
}  # fmt: skip
ANY = (
    "call", "start", "vote", "draft", "sign", "recuse", "leave", "cancel", "withdraw", "depart", "chair", "secretary",
    "decline",
)  # fmt: skip
REASON = "创新能力不足，须补充材料"
REFUSALS = (Denied, AlreadyDone, NotFound, Refusal)


class Sitting:
    """The committee of a world about one case."""

    def __init__(self, world: Any, case: Any) -> None:
        local = getattr(world, "local", None)
        self.world = world
        self.group: list[User] = local.group if local else world.cast.members
        self.secretary: User = world.people[world.officer if local else "office"]
        self.application = Application.objects.select_related("batch").get(case=case)
        self.meeting = Meeting.objects.filter(items__application=self.application, items__is_open=True).last()

    @property
    def next(self) -> str:
        """What comes next; once everybody has voted the minutes."""
        state = self.meeting.state if self.meeting else ""
        if self.meeting and signers.lost_signers([self.meeting], self.world.at)[self.meeting.pk]:
            return Signer.CHAIR.value
        if state == MeetingState.IN_SESSION and self._item().votes.count() == len(self.group):
            return "draft"
        return ORDER[state]

    def act(self, name: str, by: User, choice: Choice) -> None:
        """One act of the meeting by this person; raises what the rules have against it."""
        if name == "call":
            batch = Batch.objects.get(pk=self.application.batch_id)
            meetings.call_meeting(
                batch, [self.application], held_at=self.world.at, place="示例", chair=self.group[0],
                secretary=self.secretary, by=by, at=self.world.at,
            )  # fmt: skip
            return
        if self.meeting is None:
            raise NotFound(name)
        deeds: dict[str, Callable[..., object]] = {
            "start": lambda **who: meetings.start_meeting(self.meeting, present=self.group, **who),
            "vote": lambda **who: meetings.cast_vote(self._item(), choice=choice, remark=REASON, **who),
            "draft": lambda **who: meetings.draft_minutes(self.meeting, reasons={1: REASON}, **who),
            "sign": lambda **who: batch_acts.sign_minutes(self.meeting, sha256=self.meeting.minutes_sha256, **who),
            "recuse": lambda **who: meetings.declare_recusal(self._item(), tie="曾任职", **who),
            "leave": lambda **who: meeting_course.note_presence(
                self.meeting, self.group[-1], is_present=False, reason="另有公务", **who
            ),
            "cancel": lambda **who: meeting_course.cancel_meeting(self.meeting, reason=REASON, **who),
            "withdraw": lambda **who: meeting_course.withdraw_minutes(self.meeting, reason=REASON, **who),
            "decline": self._decline,
            "depart": self._depart,
            **{part.value: partial(self._replace, part) for part in Signer},
        }
        deeds[name](by=by, at=self.world.at)

    def whose(self, name: str) -> list[User]:
        """Who may try it with reason."""
        if name in ("vote", "recuse"):
            return self.group
        chair = self.meeting.chair if self.meeting else self.group[0]
        return [self.secretary, chair] if name in ("sign", "decline") else [self.secretary]

    def _decline(self, *, by: User, at: datetime) -> None:
        """Who has not signed sends the text back; nothing stays of it but the trail, and never the own signature."""
        assert self.meeting is not None
        before = Meeting.objects.get(pk=self.meeting.pk)
        decline_minutes(self.meeting, sha256=self.meeting.minutes_sha256, reason=REASON, by=by, at=at)
        after = Meeting.objects.get(pk=before.pk)
        own = before.signed_by_chair_at if by == before.chair else before.signed_by_secretary_at
        assert (own, by in (before.chair, before.secretary)) == (None, True)
        assert (after.signed_by_chair_at, after.signed_by_secretary_at) == (None, None)
        assert (after.state, after.minutes, after.minutes_sha256) == (MeetingState.IN_SESSION, "", "")

    def _depart(self, *, by: User, at: datetime) -> None:
        """The chair leaves the committee, by whatever befalls its members; nobody of the meeting has a say in it."""
        assert self.meeting is not None
        if not RoleGrant.objects.filter(user=self.meeting.chair, revoked_at__isnull=True).update(revoked_at=at):
            raise NotFound("depart")

    def _replace(self, part: Signer, *, by: User, at: datetime) -> None:
        """Another is named; who can still sign is never put aside, nor whoever has signed."""
        assert self.meeting is not None
        before = Meeting.objects.get(pk=self.meeting.pk)
        may_be = {each.which for each in signers.lost_signers([before], at)[before.pk]}
        people = signers.candidates(before, part, at) or self.group[1:]
        replace_signer(self.meeting, part, people[0], reason=REASON, by=by, at=at)
        after = Meeting.objects.get(pk=before.pk)
        assert part in may_be, part
        assert (after.signed_by_chair_at, after.signed_by_secretary_at) == (None, None)
        assert after.state == MeetingState.IN_SESSION
        assert after.chair != after.secretary

    def _item(self) -> Any:
        assert self.meeting is not None
        return self.meeting.items.get(application=self.application)


class Committee:
    """Deeds of a walk in which the committee sits, and those that lead from its decision to the certificate."""

    world: Any
    case: Any
    people: dict[str, list[User]]
    keys: Any = None  # of the certificates, where the procedure has any
    is_straight: ClassVar[bool] = False  # whether each meeting is held in one go and in favour
    done: ClassVar[set[tuple[str, str]]]

    def _meeting(self, data: st.DataObject) -> bool:
        """A meeting held in one go or a step of it; where the case is not before the committee, the next step of it."""
        if not Application.objects.filter(case=self.case, state=BEFORE_COMMITTEE).exists():
            return self._onward(data)
        if self.is_straight:
            return self._hold(Choice.RECOGNISE)
        choice = data.draw(st.sampled_from([Choice.RECOGNISE, Choice.POSTPONE, Choice.REFUSE]), label="choice")
        if data.draw(st.sampled_from([True, False]), label="in one go"):
            return self._hold(choice)
        sitting = Sitting(self.world, self.case)
        name = data.draw(st.sampled_from([sitting.next] * len(ANY) + [*ANY]), label="of the meeting")
        strangers = [users[0] for users in self.people.values()]
        by = data.draw(st.sampled_from(sitting.whose(name) * 2 + strangers), label="by")
        return self._try(sitting, name, by, choice)

    def _hold(self, choice: Choice) -> bool:
        """What is left of the meeting, by those whose it is; it stops where the rules have something against it."""
        has_done = False
        for _step in range(len(ANY)):
            sitting = Sitting(self.world, self.case)
            name = sitting.next
            did = [self._try(sitting, name, person, choice) for person in sitting.whose(name)]
            has_done = has_done or any(did)
            decided = not Application.objects.filter(case=self.case, state=BEFORE_COMMITTEE).exists()
            if decided or not any(did):
                break
        return has_done

    def _try(self, sitting: Sitting, name: str, by: User, choice: Choice) -> bool:
        """Whether it was done; refused, it must have changed nothing."""
        before = invariants.photograph()
        try:
            with transaction.atomic():
                sitting.act(name, by, choice)
        except REFUSALS:
            assert list(invariants.changed_since(before)) == [], name
            return False
        self.done.add((BEFORE_COMMITTEE, f"meeting: {name}"))
        return True

    def _onward(self, data: st.DataObject) -> bool:
        """The step that leads to the certificate: the first way on, else the end of a notice, else the signing."""
        state = self._state()
        if ways := self._ways_on():
            return self._take(data, ways[:1])
        ends = Notice.objects.filter(state=NoticeState.PUBLISHED).values_list("ends_at", flat=True)
        if state == S.UNDER_NOTICE and ends:
            running = Deadline.objects.filter(case=self.case, state=DeadlineState.RUNNING).values_list(
                "due_at", flat=True
            )
            self.world.at = max([self.world.at, *ends, *running]) + timedelta(seconds=1)
            return bool(tick(self.world.at).fired)
        if state == S.RECOGNISED and self.keys is not None:
            signed = sign_pending(limit=5, at=self.world.at, keys=self.keys)
            if signed:
                self.done.add((state, "signed"))
            return bool(tick(self.world.at).certificates_noted or signed)
        return self._allowed(data)

    def _state(self) -> str:
        raise NotImplementedError

    def _ways_on(self) -> list[tuple[str, str]]:
        raise NotImplementedError

    def _take(self, data: st.DataObject, choices: list[tuple[str, str]]) -> bool:
        raise NotImplementedError

    def _allowed(self, data: st.DataObject) -> bool:
        raise NotImplementedError
