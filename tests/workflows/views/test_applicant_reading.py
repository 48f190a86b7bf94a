"""The page of a long workbook: who sees it, progress, what is said of a wait, where the end leads."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accreditation import effects
from accreditation.enums import ReadingState
from accreditation.models import Case, WorkbookReading, WorkbookUpload
from accreditation.services.readings import lost_file, refuse
from accreditation.services.rule_sets import template_of
from criteria.workbook.samples import long_workbook
from tests.clock import STARTED
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast
from tests.workflows.test_intake import workbook
from workflows.intake import send_workbook
from workflows.opening import open_application

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
POLL = {"HX-Request": "true"}


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(STARTED - timedelta(days=1))


@pytest.fixture
def case(cast: Cast) -> Case:
    return open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=cast.at)


@pytest.fixture
def reading(cast: Cast, case: Case) -> WorkbookReading:
    content = workbook(cast.enterprises[0], template_of(cast.batch))
    send_workbook(case, content, "长表.xlsx", by=cast.member0, at=timezone.now())
    return WorkbookReading.objects.get()


@pytest.fixture
def me(cast: Cast) -> Client:
    return log_in(Client(), cast.member0)


@pytest.fixture
def address(case: Case, reading: WorkbookReading) -> str:
    return reverse("my_reading", args=[case.number, reading.number])


def read_now() -> None:
    effects.run_due(timezone.now(), lane=effects.Lane.LONG)


def test_long_workbook_is_answered_at_once_and_leads_to_its_progress(cast: Cast, case: Case, me: Client) -> None:
    content = long_workbook(template_of(cast.batch), "equipment", 4600)
    for _click in range(2):
        sent = SimpleUploadedFile("长表.xlsx", content)
        answer = me.post(reverse("my_workbook", args=[case.number]), {"file": sent, "request_key": "k" * 32})
        assert answer.status_code == 302
        assert answer["Location"] == reverse("my_reading", args=[case.number, 1])
    assert WorkbookReading.objects.get().state == ReadingState.WAITING
    assert not WorkbookUpload.objects.exists()
    read_now()
    found = WorkbookReading.objects.get()
    assert found.rows_known > 4600
    assert found.upload is not None


@pytest.mark.parametrize("person", ["member1", "pudong", "office", "auditor", "operator", "stranger"])
def test_nobody_but_the_applicant_sees_it(cast: Cast, address: str, person: str) -> None:
    client = log_in(Client(), cast.people[person])
    assert client.get(address).status_code in (302, 403, 404)
    assert client.get(address, headers=POLL).status_code in (302, 403, 404)
    assert client.post(f"{address}cancel/").status_code in (302, 403, 404)
    assert WorkbookReading.objects.get().is_open


def test_number_of_another_reading_is_not_found(me: Client, case: Case, reading: WorkbookReading) -> None:
    assert me.get(reverse("my_reading", args=[case.number, 99])).status_code == 404


def test_page_tells_rows_and_percent_and_refreshes_with_and_without_javascript(
    me: Client, address: str, reading: WorkbookReading
) -> None:
    WorkbookReading.objects.update(
        state=ReadingState.READING, started_at=timezone.now(), rows_done=12_345, rows_known=50_000
    )
    page = me.get(address).content.decode()
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in page
    assert f'hx-get="{address}"' in page
    assert 'value="24"' in page
    assert "已读 12345 行，共 50000 行" in page
    part = me.get(address, headers=POLL).content.decode()
    assert "<html" not in part
    assert "已读 12345 行，共 50000 行" in part
    assert "中断" not in part


def test_rows_all_read_are_not_yet_the_end(me: Client, address: str, reading: WorkbookReading) -> None:
    WorkbookReading.objects.update(state=ReadingState.READING, started_at=timezone.now(), rows_done=10, rows_known=10)
    part = me.get(address, headers=POLL).content.decode()
    assert 'value="99"' in part
    assert "正在核对并保存" in part


def test_wait_that_is_too_long_is_said(me: Client, address: str, reading: WorkbookReading) -> None:
    assert "等待时间较长" not in me.get(address).content.decode()
    WorkbookReading.objects.update(sent_at=timezone.now() - timedelta(minutes=2))
    assert "等待时间较长" in me.get(address).content.decode()
    WorkbookReading.objects.update(state=ReadingState.READING, started_at=timezone.now() - timedelta(minutes=4))
    assert "读取可能中断了" in me.get(address).content.decode()


def test_poll_at_the_end_reloads_the_page_which_leads_to_the_upload(
    me: Client, case: Case, address: str, reading: WorkbookReading
) -> None:
    read_now()
    assert me.get(address, headers=POLL)["HX-Refresh"] == "true"
    answer = me.get(address)
    assert (answer.status_code, answer["Location"]) == (302, reverse("my_upload", args=[case.number, 1]))
    assert "数据表读取通过，已保存" in me.get(answer["Location"]).content.decode()


def test_refusal_is_shown_there_and_on_the_page_of_the_workbook(
    me: Client, case: Case, address: str, reading: WorkbookReading
) -> None:
    refuse(reading.pk, lost_file(), at=timezone.now())
    page = me.get(address).content.decode()
    assert "文件在读取之前丢失" in page
    assert "The file was lost before it could be read." in page
    assert "http-equiv" not in page
    assert "hx-get" not in page
    assert address in me.get(reverse("my_workbook", args=[case.number])).content.decode()


def test_form_for_another_file_is_closed_while_it_is_read(me: Client, case: Case, address: str) -> None:
    page = me.get(reverse("my_workbook", args=[case.number])).content.decode()
    assert address in page
    assert 'type="file"' not in page


def test_cancelling_opens_the_form_again(me: Client, case: Case, address: str) -> None:
    answer = me.post(f"{address}cancel/")
    assert answer["Location"] == reverse("my_workbook", args=[case.number])
    assert 'type="file"' in me.get(answer["Location"]).content.decode()
    assert me.post(f"{address}cancel/")["Location"] == address
