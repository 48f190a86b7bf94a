"""Steps of a case from one state to the next, each by its own role, for tests that start in the middle."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accreditation.enums import Choice
from accreditation.models import Application, Case, Meeting, User
from accreditation.services import meetings
from accreditation.services.rule_sets import rules_of
from accreditation.services.tallies import recused_members
from tests.factories.cast import Cast
from tests.factories.snapshots import remembered
from workflows import batch_acts, door


@remembered
def answer_gates(case: Case, by: User, at: datetime) -> None:
    """Answer every condition that no figure decides, in favour."""
    for gate in rules_of(case.application.batch).gates:
        if gate.is_answered and gate.is_binding:
            form = {"gate": gate.code, "is_met": True, "reason": "经查符合"}
            door.perform(case, "answer_gate", by=by, at=at, form=form)


@remembered
def recommend(cast: Cast, case: Case, at: datetime) -> None:
    """Accepted and recommended by its district."""
    officer = cast.pudong if case.district == "310115" else cast.jiading
    door.perform(case, "accept", by=officer, at=at)
    answer_gates(case, officer, at)
    door.perform(case, "recommend", by=officer, at=at, form={"opinion": "材料齐全，同意推荐"})


@remembered
def seat_panel(cast: Cast, case: Case, at: datetime) -> None:
    """Checked for completeness and handed to the first five experts."""
    door.perform(case, "pass_completeness_check", by=cast.office, at=at)
    form = {"experts": cast.experts[:5], "reason": "测试指定的专家"}
    door.perform(case, "appoint_panel", by=cast.office, at=at, form=form)


def marks(case: Case, share: int = 4) -> dict[str, Any]:
    """Marks of `share` fifths of each heading's most."""
    section = rules_of(case.application.batch).expert_review
    assert section is not None
    return {h.code: {"points": str(h.most.amount() * share // 5), "reason": "符合要求"} for h in section.headings}


@remembered
def review_all(cast: Cast, case: Case, at: datetime) -> None:
    """All five declare and hand in."""
    for expert in cast.experts[:5]:
        door.perform(case, "declare_no_tie", by=expert, at=at)
        door.perform(case, "submit_review", by=expert, at=at, form={"marks": marks(case), "opinion": "同意"})


def to_committee(cast: Cast, case: Case, at: datetime) -> None:
    """From submitted to waiting for the committee."""
    recommend(cast, case, at)
    seat_panel(cast, case, at)
    review_all(cast, case, at)


@remembered
def hold_meeting(cast: Cast, cases: list[Case], at: datetime, choices: dict[str, Choice] | None = None) -> Meeting:
    """A meeting at which all are present and, but for who stepped out, vote alike on each case; signed by both."""
    wanted = choices or {}
    applications = [Application.objects.get(case=case) for case in cases]
    meeting = meetings.call_meeting(
        cast.batch, applications, held_at=at, place="示例会议室", chair=cast.members[0], secretary=cast.office,
        by=cast.office, at=at,
    )  # fmt: skip
    meeting = meetings.start_meeting(meeting, present=cast.members, by=cast.office, at=at)
    reasons: dict[int, str] = {}
    for item in meeting.items.select_related("application__case"):
        choice = wanted.get(item.application.case.number, Choice.RECOGNISE)
        reasons[item.position] = "" if choice == Choice.RECOGNISE else "创新能力不足"
        recused = recused_members(item)
        for member in (one for one in cast.members if one.pk not in recused):
            remark = reasons[item.position]
            meetings.cast_vote(item, choice=choice, remark=remark, by=member, at=at)
    meeting = meetings.draft_minutes(meeting, reasons=reasons, by=cast.office, at=at)
    batch_acts.sign_minutes(meeting, sha256=meeting.minutes_sha256, by=cast.office, at=at)
    return batch_acts.sign_minutes(meeting, sha256=meeting.minutes_sha256, by=cast.members[0], at=at)


@remembered
def publish(cast: Cast, cases: list[Case], at: datetime) -> Any:
    """In public notice."""
    applications = [Application.objects.get(case=case) for case in cases]
    return batch_acts.publish_notice(cast.batch, applications, body="公示", by=cast.publisher, at=at)
