"""What one certificate says, frozen: plain values that render, sign and verify without any other record."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from certificates.codes import CodeRefused, parse_code
from certificates.identifiers import Identifier, IdentifierRefused, identifier_of, is_credit_code
from certificates.metadata import metadata_of
from certificates.occasions import OCCASIONS
from certificates.wording import Wording

FIRST_SCHEMA = "certificate-record/1"  # without metadata; what was issued under it stays as it is
SCHEMA = "certificate-record/2"
SCHEMAS = (FIRST_SCHEMA, SCHEMA)
_FORBIDDEN_CATEGORIES = {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}
_LIMITS = {
    "holder_zh": 60,
    "holder_en": 120,
    "centre_name": 40,
    "ground_zh": 60,
    "issuer_zh": 30,
    "announcement": 60,
    "formerly_zh": 60,
    "formerly_en": 120,
    "parent_zh": 60,
    "parent_en": 120,
    "product_zh": 60,
    "product_en": 120,
    "result_zh": 20,
    "result_en": 40,
}
_DEFAULT_LIMIT = 200
_ADDED: dict[str, Any] = {
    "occasion": "",
    "formerly_zh": "",
    "formerly_en": "",
    "parent_zh": "",
    "parent_en": "",
    "product_zh": "",
    "product_en": "",
    "result_zh": "",
    "result_en": "",
    "ground_en": "",
    "recognised_on": None,
    "schema": FIRST_SCHEMA,
}
_MAY_BE_EMPTY = {"holder_en", "announcement", "replaces", "centre_name", *_ADDED} - {"schema"}
_DATES = ("granted_on", "valid_from", "valid_until", "recognised_on")


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason why a snapshot cannot become a certificate: the field and what is wrong with it."""

    field: str
    reason: Wording


class SnapshotRefused(ValueError):
    """The snapshot cannot become a certificate; `faults` holds every reason."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{fault.field}: {fault.reason.en}" for fault in faults))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that a certificate states; its PDF before signing is a function of these values alone.

    `kind` is the 21-character type code of GB/T 36904, `code` the verification code of 27 characters, `url` the
    address in the QR code in capital letters, `replaces` the identifier of the version that this one succeeds or "".
    `occasion` is that of `occasions`, "" for the first recognition; `formerly` the holder's name before a rename,
    `parent` the enterprise of which the holder is a branch centre, `product` what a product's title is granted to,
    `result` that of an evaluation, `recognised_on` the day of the first recognition where this is a later paper.
    What stands in `_ADDED` came later and is left out of the record while it says nothing, so that the records of
    earlier certificates stay what they were. Dates are days in the issuer's calendar, `issued_at` an instant with its
    zone. `schema` says how the record of the certificate is written, so that an earlier one
    comes out as it was signed.
    """

    number: str
    version: int
    kind: str
    programme: str
    programme_zh: str
    programme_en: str
    holder_zh: str
    holder_en: str
    uscc: str
    centre_name: str
    batch_zh: str
    batch_en: str
    ground_zh: str
    granted_on: date
    valid_from: date
    valid_until: date
    issuer_zh: str
    issuer_en: str
    issuer_uscc: str
    announcement: str
    code: str
    url: str
    layout: str
    demo: bool
    issued_at: datetime
    replaces: str = ""
    occasion: str = ""
    formerly_zh: str = ""
    formerly_en: str = ""
    parent_zh: str = ""
    parent_en: str = ""
    product_zh: str = ""
    product_en: str = ""
    result_zh: str = ""
    result_en: str = ""
    ground_en: str = ""
    recognised_on: date | None = None
    schema: str = SCHEMA

    @property
    def identifier(self) -> Identifier:
        """The GB/T 36904 identifier, derived from type code, issuer, number and version."""
        return identifier_of(kind=self.kind, issuer=self.issuer_uscc, number=self.number, version=self.version)


def plain(snapshot: Snapshot) -> dict[str, Any]:
    """The snapshot as JSON values: dates and the instant as ISO 8601 text, later fields where they say something.

    The first schema did not name itself.
    """
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asdict(snapshot).items()
        if name not in _ADDED or value != _ADDED[name]
    }


def from_plain(values: Mapping[str, Any]) -> Snapshot:
    """The snapshot back from its JSON values; KeyError or ValueError when they are not those of a snapshot."""
    held = {**_ADDED, **values}
    named: dict[str, Any] = {field.name: held[field.name] for field in fields(Snapshot)}
    if named["schema"] not in SCHEMAS:
        raise ValueError(f"unknown schema {named['schema']!r}")
    for name in _DATES:
        named[name] = date.fromisoformat(named[name]) if named[name] is not None else None
    named["issued_at"] = datetime.fromisoformat(named["issued_at"])
    return Snapshot(**named)


