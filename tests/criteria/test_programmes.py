"""The shipped rule sets: what the form asks, what is known, what bars a live batch, which edition is in force."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from criteria.catalogue import load_catalogue
from criteria.faults import RuleSetFaults
from criteria.fields import Kind
from criteria.live import live_faults
from criteria.loading import PROGRAMMES, load, load_text
from criteria.ruleset import Confidence, RuleSet
from tests.criteria.test_loading import SOUND

CATALOGUE = load_catalogue()


def test_every_shipped_file_loads() -> None:
    assert [rule_set.ref for rule_set in CATALOGUE.rule_sets] == [
        "beijing_municipal_centre/2021",
        "demo/2026",
        "demonstration_national/2010",
        "demonstration_national/2010-demo",
        "demonstration_shanghai/seed",
        "district_centre/demo",
        "district_centre/jinshan-2025-evaluation-demo",
        "district_centre/songjiang-current",
        "district_centre/songjiang-earlier",
        "district_centre/songjiang-unnoticed-demo",
        "district_centre/qingpu-2019",
        "district_centre/qingpu-2019-demo",
        "district_centre/yangpu-2021",
        "district_centre/songjiang-demo",
        "district_centre/jingan-2025",
        "district_centre/jinshan-2025",
        "district_centre/jinshan-2025-demo",
        "national_branch_centre/2016-demo",
        "national_centre/2007",
        "national_centre/2016",
        "national_centre/2016-demo",
        "shanghai_municipal_centre/2022-evaluation-demo",
        "shanghai_municipal_centre/2008",
        "shanghai_municipal_centre/2017",
        "shanghai_municipal_centre/2022",
        "shanghai_municipal_centre/2022-demo",
        "shanghai_municipal_centre/2026-demo",
    ]


def test_the_edition_in_force_is_found_by_day_and_demonstrations_only_on_request() -> None:
    catalogue = CATALOGUE
    on = date(2026, 3, 1)
    programme = "shanghai_municipal_centre"
    assert catalogue.in_force(programme, on).edition == "2022"
    shown = [catalogue.in_force(programme, day, demonstration=True).edition for day in (date(2025, 12, 31), on)]
    assert shown == ["2022-demo", "2026-demo"]
    assert catalogue.find(programme, "2022").ref == "shanghai_municipal_centre/2022"
    assert [catalogue.in_force(programme, day).edition for day in (date(2021, 12, 31), date(2016, 12, 31))] == [
        "2017", "2008",
    ]  # fmt: skip
    national = [catalogue.in_force("national_centre", day).edition for day in (date(2016, 3, 31), date(2016, 4, 1))]
    assert national == ["2007", "2016"]
    with pytest.raises(LookupError):
        catalogue.in_force(programme, date(1990, 1, 1))
    with pytest.raises(LookupError):
        catalogue.find(programme, "1999")


def test_an_edition_ends_after_its_last_day(tmp_path: Path) -> None:
    for edition, first, last in (("old", "2020-01-01", "2021-12-31"), ("new", "2022-01-01", "2030-12-31")):
        text = SOUND.replace("edition: a", f"edition: {edition}").replace("demonstration: true\n", "")
        (tmp_path / "p").mkdir(exist_ok=True)
        (tmp_path / "p" / f"{edition}.yaml").write_text(
            text.replace("2026-01-01", f"{first}\neffective_to: {last}"), encoding="utf-8"
        )
    for name in ("fields.yaml", "sources.yaml"):
        (tmp_path / name).write_text((PROGRAMMES / name).read_text(encoding="utf-8"), encoding="utf-8")
    catalogue = load_catalogue(tmp_path)
    assert [catalogue.in_force("p", day).edition for day in (date(2021, 12, 31), date(2022, 1, 1))] == ["old", "new"]
    with pytest.raises(LookupError):
        catalogue.in_force("p", date(2031, 1, 1))


def test_faults_of_several_files_come_together(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    for edition in ("a", "b"):
        (tmp_path / "p" / f"{edition}.yaml").write_text("programme: p\n", encoding="utf-8")
    with pytest.raises(RuleSetFaults) as refused:
        load_catalogue(tmp_path)
    assert {fault.file for fault in refused.value.faults} == {"p/a.yaml", "p/b.yaml"}


def test_the_form_asks_three_years_where_a_check_or_growth_needs_them(municipal: RuleSet) -> None:
    assert municipal.form is not None
    years = {field.code: field.years for field in municipal.form.table}
    assert {code for code, count in years.items() if count == 3} == {
        "revenue_main", "rd_expenditure", "rd_expense_stat", "rd_staff", "rd_staff_stat", "employees",
        "equipment_original_value", "profit_total", "new_product_revenue", "new_product_profit",
    }  # fmt: skip
    assert set(years.values()) == {1, 3}


def test_the_form_holds_the_rows_of_the_changning_table_and_five_more(municipal: RuleSet) -> None:
    assert municipal.form is not None
    rows = [field.row for field in municipal.form.table]
    assert {f"A-{number:02d}" for number in range(1, 24)} | {"A-08.1"} <= set(rows)
    assert len(rows) == 29
    assert [annex.code for annex in municipal.form.annexes] == [
        "rd_projects",
        "ip_rights",
        "standards",
        "equipment",
        "experts",
    ]
    assert {annex.code: annex.counts for annex in municipal.form.annexes} == {
        "rd_projects": "rd_projects",
        "ip_rights": "ip_obtained_3y",
        "standards": "standards_3y",
        "equipment": None,
        "experts": None,
    }


def test_every_field_of_the_form_has_both_names_and_a_district_is_one_of_sixteen(municipal: RuleSet) -> None:
    assert municipal.form is not None
    fields = [*municipal.form.basics, *municipal.form.table]
    fields += [column for annex in municipal.form.annexes for column in annex.columns]
    assert all(field.name_zh and field.name_en and field.row for field in fields)
    district = municipal.form.field("registered_district")
    assert (district.kind, len(district.choices)) == (Kind.ENUM, 16)
    assert district.choices[0].code == "310101"


def test_each_figure_of_the_demonstration_edition_keeps_its_own_source_and_confidence(municipal: RuleSet) -> None:
    limit, basic = municipal.gate("MG1").limit, municipal.indicator("X-02").basic
    assert limit is not None
    assert basic is not None
    assert (limit.confidence, limit.source) == (Confidence.FOUND, ("M2", "M3"))
    assert (basic.confidence, basic.source) == (Confidence.DEMO, ())
    assert municipal.indicator("X-02").source == ("N5", "N6")
    cited = municipal.sources["M2"]
    assert cited.title_for("en").startswith("SHEITC notice")
    assert cited.title_for("zh-hans").startswith("上海市经济信息化委通知")
    assert sum(indicator.weight.amount() for indicator in municipal.indicators) == 100
    assert len(municipal.indicators) == 17


def test_the_procedure_finds_its_periods_and_the_cycle(municipal: RuleSet) -> None:
    periods = {code: (figure.value, figure.confidence) for code, figure in municipal.parameters.items()}
    assert periods["notice_working_days"] == (5, Confidence.MEMORY_LOW)
    assert periods["first_review_working_days"] == (10, Confidence.DEMO)
    assert {"correction_working_days", "panel_size"} <= set(periods)
    assert municipal.cycle is not None
    assert (municipal.cycle.until, municipal.cycle.figures["evaluation_every_years"].value) == ("next_evaluation", 2)
    assert [instrument.number for instrument in municipal.instruments] == [
        "沪经信规范〔2022〕3号",
        "沪经信技〔2022〕145号",
    ]


def test_required_evidence_proves_fields_of_the_form(municipal: RuleSet) -> None:
    required = {kind.code for kind in municipal.evidence if kind.required}
    assert {"licence", "audit_report", "form_107_1", "form_107_2", "ip_proof", "commitment_letter"} <= required
    assert "revenue_main" in next(kind for kind in municipal.evidence if kind.code == "audit_report").proves


def test_the_demonstration_edition_is_barred_from_a_live_batch(municipal: RuleSet) -> None:
    found = {fault.path: fault.confidence for fault in live_faults(municipal)}
    assert found["indicators[X-01].weight"] is Confidence.DEMO
    assert found["parameters.notice_working_days"] is Confidence.MEMORY_LOW
    assert found["scoring.basic_share"] is Confidence.MEMORY_MEDIUM
    assert found["demonstration"] is Confidence.DEMO
    assert found["expert_review.headings[strategy].most"] is Confidence.DEMO
    assert "gates[MG1].limit" not in found


def test_the_partial_edition_is_barred_for_its_holes(partial: RuleSet) -> None:
    found = {fault.path: fault.confidence for fault in live_faults(partial)}
    assert found["coefficients.size_coefficient"] is Confidence.UNKNOWN
    assert found["bands[pass].least"] is Confidence.UNKNOWN
    assert found["status"] is Confidence.UNKNOWN


NEW_FIELDS = {
    # row, unit, kind, years, confidence, source
    "tax_district": ("E-15", "code", Kind.ENUM, 0, "derived", ("D9", "D10")),
    "independent_legal_person": ("E-16", "bool", Kind.BOOLEAN, 0, "derived", ("D9", "D10")),
    "founded_on": ("E-17", "date", Kind.DATE, 0, "derived", ()),
    "industry_2007": ("E-18", "code", Kind.ENUM, 0, "found", ("N20", "N21")),
    "st_funds": ("A-55", "kCNY", Kind.DECIMAL, 1, "found", ("M6", "N20", "D2")),
    "ip_valid_obtained_3y": ("A-56", "piece", Kind.INTEGER, 1, "found", ("C2",)),
    "invention_patents_obtained_3y": ("A-57", "piece", Kind.INTEGER, 1, "found", ("C2",)),
    "centre_staff": ("A-58", "person", Kind.INTEGER, 1, "found", ("D6",)),
    "centre_staff_college": ("A-59", "person", Kind.INTEGER, 1, "found", ("D6",)),
    "centre_staff_intermediate_title": ("A-60", "person", Kind.INTEGER, 1, "found", ("D6",)),
    "initial_score": ("A-61", "point", Kind.DECIMAL, 1, "found", ("N12", "N13", "N16")),
}


def test_rows_of_the_catalogue_are_numbered_once_and_on() -> None:
    fields = load("national_centre/2016").fields.values()
    rows = [field.row for field in fields]
    assert len(set(rows)) == len(rows)
    assert [row for row in rows if row.startswith("E-")] == [f"E-{number:02d}" for number in range(1, 19)]
    table = [row for row in rows if row.startswith("A-") and "." not in row]
    assert table == [f"A-{number:02d}" for number in range(1, 62)]


@pytest.mark.parametrize("code", NEW_FIELDS)
def test_field_of_an_official_set_has_row_unit_kind_and_source(code: str) -> None:
    field = load("national_centre/2016").fields[code]
    shown = (field.row, field.unit, field.kind, field.years, field.confidence, field.source)
    assert shown == NEW_FIELDS[code]
    assert field.name_zh
    assert field.name_en


@pytest.mark.parametrize(
    "ref",
    [
        "district_centre/songjiang-current", "district_centre/qingpu-2019", "district_centre/jinshan-2025",
        "district_centre/yangpu-2021", "district_centre/jingan-2025", "demonstration_national/2010",
        "demonstration_shanghai/seed", "national_centre/2016-demo", "district_centre/songjiang-demo",
        "district_centre/qingpu-2019-demo", "district_centre/jinshan-2025-demo",
    ],
)  # fmt: skip
def test_form_asks_for_every_figure_that_the_conditions_read(ref: str) -> None:
    rules = load(ref)
    assert rules.form is not None
    asked = {field.code for field in (*rules.form.basics, *rules.form.table)}
    formulas = [gate.formula for gate in rules.gates] + [
        one.formula for gate in rules.gates for one in gate.alternatives
    ]
    read = {name for formula in formulas if formula for name in formula.names}
    assert read - set(rules.coefficients) <= asked
    assert {"enterprise_name", "uscc", "registered_district"} <= asked


def test_material_of_yangpu_is_that_of_its_guide() -> None:
    kinds = load("district_centre/yangpu-2021").evidence
    assert [kind.name_zh for kind in kinds] == [
        "申请报告（附件1）", "认定申请表（附件2）", "评价数据表（附件3）", "研究开发仪器设备信息表（附件4）",
        "承诺书（附件5）", "相关表式（附件6）", "企业机构框图和技术中心组织机构框图", "107-1表和107-2表",
        "前三年度自主研发知识产权证明", "上一年财务审计报告", "营业执照", "其他证明",
    ]  # fmt: skip
    assert {kind.source for kind in kinds} == {("D8",)}


@pytest.mark.parametrize("confidence", [mark for mark in Confidence if mark is not Confidence.UNKNOWN])
def test_one_figure_decides_whether_a_set_may_go_live(confidence: Confidence) -> None:
    sound = SOUND.replace("demonstration: true\n", "").replace("confidence: demo", "confidence: found, source: [Q]")
    sound = sound.replace("    confidence: found, source: [Q]\n", "    confidence: found\n    source: [Q]\n")
    sound = (
        sound.replace("effective_confidence: found, source: [Q]", "effective_confidence: found")
        + "sources: {Q: {title: q}}\n"
    )
    assert live_faults(load_text(sound)) == []
    text = sound.replace(
        "{value: 6, unit: point, confidence: found,", f"{{value: 6, unit: point, confidence: {confidence},", 1
    )
    remembered = confidence.startswith("memory") or confidence in (Confidence.DERIVED, Confidence.DEMO)
    assert [fault.path for fault in live_faults(load_text(text))] == (["bands[pass].least"] if remembered else [])
