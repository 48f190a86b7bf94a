"""An act is challenged through the pages: filed, examined, answered, decided by a second person; what follows."""

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

from accreditation.audit import verify_all
from accreditation.delivery_words import DeliveryWay
from accreditation.enums import ApplicationState, TitleState
from accreditation.models import Application, Case, Letter, Proceeding, Reconsideration, Title
from accreditation.reconsideration_words import Outcome
from accreditation.reconsideration_words import ReconsiderationState as S
from accreditation.roles import Role
from accreditation.services.proceedings import standing_bar
from tests.clock import STARTED
from tests.factories.browser import log_in
from tests.factories.cast import Cast, grant, make_cast
from tests.factories.reconsidering import CLAIM, REASONS, challenged, declined, reconsiderers, revoked
from workflows import door
from workflows.consistency import check_all

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, var_dir: Any) -> Cast:
    settings.ACCREDITATION_DEMO = True
    found = make_cast(STARTED - timedelta(hours=1))
    reconsiderers(found)
    return found


def browser(cast: Cast, name: str) -> Client:
    return log_in(Client(), cast.people[name])


def text(answer: Any) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


def send(client: Client, address: str, **form: Any) -> Any:
    answer = client.post(address, form, follow=True)
    assert answer.status_code == 200, (answer.status_code, text(answer))
    return answer


def state(case: Case) -> str:
    return str(Reconsideration.objects.get(case=case).state)


def acts(case: Case, verb: str, *, own: bool = False) -> str:
    return reverse("my_matter_act" if own else "matter_act", args=[case.number, verb])


def decision(outcome: str, number: int = 1) -> dict[str, Any]:
    return {
        "outcome": outcome, "decision_number": f"示例复决〔2026〕{number}号", "decided_on": timezone.localdate(),
        "reasons": "原决定认定事实不清，证据不足。", "confirmed": "1",
    }  # fmt: skip


