"""A national recommendation through the pages: every role from the first draft to the national result."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accreditation.audit import chain_key, verify_all
from accreditation.enums import ApplicationState as S
from accreditation.enums import TitleState
from accreditation.models import Application, AuditEvent, Batch, Case, Title
from tests.clock import STARTED
from tests.factories.batches import opened_by_two
from tests.factories.cast import Cast, make_cast
from tests.factories.recommending import make_national, parent_title
from tests.factories.recommending_pages import Pages, sent, words
from workflows.consistency import check_all
from workflows.demo.material import sample_pdf
from workflows.opening import open_application

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(STARTED - timedelta(days=1))


def state(case: Case) -> str:
    return str(Application.objects.get(case=case).state)


def sound() -> bool:
    return list(check_all()) == [] and verify_all()[1] == []


def test_recommendation_passes_all_hands_on_the_pages(cast: Cast) -> None:
    batch = make_national(cast, quota=None)
    pages = Pages(cast, batch)
    better, other = pages.apply(0, doctors=30, rd_expenditure=70000), pages.apply(2)
    for case, n in ((better, 0), (other, 2)):
        pages.submit(case, n)
        assert state(case) == S.UNDER_COMPLETENESS_CHECK
        pages.check(case)
        assert state(case) == S.AWAITING_RANKING
    desk = reverse("office_recommendation", args=[batch.code])
    assert "尚未登记" in words(pages.as_("office").get(desk))
    pages.rank(1)
    assert words(pages.as_("office").get(desk)).count("综合评审中") == 2
    pages.meet()
    assert [state(better), state(other)] == [S.TO_BE_RECOMMENDED, S.NOT_IN_QUOTA]
    assert "第 2 位，名额 1 个" in words(pages.as_("member2").get(reverse("my_case", args=[other.number])))

    publisher = pages.as_("publisher")
    assert batch.code.upper() in words(publisher.get(reverse("publishing")))
    letter = {
        "cases": [better.number], "number": "示例推荐〔2026〕1号", "dated": timezone.localdate().isoformat(),
        "addressed_to": "示例国家主管部门",
    }  # fmt: skip
    address = reverse("batch_recommend", args=[batch.code])
    assert pages.as_("office").post(address, letter).status_code == 403
    pages.done(publisher.post(address, letter | {"confirmed": "1", "request_key": "r" * 32}))
    assert state(better) == S.RECOMMENDED_UPWARD
    _package_holds(publisher.post(reverse("office_package", args=[batch.code])), batch, better)

    result = {
        "recognised": [better.number], "authority": "示例国家主管部门", "number": "示例公告〔2026〕9号",
        "dated": timezone.localdate().isoformat(), "file": sent("公告.pdf", sample_pdf("notice")), "checked": "on",
    }  # fmt: skip
    pages.done(pages.as_("office").post(reverse("office_result", args=[batch.code]), result))
    assert (state(better), Title.objects.filter(programme=batch.programme).exists()) == (S.RECOMMENDED_UPWARD, False)
    pages.confirm_result()
    assert state(better) == S.RECOGNISED_ABOVE
    title = Title.objects.get(programme=batch.programme)
    own = words(pages.as_("member0").get(reverse("my_case", args=[better.number])))
    assert "国家已认定" in own
    assert "证书正在签发" not in own
    assert "至国家主管部门撤销为止" in words(Client().get(reverse("centre", args=[title.number])))
    assert sound()
    _evaluations_follow(pages, title)
    assert sound()


def _package_holds(answer: Any, batch: Batch, case: Case) -> None:
    """The ZIP opens, every file matches index and sums, the trail of the batch names the package."""
    content = b"".join(answer.streaming_content)
    package = zipfile.ZipFile(io.BytesIO(content))
    sums = dict(line.split("  ", 1)[::-1] for line in package.read("SHA256SUMS.txt").decode().splitlines())
    assert sums.keys() == set(package.namelist()) - {"SHA256SUMS.txt"}
    for name, digest in sums.items():
        assert hashlib.sha256(package.read(name)).hexdigest() == digest
    index = package.read("目录.csv").decode("utf-8-sig")
    assert all(digest in index for name, digest in sums.items() if name != "目录.csv")
    folder = f"01_{case.enterprise.name}_{case.number}/"
    assert {name.rpartition("_")[2] for name in sums if name.startswith(folder)} >= {"report.pdf", "数据表.xlsx"}
    assert case.number in package.read("排序文本.txt").decode()
    event = AuditEvent.objects.filter(chain=chain_key(batch), verb="export_package").last()
    assert event is not None
    assert event.content["sha256"] == hashlib.sha256(content).hexdigest()


def _evaluations_follow(pages: Pages, title: Title) -> None:
    """Marginal warns, good lifts the warning, fail takes the title away; each year once, each with its document."""
    office, address = pages.as_("office"), reverse("outside_title", args=[title.number])
    year = title.valid_from.year
    form = {
        "year": year, "band": "marginal_pass", "authority": "示例国家主管部门", "number": "示例评价〔2026〕1号",
        "dated": timezone.localdate().isoformat(), "consequence": "",
    }  # fmt: skip
    refused = office.post(address, form | {"file": sent("评价.pdf", sample_pdf("evaluation"))})
    assert refused.status_code == 422
    assert "请写明文件规定的后果" in words(refused)
    warned = form | {"consequence": "警告并限期整改", "file": sent("评价.pdf", sample_pdf("evaluation"))}
    pages.done(office.post(address, warned))
    assert Title.objects.get(pk=title.pk).state == TitleState.IN_FORCE
    check = reverse("outside_result", args=[title.result_proposals.get().pk])
    pages.done(pages.as_("office2").post(check, {"is_confirmed": "yes"}))
    assert Title.objects.get(pk=title.pk).state == TitleState.WARNED
    again = office.post(address, warned | {"file": sent("评价.pdf", sample_pdf("evaluation"))})
    assert "评价结果已登记" in words(again)
    assert "基本合格" in words(office.get(address))


def test_branch_centre_names_its_parent_on_the_page(cast: Cast) -> None:
    batch = make_national(cast, branch=True)
    parent, own = parent_title(cast, 1), parent_title(cast, 0)
    pages = Pages(cast, batch)
    case = pages.apply(0)
    member = pages.as_("member0")
    refused = member.post(reverse("my_check", args=[case.number]), {"declaration": "on", "insists": "on"})
    assert "分中心申报须注明母公司" in words(refused)
    address = reverse("my_parent", args=[case.number])
    assert parent.holder.name in words(member.get(address))
    assert member.post(address, {"parent": ""}).status_code == 422
    itself = member.post(address, {"parent": own.number})
    assert (itself.status_code, "申报单位不能以自己为母公司" in words(itself)) == (422, True)
    pages.done(member.post(address, {"parent": parent.number}))
    pages.submit(case, 0)
    late = member.post(address, {"parent": parent.number})
    assert late.status_code == 422
    assert Application.objects.get(case=case).parent_title == parent
    office = words(pages.as_("office").get(reverse("office_case", args=[case.number])))
    assert parent.number in office
    assert "NB1" in office
    assert pages.as_("member1").get(address).status_code == 404


def test_pages_refuse_what_is_not_their_time_or_office(cast: Cast) -> None:
    batch = make_national(cast)
    pages = Pages(cast, batch)
    case = open_application(cast.enterprises[0], batch, by=cast.member0, at=timezone.now())
    office = pages.as_("office")
    for verb in ("ask_departments", "record_answer", "adopt_initial_score", "not_recommend_below_limit"):
        assert office.get(reverse("office_act", args=[case.number, verb])).status_code == 404
        assert pages.as_("pudong").get(reverse("office_act", args=[case.number, verb])).status_code == 403
    early = office.post(reverse("office_ranking", args=[batch.code]), {"tie_rule": "rd_staff", "confirmed": "1"})
    assert early.status_code == 422
    assert "申报期未满" in words(early)
    assert office.get(reverse("office_recommendation", args=[cast.batch.code])).status_code == 404
    empty = office.post(reverse("office_package", args=[batch.code]), follow=True)
    assert "没有可导出的材料" in words(empty)


def test_batch_is_opened_on_the_page_with_the_periods_of_its_procedure(cast: Cast) -> None:
    made = make_national(cast)
    office = Pages(cast, made).as_("office")
    now = timezone.localtime()
    form = {
        "programme": made.programme_id, "edition": made.rule_set_id, "procedure": made.procedure, "ordinal": 31,
        "year": now.year, "reporting_year": now.year - 1, "opens_at": f"{now:%Y-%m-%dT%H:%M}",
        "closes_at": f"{now + timedelta(days=20):%Y-%m-%dT%H:%M}", "base_date": f"{now:%Y-%m-%d}",
        "request_key": "b" * 32,
    }  # fmt: skip
    assert office.post(reverse("office_batch_new"), form).status_code == 302
    assert not Batch.objects.filter(programme=made.programme, ordinal=31).exists()
    opened = opened_by_two()
    assert (opened.consultation_days, opened.panel_size, opened.quota) == (10, 0, None)
    other = {"procedure": "municipal_recognition/2022", "ordinal": 32, "request_key": "c" * 32}
    refused = office.post(reverse("office_batch_new"), form | other)
    assert refused.status_code == 422
    assert "规则集缺少办理程序所需的参数 first_review_working_days" in words(refused)
    assert "规则集不完整" in words(refused)
