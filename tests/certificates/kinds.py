"""The attacks by name with the verdict that each must get: 37 published kinds, and as many of our own as we know.

`None` means that the file is accepted: it is genuine, or what was added cannot change what it says.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, SigFieldSpec
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner

from certificates import authority
from certificates.issuing import Issued, issue
from certificates.refusals import Rule
from certificates.signers import DOCUMENT_SIGNING, FileSigner
from tests.certificates.attacks import BYTES, INCREMENTAL, Forgery, replaced, signed_again
from tests.certificates.conftest import House
from tests.certificates.revisions import (
    Numbers,
    revised,
    revision,
    stream,
    stream_revision,
    with_validation_data,
)
from tests.certificates.samples import AT, HOLDER, snapshot
from tests.certificates.upgrades import upgraded

R = Rule


def colleague(house: House, *, purpose: x509.ObjectIdentifier = DOCUMENT_SIGNING) -> FileSigner:
    """Another certificate of the same issuing authority."""
    key = load_pem_private_key((house.keys / "issuing.key").read_bytes(), None)
    issuing = authority._Party(key, house.signer.issuers[0])
    made = authority._leaf(issuing, "另一个签章人", "示例", AT - timedelta(days=1), years=3, purpose=purpose)
    return FileSigner(made.key, made.certificate, house.signer.issuers)


@dataclass(frozen=True)
class Material:
    """What a forger has: a genuine certificate, and, as the worst case, the keys of the house."""

    issued: Issued
    house: House
    other_house: House

    @property
    def pdf(self) -> bytes:
        return self.issued.pdf

    @cached_property
    def long_term(self) -> bytes:
        """The certificate upgraded for the long term."""
        return upgraded(self.pdf, self.house)


Attack = Callable[[Material], bytes]


@dataclass(frozen=True)
class Kind:
    """One attack and the rule that must refuse it; None: must be accepted."""

    name: str
    attack: Attack
    rule: Rule | None


def on_file(forgery: Forgery) -> Attack:
    """A forgery that needs the file alone."""
    return lambda material: forgery(material.pdf)


def re_signed(old: bytes, new: bytes) -> Attack:
    """The signed bytes changed and signed again with the issuer's own key: what only a fault of ours could make."""
    return lambda material: signed_again(material.pdf, material.house.signer, replaced(old, new))


def _second_signature(material: Material, *, lock: bool = False) -> bytes:
    """An approval signature by the issuer's own key beside a certification that allows filling in."""
    allowing = re_signed(b"/P 1 ", b"/P 2 ")(material)
    writer = IncrementalPdfFileWriter(io.BytesIO(allowing))
    load: Any = SimpleSigner.load
    signer = load(str(material.house.keys / "signer.key"), str(material.house.keys / "trust" / "signers.pem"))
    locked = FieldMDPSpec(FieldMDPAction.ALL) if lock else None
    field = SigFieldSpec("Second", field_mdp_spec=locked)
    signed: Any = PdfSigner(PdfSignatureMetadata("Second"), signer=signer, new_field_spec=field).sign_pdf(writer)
    return bytes(signed.getvalue())


def _page_replaced_after(material: Material) -> bytes:
    return revised(lambda n: {n.contents: stream(b"1 0 0 rg 0 0 900 900 re f")})(material.long_term)


def _junk_in_store(material: Material) -> bytes:
    certificates = (material.other_house.signer.certificate, *material.other_house.signer.issuers)
    loaded = tuple(asn1_x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in certificates)
    return with_validation_data(material.long_term, loaded)


def _cut_back(material: Material) -> bytes:
    """A second time-stamp added and taken away again."""
    longer = upgraded(material.long_term, material.house)
    assert longer.startswith(material.long_term)
    return longer[: len(material.long_term)]


def _removed_signature(content: bytes) -> bytes:
    """/Contents renamed: the signature dictionary has none."""
    return content.replace(b"/Contents <", b"/Conxents <", 1)


