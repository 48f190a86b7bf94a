"""What the printed QR code says: the address of the page and, after a dot, a signed statement that needs no server.

The statement is a COSE_Sign1 message in base32 over compact CBOR; the address is signed with it without being carried
twice, so neither can be put beside another. Everything stays in capital letters, which makes the code coarse.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from certificates.cose import CoseRefused, Sign1, decoded, encoded, is_signed, parse_sign1, sign1
from certificates.printed_keys import PrintedKey, PublicKeys
from certificates.snapshot import Snapshot
from certificates.wording import Wording

LONGEST = 4096  # characters; a QR code holds at most 4296
DIGEST_SIZE = 16
_HOLDER, _PROGRAMME = 96, 60  # bytes in UTF-8
_EPOCH = date(1970, 1, 1)
_DAYS = 200_000
_CUT = "…"


class PrintedRule(StrEnum):
    """The rule that a refused code breaks; the names are stable and appear in the command's output."""

    NO_CODE = "no_code"
    NO_STATEMENT = "no_statement"
    STATEMENT_UNREADABLE = "statement_unreadable"
    UNKNOWN_KEY = "unknown_key"
    CODE_ALTERED = "code_altered"
    NO_IMAGE = "no_image"
    NO_READER = "no_reader"

    @property
    def wording(self) -> Wording:
        """What a person reads when this rule refused the code."""
        return _WORDINGS[self]


_WORDINGS = {
    PrintedRule.NO_CODE: Wording("不是证书二维码的内容", "not the content of a certificate's code"),
    PrintedRule.NO_STATEMENT: Wording(
        "二维码只有网址，没有可离线核验的签名", "the code is an address alone, without a signature to check offline"
    ),
    PrintedRule.STATEMENT_UNREADABLE: Wording("二维码中的声明无法读取", "the statement in the code cannot be read"),
    PrintedRule.UNKNOWN_KEY: Wording(
        "签名密钥不在发证机关公布的名单上", "the signing key is not among those that the issuer published"
    ),
    PrintedRule.CODE_ALTERED: Wording(
        "二维码的内容被改动，签名不符", "the content of the code was altered: the signature does not fit"
    ),
    PrintedRule.NO_IMAGE: Wording("图像中没有可读的二维码", "there is no readable code in the image"),
    PrintedRule.NO_READER: Wording(
        "没有安装读取图像的软件包 zxing-cpp，请直接给出二维码的文字",
        "the package zxing-cpp, which reads images, is not installed: give the text of the code",
    ),
}


@dataclass(frozen=True, slots=True)
class Statement:
    """What the code says of its certificate.

    `holder` and `programme` are cut to what fits, then ending in an ellipsis; `digest` is the beginning of the
    record's SHA-256 in hexadecimal.
    """

    number: str
    version: int
    holder: str
    programme: str
    valid_from: date
    valid_until: date
    digest: str
    specimen: bool = False


@dataclass(frozen=True, slots=True)
class PrintedVerdict:
    """The answer for one code: `rule` is what refused it, None when it is sound; `statement` only then."""

    rule: PrintedRule | None
    detail: str = ""
    address: str = ""
    statement: Statement | None = None

    @property
    def accepted(self) -> bool:
        """True when no rule refused."""
        return self.rule is None

    def plain(self) -> dict[str, Any]:
        """The verdict as JSON values."""
        said = asdict(self.statement) if self.statement else {}
        told = {name: value.isoformat() if isinstance(value, date) else value for name, value in said.items()}
        return {"accepted": self.accepted, "rule": self.rule, "detail": self.detail, "address": self.address} | told


class _Refused(Exception):
    def __init__(self, rule: PrintedRule, detail: str = "") -> None:
        self.rule, self.detail = rule, detail
        super().__init__(rule)


def printed_text(snapshot: Snapshot, record_sha256: str, key: PrintedKey | None) -> str:
    """The text of the QR code: the address alone without `key`, else with the statement signed by it."""
    if key is None:
        return snapshot.url
    payload = encoded(_claims(statement_of(snapshot, record_sha256)))
    message = sign1(payload, key_id=key.key_id, external=snapshot.url.encode(), sign=key.sign)
    return f"{snapshot.url}.{base64.b32encode(message).decode().rstrip('=')}"


def statement_of(snapshot: Snapshot, record_sha256: str) -> Statement:
    """What the code of this certificate states; `record_sha256` in hexadecimal."""
    return Statement(
        number=snapshot.number,
        version=snapshot.version,
        holder=shortened(snapshot.holder_zh, _HOLDER),
        programme=shortened(snapshot.programme_zh, _PROGRAMME),
        valid_from=snapshot.valid_from,
        valid_until=snapshot.valid_until,
        digest=record_sha256[: 2 * DIGEST_SIZE],
        specimen=snapshot.demo,
    )


