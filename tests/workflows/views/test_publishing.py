"""The publisher's desk and the objections: lists published and announced, objections answered."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accreditation.enums import ApplicationState as S
from accreditation.models import Announcement, Application, Case, Notice, Objection, Title
from certificates.fonts import FontsRefused
from certificates.installation import public_folder
from certificates.models import Certificate
from certificates.services.signing import sign_pending
from certificates.services.standing import change_standing
from tests.clock import STARTED
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.hearings import dismiss, hear, officers
from tests.factories.steps import hold_meeting, publish, to_committee
from workflows import door
from workflows.calendar import current_calendar
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(STARTED - timedelta(days=30))


@pytest.fixture
def proposed(cast: Cast) -> Case:
    case = filed_case(cast, 0)
    to_committee(cast, case, cast.at)
    hold_meeting(cast, [case], cast.at)
    return case


@pytest.fixture
def noticed(cast: Cast, proposed: Case) -> Case:
    publish(cast, [proposed], timezone.now())
    return proposed


@pytest.fixture
def completed(cast: Cast, proposed: Case) -> Case:
    notice = publish(cast, [proposed], cast.at)
    tick(notice.ends_at + timedelta(seconds=1))
    return proposed


@pytest.fixture
def objection(cast: Cast, noticed: Case) -> Objection:
    form = {"objector": "赵示例", "contact": "021-00000009", "text": "研发人员数与社保记录不符，请核查。"}
    door.perform(noticed, "raise_objection", by=cast.clock, at=timezone.now(), form=form)
    return Objection.objects.get()


def as_(user: Any) -> Client:
    return log_in(Client(), user)


def state(case: Case) -> str:
    return str(Application.objects.get(case=case).state)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_publisher_sees_the_own_desk_and_nothing_else(cast: Cast, proposed: Case) -> None:
    client = as_(cast.publisher)
    desk = text(client.get(reverse("publishing")))
    assert reverse("batch_notice", args=[cast.batch.code]) in desk
    for name, words in (
        ("publishing", "发布名单"),
        ("notices", "公示和公布"),
    ):  # what is to be done, what the public reads
        assert re.search(f'href="{reverse(name)}"[^>]*>{words}<', desk), words
    for name, arguments in (
        ("office_inbox", []), ("office_cases", []), ("office_case", [proposed.number]), ("office_batches", []),
        ("office_objections", []), ("district_inbox", []),
    ):  # fmt: skip
        assert client.get(reverse(name, args=arguments)).status_code == 403, name
    for person in (cast.office, cast.pudong, cast.member0):
        for name in ("publishing", "batch_notice", "batch_announce"):
            arguments = [] if name == "publishing" else [cast.batch.code]
            assert as_(person).get(reverse(name, args=arguments)).status_code == 403, (person, name)


def test_notice_is_previewed_confirmed_and_published_once(cast: Cast, proposed: Case) -> None:
    client, address = as_(cast.publisher), reverse("batch_notice", args=[cast.batch.code])
    page = client.get(address)
    assert cast.enterprises[0].name in text(page)
    due = current_calendar().due(timezone.now(), cast.batch.notice_days)
    assert page.context["due"].at == due.at
    form = {"cases": [proposed.number], "body": "现予公示。", "request_key": "n" * 32}
    asked = client.post(address, form)
    assert 'name="confirmed"' in text(asked)
    assert f'value="{proposed.number}"' in text(asked)
    assert not Notice.objects.exists()
    answer = client.post(address, form | {"confirmed": "1"}, follow=True)
    notice = Notice.objects.get()
    assert notice.number in text(answer)
    assert (state(proposed), notice.ends_at) == (S.UNDER_NOTICE, due.at)
    again = client.post(address, form | {"confirmed": "1"}, follow=True)
    assert f"此前已提交。公示 {notice.number} 已发布" in text(again)
    other = client.post(address, form | {"confirmed": "1", "request_key": "o" * 32})
    assert other.status_code == 422
    assert Notice.objects.count() == 1


def test_notice_without_a_tick_or_without_cases_is_refused(cast: Cast, proposed: Case) -> None:
    client, address = as_(cast.publisher), reverse("batch_notice", args=[cast.batch.code])
    answer = client.post(address, {"body": "现予公示。"})
    assert answer.status_code == 422
    assert 'href="#id_cases_0"' in text(answer)
    publish(cast, [proposed], timezone.now())
    assert client.get(address).status_code == 404
    assert client.get(reverse("batch_notice", args=["none-1"])).status_code == 404


def test_announcement_grants_titles_and_asks_for_certificates(cast: Cast, completed: Case) -> None:
    client, address = as_(cast.publisher), reverse("batch_announce", args=[cast.batch.code])
    assert completed.number in text(client.get(address))
    today = timezone.localdate()
    form = {"cases": [completed.number], "number": "示例〔2026〕1号", "dated": today.isoformat(), "body": "现予公布。"}
    tomorrow = form | {"dated": (today + timedelta(days=1)).isoformat()}
    assert "不能晚于今天" in text(client.post(address, tomorrow))
    assert 'name="confirmed"' in text(client.post(address, form))
    assert not Announcement.objects.exists()
    sent = form | {"confirmed": "1", "request_key": "a" * 32}
    assert client.post(address, sent).status_code == 302
    assert "此前已提交" in text(client.post(address, sent, follow=True))
    assert Announcement.objects.count() == 1
    assert state(completed) == S.RECOGNISED
    assert Title.objects.filter(holder=cast.enterprises[0], programme=cast.programme).exists()
    page = text(as_(cast.office).get(reverse("office_certificates"), {"group": "waiting"}))
    assert Certificate.objects.get().number in page


def test_holder_is_offered_the_credential_once_it_is_published(cast: Cast, completed: Case, var_dir: Any) -> None:
    form = {"cases": [completed.number], "number": "示例〔2026〕1号", "dated": timezone.localdate().isoformat(),
            "body": "现予公布。", "confirmed": "1"}  # fmt: skip
    as_(cast.publisher).post(reverse("batch_announce", args=[cast.batch.code]), form)
    holder, code = as_(cast.member0), Certificate.objects.get().code
    offered = f'href="{reverse("certificates:credential", args=[code])}"'
    pages = [reverse("my_cases"), reverse("my_case", args=[completed.number])]
    assert not any(offered in text(holder.get(page)) for page in pages)
    sign_pending(limit=1, at=timezone.now())
    assert all(offered in text(holder.get(page)) for page in pages)
    (public_folder() / "v" / code / "credential.jwt").unlink()
    assert not any(offered in text(holder.get(page)) for page in pages)


def test_certificate_refused_by_the_signer_is_listed_with_its_reason(cast: Cast, completed: Case) -> None:
    form = {"cases": [completed.number], "number": "示例〔2026〕1号", "dated": timezone.localdate().isoformat(),
            "body": "现予公布。", "confirmed": "1"}  # fmt: skip
    as_(cast.publisher).post(reverse("batch_announce", args=[cast.batch.code]), form)
    Certificate.objects.update(refusal="holder_zh：字体缺字")
    page = as_(cast.office).get(reverse("office_certificates"))
    assert page.context["group"] == "refused"
    assert "字体缺字" in text(page)


def test_plaque_sheet_is_the_offices_and_of_certificates_in_force_only(
    cast: Cast, completed: Case, var_dir: Path
) -> None:
    form = {"cases": [completed.number], "number": "示例〔2026〕1号", "dated": timezone.localdate().isoformat(),
            "body": "现予公布。", "confirmed": "1"}  # fmt: skip
    as_(cast.publisher).post(reverse("batch_announce", args=[cast.batch.code]), form)
    number = Certificate.objects.get().number
    address = reverse("office_plaque", args=[number])
    office = as_(cast.office)
    assert office.get(address).status_code == 404
    sign_pending(limit=1, at=timezone.now())
    assert address in text(office.get(reverse("office_certificates")))
    answer = office.get(address)
    assert answer.content.startswith(b"%PDF-")
    assert answer["Cache-Control"] == "private, no-store"
    assert as_(cast.publisher).get(address).status_code == 403
    change_standing(certificate=Certificate.objects.get(), verb="revoke", ground="评价不合格", at=timezone.now())
    assert office.get(address).status_code == 404


def test_plaque_sheet_without_fonts_is_refused_with_the_reason(
    cast: Cast, completed: Case, var_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = {"cases": [completed.number], "number": "示例〔2026〕1号", "dated": timezone.localdate().isoformat(),
            "body": "现予公布。", "confirmed": "1"}  # fmt: skip
    as_(cast.publisher).post(reverse("batch_announce", args=[cast.batch.code]), form)
    sign_pending(limit=1, at=timezone.now())

    def gone() -> None:
        raise FontsRefused("LXGWWenKai-Bold.ttf not found")

    monkeypatch.setattr("certificates.services.plaques.faces", gone)
    page = as_(cast.office).get(reverse("office_plaque", args=[Certificate.objects.get().number]), follow=True)
    assert "LXGWWenKai-Bold.ttf not found" in text(page)


def test_number_used_before_is_refused_at_its_field(cast: Cast, completed: Case) -> None:
    Announcement.objects.create(
        number="示例〔2026〕1号", batch=cast.batch, dated=cast.at.date(), body="旧", announced_by=cast.publisher,
        announced_at=cast.at,
    )  # fmt: skip
    form = {"cases": [completed.number], "number": "示例〔2026〕1号", "dated": timezone.localdate().isoformat(),
            "body": "现予公布。", "confirmed": "1"}  # fmt: skip
    answer = as_(cast.publisher).post(reverse("batch_announce", args=[cast.batch.code]), form)
    assert answer.status_code == 422
    assert 'href="#id_number"' in text(answer)


def page_of(objection: Objection) -> str:
    return reverse("office_objection", args=[objection.number])


# --- objections -------------------------------------------------------------------------------------------------
def test_objector_is_shown_to_the_office_only(cast: Cast, objection: Objection) -> None:
    address = reverse("office_objection", args=[objection.number])
    checked = text(as_(cast.office).get(address))
    assert ("赵示例" in checked, "不能再答复对本件的异议" in checked) == (True, True)
    assert "异议不成立</button>" not in checked
    page = text(as_(officers(objection.application.case, timezone.now())[0]).get(address))
    assert "赵示例" in page
    assert (page.count("btn btn-primary"), "请申报单位陈述" in page, "异议不成立" in page) == (1, True, True)
    for person in (cast.pudong, cast.publisher, cast.member0, cast.auditor):
        assert as_(person).get(address).status_code == 403, person
    number = objection.application.case.number
    for person, name in ((cast.pudong, "district_case"), (cast.office, "office_case")):
        assert "赵示例" not in text(as_(person).get(reverse(name, args=[number]))), person
    assert as_(cast.office).get(reverse("office_objection", args=["OBJ-2026-9999"])).status_code == 404
    assert as_(cast.office).get(reverse("office_objection_file", args=[objection.number])).status_code == 404


def test_objection_is_dismissed_with_reasons(cast: Cast, objection: Objection) -> None:
    (by, _other), address = officers(objection.application.case, timezone.now()), page_of(objection)
    client = as_(by)
    assert client.post(address, {"decision": "dismiss_objection", "reasons": ""}).status_code == 422
    assert client.post(address, {"reasons": "经查相符"}).status_code == 422
    form = {"decision": "dismiss_objection", "reasons": "经查社保记录相符", "request_key": "o" * 32}
    assert client.post(address, form).status_code == 302
    objection.refresh_from_db(fields=["reasons", "settled_by"])
    assert (objection.reasons, objection.settled_by) == ("经查社保记录相符", by)
    assert state(objection.application.case) == S.UNDER_NOTICE
    assert "处理结果" in text(client.get(address))


def test_objection_is_upheld_after_confirmation(cast: Cast, objection: Objection) -> None:
    case, address = objection.application.case, page_of(objection)
    first, second = officers(case, timezone.now())
    proposing, client = as_(first), as_(second)
    proposal = {"decision": "propose_upholding", "reasons": "经查不符"}
    form = {"decision": "uphold_objection", "request_key": "o" * 32}
    unheard = proposing.post(address, proposal)
    assert (unheard.status_code, "尚未就该异议听取申报单位的陈述" in text(unheard)) == (422, True)
    hear(case, objection, office=cast.office, applicant=cast.member0, at=timezone.now())
    assert proposing.post(address, proposal).status_code == 302
    asked = text(client.post(address, form))
    assert ("不予认定" in asked, "重新核查" in asked) == (True, False)
    assert 'name="confirmed"' in text(client.post(address, form))
    assert state(objection.application.case) == S.UNDER_NOTICE
    assert client.post(address, form | {"confirmed": "1"}).status_code == 302
    assert state(objection.application.case) == S.OBJECTION_UPHELD


def test_objection_answered_by_a_colleague_is_said_so(cast: Cast, objection: Objection) -> None:
    case = objection.application.case
    dismiss(case, objection, at=timezone.now())
    address = page_of(objection)
    answer = as_(officers(case, timezone.now())[1]).post(
        address, {"decision": "dismiss_objection", "reasons": "经查相符"}
    )
    assert answer.status_code == 422
    assert "该异议不存在或已办结" in text(answer)
