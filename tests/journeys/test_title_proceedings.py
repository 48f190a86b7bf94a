"""A title is dealt with through the pages: opened, announced, heard, ordered; every side in turn."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accreditation.enums import ProceedingState, TitleState
from accreditation.models import Case, Proceeding, Title
from tests.clock import STARTED
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast
from tests.factories.titles import FACTS, hearing_day, municipal_title, second_officer
from workflows.consistency import check_all

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, var_dir: Any) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(STARTED - timedelta(hours=1))


def browser(cast: Cast, name: str) -> Client:
    return log_in(Client(), cast.people[name])


def text(answer: Any) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


def send(client: Client, address: str, **form: Any) -> Any:
    answer = client.post(address, form, follow=True)
    assert answer.status_code == 200, (answer.status_code, text(answer))
    return answer


def state(case: Case) -> str:
    return str(Proceeding.objects.get(case=case).state)


def acts(case: Case, verb: str, *, own: bool = False) -> str:
    return reverse("my_matter_act" if own else "matter_act", args=[case.number, verb])


def test_a_revocation_goes_through_all_hands(cast: Cast) -> None:
    title = municipal_title(cast)
    office, holder, publisher = (browser(cast, name) for name in ("office", "member0", "publisher"))
    assert title.number in text(office.get(reverse("orders_titles")))
    new = reverse("orders_new", args=[title.number])
    refused = office.post(new, {"kind": "revocation", "ground": "rectified", "found_facts": FACTS})
    assert refused.status_code == 422
    assert "所选事由不适用于此类处理" in text(refused)
    send(office, new, kind="revocation", ground="false_material", found_facts=FACTS)
    case = Proceeding.objects.get(title=title).case

    assert holder.get(reverse("my_matter", args=[case.number])).status_code == 404
    assert "称号事项" not in text(holder.get(reverse("my_cases")))
    asked = send(office, acts(case, "notify_holder"))
    assert state(case) == ProceedingState.IN_PREPARATION, "a final act is asked again first"
    assert "持有单位从此可以看到本案" in text(asked)
    send(office, acts(case, "notify_holder"), confirmed="1")
    assert "查看并答复" in text(holder.get(reverse("my_cases")))

    paper = SimpleUploadedFile("说明.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    shown = send(holder, acts(case, "add_own_document", own=True), file=paper, purpose="审计口径说明")
    assert "说明.pdf" in text(shown)
    wrong = SimpleUploadedFile("说明.exe", b"MZ", "application/octet-stream")
    answer = holder.post(acts(case, "add_own_document", own=True), {"file": wrong, "purpose": "说明"})
    assert answer.status_code == 422
    send(holder, acts(case, "defend", own=True), statement="差异来自统计口径，已书面说明。")
    added = send(holder, acts(case, "defend", own=True), statement="补充：审计报告附注已说明口径。")
    assert "差异来自统计口径" in text(added)
    assert "补充：审计报告附注" in text(added)
    assert state(case) == ProceedingState.DEFENCE_OPEN
    give_up = acts(case, "waive_rest_of_defence", own=True)
    assert "checked" not in text(holder.get(give_up))
    assert "请先勾选此项声明" in text(holder.post(give_up, {"confirmed": "1"}))
    assert "不能再申请听证" in text(send(holder, give_up, gives_up_rest="on"))
    assert "明确放弃" in text(send(holder, give_up, gives_up_rest="on", confirmed="1"))
    assert state(case) == ProceedingState.AWAITING_ORDER

    assert case.number in text(publisher.get(reverse("orders")))
    today = timezone.localdate()
    order = {
        "order_number": "示例撤〔2026〕1号", "ordered_on": today, "effective_from": today,
        "reasons": "证据确凿，口径说明不能成立。", "confirmed": "1",
    }  # fmt: skip
    assert office.get(acts(case, "make_order")).status_code == 404
    done = send(publisher, acts(case, "make_order"), **order)
    assert "决定已生效" in text(done)
    assert Title.objects.get(pk=title.pk).state == TitleState.REVOKED
    assert list(check_all()) == []

    seen = text(holder.get(reverse("my_matter", args=[case.number])))
    assert "处理决定书" in seen
    assert "证据确凿" in seen
    letter = case.letters.get(kind="order")
    letter_page = holder.get(reverse("my_matter_letter", args=[case.number, letter.number]))
    assert "行政复议" in text(letter_page)
    audit = browser(cast, "auditor").get(reverse("audit_case", args=[case.number]))
    assert audit.status_code == 200
    assert "作出处理决定" in text(audit)


def test_a_hearing_is_called_held_by_a_colleague_and_the_case_dropped(cast: Cast) -> None:
    title, other = municipal_title(cast), second_officer(cast)
    office, colleague, holder = browser(cast, "office"), log_in(Client(), other), browser(cast, "member0")
    send(
        office, reverse("orders_new", args=[title.number]), kind="warning", ground="material_overdue", found_facts=FACTS
    )
    case = Proceeding.objects.get(title=title).case
    send(office, acts(case, "revise_proceeding"), ground="material_overdue", found_facts=FACTS + "已补报。")
    send(office, acts(case, "notify_holder"), confirmed="1")
    send(holder, acts(case, "ask_for_hearing", own=True), statement="")
    assert state(case) == ProceedingState.AWAITING_HEARING
    send(colleague, acts(case, "call_hearing"), hearing_on=hearing_day(timezone.now()), hearing_place="示例会议室")
    early = colleague.post(acts(case, "hold_hearing"), {"hearing_record": "双方到场，质证完毕。"})
    assert (early.status_code, "听证日期未到" in text(early)) == (422, True)
    Proceeding.objects.filter(case=case).update(hearing_on=timezone.localdate())
    own = office.post(acts(case, "hold_hearing"), {"hearing_record": "双方到场，质证完毕。"})
    assert (own.status_code, "须由另一人办理" in text(own)) == (422, True)
    send(colleague, acts(case, "hold_hearing"), hearing_record="双方到场，质证完毕。")
    assert state(case) == ProceedingState.AWAITING_ORDER
    send(browser(cast, "publisher"), acts(case, "refuse_order"), reason="材料已经补报", confirmed="1")
    assert state(case) == ProceedingState.DROPPED
    assert "终止处理告知书" in text(holder.get(reverse("my_matter", args=[case.number])))


def test_paper_is_taken_off_only_by_who_put_it_on(cast: Cast) -> None:
    title = municipal_title(cast)
    office = browser(cast, "office")
    send(office, reverse("orders_new", args=[title.number]), kind="warning", ground="dishonesty", found_facts=FACTS)
    case = Proceeding.objects.get(title=title).case
    paper = SimpleUploadedFile("核查.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    send(office, acts(case, "add_document"), file=paper, purpose="核查记录")
    row = case.documents.get()
    drop = reverse("matter_drop_document", args=[case.number])
    colleague = log_in(Client(), second_officer(cast))
    assert "不是由您提交的" in text(send(colleague, drop, document=row.pk))
    send(office, drop, document="nonsense")
    assert case.documents.get().removed_at is None
    send(office, drop, document=row.pk)
    assert case.documents.get().removed_at is not None
    assert office.get(reverse("matter_document", args=[case.number, row.pk])).status_code == 200


def test_holder_gives_up_its_title_through_the_pages(cast: Cast) -> None:
    title = municipal_title(cast)
    holder, office = browser(cast, "member0"), browser(cast, "office")
    ask = reverse("my_cancellation", args=[title.number])
    assert "注销后失去什么" in text(holder.get(ask))
    for number in ("", "SHETC-T-2025-00009"):
        refused = holder.post(ask, {"reason": "公司已停止相关业务。", "confirmed": number})
        assert refused.status_code == 422
    assert not Proceeding.objects.filter(title=title).exists()
    said = {"reason": "公司已停止相关业务。", "confirmed": title.number}
    answer = send(holder, ask, **said)
    first = Proceeding.objects.get(title=title).case
    assert "作出决定期限" in text(answer)
    assert office.get(acts(first, "withdraw_request")).status_code == 404
    take_back = acts(first, "withdraw_request", own=True)
    assert "称号和证书保持原状" in text(send(holder, take_back, reason="业务恢复"))
    send(holder, take_back, reason="业务恢复", confirmed="1")
    assert state(first) == ProceedingState.DROPPED
    answer = send(holder, ask, **said)
    case = Proceeding.objects.exclude(case=first).get(title=title).case
    assert case.number in text(answer)
    assert browser(cast, "member1").get(reverse("my_cancellation", args=[title.number])).status_code == 404
    send(office, acts(case, "submit_for_order"))
    assert state(case) == ProceedingState.AWAITING_ORDER
