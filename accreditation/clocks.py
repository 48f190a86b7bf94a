"""Closed words of clocks: what runs, how it stands, what can happen to it, on which ground it may stand still."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DeadlineKind(TextChoices):
    """What a clock is running for."""

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
    REEXAMINATION_MATERIAL = "reexamination_material", _("复核材料报送期限")
    REEXAMINATION_REVIEW = "reexamination_review", _("复核材料审核时限")


BESIDE = (DeadlineKind.FIGURE_CHECK, DeadlineKind.FIGURE_ANSWER)  # run for somebody else than who has the case in hand


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
    SETTLED = "settled", _("了结")


class PauseGround(TextChoices):
    """For what the time of a review stands still: 行政许可法第四十五条."""

    HEARING = "hearing", _("听证")
    TESTING = "testing", _("检验、检测")
    APPRAISAL = "appraisal", _("鉴定")
    EXPERT_OPINION = "expert_opinion", _("专家评审")
