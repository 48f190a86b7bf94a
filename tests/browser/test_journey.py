"""The main job in a real browser, through the pages of all roles: from the open batch to the verified certificate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone
from playwright.sync_api import Page

from accreditation.audit import verify_all
from accreditation.enums import ApplicationState
from accreditation.models import Batch, BatchProposal
from accreditation.services.rule_sets import store_edition
from tests.browser import applying, deciding, reviewing, verifying
from tests.browser.walk import Journey, MovingClock, Walk, monday_morning
from workflows.consistency import check_all
from workflows.demo.world import RULES, make_world, open_demo_batch

OpenPage = Callable[..., Page]
LEAST_PAGES = 80
WEEKS_AGO = 6  # room for the working days of the notice and a long public holiday

pytestmark = pytest.mark.poppler


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> MovingClock:
    """The clock of the live server, which runs in this process."""
    moving = MovingClock(monday_morning(WEEKS_AGO))
    monkeypatch.setattr(timezone, "now", moving.now)
    return moving


@pytest.fixture
def journey(
    open_page: OpenPage,
    settings: LazySettings,
    var_dir: Path,
    clock: MovingClock,
    child_environment: dict[str, str],
    tmp_path: Path,
) -> Journey:
    """The whole cast on a site in demo mode; no batch yet."""
    settings.ACCREDITATION_DEMO = True
    world = make_world(clock.now())
    store_edition(RULES, at=clock.now())
    environment = {**child_environment, "ACCREDITATION_DEMO": "1"}
    return Journey(Walk(open_page(), world, clock), tmp_path, environment)


def open_batch(journey: Journey) -> None:
    """One officer prepares the batch on the stored edition, another opens it."""
    walk, page = journey.walk, journey.page
    walk.enter("banshi", "/office/batches/")
    walk.open_link("开启批次")
    page.get_by_label("项目", exact=True).select_option(label=walk.world.programme.name_zh)
    page.get_by_label("批次序号").fill("34")
    walk.press("提请开启")
    walk.enter("banshi2", f"/office/batch-acts/{BatchProposal.objects.get().number}/")
    walk.press("核对无误，确认")
    batch = Batch.objects.get()
    assert batch.rule_set.reference == RULES
    walk.go(f"/office/batches/{batch.code}/")
    walk.go(f"/rules/{batch.code}/")
    walk.go("/guide/")
    walk.go(f"/guide/{batch.programme.code}/")


def apply(journey: Journey) -> None:
    applying.open_case(journey)
    applying.download_template(journey)
    applying.meet_faults(journey)
    applying.upload_right(journey)
    applying.read_score(journey)
    applying.submit(journey, journey.page)
    applying.company(journey)


def review(journey: Journey) -> None:
    reviewing.see_inbox(journey)
    reviewing.accept_and_answer(journey)
    reviewing.return_one_figure(journey)
    applying.correct(journey)
    reviewing.verify_and_recommend(journey)
    reviewing.check_completeness(journey)
    reviewing.keep_pool(journey)
    reviewing.appoint_panel(journey)
    reviewing.recuse_and_replace(journey)
    reviewing.review_all(journey)
    reviewing.adopt_value(journey)
    reviewing.bring_company(journey)


def decide(journey: Journey) -> None:
    deciding.call_meeting(journey)
    deciding.recuse_member(journey)
    deciding.start_meeting(journey)
    deciding.vote_all(journey)
    deciding.sign_minutes(journey)
    deciding.read_refusal(journey)


def publish(journey: Journey) -> None:
    deciding.publish_notice(journey)
    deciding.object_and_dismiss(journey)
    deciding.let_notice_run(journey)
    deciding.announce(journey)


def verify(journey: Journey) -> None:
    verifying.run_signer(journey)
    pdf = verifying.fetch_certificate(journey)
    verifying.open_scanned(journey, pdf)
    verifying.verify_files(journey, pdf)
    verifying.refuse_stranger(journey)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_main_job_walks_through_the_pages_of_all_roles_to_a_verified_certificate(
    journey: Journey, open_page: OpenPage, language: str
) -> None:
    journey.walk.english = open_page(language) if language == "en" else None
    for step in (open_batch, apply, review, decide, publish, verify):
        step(journey)
    assert journey.walk.faults == []
    assert len(journey.walk.seen) > LEAST_PAGES
    assert list(check_all()) == []
    assert verify_all()[1] == []


def test_filing_and_return_work_without_scripts(journey: Journey, open_page: OpenPage) -> None:
    walk = journey.walk
    walk.page, walk.is_checked = open_page(javascript=False), False
    now = walk.clock.now()
    open_demo_batch(walk.world, 34, opens_at=now, closes_at=now + timedelta(days=20))
    applying.open_case(journey)
    applying.upload_right(journey)
    applying.submit(journey, walk.page)
    reviewing.see_inbox(journey)
    reviewing.accept_and_answer(journey)
    reviewing.return_one_figure(journey)
    applying.correct(journey)
    assert journey.state(applying.MAIN) == ApplicationState.UNDER_FIRST_REVIEW
