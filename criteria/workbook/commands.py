"""Verbs of the command line over workbooks: write a template, read files, give one back annotated, compare two."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from criteria.checks import check_facts
from criteria.command_line import REFUSED, Verb, declare_common, say
from criteria.commands_sets import diff_sets
from criteria.facts import Facts
from criteria.factsfile import fields_of, read_facts
from criteria.faults import RuleSetFaults
from criteria.fields import FormSpec
from criteria.given import Unusable, named_set, text_of
from criteria.loading import PROGRAMMES, load
from criteria.ruleset import RuleSet
from criteria.workbook.annotate import annotated_workbook
from criteria.workbook.changes import changed_cells, value_text
from criteria.workbook.cross_checks import with_checks
from criteria.workbook.faults import Fault, Faults, Severity, fault_of
from criteria.workbook.intake import Reading, examine, template_id_of
from criteria.workbook.layout import Template, template_for
from criteria.workbook.template import write_template

_NO_FORM = FormSpec("", "", (), (), ())


def template_of(ref: str, batch: str, year: int, title: str, directory: Path = PROGRAMMES) -> tuple[RuleSet, Template]:
    """Rule set and template by name; without title the form's own. LookupError, RuleSetFaults: no form."""
    rule_set = load(ref, directory)
    if rule_set.form is None:
        raise LookupError(f"{ref}: no form")
    return rule_set, template_for(rule_set.form, ref, rule_set.checksum, batch, year, title or rule_set.form.title_zh)


def read_file(path: Path, title: str = "", directory: Path = PROGRAMMES) -> tuple[Template | None, Reading]:
    """Read a workbook by the template that it names itself, with the cross checks of its rule set."""
    try:
        content = path.read_bytes()
    except OSError as error:
        return None, _refused(fault_of("damaged", severity=Severity.REFUSAL, reason=str(error)))
    parts = (template_id_of(content) or "").split(":")
    if len(parts) != 3 or not parts[2].isdigit():
        return None, _foreign(content, title)
    try:
        rule_set, template = template_of(parts[1], parts[0], int(parts[2]), title, directory)
    except (LookupError, RuleSetFaults, ValueError):
        return None, _foreign(content, title)
    reading = examine(content, template)
    return template, with_checks(reading, check_facts(rule_set, reading.facts))


def _refused(fault: Fault) -> Reading:
    return Reading(Facts(0, {}), Faults((fault,)))


def _foreign(content: bytes, title: str) -> Reading:
    """The refusal of a file without a known template: its own fault when it has one, else that it is not ours."""
    nothing = Template("", "", "", "", 0, title, _NO_FORM, "")
    reading = examine(content, nothing)
    if reading.faults.refusal and reading.faults.refusal.code not in ("other_batch", "other_rules", "template_altered"):
        return reading
    return _refused(fault_of("not_our_template", severity=Severity.REFUSAL, title=title))


