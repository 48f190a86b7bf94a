"""What a certificate is worth on a day: its states, their words, and the status codes of GB/T 36903 practice."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from certificates.wording import Wording


class Standing(StrEnum):
    """State of one version of a certificate. Only `in_force` speaks for its holder."""

    REQUESTED = "requested"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"

    @property
    def meaning(self) -> Meaning:
        """Words, colour and status code."""
        return _MEANINGS[self]

    @property
    def is_issued(self) -> bool:
        """True once the certificate exists, whatever became of it."""
        return self is not Standing.REQUESTED


@dataclass(frozen=True, slots=True)
class Meaning:
    """How a state is shown.

    Word, sentence, tone (good, warn, bad, unknown), and code of the electronic-certificate family.
    """

    word: Wording
    sentence: Wording
    tone: str
    code: str


_MEANINGS = {
    Standing.REQUESTED: Meaning(
        Wording("待签发", "awaiting signature"),
        Wording("证书尚未签发。", "The certificate is not issued yet."),
        "unknown",
        "",
    ),
    Standing.IN_FORCE: Meaning(
        Wording("有效", "in force"), Wording("证书现行有效。", "The certificate is in force."), "good", "01"
    ),
    Standing.SUSPENDED: Meaning(
        Wording("暂停", "suspended"),
        Wording("证书暂停使用，恢复前不具效力。", "The certificate is suspended and has no effect until reinstated."),
        "warn",
        "02",
    ),
    Standing.REVOKED: Meaning(
        Wording("撤销", "revoked"),
        Wording("证书已被撤销，不再具有效力。", "The certificate was revoked and has no effect."),
        "bad",
        "07",
    ),
    Standing.CANCELLED: Meaning(
        Wording("注销", "cancelled"),
        Wording("证书已注销，不再具有效力。", "The certificate was cancelled and has no effect."),
        "bad",
        "04",
    ),
    Standing.SUPERSEDED: Meaning(
        Wording("失效", "replaced"),
        Wording(
            "证书已换发新版本，请以新版本为准。", "A newer version of this certificate was issued; rely on that one."
        ),
        "bad",
        "99",
    ),
    Standing.EXPIRED: Meaning(
        Wording("失效", "expired"),
        Wording("证书已过有效期。", "The certificate's period of validity has ended."),
        "bad",
        "05",
    ),
}
# What is said beside a certificate whose own term is over while what it certifies goes on.
RENEWAL_PENDING = Wording(
    "续期申请已在有效期内提出，决定作出前称号继续有效（参照行政许可法第五十条）；证书所载有效期不变。",
    "Renewal was applied for in time: the title stays in force until that is decided (by analogy with article 50 of "
    "the Administrative Licensing Law). The term printed in the certificate does not change.",
)
REMARKS = {RENEWAL_PENDING.zh: RENEWAL_PENDING}


def remark_of(ground: str) -> Wording | None:
    """The remark in both languages where the stored text is one, and no ground of a standing."""
    return REMARKS.get(ground)
