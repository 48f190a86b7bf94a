"""What an applicant hands in: workbooks, evidence, and the filed version with its content hash."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from accreditation.models import Application, Evidence, StoredFile, Submission, User, WorkbookUpload
from accreditation.services.bindings import binds, standing_bindings
from accreditation.services.evaluation import accepted_upload, evaluate_application, facts_of_upload
from accreditation.services.recurrences import index_identifiers
from accreditation.services.rule_sets import rules_of
from criteria.facts import Facts


def record_upload(
    application: Application,
    *,
    by: User,
    at: datetime,
    name: str,
    sha256: str,
    facts: Facts | None = None,
    file: StoredFile | None = None,
    faults: str = "",
) -> WorkbookUpload:
    """Keep the facts of an accepted workbook, or the fault list of one that was not; never half of either."""
    return WorkbookUpload.objects.create(
        application=application,
        number=application.uploads.count() + 1,
        file=file,
        file_name=name[:200],
        sha256=sha256,
        facts=facts.to_json() if facts else "",
        faults=faults,
        is_accepted=facts is not None,
        uploaded_by=by,
        uploaded_at=at,
    )


def attach_evidence(
    application: Application,
    *,
    by: User,
    at: datetime,
    kind: str,
    file: StoredFile,
    name: str,
) -> Evidence:
    """Put a stored file into the list of evidence."""
    return Evidence.objects.create(
        application=application,
        kind=kind,
        file=file,
        name=name[:200],
        added_by=by,
        added_at=at,
    )


def drop_evidence(row: Evidence, *, at: datetime) -> None:
    """Take a file out of the list, and with it what it was bound to; both stay on record."""
    row.removed_at = at
    row.save(update_fields=["removed_at"])
    row.bindings.filter(removed_at__isnull=True).update(removed_at=at)


def standing_evidence(application: Application) -> list[Evidence]:
    """Evidence that has not been taken out again, in the order it came."""
    return list(application.evidence.filter(removed_at__isnull=True).select_related("file").order_by("pk"))


def missing_evidence(application: Application) -> list[str]:
    """Codes of required kinds without a file."""
    there = {row.kind for row in standing_evidence(application)}
    return [kind.code for kind in rules_of(application.batch).evidence if kind.required and kind.code not in there]


def file_submission(application: Application, *, by: User, at: datetime) -> Submission:
    """Freeze the newest accepted workbook and the evidence as the version that counts from now on."""
    upload = accepted_upload(application)
    assert upload is not None
    evidence = evidence_entries(application)
    application.submitted_at = application.submitted_at or at
    application.declared_true_by = by
    submission = Submission.objects.create(
        application=application,
        number=application.submissions.count() + 1,
        upload=upload,
        evidence=evidence,
        evaluation=evaluate_application(application, facts_of_upload(upload)).to_json(),
        content_sha256=content_hash(application, upload, evidence),
        filed_at=at,
        filed_by=by,
    )
    application.current = submission
    index_identifiers(application, submission)
    return submission


def evidence_entries(application: Application) -> list[dict[str, Any]]:
    """The evidence list as a version freezes it: each file with what it proves on which page; two queries."""
    bound: dict[int, list[dict[str, Any]]] = {}
    for row in standing_bindings(application):
        bound.setdefault(row.evidence_id, []).append({**binds(row).plain(), "page": row.page})
    return [
        {"kind": row.kind, "name": row.name, "sha256": row.file_id, "bindings": bound.get(row.pk, [])}
        for row in standing_evidence(application)
    ]


def content_hash(application: Application, upload: WorkbookUpload, evidence: list[dict[str, Any]]) -> str:
    """SHA-256 over case number, facts, workbook file and evidence list; what the receipt proves."""
    parts = {"case": application.case.number, "evidence": evidence, "workbook": upload.sha256}
    texts = {
        name: json.dumps(part, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        for name, part in parts.items()
    }
    texts["facts"] = upload.facts  # canonical as it is stored, and perhaps some MB long
    text = ",".join(f'"{name}":{texts[name]}' for name in sorted(texts))
    return hashlib.sha256(f"{{{text}}}".encode()).hexdigest()
