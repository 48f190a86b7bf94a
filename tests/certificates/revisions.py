"""Revisions written by hand after a signed file: with a table, a stream, both, in loops; and long-term proofs."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from typing import Any

import pikepdf
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.validation.dss import DocumentSecurityStore


class Numbers:
    """Object numbers of the parts of a certificate that a forger is after."""

    def __init__(self, content: bytes) -> None:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            page = pdf.pages[0].obj
            contents = page.Contents
            self.root = pdf.Root.objgen[0]
            self.info = pdf.trailer.Info.objgen[0]
            self.page = page.objgen[0]
            self.pages = pdf.Root.Pages.objgen[0]
            self.contents = (contents[-1] if isinstance(contents, pikepdf.Array) else contents).objgen[0]
            self.record = pdf.Root.AF[0].EF.F.objgen[0]
            self.specification = pdf.Root.AF[0].objgen[0]
            self.seal = page.Annots[0].objgen[0]
            self.signature = page.Annots[0].V.objgen[0]
            self.metadata = pdf.Root.Metadata.objgen[0]
            self.font = next(iter(page.Resources.Font.values())).objgen[0]
            self.to_unicode = next(iter(page.Resources.Font.values())).ToUnicode.objgen[0]
            self.artwork = next(iter(page.Resources.XObject.values())).objgen[0]
            self.next = int(pdf.trailer.Size)
            self.bodies = {
                number: pdf.get_object(number, 0).unparse(resolved=True)
                for number in (self.root, self.page, self.pages, self.seal, self.font, self.info, self.specification)
            }

    def body(self, number: int, old: bytes, new: bytes) -> bytes:
        """The object with one part replaced."""
        found: bytes = self.bodies[number]
        if old not in found:
            raise ValueError(f"{old!r} is not in {found!r}")
        return found.replace(old, new, 1)

    def with_entry(self, number: int, entry: bytes) -> bytes:
        """The dictionary with one entry more."""
        found: bytes = self.bodies[number]
        return found[:2] + b" " + entry + found[2:]


def stream(data: bytes, entries: bytes = b"") -> bytes:
    """A stream object."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), entries, data)


def last_table(content: bytes) -> int:
    """Where the last cross-reference of the file stands."""
    return int(re.findall(rb"startxref\s+(\d+)", content)[-1])


def revision(
    content: bytes,
    objects: Mapping[int, bytes],
    *,
    trailer: bytes = b"",
    root: int | None = None,
    previous: int | None = None,
    generation: int = 0,
    freed: tuple[int, ...] = (),
) -> bytes:
    """The file with one more revision: these objects, a table, a trailer (`previous` for /Prev, default the last)."""
    numbers = Numbers(content)
    body, places = bytearray(content), {}
    for number, written in objects.items():
        places[number] = len(body)
        body += b"%d %d obj\n%s\nendobj\n" % (number, generation, written)
    table = len(body)
    body += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in sorted(places.items()):
        body += b"%d 1\n%010d %05d n \n" % (number, place, generation)
    for number in freed:
        body += b"%d 1\n0000000000 00001 f \n" % number
    size = max([numbers.next, *(number + 1 for number in objects)])
    back = last_table(content) if previous is None else table if previous < 0 else previous
    head = b"<< /Size %d /Root %d 0 R /Info %d 0 R /Prev %d " % (size, root or numbers.root, numbers.info, back)
    return bytes(body) + b"trailer\n" + head + trailer + b" >>\nstartxref\n%d\n%%%%EOF\n" % table


def stream_revision(content: bytes, number: int, written: bytes, *, packed: bool = False) -> bytes:
    """One more revision whose cross-reference is a stream; `packed` puts the object into an object stream."""
    numbers = Numbers(content)
    body = bytearray(content)
    place, holder, own = len(body), numbers.next, numbers.next + 1
    if packed:
        inner = b"%d 0 " % number
        held = b"/Type /ObjStm /N 1 /First %d" % len(inner)
        body += b"%d 0 obj\n%s\nendobj\n" % (holder, stream(inner + written, held))
        rows = _row(2, holder, 0) + _row(1, place, 0)
        index = b"[%d 1 %d 1 %d 1]" % (number, holder, own)
    else:
        body += b"%d 0 obj\n%s\nendobj\n" % (number, written)
        rows, index = _row(1, place, 0), b"[%d 1 %d 1]" % (number, own)
    table = len(body)
    rows += _row(1, table, 0)
    entries = b"/Type /XRef /W [1 4 2] /Index %s /Size %d /Root %d 0 R /Info %d 0 R /Prev %d" % (
        index, own + 1, numbers.root, numbers.info, last_table(content),
    )  # fmt: skip
    body += b"%d 0 obj\n%s\nendobj\n" % (own, stream(rows, entries))
    return bytes(body) + b"startxref\n%d\n%%%%EOF\n" % table


def _row(kind: int, second: int, third: int) -> bytes:
    return bytes((kind,)) + second.to_bytes(4, "big") + third.to_bytes(2, "big")


def with_validation_data(content: bytes, certificates: tuple[Any, ...]) -> bytes:
    """The file with these certificates (asn1crypto) in its document security store, in the form of our own updates."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    writer._update_meta = lambda: None
    DocumentSecurityStore.supply_dss_in_writer(writer, None, certs=certificates)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


Edit = Callable[[Numbers], Mapping[int, bytes]]


def revised(edit: Edit, **options: Any) -> Callable[[bytes], bytes]:
    """One more revision with the objects that `edit` makes from the numbers of the file's parts."""
    return lambda content: revision(content, edit(Numbers(content)), **options)
