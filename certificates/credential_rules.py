"""Why a credential is refused: one name per rule, with its text in both languages."""

from __future__ import annotations

from enum import StrEnum

from certificates.wording import Wording


class CredentialRule(StrEnum):
    """The rule that a refused credential breaks; the names are stable and appear in the command's output."""

    UNREADABLE = "unreadable"
    WRONG_ALGORITHM = "wrong_algorithm"
    WRONG_TYPE = "wrong_type"
    UNKNOWN_KEY = "unknown_key"
    UNTRUSTED = "untrusted"
    WRONG_PURPOSE = "wrong_purpose"
    ALTERED = "altered"
    NO_CREDENTIAL = "no_credential"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    STATUS_REFUSED = "status_refused"
    OTHER_STATUS_LIST = "other_status_list"
    REVOKED = "revoked"
    SUSPENDED = "suspended"

    @property
    def wording(self) -> Wording:
        """What a person reads when this rule refused the credential."""
        return _WORDINGS[self]


class NotAccepted(Exception):
    """A rule is broken."""

    def __init__(self, rule: CredentialRule, detail: str = "") -> None:
        self.rule, self.detail = rule, detail
        super().__init__(rule)


_WORDINGS = {
    CredentialRule.UNREADABLE: Wording("不是可读取的凭证文件", "not a credential that can be read"),
    CredentialRule.WRONG_ALGORITHM: Wording(
        "签名算法不是 ES256，不予接受", "the signature algorithm is not ES256 and is not accepted"
    ),
    CredentialRule.WRONG_TYPE: Wording("文件类型不是 vc+jwt", "the token is not of the type vc+jwt"),
    CredentialRule.UNKNOWN_KEY: Wording(
        "签名密钥不在发证机关公布的名单上", "the signing key is not among those that the issuer published"
    ),
    CredentialRule.UNTRUSTED: Wording(
        "签名证书不在所信任的根之下，或不在有效期内",
        "the signer's certificate is not under a believed root, or not within its validity",
    ),
    CredentialRule.WRONG_PURPOSE: Wording(
        "签名证书的用途不是签署凭证", "the signer's certificate is not meant for signing credentials"
    ),
    CredentialRule.ALTERED: Wording("内容被改动，签名不符", "the content was altered: the signature does not fit"),
    CredentialRule.NO_CREDENTIAL: Wording(
        "签名有效，但内容不是完整一致的凭证",
        "the signature is valid, but what it signs is no complete and consistent credential",
    ),
    CredentialRule.NOT_YET_VALID: Wording("有效期尚未开始", "the period of validity has not begun"),
    CredentialRule.EXPIRED: Wording("有效期已过", "the period of validity has ended"),
    CredentialRule.STATUS_REFUSED: Wording("状态名单不可信或已过时", "a status list is not to be believed, or stale"),
    CredentialRule.OTHER_STATUS_LIST: Wording(
        "所给的状态名单不是该凭证指明的名单", "a given status list is none that the credential names"
    ),
    CredentialRule.REVOKED: Wording("凭证已被撤销、注销或换发", "the credential was revoked, cancelled or replaced"),
    CredentialRule.SUSPENDED: Wording("凭证暂停使用", "the credential is suspended"),
}
