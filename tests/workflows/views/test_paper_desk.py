"""The office's pages of paper certificates: template, upload with every fault, preview, second person, changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accreditation.models import PaperImport, Title
from certificates.models import PaperCertificate
from certificates.services.keys import open_keys
from certificates.services.signing import sign_pending
from criteria.workbook.lists import Listing, read_list
from tests.clock import STARTED
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast
from tests.factories.paper import HOLDER, USCC, as_csv, as_workbook, line
from workflows.paper_rows import HEADINGS

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(STARTED)


@pytest.fixture
def office(cast: Cast) -> Client:
    return log_in(Client(), cast.office)


@pytest.fixture
def publisher(cast: Cast) -> Client:
    return log_in(Client(), cast.publisher)


def upload(client: Client, content: bytes, name: str = "名单.xlsx") -> str:
    """The page that the browser ends on."""
    return client.post(
        reverse("office_paper"), {"file": SimpleUploadedFile(name, content)}, follow=True
    ).content.decode()


def decide(client: Client, number: str, verb: str) -> int:
    return client.post(reverse("office_paper_decide", args=[number, verb])).status_code


def test_template_is_a_list_that_lacks_nothing(office: Client) -> None:
    answer = office.get(reverse("office_paper_template"))
    assert read_list(answer.content, HEADINGS) == Listing("纸质证书", (), ())
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_faults_are_shown_with_cell_read_and_expected(office: Client) -> None:
    text = upload(office, as_workbook([line(district="浦东", granted_on="2015年"), line(number="")]))
    for part in ("E2", "浦东", "浦东新区、", "F2", "2015年", "年月日齐全的日期", "A3", "没有登记任何内容"):
        assert part in text, part
    assert "确认登记" not in text
    assert not PaperCertificate.objects.exists()


def test_file_that_cannot_be_read_is_refused_at_its_field(office: Client) -> None:
    answer = office.post(reverse("office_paper"), {"file": SimpleUploadedFile("名单.xlsx", b"%PDF-1.7 no list")})
    assert answer.status_code == 422
    assert office.post(reverse("office_paper"), {}).status_code == 422
    assert not PaperImport.objects.exists()


def test_two_people_enter_a_list_and_the_public_finds_it(office: Client, publisher: Client) -> None:
    content = as_csv([line(), line()])
    text = upload(office, content, "名单.csv")
    number = PaperImport.objects.get().number
    assert "录入人不能确认自己的名单" in text
    assert "复核无误" not in text
    assert "与第 2 行完全相同" in text
    assert decide(office, number, "confirm") == 403
    assert "待复核的纸质证书名单" in publisher.get(reverse("publishing")).content.decode()
    page = publisher.get(reverse("office_paper_import", args=[number])).content.decode()
    for part in (HOLDER, USCC, "CSV!2", "将登记的内容", "复核无误，确认登记"):
        assert part in page
    assert publisher.get(reverse("office_paper_file", args=[number])).content == content
    assert decide(publisher, number, "confirm") == 302
    assert decide(publisher, number, "confirm") == 302  # told that it was done
    title = Title.objects.get(holder__uscc=USCC)
    sign_pending(limit=1, at=timezone.now(), keys=open_keys(at=timezone.now()))
    public = Client()
    assert title.number in public.get(reverse("centres"), {"words": HOLDER}).content.decode()
    centre = public.get(reverse("centre", args=[title.number])).content.decode()
    assert "纸质证书编号" in centre
    answer = public.post("/verify/", {"number": line()["number"], "code": USCC}).content.decode()
    assert "纸质证书登记信息" in answer
    assert title.number in answer


def test_paper_title_leads_to_a_proceeding(office: Client, publisher: Client) -> None:
    upload(office, as_csv([line()]), "名单.csv")
    decide(publisher, PaperImport.objects.get().number, "confirm")
    title = Title.objects.get(holder__uscc=USCC)
    address = reverse("office_paper_title", args=[title.number])
    opening = reverse("orders_new", args=[title.number])
    assert opening in office.get(address).content.decode()
    assert opening not in publisher.get(address).content.decode()
    other = Title.objects.exclude(pk=title.pk)[0]
    assert office.get(reverse("office_paper_title", args=[other.number])).status_code == 404


def test_dropped_list_enters_nothing(office: Client, publisher: Client) -> None:
    upload(office, as_csv([line()]), "名单.csv")
    number = PaperImport.objects.get().number
    assert decide(office, number, "erase") == 404
    assert decide(office, number, "drop") == 302
    assert decide(publisher, number, "confirm") == 302
    assert PaperImport.objects.get().state == "dropped"
    assert not PaperCertificate.objects.exists()
