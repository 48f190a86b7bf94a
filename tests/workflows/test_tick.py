"""What the clock does to titles: whatever has run out is entered as expired, once, with its place in the chain."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.conf import LazySettings

from accreditation.audit import verify_all
from accreditation.enums import TitleState
from accreditation.errors import AlreadyDone, Refusal
from accreditation.models import AuditEvent, Title
from accreditation.services.titles import expire_title
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast, with_material
from tests.factories.evaluating import failed_before
from tests.factories.titles import municipal_title
from workflows import door
from workflows.opening import open_application
from workflows.tick import clock_person, tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.mark.parametrize("state", [TitleState.IN_FORCE, TitleState.WARNED, TitleState.SUSPENDED])
def test_title_expires_after_its_last_day_and_once(cast: Cast, clock: Clock, state: str) -> None:
    title = Title.objects.get(holder=cast.enterprises[0], programme="district_centre")  # no rules on an evaluation
    today = clock.at.date()
    Title.objects.filter(pk=title.pk).update(valid_until=today, state=state)
    assert tick(clock.at).titles_expired == 0
    later = clock.at + timedelta(days=1)
    assert tick(later).titles_expired == 1
    assert tick(later).titles_expired == 0
    assert Title.objects.get(pk=title.pk).state == TitleState.EXPIRED
    event = AuditEvent.objects.get(chain=f"title:{title.number}", verb="expire")
    assert (event.acting_as, event.state_before) == ("clock", state)
    assert verify_all()[1] == []


def test_revoked_title_stays_revoked(cast: Cast, clock: Clock) -> None:
    revoked = municipal_title(cast, state=TitleState.REVOKED)
    Title.objects.filter(pk=revoked.pk).update(valid_until=date(2026, 1, 1))
    assert tick(clock.at).titles_expired == 0
    with pytest.raises(AlreadyDone):
        expire_title(revoked, on=clock.at.date(), by=clock_person(), at=clock.at)


def test_title_kept_for_its_evaluation_is_not_applied_for_again(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    Title.objects.filter(pk=title.pk).update(valid_until=clock.at.date() + timedelta(days=1))
    with pytest.raises(Refusal) as refused:
        open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=clock.at)
    assert [reason.code for reason in refused.value.reasons] == ["already_held"]


def test_holder_applies_again_only_when_its_title_no_longer_stands(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    failed_before(title, 2025)
    Title.objects.filter(pk=title.pk).update(valid_until=clock.at.date() + timedelta(days=1))  # within the window
    case = open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=clock.at)
    with_material(case, cast.member0, clock.at)
    form = {"declaration": True, "insists": True}
    with pytest.raises(Refusal) as refused:
        door.perform(case, "submit", by=cast.member0, at=clock.at, form=form)
    assert [reason.code for reason in refused.value.reasons] == ["already_held"]
    Title.objects.filter(pk=title.pk).update(valid_until=clock.at.date() - timedelta(days=1))
    assert tick(clock.at).titles_expired == 1
    assert door.perform(case, "submit", by=cast.member0, at=clock.at, form=form).after == "submitted"
