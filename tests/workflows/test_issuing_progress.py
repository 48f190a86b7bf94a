"""From an announced list to its certificates: how far the signer is, and cases that learn of them in one look."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accreditation.models import Application, Case
from certificates.models import Certificate
from certificates.services.keys import open_keys
from certificates.services.progress import Progress
from certificates.services.signing import sign_pending
from tests.clock import STARTED
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.steps import hold_meeting, publish, to_committee
from workflows import batch_acts
from workflows.certification import certificates_to_note, issuing_of
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(STARTED - timedelta(days=30))


@pytest.fixture
def cases(cast: Cast) -> list[Case]:
    """Three cases whose public notice has ended."""
    made = [filed_case(cast, n) for n in range(3)]
    for case in made:
        to_committee(cast, case, cast.at)
    hold_meeting(cast, made, cast.at)
    notice = publish(cast, made, cast.at)
    tick(notice.ends_at + timedelta(seconds=1))
    return made


def announce(cast: Cast, cases: list[Case], number: str) -> datetime:
    at = timezone.now()
    listed = [Application.objects.get(case=case) for case in cases]
    batch_acts.announce(
        cast.batch, listed, number=number, dated=timezone.localdate(at), body="公布", by=cast.publisher, at=at
    )
    return at


def said(*arguments: Any) -> str:
    output = io.StringIO()
    call_command("issuing", *arguments, stdout=output)
    return output.getvalue().strip()


def test_progress_counts_issued_failed_and_remaining_with_their_rate(cast: Cast, cases: list[Case]) -> None:
    assert issuing_of(cast.batch, at=timezone.now()) == Progress(0, 0, 0, 0)
    at = announce(cast, cases, "示例〔2026〕1号")
    assert issuing_of(cast.batch, at=at) == Progress(3, 0, 0, 0)
    refused = Certificate.objects.order_by("id")[2]
    Certificate.objects.filter(pk=refused.pk).update(refusal="holder_zh：字体缺字")
    assert sign_pending(limit=1, at=at, keys=open_keys(at=at)) == 1
    found = issuing_of(cast.batch, at=at)
    assert (found, found.remaining, found.percent, found.minutes_left) == (Progress(3, 1, 1, 1), 1, 33, 1)
    later = issuing_of(cast.batch, at=at + timedelta(minutes=2))
    assert (later.per_minute, later.minutes_left) == (0, None)


def test_operator_is_told_by_line_and_by_exit_code(cast: Cast, cases: list[Case]) -> None:
    assert said() == "nothing remains"
    at = announce(cast, cases, "示例〔2026〕1号")
    assert said() == f"{cast.batch.code}: 0 of 3 issued, 0 failed, 3 remaining, 0/min"
    keys = open_keys(at=at)
    sign_pending(limit=1, at=at, keys=keys)
    assert said(cast.batch.code.upper()).startswith(f"{cast.batch.code}: 1 of 3 issued, 0 failed, 2 remaining, 1/min")
    Certificate.objects.filter(state="requested").update(refusal="holder_zh：字体缺字")
    with pytest.raises(SystemExit) as ended:
        call_command("issuing", "--watch", stdout=io.StringIO())
    assert ended.value.code == 1
    with pytest.raises(CommandError, match="no batch nowhere"):
        said("nowhere")


def test_batch_page_shows_the_progress_and_fetches_it_again_alone(cast: Cast, cases: list[Case]) -> None:
    office, address = log_in(Client(), cast.office), reverse("office_batch", args=[cast.batch.code])
    assert "证书签发" not in office.get(address).content.decode()
    at = announce(cast, cases, "示例〔2026〕1号")
    waiting = office.get(address).content.decode()
    assert "已签发 0 份，共 3 份" in waiting
    assert 'hx-trigger="every 3s"' in waiting
    sign_pending(limit=9, at=at, keys=open_keys(at=at))
    part = office.get(address, headers={"HX-Request": "true"}).content.decode()
    assert part.startswith('<div id="issuing">')
    assert "已签发 3 份，共 3 份" in part
    assert "没有待签发的证书" in part
    assert "hx-trigger" not in office.get(address).content.decode()


def test_cases_learn_of_their_certificates_in_as_many_statements_however_many(cast: Cast, cases: list[Case]) -> None:
    at = announce(cast, cases, "示例〔2026〕1号")
    keys = open_keys(at=at)
    sign_pending(limit=1, at=at, keys=keys)
    with CaptureQueriesContext(
        connection,
    ) as one:
        assert len(list(certificates_to_note())) == 1
    sign_pending(limit=9, at=at, keys=keys)
    with CaptureQueriesContext(connection) as three:
        assert len(list(certificates_to_note())) == 3
    assert len(three) == len(one) == 2
    assert tick(at, limit=2).certificates_noted == 2
    assert tick(at).certificates_noted == 1
    assert tick(at).certificates_noted == 0