def _lookalike(material: Material) -> bytes:
    return issue(snapshot(), material.other_house.signer).pdf


PUBLISHED = [
    Kind("byte flipped", on_file(BYTES["byte of a font flipped"]), R.ALTERED),
    Kind("rewritten by another tool", on_file(BYTES["rewritten by another program"]), R.SMUGGLED_BYTES),
    Kind("page duplicated by rewrite", on_file(BYTES["page duplicated by another program"]), R.SMUGGLED_BYTES),
    *(
        Kind(f"incremental: {name}", on_file(INCREMENTAL[name]), R.CHANGED_AFTERWARDS)
        for name in (
            "page content",
            "annotation over the name",
            "font file",
            "seal appearance",
            "catalogue",
            "embedded record",
            "script",
            "extra page",
        )
    ),
    Kind("second signature where filling in is allowed", _second_signature, R.SEVERAL_SIGNATURES),
    Kind("contents zeroed", on_file(BYTES["signature zeroed"]), R.UNREADABLE),
    Kind("contents removed", on_file(_removed_signature), R.UNREADABLE),
    Kind("byte range null", on_file(BYTES["byte range null"]), R.UNREADABLE),
    Kind("byte range negative", on_file(BYTES["byte range negative"]), R.SMUGGLED_BYTES),
    Kind("gap injected and byte range moved", on_file(BYTES["gap beside the hole"]), R.UNREADABLE),
    Kind("entry smuggled into the gap", on_file(BYTES["entry smuggled into the hole"]), R.SMUGGLED_BYTES),
    Kind("signature stripped", on_file(BYTES["signature stripped"]), R.UNSIGNED),
    Kind("stripped, seal painted", on_file(BYTES["signature stripped and seal painted"]), R.UNSIGNED),
    Kind("unsigned prefix", on_file(BYTES["unsigned prefix"]), R.TRAILING_BYTES),
    Kind("look-alike authority", _lookalike, R.UNTRUSTED),
    Kind("signed by the time-stamp key", lambda m: issue(snapshot(), m.house.clock).pdf, R.UNTRUSTED),
    Kind("junk before the header", on_file(BYTES["junk before the header"]), R.NOT_PDF),
    Kind("broken startxref", on_file(BYTES["startxref to nowhere"]), R.UNREADABLE),
    Kind(
        "another signer of the same authority", lambda m: issue(snapshot(), colleague(m.house)).pdf, R.SIGNER_NOT_LISTED
    ),
    Kind("approval without certification", re_signed(b"/Perms ", b"/Prems "), R.NOT_CERTIFIED),
    Kind("certification that allows filling in", re_signed(b"/P 1 ", b"/P 2 "), R.CHANGES_ALLOWED),
    Kind("bytes after the end", on_file(BYTES["junk after the end"]), R.TRAILING_BYTES),
    Kind("object after the end", on_file(BYTES["object after the end"]), R.TRAILING_BYTES),
    Kind("startxref repeated", on_file(BYTES["startxref repeated"]), R.TRAILING_BYTES),
    Kind("long-term file, page replaced", _page_replaced_after, R.CHANGED_AFTERWARDS),
    Kind("long-term file, junk among the validation data", _junk_in_store, None),
    Kind("long-term file cut back", _cut_back, None),
    Kind("genuine, as issued", lambda m: m.pdf, None),
    Kind("genuine, long term", lambda m: m.long_term, None),
    Kind("genuine, stamped twice", lambda m: upgraded(m.long_term, m.house), None),
]


def _shadow_catalogue(content: bytes) -> bytes:
    """A whole second document, reached by another /Root."""
    n = Numbers(content)
    first = n.next
    objects = {
        first: b"<< /Type /Catalog /Pages %d 0 R >>" % (first + 1),
        first + 1: b"<< /Type /Pages /Count 1 /Kids [%d 0 R] >>" % (first + 2),
        first + 2: b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 842 595] >>" % (first + 1),
    }
    return revision(content, objects, root=first)


