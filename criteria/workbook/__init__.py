"""The official .xlsx: template written, upload guarded, read, located, normalised and answered cell by cell.

The reading side stands here; writing sides (`template.write_template`, `annotate`, `samples`) are imported by module,
so that a reading process never loads the writer.

    template = template_for(rule_set.form, ref, checksum, batch, year, title)
    outcome = read(content, template)          # Facts, or Faults with sheet and cell
    reading = examine(content, template)       # the same with questions and the readable part of a faulty workbook

    with_checks(reading, check_facts(rule_set, reading.facts))   # cross_checks: the rule set's checks as faults

`isolated.examine_isolated` does the same in a limited child process and is what a web process calls.

Map: gate > markup and plain_markup > package > reader (bytes to cells), locate (where each field stands), normalise,
numbers, dates (cell to value), intake (the chain), faults and the two message tables (what is said).
"""

from criteria.workbook.faults import Entry, Fault, Faults, Severity
from criteria.workbook.intake import Reading, examine, read
from criteria.workbook.layout import Template, template_for, template_from_json

__all__ = [
    "Entry",
    "Fault",
    "Faults",
    "Reading",
    "Severity",
    "Template",
    "examine",
    "read",
    "template_for",
    "template_from_json",
]
