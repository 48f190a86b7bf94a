"""Files taken in from an applicant: a workbook read in a child process and checked whole, a file of evidence checked.

Order for a workbook: read under limits; whole-file refusal (nothing is stored); cross checks, identity of the
enterprise and, in a correction, changes outside the points; only an accepted file is scanned and kept, durably, before
any row names it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accreditation.enums import DISTRICTS
from accreditation.errors import Reason, Refusal
from accreditation.models import Application, Enterprise, StoredFile
from accreditation.services.evaluation import reported_facts
from accreditation.services.files import WORKBOOK, check_file, take_file
from accreditation.services.rule_sets import rule_text, rules_of, template_of
from criteria.checks import check_facts
from criteria.facts import Facts, Origin
from criteria.fields import FormSpec
from criteria.workbook import Fault, Faults, Reading, Severity
from criteria.workbook.changes import Allowed, check_only_allowed_changes
from criteria.workbook.cross_checks import faults_from_checks
from criteria.workbook.isolated import AT_ONCE, IN_BACKGROUND, examine_isolated
from criteria.workbook.pace import Progress

NAME_LENGTH = 200

Pair = tuple[str, str]
_OTHER_CODE: Pair = (
    "统一社会信用代码与本申报单位登记的不一致。",
    "The credit code is not the one registered for this enterprise.",
)
_OTHER_DISTRICT: Pair = (
    "注册地所在区与本申报单位登记的不一致。",
    "The district is not the one registered for this enterprise.",
)
_AS_REGISTERED: Pair = (
    "请填写登记的内容；登记信息有误的，请先联系区主管部门更正。",
    "Enter what is registered; where the register is wrong, ask the district bureau to correct it first.",
)


@dataclass(frozen=True, slots=True)
class Intake:
    """What became of an uploaded workbook: facts and the kept file, or faults, or the refusal of the whole file.

    `report` holds every fault and question with what was typed, as an annotated copy needs them.
    """

    name: str
    sha256: str
    report: Faults
    facts: Facts | None = None
    file: StoredFile | None = None

    @property
    def refusal(self) -> Fault | None:
        """Why the file as a whole was not read; then nothing of it is stored."""
        return self.report.refusal

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Cells that stop acceptance, the refusal of the whole file included."""
        return self.report.errors

    @property
    def questions(self) -> tuple[Fault, ...]:
        """What the applicant should look at again; does not stop acceptance."""
        return self.report.warnings


def take_in(
    application: Application,
    content: bytes,
    name: str,
    *,
    at: datetime,
    allowed: Allowed | None = None,
    progress: Progress | None = None,
) -> Intake:
    """Read and check an uploaded workbook of an application; an accepted file is durable when this returns.

    `allowed` are the cells that a correction may change, None where everything may. A reading in the background takes
    its time and calls `progress` with rows done and rows known. Bad content never raises, save what the scanner holds
    back (Refusal).
    """
    digest = hashlib.sha256(content).hexdigest()
    time = AT_ONCE if progress is None else IN_BACKGROUND
    reading = examine_isolated(content, template_of(application.batch), progress=progress, allowed=time)
    report = reading.faults
    if report.refusal is None:
        report = _whole_report(application, reading, allowed)
    if report.errors:
        return Intake(name[:NAME_LENGTH], digest, report)
    file = take_file(content, name, media_type=WORKBOOK.media_type, at=at)
    return Intake(name[:NAME_LENGTH], digest, report, reading.facts, file)


def _whole_report(application: Application, reading: Reading, allowed: Allowed | None) -> Faults:
    """All faults and questions, none said twice: cells, cross checks, identity, changes outside the points."""
    checks = faults_from_checks(check_facts(rules_of(application.batch), reading.facts), reading.facts)
    found = [*reading.faults.faults, *checks.faults, *identity_faults(application.enterprise, reading.facts)]
    if allowed is not None and (filed := reported_facts(application)) is not None:
        found += _changes(filed, reading, allowed, rules_of(application.batch).form)
    return Faults(tuple(dict.fromkeys(found)), reading.faults.entries or checks.entries)


def _changes(filed: Facts, reading: Reading, allowed: Allowed, form: FormSpec | None) -> Iterator[Fault]:
    """Changed cells outside the points; a cell that could not be read is told once, as such."""
    unread = {(fault.sheet, fault.cell) for fault in reading.faults.errors if fault.cell}
    for fault in check_only_allowed_changes(filed, reading.facts, allowed, form):
        if (fault.sheet, fault.cell) not in unread:
            yield fault


def identity_faults(enterprise: Enterprise, facts: Facts) -> Iterator[Fault]:
    """The workbook speaks of the enterprise that applies: registered credit code and district."""
    code = (enterprise.uscc, enterprise.uscc)
    yield from _identity(facts, "uscc", enterprise.uscc, code, _OTHER_CODE)
    yield from _identity(
        facts, "registered_district", enterprise.district, _district_names(enterprise.district), _OTHER_DISTRICT
    )


def _district_names(code: str) -> tuple[str, str]:
    names = []
    for language in ("zh-hans", "en"):
        with override(language):
            names.append(str(DISTRICTS.get(code, code)))
    return names[0], names[1]


def _identity(facts: Facts, code: str, wanted: str, expected: Pair, message: Pair) -> Iterator[Fault]:
    fact = facts.fact(code)
    if fact is None or fact.value == wanted:
        return
    place = fact.origin or Origin("", "")
    read = place.raw or str(fact.value)
    yield Fault(
        f"other_{code}", Severity.ERROR, place.sheet, place.cell, code, None, read, *expected, *message, *_AS_REGISTERED
    )


def check_evidence(
    application: Application, kind: str, content: bytes, name: str, *, kinds: Collection[str] | None = None
) -> str:
    """Media type of a file of evidence; raises Refusal with every reason (kind, closed kind, empty, size, content).

    `kinds` are those open in a correction, None where all are.
    """
    reasons = list(_kind_reasons(application, kind, kinds))
    try:
        rule = check_file(name, len(content), content[:16])
    except Refusal as refusal:
        raise Refusal([*reasons, *refusal.reasons]) from None
    if reasons:
        raise Refusal(reasons)
    return rule.media_type


def _kind_reasons(application: Application, kind: str, kinds: Collection[str] | None) -> Iterator[Reason]:
    names = {entry.code: rule_text(entry, "name") for entry in rules_of(application.batch).evidence}
    if kind not in names:
        yield Reason("unknown_kind", _("本批次没有这一类材料。"), "kind")
    elif kinds is not None and kind not in kinds:
        yield Reason(
            "closed_kind", _("补正期间只能更换告知书列明的材料：%(name)s 不在其中。") % {"name": names[kind]}, "kind"
        )


def keep_evidence(content: bytes, name: str, media_type: str, *, at: datetime, pages: int | None) -> StoredFile:
    """Scan and keep a checked file of evidence, durably, before the row that names it."""
    return take_file(content, name, media_type=media_type, at=at, pages=pages)
