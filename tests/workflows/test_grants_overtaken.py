"""A title that comes to an enterprise while its application for the same one is under way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings

from accreditation.enums import ApplicationState as S
from accreditation.errors import Refusal
from accreditation.models import Announcement, Application, Title
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.steps import hold_meeting, publish, to_committee
from tests.factories.titles import municipal_title
from workflows import batch_acts
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_title_that_came_meanwhile_is_not_granted_again(settings: LazySettings, clock: Clock) -> None:
    settings.ACCREDITATION_DEMO = True
    cast: Cast = make_cast(clock.at)
    case = filed_case(cast)
    to_committee(cast, case, clock.at)
    hold_meeting(cast, [case], clock.at)
    later = publish(cast, [case], clock.at).ends_at + timedelta(days=1)
    tick(later)
    municipal_title(cast)  # as a decision on reconsideration gives one back
    listed = [Application.objects.get(case=case)]
    assert listed[0].state == S.NOTICE_COMPLETED
    values = {"dated": later.date(), "body": "公布", "by": cast.publisher, "at": later}
    with pytest.raises(Refusal) as refused:
        batch_acts.announce(cast.batch, listed, number="示例〔2026〕9号", **values)
    assert [reason.code for reason in refused.value.reasons] == ["already_held"]
    assert case.number in str(refused.value.reasons[0].text)
    assert not Announcement.objects.exists()
    Title.objects.filter(number="SHETC-T-2025-00000").delete()
    batch_acts.announce(cast.batch, listed, number="示例〔2026〕9号", **values)
    assert Application.objects.get(case=case).title is not None
