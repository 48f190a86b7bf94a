"""A further designation as one YAML file: what it is called, how it is granted, and the rules it is granted by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from criteria.cursor import Cursor, FaultList
from criteria.faults import Fault, RuleSetFaults
from criteria.figures import Confidence, Figure
from criteria.loading import load_values
from criteria.rulefile import RuleText, read_text
from criteria.ruleset import RuleSet

LEVELS = ("municipal",)  # a district recognises under a procedure of its own
HOLDERS = ("enterprise", "product")
MOST_DAYS, MOST_YEARS, MOST_SEATS, MOST_QUOTA, MOST_OF_QUORUM = 250, 50, 15, 10_000, 100
_CODE = re.compile(r"[a-z][a-z0-9_]{2,59}")
_BODY = re.compile(r"[a-z][a-z0-9-]{2,59}")
_PREFIX = re.compile(r"[A-Z][A-Z0-9]{2,11}")
_KIND = re.compile(r"[0-9]{3}")
_EDITION = re.compile(r"[a-z0-9][a-z0-9-]{0,18}")
_PROCEDURE = re.compile(r"[a-z][a-z0-9_]*/[0-9]{4}")
_STEP = re.compile(r"([^.\[\]]+)|\[([^\]]+)\]")
_LONGEST_READ = 60
_OWN = ("designation", "procedure", "rules")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure of the procedure: unit, least and most; zero switches the stage of a `stage` off."""

    unit: str
    least: int
    most: int
    may_be_unknown: bool = False


PARAMETERS: dict[str, Parameter] = {
    "first_review_working_days": Parameter("working_day", 0, MOST_DAYS),
    "completeness_check_working_days": Parameter("working_day", 1, MOST_DAYS),
    "correction_working_days": Parameter("working_day", 1, MOST_DAYS),
    "returns_allowed": Parameter("unit", 0, 10),
    "panel_size": Parameter("person", 0, MOST_SEATS),
    "expert_review_working_days": Parameter("working_day", 1, MOST_DAYS),
    "notice_working_days": Parameter("working_day", 0, MOST_DAYS),
    "validity_years": Parameter("year", 1, MOST_YEARS),
    "renewal_months": Parameter("month", 1, MOST_YEARS * 12),
    "quota": Parameter("unit", 1, MOST_QUOTA, may_be_unknown=True),
    "tie_years": Parameter("year", 0, MOST_YEARS),
    # of the committee: its quorum as a fraction, ballots with (0) or without names (1), and what a deadlock means
    "committee_quorum_numerator": Parameter("unit", 1, MOST_OF_QUORUM),
    "committee_quorum_denominator": Parameter("unit", 1, MOST_OF_QUORUM),
    "committee_secret_ballot": Parameter("unit", 0, 1),
    "committee_deadlock_rule": Parameter("unit", 0, 2),
}
_OF_COMMITTEE = {name for name in PARAMETERS if name.startswith("committee_")}
OPTIONAL = frozenset({"expert_review_working_days", "quota", "renewal_months", "tie_years", *_OF_COMMITTEE})


@dataclass(frozen=True, slots=True)
class Designation:
    """A title that can be granted, as its file says it.

    `code` is the programme's, `granted_by` the code of the granting body, `number_prefix` begins every number,
    `certificate_kind` is the serial of the type code (GB/T 36904), empty where no certificate is made out; `procedure`
    the edition under which applications run. `rules` hold the conditions and the parameters of the procedure.
    """

    code: str
    level: str
    name_zh: str
    name_en: str
    granted_by: str
    number_prefix: str
    is_of_product: bool
    certificate_kind: str
    ground_zh: str
    ground_en: str
    procedure: str
    rules: RuleSet


@dataclass(frozen=True, slots=True)
class Survey:
    """A file read as far as it goes: the designation where it is sound, and every fault of all three parts.

    `said` holds the fields of `Designation` as the file gives them, sound or not; nothing where no part can be read.
    """

    designation: Designation | None
    said: Mapping[str, Any]
    faults: tuple[Fault, ...]
    held: RuleText | None = None

    def line(self, path: str) -> int:
        """Line of a path, or of the nearest place above it."""
        return self.held.place(path)[1] if self.held else 1


def read_designation(text: str, file: str = "designation.yaml") -> Designation:
    """The designation of a file; RuleSetFaults with every fault, each with what was read."""
    found = surveyed(text, file)
    if found.designation is None:
        raise RuleSetFaults(found.faults)
    return found.designation


