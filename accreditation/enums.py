"""Closed sets of words and the attributes of the states; nothing else tests a state by its spelling."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Level(TextChoices):
    """Tier of a programme or a body."""

    NATIONAL = "national", _("国家级")
    MUNICIPAL = "municipal", _("市级")
    DISTRICT = "district", _("区级")
    GROUP = "group", _("集团级")
    ZONE = "zone", _("开发区")
    TOWN = "town", _("街镇、园区")
    VERIFIER = "verifier", _("核查机构")


class Owner(StrEnum):
    """Who has to act next."""

    APPLICANT = "applicant"
    FORWARDER = "forwarder"
    DISTRICT = "district"
    OFFICE = "office"
    EXPERTS = "experts"
    COMMITTEE = "committee"
    CLOCK = "clock"
    DAY = "day"
    AUTHORITY = "authority"
    HOLDER = "holder"
    EXTERNAL = "external"
    RECONSIDERER = "reconsiderer"
    NOBODY = "nobody"


OWNER_LABELS: dict[Owner, Promise] = {
    Owner.APPLICANT: _("申报单位"), Owner.FORWARDER: _("街镇（园区）"), Owner.DISTRICT: _("区主管部门"),
    Owner.OFFICE: _("市认定办公室"), Owner.EXPERTS: _("评审专家"), Owner.COMMITTEE: _("评审委员会"),
    Owner.CLOCK: _("公示期"), Owner.DAY: _("生效日或期满日"),
    Owner.AUTHORITY: _("认定机关"),
    Owner.HOLDER: _("称号持有单位"),
    Owner.EXTERNAL: _("国家主管部门"),
    Owner.RECONSIDERER: _("行政复议机关"),
    Owner.NOBODY: _("无（已办结）"),
}  # fmt: skip


class ApplicationState(TextChoices):
    """Legal state of an application for recognition."""

    DRAFT = "draft", _("草稿")
    UNDER_FORWARDING = "under_forwarding", _("街镇（园区）转报中")
    SUBMITTED = "submitted", _("已提交")
    UNDER_FIRST_REVIEW = "under_first_review", _("区级初审中")
    RETURNED = "returned", pgettext_lazy("状态", "退回补正")
    UNDER_COMPLETENESS_CHECK = "under_completeness_check", _("市级形式审查中")
    AWAITING_PANEL = "awaiting_panel", _("待组成评审组")
    UNDER_SITE_VISIT = "under_site_visit", _("实地核查中")
    UNDER_EXPERT_REVIEW = "under_expert_review", _("专家评审中")
    UNDER_OVERALL_REVIEW = "under_overall_review", _("综合评审中")
    POSTPONED = "postponed", pgettext_lazy("状态", "暂缓认定")
    PROPOSED = "proposed", _("拟认定，待公示")
    UNDER_NOTICE = "under_notice", _("公示中")
    NOTICE_COMPLETED = "notice_completed", _("公示期满，待公布")
    AWAITING_ANNOUNCEMENT = "awaiting_announcement", _("拟认定，待公布")
    RECOGNISED = "recognised", _("已认定")
    WITHDRAWN = "withdrawn", _("已撤回")
    DECLINED = "declined", pgettext_lazy("状态", "不予受理")
    INELIGIBLE = "ineligible", _("不符合申报条件")
    NOT_RECOMMENDED = "not_recommended", pgettext_lazy("状态", "不予推荐")
    LAPSED = "lapsed", _("逾期未补正")
    REFUSED = "refused", pgettext_lazy("状态", "不予认定")
    OBJECTION_UPHELD = "objection_upheld", _("异议成立，不予认定")
    HELD_OTHERWISE = "held_otherwise", _("已持有资格，终结办理")
    BARRED = "barred", _("不得申报，终结办理")
    # recommendation for a title that a national authority grants
    UNDER_CONSULTATION = "under_consultation", _("部门会商中")
    AWAITING_RANKING = "awaiting_ranking", _("待排序")
    TO_BE_RECOMMENDED = "to_be_recommended", _("拟推荐，待行文")
    NOT_IN_QUOTA = "not_in_quota", _("未列入推荐名额")
    RECOMMENDED_UPWARD = "recommended_upward", _("已推荐，待国家评审")
    RECOGNISED_ABOVE = "recognised_above", _("国家已认定")
    NOT_RECOGNISED_ABOVE = "not_recognised_above", _("国家未认定")
    RESULT_ADOPTED = "result_adopted", _("评价结果已审定，待公示")  # this and the next: evaluation every other year
    UNDER_RECTIFICATION = "under_rectification", _("限期整改中")
    RECTIFICATION_REPORTED = "rectification_reported", _("整改待核查")
    EVALUATED = "evaluated", _("评价已完成")


@dataclass(frozen=True, slots=True)
class StateFacts:
    """What everybody may ask of a state: who acts next, step of the bar (1 to 7), tone of its tag, whether it ends."""

    owner: Owner
    step: int
    tone: str = "current"
    is_final: bool = False
    is_adverse: bool = False
    is_closed: bool = False  # the enterprise may apply again in the same batch
    stays_open: bool = False  # legally at its end, but its case still waits for something, such as the certificate

    @property
    def ends_case(self) -> bool:
        """Whether the case is closed with this state."""
        return self.is_final and not self.stays_open


_S = ApplicationState


def _adverse(step: int, *, is_closed: bool = False) -> StateFacts:
    """An end against the applicant."""
    return StateFacts(Owner.NOBODY, step, "bad", is_final=True, is_adverse=True, is_closed=is_closed)


APPLICATION_STATES: dict[ApplicationState, StateFacts] = {
    _S.DRAFT: StateFacts(Owner.APPLICANT, 1, "idle"),
    _S.UNDER_FORWARDING: StateFacts(Owner.FORWARDER, 2),
    **dict.fromkeys((_S.SUBMITTED, _S.UNDER_FIRST_REVIEW), StateFacts(Owner.DISTRICT, 2)),
    _S.RETURNED: StateFacts(Owner.APPLICANT, 2, "warn"),
    **dict.fromkeys((_S.UNDER_COMPLETENESS_CHECK, _S.AWAITING_PANEL), StateFacts(Owner.OFFICE, 3)),
    _S.UNDER_SITE_VISIT: StateFacts(Owner.DISTRICT, 3),
    _S.UNDER_EXPERT_REVIEW: StateFacts(Owner.EXPERTS, 4),
    _S.UNDER_OVERALL_REVIEW: StateFacts(Owner.COMMITTEE, 5),
    _S.POSTPONED: StateFacts(Owner.OFFICE, 5, "warn", is_adverse=True),
    _S.PROPOSED: StateFacts(Owner.OFFICE, 6),
    _S.UNDER_NOTICE: StateFacts(Owner.CLOCK, 6),
    **dict.fromkeys((_S.NOTICE_COMPLETED, _S.AWAITING_ANNOUNCEMENT), StateFacts(Owner.OFFICE, 7)),
    _S.RECOGNISED: StateFacts(Owner.NOBODY, 7, "ok", is_final=True, stays_open=True),
    _S.WITHDRAWN: StateFacts(Owner.NOBODY, 1, "idle", is_final=True, is_closed=True),
    _S.DECLINED: _adverse(2, is_closed=True),
    **dict.fromkeys((_S.INELIGIBLE, _S.NOT_RECOMMENDED, _S.LAPSED), _adverse(2)),
    _S.REFUSED: _adverse(5),
    _S.OBJECTION_UPHELD: _adverse(6),
    _S.BARRED: _adverse(7, is_closed=True),
    _S.HELD_OTHERWISE: StateFacts(Owner.NOBODY, 7, "idle", is_final=True, is_closed=True),
    _S.UNDER_CONSULTATION: StateFacts(Owner.OFFICE, 4),
    _S.AWAITING_RANKING: StateFacts(Owner.OFFICE, 5),
    _S.TO_BE_RECOMMENDED: StateFacts(Owner.OFFICE, 6),
    _S.NOT_IN_QUOTA: _adverse(5),
    _S.RECOMMENDED_UPWARD: StateFacts(Owner.EXTERNAL, 7),
    _S.RECOGNISED_ABOVE: StateFacts(Owner.NOBODY, 7, "ok", is_final=True),
    _S.NOT_RECOGNISED_ABOVE: _adverse(7),
    _S.RESULT_ADOPTED: StateFacts(Owner.OFFICE, 6),
    _S.UNDER_RECTIFICATION: StateFacts(Owner.APPLICANT, 7, "warn"),
    _S.RECTIFICATION_REPORTED: StateFacts(Owner.OFFICE, 7, "warn"),
    _S.EVALUATED: StateFacts(Owner.NOBODY, 7, "ok", is_final=True),
}


def states_where(**wanted: object) -> list[ApplicationState]:
    """States whose facts have all the wanted values."""
    asked = wanted.items()
    return [state for state, facts in APPLICATION_STATES.items() if all(getattr(facts, n) == v for n, v in asked)]


class RuleDraftState(TextChoices):
    """A new edition of rules is drafted, put before a second person, and published or sent back."""

    DRAFTING = "drafting", _("起草中")
    SUBMITTED = "submitted", _("待发布")
    PUBLISHED = "published", _("已发布")
    DROPPED = "dropped", _("已作废")


class PaperImportState(TextChoices):
    """A list of paper certificates is checked when it comes; without faults it waits for a second person."""

    FAULTY = "faulty", _("有错误，未受理")
    PREPARED = "prepared", _("待复核")
    CONFIRMED = "confirmed", _("已登记")
    DROPPED = "dropped", _("已作废")


class SeatState(TextChoices):
    """One place of a panel."""

    APPOINTED = "appointed", _("待声明")
    CLEARED = "cleared", _("评审中")
    SUBMITTED = "submitted", _("已提交")
    RECUSED = "recused", _("已回避")


class TieKind(TextChoices):
    """What ties an expert to an enterprise."""

    EMPLOYER = "employer", _("任职或兼职")
    PAST_EMPLOYER = "past_employer", _("曾任职")
    SHAREHOLDING = "shareholding", _("持有股份")
    CO_INVENTOR = "co_inventor", _("共同发明人")
    CONSULTANCY = "consultancy", _("顾问或有偿服务")
    RELATIVE = "relative", _("近亲属任职或持股")
    OTHER = "other", _("其他利害关系")


class LinkKind(TextChoices):
    """What one enterprise is to another."""

    SHAREHOLDER = "shareholder", _("股东")
    SUBSIDIARY = "subsidiary", _("子公司")
    AFFILIATE = "affiliate", _("关联企业")


class MeetingState(TextChoices):
    """A committee meeting from call to frozen minutes."""

    CALLED = "called", _("已召集")
    IN_SESSION = "in_session", _("会议中")
    MINUTES_DRAFTED = "minutes_drafted", _("纪要待签")
    ADOPTED = "adopted", _("纪要已签发")
    CANCELLED = "cancelled", _("已取消")


class Choice(TextChoices):
    """A vote on an item."""

    RECOGNISE = "recognise", _("同意认定")
    REFUSE = "refuse", _("不予认定")
    POSTPONE = "postpone", _("暂缓认定")


class NoticeState(TextChoices):
    """A public notice."""

    PUBLISHED = "published", _("公示中")
    ENDED = "ended", _("公示结束")


class ObjectionState(TextChoices):
    """An objection raised within a public notice."""

    RECEIVED = "received", _("核查中")
    UPHELD, DISMISSED = ("upheld", _("成立")), ("dismissed", _("不成立"))
    MOOT = "moot", _("终止核查")  # another one was upheld, the case is not in the notice any more


class TitleState(TextChoices):
    """What a granted title is worth today."""

    IN_FORCE = "in_force", _("有效")
    WARNED = "warned", _("警告")
    SUSPENDED = "suspended", _("暂停")
    REVOKED = "revoked", pgettext_lazy("状态", "撤销")
    CANCELLED = "cancelled", _("注销")
    EXPIRED = "expired", _("失效")


class ProceedingKind(TextChoices):
    """What an authority may do to a title that it granted."""

    REVOCATION = "revocation", _("撤销称号")
    SUSPENSION = "suspension", _("暂停称号")
    WARNING = "warning", _("警告并限期整改")
    REINSTATEMENT = "reinstatement", _("恢复称号")
    CANCELLATION = "cancellation", _("注销称号")


class ProceedingState(TextChoices):
    """Legal state of a proceeding over a title, from its preparation to the order and its effect."""

    IN_PREPARATION = "in_preparation", _("立案准备中")
    DEFENCE_OPEN = "defence_open", _("陈述申辩期内")
    AWAITING_HEARING = "awaiting_hearing", _("待听证")
    AWAITING_ORDER = "awaiting_order", _("待作出决定")
    ORDERED = "ordered", _("已决定，待生效")
    ORDER_RUNNING = "order_running", _("暂停期内")
    CONCLUDED = "concluded", _("决定已生效")
    DROPPED = "dropped_proceeding", _("终止处理")


_P = ProceedingState
PROCEEDING_STATES: dict[ProceedingState, StateFacts] = {
    _P.IN_PREPARATION: StateFacts(Owner.AUTHORITY, 1, "idle"),
    _P.DEFENCE_OPEN: StateFacts(Owner.HOLDER, 2, "warn"),
    _P.AWAITING_HEARING: StateFacts(Owner.AUTHORITY, 3, "warn"),
    _P.AWAITING_ORDER: StateFacts(Owner.AUTHORITY, 4),
    _P.ORDERED: StateFacts(Owner.DAY, 5),
    _P.ORDER_RUNNING: StateFacts(Owner.DAY, 5, "warn"),
    _P.CONCLUDED: StateFacts(Owner.NOBODY, 5, "ok", is_final=True),
    _P.DROPPED: StateFacts(Owner.NOBODY, 5, "idle", is_final=True),
}


class StandingLevel(TextChoices):
    """Tier at which a standing was granted; wider than the tiers of programmes."""

    INTERNATIONAL = "international", _("国际")
    NATIONAL = "national", _("国家级")
    MUNICIPAL = "municipal", _("市级")
    DISTRICT = "district", _("区级")
    GROUP = "group", _("集团级")


class StandingState(TextChoices):
    """An entry of the register of standings, and a file of them."""

    PROPOSED = "proposed", _("待复核")
    CONFIRMED = "confirmed", _("已复核")
    ENDED = "ended", _("已终止")
    DROPPED = "dropped", _("不予登记")


class MemberState(TextChoices):
    """A person's standing in an enterprise."""

    REQUESTED = "requested", _("待核验")
    ACTIVE = "active", _("有效")
    REJECTED = "rejected", _("未通过")
    ENDED = "ended", _("已解除")