def _claims(statement: Statement) -> dict[int, object]:
    claims: dict[int, object] = {
        1: statement.number,
        2: statement.version,
        3: statement.holder,
        4: statement.programme,
        5: (statement.valid_from - _EPOCH).days,
        6: (statement.valid_until - _EPOCH).days,
        7: bytes.fromhex(statement.digest),
    }
    return {**claims, 8: True} if statement.specimen else claims


def shortened(text: str, size: int) -> str:
    """The text, or its beginning and an ellipsis, in at most `size` bytes of UTF-8."""
    content = text.encode()
    if len(content) <= size:
        return text
    return content[: size - len(_CUT.encode())].decode(errors="ignore") + _CUT


def check_printed(text: str, keys: PublicKeys) -> PrintedVerdict:
    """Judge the text of a code; never raises, whatever the text is."""
    verdict = PrintedVerdict(None)
    try:
        address, message = split_printed(text)
        verdict = replace(verdict, address=address)
        return replace(verdict, statement=_proved(address, message, keys))
    except _Refused as refusal:
        return replace(verdict, rule=refusal.rule, detail=refusal.detail)


def split_printed(text: str) -> tuple[str, bytes]:
    """Address and message of a scanned text; some readers hand on the scheme and host in small letters."""
    capital = text.strip().upper()
    if len(text) > LONGEST or not capital.isascii() or not capital.startswith(("HTTPS://", "HTTP://")):
        raise _Refused(PrintedRule.NO_CODE)
    address, _, letters = capital.rpartition(".")
    if "/V/" not in capital:
        raise _Refused(PrintedRule.NO_CODE)
    if "/" in letters or "/V/" not in address:
        raise _Refused(PrintedRule.NO_STATEMENT)
    return address, message_of(letters)


def message_of(letters: str) -> bytes:
    """The message written in base32 without padding; refused when another text stands for the same bytes."""
    try:
        message = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except binascii.Error as fault:
        raise _Refused(PrintedRule.STATEMENT_UNREADABLE, str(fault)) from fault
    if base64.b32encode(message).decode().rstrip("=") != letters:
        raise _Refused(PrintedRule.STATEMENT_UNREADABLE, "not the shortest writing of these bytes")
    return message


def _proved(address: str, content: bytes, keys: PublicKeys) -> Statement:
    try:
        message = parse_sign1(content)
        claims = decoded(message.payload)
    except CoseRefused as fault:
        raise _Refused(PrintedRule.STATEMENT_UNREADABLE, str(fault)) from fault
    if message.unprotected_header:
        raise _Refused(PrintedRule.STATEMENT_UNREADABLE, "a header that is not signed")
    _check_signature(message, keys, address)
    return _statement(claims)


def _check_signature(message: Sign1, keys: PublicKeys, address: str) -> None:
    key = keys.get(message.key_id)
    if key is None:
        raise _Refused(PrintedRule.UNKNOWN_KEY, message.key_id.hex())
    if not is_signed(message, key, address.encode()):
        raise _Refused(PrintedRule.CODE_ALTERED)


def _day(value: object) -> date:
    if not isinstance(value, int) or not 0 <= value <= _DAYS:
        raise ValueError("not a day")
    return _EPOCH + timedelta(days=value)


def _of(kind: type) -> Callable[[object], Any]:
    def checked(value: object) -> Any:
        if type(value) is not kind:
            raise ValueError(f"not {kind.__name__}")
        return value

    return checked


_READERS: Mapping[int, tuple[str, Callable[[Any], Any]]] = {
    1: ("number", _of(str)),
    2: ("version", _of(int)),
    3: ("holder", _of(str)),
    4: ("programme", _of(str)),
    5: ("valid_from", _day),
    6: ("valid_until", _day),
    7: ("digest", lambda value: _of(bytes)(value).hex()),
    8: ("specimen", _of(bool)),
}


def _statement(claims: object) -> Statement:
    """The claims by name; a signed statement that a later version may write differently is unreadable here."""
    if not isinstance(claims, Mapping) or not set(range(1, 8)) <= set(claims) <= set(_READERS):
        raise _Refused(PrintedRule.STATEMENT_UNREADABLE, "other claims than are known here")
    try:
        return Statement(**{_READERS[key][0]: _READERS[key][1](value) for key, value in claims.items()})
    except ValueError as fault:
        raise _Refused(PrintedRule.STATEMENT_UNREADABLE, str(fault)) from fault
