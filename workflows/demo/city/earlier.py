"""Municipal titles of earlier years, entered from the lists of those years: districts, years and ends differ."""

from __future__ import annotations

from datetime import date

from accreditation.enums import TitleState
from accreditation.services.titles import import_title
from workflows.demo.city.people import CityPeople
from workflows.demo.clock import DemoClock
from workflows.demo.story import Story

PART, YEARS = 4, 6  # one such title to so many cases of the city; years back from last year
ENTERED_BACK, TERM = 3, 3  # working days since they were entered; years that a title runs
EXPIRED_EACH, REVOKED_EACH = 7, 11
OFFICE = "banshi"


def enter_earlier_titles(story: Story, people: CityPeople, first: int, size: int) -> int:
    """So many as fit a city of `size` cases, of enterprises numbered from `first`; the number after the last."""
    at, office = DemoClock(story.world.calendar, story.now, ENTERED_BACK).at, story.world.people[OFFICE]
    count = size // PART
    for n in range(count):
        state, ground = _end(n)
        year, is_expired = at.year - 1 - n * 5 % YEARS, state == TitleState.EXPIRED
        year = min(year, at.year - TERM - 1) if is_expired else year
        import_title(
            story.world.programme, story.world.enterprise_of(people.enterprise(first + n)),
            granted_on=date(year, 12, 1),
            valid_until=date(year + TERM if is_expired else max(year + TERM, at.year + 1), 11, 30),
            announcement_number=f"示例市〔{year}〕9 号", provenance=f"{year} 年认定名单（示例）", by=office, at=at,
            state=state, ground=ground,
        )  # fmt: skip
    return first + count


def _end(n: int) -> tuple[TitleState, str]:
    """The state of the n-th title, and why where it stands no more."""
    if n % EXPIRED_EACH == EXPIRED_EACH - 1:
        return TitleState.EXPIRED, "期满未参加评价（示例）"
    if n % REVOKED_EACH == REVOKED_EACH - 1:
        return TitleState.REVOKED, "评价不合格，撤销（示例）"
    return TitleState.IN_FORCE, ""