class EffectState(TextChoices):
    """A side effect that was promised by a committed act."""

    PENDING = "pending", _("待执行")
    RUNNING = "running", _("执行中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("失败")


class ReadingState(TextChoices):
    """How far a long workbook is that was sent to be read in the background."""

    WAITING = "waiting", _("等待读取")
    READING = "reading", _("正在读取")
    DONE = "done", _("读取完毕")
    REFUSED = "refused", _("未能读取")


class LetterKind(TextChoices):
    """Official letters that a decision or an act sends."""

    RECEIPT = "receipt", _("申报回执")
    ACCEPTANCE = "acceptance", _("受理通知书")
    CORRECTION = "correction", _("一次性补正告知书")
    DECLINE = "decline", _("不予受理决定书")
    INELIGIBLE = "ineligible", _("不符合申报条件告知书")
    NOT_RECOMMENDED = "not_recommended", _("不予推荐告知书")
    LAPSE = "lapse", _("逾期未补正告知书")
    WITHDRAWAL = "withdrawal", _("撤回确认书")
    POSTPONEMENT = "postponement", _("暂缓认定告知书")
    REFUSAL = "refusal", _("不予认定决定书")
    OBJECTION_UPHELD = "objection_upheld", _("异议处理及不予认定决定书")
    OBJECTION_ANSWER = "objection_answer", _("异议处理答复书")
    ENDED_AS_HELD = "ended_as_held", _("终结办理告知书")
    ENDED_AS_BARRED = "ended_as_barred", _("不得申报终结办理决定书")
    RECOGNITION = "recognition", _("认定通知书")
    CLOCK_PAUSED, CLOCK_RESUMED = ("clock_paused", _("时限中止告知书")), ("clock_resumed", _("时限恢复告知书"))
    REOPENING, REOPENED = ("reopening", _("重新审议事先告知书")), ("reopened", _("重新审议处理告知书"))
    ADVANCE_NOTICE = "advance_notice", _("处理事先告知书")
    HEARING_NOTICE = "hearing_notice", _("听证通知书")
    ORDER = "order", _("处理决定书")
    DROPPED, RECUSAL_ANSWER = ("dropped", _("终止处理告知书")), ("recusal_answer", _("回避申请答复书"))
    SUSPENSION_ENDED = "suspension_ended", _("暂停期满恢复告知书")
    NOT_IN_QUOTA = "not_in_quota", _("未列入推荐名额告知书")
    CALLED_UP = "called_up", _("递补告知书")
    RECONSIDERATION_ACCEPTED = "reconsideration_accepted", _("行政复议受理通知书")
    RECONSIDERATION_SUPPLEMENT = "reconsideration_supplement", _("行政复议补正通知书")
    RECONSIDERATION_DECLINED = "reconsideration_declined", _("行政复议不予受理决定书")
    EXECUTION_STAYED = "execution_stayed", _("停止执行决定书")
    RECONSIDERATION_PROLONGED = "reconsideration_prolonged", _("行政复议延期通知书")
    RECONSIDERATION_DECISION = "reconsideration_decision", _("行政复议决定书")
    RECONSIDERATION_ENDED = "reconsideration_ended", _("行政复议终止通知书")
    JUDGMENT_CARRIED_OUT = "judgment_carried_out", _("裁判执行告知书")
    OWN_CORRECTION = "own_correction", _("自行纠正决定书")
    RECOMMENDED_UPWARD = "recommended_upward", _("推荐告知书")
    RECOGNISED_ABOVE = "recognised_above", _("国家认定结果告知书")
    NOT_RECOGNISED_ABOVE = "not_recognised_above", _("国家未予认定告知书")
    EVALUATION_RESULT = "evaluation_result", _("评价结果通知书")
    RECTIFICATION = "rectification", _("整改核查结果告知书")
    REEXAMINED = "reexamined", _("复核结果告知书")
    NOT_REEXAMINED = "not_reexamined", _("未参加复核告知书")
    REEXAMINATION_FAILED = "reexamination_failed", _("复核不合格告知书")
    CHANGE_RETURNED = "change_returned", _("变更补正告知书")
    CHANGE_CONFIRMED = "change_confirmed", _("变更确认通知书")
    CHANGE_REFUSED = "change_refused", _("变更不予确认决定书")


DISTRICTS: dict[str, Promise] = {  # GB/T 2260
    "310101": _("黄浦区"), "310104": _("徐汇区"), "310105": _("长宁区"), "310106": _("静安区"),
    "310107": _("普陀区"), "310109": _("虹口区"), "310110": _("杨浦区"), "310112": _("闵行区"),
    "310113": _("宝山区"), "310114": _("嘉定区"), "310115": _("浦东新区"), "310116": _("金山区"),
    "310117": _("松江区"), "310118": _("青浦区"), "310120": _("奉贤区"), "310151": _("崇明区"),
}  # fmt: skip
