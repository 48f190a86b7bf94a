"""The log as an outsider checks it: published heads, inclusion and consistency proofs as JSON, each refusal by name."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from certificates.snapshot import from_plain, record_of
from certificates.time_stamps import StampRefused, stamped_at
from certificates.transparency import Head, continues, includes, is_signed, leaf_hash
from certificates.wording import Wording

_CLOCKS_DIFFER_BY = timedelta(hours=24)


class Breach(StrEnum):
    """Why a proof or a head is refused; the names are stable and appear in the command's output."""

    UNREADABLE = "unreadable"
    OTHER_LOG = "other_log"
    HEAD_NOT_SIGNED = "head_not_signed"
    NO_TIME_STAMP = "no_time_stamp"
    TIME_STAMP_REFUSED = "time_stamp_refused"
    NOT_LOGGED_YET = "not_logged_yet"
    ENTRY_DIFFERS = "entry_differs"
    FILE_DIFFERS = "file_differs"
    NOT_INCLUDED = "not_included"
    HEAD_DIFFERS = "head_differs"
    NOT_CONTINUED = "not_continued"
    SHRUNK = "shrunk"
    ENTRIES_DIFFER = "entries_differ"

    @property
    def wording(self) -> Wording:
        """What a person reads."""
        return _WORDINGS[self]


_WORDINGS = {
    Breach.UNREADABLE: Wording("文件内容不是所需的凭据", "the file is not such a proof"),
    Breach.OTHER_LOG: Wording("树头属于另一份日志", "the head belongs to another log"),
    Breach.HEAD_NOT_SIGNED: Wording("树头签名与所给公钥不符", "the head is not signed by the given key"),
    Breach.NO_TIME_STAMP: Wording("树头没有时间戳", "the head carries no time-stamp"),
    Breach.TIME_STAMP_REFUSED: Wording("时间戳无效", "the time-stamp proves nothing"),
    Breach.NOT_LOGGED_YET: Wording("尚无签名树头包含该证书", "no signed head covers the certificate yet"),
    Breach.ENTRY_DIFFERS: Wording("日志条目与证书不符", "the log entry speaks of something else"),
    Breach.FILE_DIFFERS: Wording("文件不是日志所记的文件", "the file is not the one in the log"),
    Breach.NOT_INCLUDED: Wording("条目不在签名树头之下", "the signed head does not include the entry"),
    Breach.HEAD_DIFFERS: Wording(
        "同样条数却有另一个树根：日志有两个版本",
        "another root for the same number of entries: the log has two versions",
    ),
    Breach.NOT_CONTINUED: Wording(
        "新树头没有延续旧树头：旧条目被改动或删除", "the new head does not continue the old one: entries were changed"
    ),
    Breach.SHRUNK: Wording("日志变短了", "the log became shorter"),
    Breach.ENTRIES_DIFFER: Wording("全部条目算不出签名的树根", "the entries do not give the signed root"),
}


class ProofRefused(ValueError):
    """A head or proof that must not be believed: the breach, and a technical remark."""

    def __init__(self, breach: Breach, detail: str = "") -> None:
        self.breach = breach
        self.detail = detail
        super().__init__(f"{breach}: {detail}")


