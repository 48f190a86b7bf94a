"""The plan for everybody, the ladder and the report at the office, histories of holders, questions of the register."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from accreditation.models import Application, HolderRecord, PlanFigure, Title, VerifiedValue
from accreditation.services.plan import create_plan
from accreditation.services.standings import propose_standing
from criteria.workbook.package import open_book
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.standings import STRANGER, USCC, confirmed, standing_texts
from workflows.presentation.register_questions import register_questions

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch, var_dir: Any) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_cast(clock.at, panel=1, committee=1)


@pytest.fixture
def office(cast: Cast) -> Client:
    return log_in(Client(), cast.office)


def text_of(client: Client, name: str, *args: Any, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def words_of(text: str) -> str:
    """The page without markup and blanks."""
    return "".join(strip_tags(text).replace("\xa0", "").split())


# --- the plan -------------------------------------------------------------------------------------------------------
def test_the_public_page_tells_counts_and_origins_and_no_names(cast: Cast, clock: Clock) -> None:
    create_plan(clock.at)
    secret = "上海未公开示例有限公司"
    confirmed(cast.office, cast.publisher, clock.at, kind="backbone_enterprise", industry="energy", holder_name=secret)
    text = text_of(Client(), "plan")
    assert secret not in text
    assert USCC not in text
    for words in ("资质登记簿", "本系统称号名录", "登记簿不能统计", "2022 713 个", "新能源汽车", "查到部分原文"):
        assert words in text
    assert "1/1,000个" in words_of(text)
    assert "3/3,000个" in words_of(text)


def test_a_proposed_entry_counts_nowhere(cast: Cast, clock: Clock) -> None:
    create_plan(clock.at)
    propose_standing(standing_texts(kind="leading_enterprise"), by=cast.office, at=clock.at)
    assert "0/10个" in words_of(text_of(Client(), "plan"))


def test_without_targets_the_page_says_so(cast: Cast) -> None:
    assert "规划目标尚未载入" in text_of(Client(), "plan")


def test_the_ladder_lists_each_holder_once_and_links_the_history(cast: Cast, clock: Clock, office: Client) -> None:
    create_plan(clock.at)
    for year in ("2022", "2023"):
        confirmed(cast.office, cast.publisher, clock.at, kind="leading_enterprise", year=year)
    confirmed(cast.office, cast.publisher, clock.at, kind="leading_enterprise", holder_uscc=STRANGER)
    text = text_of(office, "office_ladder", target="L10")
    assert text.count(f"?words={USCC}") == 1
    assert text.count(f"?words={STRANGER}") == 1
    assert reverse("office_holder", args=[USCC]) in text_of(office, "office_ladder", target="ST6")
    assert office.get(reverse("office_ladder"), {"target": "ST1"}).status_code == 404


def test_a_figure_is_entered_once(cast: Cast, clock: Clock, office: Client) -> None:
    create_plan(clock.at)
    address = reverse("office_plan_figure", args=["ST5"])
    form = {"year": "2025", "value": "812", "source": "统计公报", "confidence": "found", "request_key": "p-1"}
    assert office.post(address, form | {"year": "2027"}).status_code == 422
    assert office.post(address, form | {"value": "-1"}).status_code == 422
    assert [office.post(address, form).status_code for _ in range(2)] == [302, 302]
    assert office.post(address, form | {"request_key": "p-2"}).status_code == 422
    assert PlanFigure.objects.filter(year=2025).count() == 1
    assert "2025 812 个" in text_of(Client(), "plan")
    assert office.get(reverse("office_plan_figure", args=["ST99"])).status_code == 404


# --- holders --------------------------------------------------------------------------------------------------------
def test_the_public_history_holds_names_and_titles_and_no_standing_and_no_record(cast: Cast, clock: Clock) -> None:
    confirmed(cast.office, cast.publisher, clock.at)
    for kind, note in (("former_name", "上海旧名示例有限公司"), ("tax", "欠税示例")):
        HolderRecord.objects.create(
            enterprise=cast.enterprises[0], kind=kind, happened_on=clock.at.date(), note=note, source="登记",
            recorded_at=clock.at,
        )  # fmt: skip
    text = text_of(Client(), "holder", USCC)
    assert "上海旧名示例有限公司" in text
    assert Title.objects.get(holder__uscc=USCC).number in text
    assert "欠税示例" not in text
    assert standing_texts()["name"] not in text
    assert standing_texts()["name"] in text_of(log_in(Client(), cast.office), "office_holder", USCC)
    assert Client().get(reverse("holder", args=[STRANGER])).status_code == 404


# --- the report -----------------------------------------------------------------------------------------------------
def test_the_report_keeps_the_chosen_days_on_page_and_in_the_workbook(cast: Cast, office: Client) -> None:
    text = text_of(office, "office_conference", since="2025-01-01", until="2026-01-31")
    assert "since=2025-01-01&amp;until=2026-01-31" in text
    for caption in ("按区", "按项目", "按产业领域", "按批次", "按状态", "期内变化"):
        assert caption in text
    answer = office.get(reverse("office_conference_file"), {"since": "2025-01-01", "until": "2026-01-31"})
    assert [sheet.name for sheet in open_book(answer.content).sheets] == [
        "合计", "按区", "按项目", "按产业领域", "按批次", "按状态", "期内变化",
    ]  # fmt: skip
    backwards = {"since": "2026-01-31", "until": "2025-01-01"}
    assert office.get(reverse("office_conference"), backwards).status_code == 422
    assert office.get(reverse("office_conference"), {"since": "x"}).status_code == 422


# --- questions about an application ---------------------------------------------------------------------------------
def test_the_reviewer_sees_what_the_register_says_beside_the_figure(cast: Cast, clock: Clock, office: Client) -> None:
    case = filed_case(cast)
    confirmed(cast.office, cast.publisher, clock.at, holder_uscc=case.enterprise.uscc)
    pudong = log_in(Client(), cast.pudong)
    text = text_of(pudong, "district_figures", case.number)
    assert "资质登记簿 1 项，填报" in text
    assert "示例智能装备重点实验室（2021）" in text
    assert "资质登记簿没有相关记录，填报" in text
    assert VerifiedValue.objects.count() == 0  # a question changes nothing


def test_the_reviewer_sees_which_entries_count_and_why_others_do_not(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    year, uscc = cast.batch.reporting_year, case.enterprise.uscc

    def enter(name: str, **changed: str) -> None:
        confirmed(cast.office, cast.publisher, clock.at, holder_uscc=uscc, name=name, **changed)

    enter("有效实验室")
    enter("到期实验室", year=str(year - 3), valid_from=f"{year - 3}-01-01", valid_until=f"{year}-06-30")
    enter("新实验室", year=str(year + 1))
    enter("将到期实验室", year=str(year - 3), valid_from=f"{year - 3}-01-01", valid_until=f"{year + 1}-01-31")
    enter("区级平台", kind="public_service_platform", level="district")
    questions = register_questions(Application.objects.get(case=case))
    rows = {row["name"]: row for row in questions["platforms_provincial_up"]["rows"]}
    told = {str(name).split("（")[0].strip("\u2068"): (row["counts"], row["why"]) for name, row in rows.items()}
    on = cast.batch.base_date
    assert told == {
        "有效实验室": (True, ""),
        "将到期实验室": (True, f"至基准日 {on} 已失效（{year + 1}-01-31）"),
        "到期实验室": (False, f"有效期至 {year}-06-30，{year} 年末已失效"),
        "新实验室": (False, f"自 {year + 1}-01-01 起，{year} 年末尚未取得"),
        "区级平台": (False, "为区级，本项只计国家级、市级"),
    }
    assert [row["counts"] for row in questions["platforms_provincial_up"]["rows"]] == [True, True, False, False, False]
    assert questions["platforms_provincial_up"]["tone"] == "amber"
    text = text_of(log_in(Client(), cast.pudong), "district_figures", case.number)
    for words in ("资质登记簿 2 项（另有 3 项不计），填报", "为区级，本项只计国家级、市级", f"至基准日 {on} 已失效"):
        assert words in text


def test_questions_take_as_many_queries_for_three_entries_as_for_one(cast: Cast, clock: Clock) -> None:
    case, counts = filed_case(cast), []
    pudong = log_in(Client(), cast.pudong)
    for year in ("2018", "2019", "2020"):
        confirmed(cast.office, cast.publisher, clock.at, holder_uscc=case.enterprise.uscc, year=year)
        with CaptureQueriesContext(connection) as queries:
            text_of(pudong, "district_figures", case.number)
        counts.append(len(queries))
    assert counts[0] == counts[2]
