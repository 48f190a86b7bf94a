"""Designations as files: what is read, and every fault at once with line, key, what was read and expected."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from criteria.designation import read_designation
from criteria.faults import RuleSetFaults
from criteria.live import live_faults
from criteria.loading import thaw
from criteria.rulefile import MAX_BYTES

PRODUCT = Path(__file__).parents[1] / "journeys" / "patent_new_product.yaml"
SHIPPED = Path(__file__).parents[2] / "accreditation" / "seeds" / "designations" / "ip_advantage_enterprise.yaml"
TEXT = PRODUCT.read_text(encoding="utf-8")
QUOTA = "    quota: {value: 100,"


def changed(*pairs: tuple[str, str], text: str = TEXT) -> str:
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def faults_of(text: str) -> list[str]:
    with pytest.raises(RuleSetFaults) as refused:
        read_designation(text, "x.yaml")
    return refused.value.lines("en")


def test_file_holds_programme_procedure_and_rules_with_the_parameters_among_them() -> None:
    found = read_designation(TEXT, PRODUCT.name)
    assert (found.code, found.is_of_product, found.number_prefix, found.certificate_kind) == (
        "patent_new_product",
        True,
        "SHPNP",
        "007",
    )
    assert found.procedure == "generic_recognition/2026"
    assert [gate.code for gate in found.rules.gates] == ["PN1", "PN2", "PN3", "PN4", "PN5"]
    assert {code: figure.value for code, figure in found.rules.parameters.items()}["notice_working_days"] == 5
    assert found.rules.parameters["quota"].article == "三、3（2）"
    assert thaw(found.rules.frozen_text).checksum == found.rules.checksum


def test_conditions_of_the_plan_may_carry_a_live_batch_and_stand_in_periods_may_not() -> None:
    marks = {fault.path.split("[")[0].split(".")[0] for fault in live_faults(read_designation(TEXT).rules)}
    assert marks == {"parameters"}


def test_shipped_designation_is_sound_and_bars_live_batches() -> None:
    rules = read_designation(SHIPPED.read_text(encoding="utf-8")).rules
    assert rules.conditions_only
    paths = {fault.path for fault in live_faults(rules)}
    assert {"parameters.quota", "parameters.notice_working_days", "demonstration", "gates[IP2]"} <= paths
    assert "gates[IP1]" not in paths


def test_every_fault_of_all_parts_is_told_at_once_with_line_key_read_and_expected() -> None:
    broken = changed(
        ("level: municipal", "level: district\n  colour: red"),
        ("number_prefix: SHPNP", "number_prefix: sh"),
        ('kind: "007"', 'kind: "7"'),
        ("notice_working_days: {value: 5,", "notice_working_days: {value: 0,"),
        ("validity_years: {value: 3,", "validity_years: {value: 0,"),
        ("code: PN2, kind: qualitative", "code: PN2, kind: guess"),
        ("code: PN4", "code: PN3"),
    )
    assert faults_of(broken) == [
        'x.yaml:4: designation.level: must be one of: municipal; read "district"',
        'x.yaml:5: designation.colour: unknown key: colour; read "red"',
        'x.yaml:10: designation.number_prefix: must be 3 to 12 capitals and digits; read "sh"',
        'x.yaml:12: designation.certificate.kind: must be three digits in quotes; read "7"',
        "x.yaml:22: procedure.parameters.notice_working_days.value:"
        ' a notice left out needs its article and source; read "0"',
        'x.yaml:23: procedure.parameters.validity_years.value: must lie between 1 and 50; read "0"',
        "x.yaml:35: rules.gates[PN2].kind: must be one of: numeric, either, condition, negative_record, record_exists,"
        ' exclusion_list, qualitative, preference; read "guess"',
        "x.yaml:37: rules.gates[PN3]: duplicate code: PN3",
    ]


def test_notice_may_be_left_out_where_article_and_source_are_cited() -> None:
    text = changed(
        ("notice_working_days: {value: 5,", "notice_working_days: {value: 0, article: 第五条, source: [S0],")
    )
    assert read_designation(text).rules.parameters["notice_working_days"].value == 0


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("panel_size: {value: 0,", "panel_size: {value: 4,", "must be 0, or odd and at least 3"),
        ("panel_size: {value: 0,", "panel_size: {value: 5,", "a panel needs its time for review"),
        ("panel_size: {value: 0,", "panel_size: {value: 2.5,", "must be a whole number"),
        ("panel_size: {value: 0, unit: person", "panel_size: {value: 0, unit: unit", "unit must be person"),
        ("panel_size: {value: 0,", "panel_size: {value: null,", "no value; say confidence: unknown"),
        (QUOTA, "    seats: {value: 100,", "no such parameter"),
        ("edition: generic_recognition/2026", "edition: whatever", "must be procedure/year"),
        ('edition: "2026"', 'edition: "2026 final"', "at most 19 small letters, digits and hyphens"),
        ("  status: complete\n", "  programme: other\n", "given by other parts of the file"),
        ("  status: complete\n", "  extends: demo/2026\n", "given by other parts of the file"),
        ("  conditions_only: true\n", "", "a complete set needs indicators, scoring and bands"),
        ("granted_to: product", "granted_to: both", "must be one of: enterprise, product"),
        ("name_zh: 上海市专利新产品\n", "name_zh: ' 上海市专利新产品'\n", "one line of at most 60 characters"),
        ("code: patent_new_product", "code: Patent-New", "must be small letters, digits and underscores"),
    ],
)
def test_fault_is_told(old: str, new: str, told: str) -> None:
    assert any(told in line for line in faults_of(changed((old, new)))), faults_of(changed((old, new)))


RENEWED = (
    "    validity_years:",
    "    renewal_months: {value: 6, unit: month, confidence: demo, name_zh: 续期月数, name_en: months for renewal}\n"
    "    validity_years:",
)
CYCLE = ("  form:\n", "  cycle: {until: renewal, text_zh: 届满前续期, text_en: Renewed before its end}\n  form:\n")


def test_title_may_be_renewed_from_so_many_months_before_its_end() -> None:
    rules = read_designation(changed(RENEWED, CYCLE)).rules
    assert rules.cycle is not None
    assert (rules.cycle.until, rules.parameters["renewal_months"].value) == ("renewal", 6)


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        ((CYCLE,), "a title that is renewed needs the months before its end"),
        ((RENEWED,), "only where cycle.until is renewal"),
        (
            (RENEWED, CYCLE, ("renewal_months: {value: 6,", "renewal_months: {value: 36,")),
            "shorter than the title runs",
        ),
        ((RENEWED, CYCLE, ("renewal_months: {value: 6,", "renewal_months: {value: 0,")), "must lie between 1 and 600"),
        ((RENEWED, CYCLE, ("until: renewal", "until: whenever")), "next_evaluation, renewal, unlimited"),
        (((CYCLE[0], CYCLE[1].replace("renewal,", "unlimited,")),), "contradicts validity_years"),
    ],
)
def test_renewal_and_its_months_go_together(pairs: tuple[tuple[str, str], ...], told: str) -> None:
    lines = faults_of(changed(*pairs))
    assert any(told in line for line in lines), lines


def test_parts_that_are_missing_are_named() -> None:
    assert {line.split(": ")[1] for line in faults_of("designation: {}\n")} >= {"procedure", "rules"}
    assert faults_of("- a list\n") == ["x.yaml:1: the file must be a mapping"]


HOSTILE: dict[str, Callable[[], str]] = {
    "too large": lambda: TEXT + "#" * MAX_BYTES,
    "anchors": lambda: changed(("designation:\n", "designation: &a\n")),
    "tags": lambda: changed(("level: municipal", "level: !!python/object/apply:os.system [ls]")),
    "billion laughs": lambda: "a: &a [x, x]\nb: [*a, *a]\n",
    "two documents": lambda: f"{TEXT}\n---\n{TEXT}",
    "doubled keys": lambda: changed(("  level: municipal\n", "  level: municipal\n  level: municipal\n")),
    "too deep": lambda: "a: " + "[" * 40 + "]" * 40,
    "too many": lambda: "a: [" + "x," * 30_000 + "x]",
    "control characters": lambda: TEXT.replace("municipal", "muni\x00cipal"),
    "no YAML": lambda: "designation: [\n",
    "numbers for texts": lambda: changed(("code: patent_new_product", "code: 12")),
    "list for a mapping": lambda: changed(('certificate: {kind: "007"}', "certificate: [007]")),
    "text for a section": lambda: "designation: text\nprocedure: text\nrules: text\n",
    "exponent": lambda: changed(("notice_working_days: {value: 5,", "notice_working_days: {value: 1e9,")),
    "endless days": lambda: changed(("notice_working_days: {value: 5,", "notice_working_days: {value: 999999999999,")),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_file_is_refused_with_its_place(kind: str) -> None:
    lines = faults_of(HOSTILE[kind]())
    assert lines
    assert all(line.startswith("x.yaml:") for line in lines)


def test_set_of_conditions_only_has_nothing_that_points_are_made_of() -> None:
    scoring = (
        "  scoring: {stage: none, places: {value: 2, unit: place, confidence: demo},"
        " total: {value: 100, unit: point, confidence: demo}, basic_share: {value: 60, unit: pct, confidence: demo}}\n"
    )
    lines = faults_of(changed(("  form:\n", f"{scoring}  form:\n")))
    assert any("a set of conditions only has no such section" in line for line in lines)
