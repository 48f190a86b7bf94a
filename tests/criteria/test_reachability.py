"""A variant that can never apply is a fault at load, told with its line; one that might is never refused."""

from __future__ import annotations

import pytest

from criteria.faults import RuleSetFaults
from criteria.loading import load_text
from tests.criteria.test_loading import GATE, PARTIAL

NEVER, IDLE = "this condition can never hold", "earlier conditions always hold first: it is idle"


def gate(*whens: str) -> str:
    """A partial set whose one gate has these variants."""
    rows = "".join(
        f'      - {{when: "{when}", limit: {{value: {number}, unit: person, confidence: demo}}}}\n'
        for number, when in enumerate(whens, start=5)
    )
    return PARTIAL + GATE + "    variants:\n" + rows


@pytest.mark.parametrize(
    ("whens", "number", "reason"),
    [
        (["industry_class == 'pharma' and industry_class == 'software'"], 0, NEVER),
        (["industry_class in ('pharma', 'other') and not industry_class != 'software'"], 0, NEVER),
        (["profitable_3y and not profitable_3y"], 0, NEVER),
        (["employees > 300 and employees < 300"], 0, NEVER),
        (["employees < 0"], 0, NEVER),
        (["3 > 4"], 0, NEVER),
        (["industry_class == 'pharma'", "industry_class == 'pharma'"], 1, IDLE),
        (["industry_class in ('pharma', 'software')", "industry_class == 'software'"], 1, IDLE),
        (["industry_class == 'pharma'", "industry_class != 'pharma'", "profitable_3y"], 2, IDLE),
        (["employees >= 300", "employees > 299.5 and employees >= 1000"], 1, IDLE),
        (["enterprise_size == 'large'", "employees < 10", "enterprise_size == 'large' and employees > 5"], 2, IDLE),
    ],
)
def test_variant_that_never_applies_is_refused_with_its_place(whens: list[str], number: int, reason: str) -> None:
    text = gate(*whens)
    with pytest.raises(RuleSetFaults) as refused:
        load_text(text, file="r.yaml")
    (fault,) = refused.value.faults
    assert (fault.file, fault.path, fault.en, bool(fault.zh)) == (
        "r.yaml", f"gates[G].variants[{number}].when", reason, True,
    )  # fmt: skip
    assert text.splitlines()[fault.line - 1].strip().startswith(f'- {{when: "{whens[number]}"')


@pytest.mark.parametrize(
    "whens",
    [
        ["industry_class == 'pharma'", "industry_class in ('pharma', 'software')"],
        ["employees >= 300", "employees >= 100", "employees == 7"],
        ["employees > 299", "employees > 298"],  # a step between them
        ["profit_total < 0"],
        ["rd_staff / employees > 2 and rd_staff < 1"],  # reckoned: taken to be possible
        ["holds(national_centre)", "holds(national_centre)"],
        ["employees > rd_staff", "employees > rd_staff"],
        ["profitable_3y", "industry_class == 'pharma'"],
    ],
)
def test_variant_that_may_apply_loads(whens: list[str]) -> None:
    assert len(load_text(gate(*whens)).gate("G").variants) == len(whens)


def test_variants_of_an_alternative_are_tried_as_well() -> None:
    one = (
        "      - {text_zh: 甲, text_en: a, unit: person, formula: rd_staff, limit: {value: 5, unit: person, "
        "confidence: demo},\n"
        "         variants: [{when: 'employees < 0', limit: {value: 1, unit: person, confidence: demo}}]}\n"
        "      - {text_zh: 乙, text_en: b, unit: person, formula: employees, limit: {value: 5, unit: person, "
        "confidence: demo}}\n"
    )
    head = GATE.split("    unit:")[0].replace("kind: numeric", "kind: either")
    with pytest.raises(RuleSetFaults) as refused:
        load_text(PARTIAL + head + "    alternatives:\n" + one)
    assert [(fault.path, fault.en) for fault in refused.value.faults] == [
        ("gates[G].alternatives[0].variants[0].when", NEVER)
    ]
