"""What an applicant handed in: evidence per kind, readings of the workbook."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accreditation.models import Application, Evidence, WorkbookUpload
from accreditation.services.files import ALLOWED
from accreditation.services.material import standing_evidence
from accreditation.templatetags.dates import local
from criteria.ruleset import EvidenceKind, RuleSet
from criteria.workbook.faults import errors_in
from workflows.presentation.words import Words, cited, confidence_mark, either


def evidence_list(
    application: Application,
    rules: RuleSet,
    *,
    address: str,
    asked: Collection[str] = (),
    answered: Collection[str] = (),
) -> list[Words]:
    """One entry per kind of evidence: `code`, `key`, `label`, `hint`, `required`, `proves`, `files`, `state`, `tone`.

    `address` is the URL name of the download taking (case number, evidence key); `asked` are kinds that a return
    names, `answered` those of them for which something came since.
    """
    rows = standing_evidence(application)
    number = application.case.number
    found = [_kind(kind, rows, rules, number, address) for kind in rules.evidence]
    for entry in found:
        entry["is_asked"] = entry["code"] in asked
        if entry["is_asked"]:
            done = entry["code"] in answered
            entry["state"], entry["tone"] = (_("已重新上传"), "green") if done else (_("需补正"), "red")
    return found


def _kind(kind: EvidenceKind, rows: Iterable[Evidence], rules: RuleSet, number: str, address: str) -> Words:
    files = [_file(row, number, address) for row in rows if row.kind == kind.code]
    state, tone = _state(bool(files), kind.required)
    return {
        "code": kind.code,
        "key": f"evidence-{kind.code}",
        "label": either(kind, "name"),
        "hint": either(kind, "hint") if kind.hint_zh else "",
        "required": kind.required,
        "proves": [either(rules.fields[code], "name") for code in kind.proves if code in rules.fields],
        "files": files,
        "state": state,
        "tone": tone,
        "sources": cited(kind.source),
        "confidence": confidence_mark(kind.confidence),
    }


def _state(has_files: bool, required: bool) -> tuple[str, str]:
    if has_files:
        return _("已上传"), "green"
    return (_("未上传"), "amber") if required else (_("未上传（选交）"), "grey")


def _file(row: Evidence, number: str, address: str) -> Words:
    return {
        "pk": row.pk,
        "name": row.name,
        "href": reverse(address, args=[number, row.pk]),
        "size": row.file.size,
        "at": row.added_at,
        "sha256": row.file_id,
        "pages": row.file.pages,
    }


def evidence_limits() -> str:
    """What may be uploaded, said beside the button."""
    endings = _("、").join(ending for rule in ALLOWED for ending in rule.endings)
    values = {"endings": endings, "mb": settings.EVIDENCE_MAX_BYTES // (1024 * 1024)}
    return _("可用格式：%(endings)s；每个文件不超过 %(mb)s MB。") % values


def upload_rows(uploads: Iterable[WorkbookUpload], *, address: str) -> list[Words]:
    """Readings of the workbook, newest first: `number`, `name`, `at`, `by`, `state`, `tone`, `href`, `sha256`.

    `address` is the URL name of a reading taking (case number, upload number).
    """
    return [_upload(row, address) for row in uploads]


def compared_uploads(uploads: Iterable[WorkbookUpload]) -> list[Words]:
    """Uploads that can be compared, as choices: those that were read without a fault, in the order given."""
    return [
        {"number": row.number, "day": f"{local(row.uploaded_at):%Y-%m-%d %H:%M}"} for row in uploads if row.is_accepted
    ]


def _upload(row: WorkbookUpload, address: str) -> Words:
    errors = 0 if row.is_accepted else errors_in(row.faults)
    state = _("读取通过") if row.is_accepted else _("有 %(n)d 处错误") % {"n": errors}
    return {
        "number": row.number,
        "name": row.file_name,
        "at": row.uploaded_at,
        "by": row.uploaded_by.name,
        "is_accepted": row.is_accepted,
        "state": state,
        "tone": "green" if row.is_accepted else "red",
        "href": reverse(address, args=[row.application.case.number, row.number]),
        "sha256": row.sha256,
    }
