"""What a snapshot may say, and its canonical form."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

import pytest

from certificates.metadata import metadata_of
from certificates.snapshot import (
    FIRST_SCHEMA,
    SnapshotRefused,
    canonical,
    check_snapshot,
    from_plain,
    plain,
    record_of,
)
from tests.certificates.samples import snapshot


def _faults(**changes: Any) -> set[str]:
    with pytest.raises(SnapshotRefused) as refused:
        check_snapshot(snapshot(**changes))
    return {fault.field for fault in refused.value.faults}


def test_specimen_is_accepted() -> None:
    check_snapshot(snapshot())


def test_snapshot_survives_its_json_form() -> None:
    values = json.loads(json.dumps(plain(snapshot())))
    assert from_plain(values) == snapshot()


def test_canonical_json_does_not_depend_on_the_order_of_keys() -> None:
    values = plain(snapshot())
    assert canonical(values) == canonical(dict(reversed(values.items())))


def test_record_holds_schema_identifier_and_every_field() -> None:
    record = json.loads(record_of(snapshot()))
    assert set(record) == {"schema", "identifier", "metadata", *plain(snapshot())}
    assert record["schema"] == "certificate-record/2"
    assert record["identifier"] == str(snapshot().identifier)
    assert record["metadata"] == metadata_of(snapshot())


def test_record_issued_before_there_was_metadata_keeps_its_bytes() -> None:
    issued = snapshot(layout="centre-1")
    stored = {name: value for name, value in plain(issued).items() if name != "schema"}
    first = from_plain(stored)
    assert (first, plain(first)) == (replace(issued, schema=FIRST_SCHEMA), stored)
    assert (
        sha256(record_of(first)).hexdigest() == "0f66c985cc008d4055a3bc70f8ab330ad17f3894dcce154d151eaee88ae712f4"
    )  # as the version before wrote it


@pytest.mark.parametrize("schema", ["certificate-record/3", "", None, ["certificate-record/1"]])
def test_snapshot_of_an_unknown_schema_is_refused(schema: object) -> None:
    with pytest.raises(ValueError, match="unknown schema"):
        from_plain({**plain(snapshot()), "schema": schema})


@pytest.mark.parametrize(
    "text",
    [
        "甲\u202e公司",
        "甲\u200b公司",
        "甲\n公司",
        "甲\ue000公司",
        "甲\U000e0001公司",
        " 甲公司",
        "e\u0301公司",
        "甲" * 61,
    ],
    ids=["bidi override", "zero width", "line break", "private use", "tag", "blank", "not NFC", "too long"],
)
def test_holder_with_a_forbidden_text_is_refused(text: str) -> None:
    assert _faults(holder_zh=text) == {"holder_zh"}


def test_all_faults_are_named_at_once() -> None:
    assert _faults(holder_zh="", uscc="91350211M0000XUF46", version=0, code="A", url="ftp://X") >= {
        "holder_zh",
        "uscc",
        "version",
        "code",
        "url",
    }


def test_faults_speak_both_languages() -> None:
    with pytest.raises(SnapshotRefused) as refused:
        check_snapshot(snapshot(uscc="91350211M0000XUF46"))
    (fault,) = refused.value.faults
    assert fault.reason == ("不是有效的统一社会信用代码", "not a valid unified social credit code")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"valid_until": date(2026, 12, 1)}, "valid_until"),
        ({"issued_at": datetime(2026, 12, 1)}, "issued_at"),
        ({"version": 1000}, "version"),
        ({"url": "http://127.0.0.1/v/x"}, "url"),
        ({"kind": "1"}, "kind"),
    ],
)
def test_snapshot_with_an_impossible_value_is_refused(changes: dict[str, Any], field: str) -> None:
    assert field in _faults(**changes)


@pytest.mark.parametrize("field", ["holder_en", "announcement", "centre_name", "replaces"])
def test_optional_text_may_be_empty(field: str) -> None:
    check_snapshot(snapshot(**{field: ""}))
