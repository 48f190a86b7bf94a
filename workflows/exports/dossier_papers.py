"""Papers of a dossier in words of their own: the draw, lent powers, minutes, notice, ranking, announcement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from accreditation.audit import chain_key
from accreditation.models import Application, AuditEvent, Case, Delegation, User
from accreditation.services import draws
from accreditation.services.files import read_file
from accreditation.services.rule_sets import rules_of
from certificates.selectors import certificate_file, versions_of
from criteria.draw import DrawRecord
from workflows.certification import certificate_of_title
from workflows.exports.dossier_parts import Part, csv_part, json_part, row_of, safe
from workflows.presentation.differences import difference_words
from workflows.presentation.draws import draw_file
from workflows.presentation.oversight import act_labels, office_labels
from workflows.presentation.words import Words
from workflows.selectors.figures import differences

ACT_HEADS = ("序号", "时间（UTC）", "事项", "办理人", "身份", "代谁办理", "之前状态", "之后状态")
LENT_HEADS = ("授权编号", "权限", "授权人", "受权人", "起", "止", "理由", "收回时间", "用于日志序号")
CHANGE_HEADS = ("工作表", "单元格", "数据", "之前", "之后")
DRAW_HEADS = ("次序", "专家", "抽取结果", "专业相符", "在办评审数", "同单位标识", "不参加抽取的原因")


def acts_list(case: Case) -> Iterator[Part]:
    """The trail as a person reads it, and the lent powers that acts of it rest on."""
    acts, offices = act_labels(), office_labels()
    lines: list[list[Any]] = [list(ACT_HEADS)]
    lent: dict[int, list[int]] = {}
    for event in AuditEvent.objects.filter(chain=chain_key(case)).order_by("seq").iterator():
        lender = event.content.get("on_behalf_of") or {}
        lines.append(
            [event.seq, event.at.isoformat(), acts.get(event.verb, event.verb), event.by_name,
             offices.get(event.acting_as, event.acting_as), lender.get("name", ""), event.state_before,
             event.state_after]
        )  # fmt: skip
        if lender.get("delegation"):
            lent.setdefault(lender["delegation"], []).append(event.seq)
    yield csv_part("acts.csv", "办理日志（中文）", lines)
    if lent:
        yield csv_part("delegations.csv", "办理中使用的授权代办", [LENT_HEADS, *_lent(lent)])


def _lent(used: dict[int, list[int]]) -> Iterator[list[Any]]:
    rows = Delegation.objects.filter(pk__in=used).select_related("delegator", "delegate").order_by("pk")
    for row in rows:
        yield [
            row.pk, row.get_power_display(), row.delegator, row.delegate, row.starts_at.isoformat(),
            row.ends_at.isoformat(), row.reason, row.revoked_at.isoformat() if row.revoked_at else "",
            "、".join(str(seq) for seq in used[row.pk]),
        ]  # fmt: skip


def returned_points(application: Application) -> Iterator[Part]:
    """What each version filed after a return changed, cell by cell and line by line."""
    rules = rules_of(application.batch)
    for each in differences(application):
        lines = list(_changed(difference_words(each.old, each.new, rules, most=None)))
        lines += [["", "", "证明材料（新增）", "", name] for name in each.added]
        lines += [["", "", "证明材料（移除）", name, ""] for name in each.removed]
        name = f"第 {each.after.number} 次提交与第 {each.before.number} 次提交的差异"
        yield csv_part(f"submissions/{each.after.number}/changes.csv", name, [CHANGE_HEADS, *lines])


def _changed(words: Words) -> Iterator[list[Any]]:
    for cell in words["cells"]:
        yield [cell["sheet"], cell["cell"], cell["name"], cell["before"], cell["after"]]
    for annex in words["annexes"]:
        for line in annex["lines"]:
            for cell in line["cells"]:
                name = f"{annex['label']} {line['place']}（{line['fate']}）{cell['label']}"
                yield ["", line["sheet_cell"], name, cell["before"], cell["after"]]


def draw_papers(application: Application) -> Iterator[Part]:
    """The draw as it can be worked out again, and who was in it, drawn, in reserve or kept out for which reason."""
    record, text = draws.record_of(application), draw_file(application)
    if record is not None and text is not None:
        yield Part("panel/draw.json", "专家抽取记录（可用 python -m criteria draw 复算）", text.encode())
        yield csv_part("panel/draw.csv", "专家抽取：候选、负荷、结果和回避原因", [DRAW_HEADS, *_drawn(record)])


def _drawn(record: DrawRecord) -> Iterator[list[Any]]:
    known = {one.key: one for one in record.candidates}
    people = User.objects.in_bulk([int(key) for key in (*record.order, *(one.key for one in record.barred))])
    for place, key in enumerate(record.order, start=1):
        seat = "抽中" if key in record.seats else "候补" if key in record.reserve else "同单位已有席位"
        one = known[key]
        yield [place, people[int(key)], seat, "是" if one.is_matched else "否", one.load, one.employer, ""]
    for barred in record.barred:
        yield ["", people[int(barred.key)], "不参加抽取", "", "", "", "；".join(barred.reasons)]


def decisions(application: Application, *, with_objectors: bool) -> Iterator[Part]:
    """Minutes, ranking, notices with their extensions, objections, announcement."""
    for item in application.meeting_items.select_related("meeting").order_by("pk"):
        if item.meeting.minutes:
            yield _text(f"meetings/{safe(item.meeting.number)}.txt", "会议纪要", item.meeting.minutes)
    line = getattr(application, "ranking_line", None)
    if line is not None:
        yield _text(f"recommendation/{safe(line.ranking.number)}.txt", "固定的排序文本", line.ranking.text)
    yield from _notice(application, with_objectors=with_objectors)
    yield from _objections(application, with_objectors=with_objectors)
    if application.announcement is not None:
        number = safe(application.announcement.number)
        yield _text(f"announcement/{number}.txt", "公布全文", application.announcement.body)


def _notice(application: Application, *, with_objectors: bool) -> Iterator[Part]:
    """Every notice that listed it: one that was sent back, or decided anew, is noticed more than once."""
    shown = ("number", "body", "published_at", "working_days", "ends_at", "ended_at")
    added = ["ground", "working_days", "extended_at", "extended_by_id", *(["reason"] if with_objectors else [])]
    for entry in application.notice_entries.select_related("notice").order_by("notice"):
        notice = entry.notice
        yield json_part(f"notice/{safe(notice.number)}.json", "公示", row_of(notice, shown))
        yield _text(f"notice/{safe(notice.number)}.txt", "公示全文", notice.body)
        rows = [row_of(row, added) for row in notice.extensions.filter(application=application).order_by("pk")]
        if rows:
            yield json_part(f"notice/{safe(notice.number)}-extensions.json", "公示延长", {"extensions": rows})


def _objections(application: Application, *, with_objectors: bool) -> Iterator[Part]:
    fields = ["number", "raised_at", "state", "reasons", "settled_at"]
    origin = "异议（不含异议人）"
    if with_objectors:
        fields, origin = (
            [*fields, "objector", "contact", "text", "file_name", "settled_by_id"],
            "异议（含异议人，保密）",
        )
    for row in application.objections.select_related("file", "letter").order_by("pk"):
        number = safe(row.number)
        yield json_part(f"objections/{number}.json", origin, row_of(row, fields))
        if with_objectors and (letter := getattr(row, "letter", None)) is not None:
            text = f"{letter.body}\n\n{letter.remedy}".strip()
            yield Part(f"objections/{number}-answer.txt", f"答复异议人 {letter.number}（保密）", text.encode())
        if with_objectors and row.file is not None:
            yield Part(f"objections/{number}-{safe(row.file_name)}", "异议人提交的材料（保密）", read_file(row.file))


def certificates(titles: Iterable[Any]) -> Iterator[Part]:
    """Every issued version of the certificate of each title, with its state."""
    names = ("number", "version", "state", "state_since", "state_ground", "issued_at", "sha256", "signer", "log_index")
    for title in titles:
        first = certificate_of_title(title)
        for issued in versions_of(first.number) if first is not None else ():
            stem = f"certificate/{issued.number}-{issued.version}"
            yield json_part(f"{stem}.json", "证书的状态", row_of(issued, names))
            if issued.sha256:
                yield Part(f"{stem}.pdf", "证书", certificate_file(issued))


def _text(path: str, origin: str, body: str) -> Part:
    return Part(path, origin, body.encode())
