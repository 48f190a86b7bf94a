"""Metadata of an electronic certificate (电子证照元数据) as government platforms exchange them, after GB/T 36903."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from certificates.snapshot import Snapshot
    from certificates.standing import Standing

HOLDER_CODE_TYPE = "统一社会信用代码"
REPLACES, REPLACED_BY = "replaces", "replaced_by"
_SUFFIX = "认定证书"


def type_name(snapshot: Snapshot) -> str:
    """The name of the type of certificate, 证照类型名称."""
    return f"{snapshot.programme_zh}{_SUFFIX}"


def metadata_of(snapshot: Snapshot) -> dict[str, Any]:
    """What never changes of one version: identifier, type, parties, dates, version, and the version that it replaces.

    Dates are written YYYY-MM-DD, the version as the identifier has it, with three digits. `related` names other
    certificates with how this one stands to them.
    """
    replaced = [_related(REPLACES, snapshot.replaces)] if snapshot.replaces else []
    return {
        "certificateIdentifier": str(snapshot.identifier),
        "certificateTypeName": type_name(snapshot),
        "certificateTypeCode": snapshot.kind,
        "certificateNumber": snapshot.number,
        "certificateHolderName": snapshot.holder_zh,
        "certificateHolderCode": snapshot.uscc,
        "certificateHolderCodeType": HOLDER_CODE_TYPE,
        "certificateIssuingAuthorityName": snapshot.issuer_zh,
        "certificateIssuingAuthorityCode": snapshot.issuer_uscc,
        "certificateIssuedDate": snapshot.granted_on.isoformat(),
        "certificateEffectiveDate": snapshot.valid_from.isoformat(),
        "certificateExpiringDate": snapshot.valid_until.isoformat(),
        "certificateVersion": f"{snapshot.version:03d}",
        "relatedCertificates": replaced,
    }


def current_metadata(snapshot: Snapshot, standing: Standing, *, successor: str | None) -> dict[str, Any]:
    """The same with what changes: the status code with its word, and the identifier of the version that replaced it."""
    metadata = metadata_of(snapshot)
    newer = [_related(REPLACED_BY, successor)] if successor else []
    return {
        **metadata,
        "relatedCertificates": [*metadata["relatedCertificates"], *newer],
        "certificateStatusCode": standing.meaning.code,
        "certificateStatusName": standing.meaning.word.zh,
    }


def _related(relation: str, identifier: str) -> dict[str, str]:
    return {"relation": relation, "certificateIdentifier": identifier}
