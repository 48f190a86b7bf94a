"""Words and limits of administrative reconsideration (行政复议法, revised 2023, in force from 2024-01-01).

With them those of the two other ways in which an act falls: a judgment (行政诉讼), and the body's own correction.

Article 39 (ten grounds of suspension, told in writing) was read as a law firm prints it. The other articles and days
are remembered with high confidence, not read in a source: 20 (60 days to file, longer for force majeure or another
proper reason), 21 (never after five years from the act; twenty, over real estate, does not occur here), 30 (five days
to examine, the conditions of acceptance, accepted where nothing is said in time), 31 (what lacks is asked for once, in
writing, to be supplied within ten days, for a proper reason within a reasonable time more; given up where it is not),
42 (execution goes on unless stayed), 48 (copy within seven, answer within ten days), 62 (60 days, at most 30 more), 63
to 68 (decisions), 88 (days of five, seven and ten are working days); 行政诉讼法 45 (suit within 15 days), 77 (a court
changes a penalty that is manifestly unfit).
"""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accreditation.enums import Owner, StateFacts

DAYS_TO_FILE = 60  # in calendar days from knowing of the act
DAYS_TO_EXAMINE = 5
DAYS_TO_SUPPLEMENT = 10
MOST_MORE_DAYS_TO_SUPPLEMENT = 10  # working days; the law says a reasonable time, here as long as the first
YEARS_TO_FILE = 5  # from the act, whenever it became known
DAYS_TO_ANSWER = 10
DAYS_TO_DECIDE = 60  # in calendar days from acceptance
MOST_MORE_DAYS = 30
LEAST_TEXT = 10  # characters of claim, of reasons
RECUSALS = (  # who deals with a case, not the case
    "declare_own_tie", "order_officer_recusal", "lift_officer_recusal", "order_member_recusal", "ask_recusal",
    "identify_recusal", "grant_recusal", "refuse_recusal",
)  # fmt: skip
DELIVERIES = (  # how a letter arrived, not what it says
    "record_delivery", "open_letter", "propose_opening_correction", "confirm_opening_correction",
    "decline_opening_correction", "withdraw_opening_correction",
)  # fmt: skip
# Acts by which nobody takes part in the case in whose chain they stand: to take its file away, to confirm a calendar,
# to be kept from it, to post or to open its letters.
TAKING_NO_PART = ("export_dossier", "recompute_deadline", "recompute_goal", *RECUSALS, *DELIVERIES)
SETTING_ASIDE = "reconsideration"  # capacity in which a decision is carried out in the case that was challenged


class Remedy(TextChoices):
    """How an adverse act comes to be looked at again."""

    RECONSIDERATION = "reconsideration", _("行政复议")
    JUDGMENT = "judgment", _("法院裁判")
    OWN_CORRECTION = "own_correction", _("自行纠正")


GROUND_ZH = {  # what a certificate that came back names as its ground
    Remedy.RECONSIDERATION: "行政复议决定",
    Remedy.JUDGMENT: "法院生效裁判",
    Remedy.OWN_CORRECTION: "原机关自行纠正",
}


class ReconsiderationState(TextChoices):
    """Legal state of a reconsideration, from its filing to the decision; of another remedy, from two persons' hands."""

    FILED = "reconsideration_filed", _("复议申请待审查")
    SUPPLEMENT_ASKED = "supplement_asked", _("待补正复议申请")
    ANSWER_ASKED = "answer_asked", _("待被申请人答复")
    UNDER_RECONSIDERATION = "under_reconsideration", _("复议审理中")
    DECISION_PROPOSED = "decision_proposed", _("待作出复议决定")
    DECIDED = "reconsidered", _("已作出复议决定")
    NOT_ACCEPTED = "reconsideration_not_accepted", _("复议申请不予受理")
    WITHDRAWN = "reconsideration_withdrawn", _("复议终止")
    PREPARED = "remedy_prepared", _("待核准执行")
    CARRIED_OUT = "remedy_carried_out", _("已核准执行")
    DISCARDED = "remedy_discarded", _("未予执行")
    REPLACED = "remedy_replaced", _("已由新裁判替代")


