"""What may follow the signature in a file: our own upgrades for the long term, and nothing else.

One upgrade is one update: revocation data in the store of the document (/DSS) and, over everything up to its end, a
time-stamp in an invisible field. The readers passed in are those of pyHanko, which has already compared the revisions
object by object; here stands what it allows and we do not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from asn1crypto import parser
from cryptography import x509
from cryptography.x509 import ocsp

from certificates.container import held_in_hole
from certificates.refusals import Refused, Rule
from certificates.time_stamps import Stamp, StampRefused, certificates_in, is_issued_by, read_stamp

TIME_STAMP_FIELD = "ArchiveTimeStamp"
_MAY_CHANGE = {"/AcroForm", "/DSS", "/Extensions"}
_EXTENSION = {"/Type": "/DeveloperExtensions", "/BaseVersion": "/1.7", "/ExtensionLevel": 1}
_STORE = {"/Certs", "/CRLs", "/OCSPs"}
_MOST = 64


@dataclass(frozen=True, slots=True)
class Anchors:
    """Certificates of authorities: those of signers, and those of time; the latter None where none are known."""

    roots: tuple[x509.Certificate, ...]
    clocks: tuple[x509.Certificate, ...] | None


def check_later_revisions(reader: Any, content: bytes, signed: int, anchors: Anchors) -> tuple[Stamp, ...]:
    """The time-stamps over the file, oldest first; Refused when a revision after `signed` is not an upgrade of ours.

    With anchors of time each upgrade must end with a time-stamp under them and hold nothing that does not lead to an
    anchor; without them it must have the form of one.
    """
    _check_catalogue(reader, signed)
    _check_information(reader, signed)
    fields = list(reader.embedded_timestamp_signatures)
    tokens = [_token(field, place, content) for place, field in enumerate(fields, 1)]
    stamps = tuple(_stamp(field, token, content, anchors) for field, token in zip(fields, tokens, strict=True))
    updates = range(signed + 1, reader.xrefs.total_revisions)
    if any(not reader.xrefs.explicit_refs_in_revision(update) for update in updates):
        raise _changed("an update without content")
    _check_coverage(fields, len(updates), len(content), anchors)
    carried = {certificate for token in tokens for certificate in certificates_in(token)}
    if "/DSS" in reader.root:
        _check_store(reader.root["/DSS"], anchors, carried)
    return stamps


def _changed(detail: str) -> Refused:
    return Refused(Rule.CHANGED_AFTERWARDS, detail)


def _check_catalogue(reader: Any, signed: int) -> None:
    """The catalogue keeps every entry as it was signed, but for the three that an upgrade writes."""
    old, new = reader.get_historical_root(signed), reader.root
    names = sorted({*old, *new} - _MAY_CHANGE)
    different = [name for name in names if name not in old or name not in new or old.raw_get(name) != new.raw_get(name)]
    if different:
        raise _changed(f"catalogue: {', '.join(different)}")
    if "/Metadata" in new and reader.xrefs.get_last_change(new.raw_get("/Metadata").reference) > signed:
        raise _changed("metadata")
    if "/Extensions" in new and _resolved(new["/Extensions"]) != {"/ESIC": _EXTENSION}:
        raise _changed("extensions")


def _resolved(held: Any) -> object:
    """A dictionary with its dictionaries, references followed."""
    return {name: _resolved(held[name]) for name in held} if isinstance(held, Mapping) else held


def _check_information(reader: Any, signed: int) -> None:
    """What readers show as title and author is not drawn, yet believed: a later revision leaves it as it was signed."""
    old, new = (_information(reader, revision) for revision in (signed, reader.xrefs.total_revisions - 1))
    changed = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    if changed:
        raise _changed(f"document information: {', '.join(changed)}")


def _information(reader: Any, revision: int) -> Mapping[str, Any]:
    resolver = reader.get_historical_resolver(revision)
    trailer = resolver.trailer_view
    if "/Info" not in trailer:
        return {}
    held: Mapping[str, Any] = resolver.get_object(trailer.raw_get("/Info").reference)
    return held


def _token(field: Any, place: int, content: bytes) -> bytes:
    """The token of the time-stamp that comes as number `place`, its padding taken off."""
    if field.field_name != f"{TIME_STAMP_FIELD}{place}" or field.sig_object.get("/SubFilter") != "/ETSI.RFC3161":
        raise _changed(f"time-stamp {field.field_name}")
    sides = [float(side) for side in field.sig_field["/Rect"]] if "/Rect" in field.sig_field else []
    if sides and (sides[0] != sides[2] or sides[1] != sides[3]):  # it is no mark on the page
        raise _changed(f"visible time-stamp {field.field_name}")
    held = held_in_hole(content, [int(part) for part in field.byte_range], capitals=True)
    size = parser.peek(held)
    if held[size:].strip(b"\x00"):
        raise _changed("content behind a time-stamp")
    return held[:size]


def _stamp(field: Any, token: bytes, content: bytes, anchors: Anchors) -> Stamp:
    start, end, rest = (int(field.byte_range[place]) for place in (1, 2, 3))
    digest = sha256(content[:start] + content[end : end + rest]).digest()
    try:
        return read_stamp(token, digest, anchors.clocks)
    except StampRefused as refusal:
        raise _changed(f"time-stamp {field.field_name}: {refusal}") from refusal


def _check_coverage(fields: list[Any], updates: int, size: int, anchors: Anchors) -> None:
    """Each update has its time-stamp, and the last one covers the file to its end."""
    if anchors.clocks is None or not updates:
        return
    ends = [int(field.byte_range[2]) + int(field.byte_range[3]) for field in fields]
    if len(fields) != updates or ends != sorted(set(ends)) or ends[-1] != size:
        raise _changed(f"{len(fields)} time-stamps over {updates} updates")


def _check_store(store: Any, anchors: Anchors, carried: Iterable[x509.Certificate]) -> None:
    """The store holds certificates, lists and answers, one a stream; with anchors, only such as lead to one."""
    if not set(store) <= _STORE:
        raise _changed(f"store: {', '.join(sorted(set(store) - _STORE))}")
    try:
        certificates = [x509.load_der_x509_certificate(one) for one in _streams(store, "/Certs")]
        lists = [x509.load_der_x509_crl(one) for one in _streams(store, "/CRLs")]
        answers = [ocsp.load_der_ocsp_response(one) for one in _streams(store, "/OCSPs")]
        certificates += [one for answer in answers for one in answer.certificates]
        names = [one.issuer for one in lists]
    except (ValueError, TypeError, AttributeError) as fault:
        raise _changed(f"store: {fault}") from fault
    if anchors.clocks is None:
        return
    known = _leading_to({*anchors.roots, *anchors.clocks}, {*certificates, *carried})
    strangers = [one.subject.rfc4514_string() for one in certificates if one not in known]
    subjects = {one.subject: one for one in known}
    strangers += [name.rfc4514_string() for name in names if name not in subjects]
    if strangers:
        raise _changed(f"store: {strangers[0]}")


def _streams(store: Any, name: str) -> Iterator[bytes]:
    if name not in store:
        return
    held = store[name]
    if len(held) > _MOST:
        raise ValueError(f"{len(held)} entries")
    for place in range(len(held)):
        yield held[place].data


def _leading_to(anchors: set[x509.Certificate], candidates: set[x509.Certificate]) -> set[x509.Certificate]:
    """The anchors and those of the candidates that are issued by one of them, or by one that is."""
    known, rest = set(anchors), candidates - anchors
    while fresh := {one for one in rest if any(is_issued_by(one, above) for above in known)}:
        known |= fresh
        rest -= fresh
    return known