def surveyed(text: str, file: str = "designation.yaml") -> Survey:
    """What a file says, and every fault of it, each with line, key and what was read."""
    try:
        held = read_text(text, file)
    except RuleSetFaults as refused:
        return Survey(None, {}, refused.faults)
    faults = FaultList(held)
    cursor = Cursor(held.content, "", faults)
    parts = {name: cursor.below(name) for name in _OWN}
    for name in (name for name, part in parts.items() if part is None):
        cursor.fault(name, "缺少这一部分", "this part is missing")
    cursor.done()
    particulars = _particulars(parts["designation"] or Cursor({}, "designation", FaultList(held)))
    procedure = _procedure(parts["procedure"] or Cursor({}, "procedure", FaultList(held)))
    rules, found = _rules(held, particulars.get("code", ""))
    if rules is not None:
        _check_together(rules, faults)
    every = [*faults.found, *found]
    if every or rules is None:
        told = sorted({_with_what_was_read(fault, held.content) for fault in every})
        return Survey(None, particulars | {"procedure": procedure}, tuple(told), held)
    said = particulars | {"procedure": procedure}
    return Survey(Designation(**said, rules=rules), said, (), held)


def _particulars(section: Cursor) -> dict[str, Any]:
    ground = section.below("ground")
    certificate = section.below("certificate")
    name_zh, name_en = _short(section, "name_zh", 60), _short(section, "name_en", 120)
    said = {
        "code": _like(section, "code", _CODE, "小写字母、数字和下划线", "small letters, digits and underscores"),
        "level": section.choice("level", LEVELS),
        "name_zh": name_zh,
        "name_en": name_en,
        "granted_by": _like(section, "granted_by", _BODY, "认定机关的代码", "the code of the granting body"),
        "is_of_product": section.choice("granted_to", HOLDERS) == "product",
        "number_prefix": _like(
            section, "number_prefix", _PREFIX, "3 至 12 位大写字母、数字", "3 to 12 capitals and digits"
        ),
        "certificate_kind": _certificate(certificate),
        "ground_zh": "",
        "ground_en": "",
    }
    if ground is None:
        section.fault("ground", "须写明认定依据", "the text that it rests on must be named")
    else:
        said |= _ground(ground)
    section.done()
    return said


def _certificate(section: Cursor | None) -> str:
    if section is None:
        return ""
    kind = _like(section, "kind", _KIND, "3 位数字，加引号", "three digits in quotes")
    section.done()
    return kind


def _ground(section: Cursor) -> dict[str, str]:
    said = {"ground_zh": _short(section, "title_zh", 60), "ground_en": _short(section, "title_en", 200)}
    section.confidence()
    section.texts("source")
    section.done()
    return said


def _procedure(section: Cursor) -> str:
    edition = _like(section, "edition", _PROCEDURE, "程序/年份", "procedure/year")
    parameters = section.below("parameters")
    if parameters is None:
        section.fault("parameters", "缺少办理参数", "the parameters are missing")
    else:
        _check_parameters(parameters)
    section.done()
    return edition


def _check_parameters(section: Cursor) -> None:
    for name in section.content:
        if name not in PARAMETERS:
            listed = "、".join(PARAMETERS), ", ".join(PARAMETERS)
            section.fault(name, f"没有这个参数，只能是：{listed[0]}", f"no such parameter, must be one of: {listed[1]}")
    for name in PARAMETERS.keys() - OPTIONAL - section.content.keys():
        section.fault(name, "缺少这个参数", "this parameter is missing")
    for name, wanted in PARAMETERS.items():
        entry = section.below(name)
        if entry is not None:
            _check_parameter(entry, wanted)
    _check_stages(section)


def _check_stages(section: Cursor) -> None:
    """A stage that is switched off or on asks for what goes with it."""
    size, days = _value_at(section.content, "panel_size.value"), section.content.get("expert_review_working_days")
    if size and days is None:
        zh, en = "设评审组的须写明评审期限", "a panel needs its time for review"
        section.fault("expert_review_working_days", zh, en)
    if isinstance(size, Fraction) and size and (size < 3 or size % 2 != 1):
        section.fault("panel_size.value", "应为 0 或不小于 3 的单数", "must be 0, or odd and at least 3")
    notice = section.content.get("notice_working_days")
    if isinstance(notice, dict) and notice.get("value") == 0 and not (notice.get("article") and notice.get("source")):
        zh, en = "不公示的须写明条款（article）和出处（source）", "a notice left out needs its article and source"
        section.fault("notice_working_days.value", zh, en)


def _check_parameter(entry: Cursor, wanted: Parameter) -> None:
    value, unit = entry.content.get("value"), entry.content.get("unit")
    if unit != wanted.unit:
        entry.fault("unit", f"单位应为 {wanted.unit}", f"unit must be {wanted.unit}")
    if value is None:
        if entry.content.get("confidence") != Confidence.UNKNOWN:
            entry.fault("value", "缺少数值；未知的标 confidence: unknown", "no value; say confidence: unknown")
        return
    if not isinstance(value, Fraction) or value.denominator != 1:
        entry.fault("value", "应为整数", "must be a whole number")
    elif not wanted.least <= value <= wanted.most:
        zh, en = f"应为 {wanted.least} 到 {wanted.most}", f"must lie between {wanted.least} and {wanted.most}"
        entry.fault("value", zh, en)


