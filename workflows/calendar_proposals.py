"""Four eyes over the calendar of working days: one person puts a published year forward, another takes it into use.

A year moves the deadlines of everybody, so that nobody replaces it alone: an operator proposes, on the page or by the
command, and another operator or an officer who runs batches confirms what was tried on the running clocks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accreditation.acts import Replayed, act, fingerprint
from accreditation.batch_words import ProposalState
from accreditation.errors import Denied, Reason, Refusal
from accreditation.four_eyes import FourEyes
from accreditation.holdings import who_hold
from accreditation.models import CalendarProposal, User
from accreditation.permissions import has_any_power, has_power, persons_behind
from accreditation.roles import Power
from accreditation.services.numbers import next_number_at
from workflows.calendar import current_calendar
from workflows.calendar_import import LEDGER, MOST_SOURCE, CalendarLine, MovedClock, take_year, tried
from workflows.workdays import WorkCalendar

CONFIRMING = (Power.OPERATE, Power.RUN_BATCHES)
LEAST_WORKED, MOST_WORKED = 240, 260  # working days of a year; the plans of 2014 to 2026 have 247 to 252
OWN = Reason("four_eyes", _("提请人不能确认或者不予确认本人的提请。"))


def check_proposer(by: User, at: datetime | None) -> None:
    """Denied unless the person operates the installation."""
    if not has_power(by, Power.OPERATE, at=at):
        raise Denied([Reason("no_power", _("只有系统管理员可以提请导入工作日历。"))])


def _check_decider(row: CalendarProposal, by: User, at: datetime | None) -> None:
    """Denied also for the proposer, to whom it says who can."""
    if not has_any_power(by, CONFIRMING):
        raise Denied([Reason("no_power", _("只有系统管理员或者市认定办公室经办人可以确认工作日历。"))])
    if row.proposed_by_id in persons_behind(by):
        others = "、".join(map(str, confirmers(by, at)))
        text = _("提请人不能办理本人的提请；可由%(who)s办理。") if others else _(
            "提请人不能办理本人的提请；现无其他人可以办理，请先由安全管理员为他人授予职权。"
        )  # fmt: skip
        raise Denied([Reason(OWN.code, text % {"who": others})])


FOUR_EYES = FourEyes(
    CalendarProposal,
    check_decider=_check_decider,
    check_proposer=lambda _row, by, at: check_proposer(by, at),
    own=OWN,
    left=Reason("proposer_left", _("提请人已不是系统管理员，请不予确认，由他人重新提请。")),
    wordless=Reason("reason_needed", _("请写明不予确认的理由。"), "reason"),
    reason="decline_reason",
)


def confirmers(by: User, at: datetime | None = None) -> list[User]:
    """Who could confirm what this person puts forward."""
    found = {person.pk: person for power in CONFIRMING for person in who_hold(power, None, at)}
    return [person for key, person in sorted(found.items()) if key != by.pk]


# --- What a year would do ---------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ChangedDay:
    """A day that is worked or free by the plan, and was the other before."""

    day: date
    is_working: bool
    name: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What a year would do as things stand: its days, how many are worked, days that change, clocks that move."""

    days: int
    worked: int
    changed: list[ChangedDay]
    moved: list[MovedClock] = field(default_factory=list)

    @property
    def earlier(self) -> list[MovedClock]:
        """Clocks of offices that would be due before the day they have now."""
        return [clock for clock in self.moved if clock.after < clock.before]

    @property
    def kept(self) -> list[MovedClock]:
        """Clocks of private parties that the plan would shorten and that keep their day."""
        return [clock for clock in self.moved if clock.is_kept]


def trial_of(year: int, days: list[CalendarLine]) -> Trial:
    """Try a year on every running clock without writing anything."""
    before = current_calendar()
    after = with_year(before, year, days)
    names = {day: name for day, _working, name in days}
    every = list(_days_of(year))
    changed = [
        ChangedDay(day, after.is_working(day), names.get(day, ""))
        for day in every
        if before.is_working(day) != after.is_working(day)
    ]
    return Trial(len(every), sum(map(after.is_working, every)), changed, list(tried(after)))


def with_year(calendar: WorkCalendar, year: int, days: list[CalendarLine]) -> WorkCalendar:
    """A calendar in which one year is replaced."""
    others = {day: working for day, working in calendar.departures.items() if day.year != year}
    taken = {day: working for day, working, _name in days}
    return WorkCalendar(others | taken, calendar.published | {year})


def implausible(year: int, days: list[CalendarLine]) -> Iterator[Reason]:
    """Too few or too many working days for any plan of the State Council."""
    worked = sum(map(with_year(WorkCalendar({}, frozenset()), year, days).is_working, _days_of(year)))
    if not LEAST_WORKED <= worked <= MOST_WORKED:
        text = _("%(year)d 年共 %(days)d 天，按此日历工作日为 %(n)d 天，应在 %(least)d 至 %(most)d 天之间。")
        values = {"year": year, "days": len(list(_days_of(year))), "n": worked}
        yield Reason("working_days", text % (values | {"least": LEAST_WORKED, "most": MOST_WORKED}), "file")


