"""When the clocks of which kind remind whom: ladders as data.

A step lies so many working days before (negative) or after the last day of the clock. Ahead of time and on the first
day of delay the holder is spoken to, later the next level above, at last the supervising authority.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from accreditation.clocks import DeadlineKind
from accreditation.reminders import ReminderAudience
from accreditation.roles import Power
from workflows.workdays import SHANGHAI, WorkCalendar

OFFICE_OPENS = time(8, 30)  # nobody is called at midnight
HOLDER, SUPERIOR, HEAD = ReminderAudience.HOLDER, ReminderAudience.SUPERIOR, ReminderAudience.HEAD


@dataclass(frozen=True, slots=True)
class Step:
    """One rung: code, working days from the last day, audience."""

    code: str
    offset: int
    audience: ReminderAudience

    def day(self, last: date, calendar: WorkCalendar) -> date:
        """The day on which it is due for a clock that ends on `last`."""
        if self.offset < 0:
            return calendar.before(last, -self.offset)
        return calendar.add(last, self.offset)[0]

    def instant(self, last: date, calendar: WorkCalendar) -> datetime:
        """From when on it is sent: when the offices open on that day."""
        return datetime.combine(self.day(last, calendar), OFFICE_OPENS, SHANGHAI)


Ladder = tuple[Step, ...]

AHEAD: Ladder = (
    Step("ahead_5", -5, HOLDER),
    Step("ahead_2", -2, HOLDER),
    Step("last_day", 0, HOLDER),
)
OVERDUE: Ladder = (
    Step("overdue_1", 1, HOLDER),
    Step("overdue_2", 2, SUPERIOR),
    Step("overdue_5", 5, HEAD),
)
OF_A_PARTY: Ladder = AHEAD  # the clock itself acts when the party lets its time pass
OF_AN_AUTHORITY: Ladder = AHEAD + OVERDUE
SILENCE_ACTS: Ladder = AHEAD[1:]  # five working days, after which silence is an answer
NOBODY_ACTS: Ladder = ()
OF_A_GOAL: Ladder = AHEAD[1:] + OVERDUE[:2]  # the supervising authority watches over limits, which a goal is not
OF_A_REQUEST: Ladder = AHEAD[2:] + OVERDUE[:1]  # three days of those who stand above an officer already

LADDERS: Mapping[str, Ladder] = {
    DeadlineKind.FORWARDING: OF_AN_AUTHORITY,
    DeadlineKind.ACCEPTANCE: SILENCE_ACTS,
    DeadlineKind.FIRST_REVIEW: OF_AN_AUTHORITY,
    DeadlineKind.CORRECTION: OF_A_PARTY,
    DeadlineKind.COMPLETENESS_CHECK: OF_AN_AUTHORITY,
    DeadlineKind.EXPERT_REVIEW: OF_AN_AUTHORITY,
    DeadlineKind.NOTICE: NOBODY_ACTS,
    DeadlineKind.DEFENCE: OF_A_PARTY,
    DeadlineKind.HEARING: OF_AN_AUTHORITY,
    DeadlineKind.ORDER: OF_AN_AUTHORITY,
    DeadlineKind.EFFECT: NOBODY_ACTS,
    DeadlineKind.SUSPENSION: NOBODY_ACTS,
    DeadlineKind.CONSULTATION: OF_AN_AUTHORITY,
    DeadlineKind.FIGURE_CHECK: OF_AN_AUTHORITY,
    DeadlineKind.FIGURE_ANSWER: OF_A_PARTY,
    DeadlineKind.OBJECTION_STATEMENT: OF_A_PARTY,
    DeadlineKind.REOPENING_STATEMENT: OF_A_PARTY,
    DeadlineKind.CHANGE_OPINION: OF_AN_AUTHORITY,
    DeadlineKind.CHANGE_RECEIVING: OF_AN_AUTHORITY,
    DeadlineKind.CHANGE_CORRECTION: OF_A_PARTY,
    DeadlineKind.CHANGE_CONFIRMATION: OF_AN_AUTHORITY,
    DeadlineKind.YEARLY_REPORT: OF_A_PARTY,
    DeadlineKind.RECTIFICATION: OF_A_PARTY,
    DeadlineKind.REEXAMINATION_MATERIAL: OF_A_PARTY,
    DeadlineKind.REEXAMINATION_REVIEW: OF_AN_AUTHORITY,
    DeadlineKind.RECONSIDERATION_EXAMINATION: OF_AN_AUTHORITY,
    DeadlineKind.RECONSIDERATION_SUPPLEMENT: OF_A_PARTY,
    DeadlineKind.RECONSIDERATION_ANSWER: OF_A_PARTY,
    DeadlineKind.RECONSIDERATION: OF_AN_AUTHORITY,
    DeadlineKind.RECUSAL_ANSWER: OF_A_REQUEST,
    DeadlineKind.GOAL: OF_A_GOAL,
}


def ladder_of(kind: str, fires: str) -> Ladder:
    """The ladder of a clock; one that is not listed is taken for a party's where it acts by itself when due."""
    return LADDERS.get(kind, OF_A_PARTY if fires else OF_AN_AUTHORITY)


@dataclass(frozen=True, slots=True)
class Above:
    """Who stands above the holders of a power: powers of the next level and of the supervising authority.

    Before both stand the supervisors of the officers' own authority, where it has any.
    A power with `here` is looked for in the district, zone or group of the case, without it in the municipal office.
    """

    superior: Power
    head: Power
    superior_here: bool = False
    head_here: bool = False
    has_supervisor: bool = False  # 负责人: the first above an officer, where the authority has one


_LOCAL = Above(Power.PUBLISH_LOCALLY, Power.CHECK_COMPLETENESS, superior_here=True, has_supervisor=True)
_MUNICIPAL = Above(Power.PUBLISH, Power.AUDIT, has_supervisor=True)

ABOVE: Mapping[Power, Above] = {
    Power.FORWARD: Above(Power.REVIEW_FIRST, Power.CHECK_COMPLETENESS, superior_here=True, has_supervisor=True),
    Power.REVIEW_FIRST: Above(Power.CHECK_COMPLETENESS, Power.PUBLISH, has_supervisor=True),
    Power.CHECK_COMPLETENESS: _MUNICIPAL,
    Power.APPOINT_PANELS: _MUNICIPAL,
    Power.CALL_MEETINGS: _MUNICIPAL,
    Power.PUBLISH: Above(Power.CHECK_COMPLETENESS, Power.AUDIT, has_supervisor=True),
    Power.REVIEW_AS_EXPERT: Above(Power.APPOINT_PANELS, Power.PUBLISH),
    Power.VERIFY_FIGURES: Above(Power.CHECK_COMPLETENESS, Power.PUBLISH),
    Power.RUN_LOCALLY: _LOCAL,
    Power.PUBLISH_LOCALLY: _LOCAL,
    Power.PREPARE_ORDERS: _MUNICIPAL,
    Power.ANSWER_CHALLENGES: _MUNICIPAL,
    Power.MAKE_ORDERS: _MUNICIPAL,
    Power.REVIEW_RECONSIDERATIONS: Above(Power.DECIDE_RECONSIDERATIONS, Power.AUDIT),
    Power.DECIDE_RECONSIDERATIONS: Above(Power.AUDIT, Power.AUDIT),
}
ABOVE_LOCAL_EXPERTS = Above(Power.RUN_LOCALLY, Power.PUBLISH_LOCALLY, superior_here=True, head_here=True)