def _rules(held: RuleText, code: str) -> tuple[RuleSet | None, list[Fault]]:
    """The rule set that the file holds, with the parameters of the procedure as its own; else its faults."""
    said, procedure = held.content.get("rules"), held.content.get("procedure")
    if not isinstance(said, dict):
        return None, []
    faults = FaultList(held)
    for name in (name for name in ("programme", "parameters", "extends", "takes") if name in said):
        faults.add(f"rules.{name}", "这一键由本文件其他部分给出，不能写在这里", "given by other parts of the file")
    if faults.found:
        return None, faults.found
    parameters = procedure.get("parameters") if isinstance(procedure, dict) else None
    known = (
        {name: row for name, row in parameters.items() if name in PARAMETERS} if isinstance(parameters, dict) else {}
    )
    content = {**said, "programme": code or "designation", "parameters": known}
    try:
        return load_values(RuleText(held.file, content, _moved(held))), []
    except RuleSetFaults as refused:
        return None, [_moved_back(fault, held.file) for fault in refused.faults]


def _moved(held: RuleText) -> dict[str, tuple[str, int]]:
    """Where the parts of the rule set stand in this file."""
    moved: dict[str, tuple[str, int]] = {}
    for path, place in held.places.items():
        for root, new in (("rules.", ""), ("procedure.parameters", "parameters")):
            if path.startswith(root):
                moved[f"{new}{path.removeprefix(root)}"] = place
    return moved


def _moved_back(fault: Fault, file: str) -> Fault:
    if fault.file != file or not fault.path:
        return fault
    root = "procedure" if fault.path.startswith("parameters") else "rules"
    return replace(fault, path=f"{root}.{fault.path}")


def _check_together(rules: RuleSet, faults: FaultList) -> None:
    """What one part cannot show alone: the seats and what they mark, the edition, the form."""
    size = rules.parameters.get("panel_size")
    if size is not None and size.value:
        _check_panel(rules, size, faults)
    elif rules.expert_review is not None and size is not None:
        zh, en = "不设评审组（panel_size 为 0）的没有评审内容", "no expert review where panel_size is 0"
        faults.add("rules.expert_review", zh, en)
    if not _EDITION.fullmatch(rules.edition):
        zh, en = "应为至多 19 位小写字母、数字和连字符", "must be at most 19 small letters, digits and hyphens"
        faults.add("rules.edition", zh, en)
    if rules.cycle is not None and rules.cycle.until == "unlimited":
        zh, en = "与有效年数（validity_years）矛盾", "contradicts validity_years"
        faults.add("rules.cycle.until", zh, en)
    if not rules.form:
        faults.add("rules.form", "缺少申报数据表", "the form is missing")


def _check_panel(rules: RuleSet, size: Figure, faults: FaultList) -> None:
    if rules.expert_review is None:
        zh, en = "设评审组的须写明评审内容", "a panel needs what it marks"
        faults.add("rules.expert_review", zh, en)
    elif rules.expert_review.panel_size.value != size.value:
        zh, en = "与 procedure.parameters.panel_size 不一致", "differs from procedure.parameters.panel_size"
        faults.add("rules.expert_review.panel_size.value", zh, en)


def is_grounded(figure: Figure) -> bool:
    """Whether a figure names the article that gives it, and where it was read."""
    return bool(figure.article and figure.source)


def _like(section: Cursor, key: str, form: re.Pattern[str], zh: str, en: str) -> str:
    value = section.text(key)
    if value and not form.fullmatch(value):
        section.fault(key, f"应为{zh}", f"must be {en}")
    return value


def _short(section: Cursor, key: str, most: int) -> str:
    value = section.text(key)
    if len(value) > most or value != value.strip() or not value.isprintable():
        zh, en = f"应为 {most} 字以内的一行文字", f"must be one line of at most {most} characters"
        section.fault(key, zh, en)
    return value


def _with_what_was_read(fault: Fault, content: dict[str, Any]) -> Fault:
    """The fault with the plain value at its path, where there is one."""
    found = _value_at(content, fault.path)
    if found is None or isinstance(found, dict | list):
        return fault
    said = str(found).lower() if isinstance(found, bool) else str(found)
    return replace(fault, read=said if len(said) <= _LONGEST_READ else f"{said[:_LONGEST_READ]}…")


def _value_at(content: Any, path: str) -> Any:
    """The plain value at a path such as `rules.gates[PN1].kind`; None where the path leads nowhere."""
    for key, row in _STEP.findall(path):
        if key:
            content = content.get(key) if isinstance(content, dict) else None
        elif isinstance(content, list):
            content = next(_matching(content, row), None)
    return content


def _matching(rows: list[Any], name: str) -> Iterator[Any]:
    yield from (row for row in rows if isinstance(row, dict) and row.get("code") == name)
    if name.isdigit() and int(name) < len(rows):
        yield rows[int(name)]
