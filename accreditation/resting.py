"""No dated act before what it rests on: a document's day is held against the days of everything that came first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accreditation.errors import Reason
from accreditation.models import Application, Title

BEFORE_BASIS = "before_basis"
AHEAD = "day_to_come"
DAY_AHEAD = _("日期不能晚于今天。")


@dataclass(frozen=True, slots=True)
class Basis:
    """What an act rests on, in words, and the first day (in Shanghai) on which the act may be done."""

    what: str | Promise
    on: date


def basis(what: str | Promise, since: date | datetime | None) -> Iterator[Basis]:
    """What came first, where it came at all; an instant counts with its day in Shanghai."""
    if since is not None:
        yield Basis(what, day_of(since))


def day_of(value: date | datetime) -> date:
    """The day itself, or that of the instant in Shanghai."""
    return localtime(value).date() if isinstance(value, datetime) else value


def before_bases(day: date, bases: Iterable[Basis], field: str) -> Iterator[Reason]:
    """A reason for each basis that is later than the day, with both days."""
    late = {(str(one.what), one.on) for one in bases if day < one.on}
    for what, on in sorted(late, key=lambda one: one[1]):
        values = {"day": date_format(day), "what": what, "on": date_format(on)}
        yield Reason(BEFORE_BASIS, _("日期（%(day)s）不能早于%(what)s（%(on)s）。") % values, field)


def out_of_bounds(day: date, bases: Iterable[Basis], field: str, *, at: datetime) -> Iterator[Reason]:
    """The same, and a day that has not come by the time of the act."""
    if day > day_of(at):
        yield Reason(AHEAD, DAY_AHEAD, field)
    yield from before_bases(day, bases, field)


def grant_of(title: Title) -> Iterator[Basis]:
    """Nothing is said of a title before it was granted."""
    yield from basis(_("称号授予之日"), title.granted_on)


def bases_of_result(applications: Iterable[Application]) -> Iterator[Basis]:
    """What the publication of results rests on: the adopted minutes, and the day after the public notice."""
    for application in applications:
        if (decision := application.decision) is not None:
            what = _("会议纪要 %(no)s 的签发日") % {"no": decision.item.meeting.number}
            yield from basis(what, decision.decided_at)
        if (notice := application.notice) is not None:
            what = _("公示 %(no)s 期满的次日") % {"no": notice.number}
            yield Basis(what, day_of(notice.ends_at) + timedelta(days=1))
