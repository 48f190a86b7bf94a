"""Changes after the grant through the pages: filed, seen by the districts, confirmed; every side in turn."""

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

from accreditation.change_words import ChangeState as S
from accreditation.enums import Level, TitleState
from accreditation.models import Case, ChangeRequest, Enterprise, Title
from certificates.models import Certificate
from tests.clock import STARTED
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast
from tests.factories.changes import FACTS, NEW_NAME, agreed, issued_certificate
from tests.factories.returns import ANOTHER, returned_on_page
from tests.factories.returns import FACTS as FACTS_FIELD
from tests.factories.titles import municipal_title
from workflows.consistency import check_all

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DOCUMENT = "示例经技〔2026〕30号"


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


def refused(client: Client, address: str, **form: Any) -> str:
    answer = client.post(address, form)
    assert answer.status_code == 422, (answer.status_code, text(answer))
    return text(answer)


def paper(name: str = "准予变更登记通知书.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.4\n%%EOF\n", "application/pdf")


def state(case: Case) -> str:
    return str(ChangeRequest.objects.get(case=case).state)


def own(case: Case, verb: str) -> str:
    return reverse("my_matter_act", args=[case.number, verb])


def act(case: Case, verb: str) -> str:
    return reverse("matter_act", args=[case.number, verb])


def begin(holder: Client, enterprise: Enterprise, kind: str, **form: Any) -> Case:
    """The first page of the holder, then the draft with its paper, submitted."""
    new = reverse("my_change_new", args=[enterprise.uscc, kind])
    send(holder, new, occurred_on=timezone.localdate(), facts=FACTS, **form)
    case = Case.objects.get(changerequest__holder=enterprise, closed_at=None)
    assert "请提交证明变更的文件" in refused(holder, own(case, "submit_change"), confirmed="1")
    send(holder, own(case, "add_change_document"), file=paper(), purpose="证明变更登记")
    asked = send(holder, own(case, "submit_change"))
    assert (state(case), "所填内容和文件须真实" in text(asked)) == (S.DRAFT, True)
    send(holder, own(case, "submit_change"), confirmed="1")
    return case


def test_a_rename_goes_through_all_hands(cast: Cast) -> None:
    title = municipal_title(cast)
    certificate = issued_certificate(title, cast.at)
    holder, bureau, office = (browser(cast, name) for name in ("member0", "pudong", "office"))
    enterprise, old = cast.enterprises[0], cast.enterprises[0].name
    address = reverse("my_changes", args=[enterprise.uscc])
    assert address in holder.get(reverse("my_cases")).content.decode()
    assert "更名" in text(holder.get(address))
    new = reverse("my_change_new", args=[enterprise.uscc, "rename"])
    assert title.number in text(holder.get(new))
    same = {"occurred_on": timezone.localdate(), "facts": FACTS, "new_name": old}
    assert "且与现名称不同" in refused(holder, new, **same)
    case = begin(holder, enterprise, "rename", new_name=NEW_NAME, new_name_en="Example Group")
    assert "本单位有一项变更正在办理" in text(holder.get(address))

    assert case.number in text(bureau.get(reverse("orders")))
    assert browser(cast, "jiading").get(reverse("matter", args=[case.number])).status_code == 404
    seen = text(bureau.get(reverse("matter", args=[case.number])))
    assert NEW_NAME in seen
    assert "现行规则没有规定期限" in seen
    send(bureau, act(case, "return_change"), **returned_on_page(FACTS_FIELD, ANOTHER))
    assert "公司章程修正案" in text(holder.get(reverse("my_matter", args=[case.number])))
    send(holder, own(case, "add_change_document"), file=paper("章程修正案.pdf"), purpose="章程")
    row = case.documents.get(name="章程修正案.pdf")
    send(holder, reverse("my_matter_drop_document", args=[case.number]), document=row.pk)
    send(holder, own(case, "add_change_document"), file=paper("章程修正案（盖章）.pdf"), purpose="章程")
    revised = {"occurred_on": timezone.localdate(), "facts": FACTS + "章程已修正。", "new_name": NEW_NAME}
    send(holder, own(case, "revise_change"), **revised)
    send(holder, own(case, "submit_change"), confirmed="1")
    send(bureau, act(case, "give_opinion"), is_favourable="yes", opinion="已核对登记文件，同意更名。")
    assert state(case) == S.UNDER_CONFIRMATION

    assert bureau.get(act(case, "confirm_change")).status_code == 404
    early = {"document_number": DOCUMENT, "document_on": timezone.localdate() + timedelta(days=1)}
    assert "文件日期不能晚于今天" in refused(office, act(case, "confirm_change"), **early, confirmed="1")
    confirm = {"document_number": DOCUMENT, "document_on": timezone.localdate(), "confirmed": "1"}
    done = send(office, act(case, "confirm_change"), **confirm)
    assert "变更已确认" in text(done)
    assert Enterprise.objects.get(pk=enterprise.pk).name == NEW_NAME
    assert Certificate.objects.get(number=certificate.number, version=2).snapshot["occasion"] == "rename"
    shown = text(holder.get(reverse("my_matter", args=[case.number])))
    assert f"换发证书 {certificate.number}" in shown
    letter = case.letters.get(kind="change_confirmed")
    assert DOCUMENT in text(holder.get(reverse("my_matter_letter", args=[case.number, letter.number])))
    public = text(Client().get(reverse("holder", args=[enterprise.uscc])))
    assert NEW_NAME in public
    assert old in public
    assert "确认变更" in text(browser(cast, "auditor").get(reverse("audit_case", args=[case.number])))
    assert list(check_all()) == []


