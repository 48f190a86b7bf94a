"""The dossier of a case for reconsideration, court or audit: every paper and record in one archive, each with its hash.

The same state of a case gives the same bytes. `SHA256SUMS` is checked by `sha256sum -c`; the chain of acts by the
recipe in `README.txt`. Who objected stays out unless the copy is taken with it by one who may see it.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.utils.translation import override

from accreditation.audit import chain_key, verify_chain
from accreditation.enums import SeatState
from accreditation.models import Application, AuditEvent, Case, Reconsideration, Title
from accreditation.services.files import read_file
from workflows.exports.dossier_extracts import extracts
from workflows.exports.dossier_papers import acts_list, certificates, decisions, draw_papers, returned_points
from workflows.exports.dossier_parts import INDEX, INDEX_HEADS, SUMS, Part, csv_part, json_part, row_of, safe
from workflows.exports.dossier_rows import anchors_of, tables
from workflows.exports.dossier_tables import PROPOSED
from workflows.procedures import procedure_of

OFFICIAL = "zh-hans"  # an official paper: the same words whoever takes the copy
COUNT_HEADS = ("类别", "文件", "记录数")
EPOCH = (1980, 1, 1, 0, 0, 0)  # the archive format knows nothing earlier; a fixed time keeps the bytes the same
README = """办件 {number} 卷宗 / Dossier of case {number}

index.csv    每个文件的名称、来源、大小、行数和 SHA-256 / name, origin, size, number of lines and SHA-256 of every file
counts.csv   各类记录的条数，没有记录的也列出 / how many records of each kind, kinds without any included
SHA256SUMS   用 sha256sum -c SHA256SUMS 核对 / check with sha256sum -c SHA256SUMS
acts.json    办理日志 {count} 条，链首 {head}；{verdict}
             {count} acts, head of the chain {head}

每条日志的 hash 是下列内容的 SHA-256（JSON，键排序，无空格，不转义非 ASCII 字符）：
The hash of each act is the SHA-256 of this JSON (keys sorted, no blanks, non-ASCII characters as they are):
{{"at","by":[by_id,by_name,acting_as],"chain","code_revision","content","previous","seq","states":[before,after],"verb"}}
previous 是上一条的 hash，第一条为 64 个 0；at 为 UTC 时间，精确到微秒。
previous is the hash of the act before it, 64 zeros for the first; at is in UTC with microseconds.

extracts/    会议、公示、批次的日志中涉及本办件的各条。不附 hash，而附核验码（seal，即 hash 的加密钥的 hash）；
             其他办件的内容和不专属本办件的事由以加密钥的 hash（withheld）代替。
             二者读者均不能核对，只能由办理机关凭密钥和自存日志核对；核验码相符即证明该条及其以前各条与日志一致。
             left_out 为未摘录的各条（含表决结束前的投票），未摘录不表示与本办件无关。
             breaks 为制作本卷宗时该日志整体校验的结果，空即相符，系办理机关的陈述。
             acts of meetings, notices and the batch that concern this case. Instead of its hash each has a seal, the
             keyed hash of its hash; what is said of other cases, and a reason that is not of this case alone, is
             replaced by a keyed hash (withheld). A reader can check neither: the office can, with its key and its own
             records; a seal that agrees proves to it that the act and all before it are those of the trail. left_out
             are acts not extracted (votes before the voting is over among them), which does not mean that they do not
             concern this case. breaks is what the check of the whole trail found when the copy was made, empty if all
             of it agrees: a statement of the office.
