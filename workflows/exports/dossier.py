"""The dossier of a case for reconsideration, court or audit: every paper and record in one archive, each with its hash.

The same state of a case gives the same bytes. `SHA256SUMS` is checked by `sha256sum -c`; the chain of acts by the
recipe in `README.txt`. Who objected stays out: names of objectors are confidential even here.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from accreditation.audit import chain_key, verify_chain
from accreditation.models import Application, AuditEvent, Case, StoredFile
from accreditation.services.files import read_file
from certificates.selectors import certificate_file, issued_certificates
from workflows.certification import certificate_of_title
from workflows.exports.register import BYTE_ORDER_MARK, inert
from workflows.procedures import procedure_of

_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069]+|\.{2,}')
MOST_NAME = 80
EPOCH = (1980, 1, 1, 0, 0, 0)  # the archive format knows nothing earlier; a fixed time keeps the bytes the same
README = """办件 {number} 卷宗 / Dossier of case {number}

index.csv    每个文件的名称、来源、大小和 SHA-256 / name, origin, size and SHA-256 of every file
SHA256SUMS   用 sha256sum -c SHA256SUMS 核对 / check with sha256sum -c SHA256SUMS
acts.json    办理日志 {count} 条，链首 {head}；{verdict}
             {count} acts, head of the chain {head}

每条日志的 hash 是下列内容的 SHA-256（JSON，键排序，无空格，不转义非 ASCII 字符）：
The hash of each act is the SHA-256 of this JSON (keys sorted, no blanks, non-ASCII characters as they are):
{{"at","by":[by_id,by_name,acting_as],"chain","code_revision","content","previous","seq","states":[before,after],"verb"}}
previous 是上一条的 hash，第一条为 64 个 0；at 为 UTC 时间，精确到微秒。
previous is the hash of the act before it, 64 zeros for the first; at is in UTC with microseconds.
"""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the dossier: path in the archive, where it comes from, its bytes."""

    path: str
    origin: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Digest in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def write_dossier(case: Case, stream: BinaryIO) -> str:
    """Write the archive of a case into a seekable binary stream; returns its SHA-256. OSError where a file is lost."""
    rows: list[tuple[str, str, int, str]] = []
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in _numbered(_parts(case)):
            rows.append((part.path, part.origin, len(part.content), part.sha256))
            _put(archive, part.path, part.content)
        index, sums = _index(rows), "".join(f"{sha256}  {path}\n" for path, _origin, _size, sha256 in rows)
        _put(archive, "index.csv", index)
        _put(archive, "SHA256SUMS", sums.encode())
    stream.seek(0)
    digest = hashlib.sha256()
    while block := stream.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def _put(archive: zipfile.ZipFile, path: str, content: bytes) -> None:
    info = zipfile.ZipInfo(path, EPOCH)
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    archive.writestr(info, content)


