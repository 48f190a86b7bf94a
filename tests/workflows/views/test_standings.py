"""Pages of the register of standings: entering, confirming, ending, files with all their faults, exports."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accreditation.models import AuditEvent, Standing, StandingImport
from accreditation.services.standings import propose_standing
from criteria.workbook.listfile import sheet_cells
from criteria.workbook.package import open_book
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast
from tests.factories.standings import confirmed, csv_file, standing_texts
from workflows.exports.standings import headings

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_cast(clock.at, panel=1, committee=1)


@pytest.fixture
def office(cast: Cast) -> Client:
    return log_in(Client(), cast.office)


@pytest.fixture
def publisher(cast: Cast) -> Client:
    return log_in(Client(), cast.publisher)


def text_of(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return str(answer.content.decode())


def test_an_entry_goes_from_one_person_to_another(office: Client, publisher: Client) -> None:
    form = standing_texts() | {"request_key": "n-1"}
    answer = office.post(reverse("office_standing_new"), form)
    row = Standing.objects.get()
    page = reverse("office_standing", args=[row.number])
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert office.post(reverse("office_standing_new"), form)["Location"] == page  # sent twice
    assert "待录入人以外的人员复核" in text_of(office.get(page))
    assert "核对一致" not in text_of(office.get(page))
    settle = reverse("office_standing_settle", args=[row.number, "confirm"])
    assert office.post(settle).status_code == 403
    assert "核对一致" in text_of(publisher.get(page))
    assert publisher.post(settle).status_code == 302
    assert Standing.objects.get().state == "confirmed"
    assert "复核资质" in text_of(office.get(page))


def test_faults_of_an_entry_stand_at_their_fields(office: Client) -> None:
    wrong = standing_texts(holder_uscc="91310000MA1FL0007D", year="1800", level="group")
    text = text_of(office.post(reverse("office_standing_new"), wrong), 422)
    for words in ("校验码", "1978", "该类别没有这一级别"):
        assert words in text
    assert Standing.objects.count() == 0


def test_an_entry_is_ended_with_day_and_reason(cast: Cast, clock: Clock, office: Client, publisher: Client) -> None:
    row = confirmed(cast.office, cast.publisher, clock.at)
    address = reverse("office_standing_settle", args=[row.number, "end"])
    assert text_of(office.post(address, {"ended_on": "", "reason": ""}), 422).count("errorlist") >= 2
    assert publisher.post(address, {"ended_on": "2026-02-01", "reason": "撤销"}).status_code == 403
    assert "不晚于今天" in text_of(office.post(address, {"ended_on": "2027-01-01", "reason": "撤销"}), 422)
    assert office.post(address, {"ended_on": "2026-02-01", "reason": "撤销"}).status_code == 302
    assert "撤销" in text_of(office.get(reverse("office_standing", args=[row.number])))
    assert office.get(address).status_code == 405
    for verb in ("reopen", "delete"):
        assert office.post(reverse("office_standing_settle", args=[row.number, verb])).status_code == 404


def test_a_faulty_file_is_answered_cell_by_cell(office: Client) -> None:
    rows = [standing_texts(kind="<script>alert(1)</script>"), standing_texts(year="x")]
    sent = {"file": SimpleUploadedFile("登记表.csv", csv_file(rows))}
    text = text_of(office.post(reverse("office_standing_files"), sent), 422)
    assert "<code>A2</code>" in text
    assert "<code>I3</code>" in text
    assert "<script>alert" not in text
    assert StandingImport.objects.count() == 0


def test_a_file_is_sent_confirmed_and_sent_again(office: Client, publisher: Client) -> None:
    content = csv_file([standing_texts(), standing_texts(year="2020")])

    def send(key: str) -> Any:
        sent = {"file": SimpleUploadedFile("登记表.csv", content), "request_key": key}
        return office.post(reverse("office_standing_files"), sent)

    answer = send("f-1")
    found = StandingImport.objects.get()
    assert answer["Location"] == reverse("office_standing_file", args=[found.number])
    assert send("f-1")["Location"] == answer["Location"]
    assert send("f-2")["Location"] == reverse("office_standing_files")
    assert StandingImport.objects.count() == 1
    address = reverse("office_standing_file_settle", args=[found.number, "confirm"])
    assert office.post(address).status_code == 403
    assert publisher.post(reverse("office_standing_files"), {}).status_code == 403
    assert publisher.post(address).status_code == 302
    assert Standing.objects.filter(state="confirmed").count() == 2
    verbs = AuditEvent.objects.filter(chain=f"standing_import:{found.number}").values_list("verb", flat=True)
    assert list(verbs) == ["confirm_standings"]
    assert AuditEvent.objects.get(chain="ledger:standings").content["sha256"] == found.sha256


def test_filters_narrow_list_and_export(cast: Cast, clock: Clock, office: Client) -> None:
    confirmed(cast.office, cast.publisher, clock.at)
    confirmed(cast.office, cast.publisher, clock.at, kind="backbone_enterprise", industry="energy", year="2023")
    query = {"kind": "backbone_enterprise", "year": "2023"}
    text = text_of(office.get(reverse("office_standings"), query))
    assert "新能源" in text
    assert "示例市科技〔2021〕3 号" in text
    assert text.count('class="row-') == 0
    lines = list(csv.reader(io.StringIO(office.get(reverse("office_standings_export"), query).content.decode())))
    assert [line[0] for line in lines[1:]] == ["战略性新兴产业骨干企业"]
    assert len(lines[0]) == len(headings())


def test_exports_calculate_nothing(cast: Cast, clock: Clock, office: Client) -> None:
    formula = '=HYPERLINK("http://x.invalid","看")'
    confirmed(cast.office, cast.publisher, clock.at, name=formula, reference="+1")
    answer = office.get(reverse("office_standings_export"))
    assert answer["Content-Disposition"].startswith("attachment")
    cells = list(csv.reader(io.StringIO(answer.content.decode())))[1]
    assert f"'{formula}" in cells
    assert "'+1" in cells
    workbook = office.get(reverse("office_standings_export"), {"file": "xlsx"}).content
    found = {cell.text: cell.trouble for cell in sheet_cells(open_book(workbook))}
    assert found[formula] == ""


def test_the_list_takes_as_many_queries_for_three_entries_as_for_one(cast: Cast, clock: Clock, office: Client) -> None:
    counts = []
    for year in ("2018", "2019", "2020"):
        propose_standing(standing_texts(year=year), by=cast.office, at=clock.at)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            text_of(office.get(reverse("office_standings")))
        counts.append(len(queries))
    assert counts[0] == counts[2] <= 20


@pytest.mark.parametrize("number", ["ST-2026-9999", "x' OR '1'='1"])
def test_what_is_not_there_is_not_found(office: Client, number: str) -> None:
    assert office.get(reverse("office_standing", args=[number])).status_code == 404
    assert office.get(reverse("office_standing_file", args=[number])).status_code == 404


@pytest.mark.parametrize("days", [("0001-01-01", "2026-01-01"), ("2026-01-01", "9999-12-31")])
def test_days_that_no_report_can_reach_are_refused(office: Client, days: tuple[str, str]) -> None:
    asked = dict(zip(("since", "until"), days, strict=True))
    assert "1900 年至 2999 年" in text_of(office.get(reverse("office_conference"), asked), 422)
    assert office.get(reverse("office_conference_file"), asked).status_code == 200