def _declare_template(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ref", metavar="programme/edition")
    parser.add_argument("--batch", required=True, help="code of the batch")
    parser.add_argument("--year", type=int, required=True, help="reporting year")
    parser.add_argument("--out", type=Path, required=True, help="the .xlsx to write")
    parser.add_argument("--prefill", type=Path, help="facts as JSON, entered and marked for checking")
    _declare_common(parser)


def _declare_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--title", default="", help="title of the batch; without it that of the form")
    declare_common(parser)


def _template(arguments: argparse.Namespace) -> int:
    """Write the workbook, with the facts entered where some are given."""
    rules, path = named_set(arguments.ref, arguments.directory), arguments.prefill
    if rules.form is None:
        raise Unusable(arguments.ref, "该规则集没有申报表", "the set has no form")
    title = arguments.title or rules.form.title_zh
    try:
        template = template_for(rules.form, rules.ref, rules.checksum, arguments.batch, arguments.year, title)
    except ValueError as error:
        raise Unusable(arguments.ref, f"不能制作申报表（{error}）", f"no form can be made ({error})") from error
    prefill = read_facts(text_of(path), str(path), fields_of(rules)) if path else None
    arguments.out.write_bytes(write_template(template, prefill))
    say(f"{arguments.out} {template.id} {template.checksum}")
    return 0


def _declare_read(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--json", action="store_true", help="one JSON object per file")
    _declare_common(parser)


def _read(arguments: argparse.Namespace) -> int:
    """Facts or faults of each file; 2 when any was not accepted."""
    is_refused = False
    for path in arguments.files:
        _, reading = read_file(path, arguments.title, arguments.directory)
        is_refused = is_refused or not reading.accepted
        say(_as_json(path, reading) if arguments.json else _as_text(path, reading, arguments.lang))
    return REFUSED if is_refused else 0


def _as_json(path: Path, reading: Reading) -> str:
    facts = json.loads(reading.facts.to_json()) if reading.accepted else None
    faults = json.loads(reading.faults.to_json())["faults"]
    plain = {"file": str(path), "accepted": reading.accepted, "facts": facts, "faults": faults}
    return json.dumps(plain, ensure_ascii=False, sort_keys=True)


def _as_text(path: Path, reading: Reading, lang: str) -> str:
    lines = [f"{path}: {_summary(reading, lang)}"]
    for fault in reading.faults.faults:
        message, fix = (fault.message_zh, fault.fix_zh) if lang == "zh" else (fault.message_en, fault.fix_en)
        lines.append("  ".join(part for part in ("", fault.severity, fault.code, fault.place, message, fix) if part))
    return "\n".join(lines)


def _summary(reading: Reading, lang: str) -> str:
    errors, questions = len(reading.faults.errors), len(reading.faults.warnings)
    cells = len(reading.facts.figures)
    lines = sum(len(rows) for rows in reading.facts.annexes.values())
    if lang == "zh":
        answer = "接受" if reading.accepted else "不接受"
        return f"{answer}：{cells} 个数据，附表 {lines} 行，{errors} 处错误，{questions} 处待确认"
    answer = "accepted" if reading.accepted else "not accepted"
    return f"{answer}: {cells} figures, {lines} annex lines, {errors} errors, {questions} questions"


def _declare_annotate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--out", type=Path, required=True, help="the .xlsx to write")
    _declare_common(parser)


def _annotate(arguments: argparse.Namespace) -> int:
    """Write the annotated copy; 2 when the file was refused as a whole and nothing can be written."""
    template, reading = read_file(arguments.file, arguments.title, arguments.directory)
    say(_as_text(arguments.file, reading, arguments.lang))
    if template is None or reading.faults.refusal:
        return REFUSED
    arguments.out.write_bytes(annotated_workbook(template, reading.faults))
    return 0


def _declare_diff(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("before", metavar="BEFORE", help="a workbook (.xlsx), or a rule set")
    parser.add_argument("after", metavar="AFTER")
    parser.add_argument("--json", action="store_true", help="rule sets: one JSON object per difference")
    _declare_common(parser)


def _diff(arguments: argparse.Namespace) -> int:
    """Print each changed cell, or each difference of two rule sets; 1 when there is any, 2 when one was refused."""
    books = [name for name in (arguments.before, arguments.after) if name.endswith(".xlsx")]
    if not books:
        return diff_sets(arguments)
    readings = [
        read_file(Path(name), arguments.title, arguments.directory)[1] for name in (arguments.before, arguments.after)
    ]
    refusals = [reading for reading in readings if reading.faults.refusal]
    for reading in refusals:
        say(_as_text(arguments.before if reading is readings[0] else arguments.after, reading, arguments.lang))
    if refusals:
        return REFUSED
    changes = changed_cells(readings[0].facts, readings[1].facts)
    for change in changes:
        where = str(change.origin or "")
        line = change.year or change.line or ""
        say(f"{where}  {change.name} {line}  {value_text(change.before)} -> {value_text(change.after)}")
    return int(bool(changes))


VERBS = {
    "template": Verb("write the workbook of a batch", _declare_template, _template),
    "read": Verb("read filled workbooks: facts, or every fault", _declare_read, _read),
    "annotate": Verb("give a workbook back with its faults marked", _declare_annotate, _annotate),
    "diff": Verb("compare two workbooks cell by cell, or two rule sets in words", _declare_diff, _diff),
}
