"""The paper past: a list is checked line by line, put before a second person, and entered in one piece.

Nothing is entered of a list with a fault. The same line twice, or one that was entered before, is said and passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import PurePath

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accreditation.acts import act, hold
from accreditation.enums import PaperImportState
from accreditation.errors import Denied, Reason, Refusal
from accreditation.four_eyes import check_another, decided_before
from accreditation.models import Enterprise, PaperImport, Programme, Title, User
from accreditation.models.titles import STANDING
from accreditation.roles import Power, Role
from accreditation.selectors.people import acting_role
from accreditation.services.files import WORKBOOK, FileRule, check_file, take_file
from accreditation.services.numbers import next_number_at
from accreditation.services.titles import import_title
from certificates.models import PaperCertificate
from certificates.paper import PaperRecord
from certificates.selectors import electronic_numbers, paper_certificates
from certificates.services.paper import PaperEntry, Source, enter_paper
from criteria.workbook.faults import Refused
from criteria.workbook.lists import read_list
from workflows.paper_rows import HEADINGS, STATE_AFTER, Finding, PaperRow, doubled, finding, read_rows, row_from
from workflows.workdays import SHANGHAI

LEDGER = "paper_register"
OWN = Reason("four_eyes", _("录入人不能复核自己的名单，须由另一人确认。"))
LIST = FileRule("text/csv", (".csv",), (b"",))
HOLDING = [*STANDING, "suspended"]


# --- Prepare ----------------------------------------------------------------------------------------------------
def prepare_import(content: bytes, name: str, *, by: User, at: datetime) -> PaperImport:
    """Check a list and keep it with everything found; the same file that still waits is not taken twice.

    Denied without the power; Refusal when the file as a whole cannot be read.
    """
    role = _role(by)
    rule = check_file(name, len(content), content[:16], (WORKBOOK, LIST))
    rows, findings = _checked(content, on=_today(at))
    stored = take_file(content, name, media_type=rule.media_type, at=at)
    with act(LEDGER, "prepare_paper_import", by=by, at=at, acting_as=role) as doing:
        waiting = PaperImport.objects.filter(file=stored, state=PaperImportState.PREPARED).first()
        if waiting is not None:
            doing.note(paper=waiting.number, again=True)
            return waiting
        is_faulty = any(one.severity == "fault" for one in findings)
        row = PaperImport(
            number=next_number_at("PAPER", at),
            file=stored,
            file_name=PurePath(name).name[:200],
            rows=[one.plain() for one in rows],
            findings=[one.plain() for one in findings],
            state=PaperImportState.FAULTY if is_faulty or not rows else PaperImportState.PREPARED,
            prepared_by=by,
            prepared_at=at,
        )
        row.save()
        doing.note(paper=row.number, sha256=stored.sha256, rows=len(rows), state=row.state)
    return row


def _checked(content: bytes, *, on: date) -> tuple[list[PaperRow], list[Finding]]:
    """Rows that would be entered, and everything to say of the list."""
    try:
        listing = read_list(content, HEADINGS)
    except Refused as refused:
        fault, is_english = refused.fault, (get_language() or "").startswith("en")
        text = f"{fault.message_en} {fault.fix_en}" if is_english else f"{fault.message_zh}{fault.fix_zh}"
        raise Refusal([Reason(f"paper_{fault.code}", text, "file")]) from refused
    rows, findings = read_rows(listing, on=on)
    kept, repeated = doubled(rows)
    findings += repeated
    fresh, found = against_register(kept)
    return fresh, [*findings, *found]


def against_register(rows: list[PaperRow]) -> tuple[list[PaperRow], list[Finding]]:
    """Rows that are not entered yet, and what the register has against or to say of each."""
    known = paper_certificates(row.key for row in rows)
    electronic = electronic_numbers(row.key for row in rows)
    fresh = [row for row in rows if row.key not in known]
    found = [_of_known(row, known[row.key]) for row in rows if row.key in known]
    found += [finding("is_electronic", row, "number") for row in fresh if row.key in electronic]
    found += [finding("original_not_seen", row, "number", "question") for row in fresh if not row.original_seen]
    return fresh, [*found, *_of_holders(fresh)]


def _of_known(row: PaperRow, entered: PaperCertificate) -> Finding:
    """Entered before: the same is said, something else is a fault."""
    content = entered.content
    same = (row.programme, row.holder, row.uscc, row.granted_on, row.valid_until, row.document_number) == (
        content.programme, content.holder_zh, content.uscc, content.granted_on, content.valid_until,
        content.document_number,
    )  # fmt: skip
    if same:
        return finding("entered_before", row, "number", "said", other=entered.import_number)
    return finding("entered_differently", row, "number", other=entered.import_number)


def _of_holders(rows: list[PaperRow]) -> Iterator[Finding]:
    """One holder has one standing title of a programme; a name other than the registered one is asked about."""
    holders = {one.uscc: one for one in Enterprise.objects.filter(uscc__in=[row.uscc for row in rows])}
    standing = Title.objects.filter(holder__in=holders.values(), state__in=HOLDING)
    held = {(uscc, code): number for uscc, code, number in standing.values_list("holder__uscc", "programme", "number")}
    for row in rows:
        holder = holders.get(row.uscc)
        if holder is not None and holder.name != row.holder:
            yield finding("name_differs", row, "holder", "question", registered=holder.name)
        if row.stands:
            other = held.setdefault((row.uscc, row.programme), row.number)
            if other != row.number:
                yield finding("holds_title", row, "uscc", other=other)


# --- Decide -----------------------------------------------------------------------------------------------------
@transaction.atomic
def confirm_import(paper: PaperImport, *, by: User, at: datetime) -> PaperImport:
    """Enter every row in the register of titles and in the public log, all or none.

    Denied without the power or for the person who prepared it; AlreadyDone when it was decided; Refusal with every
    fault that came up since the list was checked.
    """
    role = _role(by)
    check_another([paper.prepared_by_id], by, OWN)
    with act(paper, "confirm_paper_import", by=by, at=at, acting_as=role) as doing:
        row = _waiting(doing.chain)
        hold(LEDGER)  # two lists with the same certificate or holder are entered one after the other
        rows, found = against_register([row_from(values) for values in row.rows])
        reasons = [Reason(f"paper_{one.code}", f"{one.cell} {one.read}", "file") for one in found
                   if one.severity == "fault"]  # fmt: skip
        if reasons:
            raise Refusal([Reason("register_changed", _("名单录入后登记簿有变化，请作废后重新录入：")), *reasons])
        titles = _enter(row, rows, role, by, at)
        _decide(row, by, at)
        row.confirm()
        row.save()
        doing.moved(PaperImportState.PREPARED, row.state)
        doing.note(paper=row.number, sha256=row.file_id, titles=titles, entered_before=len(row.rows) - len(rows))
    return row


def drop_import(paper: PaperImport, *, by: User, at: datetime) -> PaperImport:
    """Give a list up; nothing of it was entered. AlreadyDone when it was decided."""
    role = _role(by)
    with act(paper, "drop_paper_import", by=by, at=at, acting_as=role) as doing:
        row = _waiting(doing.chain)
        _decide(row, by, at)
        row.drop()
        row.save()
        doing.moved(PaperImportState.PREPARED, row.state)
    return row


def _waiting(chain: object) -> PaperImport:
    assert isinstance(chain, PaperImport)
    if chain.state != PaperImportState.PREPARED:
        raise decided_before(chain, "decided")
    return chain


def _decide(row: PaperImport, by: User, at: datetime) -> None:
    row.decided_by, row.decided_at = by, at


def _enter(paper: PaperImport, rows: list[PaperRow], role: str, by: User, at: datetime) -> list[str]:
    programmes = {one.pk: one for one in Programme.objects.select_related("granted_by")}
    titles = [_title(paper, row, programmes[row.programme], role, by, at) for row in rows]
    source = Source(paper.file_name, paper.file_id, paper.number, paper.prepared_by.name, by.name)
    entries = [
        PaperEntry(_record(row, title), row.place, row.verb, row.ground)
        for row, title in zip(rows, titles, strict=True)
    ]
    enter_paper(entries, source, at=at)
    return [title.number for title in titles]


def _title(paper: PaperImport, row: PaperRow, programme: Programme, role: str, by: User, at: datetime) -> Title:
    holder, _is_new = Enterprise.objects.get_or_create(
        uscc=row.uscc, defaults={"name": row.holder, "district": row.district, "registered_at": at}
    )
    seen = "已核原件" if row.original_seen else "未核原件"
    read_in = f"{row.document_number}（{row.document_date}）；{paper.number} {row.place}；{seen}"
    return import_title(
        programme, holder,
        granted_on=row.granted_on, valid_until=row.valid_until, announcement_number=row.document_number,
        provenance=f"纸质证书 {row.number}；{read_in}"[:200],
        by=by, at=at, acting_as=role,
        state=STATE_AFTER[row.verb], ground=row.ground,
    )  # fmt: skip


def _record(row: PaperRow, title: Title) -> PaperRecord:
    programme = title.programme
    body = programme.granted_by
    return PaperRecord(
        number=row.number,
        title=title.number,
        programme=programme.code,
        programme_zh=programme.name_zh,
        programme_en=programme.name_en,
        holder_zh=row.holder,
        uscc=row.uscc,
        granted_on=row.granted_on,
        valid_until=row.valid_until,
        issuer_zh=body.name_zh,
        issuer_en=body.name_en,
        document_number=row.document_number,
        document_date=row.document_date,
        original_seen=row.original_seen,
    )


def _role(by: User) -> Role:
    role = acting_role(by, Power.KEEP_REGISTER)
    if role is None:
        raise Denied([Reason("no_power", _("您没有登记既有称号的权限。"))])
    return role


def _today(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()
