"""The form on pages: typed, kept, checked by the chain of every upload, never overwritten in silence."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.models import Application, Case, Draft, User, WorkbookUpload
from accreditation.services.files import path_of
from accreditation.services.rule_sets import template_of
from criteria.facts import Facts
from criteria.workbook import Faults, read
from criteria.workbook.answers import Answers, typed_workbook
from criteria.workbook.package import decode_escapes
from criteria.workbook.planting import PLANTS, plant
from tests.clock import STARTED
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast
from tests.workflows.test_intake import returned
from tests.workflows.web_form.typing import Inputs, inputs_of, sample_answers, save, type_all
from workflows.intake import upload_workbook
from workflows.opening import open_application
from workflows.web_form import checking, sections
from workflows.web_form.checking import faults_of_form
from workflows.web_form.filling import filling_of
from workflows.web_form.sections import figure_name, line_name, section_path

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(STARTED - timedelta(days=1))


@pytest.fixture
def case(cast: Cast) -> Case:
    return open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=cast.at)


@pytest.fixture
def me(cast: Cast) -> Client:
    return log_in(Client(), cast.member0)


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def overview(case: Case) -> str:
    return reverse("my_form", args=[case.number])


def basics(case: Case) -> str:
    return section_path(case.number, "basics")


def check(client: Client, case: Case, key: str = "k" * 24) -> Any:
    return client.post(overview(case), {"request_key": key})


def test_form_typed_page_by_page_becomes_a_version_with_a_workbook_like_any_other(case: Case, me: Client) -> None:
    answers = sample_answers(case)
    type_all(me, case, answers)
    answer = check(me, case)
    assert answer.headers.get("Location") == reverse("my_upload", args=[case.number, 1]), text(me.get(overview(case)))
    row = WorkbookUpload.objects.get(application__case=case)
    assert row.is_accepted
    assert row.file is not None
    content = path_of(row.file.sha256).read_bytes()
    facts = read(content, template_of(case.application.batch))
    assert isinstance(facts, Facts)
    assert facts == Facts.from_json(row.facts)
    assert not Draft.objects.exists()


def test_empty_form_comes_back_with_every_missing_field_linked_and_nothing_stored(case: Case, me: Client) -> None:
    assert check(me, case).headers["Location"] == overview(case)
    page = me.get(overview(case))
    row = WorkbookUpload.objects.get(application__case=case)
    errors = Faults.from_json(row.faults).errors
    assert len(page.context["fault_links"]) == len(errors) > 30
    assert all(re.search(r"/form/[\w-]+/#id_", link["href"]) for link in page.context["fault_links"])
    assert "有错误：" in page.content.decode()
    section = me.get(basics(case)).content.decode()
    assert 'aria-invalid="true"' in section
    assert 'id="id_address-error"' in section


# --- the same checks --------------------------------------------------------------------------------------------
TYPED: dict[str, tuple[str, int | None]] = {  # each kind of fault that a text can have, in a field of its own
    "text_in_number": ("revenue_main", 2025),
    "letters_in_number": ("rd_expenditure", 2025),
    "wrong_groups": ("equipment_original_value", 2024),
    "unit_unclear": ("profit_total", 2025),
    "negative": ("rd_staff", 2023),
    "not_integer": ("employees", 2025),
    "too_many_places": ("new_product_revenue", 2025),
    "missing": ("contact_name", None),
    "blank": ("head_name", None),
    "short_credit_code": ("uscc", None),
    "not_a_choice": ("industry_class", None),
    "not_yes_or_no": ("ip_rights.self_developed", 2),
    "bad_date": ("rd_projects.start", 1),
    "ambiguous_date": ("rd_projects.end", 1),
    "bare_serial": ("ip_rights.granted", 1),
    "control_character": ("address", None),
}
TOGETHER = {"wrong_check_digit", "bad_credit_code"}  # of the field that holds the short code above
OF_CELLS = {  # faults of cells, formulas, rows and fixed words: a form has none of these
    "not_a_number", "error_value", "formula", "forged_formula", "formula_without_value", "credit_code_as_number",
    "code_as_number", "hidden_row", "label_changed", "unit_changed", "code_changed",
}  # fmt: skip


def planted_text(kind: str) -> str:
    """What the planted cell holds, as a person would type it."""
    found = re.search(r"<(?:t|v)>(.*)</(?:t|v)>", PLANTS[kind].cell)
    return decode_escapes(unescape(found[1])) if found else ""


def test_every_kind_of_planted_fault_is_typed_or_belongs_to_cells_alone() -> None:
    assert TYPED.keys() | TOGETHER | OF_CELLS == PLANTS.keys()


def test_same_text_typed_in_the_form_gives_the_fault_that_the_workbook_gives(case: Case, me: Client) -> None:
    template = template_of(case.application.batch)
    good = sample_answers(case)
    workbook = typed_workbook(template, good)
    figures, lines, wanted = dict(good.figures), {k: [dict(x) for x in v] for k, v in good.lines.items()}, {}
    for kind, (field, number) in TYPED.items():
        planted = plant(kind, template, (field, number), workbook)
        reading = read(planted.workbook, template)
        assert isinstance(reading, Faults)
        assert planted.code in {fault.code for fault in reading.errors}
        annex, _dot, column = field.partition(".")
        name = line_name(annex, number or 1, column) if column else figure_name(field, number)
        wanted[name] = planted.code
        if column:
            lines[annex][(number or 1) - 1][column] = planted_text(kind)
        else:
            figures[(field, number)] = planted_text(kind)
    type_all(me, case, Answers(figures, lines))
    check(me, case)
    filling = filling_of(Application.objects.get(case=case), case_member(case), None)
    found = {one.spot.name: one.fault.code for one in faults_of_form(case.application, filling) if one.spot}
    assert {name: found.get(name) for name in wanted} == wanted


@pytest.mark.parametrize("kind", sorted(TOGETHER))
def test_wrong_credit_codes_have_the_code_that_the_workbook_gives(case: Case, kind: str) -> None:
    template = template_of(case.application.batch)
    good = sample_answers(case)
    typed = replace(good, figures={**good.figures, ("uscc", None): planted_text(kind)})
    reading = read(typed_workbook(template, typed), template)
    assert isinstance(reading, Faults)
    assert [fault.code for fault in reading.errors] == [PLANTS[kind].code]


def case_member(case: Case) -> User:
    return User.objects.get(memberships__enterprise=case.enterprise)


def test_cross_check_is_told_at_every_field_that_it_compares(case: Case, me: Client) -> None:
    good = sample_answers(case)
    type_all(me, case, replace(good, figures={**good.figures, ("new_product_revenue", 2025): "99999999"}))
    check(me, case)
    page = me.get(section_path(case.number, "table-1")).content.decode()
    for name in ("revenue_main-2025", "new_product_revenue-2025"):
        assert f'id="id_{name}-error"' in page
    assert "相关栏目" in page
    assert f"{section_path(case.number, 'table-1')}#id_new_product_revenue-2025" in page


def test_faulty_form_keeps_every_text_and_the_fault_leaves_the_field_that_is_changed(case: Case, me: Client) -> None:
    good = sample_answers(case)
    type_all(me, case, replace(good, figures={**good.figures, ("revenue_main", 2025): "约一百"}))
    check(me, case)
    address = section_path(case.number, "table-1")
    shown = inputs_of(me, address)
    assert shown["revenue_main-2025"] == "约一百"
    assert shown["profit_total-2025"] == good.figures[("profit_total", 2025)]
    assert "应填数字" in text(me.get(address))
    save(me, address, {**shown, "revenue_main-2025": good.figures[("revenue_main", 2025)]})
    page = text(me.get(address))
    assert "应填数字" not in page
    assert "已修改，待检查" in page
    assert check(me, case, "n" * 24).headers["Location"] == reverse("my_upload", args=[case.number, 2])


def test_other_enterprise_named_in_the_form_is_told_at_its_field(case: Case, me: Client, cast: Cast) -> None:
    good = sample_answers(case)
    type_all(me, case, replace(good, figures={**good.figures, ("uscc", None): cast.enterprises[1].uscc}))
    check(me, case)
    page = me.get(basics(case)).content.decode()
    assert 'id="id_uscc-error"' in page
    assert "与本申报单位登记的不一致" in page


# --- lines of an annex ------------------------------------------------------------------------------------------
def test_empty_lines_do_not_count_and_faults_find_their_line(case: Case, me: Client) -> None:
    address = section_path(case.number, "annex-experts")
    line = {"name": "示例", "title": "高级工程师", "field": "示例", "kind": "外部专家", "months": "很多"}
    kind = next(spec for spec in template_of(case.application.batch).form.annex("experts").columns if spec.choices)
    line["kind"] = kind.choices[0].name_zh
    shown = inputs_of(me, address)
    save(me, address, {**shown, **{line_name("experts", 4, code): value for code, value in line.items()}})
    check(me, case)
    assert 'id="id_experts-4-months-error"' in me.get(address).content.decode()


def test_five_lines_are_added_without_scripts_and_typed_text_stays(case: Case, me: Client) -> None:
    address = section_path(case.number, "annex-standards")
    shown = inputs_of(me, address)
    assert sum(name.endswith("-name") for name in shown) == 5
    answer = save(me, address, {**shown, "standards-5-name": "示例规范"}, add="5")
    assert answer.headers["Location"] == f"{address}?lines=10#line-6"
    again = inputs_of(me, answer.headers["Location"])
    assert sum(name.endswith("-name") for name in again) == 10
    assert again["standards-5-name"] == "示例规范"


def test_lines_go_on_over_four_pages_and_end_at_two_hundred(case: Case, me: Client) -> None:
    address = section_path(case.number, "annex-standards")
    full = inputs_of(me, f"{address}?lines=50")
    assert save(me, address, {**full, "standards-50-name": "第五十"}, add="5").headers["Location"] == f"{address}2/"
    last = inputs_of(me, f"{address}4/?lines=50")
    assert "standards-200-name" in last
    assert "standards-201-name" not in last
    assert "增加 5 行" not in text(me.get(f"{address}4/?lines=50"))
    assert me.get(f"{address}5/").status_code == 404
    assert save(me, f"{address}4/", {**last, "standards-200-name": "第二百"}).status_code == 302
    assert inputs_of(me, f"{address}4/?lines=50")["standards-200-name"] == "第二百"
    assert "还缺 8 项" in text(me.get(overview(case)))  # both lines were begun


# --- never overwritten in silence -------------------------------------------------------------------------------
def test_second_tab_does_not_overwrite_what_the_first_has_saved(case: Case, me: Client) -> None:
    address = basics(case)
    first, second = inputs_of(me, address), inputs_of(me, address)
    assert save(me, address, {**first, "address": "第一个窗口", "head_name": "张示例"}).status_code == 302
    answer = save(me, address, {**second, "address": "第二个窗口", "contact_name": "李示例"})
    assert answer.status_code == 409
    page = text(answer)
    assert "第一个窗口" in page
    assert 'value="第二个窗口"' in answer.content.decode()
    standing = inputs_of(me, address)
    assert standing["address"] == "第一个窗口"
    assert standing["head_name"] == "张示例"  # not touched in the second tab, so not put back
    assert standing["contact_name"] == "李示例"


@pytest.mark.parametrize(("button", "expected"), [("stay", "第二个窗口"), ("take", "第一个窗口")])
def test_person_chooses_between_both_texts(case: Case, me: Client, button: str, expected: str) -> None:
    address = basics(case)
    first, second = inputs_of(me, address), inputs_of(me, address)
    save(me, address, {**first, "address": "第一个窗口"})
    conflict = save(me, address, {**second, "address": "第二个窗口"})
    shown = Inputs(conflict.content.decode()).values
    assert shown["address"] == "第二个窗口"
    answer = save(me, address, shown, **{button: "address"})
    assert answer.status_code == 302
    assert inputs_of(me, address)["address"] == expected


def test_field_saved_by_script_in_one_tab_is_not_overwritten_by_the_button_of_another(case: Case, me: Client) -> None:
    address = basics(case)
    second = inputs_of(me, address)
    sent = {"form": address, "field": "address", "value": "脚本保存", "version": "{}"}
    assert me.post(reverse("draft_save"), sent).status_code == 200
    assert save(me, address, {**second, "address": "按钮保存"}).status_code == 409
    assert inputs_of(me, address)["address"] == "脚本保存"


def test_text_typed_while_the_form_is_checked_stays(case: Case, me: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    type_all(me, case, sample_answers(case))
    address = basics(case)

    def typed_meanwhile(*args: Any, **values: Any) -> Any:
        shown = inputs_of(me, address)
        save(me, address, {**shown, "address": "检查时输入"})
        return upload_workbook(*args, **values)

    monkeypatch.setattr(checking, "upload_workbook", typed_meanwhile)
    assert "workbook" in check(me, case).headers["Location"]
    assert inputs_of(me, address)["address"] == "检查时输入"
    assert [row.field for row in Draft.objects.all()] == ["address"]


def test_check_sent_twice_is_recorded_once(case: Case, me: Client) -> None:
    type_all(me, case, sample_answers(case))
    check(me, case)
    again = check(me, case)
    assert again.status_code == 302
    assert WorkbookUpload.objects.count() == 1


def test_typed_text_can_be_discarded(case: Case, me: Client) -> None:
    address = basics(case)
    save(me, address, {**inputs_of(me, address), "address": "写错了"})
    me.post(overview(case), {"discard": "1"})
    assert inputs_of(me, address)["address"] == ""


# --- a time-out -------------------------------------------------------------------------------------------------
def timed_out(client: Client, cast: Cast, address: str, texts: dict[str, str]) -> None:
    client.session.flush()
    assert save(client, address, texts).headers["Location"].startswith(reverse("account_login"))
    log_in(client, cast.member0)


def test_section_sent_after_a_time_out_comes_back_and_is_kept_at_once(cast: Cast, case: Case, me: Client) -> None:
    address = basics(case)
    shown = inputs_of(me, address)
    timed_out(me, cast, address, {**shown, "address": "写了一个小时"})
    assert "已恢复登录超时前填写的内容" in text(me.get(address))
    assert Draft.objects.get(field="address").text == "写了一个小时"
    assert "已恢复登录超时前填写的内容" not in text(me.get(address))
    assert inputs_of(me, address)["address"] == "写了一个小时"


def test_text_held_after_a_time_out_does_not_replace_what_another_tab_saved(cast: Cast, case: Case, me: Client) -> None:
    address = basics(case)
    old_tab = inputs_of(me, address)
    save(me, address, {**inputs_of(me, address), "address": "另一窗口", "head_name": "张示例"})
    timed_out(me, cast, address, {**old_tab, "address": "超时前"})
    page = me.get(address)
    assert 'value="超时前"' in page.content.decode()
    assert "另一窗口" in text(page)
    assert Draft.objects.get(field="address").text == "另一窗口"
    assert Draft.objects.get(field="head_name").text == "张示例"
    shown = Inputs(page.content.decode()).values
    assert save(me, address, shown).status_code == 302
    assert inputs_of(me, address)["address"] == "超时前"


def test_annex_of_fifty_lines_survives_a_time_out_without_scripts(cast: Cast, case: Case, me: Client) -> None:
    address = section_path(case.number, "annex-rd_projects")
    shown = inputs_of(me, f"{address}?lines=50")
    typed = {name: f"示例研发项目名称较长的一项{name}" for name in shown if name.endswith(("-name", "-partner"))}
    timed_out(me, cast, address, {**shown, **typed})
    again = inputs_of(me, f"{address}?lines=50")
    assert {name: again[name] for name in typed} == typed


# --- correction -------------------------------------------------------------------------------------------------
@pytest.fixture
def corrected(cast: Cast, case: Case) -> Case:
    point = {"target": "figure", "code": "awards_2y", "year": 2025, "remark": "请核对"}
    template = template_of(cast.batch)
    returned(cast, case, lambda: typed_workbook(template, sample_answers(case)), [point])
    return case


def test_correction_opens_only_what_the_return_names(corrected: Case, me: Client) -> None:
    address = section_path(corrected.number, "table-5")
    shown = inputs_of(me, address)
    assert [name for name in shown if not name.startswith(("csrf", "draft_", "request"))] == ["awards_2y-2025"]
    assert "awards_2y-2025" not in inputs_of(me, section_path(corrected.number, "table-1"))
    assert 'class="entry-fixed' in me.get(basics(corrected)).content.decode()
    assert "<form" not in me.get(section_path(corrected.number, "annex-experts")).content.decode().split("<main")[1]
    assert "不需修改" in text(me.get(overview(corrected)))
    home = me.get(reverse("my_return", args=[corrected.number])).content.decode()
    assert f'href="{address}#id_awards_2y-2025"' in home


def test_closed_field_sent_all_the_same_is_left_as_filed(corrected: Case, me: Client) -> None:
    address = section_path(corrected.number, "table-5")
    save(me, address, {**inputs_of(me, address), "awards_2y-2025": "1", "standards_3y-2025": "9"})
    me.post(reverse("draft_save"), {"form": address, "field": "standards_3y-2025", "value": "9", "version": "{}"})
    assert reverse("my_upload", args=[corrected.number, 2]) == check(me, corrected).headers["Location"]
    row = WorkbookUpload.objects.get(number=2)
    filed = sample_answers(corrected)
    facts = Facts.from_json(row.facts)
    assert facts.value("awards_2y", 2025) == 1
    assert str(facts.value("standards_3y", 2025)) == filed.figures[("standards_3y", 2025)]


# --- prefilled --------------------------------------------------------------------------------------------------
def test_prefilled_answers_are_marked_until_changed_or_ticked(case: Case, me: Client) -> None:
    address = basics(case)
    page = me.get(address).content.decode()
    assert page.count("预填：登记信息") == 3
    shown = inputs_of(me, address)
    assert shown["uscc"] == case.enterprise.uscc
    save(me, address, {**shown, "enterprise_name": "改名后的示例公司"})
    page = me.get(address).content.decode()
    assert page.count("预填：登记信息") == 2
    assert f"登记信息：{case.enterprise.name}" in page
    save(me, address, {**inputs_of(me, address), "prefill_confirmed": "1"})
    assert "预填：登记信息" not in me.get(address).content.decode()
    assert 'value="1" checked' in me.get(address).content.decode()


def test_filed_form_shows_what_was_filed_and_takes_nothing_more(cast: Cast, me: Client) -> None:
    case = filed_case(cast, 0)
    page = me.get(section_path(case.number, "table-1"))
    assert "520,000" in text(page)
    assert "draft_versions" not in page.content.decode()
    address = section_path(case.number, "table-1")
    assert save(me, address, {"revenue_main-2025": "1"}).headers["Location"] == overview(case)
    assert not Draft.objects.exists()
    assert check(me, case).status_code == 409
    assert WorkbookUpload.objects.count() == 1


def test_annex_that_is_too_long_for_pages_is_carried_on_unchanged(
    case: Case, me: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    type_all(me, case, sample_answers(case))
    check(me, case)
    before = Facts.from_json(WorkbookUpload.objects.get(number=1).facts)
    monkeypatch.setattr(sections, "MOST_LINES", 1)
    address = section_path(case.number, "annex-rd_projects")
    assert "请用工作簿修改本附表" in text(me.get(address))
    shown = inputs_of(me, basics(case))
    save(me, basics(case), {**shown, "contact_name": "换人"})
    check(me, case, "n" * 24)
    after = Facts.from_json(WorkbookUpload.objects.get(number=2).facts)
    assert after.annexes == before.annexes
    assert after.value("contact_name") == "换人"
