"""Paper certificates before the public: found by number and holder alone, never shown as signed, changes included."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from certificates import views
from certificates.models import LogEntry, PaperCertificate
from certificates.paper import from_plain, number_key, plain, record_of
from certificates.selectors import status_list
from certificates.services.checking import differences
from certificates.services.keys import open_keys
from certificates.services.paper import change_paper_standing
from certificates.services.signing import sign_pending
from certificates.services.verification import status_key
from certificates.status_list import read_list
from tests.certificates.papers import NUMBER, USCC, entered, record
from tests.certificates.samples import HOLDER

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SHOWN = (
    "纸质证书登记信息",
    "没有电子签章",
    HOLDER,
    NUMBER,
    "示例经信技〔2015〕88 号",
    "2015-05-20",
    "否，仅依据来源文件",
    "PAPER-2026-0001",
    "有效",
)


@pytest.fixture
def paper(var_dir: Path) -> PaperCertificate:
    row = entered(timezone.now())
    seal()
    return row


def seal() -> None:
    at = timezone.now()
    sign_pending(limit=1, at=at, keys=open_keys(at=at))


def ask(client: Client, number: str, code: str) -> HttpResponse:
    return client.post("/verify/", {"number": number, "code": code})


def without_instance(page: HttpResponse) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode())


@pytest.mark.parametrize(
    "number", [NUMBER, "沪经信技[2015]第12号", "沪经信技（２０１５）第１２号", " 沪经信技〔2015〕 第12号 "]
)
def test_number_and_holder_lead_to_the_entry(client: Client, paper: PaperCertificate, number: str) -> None:
    page = ask(client, number, USCC.lower())
    text = page.content.decode()
    assert (page.status_code, page["Cache-Control"]) == (200, "no-store")
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    for part in (*SHOWN, paper.source_sha256, paper.record_sha256):
        assert part in text, part
    assert "录入人示例" not in text  # nobody's name


def test_page_never_shows_lights_or_a_signature(client: Client, paper: PaperCertificate) -> None:
    text = ask(client, NUMBER, USCC).content.decode()
    assert 'class="light' not in text
    for claim in ("未被改动", "由谁签发", "签章证书", "签章有效"):
        assert claim not in text
    english = client.post("/verify/", {"number": NUMBER, "code": USCC}, headers={"Accept-Language": "en"})
    assert "carries no electronic signature" in english.content.decode()


@pytest.mark.parametrize(("number", "code"), [
    (NUMBER, "91310000MA1FL0031W"), ("沪经信技〔2015〕第 13 号", USCC), (NUMBER, USCC[:6]), (NUMBER, ""),
    (NUMBER, "7K2M9QX4T8VWZ3ABCDE5F6GHJRZ"), ("%", "_"), (NUMBER, "9135____________43"),
])  # fmt: skip
def test_whatever_does_not_belong_together_is_unknown(
    client: Client, paper: PaperCertificate, number: str, code: str
) -> None:
    answer = ask(client, number, code or " x")
    unknown = ask(client, "SHETC-2026-99999", "7K2M9QX4T8VWZ3ABCDE5F6GHJRZ")
    assert (answer.status_code, unknown.status_code) == (404, 404)
    assert without_instance(answer) == without_instance(unknown)


def test_unknown_and_malformed_cost_the_same_queries(client: Client, paper: PaperCertificate) -> None:
    counts = set()
    ask(client, "x", "y")  # the first one opens the visitor's allowance
    for number, code in ((NUMBER, "nonsense"), ("x", USCC), ("y", "7K2M9QX4T8VWZ3ABCDE5F6GHJRZ"), ("z" * 40, "w" * 60)):
        with CaptureQueriesContext(connection) as asked:
            ask(client, number, code)
        counts.add(len(asked))
    assert len(counts) == 1


def test_guesses_are_limited_like_all_others(
    client: Client, paper: PaperCertificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "is_allowed", Mock(return_value=False))
    assert ask(client, NUMBER, USCC).status_code == 429


@pytest.mark.parametrize(("verb", "word"), [("suspend", "暂停"), ("revoke", "撤销"), ("cancel", "注销")])
def test_change_shows_at_once_with_its_ground_and_is_logged(
    client: Client, paper: PaperCertificate, verb: str, word: str
) -> None:
    change_paper_standing(certificate=paper, verb=verb, ground="示例〔2026〕7 号：示例理由", at=timezone.now())
    text = ask(client, NUMBER, USCC).content.decode()
    assert word in text
    assert "示例〔2026〕7 号：示例理由" in text
    assert "该称号目前没有效力" in text
    seal()
    assert list(LogEntry.objects.values_list("event", flat=True)) == ["import", verb]
    assert list(differences()) == []


def test_change_needs_a_known_verb_and_a_ground(paper: PaperCertificate) -> None:
    for verb, ground in (("supersede", "x"), ("revoke", "  ")):
        with pytest.raises(ValueError, match="change of standing"):
            change_paper_standing(certificate=paper, verb=verb, ground=ground, at=timezone.now())


def test_revoked_paper_has_its_bit_in_the_signed_list(paper: PaperCertificate) -> None:
    entered(timezone.now(), number="纸-2", title="SHETC-T-2015-00002")
    change_paper_standing(certificate=paper, verb="revoke", ground="示例", at=timezone.now())
    seal()
    row = status_list("revocation", 0)
    assert row is not None
    found = read_list(row.token, status_key(), at=row.valid_from)
    assert [found.is_set(index) for index in (0, 1)] == [True, False]


def test_what_ran_out_is_shown_as_expired_before_the_signer_enters_it(client: Client, var_dir: Path) -> None:
    entered(timezone.now(), valid_until=timezone.localdate() - timedelta(days=1))
    assert "证书已过有效期" in ask(client, NUMBER, USCC).content.decode()


def test_changed_row_is_not_to_be_relied_on(client: Client, paper: PaperCertificate) -> None:
    changed = plain(record(holder_zh="上海冒名有限公司"))
    PaperCertificate.objects.update(record=changed)
    assert "请勿采信" in ask(client, NUMBER, USCC).content.decode()
    assert any("does not speak of it" in line for line in differences())


def test_state_that_was_not_logged_is_found(paper: PaperCertificate) -> None:
    PaperCertificate.objects.update(state="revoked", state_ground="悄悄")
    assert any("but the log ends with import" in line for line in differences())


def test_log_proves_the_entry_to_outsiders(client: Client, paper: PaperCertificate) -> None:
    by_number = client.get(f"/log/inclusion/{paper.number}/0.json").json()
    told = json.loads(by_number["leaf"])
    assert told.pop("at")
    name = "paper:沪经信技〔2015〕第12号"
    assert told == {"event": "import", "identifier": name, "pdf": "", "record": paper.record_sha256}
    leaf = LogEntry.objects.get().leaf_hash
    assert client.get(f"/log/leaf/{leaf}.json").json() == by_number
    feed = client.get("/log/feed.json").json()
    assert feed["items"][0]["title"] == f"纸质证书登记：{paper.number} {HOLDER}"


def test_record_is_read_back_as_it_was() -> None:
    assert from_plain(plain(record())) == record()
    assert record_of(record()) != record_of(record(valid_until=date(2031, 1, 1)))
    assert number_key("ｓｈ-01 [2]") == "SH-01〔2〕"
