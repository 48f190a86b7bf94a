"""The official sets hold what the study of the regulations found, no more and no less."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from criteria.banding import band_note, band_of
from criteria.catalogue import load_catalogue
from criteria.evaluate import Evaluation, evaluate
from criteria.facts import exact_text
from criteria.gates import Outcome
from criteria.holes import holes
from criteria.live import SECTIONS, live_faults, marked_parts
from criteria.ruleset import Confidence, Figure, Gate, GateKind, RuleSet
from criteria.scope import Standing
from criteria.trace import Segment
from tests.criteria.builders import facts
from tests.criteria.official_figures import BANDS, BEIJING, COEFFICIENTS_2007, FIGURES, WINDOWS

ON = date(2026, 3, 1)
CATALOGUE = load_catalogue()
SETS = {rules.ref: rules for rules in CATALOGUE.rule_sets}
OFFICIAL = sorted(ref for ref, rules in SETS.items() if not rules.demonstration)
CLASSES = ("manufacturing", "software", "science_services", "construction", "producer_services", "pharma", "other")


def known_figures(rules: RuleSet) -> dict[str, str]:
    """Value, unit, confidence and source of every figure that has one value, by path."""
    found = {}
    for section in SECTIONS:
        for path, part in marked_parts(section, getattr(rules, section)):
            if isinstance(part, Figure) and part.value is not None:
                found[path] = " ".join([exact_text(part.value), part.unit, part.confidence, *part.source])
    return found


@pytest.mark.parametrize("ref", OFFICIAL)
def test_every_known_figure_is_that_of_the_study(ref: str) -> None:
    found = known_figures(SETS[ref])
    table = {path: text for path, text in found.items() if not path.startswith("indicators[B-")}
    assert table == FIGURES[ref]


def test_tables_cover_every_official_set() -> None:
    assert set(FIGURES) == set(OFFICIAL)


@pytest.mark.parametrize("ref", OFFICIAL)
def test_every_official_set_is_partial_and_barred_from_a_live_batch(ref: str) -> None:
    assert SETS[ref].status == "partial"
    assert "status" in {fault.path for fault in live_faults(SETS[ref])}
    assert holes(SETS[ref])


@pytest.mark.parametrize("code", BEIJING)
def test_table_of_beijing_row_by_row(code: str) -> None:
    row, (unit, weight, basic, full, confidence) = SETS["beijing_municipal_centre/2021"].indicator(code), BEIJING[code]
    assert (row.unit, row.method) == (unit, "unknown")
    assert (row.weight.value, shown(row.basic), shown(row.full)) == (weight, basic, full)
    known = [
        figure for figure in (row.weight, row.basic, row.full) if figure and figure.confidence is not Confidence.UNKNOWN
    ]
    assert {figure.confidence for figure in known} <= {Confidence(confidence)}
    assert {figure.source for figure in known} <= {("C1",)}


def shown(figure: Figure | None) -> str | None:
    """A figure as the tables write it: one value or those of the classes in their order."""
    if figure is None or (figure.value is None and not figure.cases):
        return None
    values = [figure.cases[case] for case in CLASSES] if figure.cases else [figure.amount()]
    return " ".join(map(exact_text, values))


@pytest.mark.parametrize("industry", COEFFICIENTS_2007)
def test_industry_coefficients_of_2007_row_by_row(industry: str) -> None:
    rules = SETS["national_centre/2007"]
    field = rules.fields["industry_2007"]
    code = next(choice.code for choice in field.choices if choice.name_zh == industry)
    figures = [
        rules.coefficients[f"{name}_coefficient"]
        for name in ("rd_intensity", "new_product_revenue", "new_product_profit")
    ]
    assert tuple(exact_text(f.cases[code]) if code in f.cases else "" for f in figures) == COEFFICIENTS_2007[industry]
    assert {(f.unit, f.confidence, f.source) for f in figures} == {("factor", Confidence.FOUND, ("N21", "N20"))}
    assert len(field.choices) == len(COEFFICIENTS_2007) == 15


@pytest.mark.parametrize(
    ("code", "industry", "value", "segment"),
    [
        # 24000 ÷ 500000 = 4.8 %; petrochemicals × 3, electronics × 0.6
        ("O-RD", "petrochemicals", "14.4", Segment.UNDETERMINED),
        ("O-RD", "electronics", "2.88", Segment.UNDETERMINED),
        # 150000 ÷ 500000 = 30 %; metallurgy × 1.4; others have no coefficient but 60 % of an unknown weight
        ("O-NR", "metallurgy", "42", Segment.UNDETERMINED),
        ("O-NR", "unlisted_industry", None, Segment.UNDETERMINED),
    ],
)  # fmt: skip
def test_indicator_without_weight_shows_its_value_and_no_points(
    code: str, industry: str, value: str | None, segment: Segment
) -> None:
    rules = SETS["national_centre/2007"]
    trace = evaluate(rules, facts(rules.fields, industry_2007=industry), ON).trace(code)
    assert (None if trace.value is None else exact_text(trace.value)) == value
    assert (trace.segment, trace.points, trace.weight) == (segment, None, None)


def test_windows_of_all_sets_are_in_the_table() -> None:
    windowed = {(ref, gate.code) for ref in OFFICIAL for gate in SETS[ref].gates if gate.window}
    assert windowed == {(ref, code) for ref, code, *_rest in WINDOWS}


@pytest.mark.parametrize(("ref", "code", "record", "first", "last"), WINDOWS)
def test_record_counts_on_the_first_and_last_day_of_its_window_only(
    ref: str, code: str, record: str, first: str, last: str
) -> None:
    gate = SETS[ref].gate(code)
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    for day, is_inside in ((begin - timedelta(1), False), (begin, True), (end, True), (end + timedelta(1), False)):
        assert outcome_on(SETS[ref], gate, record, day) is wanted(gate, is_inside), day


def outcome_on(rules: RuleSet, gate: Gate, record: str, day: date) -> Outcome:
    """How a gate ends for an application of 1 June 2026 with one record on a day."""
    anchors = {
        "application_date": date(2026, 6, 1),
        "application_deadline": date(2026, 6, 30),
        "application_year": date(2026, 6, 1),
    }
    standing = Standing(records={record: (day,)}, anchors=anchors)
    return evaluate(rules, facts(rules.fields), date(2026, 7, 1), standing).gate(gate.code).outcome


def wanted(gate: Gate, is_inside: bool) -> Outcome:
    """A record fails a clean record and meets a wanted one."""
    return Outcome.PASSED if is_inside is (gate.kind is GateKind.RECORD_EXISTS) else Outcome.FAILED


@pytest.mark.parametrize(
    ("ref", "code", "since", "outcome"),
    [
        ("national_centre/2016", "NG4", date(2024, 3, 1), Outcome.PASSED),
        ("national_centre/2016", "NG4", date(2024, 2, 29), Outcome.PASSED),
        ("national_centre/2016", "NG4", date(2024, 3, 2), Outcome.FAILED),
        ("national_centre/2016", "NG4", None, Outcome.FAILED),
        ("national_centre/2007", "OG4", date(2024, 3, 1), Outcome.PASSED),
        ("national_centre/2007", "OG4", date(2024, 3, 2), Outcome.FAILED),
    ],
)  # fmt: skip
def test_municipal_title_must_be_held_two_years(ref: str, code: str, since: date | None, outcome: Outcome) -> None:
    standing = Standing(titles={"shanghai_municipal_centre": since})
    assert evaluate(SETS[ref], facts(SETS[ref].fields), ON, standing).gate(code).outcome is outcome


@pytest.mark.parametrize("ref", ["demonstration_national/2010", "demonstration_shanghai/seed"])
@pytest.mark.parametrize(
    ("titles", "outcome"),
    [
        ({"shanghai_municipal_centre": date(2024, 1, 1), "national_centre": None}, Outcome.PASSED),
        ({"shanghai_municipal_centre": None, "national_centre": date(2024, 1, 1)}, Outcome.PASSED),
        ({"shanghai_municipal_centre": None, "national_centre": None}, Outcome.FAILED),
        ({"shanghai_municipal_centre": None}, Outcome.UNDETERMINED),
    ],
)  # fmt: skip
def test_demonstration_enterprise_holds_a_provincial_or_national_centre(
    ref: str, titles: dict[str, date | None], outcome: Outcome
) -> None:
    found = evaluate(SETS[ref], facts(SETS[ref].fields), ON, Standing(titles=titles))
    assert found.gate("DG3").outcome is outcome


@pytest.mark.parametrize(("ref", "code", "district"), [
    ("district_centre/yangpu-2021", "YP1", "310110"), ("district_centre/jingan-2025", "JA1", "310106"),
])  # fmt: skip
@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({}, Outcome.PASSED),
        ({"registered_district": "310115"}, Outcome.FAILED),
        ({"tax_district": "310115"}, Outcome.FAILED),
        ({"independent_legal_person": False}, Outcome.FAILED),
        ({"tax_district": None}, Outcome.UNDETERMINED),
    ],
)  # fmt: skip
def test_seat_and_tax_lie_in_the_granting_district(
    ref: str, code: str, district: str, changed: dict[str, object], outcome: Outcome
) -> None:
    seated = {"registered_district": district, "tax_district": district, "independent_legal_person": True}
    rules = SETS[ref]
    assert rules.district == district
    assert evaluate(rules, facts(rules.fields, **(seated | changed)), ON).gate(code).outcome is outcome


@pytest.mark.parametrize("code", ["JA2-1", "JA2-2", "JA2-3", "JA2-4", "JA2-5"])
def test_condition_whose_limit_is_unknown_shows_its_value_and_is_undetermined(code: str) -> None:
    rules = SETS["district_centre/jingan-2025"]
    gate = evaluate(rules, facts(rules.fields), ON).gate(code)
    assert (gate.outcome, gate.limit) == (Outcome.UNDETERMINED, None)
    assert gate.value is not None
    assert (gate.note_zh, gate.note_en) == ("规则中的数值尚未查明", "a figure of the rule is not known")


@pytest.mark.parametrize(
    ("ref", "standing", "failed", "override"),
    [
        ("national_centre/2016", {}, {"rd_staff": 149}, "FLOORS"),
        ("national_centre/2016", {"evaluation_material_not_reported": (ON,)}, {}, "NOT_REPORTED"),
        ("national_centre/2016", {"evaluation_material_not_reported": (date(2026, 3, 2),)}, {}, ""),
        ("national_centre/2016", {"evaluation_material_not_reported": ()}, {}, ""),
        ("national_centre/2007", {"evaluation_material_not_reported": (ON,)}, {}, "NOT_REPORTED"),
        ("district_centre/songjiang-earlier", {"evaluation_material_overdue": (ON,)}, {}, "OVERDUE"),
        ("district_centre/songjiang-earlier", {"warned_at_last_evaluation": (ON,)}, {}, ""),  # there is no total
    ],
)  # fmt: skip
def test_band_is_fail_by_a_floor_or_a_record_whatever_the_score(
    ref: str, standing: dict[str, tuple[date, ...]], failed: dict[str, int], override: str
) -> None:
    national = {"rd_expenditure": 15000, "rd_staff": 150, "equipment_original_value": 20000, "initial_score": 70}
    given = facts(SETS[ref].fields, st_funds=15000, **(national | failed))
    found: Evaluation = evaluate(SETS[ref], given, ON, Standing(records=standing))
    assert (found.band.code if found.band else "", found.band.override if found.band else "") == (
        ("fail", override) if override else ("", "")
    )


@pytest.mark.parametrize(
    ("district", "edition"),
    [("310118", "qingpu-2019"), ("310116", "jinshan-2025"), ("310110", "yangpu-2021"), ("310106", "jingan-2025")],
)
def test_the_edition_of_a_district_in_force_is_its_own(district: str, edition: str) -> None:
    assert CATALOGUE.in_force("district_centre", ON, district=district).edition == edition


@pytest.mark.parametrize("district", ["", "310115", "310117"])  # Songjiang's texts bear no date
def test_district_without_dated_set_has_none_in_force(district: str) -> None:
    with pytest.raises(LookupError):
        CATALOGUE.in_force("district_centre", ON, district=district)


def test_oddities_of_songjiang_stay_as_they_are() -> None:
    rules = SETS["district_centre/songjiang-earlier"]
    assert {(one.code, one.concerns) for one in rules.anomalies} == {
        ("GAP_89_90", "bands[pass]"),
        ("OVERLAP_65", "bands[warned]"),
    }


@pytest.mark.parametrize(("ref", "total", "band"), [(ref, *row) for ref, rows in BANDS.items() for row in rows])
def test_band_at_below_and_above_each_limit_is_that_of_the_text(ref: str, total: str, band: str) -> None:
    found = band_of(SETS[ref], Fraction(total), ())
    assert (found.code if found else "") == band
    assert bool(band_note(SETS[ref], Fraction(total), found)[0]) is (not band)


@pytest.mark.parametrize(("total", "recorded", "band"), [
    ("64", (), "warned"),
    ("64", ("warned_at_last_evaluation",), "fail"),
    ("66", ("warned_at_last_evaluation",), "pass"),
    ("66", ("evaluation_material_overdue",), "fail"),
])  # fmt: skip
def test_second_warning_in_a_row_is_a_failure(total: str, recorded: tuple[str, ...], band: str) -> None:
    found = band_of(SETS["district_centre/songjiang-earlier"], Fraction(total), (), recorded)
    assert found is not None
    assert found.code == band


def test_demonstration_of_the_national_set_runs_to_a_total_and_a_band() -> None:
    # Every figure at its basic requirement gives 60 %, 60 points; 50 projects are full marks, 3 points instead of 1.8.
    basic = {
        "rd_expenditure": 15000, "rd_staff": 150, "revenue_main": 1_500_000, "employees": 7500, "senior_experts": 2,
        "doctors": 1, "external_expert_months": 10, "invention_patents_valid": 3, "rd_projects": 50,
        "rd_projects_basic_applied": 1, "equipment_original_value": 20000, "platforms_national": 1,
        "platforms_provincial": 1, "certified_labs": 1, "patents_applied_year": 5, "invention_patents_applied_year": 3,
        "standards_3y": 1, "new_product_revenue": 300_000, "new_product_profit": 4500, "profit_total": 30000,
        "national_awards": 0, "initial_score": 70,
    }  # fmt: skip
    rules = SETS["national_centre/2016-demo"]
    found = evaluate(rules, facts(rules.fields, **basic), ON)
    assert (found.total, found.band.code if found.band else "") == (Fraction("61.2"), "marginal_pass")
    assert [gate.code for gate in found.failed_gates] == []
    below = evaluate(rules, facts(rules.fields, **(basic | {"equipment_original_value": Fraction("19999.99")})), ON)
    assert (below.total, below.band.override if below.band else "") == (Fraction("58.2"), "FLOORS")
    assert rules.demonstration
