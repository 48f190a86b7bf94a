"""One browser that walks through the pages as one person after the other, and the clock that moves on meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

from django.urls import resolve
from playwright.sync_api import Locator, Page, expect

from accreditation.models import Application, Batch, Case
from tests.browser.checks import check_page
from workflows.demo.clock import DemoClock
from workflows.demo.telling import Teller
from workflows.demo.turns import Turns
from workflows.demo.world import World
from workflows.workdays import SHANGHAI

MONDAY, MORNING = 0, time(9, 5)


class MovingClock:
    """`django.utils.timezone.now` of the product: some time ago, running on from there, moved forward by the test."""

    def __init__(self, start: datetime) -> None:
        self.behind = datetime.now(UTC) - start

    def now(self) -> datetime:
        """The instant that the product takes for the present."""
        return datetime.now(UTC) - self.behind

    def move_to(self, instant: datetime) -> None:
        """Forward only."""
        assert instant >= self.now(), "the clock does not go back"
        self.behind = datetime.now(UTC) - instant

    def to_morning(self, day: date) -> None:
        """The morning of a later day in Shanghai."""
        self.move_to(datetime.combine(day, MORNING, SHANGHAI))

    def to_present(self) -> None:
        """Where processes beside this one are all the time."""
        self.move_to(datetime.now(UTC) - timedelta(milliseconds=1))


def monday_morning(weeks_ago: int) -> datetime:
    """The morning of a Monday that lies so many weeks back."""
    today = datetime.now(SHANGHAI).date()
    monday = today - timedelta(days=(today.weekday() - MONDAY) + 7 * weeks_ago)
    return datetime.combine(monday, MORNING, SHANGHAI)


def press_account(page: Page, username: str) -> None:
    """Press the button of an account on the log-in page of the demo; its group is unfolded first."""
    group = page.locator("details.demo-group").filter(has=page.locator(f'button[value="{username}"]'))
    if group.get_attribute("open") is None:
        group.locator("summary").click()
    group.locator(f'button[value="{username}"]').click()


def enter(page: Page, username: str, onward: str) -> None:
    """Log in by the demo's button and go on."""
    page.goto(f"/login/?next={quote(onward)}")
    with page.expect_navigation():
        press_account(page, username)
    assert urlsplit(page.url).path == onward, f"{username} came to {page.url} instead of {onward}"


@dataclass
class Walk:
    """The page in front of the person; every address that comes into view for the first time is checked.

    `english` is a second browser of the same person that asks for English: with it the checks are made there.
    """

    page: Page
    world: World
    clock: MovingClock
    english: Page | None = None
    is_checked: bool = True
    person: str = ""
    method: str = "GET"
    seen: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)  # of all English pages, told together at the end

    def enter(self, username: str, onward: str) -> Page:
        """Leave whoever was here and log in by the demo's button."""
        self.leave()
        enter(self.page, username, onward)
        self.person, self.method = username, "GET"
        return self.look()

    def leave(self) -> None:
        """Nobody is logged in."""
        self.page.context.clear_cookies()
        self.person = ""

    def go(self, path: str) -> Page:
        """Open an address."""
        answer = self.page.goto(path)
        status = answer.status if answer else None
        assert status == 200, f"{self.person} got {status} for {path}"
        self.method = "GET"
        return self.look()

    def press(self, name: str, within: Page | Locator | None = None) -> Page:
        """A button that sends its form."""
        return self.follow((within or self.page).get_by_role("button", name=name, exact=True))

    def open_link(self, name: str, within: Page | Locator | None = None) -> Page:
        """The first link of that name."""
        return self.follow((within or self.page).get_by_role("link", name=name).first)

    def follow(self, control: Locator) -> Page:
        """Click whatever leads to another page."""
        with self.page.expect_navigation() as navigation:
            control.click()
        self.method = navigation.value.request.method
        return self.look()

    def look(self, state: str = "") -> Page:
        """All checks, once for each URL name and title, and once more for each state named."""
        title = re.sub(r"[A-Z0-9-]{2,}", "", self.page.title())
        name = f"{resolve(urlsplit(self.page.url).path).view_name} {title} {state}"
        if self.is_checked and name not in self.seen:
            self.seen.add(name)
            self._check()
        return self.page

    def _check(self) -> None:
        """In Chinese with axe; in English the language and the width, where the address can be opened again."""
        if self.english is None:
            check_page(self.page, widths=(1280,))
            check_page(self.page, widths=(390,), axe=False)
        elif self.method == "GET":
            self.english.context.clear_cookies()
            self.english.context.add_cookies(self.page.context.cookies())  # type: ignore[arg-type]  # what it gave
            self.english.goto(self.page.url)
            assert self.english.evaluate("document.documentElement.lang") == "en"
            try:
                check_page(self.english, axe=False)
            except AssertionError as fault:
                self.faults.append(str(fault).splitlines()[0])

    def told(self, text: str) -> None:
        """The page says so."""
        expect(self.page.locator("main")).to_contain_text(text)

    @contextmanager
    def downloading(self, into: Path) -> Iterator[None]:
        """What is clicked inside is a download, saved as the file."""
        with self.page.expect_download() as download:
            yield
        download.value.save_as(into)


@dataclass
class Journey:
    """What the hands of the main job pass on: the walk, the batch, numbers of the cases by applicant, files."""

    walk: Walk
    files: Path
    environment: dict[str, str]
    numbers: dict[str, str] = field(default_factory=dict)

    @property
    def page(self) -> Page:
        """The page in front of whoever acts."""
        return self.walk.page

    @property
    def batch(self) -> Batch:
        """The batch of the journey."""
        return Batch.objects.select_related("programme", "rule_set").get()

    def case(self, username: str) -> Case:
        """The case of an applicant, as it is now."""
        return Case.objects.select_related("enterprise").get(number=self.numbers[username])

    def state(self, username: str) -> str:
        """The legal state of that case."""
        return str(Application.objects.get(case__number=self.numbers[username]).state)

    def turns(self) -> Turns:
        """The demo's hands, for cases that only keep this one company; they act at the present instant."""
        return turns_at(self.walk.world, self.walk.clock.now())


def turns_at(world: World, now: datetime) -> Turns:
    """The demo's hands at one instant, with nothing printed."""
    clock = DemoClock(world.calendar, now, 0)
    clock.at = now
    return Turns(Teller(lambda _told: None), world, clock)