class Outcome(TextChoices):
    """What a reconsideration decides of the act under challenge."""

    UPHELD = "upheld", _("维持")
    ANNULLED = "annulled", pgettext_lazy("复议", "撤销")
    REDO = "redo", _("撤销并责令重作")
    MODIFIED = "modified", _("变更为警告")
    ILLEGAL = "illegal", _("确认违法")


class DeclineGround(TextChoices):
    """Which condition of acceptance is not met: 第三十条第一款, item by item, and the limit of 第二十一条."""

    PARTIES = "parties", _("申请人不明确，或者被申请人不符合规定")
    INTEREST = "interest", _("申请人与被复议的行为没有利害关系")
    CLAIM = "claim", _("没有具体的复议请求和理由")
    TIME = "time", _("超过法定申请期限，且没有不可抗力或者其他正当理由")
    TOO_OLD = "too_old", _("自行为作出之日起已超过五年（第二十一条）")
    SCOPE = "scope", _("不属于行政复议范围")
    JURISDICTION = "jurisdiction", _("不属于本机关管辖")
    DONE_BEFORE = "done_before", _("就同一行为已受理过复议申请，或者人民法院已受理行政诉讼")


UNDOING = (Outcome.ANNULLED, Outcome.REDO, Outcome.MODIFIED)  # the act under challenge stands no more
OUTCOMES = {  # a body corrects itself in favour alone
    Remedy.RECONSIDERATION: tuple(Outcome),
    Remedy.JUDGMENT: (Outcome.ANNULLED, Outcome.REDO, Outcome.MODIFIED, Outcome.ILLEGAL, Outcome.UPHELD),
    Remedy.OWN_CORRECTION: (Outcome.ANNULLED,),
}
_R = ReconsiderationState
SETTLED = (_R.DECIDED, _R.CARRIED_OUT)  # the outcome holds
UNTOLD = (_R.PREPARED, _R.DISCARDED)  # the authority's own affair: the enterprise is told of what was carried out
RECONSIDERATION_STATES: dict[ReconsiderationState, StateFacts] = {
    _R.FILED: StateFacts(Owner.RECONSIDERER, 1),
    _R.SUPPLEMENT_ASKED: StateFacts(Owner.APPLICANT, 1, "warn"),
    _R.ANSWER_ASKED: StateFacts(Owner.AUTHORITY, 2, "warn"),
    _R.UNDER_RECONSIDERATION: StateFacts(Owner.RECONSIDERER, 3),
    _R.DECISION_PROPOSED: StateFacts(Owner.RECONSIDERER, 4),
    _R.DECIDED: StateFacts(Owner.NOBODY, 4, "ok", is_final=True),
    _R.NOT_ACCEPTED: StateFacts(Owner.NOBODY, 1, "bad", is_final=True, is_adverse=True),
    _R.WITHDRAWN: StateFacts(Owner.NOBODY, 3, "idle", is_final=True),
    _R.PREPARED: StateFacts(Owner.AUTHORITY, 1),
    _R.CARRIED_OUT: StateFacts(Owner.NOBODY, 2, "ok", is_final=True),
    _R.DISCARDED: StateFacts(Owner.NOBODY, 2, "idle", is_final=True),
    _R.REPLACED: StateFacts(Owner.NOBODY, 2, "idle", is_final=True),
}


def outcome_label(remedy: str, outcome: str) -> str:
    """An outcome in words: a court upholds nothing, it dismisses the claims."""
    is_dismissal = remedy == Remedy.JUDGMENT and outcome == Outcome.UPHELD
    return str(_("驳回诉讼请求")) if is_dismissal else str(Outcome(outcome).label)
