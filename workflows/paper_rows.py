"""Lines of an office's list of paper certificates: columns, values read from cells, faults of a line by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import override

from accreditation.enums import DISTRICTS, TitleState
from accreditation.models import Programme
from accreditation.services.enterprises import compact_uscc, uscc_faults
from certificates.paper import number_key
from certificates.snapshot import text_faults
from criteria.workbook.lists import ListCell, Listing, ListLine

YES_NO = dict.fromkeys(("是", "已核", "yes", "y", "1"), True) | dict.fromkeys(("否", "未核", "no", "n", "0"), False)
# The word in the column of states, and the change by which a title comes into that state.
STATES = {"": "", "有效": "", "暂停": "suspend", "撤销": "revoke", "注销": "cancel", "失效": "expire"}
NEEDS_GROUND = frozenset({"suspend", "revoke", "cancel"})
STATE_AFTER = {
    "": TitleState.IN_FORCE,
    "suspend": TitleState.SUSPENDED,
    "revoke": TitleState.REVOKED,
    "cancel": TitleState.CANCELLED,
    "expire": TitleState.EXPIRED,
}
STANDING_AFTER = frozenset({"", "suspend"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list: code, heading, whether it must be filled, longest text, what belongs in it."""

    code: str
    heading: str
    required: bool
    limit: int
    hint: str


COLUMNS = (
    Column("number", "证书编号", True, 40, "照纸质证书填写"),
    Column("programme", "认定项目", True, 80, "项目名称或代码，见“填写说明”"),
    Column("holder", "单位名称", True, 60, "照纸质证书填写"),
    Column("uscc", "统一社会信用代码", True, 40, "18 位；按文本填写"),
    Column("district", "所在区", True, 10, "注册地所在区，如“浦东新区”"),
    Column("granted_on", "认定日期", True, 20, "如 2015-06-01"),
    Column("valid_until", "有效期止", True, 20, "证书有效的最后一天"),
    Column("document_number", "来源文号", True, 60, "公布认定的文件文号"),
    Column("document_date", "来源文件日期", True, 20, "该文件的落款日期"),
    Column("original_seen", "已核原件", True, 4, "是或否"),
    Column("state", "登记状态", False, 4, "有效、暂停、撤销、注销、失效；空白为有效"),
    Column("ground", "状态依据", False, 120, "暂停、撤销、注销须填文号和理由"),
)
HEADINGS = {column.heading: column.code for column in COLUMNS}
PLACES = {heading: place for place, heading in enumerate(HEADINGS)}
DISTRICT_CODES = {str(name): code for code, name in DISTRICTS.items()}


