"""Metadata of electronic certificates: every element has its value, the status and the succession are told."""

from __future__ import annotations

from typing import Any

import pytest

from certificates.identifiers import parse_identifier
from certificates.metadata import current_metadata, metadata_of
from certificates.standing import Standing
from tests.certificates.samples import HOLDER, snapshot

EARLIER = str(snapshot().identifier)
LATER = str(snapshot(version=3).identifier)

ELEMENTS: dict[str, Any] = {
    "certificateTypeName": "上海市企业技术中心认定证书",
    "certificateTypeCode": "11330105002500287C001",
    "certificateNumber": "SHETC-2026-00001",
    "certificateHolderName": HOLDER,
    "certificateHolderCode": "91350100M000100Y43",
    "certificateHolderCodeType": "统一社会信用代码",
    "certificateIssuingAuthorityName": "示例市经济与科技主管委员会",
    "certificateIssuingAuthorityCode": "11330105002500287C",
    "certificateIssuedDate": "2026-12-01",
    "certificateEffectiveDate": "2026-12-01",
    "certificateExpiringDate": "2029-11-30",
    "certificateVersion": "001",
    "relatedCertificates": [],
}


def test_every_element_has_its_value() -> None:
    metadata = metadata_of(snapshot())
    identifier = parse_identifier(metadata.pop("certificateIdentifier"))
    assert metadata == ELEMENTS
    assert (identifier.kind, identifier.issuer) == (
        metadata["certificateTypeCode"],
        metadata["certificateIssuingAuthorityCode"],
    )


def test_new_version_names_the_one_that_it_replaces() -> None:
    metadata = metadata_of(snapshot(version=2, replaces=EARLIER))
    assert metadata["certificateVersion"] == "002"
    assert metadata["relatedCertificates"] == [{"relation": "replaces", "certificateIdentifier": EARLIER}]


STATUS_CODES = {
    Standing.IN_FORCE: ("01", "有效"),
    Standing.SUSPENDED: ("02", "暂停"),
    Standing.CANCELLED: ("04", "注销"),
    Standing.EXPIRED: ("05", "失效"),
    Standing.REVOKED: ("07", "撤销"),
    Standing.SUPERSEDED: ("99", "失效"),
}


@pytest.mark.parametrize("standing", STATUS_CODES)
def test_current_metadata_tells_the_status(standing: Standing) -> None:
    metadata = current_metadata(snapshot(), standing, successor=None)
    assert (metadata["certificateStatusCode"], metadata["certificateStatusName"]) == STATUS_CODES[standing]
    assert metadata["relatedCertificates"] == []


def test_replaced_version_names_both_neighbours() -> None:
    middle = snapshot(version=2, replaces=EARLIER)
    metadata = current_metadata(middle, Standing.SUPERSEDED, successor=LATER)
    assert metadata["relatedCertificates"] == [
        {"relation": "replaces", "certificateIdentifier": EARLIER},
        {"relation": "replaced_by", "certificateIdentifier": LATER},
    ]
