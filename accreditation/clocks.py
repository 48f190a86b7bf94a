"""Closed words of clocks: what runs, how it stands, what can happen to it, on which ground it may stand still."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

SHANGHAI = ZoneInfo("Asia/Shanghai")  # all days and deadlines are the city's


def second_of(at: datetime) -> datetime:
    """The second in which it happens. A deadline names its last second, and that counts whole: compare with this."""
    return at.replace(microsecond=0)


def is_past(due: datetime, at: datetime) -> bool:
    """Whether it happens after the last second of a deadline."""
    return second_of(at) > due


class DeadlineKind(TextChoices):
    """What a clock is running for."""

    FORWARDING = "forwarding", _("街镇（园区）转报时限")
    ACCEPTANCE = "acceptance", _("受理期限")
    FIRST_REVIEW = "first_review", _("区级初审时限")
    CORRECTION = "correction", _("补正期限")
    COMPLETENESS_CHECK = "completeness_check", _("形式审查时限")
    EXPERT_REVIEW = "expert_review", _("专家评审时限")
    NOTICE = "notice", _("公示期")
    DEFENCE = "defence", _("陈述申辩期限")
    HEARING = "hearing", _("组织听证期限")
    ORDER = "order", _("作出决定期限")
    EFFECT = "effect", _("生效日期")
    SUSPENSION = "suspension", _("暂停期限")
    RECONSIDERATION_EXAMINATION = "reconsideration_examination", _("复议受理审查期限")
    RECONSIDERATION_SUPPLEMENT = "reconsideration_supplement", _("复议申请补正期限")
    RECONSIDERATION_ANSWER = "reconsideration_answer", _("被申请人答复期限")
    RECONSIDERATION = "reconsideration", _("复议决定期限")
    CONSULTATION = "consultation", _("部门会商期限")
    RECTIFICATION = "rectification", _("整改期限")
    CHANGE_OPINION = "change_opinion", _("变更审核时限")
    CHANGE_RECEIVING = "change_receiving", _("迁入区审核时限")
    CHANGE_CORRECTION = "change_correction", _("变更补正期限")
    CHANGE_CONFIRMATION = "change_confirmation", _("变更确认时限")
    FIGURE_CHECK = "figure_check", _("第三方数据核查期限")
    FIGURE_ANSWER = "figure_answer", _("数据差异说明期限")
    YEARLY_REPORT = "yearly_report", _("年度报告报送期限")
    OBJECTION_STATEMENT = "objection_statement", _("异议陈述期限")
    REOPENING_STATEMENT = "reopening_statement", _("重新审议陈述期限")
    REEXAMINATION_MATERIAL = "reexamination_material", _("复核材料报送期限")
    REEXAMINATION_REVIEW = "reexamination_review", _("复核材料审核时限")
    RECUSAL_ANSWER = "recusal_answer", _("回避申请答复目标（非法定期限）")
    GOAL = "goal", _("内部办理目标（非法定期限）")


# These run for somebody else than who has the case in hand.
BESIDE = (
    DeadlineKind.FIGURE_CHECK, DeadlineKind.FIGURE_ANSWER, DeadlineKind.OBJECTION_STATEMENT,
    DeadlineKind.REOPENING_STATEMENT, DeadlineKind.RECUSAL_ANSWER,
)  # fmt: skip
# None of these is the limit of the stage in which a case is; a goal is nobody's right and no rule's.
NO_LIMITS = (*BESIDE, DeadlineKind.GOAL)
# The office set these itself: they run in whatever state a case is, and nothing said of them sounds like a limit.
OWN_GOALS = (DeadlineKind.GOAL, DeadlineKind.RECUSAL_ANSWER)


# Counted in days on end, by a law whose periods end on no day of rest: 行政复议法第八十八条, 民事诉讼法第八十五条. The
# other clocks in days on end run to a day that was named, or say how long a title is suspended: no periods to act in.
ENDS_ON_A_WORKING_DAY = (DeadlineKind.RECONSIDERATION,)


class DeadlineState(TextChoices):
    """A clock runs, was met, was missed, or was called off."""

    RUNNING = "running", _("进行中")
    PAUSED = "paused", _("已中止")
    MET = "met", _("已完成")
    FIRED = "fired", _("已到期")
    CANCELLED = "cancelled", _("已取消")


class ClockEventKind(TextChoices):
    """What can happen to a clock; when it is due follows from these alone."""

    STARTED = "started", _("起算")
    PAUSED = "paused", _("中止")
    RESUMED = "resumed", _("恢复")
    EXTENDED = "extended", _("延长")
    GIVEN_BACK = "given_back", _("保留的天数不再需要")  # had kept the day of a term, by a calendar since mended
    SETTLED = "settled", _("了结")


class PauseGround(TextChoices):
    """For what a clock stands still: 行政许可法第四十五条, 行政复议法第三十九条, the plan of the experts' review."""

    HEARING = "hearing", _("听证")
    TESTING = "testing", _("检验、检测")
    APPRAISAL = "appraisal", _("鉴定")
    EXPERT_OPINION = "expert_opinion", _("专家评审")
    SEAT_VACANT = "seat_vacant", _("评审席位空缺，等待递补")
    SUCCESSOR_UNKNOWN = "successor_unknown", _("申请人终止，尚未确定权利义务承受人")
    CANNOT_TAKE_PART = "cannot_take_part", _("申请人、被申请人因不可抗力或者其他正当理由不能参加复议")
    SETTLING = "settling", _("进行调解、和解，申请人和被申请人同意中止")
    LAW_IN_QUESTION = "law_in_question", _("所涉法律适用问题需要有权机关解释或者确认")
    OTHER_CASE = "other_case", _("须以其他案件的审理结果为依据，而其他案件尚未审结")
    NORM_EXAMINED = "norm_examined", _("附带审查所依据的规范性文件或者规定")
    NEEDED = "needed", _("需要中止复议的其他情形")


_G = PauseGround
NOT_COUNTED = (_G.HEARING, _G.TESTING, _G.APPRAISAL, _G.EXPERT_OPINION)  # 行政许可法第四十五条
STOPS_EXPERTS = (_G.SEAT_VACANT, _G.TESTING, _G.APPRAISAL)  # no source read: what keeps experts from marking
SUSPENDS_RECONSIDERATION = (  # 行政复议法第三十九条, items 4 to 10; those before are about applicants who are people
    _G.SUCCESSOR_UNKNOWN, _G.CANNOT_TAKE_PART, _G.SETTLING, _G.LAW_IN_QUESTION, _G.OTHER_CASE, _G.NORM_EXAMINED,
    _G.NEEDED,
)  # fmt: skip


def years_on(day: date, years: int) -> date:
    """The same day so many years later; 28 February for the 29th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
