"""The products of the demo: a title renewed, one whose renewal is undecided after its term, a barred holder."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from accreditation.audit import verify_all
from accreditation.enums import ApplicationState, TitleState
from accreditation.models import Application, AuditEvent, Title
from accreditation.selectors.renewals import pending_renewal
from workflows.consistency import check_all
from workflows.demo.designated import fill_designations
from workflows.demo.story import Story
from workflows.tick import tick
from workflows.workdays import SHANGHAI

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NOW = datetime(2026, 9, 16, 15, 30, tzinfo=SHANGHAI)


def test_products_show_a_renewal_granted_one_undecided_and_an_end_for_a_bar(
    settings: LazySettings, var_dir: Path
) -> None:
    settings.ACCREDITATION_DEMO = True
    story = Story(lambda _text: None, NOW)
    story.run()
    fill_designations(story)
    tick(NOW)
    renewed = Title.objects.get(product="GT-80 型高导热陶瓷基板")
    assert renewed.valid_until == (NOW.date() + timedelta(days=40)).replace(year=2029)
    assert AuditEvent.objects.filter(verb="prolong", content__title=renewed.number).count() == 1
    kept = Title.objects.get(product="DX-7 型柔性夹持装置")
    assert (kept.state, kept.valid_until) == (TitleState.IN_FORCE, NOW.date() - timedelta(days=2))
    asked = pending_renewal(kept)
    assert asked is not None
    assert asked.state == ApplicationState.UNDER_NOTICE
    assert AuditEvent.objects.filter(verb="keep_for_renewal").count() == 1
    barred = Application.objects.get(state=ApplicationState.BARRED)
    assert barred.enterprise == story.world.enterprise_of("qiye5")
    assert [fault.what for fault in check_all()] == []
    assert verify_all()[1] == []