@dataclass(frozen=True, slots=True)
class Finding:
    """What the check has to say of a cell or line: a stable code, its place, what was read, values for the words.

    `severity` is `fault` (stops the whole list), `question` (for both people to look at) or `said` (entered before).
    """

    code: str
    sheet: str
    cell: str
    column: str
    read: str
    severity: str = "fault"
    values: Mapping[str, str] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One line, read: days as days, the district by its code, the change that a past state asks for."""

    sheet: str
    row: int
    cell: str  # of the number
    number: str
    programme: str
    holder: str
    uscc: str
    district: str
    granted_on: date
    valid_until: date
    document_number: str
    document_date: date
    original_seen: bool
    verb: str
    ground: str

    @property
    def key(self) -> str:
        """The number as it is compared."""
        return number_key(self.number)

    @property
    def stands(self) -> bool:
        """Whether the title is held, if only suspended."""
        return self.verb in STANDING_AFTER

    @property
    def place(self) -> str:
        """Sheet and row."""
        return f"{self.sheet}!{self.row}"

    def says(self) -> dict[str, Any]:
        """Everything but the place, to compare two lines."""
        return {name: value for name, value in self.plain().items() if name not in ("sheet", "row", "cell")}

    def plain(self) -> dict[str, Any]:
        """JSON values."""
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(self).items()}


def row_from(values: Mapping[str, Any]) -> PaperRow:
    """A row back from its JSON values."""
    days = {name: date.fromisoformat(values[name]) for name in ("granted_on", "valid_until", "document_date")}
    return PaperRow(**{**values, **days})


def read_rows(listing: Listing, *, on: date) -> tuple[list[PaperRow], list[Finding]]:
    """Every line that could be read, and every fault of every cell."""
    findings = [Finding("column_missing", listing.sheet, "", text, "") for text in listing.missing
                if _column(HEADINGS[text]).required]  # fmt: skip
    if findings:
        return [], findings
    if not listing.lines:
        return [], [Finding("empty_list", listing.sheet, "", "", "")]
    programmes = _programmes()
    rows = []
    for line in listing.lines:
        desk = _Desk(listing.sheet, line, programmes, on)
        row = desk.read()
        findings += sorted(desk.findings, key=lambda one: PLACES[one.column])
        if row is not None:
            rows.append(row)
    return rows, findings


def _programmes() -> dict[str, str]:
    """Codes by code and by name; the list has no column for products, so titles of products are not entered by it."""
    rows = list(Programme.objects.filter(is_of_product=False).values_list("code", "name_zh", "name_en"))
    return {name.strip(): code for code, name_zh, name_en in rows for name in (code, name_zh, name_en)}


def _column(code: str) -> Column:
    return next(column for column in COLUMNS if column.code == code)


class _Desk:
    """Reads one line; each reader notes its faults and gives None where there is no value."""

    def __init__(self, sheet: str, line: ListLine, programmes: Mapping[str, str], on: date) -> None:
        self.sheet, self.line, self.programmes, self.on = sheet, line, programmes, on
        self.findings: list[Finding] = []

    def read(self) -> PaperRow | None:
        values: dict[str, Any] = {column.code: self.text(column) for column in COLUMNS}
        days = {code: self.day(code) for code in ("granted_on", "valid_until", "document_date")}
        verb = self.known("state", STATES)
        values |= days | {
            "programme": self.known("programme", self.programmes),
            "district": self.known("district", DISTRICT_CODES),
            "original_seen": self.known("original_seen", YES_NO),
            "uscc": self.uscc(),
            "verb": self.verb_of(verb, days["valid_until"]),
        }
        self.check_days(days)
        if verb in NEEDS_GROUND and not values["ground"]:
            self.note("ground_missing", "ground")
        values.pop("state")
        return None if self.findings else PaperRow(self.sheet, self.line.row, self.cell("number").cell, **values)

    def verb_of(self, verb: str, valid_until: date | None) -> str:
        """What ran out has expired, whatever the list says of it."""
        ended = valid_until is not None and valid_until < self.on
        return "expire" if ended and verb in STANDING_AFTER else verb

    def cell(self, code: str) -> ListCell:
        return self.line.cells.get(code) or ListCell("", "")

    def note(self, code: str, column: str, **values: str) -> None:
        cell = self.cell(column)
        self.findings.append(
            Finding(code, self.sheet, cell.cell, _column(column).heading, cell.text[:120], values=values)
        )

    def text(self, column: Column) -> str:
        text = self.cell(column.code).text
        if not text and column.required:
            self.note("missing", column.code)
        for reason in text_faults(text, limit=column.limit):
            self.note("bad_text", column.code, zh=reason.zh, en=reason.en)
        return text

    def day(self, code: str) -> date | None:
        cell = self.cell(code)
        if cell.text and cell.day is None:
            self.note("bad_date", code)
        return cell.day

    def known(self, code: str, choices: Mapping[str, Any]) -> Any:
        """The value that the text stands for; blank is a choice only where the column may be blank."""
        text = self.cell(code).text
        if text in choices or text.lower() in choices:
            return choices.get(text, choices.get(text.lower()))
        if text:
            names = "、".join(name for name in choices if name and not name.isascii())
            self.note(f"unknown_{code}", code, choices=names)
        return None

    def uscc(self) -> str:
        text = self.cell("uscc").text
        if text and (faults := uscc_faults(text)):
            self.note("bad_uscc", "uscc", zh="；".join(_in(fault, "zh-hans") for fault in faults),
                      en="; ".join(_in(fault, "en") for fault in faults))  # fmt: skip
        return compact_uscc(text)

    def check_days(self, days: Mapping[str, date | None]) -> None:
        granted, until, document = days["granted_on"], days["valid_until"], days["document_date"]
        if granted and granted > self.on:
            self.note("in_future", "granted_on")
        if document and document > self.on:
            self.note("in_future", "document_date")
        if granted and until and until <= granted:
            self.note("ends_before_start", "valid_until", granted=granted.isoformat())


def _in(reason: Any, language: str) -> str:
    with override(language):
        return str(reason)


def doubled(rows: list[PaperRow]) -> tuple[list[PaperRow], Iterator[Finding]]:
    """Rows without those that repeat an earlier one word for word, and what is to be said of every repetition."""
    first: dict[str, PaperRow] = {}
    kept: list[PaperRow] = []
    found: list[Finding] = []
    for row in rows:
        earlier = first.setdefault(row.key, row)
        if earlier is row:
            kept.append(row)
        elif earlier.says() == row.says():
            found.append(finding("same_row", row, "number", "said", other=str(earlier.row)))
        else:
            found.append(finding("number_doubled", row, "number", other=str(earlier.row)))
    return kept, iter(found)


def finding(code: str, row: PaperRow, column: str, severity: str = "fault", **values: str) -> Finding:
    """Something to say of a whole line, at the cell of its number."""
    read = str(getattr(row, column))
    return Finding(code, row.sheet, row.cell, _column(column).heading, read, severity, values)
