"""Pages for everybody: notices, signed objections kept confidential, the register, progress by check code."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accreditation.enums import ApplicationState as S
from accreditation.enums import TitleState
from accreditation.models import (
    Announcement,
    Application,
    AuditEvent,
    Case,
    Enterprise,
    Notice,
    Objection,
    StoredFile,
    Title,
)
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.steps import hold_meeting, publish, to_committee
from workflows import batch_acts
from workflows.exports.register import csv_of, inert
from workflows.opening import open_application
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
OBJECTOR, CONTACT = "赵署名示例", "13900000000"
TEXT = "该单位填报的研发人员中有三十人并不在册。"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch, var_dir: Any) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_cast(clock.at, committee=3)


@pytest.fixture
def case(cast: Cast, clock: Clock) -> Case:
    """Under public notice."""
    found = filed_case(cast)
    to_committee(cast, found, clock.at)
    hold_meeting(cast, [found], clock.at)
    publish(cast, [found], clock.at)
    return found


@pytest.fixture
def notice(case: Case) -> Notice:
    return Notice.objects.get()


def form(**changed: Any) -> dict[str, Any]:
    return {"objector": OBJECTOR, "contact": CONTACT, "text": TEXT, "request_key": "o-1"} | changed


def object_address(notice: Notice, case: Case) -> str:
    return reverse("objection_new", args=[notice.number, case.number])


def text_of(address: str, client: Client | None = None) -> str:
    answer = (client or Client()).get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def announce(cast: Cast, case: Case, clock: Clock) -> None:
    clock.advance(days=30)
    tick(clock.at)
    batch_acts.announce(
        cast.batch, [Application.objects.get(case=case)], number="示例〔2026〕9号", dated=clock.on, body="现予公布。",
        by=cast.publisher, at=clock.at,
    )  # fmt: skip


# --- notices ------------------------------------------------------------------------------------------------------
def test_notice_shows_list_days_left_and_how_to_object(notice: Notice, case: Case) -> None:
    assert notice.number in text_of(reverse("notices"))
    text = text_of(reverse("notice", args=[notice.number]))
    for part in (
        case.enterprise.name,
        case.number,
        f"{notice.working_days} 个工作日",
        "如何提出异议",
        object_address(notice, case),
    ):
        assert part in text, part


def test_list_tells_notices_from_announcements(cast: Cast, case: Case, clock: Clock) -> None:
    announce(cast, case, clock)
    both = text_of(reverse("notices"))
    assert both.index("认定名单公布") < both.index("拟认定名单公示")
    assert "拟认定名单公示" not in text_of(reverse("notices") + "?kind=announcement")
    assert "认定名单公布" not in text_of(reverse("notices") + "?kind=notice")
    assert Announcement.objects.get().number not in text_of(reverse("notices") + "?kind=notice&year=2026")


def test_announcement_lists_titles(cast: Cast, case: Case, clock: Clock) -> None:
    announce(cast, case, clock)
    text = text_of(reverse("announcement", args=["示例〔2026〕9号"]))
    title = Application.objects.get(case=case).title
    assert title is not None
    assert title.number in text
    assert str(TitleState.EXPIRED.label) not in text
    Title.objects.filter(pk=title.pk).update(state=TitleState.EXPIRED)
    assert str(TitleState.EXPIRED.label) in text_of(reverse("announcement", args=["示例〔2026〕9号"]))


@pytest.mark.parametrize(
    ("name", "args"),
    [("notice", ["NOTICE-2026-999"]), ("announcement", ["无此文号"]), ("centre", ["SHETC-T-2026-99999"])],
)
def test_unknown_numbers_are_not_found(cast: Cast, name: str, args: list[str]) -> None:
    assert Client().get(reverse(name, args=args)).status_code == 404


def test_public_lists_take_equal_queries_for_one_and_three(notice: Notice, clock: Clock) -> None:
    def queries(address: str) -> int:
        client = Client()
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    addresses = [reverse("notices"), reverse("centres")]
    one = [queries(address) for address in addresses]
    for n in (2, 3):
        row = Notice.objects.order_by("pk")[0]
        row.pk, row.number = None, f"NOTICE-2026-10{n}"
        row.save()
        first = Title.objects.filter(programme="district_centre").order_by("pk")[0]
        holder = Enterprise.objects.create(
            uscc=f"9131000000000000{n}X", name=f"上海示例{n}有限公司", district="310115", registered_at=clock.at
        )
        Title.objects.create(
            number=f"SHDTC-T-2023-1000{n}", programme=first.programme, holder=holder, granted_on=first.granted_on,
            valid_from=first.valid_from, valid_until=first.valid_until, announcement_number="示例",
        )  # fmt: skip
    assert [queries(address) for address in addresses] == one


# --- objections ---------------------------------------------------------------------------------------------------
def test_objection_is_kept_once_and_answered_with_its_number(notice: Notice, case: Case) -> None:
    client, address = Client(), object_address(notice, case)
    assert client.get(address).status_code == 200
    for _turn in range(2):
        answer = client.post(address, form())
        assert answer.status_code == 302
    objection = Objection.objects.get()
    assert (objection.objector, objection.contact, objection.text) == (OBJECTOR, CONTACT, TEXT)
    done = text_of(answer.headers["Location"], client)
    assert objection.number in done
    assert OBJECTOR not in done
    assert Client().get(answer.headers["Location"]).status_code == 404


def test_faulty_objection_shows_every_reason_and_keeps_the_text(notice: Notice, case: Case) -> None:
    answer = Client().post(object_address(notice, case), form(objector="", contact="1", text="太短"))
    text = answer.content.decode()
    assert answer.status_code == 422
    for field in ("id_objector", "id_contact", "id_text"):
        assert f'href="#{field}"' in text
    assert "太短" in text
    assert not Objection.objects.exists()


def test_evidence_of_an_objection_is_checked_and_stored(notice: Notice, case: Case) -> None:
    address = object_address(notice, case)
    bad = SimpleUploadedFile("证据.pdf", b"MZ not a pdf")
    assert Client().post(address, form(file=bad)).status_code == 422
    big = SimpleUploadedFile("证据.pdf", b"%PDF-1.4" + b"0" * (10 * 1024 * 1024))
    refused = Client().post(address, form(file=big))
    assert "文件超过 10 MB" in refused.content.decode()
    before = StoredFile.objects.count()
    good = SimpleUploadedFile("证据.pdf", b"%PDF-1.4 proof")
    assert Client().post(address, form(file=good, request_key="o-2")).status_code == 302
    assert StoredFile.objects.count() == before + 1
    assert Objection.objects.get().file_name == "证据.pdf"


def test_objection_after_the_last_day_is_refused(notice: Notice, case: Case, clock: Clock) -> None:
    clock.at = notice.ends_at + timedelta(seconds=1)
    assert "不再受理异议" in text_of(object_address(notice, case))
    listed = text_of(reverse("notice", args=[notice.number]))
    assert "公示期已经结束，不再受理异议。" in listed
    assert "在名单中点“提出异议”" not in listed
    answer = Client().post(object_address(notice, case), form())
    assert answer.status_code == 422
    assert "公示期已满" in answer.content.decode()


def test_objections_are_limited_for_one_visitor(notice: Notice, case: Case) -> None:
    client, address = Client(), object_address(notice, case)
    codes = [client.post(address, form(request_key=f"o-{n}")).status_code for n in range(7)]
    assert codes[:5] == [302] * 5
    assert codes[5:] == [429, 429]


def test_case_that_is_not_listed_cannot_be_objected_to(cast: Cast, notice: Notice) -> None:
    other = filed_case(cast, 1)
    assert Client().get(object_address(notice, other)).status_code == 404


def test_name_of_the_objector_reaches_only_those_who_look_into_it(
    cast: Cast, notice: Notice, case: Case, clock: Clock
) -> None:
    Client().post(object_address(notice, case), form())
    pages = [
        reverse("notices"), reverse("notice", args=[notice.number]), object_address(notice, case),
        reverse("expert_case", args=[case.number]), reverse("expert_history"), reverse("meetings"),
        reverse("audit"), reverse("operations"), reverse("messages_list"),
    ]  # fmt: skip
    people = [*(cast.people[who] for who in ("member0", "pudong", "office", "publisher", "operator", "stranger"))]
    for user in [*people, cast.experts[0], cast.members[0]]:
        client = log_in(Client(), user)
        for address in pages:
            text = client.get(address).content.decode()
            assert OBJECTOR not in text, (user, address)
            assert CONTACT not in text, (user, address)
    assert OBJECTOR not in repr(list(AuditEvent.objects.values_list("content", flat=True)))
    auditor = log_in(Client(), cast.auditor)
    assert OBJECTOR in auditor.get(reverse("audit_case", args=[case.number])).content.decode()
    assert log_in(Client(), cast.stranger).get(reverse("audit_case", args=[case.number])).status_code == 403


# --- the register -------------------------------------------------------------------------------------------------
def test_register_shows_titles_in_force_and_filters(cast: Cast) -> None:
    address = reverse("centres")
    Title.objects.filter(holder=cast.enterprises[2]).delete()
    expired = Title.objects.create(
        number="SHDTC-T-2020-00009", programme_id="district_centre", holder=cast.enterprises[2],
        granted_on="2020-01-01", valid_from="2020-01-01", valid_until="2022-12-31",
        announcement_number="示例〔2020〕1号", state=TitleState.EXPIRED,
    )  # fmt: skip
    text = text_of(address)
    assert cast.enterprises[0].name in text
    assert expired.number not in text
    assert expired.number in text_of(address + "?state=all")
    assert expired.number in text_of(address + "?state=expired")
    jiading = text_of(address + "?district=310114")
    assert cast.enterprises[1].name in jiading
    assert cast.enterprises[0].name not in jiading
    assert "没有符合条件的称号" in text_of(address + "?year=2020")
    assert "没有符合条件的称号" in text_of(address + "?words=无此单位")


def test_export_holds_the_filtered_rows_and_no_live_formula(cast: Cast) -> None:
    holder = cast.enterprises[0]
    holder.name = '=HYPERLINK("http://x.invalid","上海")'
    holder.save()
    answer = Client().get(reverse("centres_csv") + "?district=310115")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(lines) == 3
    assert {line[1] for line in lines[1:]} == {f"'{holder.name}", cast.enterprises[2].name}


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1+1"])
def test_every_formula_sign_is_made_inert(text: str) -> None:
    assert inert(text) == f"'{text}"
    assert inert(f"甲{text}") == f"甲{text}"
    assert csv_of([["甲"]]).startswith(b"\xef\xbb\xbf")


def test_page_of_a_title_shows_validity_and_history(cast: Cast, case: Case, clock: Clock) -> None:
    announce(cast, case, clock)
    title = Application.objects.get(case=case).title
    assert title is not None
    text = text_of(reverse("centre", args=[title.number]))
    for part in (title.number, "示例〔2026〕9号", case.enterprise.uscc, "历史"):
        assert part in text


# --- progress -----------------------------------------------------------------------------------------------------
def test_progress_by_number_and_check_code_shows_no_personal_words(cast: Cast, case: Case) -> None:
    submission = Application.objects.get(case=case).current
    assert submission is not None
    code = submission.content_sha256[:8].upper()
    answer = Client().post(reverse("track"), {"number": case.number.lower(), "code": f" {code} "})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert str(S(Application.objects.get(case=case).state).label) in text
    assert case.enterprise.name not in text
    assert case.enterprise.uscc not in text


def test_unknown_number_and_wrong_code_get_the_same_answer(cast: Cast, case: Case) -> None:
    draftless = Client()
    answers = []
    for number, code in ((case.number, "00000000"), ("SHETC-2026-9999", "00000000"), (case.number, "")):
        answer = draftless.post(reverse("track"), {"number": number, "code": code})
        answers.append((answer.status_code, "没有找到" in answer.content.decode()))
    assert answers == [(422, True), (422, True), (422, False)]


@pytest.mark.parametrize("code", ["--------", "-", "________", "0" * 8, "NONE"])
def test_no_code_opens_a_case_but_its_own(cast: Cast, case: Case, code: str) -> None:
    draft = open_application(cast.enterprises[1], cast.batch, by=cast.people["member1"], at=cast.at)
    for number in (case.number, draft.number, "SHETC-2026-9999"):
        answer = Client().post(reverse("track"), {"number": number, "code": code})
        assert answer.status_code == 422


def test_progress_questions_are_limited(cast: Cast, case: Case) -> None:
    client = Client()
    said = {"number": case.number, "code": "00000000"}
    codes = {client.post(reverse("track"), said).status_code for _turn in range(25)}
    assert codes == {422, 429}
