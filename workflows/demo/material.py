"""Sample workbooks and evidence of the demo's enterprises; all of it fictional."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from accreditation.models import Batch, Enterprise
from accreditation.services.rule_sets import template_of
from criteria.facts import AnnexRow, Facts, Scalar
from criteria.workbook.samples import sample_facts
from criteria.workbook.sheets import fill, plan_of
from criteria.workbook.template import render

Key = tuple[str, int | None]
Annexes = Mapping[str, tuple[AnnexRow, ...]]


def workbook_for(
    enterprise: Enterprise,
    batch: Batch,
    *,
    seed: int,
    profile: str,
    changed: dict[Key, int] | None = None,
    basics: dict[str, str] | None = None,
    lines: dict[str, int] | None = None,
) -> bytes:
    """A filled workbook of the batch's template; `changed` figures and `basics` replace the sample's.

    `lines` gives annexes another length.
    """
    template = template_of(batch)
    facts = sample_facts(template, seed, profile, lines)
    values: dict[Key, Scalar] = {
        ("enterprise_name", None): enterprise.name,
        ("uscc", None): enterprise.uscc,
        ("registered_district", None): enterprise.district,
        **{(code, None): text for code, text in (basics or {}).items()},
        **{key: Fraction(value) for key, value in (changed or {}).items()},
    }
    figures = {key: replace(fact, value=values.get(key, fact.value)) for key, fact in facts.figures.items()}
    book, annexes = plan_of(template), _with_own_numbers(facts.annexes, enterprise)
    fill(book, template, Facts(facts.reporting_year, figures, annexes), tinted=False)
    return render(book)


def _with_own_numbers(annexes: Annexes, enterprise: Enterprise) -> Annexes:
    """Rights and standards bear the enterprise's own numbers: one number in two applications is a question."""
    return {annex: tuple(_numbered(row, enterprise) for row in rows) for annex, rows in annexes.items()}


def _numbered(row: AnnexRow, enterprise: Enterprise) -> AnnexRow:
    values = {**row.values}
    number, own = values.get("number"), enterprise.uscc[-8:]
    if isinstance(number, str):
        values["number"] = number.replace("T/SL", f"T/SL{own}") if number.startswith("T/SL") else f"{number}-{own}"
    return replace(row, values=values)


def sample_pdf(title: str) -> bytes:
    """A small PDF with one line of ASCII text, to stand for a scanned document."""
    text = f"BT /F1 16 Tf 60 760 Td (SPECIMEN {title}) Tj ET".encode("ascii", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer
