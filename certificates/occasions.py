"""On what occasion a certificate is made out: first recognition, renewal, rename, replacement of a lost or worn one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from certificates.wording import Wording

RECOGNITION, RENEWAL, RENAME, REISSUE, EXCHANGE = "", "renewal", "rename", "reissue", "exchange"


@dataclass(frozen=True, slots=True)
class Occasion:
    """An occasion in words; the fields of a snapshot it needs, and whether it takes the place of an earlier version."""

    word: Wording
    needs: tuple[str, ...] = ()
    succeeds: bool = False


OCCASIONS: Mapping[str, Occasion] = {
    RECOGNITION: Occasion(Wording("认定", "recognition")),
    RENEWAL: Occasion(Wording("复评", "renewal"), needs=("recognised_on",)),
    RENAME: Occasion(Wording("更名", "change of name"), needs=("formerly_zh", "recognised_on")),
    REISSUE: Occasion(Wording("补发", "reissue"), needs=("recognised_on", "replaces"), succeeds=True),
    EXCHANGE: Occasion(Wording("换发", "exchange"), needs=("recognised_on", "replaces"), succeeds=True),
}