def test_a_move_is_seen_by_the_district_it_leads_to(cast: Cast) -> None:
    municipal_title(cast)
    holder, leaving, receiving = (browser(cast, name) for name in ("member0", "pudong", "jiading"))
    case = begin(holder, cast.enterprises[0], "relocation", new_district="310114")
    yes = {"is_favourable": "yes", "opinion": "已核对登记文件，同意迁移。"}
    assert receiving.get(act(case, "give_opinion")).status_code == 404
    send(leaving, act(case, "give_opinion"), **yes)
    assert state(case) == S.UNDER_RECEIVING_OPINION
    assert leaving.get(act(case, "give_receiving_opinion")).status_code == 404
    assert case.number in text(receiving.get(reverse("orders")))
    send(receiving, act(case, "give_receiving_opinion"), is_favourable="no", opinion="场地尚未启用，建议暂缓。")
    office = browser(cast, "office")
    assert "迁入区意见（不同意）" in text(office.get(reverse("matter", args=[case.number])))
    reasons = {"reasons": "迁入区场地尚未启用，待启用后另行申请。", "confirmed": "1"}
    send(office, act(case, "refuse_change"), **reasons)
    assert state(case) == S.REFUSED
    letter = case.letters.get(kind="change_refused")
    page = text(holder.get(reverse("my_matter_letter", args=[case.number, letter.number])))
    assert "行政复议" in page
    assert Enterprise.objects.get(pk=cast.enterprises[0].pk).district == "310115"


def test_a_merger_is_planned_by_one_and_confirmed_by_another(cast: Cast) -> None:
    title, successor = municipal_title(cast), cast.enterprises[1]
    district = Title.objects.get(holder=cast.enterprises[0], programme__level=Level.DISTRICT)
    certificate = issued_certificate(title, cast.at)
    holder, office, publisher = (browser(cast, name) for name in ("member0", "office", "publisher"))
    new = reverse("my_change_new", args=[cast.enterprises[0].uscc, "merger"])
    unknown = {"occurred_on": timezone.localdate(), "facts": FACTS, "successors": "91310000MA1FL0999X"}
    assert "没有在本系统登记的单位" in refused(holder, new, **unknown)
    case = begin(holder, cast.enterprises[0], "merger", successors=successor.uscc)
    send(browser(cast, "pudong"), act(case, "give_opinion"), is_favourable="yes", opinion="同意合并。")
    assert "须先拟定承继方案" in refused(
        office, act(case, "confirm_change"), document_number=DOCUMENT, document_on=timezone.localdate(), confirmed="1"
    )
    rows = {row.title_id: row.pk for row in ChangeRequest.objects.get(case=case).titles.all()}
    page = text(office.get(act(case, "put_succession_forward")))
    assert f"由承继单位持有：{successor.name}" in page
    form = {
        f"title_{rows[title.pk]}": f"passes:{successor.uscc}", f"title_{rows[district.pk]}": "ends:",
        "reasons": "承继单位已持有区级称号。",
    }  # fmt: skip
    send(office, act(case, "put_succession_forward"), **form)
    assert "承继单位已持有区级称号" not in text(holder.get(reverse("my_matter", args=[case.number])))
    assert office.get(act(case, "confirm_succession")).status_code == 404
    send(publisher, act(case, "send_succession_back"), reason="请写明市级称号的理由。")
    send(office, act(case, "put_succession_forward"), **form)
    confirm = {"document_number": DOCUMENT, "document_on": timezone.localdate(), "confirmed": "1"}
    agreed(case, timezone.now())
    send(publisher, act(case, "confirm_succession"), **confirm)
    assert Title.objects.get(pk=title.pk).holder == successor
    assert Title.objects.get(pk=district.pk).state == TitleState.CANCELLED
    centre = text(Client().get(reverse("centre", args=[title.number])))
    assert successor.name in centre
    assert f"承继自 {cast.enterprises[0].name}" in centre
    heir = browser(cast, "member1")
    assert title.number not in text(holder.get(reverse("my_cases")))
    assert certificate.number in text(heir.get(reverse("my_cases")))
    assert holder.get(reverse("my_title_certificate", args=[title.number])).status_code == 404
    assert list(check_all()) == []


def test_only_the_holder_begins_and_it_may_withdraw(cast: Cast) -> None:
    municipal_title(cast)
    enterprise = cast.enterprises[0]
    for name in ("member1", "stranger", "office"):
        client = browser(cast, name)
        for address in (
            reverse("my_changes", args=[enterprise.uscc]), reverse("my_change_new", args=[enterprise.uscc, "rename"]),
        ):  # fmt: skip
            assert client.get(address).status_code in (403, 404)
    holder = browser(cast, "member0")
    case = begin(holder, enterprise, "split", successors=cast.enterprises[2].uscc)
    assert browser(cast, "member1").get(reverse("my_matter", args=[case.number])).status_code == 404
    send(holder, own(case, "withdraw_change"), reason="", confirmed="1")
    assert state(case) == S.WITHDRAWN
    begin(holder, enterprise, "reorganisation")
