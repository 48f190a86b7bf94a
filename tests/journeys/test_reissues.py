"""A lost certificate, and one with a mistake of the office's, through the pages up to what everybody can verify."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accreditation.models import Reissue, Title
from certificates.models import Certificate, LogEntry, StatusList
from certificates.selectors import certificate_file, indices_in_states
from certificates.services.keys import Keys, open_keys
from certificates.services.signing import sign_pending
from certificates.services.verification import check_upload
from certificates.standing import Standing
from tests.clock import STARTED
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast
from tests.factories.reissues import STATEMENT, signed_certificate
from tests.factories.titles import municipal_title, second_officer

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(STARTED - timedelta(hours=1))


@pytest.fixture
def keys(cast: Cast) -> Keys:
    return open_keys(at=cast.at)


def browser(cast: Cast, name: str) -> Client:
    return log_in(Client(), cast.people[name])


def text(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def send(client: Client, address: str, **form: Any) -> str:
    answer = client.post(address, form, follow=True)
    assert answer.status_code == 200, (answer.status_code, text(answer))
    return text(answer)


def test_lost_certificate_is_replaced_and_both_pages_say_so(cast: Cast, keys: Keys) -> None:
    title = municipal_title(cast)
    first = signed_certificate(title, cast.at, keys)
    old_file = certificate_file(first)
    holder, office = browser(cast, "member0"), browser(cast, "office")
    own = reverse("my_reissue", args=[title.number])
    assert "写明经过和证书上的具体问题" in text(holder.get(own))
    assert holder.post(own, {"reason": "lost", "statement": "丢了"}).status_code == 422
    shown = send(holder, own, reason="lost", statement=STATEMENT, request_key="one")
    row = Reissue.objects.get()
    assert f"{row.number}：申请已提交" in shown
    send(holder, own, reason="lost", statement=STATEMENT, request_key="one")  # the button pressed twice
    assert Reissue.objects.count() == 1
    assert browser(cast, "member1").get(own).status_code == 404

    one = reverse("reissue", args=[row.number])
    assert row.number in text(office.get(reverse("reissues")))
    assert STATEMENT in text(office.get(one))
    assert browser(cast, "pudong").get(one).status_code == 404
    assert office.post(one, {"is_allowed": "no", "answer": ""}).status_code == 422
    assert "新证书由签发程序制发" in send(office, one, is_allowed="yes", answer="")
    assert "不能再办理" in send(office, one, is_allowed="no", answer="我方另有意见，不予同意。")
    letter = reverse("my_reissue_letter", args=[title.number, row.letter.number])
    assert "第 1 版证书同时作废" in text(holder.get(letter))
    assert "正在制发" in text(holder.get(own))

    assert sign_pending(limit=5, at=timezone.now(), keys=keys) == 1
    _old_and_new_are_told_apart(title, first, old_file)
    history = text(Client().get(reverse("centre", args=[title.number])))
    assert "证书补发换发" in history
    assert "第 2 版证书取代第 1 版" in history
    assert "同意证书补发换发" in text(browser(cast, "auditor").get(reverse("audit"), {"words": ""}))


def _old_and_new_are_told_apart(title: Title, first: Certificate, old_file: bytes) -> None:
    """Pages, uploads, log and status list: the former is genuine and replaced, the new one is in force."""
    first = Certificate.objects.get(pk=first.pk)
    second = Certificate.objects.get(number=first.number, version=2)
    assert (first.standing, second.standing) == (Standing.SUPERSEDED, Standing.IN_FORCE)
    old = Client().get(reverse("certificates:shown", args=[first.code])).content.decode()
    new = Client().get(reverse("certificates:shown", args=[second.code])).content.decode()
    assert reverse("certificates:shown", args=[second.code]) in old
    assert "证书已换发新版本，请以新版本为准" in old
    assert "证书现行有效" in new
    assert str(first.identifier) in new
    status = Client().get(reverse("certificates:status_json", args=[first.code])).json()
    assert (status["successor"], status["number"]) == (second.identifier, first.number)
    answered = check_upload(old_file, at=timezone.now())
    assert (answered.certificate, answered.successor) == (first, second)
    assert not all(light.tone == "good" for light in answered.lights)
    assert all(light.tone == "good" for light in check_upload(certificate_file(second), at=timezone.now()).lights)
    events = list(LogEntry.objects.filter(number=first.number).order_by("index").values_list("version", "event"))
    assert events == [(1, "issue"), (1, "supersede"), (2, "issue")]
    assert indices_in_states([Standing.SUPERSEDED], 0, 100) == [first.status_index]
    assert StatusList.objects.exists()


def test_mistake_of_the_office_is_proposed_by_one_and_allowed_by_another(cast: Cast, keys: Keys) -> None:
    title = municipal_title(cast)
    signed_certificate(title, cast.at, keys)
    office, second = browser(cast, "office"), log_in(Client(), second_officer(cast))
    new = reverse("reissue_new", args=[title.number])
    assert new in office.get(reverse("orders_titles")).content.decode()
    form = {"reason": "misprint", "statement": "证书上的批次名称印刷有误。"}
    assert office.post(new, form | {"reason": "lost"}).status_code == 422
    assert "由同一机关的另一人审核" in send(office, new, **form)
    one = reverse("reissue", args=[Reissue.objects.get().number])
    assert "您提出的更正由同一机关的另一人审核" in text(office.get(one))
    assert office.post(one, {"is_allowed": "yes"}).status_code == 403
    assert "办理记录" not in text(browser(cast, "member0").get(reverse("my_reissue", args=[title.number])))
    assert "已同意" in send(second, one, is_allowed="yes")
    assert sign_pending(limit=5, at=timezone.now(), keys=keys) == 1
    certificate = Certificate.objects.get(version=2)
    assert (certificate.content.occasion, certificate.standing) == ("exchange", Standing.IN_FORCE)
    assert "机关更正" in text(browser(cast, "member0").get(reverse("my_reissue", args=[title.number])))


def test_request_is_taken_back_on_the_page_while_it_waits(cast: Cast, keys: Keys) -> None:
    title = municipal_title(cast)
    signed_certificate(title, cast.at, keys)
    holder = browser(cast, "member0")
    own, back = reverse("my_reissue", args=[title.number]), reverse("my_reissue_withdraw", args=[title.number])
    send(holder, own, reason="lost", statement=STATEMENT, request_key="one")
    row = Reissue.objects.get()
    assert "撤回申请" in text(holder.get(own))
    assert browser(cast, "member1").post(back, {"reissue": row.number}).status_code == 404
    assert f"{row.number}：申请已撤回" in send(holder, back, reissue=row.number)
    assert "撤回申请" not in text(holder.get(own))
    assert "该申请已经答复或撤回" in send(holder, back, reissue=row.number)
    assert "作出答复" not in text(browser(cast, "office").get(reverse("reissue", args=[row.number])))
    assert Certificate.objects.count() == 1
