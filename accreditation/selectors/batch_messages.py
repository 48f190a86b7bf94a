"""What is told of acts over batches and the calendar: opened, prolonged or called off, next ones called up, years."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from accreditation.selectors.sentences import Sentence

BATCHES_AND_CALENDAR: Mapping[str, Sentence] = {
    "batch_act_proposed": Sentence(
        _("批次事项待您确认"),
        _("关于批次 %(batch)s 的提请（%(proposal)s）等候确认，请核对后确认或者不予确认。"),
        "office_batch_proposal",
        "proposal",
    ),
    "batch_act_confirmed": Sentence(
        _("批次事项已确认"),
        _("您关于批次 %(batch)s 的提请（%(proposal)s）已由第二人确认。"),
        "office_batch_proposal",
        "proposal",
    ),
    "batch_act_declined": Sentence(
        _("批次事项未予确认"),
        _("您关于批次 %(batch)s 的提请（%(proposal)s）未予确认。理由：%(reason)s"),
        "office_batch_proposal",
        "proposal",
    ),
    "window_prolonged": Sentence(
        _("申报期已延长"), _("批次 %(batch)s 的申报期已延长至 %(closes_at)s，请在此之前提交。"), "batch_rules", "batch"
    ),
    "batch_called_off": Sentence(
        _("批次已取消"),
        _("批次 %(batch)s 已取消，不再受理申报。理由：%(reason)s。草稿数据在其他批次新建申报时会带入。"),
        "batch_rules",
        "batch",
    ),
    "call_up": Sentence(
        _("已递补"), _("办件 %(case)s 按顺位递补，已列入名额，此前未列入名额的告知书撤回，见递补告知书。")
    ),
    "calling_up_to_confirm": Sentence(
        _("递补待您确认"),
        _("批次 %(batch)s 有空余名额，已提请递补 %(number)s，请核对后确认或者不予确认；确认前不生效。"),
        "calling_up",
        "entry",
    ),
    "calling_up_confirmed": Sentence(
        _("递补已确认"),
        _("您提请的批次 %(batch)s 的递补（%(number)s）已由另一人确认。"),
        "calling_up",
        "entry",
    ),
    "calling_up_declined": Sentence(
        _("递补未予确认"),
        _("您提请的批次 %(batch)s 的递补（%(number)s）未予确认，理由见办理页面，名额仍然空余。"),
        "calling_up",
        "entry",
    ),
    "calendar_proposed": Sentence(
        _("工作日历待您确认"),
        _("%(year)s 年工作日历（%(proposal)s）等候确认，请核对试算结果后确认或者不予确认。"),
        "calendar_proposal",
        "proposal",
    ),
    "calendar_confirmed": Sentence(
        _("工作日历已启用"),
        _("您提请的 %(year)s 年工作日历（%(proposal)s）已由第二人确认。"),
        "calendar_proposal",
        "proposal",
    ),
    "calendar_declined": Sentence(
        _("工作日历未予确认"),
        _("您提请的 %(year)s 年工作日历（%(proposal)s）未予确认。理由：%(reason)s"),
        "calendar_proposal",
        "proposal",
    ),
}