@dataclass(frozen=True, slots=True)
class Keys:
    """Whom an outsider believes.

    `log` is the log's public key; `clocks` the roots of time-stamp authorities, or None when time-stamps are not to
    be checked.
    """

    log: ec.EllipticCurvePublicKey
    clocks: tuple[x509.Certificate, ...] | None = None


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A head as published: signature (DER) and RFC 3161 token (DER, empty where none could be had)."""

    head: Head
    signature: bytes
    time_stamp: bytes

    @property
    def values(self) -> dict[str, Any]:
        """The JSON form."""
        return head_values(self)


@dataclass(frozen=True, slots=True)
class Proven:
    """What a check has shown: the head, and when an authority for time saw it (None when that was not checked)."""

    signed: SignedHead
    seen_at: datetime | None


def head_values(signed: SignedHead) -> dict[str, Any]:
    """A head as it is published."""
    head = signed.head
    return {
        "origin": head.origin,
        "size": head.size,
        "root": head.root.hex(),
        "at": head.at.isoformat(),
        "signature": base64.b64encode(signed.signature).decode(),
        "time_stamp": base64.b64encode(signed.time_stamp).decode(),
    }


def read_head(values: object) -> SignedHead:
    """A published head; ProofRefused when it is none. The signature is not checked here."""
    try:
        known = _mapping(values)
        head = Head(
            _text(known["origin"]),
            _whole(known["size"]),
            _hash(known["root"]),
            datetime.fromisoformat(_text(known["at"])),
        )
        if head.at.tzinfo is None:
            raise ValueError("the instant has no zone")
        signature = base64.b64decode(_text(known["signature"]), validate=True)
        return SignedHead(head, signature, base64.b64decode(_text(known.get("time_stamp", "")), validate=True))
    except (ValueError, KeyError, TypeError) as fault:
        raise ProofRefused(Breach.UNREADABLE, f"head: {fault}") from fault


def check_head(signed: SignedHead, keys: Keys) -> Proven:
    """The head when it is signed and, where roots for time are given, time-stamped about when it says it was made."""
    if not is_signed(signed.head, signed.signature, keys.log):
        raise ProofRefused(Breach.HEAD_NOT_SIGNED, f"{signed.head.size} entries")
    if keys.clocks is None:
        return Proven(signed, None)
    if not signed.time_stamp:
        raise ProofRefused(Breach.NO_TIME_STAMP, f"{signed.head.size} entries")
    try:
        seen = stamped_at(signed.time_stamp, sha256(signed.head.statement).digest(), keys.clocks)
    except StampRefused as refusal:
        raise ProofRefused(Breach.TIME_STAMP_REFUSED, str(refusal)) from refusal
    if abs(seen - signed.head.at) > _CLOCKS_DIFFER_BY:
        raise ProofRefused(Breach.TIME_STAMP_REFUSED, f"the head says {signed.head.at}, the time-stamp {seen}")
    return Proven(signed, seen)


def check_inclusion(
    values: object, keys: Keys, *, pdf: bytes | None = None, held: SignedHead | None = None
) -> tuple[Proven, Mapping[str, Any]]:
    """The head and the log entry when the proof holds.

    `values` is a certificate's status.json or an inclusion proof of the interface; `pdf` the certificate's file, to be
    the one in the log; `held` a head obtained in another way, which must not contradict the one of the proof.
    """
    try:
        known = _mapping(values)
        proof = _mapping(known["log"]) if known.get("schema") == "certificate-status/1" and known["log"] else known
        if proof is known and known.get("schema") == "certificate-status/1":
            raise ProofRefused(Breach.NOT_LOGGED_YET)
        leaf, index = _text(proof["leaf"]).encode(), _whole(proof["index"])
        path, entry = _hashes(proof["path"]), _mapping(json.loads(leaf))
        signed = read_head(proof["head"])
        if proof is not known:
            _check_entry(entry, known)
    except ProofRefused:
        raise
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        raise ProofRefused(Breach.UNREADABLE, f"proof: {fault}") from fault
    if pdf is not None and entry.get("pdf") != sha256(pdf).hexdigest():
        raise ProofRefused(Breach.FILE_DIFFERS, sha256(pdf).hexdigest())
    proven = check_head(signed, keys)
    if not includes(leaf_hash(leaf), index, signed.head.size, path, signed.head.root):
        raise ProofRefused(Breach.NOT_INCLUDED, f"entry {index}")
    if held is not None:
        check_same(held, signed)
    return proven, entry


def _check_entry(entry: Mapping[str, Any], status: Mapping[str, Any]) -> None:
    """The entry is the issue of this certificate, and the record shown is the one whose digest was logged."""
    record = sha256(record_of(from_plain(_mapping(status["record"])))).hexdigest()
    stated = {"identifier": status["identifier"], "pdf": status["sha256"], "record": record, "event": "issue"}
    for name, value in stated.items():
        if entry.get(name) != value:
            raise ProofRefused(Breach.ENTRY_DIFFERS, name)


def check_same(one: SignedHead, other: SignedHead) -> None:
    """ProofRefused when two heads of equal size have different roots or the heads are of different logs."""
    if one.head.origin != other.head.origin:
        raise ProofRefused(Breach.OTHER_LOG, f"{one.head.origin}, {other.head.origin}")
    if one.head.size == other.head.size and one.head.root != other.head.root:
        raise ProofRefused(Breach.HEAD_DIFFERS, f"{one.head.size} entries")


def check_consistency(old: SignedHead, new: SignedHead, path: Sequence[bytes], keys: Keys) -> Proven:
    """The newer head when both are signed and `path` proves that it continues the older one."""
    check_head(old, Keys(keys.log))
    proven = check_head(new, keys)
    check_same(old, new)
    if new.head.size < old.head.size:
        raise ProofRefused(Breach.SHRUNK, f"from {old.head.size} to {new.head.size} entries")
    if new.head.size == old.head.size:
        return proven
    if not continues(old.head.size, new.head.size, old.head.root, new.head.root, path):
        raise ProofRefused(Breach.NOT_CONTINUED, f"from {old.head.size} to {new.head.size} entries")
    return proven


def read_entries(values: object) -> list[bytes]:
    """The leaves of a published range of entries."""
    try:
        entries = _mapping(values)["entries"]
        if not isinstance(entries, list):
            raise TypeError("not a list of entries")
        return [_text(entry).encode() for entry in entries]
    except (ValueError, KeyError, TypeError) as fault:
        raise ProofRefused(Breach.UNREADABLE, f"entries: {fault}") from fault


def read_path(values: object) -> list[bytes]:
    """The hashes of a published consistency proof."""
    try:
        return _hashes(_mapping(values)["path"])
    except (ValueError, KeyError, TypeError) as fault:
        raise ProofRefused(Breach.UNREADABLE, f"proof: {fault}") from fault


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"not a text: {value!r}")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 62:
        raise ValueError(f"not a number of entries: {value!r}")
    return value


def _hash(value: object) -> bytes:
    content = bytes.fromhex(_text(value))
    if len(content) != 32:
        raise ValueError(f"not a hash: {value!r}")
    return content


def _hashes(value: object) -> list[bytes]:
    if not isinstance(value, list) or len(value) > 64:
        raise ValueError("not a list of hashes")
    return [_hash(one) for one in value]
