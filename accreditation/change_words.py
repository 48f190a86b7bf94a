"""Closed words of changes after the grant: what changed, how far the case is, what becomes of each title."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accreditation.enums import Owner, StateFacts


class ChangeKind(TextChoices):
    """What has become of the holder, or of a branch centre."""

    RENAME = "rename", _("更名")
    RELOCATION = "relocation", _("跨区迁移")
    REORGANISATION = "reorganisation", _("重组、改制")
    MERGER = "merger", _("合并")
    SPLIT = "split", _("分立")
    BRANCH = "branch", _("分中心调整")


STATED: Mapping[ChangeKind, tuple[str, ...]] = {  # what each kind asks for besides the day and the facts
    ChangeKind.RENAME: ("new_name", "new_name_en"),
    ChangeKind.RELOCATION: ("new_district",),
    ChangeKind.REORGANISATION: ("new_name", "new_name_en"),
    ChangeKind.MERGER: ("successors",),
    ChangeKind.SPLIT: ("successors",),
    ChangeKind.BRANCH: ("new_parent",),
}
SUCCESSIONS = frozenset({ChangeKind.MERGER, ChangeKind.SPLIT})  # titles may pass to another enterprise


class ChangeState(TextChoices):
    """Legal state of a change from its draft to the confirmation."""

    DRAFT = "change_draft", _("变更材料准备中")
    UNDER_OPINION = "under_district_opinion", _("区主管部门审核中")
    UNDER_RECEIVING_OPINION = "under_receiving_opinion", _("迁入区审核中")
    RETURNED = "change_returned", _("变更退回补正")
    UNDER_CONFIRMATION = "under_confirmation", _("待认定机关确认")
    AWAITING_SECOND = "awaiting_second_confirmation", _("承继方案待复核")
    CONFIRMED = "change_confirmed", _("变更已确认")
    REFUSED = "change_refused", _("变更不予确认")
    WITHDRAWN = "change_withdrawn", _("变更已撤回")


_S = ChangeState
CHANGE_STATES: dict[ChangeState, StateFacts] = {
    _S.DRAFT: StateFacts(Owner.HOLDER, 1, "idle"),
    _S.UNDER_OPINION: StateFacts(Owner.DISTRICT, 2),
    _S.UNDER_RECEIVING_OPINION: StateFacts(Owner.DISTRICT, 2),
    _S.RETURNED: StateFacts(Owner.HOLDER, 1, "warn"),
    _S.UNDER_CONFIRMATION: StateFacts(Owner.AUTHORITY, 3),
    _S.AWAITING_SECOND: StateFacts(Owner.AUTHORITY, 3),
    _S.CONFIRMED: StateFacts(Owner.NOBODY, 4, "ok", is_final=True),
    _S.REFUSED: StateFacts(Owner.NOBODY, 3, "bad", is_final=True, is_adverse=True),
    _S.WITHDRAWN: StateFacts(Owner.NOBODY, 1, "idle", is_final=True),
}


class ChangeSide(TextChoices):
    """For which district an opinion is given."""

    OWN = "own", _("所在区")
    RECEIVING = "receiving", _("迁入区")


class TitleOutcome(TextChoices):
    """What becomes of a title by a change."""

    KEEPS = "keeps", _("由本单位继续持有")
    PASSES = "passes", _("由承继单位持有")
    ENDS = "ends", pgettext_lazy("变更", "注销")
