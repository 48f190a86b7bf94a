"""Which adverse letters can be challenged here, why, and what a decision that sets the act aside brings about.

The one place for it: a letter of a kind that is not named here is never adverse, the remedy that it tells comes from
here, and whoever challenges, decides or follows a decision asks here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.enums import LetterKind
from accreditation.reissue_words import REISSUE_REFUSED

K = LetterKind
USUAL = "remedy"  # template of what can be done against an authority of the municipality


class Sequel(StrEnum):
    """What follows where a decision sets an act aside."""

    NEW_APPLICATION = "new_application"  # in the old batch, once the enterprise files it
    ORDER_UNDONE = "order_undone"
    RESULT_SET_ASIDE = "result_set_aside"  # the warning is lifted, nothing is put right any more
    CHANGE_REOPENED = "change_reopened"
    TITLES_RESTORED = "titles_restored"
    REEXAMINATION_REOPENED = "reexamination_reopened"
    REQUEST_REOPENED = "request_reopened"  # of a holder that gives its title up, before the body again
    REISSUE_REOPENED = "reissue_reopened"  # another officer answers


FOLLOWING_VERBS: Mapping[Sequel, str] = {  # of the case under challenge; the others follow in the decision's own record
    Sequel.RESULT_SET_ASIDE: "set_result_aside",
    Sequel.CHANGE_REOPENED: "reopen_change",
    Sequel.TITLES_RESTORED: "restore_ended_titles",
    Sequel.REEXAMINATION_REOPENED: "reopen_reexamination",
    Sequel.REQUEST_REOPENED: "reopen_request",
}


@dataclass(frozen=True, slots=True)
class AdverseEnd:
    """What a kind of adverse letter tells: why it can or cannot be challenged here, its remedy, what setting it aside
    brings about (None where it is not challenged here). One that stands at once needs no final state of its case."""

    why: Promise
    sequel: Sequel | None
    remedy: str = USUAL
    stands_at_once: bool = False


_ENDS_APPLICATION = _("终结申报程序，直接影响申报单位的权利义务。")
_ABOVE = _("由国家主管部门决定，本市只转告；应向国家主管部门申请复议。")
_DECIDED = _("已是行政复议机关作出的决定，不服的依法提起行政诉讼。")

ADVERSE_ENDS: Mapping[str, AdverseEnd] = {
    **dict.fromkeys(
        (
            K.DECLINE,
            K.INELIGIBLE,
            K.NOT_RECOMMENDED,
            K.LAPSE,
            K.REFUSAL,
            K.OBJECTION_UPHELD,
            K.NOT_IN_QUOTA,
            K.ENDED_AS_BARRED,
        ),
        AdverseEnd(_ENDS_APPLICATION, Sequel.NEW_APPLICATION),
    ),
    K.ENDED_AS_HELD: AdverseEnd(
        _("以已持有同一称号为由终结申报程序；申报单位认为并未持有的，影响其权利义务。"),
        Sequel.NEW_APPLICATION,
        stands_at_once=True,
    ),
    K.ORDER: AdverseEnd(_("对称号作出警告、暂停、撤销或者注销。"), Sequel.ORDER_UNDONE, stands_at_once=True),
    K.EVALUATION_RESULT: AdverseEnd(
        _("以评价结果警告，或者认定评价不合格。"), Sequel.RESULT_SET_ASIDE, stands_at_once=True
    ),
    K.RECTIFICATION: AdverseEnd(_("认定整改不合格，警告继续有效。"), Sequel.RESULT_SET_ASIDE, stands_at_once=True),
    K.CHANGE_REFUSED: AdverseEnd(_("不予确认变更，登记事项不能更新。"), Sequel.CHANGE_REOPENED),
    K.CHANGE_CONFIRMED: AdverseEnd(_("因变更注销称号。"), Sequel.TITLES_RESTORED, stands_at_once=True),
    K.NOT_REEXAMINED: AdverseEnd(_("认定未参加复核，据此可以撤销称号。"), Sequel.REEXAMINATION_REOPENED),
    REISSUE_REFUSED: AdverseEnd(_("不予补发换发证书。"), Sequel.REISSUE_REOPENED, stands_at_once=True),
    K.DROPPED: AdverseEnd(  # of a request; what was intended against the holder ends in its favour
        _("不予办理单位自己的申请，影响其权利义务。"), Sequel.REQUEST_REOPENED, stands_at_once=True
    ),
    K.NOT_RECOGNISED_ABOVE: AdverseEnd(_ABOVE, None, "remedy_above"),
    K.REEXAMINATION_FAILED: AdverseEnd(_ABOVE, None, "remedy_reexamination"),
    K.RECONSIDERATION_DECLINED: AdverseEnd(_DECIDED, None, "remedy_suit"),
    K.RECONSIDERATION_DECISION: AdverseEnd(_DECIDED, None, "remedy_suit"),
}