def canonical(values: Mapping[str, Any]) -> bytes:
    """JSON with sorted keys, no spaces, UTF-8: the same values always give the same bytes."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def record_of(snapshot: Snapshot) -> bytes:
    """The canonical record that is attached to the PDF and published beside it."""
    metadata = {} if snapshot.schema == FIRST_SCHEMA else {"metadata": metadata_of(snapshot)}
    return canonical({"schema": snapshot.schema, "identifier": str(snapshot.identifier), **plain(snapshot), **metadata})


def check_snapshot(snapshot: Snapshot) -> None:
    """Raise SnapshotRefused with every fault of the values; what a font can draw is checked when rendering."""
    faults = (
        *_text_faults(snapshot),
        *_date_faults(snapshot),
        *_code_faults(snapshot),
        *_occasion_faults(snapshot),
    )
    if faults:
        raise SnapshotRefused(faults)


def _text_faults(snapshot: Snapshot) -> Iterator[Fault]:
    for name, value in asdict(snapshot).items():
        if isinstance(value, str):
            yield from (Fault(name, reason) for reason in text_faults(value, limit=_LIMITS.get(name, _DEFAULT_LIMIT)))
            if not value.strip() and name not in _MAY_BE_EMPTY:
                yield Fault(name, Wording("不能为空", "must not be empty"))


def text_faults(text: str, *, limit: int) -> Iterator[Wording]:
    """What is wrong with one line of text: forbidden characters, not NFC, too long, blanks at its ends."""
    for character in sorted(set(text)):
        if unicodedata.category(character) in _FORBIDDEN_CATEGORIES:
            point = f"U+{ord(character):04X}"
            yield Wording("含有不允许的控制或不可见字符 {point}", "control or invisible character {point}").filled(
                point=point
            )
    if unicodedata.normalize("NFC", text) != text:
        yield Wording("字符未按 NFC 规范化", "characters are not in normal form NFC")
    if text != text.strip():
        yield Wording("首尾有空白", "blank at the beginning or end")
    if len(text) > limit:
        yield Wording("超过 {limit} 个字符", "longer than {limit} characters").filled(limit=limit)


def _date_faults(snapshot: Snapshot) -> Iterator[Fault]:
    if snapshot.valid_until <= snapshot.valid_from:
        yield Fault("valid_until", Wording("有效期截止日须晚于起始日", "must be later than the first day of validity"))
    if snapshot.issued_at.tzinfo is None:
        yield Fault("issued_at", Wording("签发时刻须带时区", "the instant of issue needs a time zone"))
    if snapshot.recognised_on is not None and snapshot.recognised_on > snapshot.granted_on:
        later = Wording("首次认定日期晚于本证书日期", "the first recognition is later than this certificate")
        yield Fault("recognised_on", later)
    if not 1 <= snapshot.version <= 999:
        yield Fault("version", Wording("版本号须在 1 至 999 之间", "must lie between 1 and 999"))


def _occasion_faults(snapshot: Snapshot) -> Iterator[Fault]:
    occasion = OCCASIONS.get(snapshot.occasion)
    if occasion is None:
        yield Fault("occasion", Wording("没有这种发证事由", "no such occasion"))
        return
    for name in occasion.needs:
        if not getattr(snapshot, name):
            wording = Wording("{word}证书须写明这一项", "needed on a certificate for the occasion: {word}")
            yield Fault(
                name, Wording(wording.zh.format(word=occasion.word.zh), wording.en.format(word=occasion.word.en))
            )
    if occasion.succeeds and snapshot.version == 1:
        yield Fault("version", Wording("须接续已有的证书版本", "must follow an earlier version of the certificate"))


def _code_faults(snapshot: Snapshot) -> Iterator[Fault]:
    for name in ("uscc", "issuer_uscc"):
        if not is_credit_code(getattr(snapshot, name)):
            yield Fault(name, Wording("不是有效的统一社会信用代码", "not a valid unified social credit code"))
    if not _is_own_code(snapshot.code):
        yield Fault("code", Wording("核验码无效", "not a valid verification code"))
    if not _is_address(snapshot.url):
        yield Fault("url", Wording("核验地址无效", "not a web address in capital letters"))
    try:
        str(snapshot.identifier)
    except IdentifierRefused as fault:
        yield Fault("kind", Wording("无法生成电子证照标识：{why}", "no identifier: {why}").filled(why=fault))


def _is_own_code(code: str) -> bool:
    try:
        return parse_code(code) == code
    except CodeRefused:
        return False


def _is_address(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and url == url.upper() and url.isascii()
