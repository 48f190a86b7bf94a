"""The municipal recognition through the services that the pages call, from the draft to the certificate."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings

from accreditation.audit import verify_all
from accreditation.enums import ApplicationState as S
from accreditation.models import Application, Case
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.steps import hold_meeting, publish, to_committee
from workflows import batch_acts
from workflows.consistency import check_all
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def state(case: Case) -> str:
    return str(Application.objects.get(case=case).state)


def test_case_passes_all_hands_and_is_recognised(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    assert state(case) == S.SUBMITTED
    to_committee(cast, case, clock.at)
    assert state(case) == S.UNDER_OVERALL_REVIEW
    hold_meeting(cast, [case], clock.at)
    assert state(case) == S.PROPOSED
    notice = publish(cast, [case], clock.at)
    assert tick(notice.ends_at).fired == 0
    assert tick(notice.ends_at + timedelta(seconds=1)).fired == 1
    assert state(case) == S.NOTICE_COMPLETED
    later = notice.ends_at + timedelta(days=1)
    batch_acts.announce(
        cast.batch, [Application.objects.get(case=case)], number="示例〔2026〕1号", dated=later.date(), body="公布",
        by=cast.publisher, at=later,
    )  # fmt: skip
    application = Application.objects.get(case=case)
    assert application.state == S.RECOGNISED
    assert application.title is not None
    assert application.title.holder == cast.enterprises[0]
    assert list(check_all()) == []
    assert verify_all()[1] == []