def to_decision(cast: Cast, case: Case, outcome: str) -> None:
    """Examined, answered and proposed, through the pages."""
    first, respondent = browser(cast, "reconsiderer1"), browser(cast, "office")
    if Reconsideration.objects.get(case=case).respondent_code:
        respondent = browser(cast, "pudong")
    send(first, acts(case, "accept_reconsideration"), confirmed="1")
    paper = SimpleUploadedFile("卷宗.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    send(respondent, acts(case, "add_document"), file=paper, purpose="作出原决定的证据")
    send(respondent, acts(case, "answer_challenge"), answer="原决定事实清楚，程序合法。", confirmed="1")
    send(first, acts(case, "propose_decision"), outcome=outcome, reason="经审理，拟作此决定。")
    assert state(case) == S.DECISION_PROPOSED


def first_look(cast: Cast, holder: Client, letter: Letter) -> str:
    """The letter as its addressee opens it, which is recorded once; nothing was on record before."""
    read, seen = (
        reverse(name, args=[letter.case.number, letter.number]) for name in ("my_matter_letter", "matter_letter")
    )
    assert "还没有送达记录" in text(browser(cast, "office").get(seen))
    holder.head(read)
    assert not letter.deliveries.exists(), "neither an officer's look nor an answer without the letter"
    page = holder.get(read).content.decode()
    assert holder.get(read).status_code == 200
    opened = letter.deliveries.get()
    assert (opened.way, opened.recorded_by) == (DeliveryWay.OPENED, cast.member0)
    assert "在系统中首次打开" in text(browser(cast, "office").get(seen))
    return page


def test_a_revoked_title_comes_back_by_a_decision_and_by_nothing_else(cast: Cast) -> None:
    letter = revoked(cast, timezone.now() - timedelta(minutes=30))
    title = Title.objects.get(proceedings__case=letter.case)
    assert title.state == TitleState.REVOKED
    holder, first, second = (browser(cast, name) for name in ("member0", "reconsiderer1", "reconsiderer2"))
    page = first_look(cast, holder, letter)
    address = reverse("my_reconsideration", args=[letter.number])
    assert "六十日的申请期限从该日起算" in text(holder.get(address))
    assert address in page
    assert browser(cast, "member1").get(address).status_code == 404, "a foreign enterprise"
    assert browser(cast, "office").get(address).status_code in (403, 404)
    early = holder.post(address, {"known_on": letter.dated - timedelta(days=1), "claim": CLAIM, "reasons": REASONS})
    assert (early.status_code, "文书日期至今日之间" in text(early)) == (422, True)
    shown = send(holder, address, known_on=letter.dated, claim=CLAIM, reasons=REASONS)
    case = Reconsideration.objects.get().case
    assert case.number in text(shown)
    paper = SimpleUploadedFile("说明.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    assert "说明.pdf" in text(send(holder, acts(case, "add_own_document", own=True), file=paper, purpose="口径说明"))
    again = holder.post(address, {"known_on": letter.dated, "claim": CLAIM, "reasons": REASONS})
    assert (again.status_code, "已经申请过" in text(again)) == (422, True)

    assert case.number in text(first.get(reverse("orders")))
    on = timezone.localdate()
    assert standing_bar(title.holder, title.programme, on) is not None
    send(first, acts(case, "accept_reconsideration"), confirmed="1")
    send(first, acts(case, "stay_execution"), reason="涉及正在申报的项目", confirmed="1")
    assert standing_bar(title.holder, title.programme, on) is None, "stayed"
    office = browser(cast, "office")
    assert case.number in text(office.get(reverse("orders")))
    send(office, acts(case, "answer_challenge"), answer="原决定事实清楚，程序合法。", confirmed="1")
    send(first, acts(case, "prolong_reconsideration"), days=30, reason="案情复杂，须补充调查")
    more = first.post(acts(case, "prolong_reconsideration"), {"days": 5, "reason": "案情复杂，须补充调查"})
    assert (more.status_code, "只能延长一次" in text(more)) == (422, True)
    send(first, acts(case, "propose_decision"), outcome=Outcome.UPHELD, reason="拟维持原决定。")
    send(second, acts(case, "send_back_proposal"), reason="申辩意见没有回应")
    send(first, acts(case, "propose_decision"), outcome=Outcome.ANNULLED, reason="证据不足，拟撤销。")
    assert "拟定的决定" not in text(office.get(reverse("matter", args=[case.number]))), "not before it is made"
    assert "拟定的决定" in text(second.get(reverse("matter", args=[case.number])))
    own = first.post(acts(case, "decide_reconsideration"), decision(Outcome.ANNULLED))
    assert (own.status_code, "须由另一人办理" in text(own)) == (422, True)
    done = send(second, acts(case, "decide_reconsideration"), **decision(Outcome.ANNULLED))
    assert "已作出复议决定" in text(done)
    title.refresh_from_db(fields=["holder"])
    assert Title.objects.get(pk=title.pk).state == TitleState.IN_FORCE
    assert standing_bar(title.holder, title.programme, on) is None
    assert title.number in text(Client().get(reverse("centres")))
    told = Letter.objects.get(case=case, kind="reconsideration_decision")
    assert "十五日" in told.remedy
    assert "撤销" in told.body
    assert list(check_all()) == []
    assert verify_all()[1] == []


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Outcome.UPHELD, TitleState.REVOKED),
        (Outcome.ILLEGAL, TitleState.REVOKED),
        (Outcome.MODIFIED, TitleState.WARNED),
        (Outcome.REDO, TitleState.IN_FORCE),
    ],
)
def test_each_outcome_does_to_the_title_what_it_says(cast: Cast, outcome: str, expected: TitleState) -> None:
    letter = revoked(cast, timezone.now() - timedelta(minutes=30))
    case = challenged(cast, letter, timezone.now() - timedelta(minutes=20))
    to_decision(cast, case, outcome)
    send(browser(cast, "reconsiderer2"), acts(case, "decide_reconsideration"), **decision(outcome))
    assert Title.objects.get(proceedings__case=letter.case).state == expected
    assert Proceeding.objects.get(case=letter.case).state == "concluded", "the old case is not touched"
    assert list(check_all()) == []


