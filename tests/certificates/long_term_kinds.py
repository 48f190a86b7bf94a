"""Attacks on what an upgrade adds: its store, its time-stamps, and the time-stamp in the hole of the signature."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

from asn1crypto import cms

from certificates.clocks import LocalClock
from certificates.refusals import Rule
from certificates.seal import put_together, time_stamp
from certificates.signature_parts import parts_of
from tests.certificates.attacks import HOLE
from tests.certificates.kinds import Attack, Kind, Material
from tests.certificates.revisions import Numbers, revised, stream
from tests.certificates.samples import AT
from tests.certificates.upgrades import upgraded

R = Rule
_STAMP = re.compile(rb"/Contents <([0-9A-F]+)>")


def _in_catalogue(old: bytes, new: bytes) -> Attack:
    return lambda material: revised(lambda n: {n.root: n.body(n.root, old, new)})(material.long_term)


def _other_metadata(material: Material) -> bytes:
    """Metadata of the right form, so that only their place betrays them."""
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"></x:xmpmeta>'
    swap = revised(lambda n: {n.metadata: stream(packet, b"/Type /Metadata /Subtype /XML")})
    return swap(material.long_term)


def _stored_junk(name: bytes, data: bytes) -> Attack:
    """A stream put into the store of the document."""

    def attack(material: Material) -> bytes:
        def edit(n: Numbers) -> dict[int, bytes]:
            store = b"<< %s [ %d 0 R ] >>" % (name, n.next + 1)
            catalogue = re.sub(rb"/DSS \d+ 0 R", b"/DSS %d 0 R" % n.next, n.bodies[n.root])
            return {n.root: catalogue, n.next: store, n.next + 1: stream(data)}

        return revised(edit)(material.long_term)

    return attack


def _stamped_by_stranger(material: Material) -> bytes:
    """A whole upgrade by the look-alike's authority for time."""
    clock = LocalClock(material.other_house.clock, AT)
    return upgraded(material.issued.pdf, material.house, clock=clock)


def _in_hole(token_of: Callable[[Material, bytes], bytes]) -> Attack:
    """Another token in the hole of the signature of the plain file."""

    def attack(material: Material) -> bytes:
        hole = HOLE.search(material.pdf)
        assert hole
        content = material.pdf
        digest = sha256(content[: hole.start(1) - 1] + content[hole.end(1) + 1 :]).digest()
        signed = cms.ContentInfo.load(bytes.fromhex(hole[1].decode()))["content"]
        parts = parts_of(signed, digest)
        token = token_of(material, parts.value)
        made = put_together(replace(parts, token=token)).hex().encode()
        return content[: hole.start(1)] + made.ljust(len(hole[1]), b"0") + content[hole.end(1) :]

    return attack


def _over_something_else(material: Material, value: bytes) -> bytes:
    return time_stamp(sha256(value + b".").digest(), material.house.clock, serial=9, at=AT)


def _by_signer(material: Material, value: bytes) -> bytes:
    return time_stamp(sha256(value).digest(), material.house.signer, serial=9, at=AT)


def _no_token(material: Material, value: bytes) -> bytes:
    return bytes.fromhex("3003020101")


def _behind_stamp(material: Material) -> bytes:
    """Content in the padding behind the time-stamp over the file, which nothing covers."""
    found = list(_STAMP.finditer(material.long_term))[-1]
    digits = found[1][:-6] + b"C0FFEE"
    return material.long_term[: found.start(1)] + digits + material.long_term[found.end(1) :]


def _stamp_altered(material: Material) -> bytes:
    found = list(_STAMP.finditer(material.long_term))[-1]
    place = found.start(1) + len(found[1].rstrip(b"0")) - 8
    digit = b"1" if material.long_term[place : place + 1] != b"1" else b"2"
    return material.long_term[:place] + digit + material.long_term[place + 1 :]


LONG_TERM = [
    Kind("long-term file, well-formed metadata swapped", _other_metadata, R.CHANGED_AFTERWARDS),
    Kind("long-term file, other version", _in_catalogue(b"/Lang ", b"/Version /1.3 /Lang "), R.CHANGED_AFTERWARDS),
    Kind(
        "long-term file, marked", _in_catalogue(b"/Lang ", b"/MarkInfo << /Marked true >> /Lang "), R.CHANGED_AFTERWARDS
    ),
    Kind(
        "long-term file, other extensions",
        _in_catalogue(b"/ExtensionLevel 1", b"/ExtensionLevel 9"),
        R.CHANGED_AFTERWARDS,
    ),
    Kind("long-term file, text as certificate", _stored_junk(b"/Certs", b"<script>"), R.CHANGED_AFTERWARDS),
    Kind("long-term file, text as list", _stored_junk(b"/CRLs", b"x" * 1000), R.CHANGED_AFTERWARDS),
    Kind("long-term file, another part in the store", _stored_junk(b"/VRI", b""), R.CHANGED_AFTERWARDS),
    Kind("long-term file, content behind a time-stamp", _behind_stamp, R.CHANGED_AFTERWARDS),
    Kind("long-term file, time-stamp altered", _stamp_altered, R.CHANGED_AFTERWARDS),
    Kind("hole, time-stamp of something else", _in_hole(_over_something_else), R.SMUGGLED_BYTES),
    Kind("hole, time-stamp by the signer", _in_hole(_by_signer), R.SMUGGLED_BYTES),
    Kind("hole, no time-stamp", _in_hole(_no_token), R.SMUGGLED_BYTES),
    Kind("long-term file, stamped by a stranger", _stamped_by_stranger, None),
]
