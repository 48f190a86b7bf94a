"""Faults of an uploaded workbook, grouped by sheet, as `fault_table.html` takes them."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from accreditation.templatetags.language import marked
from criteria.fields import FieldSpec
from criteria.ruleset import RuleSet
from criteria.workbook import Fault, Severity
from workflows.presentation.words import Words, either


def fault_groups(faults: Iterable[Fault], rules: RuleSet, *, key: str = "fault", mark: str = "") -> list[Words]:
    """Sheets with their faults, in the order given: `sheet`, `faults` (cell, label, read, expected, remedy, key).

    `mark` goes after the name of each sheet, so that two tables of one page can be told apart.
    """
    groups: dict[str, list[Words]] = {}
    for number, fault in enumerate(faults, 1):
        sheet = f"{fault.sheet or _('整个文件')}{mark}"
        groups.setdefault(sheet, []).append(_fault(fault, rules, f"{key}-{number}"))
    return [{"sheet": sheet, "faults": found} for sheet, found in groups.items()]


def _fault(fault: Fault, rules: RuleSet, key: str) -> Words:
    return {
        "key": key,
        "cell": fault.cell or "—",
        "label": marked(field_name(fault, rules)),
        "read": fault.read,
        "expected": marked(either(fault, "expected")),
        "message": marked(either(fault, "message")),
        "remedy": marked(f"{either(fault, 'message')} {either(fault, 'fix')}".strip()),
        "is_question": fault.severity is Severity.WARNING,
    }


def field_name(fault: Fault, rules: RuleSet) -> str:
    """The field that a fault concerns, with its year; empty for the file as a whole."""
    spec = _spec(fault.field, rules)
    if spec is None:
        return ""
    year = _("（%(year)s 年）") % {"year": fault.year} if fault.year else ""
    return either(spec, "name") + year


def _spec(code: str, rules: RuleSet) -> FieldSpec | None:
    annex_code, _dot, column = code.partition(".")
    if not column:
        return rules.fields.get(code)
    annexes = {annex.code: annex for annex in rules.form.annexes} if rules.form else {}
    columns = annexes[annex_code].columns if annex_code in annexes else ()
    return next((spec for spec in columns if spec.code == column), None)