def test_an_annulled_refusal_orders_the_application_to_be_decided_again(cast: Cast) -> None:
    letter = declined(cast, timezone.now() - timedelta(minutes=30))
    holder = browser(cast, "member0")
    page = holder.get(reverse("my_letter", args=[letter.case.number, letter.number])).content.decode()
    assert reverse("my_reconsideration", args=[letter.number]) in page
    case = challenged(cast, letter, timezone.now() - timedelta(minutes=20))
    redo = reverse("my_redo", args=[case.number])
    assert "没有责令重新办理" in text(send(holder, redo))
    to_decision(cast, case, Outcome.REDO)
    modified = browser(cast, "reconsiderer2").post(acts(case, "decide_reconsideration"), decision(Outcome.MODIFIED))
    assert (modified.status_code, "可以撤销并责令重作" in text(modified)) == (422, True)
    send(browser(cast, "reconsiderer2"), acts(case, "decide_reconsideration"), **decision(Outcome.REDO))
    assert Application.objects.get(case=letter.case).state == ApplicationState.DECLINED, "nothing is reopened silently"
    assert Application.objects.filter(enterprise=letter.case.enterprise).count() == 1
    batch = letter.case.application.batch
    batch.close()
    batch.save()
    assert "重新申报" in text(holder.get(reverse("my_matter", args=[case.number])))
    assert browser(cast, "member1").post(redo).status_code == 404
    send(holder, redo)
    opened = Reconsideration.objects.get(case=case).redo_case
    assert opened is not None
    assert opened.batch == batch
    assert Application.objects.get(case=opened).is_ordered_again
    assert "没有责令重新办理" in text(send(holder, redo)), "once"
    assert list(check_all()) == []
    assert verify_all()[1] == []


def test_application_for_reconsideration_is_not_accepted_or_taken_back(cast: Cast) -> None:
    letter = declined(cast, timezone.now() - timedelta(minutes=30))
    case = challenged(cast, letter, timezone.now() - timedelta(minutes=20))
    first = browser(cast, "reconsiderer1")
    send(first, acts(case, "decline_reconsideration"), decline_ground="claim", reason="请求事项不明确", confirmed="1")
    assert state(case) == S.NOT_ACCEPTED
    assert "十五日" in Letter.objects.get(case=case, kind="reconsideration_declined").remedy
    other = challenged(cast, letter, timezone.now() - timedelta(minutes=10))
    send(
        browser(cast, "member0"), acts(other, "withdraw_reconsideration", own=True), reason="已达成和解", confirmed="1"
    )
    assert state(other) == S.WITHDRAWN
    assert list(check_all()) == []


def test_what_lacks_is_asked_for_once_and_supplied_through_the_pages(cast: Cast) -> None:
    letter = declined(cast, timezone.now() - timedelta(minutes=30))
    case = challenged(cast, letter, timezone.now() - timedelta(minutes=20))
    first, holder = browser(cast, "reconsiderer1"), browser(cast, "member0")
    overview, own = reverse("matter", args=[case.number]), reverse("my_matter", args=[case.number])
    asking, supplying = acts(case, "ask_for_supplement"), acts(case, "supplement_reconsideration", own=True)
    assert asking in first.get(overview).content.decode()
    assert "视为放弃复议申请" in text(first.post(asking, {"lacking": "授权委托书"})), "told before it is done"
    send(first, asking, lacking="1．授权委托书；\n2．具体的复议请求。", confirmed="1")
    assert state(case) == S.SUPPLEMENT_ASKED
    assert asking not in first.get(overview).content.decode()
    page = holder.get(own)
    assert supplying in page.content.decode()
    assert "具体的复议请求" in text(page)
    assert "查看并答复" in text(holder.get(reverse("my_cases")))
    form = unescape(holder.get(supplying).content.decode())
    assert CLAIM in form, "filled in with what was filed"
    assert "具体的复议请求" in form, "beside what lacks"
    same = holder.post(supplying, {"claim": CLAIM, "reasons": REASONS, "confirmed": "1"})
    assert (same.status_code, "尚未补正" in text(same)) == (422, True)
    send(holder, supplying, claim="请求撤销不予受理的决定。", reasons=REASONS, confirmed="1")
    assert state(case) == S.FILED
    page = first.get(overview)
    assert asking not in page.content.decode(), "once"
    assert "请求撤销不予受理的决定。" in text(page)
    assert list(check_all()) == []


