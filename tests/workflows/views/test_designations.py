"""Designations on the office's pages, by people who have no shell: from a faulty text to a batch on the new title."""

from __future__ import annotations

from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accreditation.models import DesignationProposal, Programme, RuleSetEdition, User
from criteria.rulefile import MAX_BYTES
from tests.clock import Clock
from tests.factories.batches import opened_by_two
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FILE = Path(__file__).parents[2] / "journeys" / "patent_new_product.yaml"
TEXT = FILE.read_text(encoding="utf-8")
NEW = "office_designation_new"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_cast(clock.at)


def client_of(user: User) -> Client:
    return log_in(Client(), user)


def page_of(user: User, name: str, *arguments: Any, status: int = 200) -> str:
    answer = client_of(user).get(reverse(name, args=arguments))
    assert answer.status_code == status, (name, answer.status_code)
    return str(answer.content.decode())


def sent(user: User, name: str, *arguments: Any, status: int, **form: Any) -> str:
    """Post a form; the page, or the address to go on to."""
    answer = client_of(user).post(reverse(name, args=arguments), form)
    assert answer.status_code == status, (name, answer.status_code)
    return str(answer.headers.get("Location") or answer.content.decode())


def proposed(cast: Cast, text: str = TEXT) -> str:
    """Put forward on the page; the number of the proposal."""
    key = sha256(text.encode()).hexdigest()[:24]
    where = sent(cast.office, NEW, text=text, file_name="称号.yaml", step="propose", request_key=key, status=302)
    return where.rstrip("/").split("/")[-1]


def decide(user: User, number: str, verb: str, **form: Any) -> str:
    """Do something about a proposal; what the page says then."""
    client = client_of(user)
    answer = client.post(reverse("office_designation_decide", args=[number, verb]), form, follow=True)
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def test_faulty_file_is_told_whole_and_its_text_stays_to_be_mended(cast: Cast) -> None:
    broken = TEXT.replace("level: municipal", "level: district").replace("code: PN4", "code: PN3")
    broken = broken.replace("number_prefix: SHPNP", "number_prefix: SHETC")
    upload = SimpleUploadedFile("称号.yaml", broken.encode())
    page = sent(cast.office, NEW, file=upload, status=422)
    for words in ("designation.level", "district", "designation.number_prefix", "SHETC", "rules.gates[PN3]", "第 4 行"):
        assert words in page, words
    assert escape(broken) in page
    assert 'name="file_name" value="称号.yaml"' in page
    mended = sent(cast.office, NEW, text=TEXT.replace("\n", "\r\n"), file_name="称号.yaml", status=200)
    assert reverse("office_designations") in mended
    assert 'name="step" value="propose"' in mended
    assert not DesignationProposal.objects.exists()


def test_preview_says_stages_figures_and_what_bars_a_live_batch(cast: Cast) -> None:
    page = sent(cast.office, NEW, text=TEXT, status=200)
    for words in (
        "上海市专利新产品", "每个产品一件申报", "不设，直接报认定机关", "不设专家评审", "每批最多 100 个名额",
        "评审委员会开会决定", "procedure.parameters.notice_working_days", "PN1", "只能用于演示", "有效 3 年",
    ):  # fmt: skip
        assert words in page, words


def test_office_without_a_shell_sets_up_a_title_and_opens_a_batch_on_it(cast: Cast) -> None:
    number = proposed(cast)
    assert "须由提请人以外的另一位人员发布" in page_of(cast.office, "office_designation", number)
    refused = client_of(cast.office).post(reverse("office_designation_decide", args=[number, "publish"]))
    assert refused.status_code == 403
    assert reverse("office_designation", args=[number]) in page_of(cast.publisher, "publishing")
    assert "核对无误，发布" in page_of(cast.publisher, "office_designation", number)
    assert "称号已发布" in decide(cast.publisher, number, "publish")
    assert str(cast.publisher) in decide(cast.publisher, number, "publish")  # who was faster, and nothing twice
    assert RuleSetEdition.objects.filter(reference="patent_new_product/2026").count() == 1
    assert page_of(cast.publisher, "office_designation_file", number) == TEXT
    programme, edition = Programme.objects.get(code="patent_new_product"), RuleSetEdition.objects.latest("pk")
    where = sent(
        cast.office, "office_batch_new", programme=programme.pk, edition=edition.pk, procedure=programme.procedure,
        ordinal="1", year="2026", reporting_year="2025", opens_at="2026-03-01T08:00", closes_at="2026-03-30T17:00",
        base_date="2026-03-01", request_key="batch", status=302,
    )  # fmt: skip
    batch = opened_by_two(where)
    listed = page_of(cast.office, "office_designations")
    for words in (batch.code.upper(), "上海市专利新产品", str(cast.office), str(cast.publisher), "处来源不足"):
        assert words in listed, words


def test_declined_with_a_reason_the_drafter_starts_again_from_the_text(cast: Cast) -> None:
    number = proposed(cast)
    assert "未予发布" not in decide(cast.publisher, number, "decline", reason="")
    assert "已不予发布" in decide(cast.publisher, number, "decline", reason="编号前缀与他项相近")
    inbox = client_of(cast.office).get(reverse("messages_list"))
    assert "编号前缀与他项相近" in inbox.content.decode()
    answer = client_of(cast.office).get(reverse(NEW), {"from": number})
    assert escape(TEXT) in answer.content.decode()
    other = proposed(cast, TEXT.replace("SHPNP", "SHPNX"))
    assert "提请已撤回" in decide(cast.office, other, "withdraw")
    assert not Programme.objects.filter(code="patent_new_product").exists()


def test_example_is_there_to_start_from_and_proposes_as_it_stands(cast: Cast) -> None:
    example = page_of(cast.office, "office_designation_example")
    answer = client_of(cast.office).get(reverse(NEW), {"from": "example"})
    assert escape(example) in answer.content.decode()
    text = example.replace("granted_by: municipal-office", "granted_by: office")
    assert 'name="step" value="propose"' in sent(cast.office, NEW, text=text, status=200)


HOSTILE: dict[str, tuple[bytes, str]] = {
    "aliases": (b"a: &a [x, x]\nb: [*a, *a]\n", "锚点"),
    "not UTF-8": (TEXT.encode("gb18030"), "UTF-8"),
    "too large": (b"#" * (MAX_BYTES + 1), "512 KB"),
    "control characters": (b"designation: \x00\n", "不是有效的"),
    "no YAML": (b"designation: [\n", "不是有效的"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_file_is_refused_in_words(cast: Cast, kind: str) -> None:
    content, words = HOSTILE[kind]
    page = sent(cast.office, NEW, file=SimpleUploadedFile("x.yaml", content), text="# mine", status=422)
    assert words in page
    assert not DesignationProposal.objects.exists()


def test_markup_in_a_file_is_text_on_every_page(cast: Cast) -> None:
    markup = "<script>alert(1)</script>"
    text = TEXT.replace("name_zh: 上海市专利新产品\n", f"name_zh: {markup}上海市专利新产品\n")
    name = f"{markup}.yaml"
    pages = [
        sent(cast.office, NEW, text=text.replace("municipal", markup), file_name=name, status=422),
        sent(cast.office, NEW, text=text, file_name=name, status=200),
    ]
    number = proposed(cast, text)
    pages += [
        page_of(cast.publisher, "office_designation", number),
        decide(cast.publisher, number, "publish"),
        page_of(cast.office, "office_designations"),
    ]
    assert [markup in page for page in pages] == [False] * 5
    assert [escape(markup) in page for page in pages] == [True] * 5
