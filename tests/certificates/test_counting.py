"""Pages of a stranger's PDF: counted in a child, or not known; nothing takes the site down with it."""

from __future__ import annotations

import io
import zlib

import pikepdf
import pytest

from certificates.counting import count_pages
from criteria.fork_client import Allowance

pytestmark = pytest.mark.slow


def pdf(pages: int, **options: object) -> bytes:
    made, buffer = pikepdf.new(), io.BytesIO()
    for _page in range(pages):
        made.add_blank_page()
    made.save(buffer, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("pages", [1, 3, 120])
def test_pages_of_a_good_file_are_counted(pages: int) -> None:
    assert count_pages(pdf(pages)) == pages


def test_pages_are_counted_with_object_streams_and_owner_password() -> None:
    streams = pikepdf.ObjectStreamMode.generate
    assert count_pages(pdf(5, object_stream_mode=streams)) == 5
    assert count_pages(pdf(5, encryption=pikepdf.Encryption(owner="only the owner's", user=""))) == 5


def looping() -> bytes:
    """A page tree whose only kid is itself."""
    good = pdf(1)
    return good.replace(b"/Type /Page\n", b"/Type /Pages /Kids [ 2 0 R ] /Count 1\n")


BAD = {
    "empty": b"",
    "no PDF": b"MZ\x90",
    "head only": b"%PDF-1.7\n",
    "cut off": pdf(4)[:200],
    "locked": pdf(2, encryption=pikepdf.Encryption(owner="a", user="b")),
    "no pages": pdf(0),
}


@pytest.mark.parametrize("name", BAD)
def test_file_that_cannot_be_counted_is_not_known(name: str) -> None:
    assert count_pages(BAD[name]) is None


def test_page_tree_in_a_circle_ends() -> None:
    assert count_pages(looping()) in (None, 1)


def bomb() -> bytes:
    """A cross-reference stream that unpacks to two gigabytes."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"\0" * (1 << 20)) for _turn in range(2048)) + packer.flush()
    head = b"%PDF-1.5\n"
    table = (
        b"1 0 obj\n<< /Type /XRef /Size 400000000 /W [1 2 2] /Root 2 0 R /Filter /FlateDecode /Length %d >>\nstream\n"
        % len(packed)
    )
    return head + table + packed + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(head)


def test_file_that_unpacks_to_gigabytes_ends_only_the_child() -> None:
    assert count_pages(bomb()) is None


def test_child_that_takes_too_long_is_given_up() -> None:
    assert count_pages(pdf(1), allowed=Allowance(wait=0.0001, cpu=5)) is None