def _hybrid(content: bytes) -> bytes:
    """A table whose trailer names a hidden stream of entries."""
    hidden = stream_revision(content, Numbers(content).contents, stream(b"1 0 0 rg 0 0 900 900 re f"))
    place = int(hidden[hidden.rindex(b"startxref") + 10 :].split()[0])
    return revision(hidden, {}, trailer=b"/XRefStm %d" % place)


def _visible_stamp(material: Material) -> bytes:
    """A time-stamp of the issuer's own authority, drawn over the holder's name."""
    stamped = material.long_term
    place = stamped.rindex(b"/Rect")
    end = stamped.index(b"]", place) + 1
    objects = {}
    number = int(stamped[: stamped.rindex(b" 0 obj", 0, place)].split()[-1])
    start = stamped.rindex(b" 0 obj", 0, place) + 6
    body = stamped[start : stamped.index(b"endobj", place)].strip()
    objects[number] = body.replace(stamped[place:end], b"/Rect [200 330 600 390]")
    return revision(stamped, objects)


def _entry(part: str, entry: bytes) -> Attack:
    return on_file(revised(lambda n: {getattr(n, part): n.with_entry(getattr(n, part), entry)}))


def _packed(content: bytes) -> bytes:
    n = Numbers(content)
    return stream_revision(content, n.page, n.with_entry(n.page, b"/UserUnit 4"), packed=True)


def _with_second_file(n: Numbers) -> dict[int, bytes]:
    record = stream(b'{"schema":"certificate-record/1"}', b"/Type /EmbeddedFile")
    specification = b"<< /Type /Filespec /UF (certificate.json) /AFRelationship /Data /EF << /F %d 0 R >> >>" % n.next
    both = b"/AF [ %d 0 R %d 0 R ]" % (n.specification, n.next + 1)
    return {
        n.next: record,
        n.next + 1: specification,
        n.root: n.body(n.root, b"/AF [ %d 0 R ]" % n.specification, both),
    }


_HOLDER, _LOOKALIKE = HOLDER.encode(), HOLDER.replace("有限公司", "冇限公司").encode()

_LINK = b"/Annots [ << /Type /Annot /Subtype /Link /Rect [0 0 842 595] /A << /S /URI /URI (http://x) >> >> "
_ENCRYPTION = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O (x) /U (x) /P -4 >>"

