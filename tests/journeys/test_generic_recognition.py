"""A product's title set up from a file alone and walked on the pages to a certificate that names the product."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accreditation.audit import verify_all
from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice
from accreditation.models import (
    Application,
    Batch,
    Case,
    DesignationProposal,
    Letter,
    Meeting,
    Notice,
    Programme,
    Title,
    User,
)
from accreditation.services.rule_sets import rules_of
from certificates.models import Certificate
from certificates.selectors import certificate_file
from certificates.services.keys import open_keys
from certificates.services.signing import sign_pending
from certificates.verify import Trust, verify
from tests.clock import Clock
from tests.factories.batches import opened_by_two
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast
from tests.workflows.test_intake import PDF
from workflows.consistency import check_all
from workflows.demo.material import workbook_for
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FILE = Path(__file__).with_name("patent_new_product.yaml")
PROCEDURE = "generic_recognition/2026"
PRODUCT, OTHER = "HN-120 型燃料电池系统", "HN-300 型燃料电池系统"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_cast(clock.at)


def client_of(user: User) -> Client:
    return log_in(Client(), user)


def send(user: User, name: str, *arguments: Any, **form: Any) -> str:
    """Post a form that is taken; the address that the person is sent to."""
    answer = client_of(user).post(reverse(name, args=arguments), form)
    assert answer.status_code == 302, (name, _errors(answer))
    return str(answer.headers["Location"])


def refused(user: User, name: str, *arguments: Any, **form: Any) -> str:
    """Post a form that is not taken; what the page says."""
    answer = client_of(user).post(reverse(name, args=arguments), form)
    assert answer.status_code in (409, 422), (name, answer.status_code)
    return str(answer.content.decode())


def _errors(answer: Any) -> Any:
    return [context["form"].errors for context in answer.context or () if "form" in context][:1]


def opened(user: User | None, name: str, *arguments: Any) -> str:
    answer = (client_of(user) if user else Client()).get(reverse(name, args=arguments))
    assert answer.status_code == 200, (user, name)
    return str(answer.content.decode())


def state(number: str) -> str:
    return str(Application.objects.get(case__number=number).state)


def set_up(path: Path = FILE, **options: Any) -> str:
    said = StringIO()
    call_command("set_up_designation", str(path), stdout=said, **options)
    return said.getvalue()


def open_the_batch(cast: Cast, clock: Clock, path: Path = FILE) -> Batch:
    """Proposed by command, published by the second person and opened by the office on their pages."""
    code = "patent_new_product"
    assert "已提请" in set_up(path, by="office")
    number = DesignationProposal.objects.latest("pk").number
    send(cast.publisher, "office_designation_decide", number, "publish")
    edition = Programme.objects.get(code=code)
    page = client_of(cast.office).get(reverse("office_batch_new"))
    choices = dict(page.context["form"].fields["procedure"].choices)
    assert PROCEDURE in choices
    row = page.context["form"].fields["edition"].queryset.get(reference__startswith=f"{code}/")
    where = send(
        cast.office, "office_batch_new", programme=edition.pk, edition=row.pk, procedure=PROCEDURE, ordinal="1",
        year="2026", reporting_year="2025", opens_at="2026-03-01T08:00", closes_at="2026-03-30T17:00",
        base_date="2026-03-01", request_key="batch",
    )  # fmt: skip
    return opened_by_two(where)


def draft(cast: Cast, batch: Batch, product: str, *, n: int = 0) -> str:
    """Opened for a product, with workbook and evidence."""
    me, enterprise = cast.people[f"member{n}"], cast.enterprises[n]
    place = f"{batch.code}:{enterprise.pk}"
    number = send(me, "my_new", place=place, product=product).rstrip("/").split("/")[-1]
    book = workbook_for(enterprise, batch, seed=3, profile="strong")
    send(me, "my_workbook", number, file=SimpleUploadedFile("数据表.xlsx", book))
    for kind in rules_of(batch).evidence:
        if kind.required:
            file = SimpleUploadedFile(f"{kind.code}.pdf", PDF, content_type="application/pdf")
            send(me, "my_materials", number, kind=kind.code, file=file)
    return number


def file(cast: Cast, number: str, *, n: int = 0) -> None:
    assert "不评分" in opened(cast.people[f"member{n}"], "my_score", number)
    send(cast.people[f"member{n}"], "my_check", number, verb="submit", declaration="on", insists="on")


def check(cast: Cast, number: str) -> None:
    """Every condition of the plan answered on its page, then found in order."""
    for code in ("PN1", "PN2", "PN3", "PN4", "PN5"):
        send(cast.office, "office_gate", number, code, is_met="yes", reason="经查符合规划的条件")
    ticked = ["identity", "evidence", "figures", "annexes", "gates"]
    form = {"checked": ticked, "opinion": "符合五项条件", "decision": "pass_completeness_check"}
    send(cast.office, "office_review", number, **form)


def meet(cast: Cast, batch: Batch, numbers: list[str], choice: str = Choice.RECOGNISE, remark: str = "") -> Meeting:
    members = [str(person.pk) for person in cast.members]
    where = send(
        cast.office, "meeting_new", batch=batch.code, cases=numbers,
        held_on=f"{timezone.localdate()}", held_time="14:00", place="示例会议室",
        members=members, chair=members[0], request_key=f"call{numbers}",
    )  # fmt: skip
    meeting = where.rstrip("/").split("/")[-1]
    send(cast.office, "meeting_start", meeting, present=members)
    for position in range(1, len(numbers) + 1):
        for person in cast.members:
            opened(person, "meeting_item", meeting, position)
            send(person, "meeting_vote", meeting, position, choice=choice, remark=remark)
    send(
        cast.office, "meeting_minutes", meeting, **{f"reason-{n}": remark for n in range(1, len(numbers) + 1)}, sent="1"
    )
    row = Meeting.objects.get(number=meeting)
    for signer in (cast.office, cast.members[0]):
        send(signer, "meeting_sign", meeting, sha256=row.minutes_sha256)
    return Meeting.objects.get(number=meeting)


def publish(cast: Cast, batch: Batch, numbers: list[str], clock: Clock) -> Notice:
    form = {"cases": numbers, "body": "现予公示。", "confirmed": "1", "request_key": f"notice{numbers}"}
    send(cast.publisher, "batch_notice", batch.code, **form)
    notice = Application.objects.get(case__number=numbers[0]).notice
    assert notice is not None
    return notice


def announce(cast: Cast, batch: Batch, numbers: list[str], clock: Clock) -> None:
    form = {"cases": numbers, "number": "示例〔2026〕1号", "dated": clock.on.isoformat(), "body": "现予公布。"}
    send(cast.publisher, "batch_announce", batch.code, **form, confirmed="1", request_key="announce")


def test_patented_new_product_goes_from_its_file_to_a_certificate_that_names_it(
    cast: Cast, clock: Clock, var_dir: Path
) -> None:
    assert "检查通过" in set_up(dry_run=True)
    assert not Programme.objects.filter(code="patent_new_product").exists()
    batch = open_the_batch(cast, clock)
    assert (batch.first_review_days, batch.panel_size, batch.notice_days, batch.quota) == (0, 0, 5, 100)
    assert "没有变化" in set_up(by="office")
    number = draft(cast, batch, f"  {PRODUCT.replace(' ', '  ')} ")
    assert PRODUCT in opened(cast.member0, "my_cases")
    place = f"{batch.code}:{cast.enterprises[0].pk}"
    assert "这一产品在本批次已有申报" in refused(cast.member0, "my_new", place=place, product="ＨＮ-120型燃料电池系统")
    assert "请写明产品名称" in refused(cast.member0, "my_new", place=place, product="")
    other = draft(cast, batch, OTHER)
    for each in (number, other):
        file(cast, each)
        assert state(each) == S.UNDER_COMPLETENESS_CHECK
        assert number not in opened(cast.pudong, "district_inbox")
        assert PRODUCT in opened(cast.office, "office_inbox")
        check(cast, each)
        assert state(each) == S.UNDER_OVERALL_REVIEW
    receipt = Letter.objects.get(case__number=number, kind="receipt")
    assert f"产品“{PRODUCT}”" in receipt.body
    assert receipt.issued_by == "示例市经济和信息化主管部门"
    meeting = meet(cast, batch, [number, other])
    assert f"“{PRODUCT}”" in meeting.minutes
    notice = publish(cast, batch, [number, other], clock)
    assert {PRODUCT, OTHER} <= set(notice.entries.values_list("product", flat=True))
    assert PRODUCT in opened(None, "notice", notice.number)
    clock.at = notice.ends_at + timedelta(seconds=1)
    tick(clock.at)
    clock.advance(days=1)
    announce(cast, batch, [number, other], clock)
    assert {row.product for row in Title.objects.filter(holder=cast.enterprises[0], programme=batch.programme)} == {
        PRODUCT,
        OTHER,
    }
    title = Title.objects.get(product=PRODUCT)
    letter = Letter.objects.get(case__number=number, kind="recognition").body
    assert f"你单位产品“{PRODUCT}”被认定为上海市专利新产品" in letter
    assert "专家评审" not in letter
    found = Client().get(reverse("centres"), {"words": "hn-300"}).content.decode()
    assert (OTHER in found, PRODUCT in found) == (True, False)
    for address in (("centres",), ("centre", title.number), ("announcement", title.announcement_number)):
        assert PRODUCT in opened(None, *address)
    keys = open_keys(at=clock.at)
    assert sign_pending(limit=5, at=clock.at, keys=keys) == 2
    assert tick(clock.at).certificates_noted == 2
    certificate = Certificate.objects.get(snapshot__product_zh=PRODUCT)
    assert (certificate.snapshot["layout"], certificate.snapshot["programme_zh"]) == ("product-2", "上海市专利新产品")
    root = (var_dir / "trust" / "root.pem").read_bytes()
    verdict = verify(certificate_file(certificate), Trust((root,), frozenset({certificate.signer}), clock.at))
    assert verdict.accepted, verdict
    assert PRODUCT in opened(None, "certificates:shown", certificate.code)
    assert Case.objects.get(number=number).closed_at is not None
    assert list(check_all()) == []
    assert verify_all()[1] == []


def test_enterprise_may_file_another_product_while_one_title_stands_but_not_the_same(cast: Cast, clock: Clock) -> None:
    batch = open_the_batch(cast, clock)
    again, other = (draft(cast, batch, product) for product in (PRODUCT.lower(), OTHER))
    Title.objects.create(
        number="SHPNP-T-2025-00001", programme=batch.programme, holder=cast.enterprises[0], product=PRODUCT,
        granted_on=date(2025, 6, 1), valid_from=date(2025, 6, 1), valid_until=date(2028, 5, 31),
        announcement_number="示例〔2025〕1号", provenance="测试",
    )  # fmt: skip
    said = refused(cast.member0, "my_check", again, verb="submit", declaration="on", insists="on")
    assert "已持有本项目的有效资格" in said
    file(cast, other)
    assert (state(again), state(other)) == (S.DRAFT, S.UNDER_COMPLETENESS_CHECK)
    place = f"{batch.code}:{cast.enterprises[0].pk}"
    assert "已持有本项目的有效资格" in refused(
        cast.member0, "my_new", place=place, product=PRODUCT, request_key="again"
    )


def test_no_more_are_listed_than_the_batch_has_places(cast: Cast, clock: Clock) -> None:
    batch = open_the_batch(cast, clock)
    Batch.objects.filter(pk=batch.pk).update(quota=1)
    numbers = [draft(cast, batch, product) for product in (PRODUCT, OTHER)]
    for number in numbers:
        file(cast, number)
        check(cast, number)
    meet(cast, batch, numbers)
    form = {"body": "现予公示。", "confirmed": "1"}
    said = refused(cast.publisher, "batch_notice", batch.code, cases=numbers, request_key="both", **form)
    assert "名额 1 个" in said
    assert [state(number) for number in numbers] == [S.PROPOSED, S.PROPOSED]
    publish(cast, batch, numbers[:1], clock)
    assert [state(number) for number in numbers] == [S.UNDER_NOTICE, S.PROPOSED]


def test_designation_with_district_and_panel_but_without_notice_and_certificate(
    cast: Cast, clock: Clock, tmp_path: Path
) -> None:
    file_ = tmp_path / "other.yaml"
    file_.write_text(_with_all_other_stages(FILE.read_text(encoding="utf-8")), encoding="utf-8")
    batch = open_the_batch(cast, clock, file_)
    stages = (batch.first_review_days, batch.panel_size, batch.expert_days, batch.notice_days, batch.issues_certificate)
    assert stages == (10, 3, 10, 0, False)
    number = draft(cast, batch, PRODUCT)
    file(cast, number)
    assert state(number) == S.SUBMITTED
    send(cast.pudong, "district_act", number, "accept")
    for code in ("PN1", "PN2", "PN3", "PN4", "PN5"):
        send(cast.pudong, "district_gate", number, code, is_met="yes", reason="经查符合规划的条件")
    ticked = ["identity", "evidence", "figures", "annexes", "gates"]
    form = {"checked": ticked, "opinion": "符合条件"}
    send(cast.pudong, "district_review", number, decision="recommend", **form)
    send(cast.office, "office_review", number, decision="pass_completeness_check", **form)
    send(cast.office, "office_panel", number, act="draw")
    send(cast.office, "office_panel", number, act="as_drawn")
    people = User.objects.filter(seats__panel__application__case__number=number).order_by("pk")
    assert len(people) == 3
    for person in people:
        send(person, "expert_declare", number)
        assert PRODUCT in opened(person, "expert_case", number)
        marked = {f"{key}-novelty": value for key, value in (("points", "80"), ("reason", "具有新颖性"))}
        send(person, "expert_confirm", number, opinion="同意", **marked)
    assert state(number) == S.UNDER_OVERALL_REVIEW
    assert "自公布之日起生效" in meet(cast, batch, [number]).minutes
    assert state(number) == S.AWAITING_ANNOUNCEMENT
    announce(cast, batch, [number], clock)
    case = Case.objects.get(number=number)
    assert (state(number), case.closed_at) == (S.RECOGNISED, clock.at)
    assert not Certificate.objects.exists()
    letter = Letter.objects.get(case=case, kind="recognition").body
    assert ("经专家评审" in letter, "公示" in letter, "电子证书" in letter) == (True, False, False)
    assert list(check_all()) == []


def _with_all_other_stages(text: str) -> str:
    """The file with every stage the other way round: what it leaves out is there, what it has is left out."""
    panel = (
        "  expert_review:\n    method: mean\n    confidence: demo\n"
        "    panel_size: {value: 3, unit: person, confidence: demo}\n"
        "    trim_from: {value: 5, unit: person, confidence: demo}\n"
        "    places: {value: 2, unit: place, confidence: demo}\n"
        "    spread_limit: {value: 30, unit: pct, confidence: demo}\n    headings:\n"
        "      - {code: novelty, name_zh: 新颖性, name_en: Novelty, guidance_zh: 看技术, guidance_en: Technology,\n"
        "         most: {value: 100, unit: point, confidence: demo}, step: {value: 1, unit: point, confidence: demo}}\n"
        "  form:\n"
    )
    days = (
        "expert_review_working_days: {value: 10, unit: working_day, confidence: demo, name_zh: 评审, name_en: review}"
    )
    changes = {
        "first_review_working_days: {value: 0": "first_review_working_days: {value: 10",
        "    panel_size: {value: 0,": f"    {days}\n    panel_size: {{value: 3,",
        "notice_working_days: {value: 5,": "notice_working_days: {value: 0, source: [S0], article: 五、2.(3),",
        '  certificate: {kind: "007"}\n': "",
        "  form:\n": panel,
    }
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text