def _index(rows: list[tuple[str, str, int, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["文件", "来源", "字节", "SHA-256"])
    writer.writerows([inert(cell) for cell in row] for row in rows)
    return (BYTE_ORDER_MARK + text.getvalue()).encode()


def _numbered(parts: Iterator[Part]) -> Iterator[Part]:
    """Two files of one name keep apart."""
    seen: dict[str, int] = {}
    for part in parts:
        count = seen[part.path] = seen.get(part.path, 0) + 1
        if count > 1:
            stem, dot, ending = part.path.rpartition(".")
            part = Part(f"{stem or part.path} ({count}){dot}{ending if stem else ''}", part.origin, part.content)
        yield part


def _product(case: Case) -> str:
    """What an application for a product's title is about; empty for all others."""
    return str(Application.objects.filter(case=case).values_list("product_name", flat=True).first() or "")


def _parts(case: Case) -> Iterator[Part]:
    yield from _trail(case)
    named = {"enterprise": case.enterprise.name, "uscc": case.enterprise.uscc, "product": _product(case)}
    own = ("number", "procedure", "district", "state", "opened_at", "closed_at")
    yield _json("case.json", "办件", _row(case, own) | named)
    for letter in case.letters.order_by("pk"):
        text = "\n\n".join(filter(None, [letter.body, letter.remedy]))
        yield Part(f"letters/{_safe(letter.number)}.txt", letter.get_kind_display(), text.encode())
    for clock in case.deadlines.order_by("pk"):
        fields = ("kind", "started_at", "working_days", "in_calendar_days", "due_at", "state", "settled_at")
        yield _json(f"deadlines/{clock.pk}-{clock.kind}.json", clock.get_kind_display(), _row(clock, fields))
    for paper in case.documents.select_related("file").order_by("pk"):
        yield Part(f"documents/{_safe(paper.name)}", paper.purpose, _bytes(paper.file))
    subject = procedure_of(case).subject.of(case)
    if isinstance(subject, Application):
        yield from _application(subject)
    else:
        columns = tuple(field.attname for field in subject._meta.concrete_fields)
        yield _json("subject.json", str(subject._meta.verbose_name), _row(subject, columns))


def _trail(case: Case) -> Iterator[Part]:
    events = list(AuditEvent.objects.filter(chain=chain_key(case)).order_by("seq"))
    breaks = verify_chain(case)
    names = (
        "chain", "seq", "at", "verb", "by_id", "by_name", "acting_as", "state_before", "state_after", "content",
        "code_revision", "previous_hash", "hash",
    )  # fmt: skip
    verdict = "校验相符 / verified" if not breaks else f"校验不符 / broken: {[each.what for each in breaks]}"
    words = {"number": case.number, "count": len(events), "head": case.audit_head, "verdict": verdict}
    yield Part("README.txt", "说明", README.format(**words).encode())
    yield _json("acts.json", "办理日志", [_row(event, names) for event in events])


def _application(application: Application) -> Iterator[Part]:
    """Material, reviews, marks once they are open, minutes, notice, objections without objectors, certificate."""
    for version in application.submissions.order_by("number"):
        folder = f"submissions/{version.number}"
        yield _json(f"{folder}/evidence.json", "提交的证明材料清单", version.evidence)
        yield Part(f"{folder}/evaluation.json", "按填报数据的评价", version.evaluation.encode())
    for upload in application.uploads.filter(is_accepted=True).select_related("file").order_by("number"):
        yield Part(f"workbooks/{upload.number}/facts.json", "读取的数据", upload.facts.encode())
        if upload.file is not None:
            yield Part(f"workbooks/{upload.number}/{_safe(upload.file_name)}", "数据表", _bytes(upload.file))
    for row in application.evidence.select_related("file").order_by("kind", "pk"):
        origin = row.kind if row.removed_at is None else f"{row.kind}（已移除）"
        yield Part(f"evidence/{_safe(row.kind)}/{_safe(row.name)}", origin, _bytes(row.file))
    yield from _figure_checks(application)
    yield from _reviews(application)
    yield from _decisions(application)
    if application.title is not None:
        first = certificate_of_title(application.title)
        for issued in issued_certificates(first.number) if first is not None else ():
            yield Part(f"certificate/{issued.number}-{issued.version}.pdf", "证书", certificate_file(issued))


def _figure_checks(application: Application) -> Iterator[Part]:
    """Each verification of the figures by a third party: how it went, what was found and decided, the signed report."""
    said = (
        "state", "remark", "commissioned_by_id", "commissioned_at", "cleared_by_id", "cleared_at", "ended_for",
        "report_number", "report_dated", "conclusion", "content_sha256", "handed_in_at", "settled_at",
    )  # fmt: skip
    of_figure = (
        "code", "year", "reported", "result", "value", "remark", "reference", "evidence_id", "recorded_by_id",
        "recorded_at", "answer", "answered_by_id", "answered_at", "is_adopted", "decision_reason", "decided_by_id",
        "decided_at",
    )  # fmt: skip
    checks = application.figure_checks.select_related("body", "submission", "report")
    for number, check in enumerate(checks.order_by("pk"), 1):
        folder = f"figure-checks/{number}"
        named = {"body": check.body.name_zh, "uscc": check.body.uscc, "submission": check.submission.number}
        yield _json(f"{folder}/check.json", "第三方数据核查", _row(check, said) | named)
        found = [_row(row, of_figure) for row in check.findings.order_by("pk")]
        yield _json(f"{folder}/findings.json", "核查结果", found)
        if check.report is not None:
            yield Part(f"{folder}/{_safe(check.report_name)}", "核查报告", _bytes(check.report))


def _reviews(application: Application) -> Iterator[Part]:
    tables: dict[str, tuple[Any, tuple[str, ...]]] = {
        "gate_answers": (application.gate_answers, ("gate", "is_met", "reason", "answered_by_id", "answered_at")),
        "verified_values": (
            application.verified_values,
            ("code", "year", "value", "reason", "proposed_by_id", "proposed_at", "adopted_by_id", "adopted_at"),
        ),
        "first_reviews": (application.first_reviews, ("recommends", "opinion", "reviewed_by_id", "reviewed_at")),
        "corrections": (
            application.corrections,
            ("number", "requested_by_id", "requested_at", "by_owner", "general_remark", "closed_at"),
        ),
    }
    for name, (rows, fields) in tables.items():
        yield _json(f"reviews/{name}.json", name, [_row(row, fields) for row in rows.order_by("pk")])
    panel = getattr(application, "panel", None)
    if panel is not None and panel.opened_at is not None:
        seats = panel.seats.select_related("expert", "review").order_by("place", "pk")
        yield _json(
            "reviews/panel.json", "专家评审", {"result": panel.result, "seats": [_seat(seat) for seat in seats]}
        )


def _seat(seat: Any) -> dict[str, Any]:
    review = getattr(seat, "review", None)
    said = _row(review, ("marks", "opinion", "sealed_hash", "submitted_at")) if review is not None else {}
    return {"place": seat.place, "expert": str(seat.expert), "state": seat.state, "tie": seat.tie} | said


def _decisions(application: Application) -> Iterator[Part]:
    for item in application.meeting_items.select_related("meeting").order_by("pk"):
        if item.meeting.minutes:
            number = _safe(item.meeting.number)
            yield Part(f"meetings/{number}.txt", "会议纪要", item.meeting.minutes.encode())
    if application.notice is not None:
        notice = application.notice
        shown = ("number", "body", "published_at", "working_days", "ends_at", "ended_at")
        yield _json(f"notice/{_safe(notice.number)}.json", "公示", _row(notice, shown))
        added = ("ground", "working_days", "reason", "extended_at", "extended_by_id")
        rows = [_row(row, added) for row in notice.extensions.filter(application=application).order_by("pk")]
        if rows:
            yield _json(f"notice/{_safe(notice.number)}-extensions.json", "公示延长", {"extensions": rows})
    for row in application.objections.order_by("pk"):
        fields = ("number", "raised_at", "state", "reasons", "settled_at")
        yield _json(f"objections/{_safe(row.number)}.json", "异议（不含异议人）", _row(row, fields))


def _row(row: Any, fields: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in fields}


def _json(path: str, origin: str, value: object) -> Part:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, default=_plain)
    return Part(path, origin, text.encode())


def _plain(value: object) -> str:
    """Instants and days as the ISO writes them; anything else as its own words."""
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def _bytes(file: StoredFile) -> bytes:
    return read_file(file)


def _safe(name: str) -> str:
    """A name that is one component of a path on every system."""
    return _UNSAFE.sub("_", name).strip(". ")[-MOST_NAME:] or "_"
