"""The package for the national authority: summary, ranking, papers and findings of each enterprise, index, SHA-256."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from django.utils.translation import override

from accreditation.models import Application, Ranking, StoredFile
from accreditation.services.files import read_file
from accreditation.services.quota_places import score_of_line
from accreditation.services.rule_sets import rules_of
from criteria.units import amount_text
from criteria.workbook.template import write_list
from workflows.exports.demonstration_summary import OFFICIAL, demonstration_summary
from workflows.exports.recommendation_findings import findings_of
from workflows.exports.register import csv_of, inert
from workflows.presentation.ranking import official_place
from workflows.presentation.words import district_name

FIXED = (1980, 1, 1, 0, 0, 0)  # the same papers give the same bytes
DEMONSTRATION = "demonstration_recommendation/"  # whose notices ask for a table with columns of their own
SUMMARY, RANKING, INDEX, SUMS = "推荐汇总表.xlsx", "排序文本.txt", "目录.csv", "SHA256SUMS.txt"
HEADS = (
    "排序", "企业名称", "统一社会信用代码", "所在区", "所在区代码", "申报编号", "初评得分（分）", "推荐文号",
    "母公司资格编号", "申报内容校验码（SHA-256）",
)  # fmt: skip
FINDINGS = "市级核查"  # folder of what the city found, beside what the enterprise filed
NAME_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Paper:
    """One file of the package: path in it, what it is, its bytes' size and SHA-256."""

    path: str
    what: str
    size: int
    sha256: str


def write_package(stream: IO[bytes], rankings: Iterable[Ranking], applications: Iterable[Application]) -> list[Paper]:
    """Write the ZIP into an open binary file, one paper at a time in memory; returns what it holds, index included.

    Raises OSError where a stored file is lost or does not match its hash.
    """
    listed = list(applications)
    papers: list[Paper] = []
    with override("zh-hans"), zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        summary = write_list("推荐汇总表", HEADS, (_summary_row(row) for row in listed))
        papers.append(_add(package, SUMMARY, "推荐汇总表", summary))
        if listed and listed[0].batch.procedure.startswith(DEMONSTRATION):
            papers.append(_add(package, OFFICIAL, "推荐企业汇总表（按通知所列栏目）", demonstration_summary(listed)))
        for ranking in rankings:
            name = RANKING if ranking.supplements_id is None else f"补充{ranking.number}_{RANKING}"
            papers.append(_add(package, name, "固定的排序文本", ranking.text.encode()))
        for application in listed:
            for path, what, content in _papers_of(application):
                papers.append(_add(package, path, what, content))
        papers.append(_add(package, INDEX, "目录", _index(papers)))
        sums = "".join(f"{paper.sha256}  {paper.path}\n" for paper in papers)
        papers.append(_add(package, SUMS, "校验码", sums.encode()))
    return papers


def _summary_row(row: Application) -> list[str | int]:
    line, letter, parent = row.ranking_line, row.recommendation, row.parent_title
    return [
        official_place(line),
        row.enterprise.name,
        row.enterprise.uscc,
        district_name(row.enterprise.district),
        row.enterprise.district,
        row.case.number,
        amount_text(score_of_line(line), "point", "zh"),
        letter.number if letter else "",
        parent.number if parent else "",
        row.current.content_sha256 if row.current else "",
    ]


def _papers_of(application: Application) -> Iterator[tuple[str, str, bytes]]:
    """Evaluation form and every piece of evidence of the filed version, then what the city found."""
    submission = application.current
    assert submission is not None
    line = application.ranking_line
    place = f"{line.place:02d}" if line.ranking.supplements_id is None else f"补{line.place:02d}"
    folder = safe_name(f"{place}_{application.enterprise.name}_{application.case.number}")
    form = submission.upload.file
    assert form is not None
    yield f"{folder}/评价表_{safe_name(submission.upload.file_name)}", "评价数据表", read_file(form)
    kinds = {kind.code: kind.name_zh for kind in rules_of(application.batch).evidence}
    files = StoredFile.objects.in_bulk([entry["sha256"] for entry in submission.evidence])
    for number, entry in enumerate(submission.evidence, start=1):
        path = f"{folder}/{number:02d}_{safe_name(entry['name'])}"
        yield path, kinds.get(entry["kind"], entry["kind"]), read_file(files[entry["sha256"]])
    for name, what, content in findings_of(application):
        yield f"{folder}/{FINDINGS}/{name}", what, content


def safe_name(name: str) -> str:
    """A name that every system can unpack into one folder: no separators, no control characters, no leading dot."""
    plain = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", name).strip().lstrip(".") or "_"
    found = re.fullmatch(r"(.*?)(\.[A-Za-z0-9]{1,8})?", plain)
    assert found is not None
    return found[1][:NAME_LENGTH] + (found[2] or "")


def _add(package: zipfile.ZipFile, path: str, what: str, content: bytes) -> Paper:
    entry = zipfile.ZipInfo(path, FIXED)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    package.writestr(entry, content)
    return Paper(path, what, len(content), hashlib.sha256(content).hexdigest())


def _index(papers: Iterable[Paper]) -> bytes:
    lines = [["文件", "内容", "字节数", "SHA-256"]]
    lines += [[inert(paper.path), inert(paper.what), str(paper.size), paper.sha256] for paper in papers]
    return csv_of(lines)
