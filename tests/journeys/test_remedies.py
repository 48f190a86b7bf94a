"""From the letter through the pages: a judgment is put forward with its file, carried out by a colleague, and seen."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accreditation.audit import verify_all
from accreditation.enums import TitleState
from accreditation.models import Case, Letter, Reconsideration, Title
from accreditation.reconsideration_words import Outcome, Remedy
from accreditation.reconsideration_words import ReconsiderationState as S
from accreditation.roles import Role
from tests.clock import STARTED
from tests.factories.browser import log_in
from tests.factories.cast import Cast, grant, make_cast, person
from tests.factories.reconsidering import challenged, declined, reconsiderers, revoked
from tests.factories.titles import second_officer
from workflows.consistency import check_all

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LINK = "执行法院裁判或自行纠正"
CAME_OF_IT = "对该行为的复议、裁判和纠正"


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    found = make_cast(STARTED - timedelta(hours=1))
    reconsiderers(found)
    found.people["office2"] = second_officer(found)
    return found


def browser(cast: Cast, name: str) -> Client:
    return log_in(Client(), cast.people[name])


def text(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def judged(**changed: Any) -> dict[str, Any]:
    today = timezone.localdate().isoformat()
    paper = SimpleUploadedFile("判决书.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    return {
        "remedy": Remedy.JUDGMENT, "outcome": Outcome.ANNULLED, "number": "（2026）沪7101行初1号", "dated": today,
        "court": "示例铁路运输法院", "in_force_on": today, "reasons": "依照生效判决，撤销原处理决定。", "file": paper,
    } | changed  # fmt: skip


def acts(case: Case, verb: str) -> str:
    return reverse("matter_act", args=[case.number, verb])


def test_judgment_is_carried_out_from_the_letter_and_shown_to_the_enterprise(cast: Cast) -> None:
    letter = revoked(cast, timezone.now() - timedelta(minutes=30))
    office, colleague, holder = browser(cast, "office"), browser(cast, "office2"), browser(cast, "member0")
    of_letter = reverse("matter_letter", args=[letter.case.number, letter.number])
    own = reverse("my_matter_letter", args=[letter.case.number, letter.number])
    address = reverse("remedy_new", args=[letter.number])
    assert address in office.get(of_letter).content.decode()
    assert LINK not in text(holder.get(own))
    assert LINK not in text(browser(cast, "publisher").get(of_letter))
    assert "处理决定书" in text(office.get(address))
    for stranger, answer in (("publisher", 403), ("member0", 403), ("pudong", 404)):
        assert browser(cast, stranger).get(address).status_code == answer, stranger
    bare = office.post(address, judged(court="", in_force_on="", file=""))
    assert (bare.status_code, "请附生效的裁判文书" in text(bare)) == (422, True)
    wrong = SimpleUploadedFile("判决书.exe", b"MZ", "application/octet-stream")
    odd = office.post(address, judged(file=wrong))
    assert (odd.status_code, "不在允许范围内" in text(odd)) == (422, True)
    put = office.post(address, judged(request_key="one"), follow=True)
    office.post(address, judged(request_key="one"))  # the button pressed twice
    case = Reconsideration.objects.get().case
    assert "判决书.pdf" in text(put)
    assert holder.get(reverse("my_matter", args=[case.number])).status_code == 404
    assert CAME_OF_IT not in text(holder.get(own))
    assert case.number in text(office.get(of_letter))
    assert case.number in text(colleague.get(reverse("orders")))
    assert case.number in text(colleague.get(reverse("messages_list")))
    alone = office.post(acts(case, "carry_out_remedy"), {"confirmed": "1"})
    assert (alone.status_code, "提请的人不能自己核准" in text(alone)) == (422, True)
    done = colleague.post(acts(case, "carry_out_remedy"), {"confirmed": "1"}, follow=True)
    assert "已核准执行" in text(done)
    title = Title.objects.get(proceedings__case=letter.case)
    assert title.state == TitleState.IN_FORCE
    assert title.number in text(Client().get(reverse("centres")))
    seen = text(holder.get(own))
    assert CAME_OF_IT in seen
    assert "法院裁判 " + case.number in seen
    assert "（2026）沪7101行初1号" in seen
    assert "示例铁路运输法院" in text(holder.get(reverse("my_matter", args=[case.number])))
    told = Letter.objects.get(case=case)
    assert "现为“有效”" in text(holder.get(reverse("my_matter_letter", args=[case.number, told.number])))
    late = office.post(address, judged())
    assert (late.status_code, "已被撤销或者变更" in text(late)) == (422, True)
    assert list(check_all()) == []
    assert verify_all()[1] == []


def test_district_takes_its_refusal_back_and_the_enterprise_files_again(cast: Cast) -> None:
    letter = declined(cast, timezone.now() - timedelta(minutes=30))
    cast.people["pudong2"] = person("pudong_second", "浦东同事示例")
    grant(cast.people["pudong2"], Role.DISTRICT_OFFICER, "310115", at=cast.at)
    pudong, holder = browser(cast, "pudong"), browser(cast, "member0")
    page = pudong.get(reverse("staff_letter", args=[letter.case.number, letter.number])).content.decode()
    address = reverse("remedy_new", args=[letter.number])
    assert address in page
    assert browser(cast, "office").get(address).status_code == 404
    form = judged(remedy=Remedy.OWN_CORRECTION, number="浦示纠〔2026〕1号", court="", in_force_on="", file="")
    harsher = pudong.post(address, form | {"outcome": Outcome.ILLEGAL})
    assert (harsher.status_code, "自行纠正只能撤销原行为" in text(harsher)) == (422, True)
    pudong.post(address, form)
    row = Reconsideration.objects.get()
    browser(cast, "pudong2").post(acts(row.case, "carry_out_remedy"), {"confirmed": "1"})
    assert Reconsideration.objects.get().state == S.CARRIED_OUT
    own = text(holder.get(reverse("my_letter", args=[letter.case.number, letter.number])))
    assert "自行纠正 " + row.case.number in own
    assert "重新申报" in text(holder.get(reverse("my_matter", args=[row.case.number])))
    holder.post(reverse("my_redo", args=[row.case.number]))
    assert Reconsideration.objects.get().redo_case is not None
    assert list(check_all()) == []


def test_letter_shows_a_reconsideration_to_both_sides(cast: Cast) -> None:
    letter = revoked(cast, timezone.now() - timedelta(minutes=30))
    case = challenged(cast, letter, timezone.now() - timedelta(minutes=20))
    for name, page in (("member0", "my_matter_letter"), ("office", "matter_letter")):
        seen = text(browser(cast, name).get(reverse(page, args=[letter.case.number, letter.number])))
        assert f"行政复议 {case.number} 复议申请待审查" in seen


def test_case_and_title_lead_to_what_was_decided_on_them_for_those_who_may_see_it(cast: Cast) -> None:
    letter = revoked(cast, timezone.now() - timedelta(minutes=30))
    title, office = Title.objects.get(proceedings__case=letter.case), browser(cast, "office")
    pages = {
        "office": [reverse("matter", args=[letter.case.number]), reverse("orders_new", args=[title.number])],
        "member0": [reverse("my_matter", args=[letter.case.number]), reverse("my_cancellation", args=[title.number])],
    }
    for name, addresses in pages.items():
        for address in addresses:
            assert 'id="remedies"' not in browser(cast, name).get(address).content.decode(), address
    office.post(reverse("remedy_new", args=[letter.number]), judged(outcome=Outcome.UPHELD))
    row = Reconsideration.objects.get()
    link = reverse("matter", args=[row.case.number])
    for address in pages["office"]:
        seen = office.get(address)
        assert link in seen.content.decode(), address
        assert f"{row.case.number} 处理决定书 {letter.number} 待核准执行" in text(seen)
    for address in pages["member0"]:
        assert row.case.number not in text(browser(cast, "member0").get(address)), address
    browser(cast, "office2").post(acts(row.case, "carry_out_remedy"), {"confirmed": "1"})
    for address in pages["member0"]:
        seen = browser(cast, "member0").get(address)
        assert reverse("my_matter", args=[row.case.number]) in seen.content.decode(), address
        assert "驳回诉讼请求 （2026）沪7101行初1号" in text(seen)
    other = browser(cast, "publisher").get(pages["office"][0])
    assert (link in other.content.decode()) == (browser(cast, "publisher").get(link).status_code == 200)


def test_application_leads_both_sides_to_the_challenge_of_its_end(cast: Cast) -> None:
    letter = declined(cast, timezone.now() - timedelta(minutes=30))
    case = challenged(cast, letter, timezone.now() - timedelta(minutes=20))
    own = browser(cast, "member0").get(reverse("my_case", args=[letter.case.number]))
    assert reverse("my_matter", args=[case.number]) in own.content.decode()
    seen = browser(cast, "pudong").get(reverse("case", args=[letter.case.number]), follow=True)
    assert reverse("matter", args=[case.number]) in seen.content.decode()
    assert "对本案决定的复议、裁判和纠正" in text(seen)


def test_judgment_on_appeal_is_put_forward_on_the_same_page_and_takes_the_place_of_the_first(cast: Cast) -> None:
    letter = revoked(cast, timezone.now() - timedelta(minutes=30))
    office, colleague = browser(cast, "office"), browser(cast, "office2")
    address, box = reverse("remedy_new", args=[letter.number]), 'name="is_later"'
    assert box not in office.get(address).content.decode()
    office.post(address, judged())
    first = Reconsideration.objects.get().case
    colleague.post(acts(first, "carry_out_remedy"), {"confirmed": "1"})
    assert box in office.get(address).content.decode()
    appeal = {"number": "（2026）沪03行终9号", "court": "示例中级人民法院", "outcome": Outcome.UPHELD}
    plain = office.post(address, judged(**appeal))
    assert (plain.status_code, "已被撤销或者变更" in text(plain)) == (422, True)
    office.post(address, judged(**appeal, is_later="on"))
    second = Reconsideration.objects.latest("pk").case
    page = text(colleague.get(reverse("matter", args=[second.number])))
    assert f"替代的裁判 示例铁路运输法院 （2026）沪7101行初1号（{first.number}）" in page
    colleague.post(acts(second, "carry_out_remedy"), {"confirmed": "1"})
    assert Title.objects.get(proceedings__case=letter.case).state == TitleState.REVOKED
    assert "已由新裁判替代" in text(browser(cast, "member0").get(reverse("my_matter", args=[first.number])))
    assert list(check_all()) == []
    assert verify_all()[1] == []