def test_late_application_is_filed_with_its_reason_and_declined_for_lateness(cast: Cast) -> None:
    letter = declined(cast, timezone.now() - timedelta(minutes=30))
    holder, first = browser(cast, "member0"), browser(cast, "reconsiderer1")
    address = reverse("my_reconsideration", args=[letter.number])
    assert "late_reason" not in holder.get(address).content.decode(), "it cannot come late yet"
    known_on = timezone.localdate() - timedelta(days=80)
    Letter.objects.filter(pk=letter.pk).update(dated=known_on)
    said = {"known_on": known_on, "claim": CLAIM, "reasons": REASONS}
    refused = holder.post(address, said)
    assert (refused.status_code, "请写明耽误的理由" in text(refused)) == (422, True)
    delivering = reverse("letter_delivery", args=[letter.number])
    assert browser(cast, "office").get(delivering).status_code == 404, "the district wrote it"
    served = {"way": "handed", "done_on": known_on + timedelta(days=1), "evidence": "送达回证 01，王示例签收"}
    lacking = browser(cast, "pudong").post(delivering, served | {"evidence": ""})
    assert (lacking.status_code, "请写明凭证" in text(lacking)) == (422, True)
    assert "王示例签收" in text(send(browser(cast, "pudong"), delivering, **served))
    read = text(holder.get(reverse("my_letter", args=[letter.case.number, letter.number])))
    assert "王示例签收" in read
    assert "（直接送达）" in read
    assert str(cast.people["pudong"]) not in read, "no officer's name"
    send(holder, address, **said, late_reason="主要负责人被隔离，上周才返回单位。")
    case = Reconsideration.objects.get().case
    page = text(first.get(reverse("matter", args=[case.number])))
    assert "超过申请期限" in page
    assert "上周才返回单位" in page
    declining = acts(case, "decline_reconsideration")
    shown = text(first.get(declining))
    assert "申请人说明的理由见案情" in shown
    assert "现按送达记录自" in shown
    form = {"decline_ground": "time", "reason": "隔离早已解除，耽误期限没有正当理由。", "confirmed": "1"}
    unfit = first.post(declining, form | {"established_on": known_on + timedelta(days=2)})
    assert (unfit.status_code, "请写明认定该日期的事实和证据" in text(unfit)) == (422, True)
    found = "申请人到复议机关当面陈述，当日下午方才看到文书。"
    send(first, declining, **form, established_on=known_on + timedelta(days=2), established_why=found)
    assert found in text(holder.get(reverse("my_matter", args=[case.number])))
    assert state(case) == S.NOT_ACCEPTED
    timely = challenged(
        cast, revoked(cast, timezone.now() - timedelta(minutes=15)), timezone.now() - timedelta(minutes=10)
    )
    form = first.get(acts(timely, "decline_reconsideration")).content.decode()
    assert 'value="claim"' in form
    assert 'value="time"' not in form


def test_nobody_who_took_part_in_the_act_sees_or_decides_its_challenge(cast: Cast) -> None:
    letter = revoked(cast, timezone.now() - timedelta(minutes=30))
    case = challenged(cast, letter, timezone.now() - timedelta(minutes=20))
    from_office = cast.people["publisher"]  # made the order
    grant(from_office, Role.RECONSIDERATION_OFFICER, at=cast.at)
    client = browser(cast, "publisher")
    answer = client.post(acts(case, "accept_reconsideration"), {"confirmed": "1"})
    assert answer.status_code in (403, 404)
    assert state(case) == S.FILED
    assert door.possible_verbs(case, by=from_office, at=timezone.now()) == []