def _days_of(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))


# --- What is put forward, and what the second person makes of it ------------------------------------------------------
def propose(
    year: int, days: list[CalendarLine], *, source: str, by: User, at: datetime, request_key: str | None = None
) -> CalendarProposal:
    """Put a year before a second person; nothing changes yet. Denied, Refusal with every reason against it."""
    plain = [[day.isoformat(), working, name] for day, working, name in days]
    request = fingerprint("propose_calendar", year, plain, source)
    try:
        with act(
            LEDGER, "propose_calendar", by=by, at=at, acting_as="operator", request_key=request_key, request=request
        ) as doing:
            check_proposer(by, at)
            reasons = list(implausible(year, days))
            if len(source) > MOST_SOURCE:
                text = _("依据不超过 %(most)d 个字，现有 %(n)d 个字。")
                reasons.append(Reason("source_too_long", text % {"most": MOST_SOURCE, "n": len(source)}, "source"))
            if CalendarProposal.objects.filter(year=year, state=ProposalState.WAITING).exists():
                text = _("%(year)d 年已有一份日历在等候确认，可先撤回再提请。")
                reasons.append(Reason("proposed_already", text % {"year": year}))
            if reasons:
                raise Refusal(reasons)
            found = trial_of(year, days)
            row = CalendarProposal.objects.create(
                number=next_number_at("CAL", at), year=year, days=plain, source=source, proposed_by=by, proposed_at=at,
                checksum=checksum_of(year, plain, source),
            )  # fmt: skip
            doing.note(proposal=row.number, year=year, source=source, sha256=row.checksum, days=len(days))
            doing.note(changed=len(found.changed), moved=len(found.moved), earlier=len(found.earlier))
            doing.tell(confirmers(by, at), "calendar_proposed", proposal=row.number, year=year)
            doing.reply(proposal=row.number)
    except Replayed as replayed:
        return CalendarProposal.objects.get(number=replayed.answer["proposal"])
    return row


def checksum_of(year: int, days: list[list[object]], source: str) -> str:
    """SHA-256 over everything that is put forward."""
    return hashlib.sha256(json.dumps([year, days, source], ensure_ascii=False).encode()).hexdigest()


def lines_of(row: CalendarProposal) -> list[CalendarLine]:
    """The departures that a proposal holds."""
    return [(date.fromisoformat(day), working, name) for day, working, name in row.days]


def days_of(row: CalendarProposal) -> list[ChangedDay]:
    """The same for people."""
    return [ChangedDay(*line) for line in lines_of(row)]


@transaction.atomic
def confirm(proposal: CalendarProposal, *, by: User, at: datetime) -> CalendarProposal:
    """Take the year into use and compute every running clock again. Denied for the proposer, AlreadyDone, Refusal."""
    with act(LEDGER, "import_calendar", by=by, at=at, acting_as=_office_of(by)) as doing:
        row = FOUR_EYES.to_confirm(doing, proposal)
        done = take_year(row.year, lines_of(row), source=row.source, by=by, at=at)
        FOUR_EYES.settle(row, CalendarProposal.confirm, by=by, at=at)
        doing.note(proposal=row.number, proposed_by=row.proposed_by_id, year=row.year, days=done.days)
        doing.note(source=row.source, sha256=row.checksum, recomputed=done.recomputed)
        doing.tell(row.proposed_by, "calendar_confirmed", proposal=row.number, year=row.year)
    return row


def decline(proposal: CalendarProposal, *, reason: str, by: User, at: datetime) -> CalendarProposal:
    """Leave it without effect; its proposer is told the reason. Denied as for confirming, AlreadyDone, Refusal."""
    with act(LEDGER, "decline_calendar", by=by, at=at, acting_as=_office_of(by)) as doing:
        row = FOUR_EYES.decline(doing, proposal, CalendarProposal.decline, reason)
        doing.note(proposal=row.number, year=row.year, reason=row.decline_reason)
        doing.tell(row.proposed_by, "calendar_declined", proposal=row.number, year=row.year, reason=row.decline_reason)
    return row


def withdraw(proposal: CalendarProposal, *, by: User, at: datetime) -> CalendarProposal:
    """Take the own proposal back. Denied for everybody else, AlreadyDone when it is decided."""
    with act(LEDGER, "withdraw_calendar", by=by, at=at, acting_as="operator") as doing:
        row = FOUR_EYES.withdraw(doing, proposal, CalendarProposal.withdraw)
        doing.note(proposal=row.number, year=row.year)
    return row


def _office_of(by: User) -> str:
    return "operator" if has_power(by, Power.OPERATE) else "municipal_officer"
