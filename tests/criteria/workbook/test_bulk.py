"""Which workbooks are read in the background, told from the zip directory alone."""

from __future__ import annotations

import io
import zipfile

import pytest

from criteria.workbook.bulk import LONG_FROM, declared_size, is_long
from criteria.workbook.gate import MAX_BYTES, MAX_ENTRIES


def zipped(parts: dict[str, bytes], comment: bytes = b"") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        archive.comment = comment
    return target.getvalue()


@pytest.mark.parametrize("comment", [b"", b"a comment", b"x" * 65_000])
def test_size_is_the_sum_of_what_is_declared(comment: bytes) -> None:
    content = zipped({"a.xml": b"x" * 1000, "目录/b.xml": b"y" * 500, "empty": b""}, comment)
    assert declared_size(content) == 1500


def test_long_starts_at_the_limit() -> None:
    assert is_long(zipped({"sheet.xml": b"x" * LONG_FROM}))
    assert not is_long(zipped({"sheet.xml": b"x" * (LONG_FROM - 1)}))


def test_normal_application_is_read_at_once(good: bytes) -> None:
    assert 0 < declared_size(good) < LONG_FROM
    assert not is_long(good)


@pytest.mark.parametrize("content", [b"", b"PK", b"%PDF-1.4", b"PK\x05\x06", b"PK\x05\x06" + b"\xff" * 18, b"\0" * 100])
def test_what_is_no_zip_is_left_to_the_gate(content: bytes) -> None:
    assert declared_size(content) == 0
    assert not is_long(content)


def test_directory_that_lies_about_its_entries_counts_as_nothing() -> None:
    content = zipped({"a": b"x" * LONG_FROM})
    end = content.rindex(b"PK\x05\x06")
    for place, value in ((end + 10, b"\x09\x00"), (end + 16, b"\xff\xff\xff\x7f"), (end + 16, b"\x00\x00\x00\x00")):
        assert declared_size(content[:place] + value + content[place + len(value) :]) == 0


def test_too_many_entries_and_too_many_bytes_are_left_to_the_gate() -> None:
    assert declared_size(zipped({f"{number}": b"x" for number in range(MAX_ENTRIES + 1)})) == 0
    assert not is_long(zipped({"a": b"x" * LONG_FROM}) + b"\0" * MAX_BYTES)
