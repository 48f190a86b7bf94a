"""What can happen to a certificate, as the log names it, in words."""

from __future__ import annotations

from collections.abc import Mapping

from certificates.wording import Wording

EVENTS: Mapping[str, Wording] = {
    "import": Wording("纸质证书登记", "paper certificate registered"),
    "issue": Wording("签发", "issued"),
    "suspend": Wording("暂停", "suspended"),
    "reinstate": Wording("恢复", "reinstated"),
    "revoke": Wording("撤销", "revoked"),
    "cancel": Wording("注销", "cancelled"),
    "supersede": Wording("被新版本取代", "replaced by a newer version"),
    "expire": Wording("到期", "expired"),
    "translate": Wording("制发英文版", "English edition made"),
}


def event_words(event: str) -> Wording:
    """The event in words; its own name where it is not known here."""
    return EVENTS.get(event, Wording(event, event))