"""


def write_dossier(case: Case, stream: BinaryIO, *, with_objectors: bool = False) -> str:
    """Write the archive of a case into a seekable binary stream; returns its SHA-256. OSError where a file is lost.

    `with_objectors` names who objected and what they wrote: only for those who may see it.
    """
    rows: list[tuple[object, ...]] = []
    sums: list[str] = []
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive, override(OFFICIAL):
        for part in _numbered(_parts(case, with_objectors=with_objectors)):
            lines = "" if part.lines is None else part.lines
            rows.append((part.path, part.origin, len(part.content), lines, part.sha256))
            sums.append(f"{part.sha256}  {part.path}\n")
            _put(archive, part.path, part.content)
        _put(archive, INDEX, csv_part(INDEX, "目录", [INDEX_HEADS, *rows]).content)
        _put(archive, SUMS, "".join(sums).encode())
    stream.seek(0)
    digest = hashlib.sha256()
    while block := stream.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def _put(archive: zipfile.ZipFile, path: str, content: bytes) -> None:
    info = zipfile.ZipInfo(path, EPOCH)
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    archive.writestr(info, content)


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


def _parts(case: Case, *, with_objectors: bool) -> Iterator[Part]:
    yield from _trail(case)
    named = {"enterprise": case.enterprise.name, "uscc": case.enterprise.uscc, "product": _product(case)}
    own = ("number", "procedure", "district", "state", "opened_at", "closed_at")
    yield json_part("case.json", "办件", row_of(case, own) | named)
    for letter in case.letters.order_by("pk"):
        text = "\n\n".join(filter(None, [letter.body, letter.remedy]))
        yield Part(f"letters/{safe(letter.number)}.txt", letter.get_kind_display(), text.encode())
    for paper in case.documents.select_related("file").order_by("pk"):
        yield Part(f"documents/{safe(paper.name)}", paper.purpose, read_file(paper.file))
    subject = procedure_of(case).subject.of(case)
    if isinstance(subject, Application):
        yield from _application(subject, with_objectors=with_objectors)
    else:
        left_out = PROPOSED if isinstance(subject, Reconsideration) else frozenset[str]()
        columns = tuple(field.attname for field in subject._meta.concrete_fields if field.name not in left_out)
        yield json_part("subject.json", str(subject._meta.verbose_name), row_of(subject, columns))
    anchors = anchors_of(case)
    counts: list[tuple[str, str, int]] = []
    yield from tables(anchors, counts)
    yield from certificates(Title.objects.filter(pk__in=anchors["title"]).order_by("pk"))
    lines = [[name, path, number] for path, name, number in counts]
    yield csv_part("counts.csv", "各类记录的条数", [COUNT_HEADS, *lines])


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
    yield json_part("acts.json", "办理日志", [row_of(event, names) for event in events])
    yield from acts_list(case)


def _application(application: Application, *, with_objectors: bool) -> Iterator[Part]:
    """Material, reviews, the draw, marks once they are open, minutes, notice, objections, announcement."""
    for version in application.submissions.order_by("number"):
        folder = f"submissions/{version.number}"
        yield json_part(f"{folder}/evidence.json", "提交的证明材料清单", version.evidence)
        yield Part(f"{folder}/evaluation.json", "按填报数据的评价", version.evaluation.encode())
    for upload in application.uploads.filter(is_accepted=True).select_related("file").order_by("number"):
        yield Part(f"workbooks/{upload.number}/facts.json", "读取的数据", upload.facts.encode())
        if upload.file is not None:
            yield Part(f"workbooks/{upload.number}/{safe(upload.file_name)}", "数据表", read_file(upload.file))
    for row in application.evidence.select_related("file").order_by("kind", "pk"):
        origin = row.kind if row.removed_at is None else f"{row.kind}（已移除）"
        yield Part(f"evidence/{safe(row.kind)}/{safe(row.name)}", origin, read_file(row.file))
    yield from _figure_checks(application)
    yield from returned_points(application)
    yield from draw_papers(application)
    yield from _reviews(application)
    yield from decisions(application, with_objectors=with_objectors)
    yield from extracts(application)


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
        yield json_part(f"{folder}/check.json", "第三方数据核查", row_of(check, said) | named)
        found = [row_of(row, of_figure) for row in check.findings.order_by("pk")]
        yield json_part(f"{folder}/findings.json", "核查结果", found)
        if check.report is not None:
            yield Part(f"{folder}/{safe(check.report_name)}", "核查报告", read_file(check.report))


def _reviews(application: Application) -> Iterator[Part]:
    """Marks with their reasons, once the panel was opened."""
    panel = getattr(application, "panel", None)
    if panel is not None and panel.opened_at is not None:
        seats = panel.seats.select_related("expert", "review").order_by("place", "pk")
        yield json_part(
            "reviews/panel.json", "专家评审", {"result": panel.result, "seats": [_seat(seat) for seat in seats]}
        )


def _seat(seat: Any) -> dict[str, Any]:
    review = getattr(seat, "review", None)
    said = row_of(review, ("marks", "opinion", "salt", "sealed_hash", "submitted_at")) if review is not None else {}
    if review is not None and seat.state == SeatState.RECUSED:
        said |= {"set_aside": True, "aside_reason": seat.tie}
    return {"place": seat.place, "expert": str(seat.expert), "state": seat.state, "tie": seat.tie} | said
