"""Who may enter a batch: told before anything is typed, and held when the case is opened."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.enums import TitleState
from accreditation.errors import Refusal
from accreditation.models import Batch, Case, Member, Title
from tests.clock import SHANGHAI, STARTED
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.evaluating import failed_before
from tests.factories.titles import municipal_title
from tests.workflows.views.test_applicant import KEY, text
from workflows import door
from workflows.entering import faults_of_entering, open_elsewhere
from workflows.opening import open_application

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(STARTED - timedelta(days=1))


def later_batch(cast: Cast) -> Batch:
    """The next batch of the same programme, open at the same time."""
    row = Batch.objects.get(pk=cast.batch.pk)
    row.pk, row.code, row.ordinal = None, f"{row.code}-next", row.ordinal + 1
    row.save(force_insert=True)
    return row


def refused(cast: Cast, batch: Batch) -> list[str]:
    """The codes for which the first enterprise is told no, and refused when it opens a case all the same."""
    told = list(faults_of_entering(cast.enterprises[0], batch, cast.at))
    with pytest.raises(Refusal) as refusal:
        open_application(cast.enterprises[0], batch, by=cast.member0, at=cast.at)
    assert [str(reason) for reason in refusal.value.reasons] == [str(reason) for reason in told]
    return [reason.code for reason in told]


@pytest.mark.parametrize("state", [TitleState.IN_FORCE, TitleState.WARNED, TitleState.SUSPENDED])
def test_holder_is_told_before_it_fills_in_anything(cast: Cast, state: TitleState) -> None:
    title = municipal_title(cast, state=state)
    assert refused(cast, cast.batch) == ["already_held"]
    assert not Case.objects.exists()
    page = log_in(Client(), cast.member0).get(reverse("my_new"))
    assert f"该单位已持有本项目的有效资格（{title.number}），无需再次申报。" in text(page)
    assert f'value="{cast.batch.code}:{cast.enterprises[0].pk}"' not in page.content.decode()
    sent = {"place": f"{cast.batch.code}:{cast.enterprises[0].pk}", "request_key": KEY}
    assert log_in(Client(), cast.member0).post(reverse("my_new"), sent).status_code == 422


@pytest.mark.parametrize(("days", "codes"), [(-1, []), (0, ["already_held"]), (1, ["already_held"])])
def test_title_that_runs_out_within_the_window_may_be_followed_up(cast: Cast, days: int, codes: list[str]) -> None:
    closes_on = cast.batch.closes_at.astimezone(SHANGHAI).date()
    title = municipal_title(cast)
    failed_before(title, cast.at.year)
    Title.objects.filter(pk=title.pk).update(valid_until=closes_on + timedelta(days=days))
    assert [one.code for one in faults_of_entering(cast.enterprises[0], cast.batch, cast.at)] == codes


@pytest.mark.parametrize("state", [TitleState.REVOKED, TitleState.EXPIRED])
def test_lost_title_closes_no_batch(cast: Cast, state: TitleState) -> None:
    municipal_title(cast, state=state)
    assert not list(faults_of_entering(cast.enterprises[0], cast.batch, cast.at))


def test_open_application_in_another_batch_is_told_and_forbids_nothing(cast: Cast) -> None:
    first, batch = filed_case(cast), later_batch(cast)
    assert refused(cast, cast.batch) == ["already_open"]
    said = f"在批次 {cast.batch.code.upper()} 的同一项目申报（{first.number}）尚未办结"
    mine = log_in(Client(), cast.member0)
    assert text(mine.get(reverse("my_new"))).count(said) == 1  # of the other batch
    second = open_application(cast.enterprises[0], batch, by=cast.member0, at=cast.at)
    door.perform(first, "withdraw", by=cast.member0, at=cast.at, form={})
    door.perform(second, "withdraw", by=cast.member0, at=cast.at, form={})
    assert said not in text(mine.get(reverse("my_new")))


def test_draft_left_behind_in_a_batch_that_has_closed_is_not_told(cast: Cast) -> None:
    draft = open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=cast.at)
    batch, later = later_batch(cast), cast.batch.closes_at + timedelta(seconds=1)
    found = open_elsewhere(cast.enterprises[0], batch, cast.at)
    assert found is not None
    assert found.case == draft
    assert open_elsewhere(cast.enterprises[0], batch, later) is None


def test_who_acts_for_several_reads_the_reason_of_each(cast: Cast) -> None:
    Member.objects.create(
        enterprise=cast.enterprises[1], user=cast.member0, state="active", requested_at=cast.at, settled_at=cast.at
    )
    filed_case(cast)
    mine = log_in(Client(), cast.member0)
    assert "该单位在本批次已有申报" not in text(mine.get(reverse("my_new")))  # the other one may still enter
    municipal_title(cast, 1)
    shown = text(mine.get(reverse("my_new")))
    assert f"{cast.enterprises[0].name}：该单位在本批次已有申报" in shown
    assert f"{cast.enterprises[1].name}：该单位已持有本项目的有效资格" in shown