OWN = [
    Kind("second signature that locks all fields", lambda m: _second_signature(m, lock=True), R.SEVERAL_SIGNATURES),
    Kind(
        "second field with the same signature",
        on_file(BYTES["second field with the same signature"]),
        R.SEVERAL_SIGNATURES,
    ),
    Kind("record swapped", on_file(revised(lambda n: {n.record: stream(b"{}")})), R.CHANGED_AFTERWARDS),
    Kind("look-alike holder in the record", on_file(replaced(_HOLDER, _LOOKALIKE)), R.ALTERED),
    Kind("look-alike letters in the metadata", on_file(replaced("上海".encode(), "上诲".encode())), R.ALTERED),
    Kind(
        "metadata swapped",
        on_file(revised(lambda n: {n.metadata: stream(b"<x/>", b"/Type /Metadata /Subtype /XML")})),
        R.CHANGED_AFTERWARDS,
    ),
    Kind("information swapped", on_file(revised(lambda n: {n.info: b"<< /Title (X) >>"})), R.CHANGED_AFTERWARDS),
    Kind("hybrid cross-reference", on_file(_hybrid), R.UNREADABLE),
    Kind(
        "cross-reference stream",
        on_file(lambda c: stream_revision(c, Numbers(c).contents, stream(b"0 0 9 9 re f"))),
        R.UNREADABLE,
    ),
    Kind("page hidden in an object stream", on_file(_packed), R.UNREADABLE),
    Kind("/Prev to itself", on_file(revised(lambda n: {n.contents: stream(b"")}, previous=-1)), R.UNREADABLE),
    Kind("/Prev to nowhere", on_file(revised(lambda n: {n.contents: stream(b"")}, previous=7)), R.UNREADABLE),
    Kind("another catalogue", on_file(_shadow_catalogue), R.UNSIGNED),
    Kind("name tree swapped", on_file(INCREMENTAL["name tree"]), R.CHANGED_AFTERWARDS),
    Kind("optional content", _entry("root", b"/OCProperties << /OCGs [] /D << >> >>"), R.CHANGED_AFTERWARDS),
    Kind("second associated file", on_file(revised(_with_second_file)), R.CHANGED_AFTERWARDS),
    Kind(
        "page tree swapped",
        on_file(revised(lambda n: {n.pages: b"<< /Type /Pages /Count 0 /Kids [] >>"})),
        R.CHANGED_AFTERWARDS,
    ),
    Kind("ToUnicode swapped", on_file(revised(lambda n: {n.to_unicode: stream(b"")})), R.CHANGED_AFTERWARDS),
    Kind("font renamed", _entry("font", b"/Other /Name"), R.CHANGED_AFTERWARDS),
    Kind(
        "artwork swapped",
        on_file(revised(lambda n: {n.artwork: stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 1 1]")})),
        R.CHANGED_AFTERWARDS,
    ),
    Kind(
        "link over the page",
        on_file(revised(lambda n: {n.page: n.body(n.page, b"/Annots [ ", _LINK)})),
        R.CHANGED_AFTERWARDS,
    ),
    Kind("action on opening", _entry("root", b"/OpenAction << /S /URI /URI (http://x) >>"), R.CHANGED_AFTERWARDS),
    Kind(
        "action on the page",
        _entry("page", b"/AA << /O << /S /JavaScript /JS (app.alert\\(1\\)) >> >>"),
        R.CHANGED_AFTERWARDS,
    ),
    Kind(
        "page turned over",
        on_file(revised(lambda n: {n.page: n.body(n.page, b"/Rotate 0", b"/Rotate 180")})),
        R.CHANGED_AFTERWARDS,
    ),
    Kind("page cropped", _entry("page", b"/CropBox [0 0 300 300]"), R.CHANGED_AFTERWARDS),
    Kind("page in other units", _entry("page", b"/UserUnit 4"), R.CHANGED_AFTERWARDS),
    Kind(
        "seal moved",
        on_file(revised(lambda n: {n.seal: n.body(n.seal, b"/Rect [ 608", b"/Rect [ 101")})),
        R.CHANGED_AFTERWARDS,
    ),
    Kind(
        "seal hidden", on_file(revised(lambda n: {n.seal: n.body(n.seal, b"/F 132", b"/F 134")})), R.CHANGED_AFTERWARDS
    ),
    Kind("seal freed", on_file(lambda c: revision(c, {}, freed=(Numbers(c).seal,))), R.UNREADABLE),
    Kind("form of another kind", _entry("root", b"/NeedsRendering true"), R.CHANGED_AFTERWARDS),
    Kind(
        "permissions removed",
        on_file(revised(lambda n: {n.root: n.body(n.root, b"/Perms", b"/Prems")})),
        R.NOT_CERTIFIED,
    ),
    Kind(
        "later generation of the page",
        on_file(revised(lambda n: {n.page: n.with_entry(n.page, b"/UserUnit 4")}, generation=1)),
        R.UNREADABLE,
    ),
    Kind("encryption added", on_file(revised(lambda n: {}, trailer=_ENCRYPTION)), R.UNREADABLE),
    Kind("empty revision", on_file(revised(lambda n: {})), R.CHANGED_AFTERWARDS),
    Kind(
        "long-term file, information swapped",
        lambda m: revised(lambda n: {n.info: b"<< /Title (X) >>"})(m.long_term),
        R.CHANGED_AFTERWARDS,
    ),
    Kind(
        "long-term file, record swapped",
        lambda m: revised(lambda n: {n.record: stream(b"{}")})(m.long_term),
        R.CHANGED_AFTERWARDS,
    ),
    Kind("visible time-stamp over the name", _visible_stamp, R.CHANGED_AFTERWARDS),
]
