"""Why a file is refused as a certificate: one name per rule of the strict policy, with its text in both languages."""

from __future__ import annotations

from enum import StrEnum

from certificates.wording import Wording


class Rule(StrEnum):
    """The rule that a refused file breaks; the names are stable and appear in the command's output."""

    TOO_LARGE = "too_large"
    NOT_PDF = "not_pdf"
    TRAILING_BYTES = "trailing_bytes"
    SMUGGLED_BYTES = "smuggled_bytes"
    UNREADABLE = "unreadable"
    ENCRYPTED = "encrypted"
    UNSIGNED = "unsigned"
    SEVERAL_SIGNATURES = "several_signatures"
    WRONG_FIELD = "wrong_field"
    NOT_CERTIFIED = "not_certified"
    CHANGES_ALLOWED = "changes_allowed"
    ALTERED = "altered"
    SIGNATURE_INVALID = "signature_invalid"
    CHANGED_AFTERWARDS = "changed_afterwards"
    UNTRUSTED = "untrusted"
    SIGNER_EXPIRED = "signer_expired"
    WRONG_PURPOSE = "wrong_purpose"
    SIGNER_NOT_LISTED = "signer_not_listed"
    NO_RECORD = "no_record"
    RECORD_UNREADABLE = "record_unreadable"
    UNKNOWN_RECORD = "unknown_record"
    OVERRUN = "overrun"

    @property
    def wording(self) -> Wording:
        """What a person reads when this rule refused the file."""
        return _WORDINGS[self]


_WORDINGS = {
    Rule.TOO_LARGE: Wording("文件超过 2 MiB", "the file is larger than 2 MiB"),
    Rule.NOT_PDF: Wording(
        "不是 PDF 文件，或文件头之前有多余内容", "not a PDF file, or something stands before its header"
    ),
    Rule.TRAILING_BYTES: Wording("文件末尾有多余内容", "something was added after the end of the file"),
    Rule.SMUGGLED_BYTES: Wording(
        "文件中签名未覆盖的位置夹带了内容", "content was hidden where the signature does not reach"
    ),
    Rule.UNREADABLE: Wording("文件结构不合规范，无法读取", "the structure of the file is not sound and cannot be read"),
    Rule.ENCRYPTED: Wording("文件已加密", "the file is encrypted"),
    Rule.UNSIGNED: Wording("文件没有电子签章", "the file carries no signature"),
    Rule.SEVERAL_SIGNATURES: Wording(
        "文件有多个签名，证书只应有一个", "the file carries several signatures instead of one"
    ),
    Rule.WRONG_FIELD: Wording("签名不在发证机关印章处", "the signature does not stand in the issuer's seal"),
    Rule.NOT_CERTIFIED: Wording("签名不是认证签名", "the signature is not a certification signature"),
    Rule.CHANGES_ALLOWED: Wording("签名允许日后修改文件", "the signature allows later changes to the file"),
    Rule.ALTERED: Wording("文件内容在签章之后被改动", "the content was altered after signing"),
    Rule.SIGNATURE_INVALID: Wording("签名值无效", "the signature value is not valid"),
    Rule.CHANGED_AFTERWARDS: Wording("签章之后又追加了内容", "content was added after signing"),
    Rule.UNTRUSTED: Wording(
        "签名不是由本发证机关的证书机构签发", "the signer was not certified by the issuer's authority"
    ),
    Rule.SIGNER_EXPIRED: Wording("签章证书不在有效期内", "the signer's certificate is not within its validity"),
    Rule.WRONG_PURPOSE: Wording(
        "签章证书不是用于签发文件的", "the signer's certificate is not meant for signing documents"
    ),
    Rule.SIGNER_NOT_LISTED: Wording(
        "签章人不在发证机关公布的名单上", "the signer is not on the issuer's published list"
    ),
    Rule.NO_RECORD: Wording("文件没有附带证书数据", "the file carries no certificate record"),
    Rule.RECORD_UNREADABLE: Wording("附带的证书数据无法读取", "the attached certificate record cannot be read"),
    Rule.UNKNOWN_RECORD: Wording(
        "附带的证书数据与发证机关的登记不符", "the attached record differs from the issuer's register"
    ),
    Rule.OVERRUN: Wording("核验超出时间或内存限制", "verification exceeded its limit of time or memory"),
}


class Refused(Exception):
    """Raised inside the policy by the rule that refuses; `detail` is for the technical report."""

    def __init__(self, rule: Rule, detail: str = "") -> None:
        self.rule = rule
        self.detail = detail
        super().__init__(f"{rule}: {detail}")
